"""Periods as the Civil Code counts them (民法典 第十章 期间计算, 第200-204条).

第200条  a period is counted in years, months, days and hours of the Gregorian calendar
第201条  in years, months or days: the day of the start does not count, the next is the first; in hours: from the moment
         that the law or the parties name, nights and days off included
第202条  in years or months: it ends on the day of the last month that bears the number of the day of the start; where
         there is none, on the last day of that month
第203条  a last day that is a day off moves to the first day after it that is none; it is over at 24:00 or, where there
         are hours of business, when business stops
第204条  unless the law or the parties say otherwise: a contract's own clause goes before all of this
         (`Base.WORKING_DAYS` of `worktime` is such a clause; `moves` below is another)

"Day off" is what the calendar says: weekends and festivals, without the make-up workdays.
"""

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from sla.calendar import Calendar, ServiceWindows
from sla.schedule import DAY

MONTHS_A_YEAR, SHORTEST_MONTH = 12, 28


class Unit(StrEnum):
    """What a period is counted in (第200条)."""

    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later (earlier, when negative), else the last day of that month (第202条).

    Raises ValueError outside the years 1 to 9999.
    """
    year, month = divmod(day.year * MONTHS_A_YEAR + day.month - 1 + months, MONTHS_A_YEAR)
    if day.day <= SHORTEST_MONTH:
        return date(year, month + 1, day.day)
    first = date(year, month + 1, 1)
    length = ((first + 31 * DAY).replace(day=1) - first).days
    return first.replace(day=min(day.day, length))


def add_years(day: date, years: int) -> date:
    """The same day `years` later; of a 29 February, where there is none, the 28th (第202条)."""
    return add_months(day, MONTHS_A_YEAR * years)


def last_day(start: date, count: int, unit: Unit, calendar: Calendar, *, moves: bool = True) -> date:
    """The last day of a period of `count` days, months or years that begins on `start`, which does not count (第201条).

    `moves` tells whether a last day that is a day off moves to the next working day (第203条第1款); an agreement may
    say that it does not (第204条). Raises ValueError for hours, which have no last day.
    """
    if unit is Unit.HOURS:
        raise ValueError("a period in hours ends at an instant, not with a day")
    if unit is Unit.DAYS:
        last = start + count * DAY
    else:
        last = add_months(start, count * (MONTHS_A_YEAR if unit is Unit.YEARS else 1))
    return calendar.next_working_day(last) if moves else last


def period_end(
    start: datetime, count: int, unit: Unit, calendar: Calendar, windows: ServiceWindows, *, moves: bool = True
) -> datetime:
    """The instant at which a period that begins at `start` (aware) is over, in the calendar's zone.

    In hours: true time from `start` (第201条第2款). Else the close of service of its last day, 24:00 for a contract
    without windows (第203条第2款).
    """
    if unit is Unit.HOURS:
        return (start.astimezone(UTC) + timedelta(hours=count)).astimezone(calendar.timezone)
    last = last_day(calendar.day_of(start), count, unit, calendar, moves=moves)
    return windows.close_of_service(last, calendar)
