"""The account, recounted by the minute: whatever the outages, the zone and the order in which they are told."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from sla.account import account, next_change
from sla.ledger import Entry
from sla.quota import Limit, Overlap
from sla.quota_ledger import Line, lacking, lines
from sla.ticket import Outage, OutageLevel
from tests.sla.outages import DOWNTIME

MINUTE = timedelta(minutes=1)
START = datetime(2025, 12, 20, tzinfo=UTC)
NOW = datetime(2027, 2, 1, tzinfo=UTC)
YEARS = (2025, 2026, 2027)
ZONES = tuple(
    map(ZoneInfo, ("Asia/Shanghai", "Europe/Berlin", "America/Havana", "Africa/Cairo", "Australia/Lord_Howe"))
)


@st.composite
def outage_sets(draw: st.DrawFn, lengths: int = 300) -> list[Outage]:
    """Up to eight outages around a few month's ends and changes of the clocks, to the minute."""
    ends = [datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2, 4, 11)]
    ends += [
        datetime(2026, 3, 29, 1, tzinfo=UTC),
        datetime(2026, 10, 25, 1, tzinfo=UTC),
        datetime(2027, 1, 1, tzinfo=UTC),
    ]
    found = []
    for number in range(1, draw(st.integers(1, 8)) + 1):
        began = draw(st.sampled_from(ends)) + draw(st.integers(-1500, 1500)) * MINUTE
        zone = draw(st.sampled_from(ZONES))
        ended = began + draw(st.integers(0, lengths)) * MINUTE
        found.append(Outage(number, "a", None, OutageLevel.DOWNTIME, began.astimezone(zone), ended.astimezone(zone)))
    return found


@given(outage_sets(), st.sampled_from(ZONES))
def test_months_are_what_a_walk_by_the_minute_counts(outages: list[Outage], zone: ZoneInfo) -> None:
    each: Counter[str] = Counter()
    wall: set[tuple[str, datetime]] = set()
    for one in outages:
        at, ended = one.began.astimezone(UTC), (one.ended or NOW).astimezone(UTC)
        while at < ended:
            month = f"{at.astimezone(zone):%Y-%m}"
            each[month] += 1
            wall.add((month, at))
            at += MINUTE
    for overlap in Overlap:
        quota = replace(DOWNTIME, overlap=overlap)
        months = [month for year in YEARS for month in account(quota, outages, year, zone, NOW).months]
        counted = {month.name: month.used // MINUTE for month in months if month.used}
        assert counted == dict(each if overlap is Overlap.EACH else Counter(month for month, _ in wall))
        for each_month in months:
            assert (each_month.passed is not None) == (each_month.used > 60 * MINUTE)


@given(outage_sets(), st.sampled_from(ZONES))
def test_the_parts_of_all_months_are_the_whole(outages: list[Outage], zone: ZoneInfo) -> None:
    whole = sum(((one.ended or NOW).astimezone(UTC) - one.began.astimezone(UTC) for one in outages), timedelta())
    found = [account(DOWNTIME, outages, year, zone, NOW) for year in YEARS]
    assert sum((month.used for each in found for month in each.months), timedelta()) == whole
    assert sorted(event.outage.ticket for each in found for event in each.events) == [one.ticket for one in outages]
    assert sum((event.recovery for each in found for event in each.events), timedelta()) == whole


@given(outage_sets(), st.sampled_from(ZONES))
def test_breaches_are_those_of_a_plain_recount(outages: list[Outage], zone: ZoneInfo) -> None:
    expected = {}
    places: Counter[int] = Counter()
    for one in sorted(outages, key=lambda each: (each.began.astimezone(UTC), each.ticket)):
        places[year := one.began.astimezone(zone).year] += 1
        length = (one.ended or NOW).astimezone(UTC) - one.began.astimezone(UTC)
        if places[year] > 2:
            expected[one.ticket] = Limit.YEAR_TIMES
        elif length > timedelta(hours=1):
            expected[one.ticket] = Limit.RECOVERY
    events = [event for year in YEARS for event in account(DOWNTIME, outages, year, zone, NOW).events]
    assert {event.outage.ticket: event.breach.limit for event in events if event.breach} == expected


@given(outage_sets(), st.sampled_from(ZONES), st.integers(0, 2**32))
def test_the_order_in_which_they_are_told_does_not_matter(outages: list[Outage], zone: ZoneInfo, seed: int) -> None:
    shuffled = list(outages)
    Random(seed).shuffle(shuffled)
    for year in YEARS:
        assert account(DOWNTIME, shuffled, year, zone, NOW) == account(DOWNTIME, outages, year, zone, NOW)


@given(outage_sets(), outage_sets())
def test_the_ledger_comes_to_the_same_whatever_it_said_before(before: list[Outage], after: list[Outage]) -> None:
    """Brought from one set of facts to another, it says what it would have said of the other at once."""
    zone = ZONES[0]
    entries: list[Entry] = []
    new: tuple[Entry, ...] = ()
    breaches: list[Line] = []
    for outages in (before, after, after):
        wanted = [
            line for year in YEARS for line in lines(DOWNTIME, account(DOWNTIME, outages, year, zone, NOW).events)
        ]
        new = lacking("a", wanted, entries, NOW, [one.ticket for one in outages])
        entries += [replace(entry, seq=len(entries) + place) for place, entry in enumerate(new, 1)]
        standing: dict[tuple[int, str], Entry] = {}
        overruns = {}
        for entry in entries:
            key = (entry.ticket, entry.clock)
            if entry.kind == "correction":
                assert standing.pop(key).seq == entry.refers_to
            elif entry.kind in ("breach", "missed"):
                assert key not in standing
                standing[key] = entry
            overruns[key] = entry.overrun
        assert {(*key, entry.kind, entry.due) for key, entry in standing.items()} == {
            (line.ticket, line.clock, line.kind, line.due) for line in wanted
        }
        breaches = [line for line in wanted if line.kind == "breach"]
        assert all(overruns[line.ticket, line.clock] == line.overrun for line in breaches)
    assert not new, "what stands is not said again"
    assert len({line.ticket for line in breaches}) == len(breaches), "at most one an event"


@given(outage_sets(lengths=90), st.integers(0, 200), st.sampled_from(Overlap))
def test_looking_again_misses_nothing(outages: list[Outage], begun: int, overlap: Overlap) -> None:
    """Between two looks nothing is reached that was not there at the first of them."""
    quota, zone = replace(DOWNTIME, overlap=overlap), ZONES[0]
    start = outages[0].began.astimezone(UTC)
    running = [*outages, replace(outages[0], ticket=99, began=start - begun * MINUTE, ended=None)]
    known = [one for one in running if one.ticket == 99 or (one.ended and one.ended <= start)]

    def marks(now: datetime) -> tuple[object, ...]:
        found = account(quota, known, start.astimezone(zone).year, zone, now)
        month = found.month_at(now)
        assert month is not None
        length = now - start + begun * MINUTE
        share, limit = timedelta(minutes=42), timedelta(minutes=60)
        used = month.used
        return month.name, used >= share, used >= limit, used > limit, length >= share, length > limit

    now, looks = start, 0
    while now < start + timedelta(hours=2):
        at = next_change(quota, known, zone, now)
        assert at is not None
        assert at > now
        assert marks(at - timedelta(microseconds=1)) == marks(now)
        now, looks = at, looks + 1
        if now.astimezone(zone).year != start.astimezone(zone).year:
            break  # the account of the old year does not go on
    assert looks <= 12
