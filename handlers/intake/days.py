"""Which day a match of the grammar in `clocks` names, and after which time that day comes again."""

import re
from datetime import date, datetime, timedelta

from handlers.intake.holidays import holiday
from handlers.intake.moment import DAYS, latest_date, month_after, year_of
from handlers.intake.numbers import number

_WEEKDAYS = "一二三四五六日天"
_OLD = 5
"""Years after which a date is no longer that of a fault."""


def day_of(found: re.Match[str], now: datetime) -> date | None:
    """The day of a match, None where it names none or one that does not exist."""
    today = now.date()
    if (relative := found["relative"]) is not None:
        return today + timedelta(days=DAYS[relative])
    if found["weekword"] is not None:
        return _weekday(found, today)
    if found["holiday"] is not None:
        return holiday(found, today)
    if found["month"] is not None:
        return _month_day(found, now)
    if found["compact"] is not None:
        return _compact(found["compact"])
    if found["ofmonth"] is not None:
        return _day_in_month(found, today)
    if found["dayonly"] is not None:
        return day_of_month(number(found["dayonly"]) or 0, now)
    if found["daysago"] is not None:
        return _days_ago(found, today)
    return None


def repeats(found: re.Match[str]) -> str:
    """After which time the day of a match comes again."""
    if found["weekword"] is not None:
        return "never" if found["week"] else "week"
    if found["month"] is not None:
        return "never" if found["year"] else "year"
    if found["dayonly"] is not None:
        return "never" if found["ofmonth"] else "month"
    return "never" if found["relative"] or found["compact"] or found["daysago"] else "day"


def _weekday(found: re.Match[str], today: date) -> date:
    index = min(_WEEKDAYS.find(found["weekday"]), 6) if found["weekday"] != "末" else 5
    week = found["week"] or ""
    monday = today - timedelta(days=today.weekday())
    if week.startswith("上"):
        return monday + timedelta(days=index - (14 if week.startswith("上上") else 7))
    if week.startswith("下"):
        return monday + timedelta(days=index + (14 if week.startswith("下下") else 7))
    if week:
        return monday + timedelta(days=index)
    return today - timedelta(days=(today.weekday() - index) % 7)


def _month_day(found: re.Match[str], now: datetime) -> date | None:
    month, day = number(found["month"]) or 0, number(found["mday"]) or 0
    try:
        if found["year"] is None:
            date(2024, month, day)
            return latest_date(now.date(), month, day)
        year = year_of(found["year"], now.date())
        # No report waits for years: an old date is one of birth.
        return date(year, month, day) if year >= now.year - _OLD else None
    except ValueError:
        return None


def _compact(digits: str) -> date | None:
    """20260305."""
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def _day_in_month(found: re.Match[str], today: date) -> date | None:
    """上个月28号, 下个月1号."""
    away = {"上上": -2, "上": -1, "下": 1, "下下": 2}.get(found["ofmonth"].removesuffix("个"), 0)
    try:
        return month_after(today.replace(day=1), away).replace(day=number(found["dayonly"]) or 0)
    except ValueError:
        return None


def day_of_month(day: int, now: datetime) -> date | None:
    """The latest such day of a month that is not after today."""
    first = now.date().replace(day=1)
    for _ in range(4):
        try:
            found = first.replace(day=day)
        except ValueError:
            found = None
        if found is not None and found <= now.date():
            return found
        first = (first - timedelta(days=1)).replace(day=1)
    return None


def _days_ago(found: re.Match[str], today: date) -> date | None:
    said = found["daysago"]
    several = len(said) == 2 and not said.isascii() and "十" not in said
    count = 0.5 if said == "半" else number(said[0] if several else said)
    if count is None:
        return None
    unit = found["dayunit"]
    days = count * (365 if unit == "年" else 7 if unit[-1] in "周期拜" else 30 if unit.endswith("月") else 1)
    if days > 36500:
        return None
    return today + timedelta(days=-days if found["way"].endswith("前") else days)
