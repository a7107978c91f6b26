"""Counting time, as the law counts it.

elapsed        minutes on the clock from the start; nights and holidays count (民法典 第201条第2款)
working_days   the start day does not count; to the close of service of the N-th working day after it
               (第201条第1款, 第203条第2款)
calendar_days  the start day does not count; to the close of service of the N-th day after it or, where that is a day
               off, of the next working day (第201条第1款, 第203条)
working_hours  only minutes within service windows count
immediate      at once: minutes of grace on the clock
agreed         an instant that both sides have named; nothing is counted (第204条)

Amounts are minutes for elapsed, working_hours and immediate, days for working_days and calendar_days.
A target that lands on closing time is closing time. Where the wall clock leaps, elapsed time is true time.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from sla.calendar import Calendar, ServiceWindows
from sla.legal_days import Unit, last_day
from sla.schedule import DAY


class Base(StrEnum):
    """The ways to count."""

    ELAPSED = "elapsed"
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    WORKING_HOURS = "working_hours"
    IMMEDIATE = "immediate"
    AGREED = "agreed"


IN_DAYS = frozenset({Base.WORKING_DAYS, Base.CALENDAR_DAYS})
ON_THE_CLOCK = frozenset({Base.ELAPSED, Base.IMMEDIATE})


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline: `at` in the calendar's zone, the days off that were passed over on the way (in days only), and
    whether an unknown year was counted through, so that its notice may move it."""

    at: datetime
    provisional: bool = False
    passed_over: tuple[date, ...] = ()


def due(base: Base, amount: int, start: datetime, calendar: Calendar, windows: ServiceWindows) -> Due:
    """When `amount` (minutes or days, see above) from `start` (aware) is over.

    Raises ValueError for an agreed deadline, which cannot be counted, and NoWorkingTime.
    """
    if base in ON_THE_CLOCK:
        return Due(later(start, timedelta(minutes=amount), calendar))
    if base is Base.WORKING_HOURS:
        at = add(start, timedelta(minutes=amount), calendar, windows)
        return Due(at, bool(calendar.unknown_years(calendar.day_of(start), calendar.day_of(at))))
    if base is Base.AGREED:
        raise ValueError("an agreed deadline is named, not counted")
    first = calendar.day_of(start) + DAY
    last = _last_day(base, amount, first - DAY, calendar)
    return Due(
        windows.close_of_service(last, calendar),
        bool(calendar.unknown_years(first, last)),
        calendar.days_without_work(first, last),
    )


def _last_day(base: Base, days: int, start_day: date, calendar: Calendar) -> date:
    if base is Base.WORKING_DAYS:
        return calendar.add_working_days(start_day, days)
    return last_day(start_day, days, Unit.DAYS, calendar)


def later(start: datetime, length: timedelta, calendar: Calendar) -> datetime:
    """`start` and `length` of true time, in the calendar's zone."""
    return (start.astimezone(UTC) + length).astimezone(calendar.timezone)


def add(start: datetime, amount: timedelta, calendar: Calendar, windows: ServiceWindows) -> datetime:
    """The instant at which `amount` of service time after `start` is over; before it, for a negative amount.

    No amount gives `start` itself. Raises NoWorkingTime where the windows never open.
    """
    return calendar.schedule(windows).add(start, amount)


def between(start: datetime, end: datetime, calendar: Calendar, windows: ServiceWindows) -> timedelta:
    """The service time from `start` to `end`; negative when `end` comes first."""
    return calendar.schedule(windows).between(start, end)
