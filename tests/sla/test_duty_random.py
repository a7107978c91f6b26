"""Whatever a duty's rhythm, the contract's days and what was done: nothing is lost or told twice by asking in pieces,
and the days come in their order."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sla.contract import Contract
from sla.duty import MONTHS, Closing, Count, DayOff, Place, Rhythm, Unit, Year
from sla.duty_reader import OF_PERIOD
from sla.records import Record
from sla.rhythm import DutyState, Occurrence, occurrences
from tests.sla.duties import CALENDAR, ZONE, done, one_duty

DAY = timedelta(days=1)
FIRST, LAST = date(2025, 11, 1), date(2027, 3, 31)
"""Two known years of holidays, and an unknown one at the end."""
in_span = st.dates(FIRST, LAST)


def instants(first: date, last: date) -> st.SearchStrategy[datetime]:
    return st.builds(
        lambda day, hour: datetime.combine(day, time(hour), ZONE), st.dates(first, last), st.integers(0, 23)
    )


counts = st.builds(Count, st.integers(1, 40), st.sampled_from([Unit.DAYS, Unit.WORKING_DAYS])) | st.builds(
    Count, st.integers(1, 3), st.sampled_from([Unit.MONTHS, Unit.YEARS])
)


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    rhythm = draw(st.sampled_from([each for each in Rhythm if each is not Rhythm.EVENT]))
    start = draw(st.none() | st.dates(date(2024, 2, 1), date(2026, 12, 31)))
    length = draw(st.none() | st.integers(20, 1200))
    places = [Place.END] if rhythm is Rhythm.EVERY else [*OF_PERIOD, Place.END]
    place = draw(st.sampled_from([each for each in places if rhythm is not Rhythm.ONCE or each is not Place.END]))
    return one_duty(
        rhythm,
        start,
        start + timedelta(days=length) if start and length else None,
        every=draw(st.integers(1, 40)),
        year=draw(st.sampled_from(Year)) if rhythm in MONTHS else Year.CALENDAR,
        place=place,
        count=None if place is Place.END else draw(counts),
        day_off=draw(st.sampled_from(DayOff)),
        closing=draw(st.sampled_from(Closing)),
    )


def asked(contract: Contract, first: date, last: date, records: Sequence[Record] = ()) -> tuple[Occurrence, ...]:
    return occurrences(contract, first, last, CALENDAR, records, since=date(2025, 6, 1))


@given(contracts(), st.lists(in_span, max_size=6), st.lists(instants(date(2025, 6, 1), LAST)))
def test_asked_in_pieces_the_same_comes_out(contract: Contract, cuts: list[date], times: list[datetime]) -> None:
    records = [done(f"duty/{at:%Y-%m}", at) for at in times]
    edges = sorted({FIRST, LAST + DAY, *cuts})
    pieces = [one for a, b in pairwise(edges) for one in asked(contract, a, b - DAY, records)]
    assert tuple(pieces) == asked(contract, FIRST, LAST, records)


@given(contracts(), st.lists(instants(date(2025, 6, 1), LAST)))
def test_asked_by_its_name_one_time_is_as_among_all_of_them(contract: Contract, times: list[datetime]) -> None:
    records = [done(f"duty/{at:%Y-%m}", at) for at in times]
    found = asked(contract, FIRST, LAST, records)
    for one in found[:: max(1, len(found) // 7)]:
        known = (CALENDAR, records, (), date(2025, 6, 1))
        assert occurrences(contract, FIRST, LAST, *known, period=one.period.lower()) == (one,)
        assert occurrences(contract, FIRST, LAST, *known, duties=(), period=one.period) == ()


@given(contracts())
def test_each_time_has_its_own_name_and_they_come_in_order(contract: Contract) -> None:
    found = asked(contract, FIRST, LAST)
    assert [one.due for one in found] == sorted(one.due for one in found)
    assert len({one.subject for one in found}) == len(found)
    opened = [one.opens for one in found]
    assert opened == sorted(opened), "a later period is never due before an earlier one"
    if contract.valid_from:
        assert all(CALENDAR.day_of(one.opens) >= contract.valid_from for one in found)


@given(contracts())
def test_no_last_day_is_a_day_off_unless_the_file_wants_it(contract: Contract) -> None:
    [duty] = contract.duties
    for one in asked(contract, FIRST, LAST):
        day = CALENDAR.day_of(one.due - timedelta(seconds=1))
        in_working_days = duty.count is not None and duty.count.unit is Unit.WORKING_DAYS
        keeps = duty.day_off is DayOff.STAYS or (duty.rhythm is Rhythm.EVERY and duty.day_off is DayOff.FALLS_AWAY)
        if in_working_days or not keeps:
            assert CALENDAR.is_working_day(day)


@given(st.integers(1, 40), st.lists(instants(date(2026, 1, 2), date(2026, 11, 30)), max_size=12))
def test_who_does_it_in_time_each_time_is_never_overdue_and_who_does_not_is(days: int, times: list[datetime]) -> None:
    start, end = date(2026, 1, 1), date(2026, 12, 31)
    contract = one_duty(Rhythm.EVERY, start, every=days, day_off=DayOff.STAYS, closing=Closing.MIDNIGHT)
    records = [done("duty/x", at) for at in times]
    now = datetime(2026, 12, 1, tzinfo=ZONE)
    states = {one.state(now) for one in occurrences(contract, start, end, CALENDAR, records) if one.due < now}
    did = [start - DAY, *sorted({at.date() for at in times}), now.date() - DAY]
    gaps = [(b - a).days for a, b in pairwise(did)]
    assert (max(gaps) > days) == bool(states & {DutyState.OVERDUE, DutyState.LATE})
