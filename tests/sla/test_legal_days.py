"""Periods as the Civil Code counts them: hand-computed, article by article."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.calendar import Calendar, ServiceWindows, Span
from sla.legal_days import Unit, add_months, add_years, last_day, period_end
from sla.schedule import NoWorkingTime
from sla.weekplan import DayRule, WeekPlan
from tests.sla.book import at, calendar

DESK = ServiceWindows.of([[Span(480, 1020)]] * 5, [Span(480, 1020)])
NO_HOURS = ServiceWindows()


@pytest.mark.parametrize(
    ("start", "count", "unit", "end"),
    [
        ("2026-03-02 09:00", 3, Unit.DAYS, "2026-03-05 17:00"),  # the start day does not count
        ("2026-03-02 00:00", 3, Unit.DAYS, "2026-03-05 17:00"),
        ("2026-03-02 23:59", 3, Unit.DAYS, "2026-03-05 17:00"),
        ("2026-03-02 09:00", 5, Unit.DAYS, "2026-03-09 17:00"),  # a Saturday: on Monday
        ("2026-10-03 09:00", 7, Unit.DAYS, "2026-10-10 17:00"),  # a Saturday on which people work
        ("2026-09-24 09:00", 7, Unit.DAYS, "2026-10-08 17:00"),  # National Day: the day after the festival
        ("2026-01-31 09:00", 1, Unit.MONTHS, "2026-02-28 17:00"),  # no 31 February; and the 28th is made up
        ("2026-03-15 09:00", 1, Unit.MONTHS, "2026-04-15 17:00"),
        ("2025-12-31 09:00", 2, Unit.MONTHS, "2026-02-28 17:00"),
        ("2026-08-31 09:00", 1, Unit.MONTHS, "2026-09-30 17:00"),
        ("2026-09-01 09:00", 1, Unit.MONTHS, "2026-10-08 17:00"),
        ("2024-02-29 09:00", 1, Unit.YEARS, "2025-02-28 17:00"),
        ("2025-03-03 09:00", 1, Unit.YEARS, "2026-03-03 17:00"),
        ("2026-09-30 17:30", 24, Unit.HOURS, "2026-10-01 17:30"),  # from the moment, the festival included
    ],
)
def test_periods(start: str, count: int, unit: Unit, end: str) -> None:
    assert period_end(at(start), count, unit, calendar(), DESK) == at(end)


def test_without_hours_of_business_the_last_day_ends_at_midnight() -> None:
    assert period_end(at("2026-03-02 09:00"), 3, Unit.DAYS, calendar(), NO_HOURS) == at("2026-03-06 00:00")


def test_an_agreement_may_say_that_the_last_day_stays() -> None:
    assert last_day(date(2026, 9, 24), 7, Unit.DAYS, calendar(), moves=False) == date(2026, 10, 1)
    assert last_day(date(2026, 9, 24), 7, Unit.DAYS, calendar()) == date(2026, 10, 8)
    end = period_end(at("2026-09-24 09:00"), 7, Unit.DAYS, calendar(), DESK, moves=False)
    assert end == at("2026-10-01 17:00")


def test_hours_are_true_hours_and_have_no_last_day() -> None:
    berlin = Calendar(ZoneInfo("Europe/Berlin"))
    start = datetime(2026, 3, 28, 12, tzinfo=berlin.timezone)
    assert period_end(start, 24, Unit.HOURS, berlin, DESK).isoformat() == "2026-03-29T13:00:00+02:00"
    with pytest.raises(ValueError, match="an instant"):
        last_day(date(2026, 3, 2), 24, Unit.HOURS, berlin)


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(-1200, 1200))
def test_a_month_later_is_the_same_day_or_the_months_last(day: date, months: int) -> None:
    found = add_months(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    if found.day != day.day:
        assert found.day < day.day
        assert (found + timedelta(days=1)).day == 1


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(-100, 100))
def test_a_year_later_is_the_same_day_but_for_the_leap_day(day: date, years: int) -> None:
    found = add_years(day, years)
    assert found.year == day.year + years
    assert (found.month, found.day) == (day.month, day.day) or ((day.month, day.day), found.day) == ((2, 29), 28)


# whole days of a plan

ZONE = ZoneInfo("Asia/Shanghai")
PLAN = WeekPlan(
    ZONE,
    [[(32_400, 43_200), (46_800, 64_800)]] * 5 + [(), ()],
    [date(2026, 10, day) for day in range(1, 8)],
    {date(2026, 10, 10): [(36_000, 57_600)], date(2026, 10, 12): ()},
)


@pytest.mark.parametrize(
    ("start", "count", "rule", "end"),
    [
        ("2026-09-29 20:15:07", 1, DayRule.KEEP, "2026-09-30 20:15:07"),
        ("2026-09-30 10:00", 1, DayRule.KEEP, "2026-10-08 10:00"),
        ("2026-10-09 10:00", 1, DayRule.KEEP, "2026-10-10 10:00"),  # made up
        ("2026-10-10 10:00", 1, DayRule.KEEP, "2026-10-13 10:00"),  # the Monday is closed by exception
        ("2026-10-03 10:00", 2, DayRule.KEEP, "2026-10-09 10:00"),  # from a day off
        ("2026-10-03 10:00", 0, DayRule.KEEP, "2026-10-03 10:00"),
        ("2026-10-08 10:00", -2, DayRule.KEEP, "2026-09-29 10:00"),
        ("2026-10-03 10:00", -1, DayRule.KEEP, "2026-09-30 10:00"),
        ("2026-10-03 10:00", 1, DayRule.ROLL_DAY, "2026-10-09 10:00"),
        ("2026-10-03 10:00", -1, DayRule.ROLL_DAY, "2026-09-29 10:00"),
        ("2026-10-08 10:00", 1, DayRule.ROLL_DAY, "2026-10-09 10:00"),
        ("2026-09-30 20:00", 1, DayRule.ROLL, "2026-10-09 09:00"),
        ("2026-09-30 11:00", 1, DayRule.ROLL, "2026-10-08 11:00"),
        ("2026-09-30 20:00", -1, DayRule.ROLL, "2026-09-29 09:00"),
        ("2026-09-30 08:00", -1, DayRule.ROLL, "2026-09-28 09:00"),
        ("2026-09-29 18:00", 1, DayRule.ROLL, "2026-09-30 18:00"),  # closing time is not out of hours
        ("2026-09-30 12:00", -1, DayRule.ROLL, "2026-09-29 12:00"),
        ("2026-09-29 20:00", 1, DayRule.HOURS, "2026-10-08 09:00"),
        ("2026-09-28 12:30", 1, DayRule.HOURS, "2026-09-29 13:00"),
        ("2026-09-30 12:30", -1, DayRule.HOURS, "2026-09-29 12:00"),
        ("2026-09-29 12:00", 1, DayRule.HOURS, "2026-09-30 12:00"),  # what lands on an edge stays there
        ("2026-09-30 13:00", -1, DayRule.HOURS, "2026-09-29 13:00"),
        ("2026-10-09 16:00", 1, DayRule.HOURS, "2026-10-10 16:00"),
        ("2026-10-10 10:00", 0, DayRule.HOURS, "2026-10-10 10:00"),
        ("2026-09-30 10:00", 1, DayRule.OPENING, "2026-10-08 09:00"),
        ("2026-10-09 10:00", 1, DayRule.OPENING, "2026-10-10 10:00"),
        ("2026-10-09 10:00", 1, DayRule.CLOSING, "2026-10-10 16:00"),
        ("2026-09-30 10:00", -1, DayRule.CLOSING, "2026-09-29 18:00"),
        ("2026-09-30 10:00", 1, DayRule.MIDNIGHT, "2026-10-09 00:00"),
    ],
)
def test_working_days_by_the_rule_for_the_day(start: str, count: int, rule: DayRule, end: str) -> None:
    assert PLAN.add_days(at(start), count, rule) == at(end)


def test_a_time_of_day_that_the_clock_leaps_over() -> None:
    plan = WeekPlan(ZoneInfo("Europe/Berlin"), [[(0, 86_400)]] * 7)
    saturday = datetime(2026, 3, 28, 2, 30, tzinfo=plan.zone)
    assert plan.add_days(saturday, 1).isoformat() == "2026-03-29T03:30:00+02:00"
    assert plan.add_days(datetime(2026, 10, 25, 2, 30, tzinfo=plan.zone, fold=1), 7).isoformat()[-6:] == "+01:00"
    assert plan.add_days(datetime(2026, 10, 24, 2, 30, tzinfo=plan.zone), 1).isoformat()[-6:] == "+02:00"


def test_a_start_that_the_clock_leaps_over_is_the_time_it_shows_instead() -> None:
    plan = WeekPlan(ZoneInfo("Europe/Berlin"), [[(0, 86_400)]] * 7)
    leap = datetime(2026, 3, 29, 2, 30, tzinfo=plan.zone)
    assert plan.add_days(leap, 0).isoformat() == "2026-03-29T03:30:00+02:00"
    assert plan.add_days(leap, 1).isoformat() == "2026-03-30T03:30:00+02:00"


def test_friday_midnight_rolls_although_friday_closes_then() -> None:
    late = WeekPlan(ZONE, [[(64_800, 86_400)]] * 5 + [(), ()])
    assert late.add_days(at("2026-11-14 00:00"), 1, DayRule.ROLL) == at("2026-11-17 18:00")


def test_a_plan_without_working_days_says_so() -> None:
    with pytest.raises(NoWorkingTime):
        WeekPlan(ZONE, [()] * 7).add_days(datetime(2026, 1, 1, tzinfo=UTC), 1)
