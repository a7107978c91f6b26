"""smart-hospital 2.5 and 2.6, held against outages as a hospital knows them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sla.account import Account, Use, account, distinct, minutes, next_change, year_bounds, year_of
from sla.quota import Limit, Overlap, Quota, Year
from sla.ticket import Outage, OutageLevel
from tests.sla.book import ZONE, at
from tests.sla.outages import DOWNTIME, IMPACT, outage

NOW = at("2026-12-31 23:00")
DEPARTMENT = OutageLevel.DEPARTMENT


def of_2026(*outages: Outage, quota: Quota = DOWNTIME, now: datetime = NOW) -> Account:
    return account(quota, outages, 2026, ZONE, now)


def breaches(found: Account) -> dict[int, str]:
    return {event.outage.ticket: event.breach.limit.value for event in found.events if event.breach}


def used(found: Account) -> dict[str, int]:
    return {month.name: int(month.used.total_seconds()) for month in found.months if month.used}


def test_the_third_of_a_year_is_a_breach_from_its_beginning() -> None:
    found = of_2026(
        outage(1, "2026-02-03 09:00", "09:10"),
        outage(2, "2026-02-20 09:00", "09:10"),
        outage(3, "2026-11-03 09:00", "09:10"),
        outage(4, "2026-12-03 09:00", "09:10"),
    )
    assert breaches(found) == {3: "year_times", 4: "year_times"}
    third = found.events[2].breach
    assert third is not None
    assert (third.at, third.by, third.period) == (at("2026-11-03 09:00"), timedelta(), "2026")
    assert [event.in_year for event in found.events] == [1, 2, 3, 4]
    assert [event.in_month for event in found.events] == [1, 2, 1, 1]


@pytest.mark.parametrize(("ended", "breach"), [("10:00:00", {}), ("10:00:01", {1: "recovery"})])
def test_a_recovery_of_exactly_an_hour_is_kept(ended: str, breach: dict[int, str]) -> None:
    found = of_2026(outage(1, "2026-02-03 09:00", ended))
    assert breaches(found) == breach


def test_an_event_over_two_limits_is_one_breach_under_the_one_reached_first() -> None:
    short = [outage(number, f"2026-0{number}-03 09:00", "09:10") for number in (1, 2)]
    found = of_2026(*short, outage(3, "2026-05-03 09:00", "10:30"))
    [third] = [event for event in found.events if event.breach]
    assert third.breach is not None
    assert third.breach.limit is Limit.YEAR_TIMES
    assert [over.limit for over in third.over] == [Limit.YEAR_TIMES, Limit.RECOVERY, Limit.MONTH_MINUTES]
    assert [over.by for over in third.over] == [timedelta(), timedelta(minutes=30), timedelta(minutes=30)]


def test_a_month_over_its_minutes_is_missed_and_no_breach_unless_the_file_says_so() -> None:
    outages = (outage(1, "2026-02-03 09:00", "09:40"), outage(2, "2026-02-20 09:00", "09:40"))
    found = of_2026(*outages)
    assert breaches(found) == {}
    [over] = found.events[1].over
    assert (over.limit, over.at, over.by) == (
        Limit.MONTH_MINUTES,
        at("2026-02-20 09:20"),
        timedelta(minutes=20),
    )
    said = replace(DOWNTIME, breaches=(*DOWNTIME.breaches, Limit.MONTH_MINUTES))
    assert breaches(of_2026(*outages, quota=said)) == {2: "month_minutes"}


def test_minutes_are_split_at_midnight_of_the_months_end_and_the_event_counts_where_it_began() -> None:
    found = of_2026(outage(1, "2026-01-31 23:40", "2026-02-01 00:35"), outage(2, "2026-02-09 08:00", "08:20:30"))
    assert used(found) == {"2026-01": 20 * 60, "2026-02": 35 * 60 + 20 * 60 + 30}
    assert [month.times for month in found.months[:3]] == [1, 1, 0]


def test_the_years_end_splits_minutes_and_leaves_the_event_to_the_old_year() -> None:
    over_it = outage(1, "2025-12-31 23:30", "2026-01-01 01:10")
    found = of_2026(over_it)
    assert used(found) == {"2026-01": 70 * 60}
    assert (found.times, found.events) == (0, ())
    assert found.months[0].passed == (at("2026-01-01 01:00"), 1)
    before = account(DOWNTIME, [over_it], 2025, ZONE, NOW)
    assert [month.name for month in before.months] == [f"2025-{month:02}" for month in range(1, 13)]
    assert used(before) == {"2025-12": 30 * 60}
    [event] = before.events
    # The month that it passed lies behind the year in which it counts.
    assert [(over.limit, over.period) for over in event.over] == [
        (Limit.RECOVERY, "2025-12"),
        (Limit.MONTH_MINUTES, "2026-01"),
    ]


def test_department_level_impact_counts_by_month_and_year() -> None:
    found = of_2026(
        outage(1, "2026-02-03 09:00", "09:10", DEPARTMENT),
        outage(2, "2026-02-20 09:00", "09:10", DEPARTMENT),
        outage(3, "2026-07-20 09:00", "10:10", DEPARTMENT),
        outage(4, "2026-07-25 09:00", "09:10", DEPARTMENT),
        outage(9, "2026-07-21 09:00", "10:10"),
        quota=IMPACT,
    )
    assert breaches(found) == {2: "month_times", 3: "year_times", 4: "year_times"}, "the year's before the month's"
    assert found.times == 4, "what stopped the whole hospital is not also a department's"


def test_an_outage_that_goes_on_counts_up_to_now() -> None:
    going_on = outage(1, "2026-02-03 09:00")
    assert used(of_2026(going_on, now=at("2026-02-03 09:42:05"))) == {"2026-02": 42 * 60 + 5}
    assert breaches(of_2026(going_on, now=at("2026-02-03 10:00"))) == {}
    assert breaches(of_2026(going_on, now=at("2026-02-03 10:00:01"))) == {1: "recovery"}


def test_overlapping_outages_add_up_unless_the_file_counts_them_once() -> None:
    outages = (outage(1, "2026-02-03 09:00", "09:50"), outage(2, "2026-02-03 09:30", "10:10"))
    each = of_2026(*outages)
    assert used(each) == {"2026-02": 90 * 60}
    assert each.months[1].overlap == timedelta(minutes=20)
    # 30 minutes of one, then twice as fast: the sixtieth is reached at a quarter to ten.
    assert each.months[1].passed == (at("2026-02-03 09:45"), 2)
    once = of_2026(*outages, quota=replace(DOWNTIME, overlap=Overlap.ONCE))
    assert used(once) == {"2026-02": 70 * 60}
    assert once.months[1].passed == (at("2026-02-03 10:00"), 2)


def test_what_is_used_and_what_the_next_event_would_break() -> None:
    found = of_2026(outage(1, "2026-02-03 09:00", "09:42"))
    february = found.month_at(at("2026-02-10 09:00"))
    assert found.uses(february) == (
        Use(Limit.MONTH_MINUTES, "2026-02", 42, 60, 70, full=False, over=False),
        Use(Limit.YEAR_TIMES, "2026", 1, 2, 50, full=False, over=False),
    )
    assert found.next_breaks(at("2026-02-10 09:00")) == ()
    full = of_2026(outage(1, "2026-02-03 09:00", "10:00"), outage(2, "2026-04-03 09:00", "09:01"))
    assert full.next_breaks(at("2026-02-10 09:00")) == (Limit.MONTH_MINUTES, Limit.YEAR_TIMES)
    assert full.next_breaks(at("2026-03-10 09:00")) == (Limit.YEAR_TIMES,)


def test_a_begun_minute_is_shown_so_that_what_is_over_looks_over() -> None:
    just_over = of_2026(outage(1, "2026-02-03 09:00", "10:00:01"))
    [use, _] = just_over.uses(just_over.months[1])
    assert (use.used, use.percent, use.over) == (61, 100, True)
    assert [minutes(timedelta(seconds=seconds)) for seconds in (0, 1, 60, 61)] == [0, 1, 1, 2]


def test_an_incident_is_one_outage() -> None:
    first = outage(1, "2026-02-03 09:00", "09:10")
    joined = [outage(number, "2026-02-03 09:01", "09:20", incident=1) for number in (2, 3)]
    assert [one.ticket for one in distinct([*joined, first])] == [1]
    assert [one.ticket for one in distinct(reversed(joined))] == [2], "the lowest of those that are joined"


def test_a_contract_year_begins_with_the_contract() -> None:
    quota = replace(DOWNTIME, year=Year.CONTRACT)
    since = date(2024, 2, 29)
    assert year_of(at("2026-02-28 23:59"), quota, ZONE, since) == 2025
    assert year_of(at("2026-03-01 00:00"), quota, ZONE, since) == 2026
    assert year_bounds(2027, quota, ZONE, since) == (at("2027-03-01 00:00"), at("2028-02-29 00:00"))
    outages = [outage(1, "2026-02-20 09:00", "09:10"), outage(2, "2026-03-20 09:00", "09:10")]
    found = account(quota, outages, 2026, ZONE, at("2027-06-01 09:00"), since)
    assert [event.outage.ticket for event in found.events] == [2]
    mid_month = date(2024, 5, 16)
    may = [outage(number, f"2026-05-{day} 09:00", "09:50") for number, day in ((1, "15"), (2, "16"))]
    found = account(quota, may, 2026, ZONE, at("2027-06-01 09:00"), mid_month)
    assert [(event.outage.ticket, event.in_month, event.in_year) for event in found.events] == [(2, 2, 1)]
    assert found.months[0].used == timedelta(minutes=100), "the month is the calendar's"


def test_months_end_where_the_clocks_change() -> None:
    """Cairo went to summer time at 00:00 on 2023-04-28, and comes back at 24:00 on the last Thursday of October."""
    cairo = ZoneInfo("Africa/Cairo")
    began = datetime(2023, 10, 26, 20, tzinfo=UTC)  # 23:00 in summer time; at 24:00 it is 23:00 again
    one = Outage(
        1, "a", None, OutageLevel.DOWNTIME, began.astimezone(cairo), (began + timedelta(hours=2)).astimezone(cairo)
    )
    [event] = account(DOWNTIME, [one], 2023, cairo, began + timedelta(days=9)).events
    assert event.recovery == timedelta(hours=2)
    assert event.breach is not None
    assert event.breach.at == began + timedelta(hours=1)


def test_the_next_thing_to_be_told() -> None:
    earlier = outage(1, "2026-02-01 09:00", "09:30")
    going_on = outage(2, "2026-02-03 09:00")

    def look(now: str) -> datetime | None:
        return next_change(DOWNTIME, [earlier, going_on], ZONE, at(now))

    assert look("2026-02-03 09:00") == at("2026-02-03 09:12"), "70 % of the month's 60 minutes"
    assert look("2026-02-03 09:12") == at("2026-02-03 09:30"), "all of them"
    assert look("2026-02-03 09:30") == at("2026-02-03 09:30") + timedelta(microseconds=1), "more than all of them"
    assert look("2026-02-03 09:31") == at("2026-02-03 09:42"), "70 % of the recovery"
    assert look("2026-02-03 09:42") == at("2026-02-03 10:00") + timedelta(microseconds=1), "the recovery is too long"
    assert look("2026-02-03 10:01") == at("2026-03-01 00:00"), "another month"
    # Two at once use the month up twice as fast; half a microsecond before, nothing is reached.
    odd = replace(going_on, ticket=3, began=going_on.began + timedelta(microseconds=1))
    both = [going_on, odd]
    reached = next_change(DOWNTIME, both, ZONE, odd.began)
    assert reached is not None
    assert reached - at("2026-02-03 09:21") == timedelta(microseconds=1)
    assert of_2026(*both, now=reached).months[1].used >= timedelta(minutes=42)
    assert next_change(DOWNTIME, [earlier], ZONE, at("2026-02-03 09:00")) is None
    assert next_change(IMPACT, [going_on], ZONE, at("2026-02-03 09:00")) is None
