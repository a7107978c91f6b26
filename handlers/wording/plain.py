"""Instants, durations and labels in plain words."""

from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

from handlers.wording import say

NEAR_DAYS = {-1: "day_yesterday", 0: "day_today", 1: "day_tomorrow"}


def instant(at: datetime, now: datetime, language: str, zone: tzinfo) -> str:
    """`at` as one says it at `now`, on the wall clock of `zone`: 今天 03:40, 10月8日 18:00, 2027年1月4日 18:00."""
    return _told(at.astimezone(zone).replace(tzinfo=None), now.astimezone(zone).date(), language)


@lru_cache(maxsize=1024)
def _told(local: datetime, today: date, language: str) -> str:
    """A wall clock's time as one says it on the day `today`. Kept, since an answer and a page name the same ones."""
    clock = f"{local.hour:02}:{local.minute:02}"
    near = NEAR_DAYS.get((local.date() - today).days)
    if near:
        return say(near, language, clock=clock)
    key = "day_this_year" if local.year == today.year else "day_other_year"
    month = say(f"month_{local.month}", language)
    return say(key, language, year=local.year, month=month, day=local.day, clock=clock)


def told_apart(one: datetime, other: datetime, told: Callable[[datetime], str]) -> tuple[str, str]:
    """Two instants in words, with their seconds where the words are the same without: 今天 22:39:05, 今天 22:39:48.
    `told` puts one into words that end with the minute, on some wall clock (whose seconds are those of any)."""
    words, others = told(one), told(other)
    return (f"{words}:{one.second:02}", f"{others}:{other.second:02}") if words == others else (words, others)


def times(count: int, language: str) -> str:
    """How often: 2 次, 1 time."""
    return say("times_counted", language, count=count)


def by(at: datetime, now: datetime, language: str, zone: tzinfo) -> str:
    """A deadline: the instant, marked as the last at which it is still met (10月8日 18:00前)."""
    return _before(instant(at, now, language, zone), language)


@lru_cache(maxsize=1024)
def _before(instant: str, language: str) -> str:
    return say("before_instant", language, instant=instant)


def duration(span: timedelta, language: str) -> str:
    """A length of time in its two greatest units, never less than a minute: 2小时10分, 3天4小时, 20分钟."""
    minutes = max(1, int(abs(span).total_seconds()) // 60)
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    if days:
        return say("span_days_hours" if hours else "span_days", language, days=days, hours=hours)
    if hours:
        return say("span_hours_minutes" if minutes else "span_hours", language, hours=hours, minutes=minutes)
    return say("span_minutes", language, minutes=minutes)
