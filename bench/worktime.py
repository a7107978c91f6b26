"""Service time: "add 3 working hours" and "5 working days", zone-aware, over three years of Chinese holidays.

Beside what the contracts count with stand, in the same run and from the same starts: pandas and businesstimedelta with
the same holidays (without the make-up days, which they have no word for), a walk that looks at every day, and the least
that can be done: a bisect over sums that were made before. The ratio is to that bisect. All of a deadline in days is
its close of service, the days off that were passed over, and whether an unknown year may still move it.
"""

import argparse
import random
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from zoneinfo import ZoneInfo

import businesstimedelta
import numpy as np
import pandas as pd
import pytz

from sla.calendar import Calendar, HolidayYear, ServiceWindows, Span, read_holidays
from sla.schedule import DAY
from sla.worktime import Base, add, due
from storage.files import packaged_files

OPENS, CLOSES = 8, 17
HOURS, DAYS = timedelta(hours=3), 5
WINDOWS = ServiceWindows.of([[Span(OPENS * 60, CLOSES * 60)]] * 5, [Span(OPENS * 60, CLOSES * 60)])
ZONE = ZoneInfo("Asia/Shanghai")
FIRST, LAST = date(2024, 1, 1), date(2026, 12, 31)
Way = Callable[[datetime], object]


def _years() -> tuple[HolidayYear, ...]:
    texts = packaged_files().items()
    return tuple(read_holidays(text, name) for name, text in texts if name.startswith("holidays/"))


def starts(count: int) -> list[datetime]:
    """Instants of the three known years, in and out of hours, far enough from their end."""
    dice = random.Random(1)
    begin, length = datetime(2024, 1, 1, tzinfo=ZONE), (365 * 3 - 30) * 86_400
    return [begin + timedelta(seconds=dice.randrange(length)) for _ in range(count)]


def _working_days(calendar: Calendar) -> list[date]:
    days = map(date.fromordinal, range(FIRST.toordinal(), LAST.toordinal() + 1))
    return [day for day in days if calendar.is_working_day(day)]


# the other ways


def bisect_hours(calendar: Calendar) -> Way:
    """Sums of all openings, made beforehand; then two searches."""
    days = _working_days(calendar)
    opens = [int(calendar.at(day, OPENS * 60).timestamp()) for day in days]
    length = (CLOSES - OPENS) * 3600
    sums = [length * number for number in range(len(days) + 1)]
    seconds, zone = int(HOURS.total_seconds()), calendar.timezone

    def after(start: datetime) -> datetime:
        at = int(start.timestamp())
        i = bisect_right(opens, at) - 1
        done = min(sums[i] + at - opens[i], sums[i + 1]) if i >= 0 else 0
        j = bisect_left(sums, done + seconds) - 1
        return datetime.fromtimestamp(opens[j] + done + seconds - sums[j], zone)

    return after


def bisect_days(calendar: Calendar) -> Way:
    """The close of service of every working day, made beforehand; then one search."""
    days = _working_days(calendar)
    closes = [WINDOWS.close_of_service(day, calendar) for day in days]
    zone = calendar.timezone
    return lambda start: closes[bisect_right(days, start.astimezone(zone).date()) + DAYS - 1]


def walk_hours(calendar: Calendar) -> Way:
    """Day by day, until the hours are used up."""

    def after(start: datetime) -> datetime:
        left, day = HOURS, start.date()
        while True:
            if calendar.is_working_day(day):
                opens = datetime.combine(day, clock(OPENS), calendar.timezone)
                closes = datetime.combine(day, clock(CLOSES), calendar.timezone)
                begin = max(start, opens).astimezone(UTC)
                room = closes.astimezone(UTC) - begin
                if room >= left:
                    return (begin + left).astimezone(calendar.timezone)
                left -= max(room, timedelta())
            day += DAY

    return after


def walk_days(calendar: Calendar) -> Way:
    """Day by day, until the days are used up."""

    def after(start: datetime) -> datetime:
        day, left = start.date(), DAYS
        while left:
            day += DAY
            left -= calendar.is_working_day(day)
        return datetime.combine(day, clock(CLOSES), calendar.timezone)

    return after


def _holidays(years: Sequence[HolidayYear]) -> list[date]:
    return [day for year in years for festival in year.festivals for day in festival.days_off]


def pandas_hours(years: Sequence[HolidayYear]) -> Way:
    """CustomBusinessHour."""
    hours = pd.offsets.CustomBusinessHour(
        n=3, start=f"{OPENS:02}:00", end=f"{CLOSES:02}:00", holidays=np.array(_holidays(years), dtype="datetime64[D]")
    )
    return lambda start: pd.Timestamp(start) + hours


def pandas_days(years: Sequence[HolidayYear]) -> Way:
    """CustomBusinessDay; it leaves the time of day as it is."""
    days = pd.offsets.CustomBusinessDay(n=DAYS, holidays=np.array(_holidays(years), dtype="datetime64[D]"))
    return lambda start: pd.Timestamp(start) + days


def business_hours(years: Sequence[HolidayYear]) -> Way:
    """businesstimedelta."""
    zone = pytz.timezone(ZONE.key)
    hours = businesstimedelta.WorkDayRule(
        start_time=clock(OPENS), end_time=clock(CLOSES), working_days=[0, 1, 2, 3, 4], tz=zone
    )
    # It asks for the next holiday, and stumbles where there is none.
    off = [*_holidays(years), LAST + 365 * DAY]
    rules = businesstimedelta.Rules([hours, businesstimedelta.HolidayRule(off, tz=zone)])
    three = businesstimedelta.BusinessTimeDelta(rules, hours=3)
    return lambda start: start + three


# what they take


def _check(calendar: Calendar, from_: Sequence[datetime]) -> None:
    """What is fast must be right as well: the bisect, the walk and the contracts agree."""
    hours = (bisect_hours(calendar), walk_hours(calendar))
    days = (bisect_days(calendar), walk_days(calendar))
    for start in from_:
        found = {way(start) for way in hours}, {way(start) for way in days}
        ours = {add(start, HOURS, calendar, WINDOWS)}, {due(Base.WORKING_DAYS, DAYS, start, calendar, WINDOWS).at}
        if found != ours:
            raise RuntimeError(f"from {start}: {found}, but the contracts count {ours}")


def _each(way: Way, from_: Sequence[datetime], seconds: float) -> float:
    """Microseconds a call: the best of several rounds over all starts, within about so many seconds."""
    best, until = float("inf"), time.perf_counter() + seconds
    while True:
        begin = time.perf_counter()
        for start in from_:
            way(start)
        end = time.perf_counter()
        best = min(best, (end - begin) / len(from_))
        if end > until:
            return best * 1e6


def _first_call(years: tuple[HolidayYear, ...], start: datetime) -> float:
    """Milliseconds of the first call in a calendar that nothing was asked of yet: its sums are made."""
    calendar = Calendar(ZONE, years)
    begin = time.perf_counter()
    add(start, HOURS, calendar, WINDOWS)
    return (time.perf_counter() - begin) * 1e3


def main(arguments: list[str]) -> None:
    """Print every way beside the bare bisect."""
    parser = argparse.ArgumentParser(prog="python -m bench worktime")
    parser.add_argument("--seconds", type=float, default=0.5, help="a way")
    options, _ = parser.parse_known_args(arguments)
    years = _years()
    calendar = Calendar(ZONE, years)
    few, many = starts(50), starts(2_000)
    _check(calendar, many)
    parts: tuple[tuple[str, dict[str, tuple[Way, Sequence[datetime]]]], ...] = (
        (
            "add 3 working hours",
            {
                "bare bisect": (bisect_hours(calendar), many),
                "wardline": (lambda start: add(start, HOURS, calendar, WINDOWS), many),
                "day walk": (walk_hours(calendar), many),
                "pandas": (pandas_hours(years), few),
                "businesstimedelta": (business_hours(years), few),
            },
        ),
        (
            "5 working days",
            {
                "bare bisect": (bisect_days(calendar), many),
                "wardline: the day": (lambda start: calendar.add_working_days(calendar.day_of(start), DAYS), many),
                "wardline: all of it": (lambda start: due(Base.WORKING_DAYS, DAYS, start, calendar, WINDOWS), many),
                "day walk": (walk_days(calendar), many),
                "pandas": (pandas_days(years), few),
            },
        ),
    )
    for title, ways in parts:
        measured = {name: _each(way, from_, options.seconds) for name, (way, from_) in ways.items()}
        for name, micros in measured.items():
            print(f"worktime: {title:<20} {name:<20} {micros:9.2f} µs  {micros / measured['bare bisect']:8.1f} x")
    first = min(_first_call(years, start) for start in few[:10])
    print(f"worktime: the first call of a year  {first:.2f} ms\n", flush=True)
