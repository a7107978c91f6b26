"""A time that a text names, and the arithmetic of days on the wall clock of a message."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

# Words for days, as days from the day of the message.
DAYS = {
    "大前天": -3, "大前日": -3, "前天": -2, "前日": -2, "前儿": -2, "昨天": -1, "昨日": -1, "昨儿": -1, "今天": 0,
    "今日": 0, "今儿": 0, "当天": 0, "明天": 1, "明日": 1, "明儿": 1, "后天": 2, "大后天": 3, "昨": -1, "今": 0,
    "前": -2, "明": 1, "昨个": -1, "昨个儿": -1, "前个": -2, "前个儿": -2,
    "今个": 0, "今个儿": 0, "明个": 1, "明个儿": 1, "翌日": 1, "次日": 1, "本日": 0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    """A time named at [start, end) of the text.

    `sort`: clock, part, day, period, ago, lasting, ahead, within, shift or now.

    `repeats`: day, week, month or year for what comes again after that time, never for one certain day.
    """

    start: int
    end: int
    instant: datetime
    precision: str
    sort: str
    repeats: str = "day"


def instant_at(day: date, hours: float, now: datetime) -> datetime:
    """That many hours after the midnight of a day, on the wall clock of the message."""
    return datetime.combine(day, time(), now.tzinfo) + timedelta(hours=hours)


def latest_date(today: date, month: int, day: int) -> date:
    """The latest such date not after today; a 29 February falls back to the last leap year."""
    for year in range(today.year, today.year - 9, -1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found <= today:
            return found
    return today


def month_after(first: date, count: int) -> date:
    """The first day of the month so many months after that of `first`; before it where negative."""
    years, month = divmod(first.month - 1 + count, 12)
    return date(first.year + years, month + 1, 1)


def year_of(said: str, today: date) -> int:
    """The year that 去年, 今年, 明年 or 2026年 means."""
    away = {"今": 0, "去": -1, "昨": -1, "前": -2, "明": 1}.get(said[0])
    return int(said.removesuffix("年")) if away is None else today.year + away
