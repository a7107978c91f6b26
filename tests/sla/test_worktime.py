"""Counting time, by hand-computed cases and against a stepper that looks at every minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.calendar import Calendar, ServiceWindows, Span
from sla.schedule import NoWorkingTime
from sla.worktime import Base, add, between, due
from tests.sla.book import at, calendar, contracts, years

LUNCH = ServiceWindows.of([[Span(480, 720), Span(840, 1080)]] * 5, [Span(540, 600)])
NIGHT = ServiceWindows.of([[Span(0, 360), Span(1320, 1440)]] * 5, [])
NEVER = ServiceWindows()
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 353 * 24 * 60).map(lambda n: NEW_YEAR + timedelta(minutes=n))
AMOUNTS = st.integers(0, 3000).map(lambda n: timedelta(minutes=n))
WINDOWS = st.sampled_from([LUNCH, NIGHT])


@pytest.mark.parametrize(
    ("base", "amount", "start", "end", "provisional"),
    [
        (Base.ELAPSED, 30, "2026-10-01 23:45", "2026-10-02 00:15", False),
        (Base.ELAPSED, 24 * 60, "2026-12-31 10:00", "2027-01-01 10:00", False),
        (Base.IMMEDIATE, 5, "2026-10-01 10:00", "2026-10-01 10:05", False),
        (Base.WORKING_DAYS, 1, "2026-09-29 23:59", "2026-09-30 18:00", False),
        (Base.WORKING_DAYS, 1, "2026-09-30 00:00", "2026-10-08 18:00", False),
        (Base.WORKING_DAYS, 1, "2026-09-30 18:00", "2026-10-08 18:00", False),
        (Base.WORKING_DAYS, 1, "2026-10-03 12:00", "2026-10-08 18:00", False),
        (Base.WORKING_DAYS, 2, "2026-10-08 09:00", "2026-10-10 18:00", False),  # Friday, then the made-up Saturday
        (Base.WORKING_DAYS, 3, "2026-10-08 09:00", "2026-10-12 18:00", False),
        (Base.WORKING_DAYS, 1, "2026-09-18 09:00", "2026-09-20 18:00", False),  # a made-up Sunday
        (Base.WORKING_DAYS, 5, "2026-02-13 09:00", "2026-02-27 18:00", False),  # over the Spring Festival
        (Base.WORKING_DAYS, 1, "2026-12-31 09:00", "2027-01-04 18:00", True),
        (Base.WORKING_DAYS, 1, "2026-12-30 09:00", "2026-12-31 18:00", False),
        (Base.WORKING_DAYS, 1, "2023-12-31 09:00", "2024-01-02 18:00", False),  # the start day does not count
        (Base.CALENDAR_DAYS, 7, "2026-09-21 09:00", "2026-09-28 18:00", False),
        (Base.CALENDAR_DAYS, 7, "2026-09-24 09:00", "2026-10-08 18:00", False),  # the last day is 10-01
        (Base.CALENDAR_DAYS, 7, "2026-10-03 09:00", "2026-10-10 18:00", False),  # a made-up Saturday is no day off
        (Base.CALENDAR_DAYS, 7, "2026-10-04 09:00", "2026-10-12 18:00", False),  # Sunday: the next working day
        (Base.CALENDAR_DAYS, 7, "2026-12-25 09:00", "2027-01-04 18:00", True),
        (Base.WORKING_HOURS, 120, "2026-09-30 11:00", "2026-09-30 15:00", False),
        (Base.WORKING_HOURS, 60, "2026-09-30 11:00", "2026-09-30 12:00", False),  # on closing time is closing time
        (Base.WORKING_HOURS, 480, "2026-09-30 18:00", "2026-10-08 18:00", False),
        (Base.WORKING_HOURS, 60, "2026-10-10 00:00", "2026-10-10 10:00", False),  # the make-up day's own window
    ],
)
def test_deadlines(base: Base, amount: int, start: str, end: str, provisional: bool) -> None:
    windows = LUNCH if base is Base.WORKING_HOURS else contracts()["cqmu2-his"].windows
    found = due(base, amount, at(start), calendar(), windows)
    assert (found.at, found.provisional) == (at(end), provisional)


def test_days_passed_over_are_told() -> None:
    found = due(Base.WORKING_DAYS, 1, at("2026-09-30 10:00"), calendar(), LUNCH)
    assert [day.day for day in found.passed_over] == [1, 2, 3, 4, 5, 6, 7]


def test_without_windows_a_day_closes_at_midnight() -> None:
    assert due(Base.WORKING_DAYS, 1, at("2026-09-28 10:00"), calendar(), NEVER).at == at("2026-09-30 00:00")


def test_what_cannot_be_counted() -> None:
    with pytest.raises(ValueError, match="named, not counted"):
        due(Base.AGREED, 0, at("2026-09-28 10:00"), calendar(), LUNCH)
    for minutes in (1, -1):
        with pytest.raises(NoWorkingTime):
            add(at("2026-09-28 10:00"), timedelta(minutes=minutes), calendar(), NEVER)


def test_elapsed_time_is_true_time_where_the_clock_leaps() -> None:
    berlin = Calendar(ZoneInfo("Europe/Berlin"))
    start = datetime(2026, 3, 29, 1, 30, tzinfo=berlin.timezone)
    assert due(Base.ELAPSED, 60, start, berlin, NEVER).at.isoformat() == "2026-03-29T03:30:00+02:00"


def test_a_day_with_a_leap_is_an_hour_shorter_in_service_time() -> None:
    cairo = Calendar(ZoneInfo("Africa/Cairo"))  # the clock leaps from 00:00 to 01:00 on Friday 2026-04-24
    whole = ServiceWindows.of([[Span(0, 1440)]] * 5, [])
    start, end = cairo.at(date(2026, 4, 24), 0), cairo.at(date(2026, 4, 24), 1440)
    assert start.isoformat() == "2026-04-24T01:00:00+03:00"
    assert between(start, end, cairo, whole) == timedelta(hours=23)


def _step(start: datetime, end: datetime, windows: ServiceWindows) -> int:
    """Service minutes from `start` to `end`, found by looking at each: an own reading of what a window is."""
    total = 0
    off = {day for year in years() for f in year.festivals for day in f.days_off}
    made = {day for year in years() for f in year.festivals for day in f.make_up_days}
    while start < end:
        local = start.astimezone(calendar().timezone)
        day, minute = local.date(), local.hour * 60 + local.minute
        spans = (
            windows.make_up if day in made else () if day.weekday() > 4 or day in off else windows.weekly[day.weekday()]
        )
        total += any(s.opens <= minute < s.closes for s in spans)
        start += timedelta(minutes=1)
    return total


@given(INSTANTS, st.integers(0, 6000), WINDOWS)
def test_between_agrees_with_looking_at_every_minute(start: datetime, minutes: int, windows: ServiceWindows) -> None:
    end = start + timedelta(minutes=minutes)
    assert between(start, end, calendar(), windows) == timedelta(minutes=_step(start, end, windows))
    assert between(end, start, calendar(), windows) == -between(start, end, calendar(), windows)


@given(INSTANTS, AMOUNTS, WINDOWS)
def test_between_undoes_add(start: datetime, amount: timedelta, windows: ServiceWindows) -> None:
    end = add(start, amount, calendar(), windows)
    assert between(start, end, calendar(), windows) == amount
    if amount:  # and no earlier instant would do
        assert between(start, end - timedelta(minutes=1), calendar(), windows) < amount


@given(INSTANTS, AMOUNTS, AMOUNTS, WINDOWS)
def test_add_is_additive(start: datetime, one: timedelta, two: timedelta, windows: ServiceWindows) -> None:
    whole = add(start, one + two, calendar(), windows)
    parts = add(add(start, one, calendar(), windows), two, calendar(), windows)
    assert whole == parts or not two or between(parts, whole, calendar(), windows) == timedelta()


@given(INSTANTS, INSTANTS, st.sampled_from([b for b in Base if b is not Base.AGREED]), st.integers(1, 40))
def test_no_later_start_is_due_earlier(one: datetime, two: datetime, base: Base, amount: int) -> None:
    first, second = sorted((one, two))
    assert due(base, amount, first, calendar(), LUNCH).at <= due(base, amount, second, calendar(), LUNCH).at


@given(INSTANTS, st.sampled_from([Base.WORKING_DAYS, Base.CALENDAR_DAYS]), st.integers(1, 40))
def test_days_end_at_close_of_service_of_a_working_day(start: datetime, base: Base, amount: int) -> None:
    found = due(base, amount, start, calendar(), LUNCH)
    day = found.at.date()
    assert calendar().is_working_day(day)
    assert found.at == LUNCH.close_of_service(day, calendar())
    assert found.at > start
