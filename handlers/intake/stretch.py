"""From when to when: the stretch of time that a command names, "03:00-04:10", "9月30日 23:40 到 00:20", "03:00 起".

A time without its day is the one nearest to what it is about; an end without its day is the first such time after the
beginning. Seconds may be given. Pure, never raises, linear in the length of the text.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from handlers.intake.lazy import Lazy

_DAYS = {"前天": -2, "前晚": -2, "昨天": -1, "昨日": -1, "昨晚": -1, "yesterday": -1, "今天": 0, "今日": 0, "今早": 0}
_DAYS |= {"今晚": 0, "today": 0}
_FOLLOWING = ("次日", "翌日", "第二天", "next day")
_MOMENT = Lazy(
    r"(?:(?:(?P<year>\d{4})\s*[-/.年]\s*)?(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})(?:[日号]|(?=[\sT]))\s*T?"
    rf"|(?P<word>{'|'.join((*_DAYS, *_FOLLOWING))})\s*)?"
    r"(?P<part>凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|半夜)?\s*"
    r"(?<![\d:])(?P<hour>\d{1,2})(?::(?P<minute>\d{2})(?::(?P<second>\d{2}))?(?![\d:])"
    r"|[点时](?:(?P<half>半)|(?P<past>\d{1,2})分?)?整?)\s*(?P<ampm>[ap]\.?m\b)?"
)
_BETWEEN = Lazy(r"\s*(?:起|开始)?[\s,]*(?:[-–—~―]+|至|到|to\b|until\b|till\b)?\s*")
_ON = Lazy(r"\s*(?:起|开始|以来|onwards?\b|[-–—~至到]\s*(?:今|现在|now\b))")
_SINCE = Lazy(r"(?:从|自|since|from)\s*$")
_UNTIL = Lazy(r"(?:到|至|止于|until|till|ended(?:\s+at)?)\s*$")
_ENDS = Lazy(r"\s*(?:止|结束|恢复|ended\b)")
_LATE_HOURS = ("傍晚", "晚上", "夜里", "半夜")


@dataclass(frozen=True, slots=True)
class Told:
    """A time as it was told: its day, or how many days from the day of the message, or "following"; None where none
    was named. `clock` counts from midnight, 24 hours at most."""

    clock: timedelta
    year: int | None = None
    month: int | None = None
    day: int | None = None
    offset: int | None = None
    following: bool = False

    @property
    def has_day(self) -> bool:
        return self.day is not None or self.offset is not None or self.following


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was told of a beginning and an end; `goes_on`: it is said to go on."""

    begin: Told | None = None
    end: Told | None = None
    goes_on: bool = False


def stretch(text: str) -> Stretch | None:
    """What a text tells of a beginning and an end; nothing of either for a text without words, None where words name no
    time, or one that no clock shows."""
    folded = unicodedata.normalize("NFKC", text).lower().strip()
    if not folded:
        return Stretch()
    first = _MOMENT.search(folded)
    if first is None or (begin := _told(first)) is None:
        return None
    gap = _BETWEEN.match(folded, first.end())
    second = _MOMENT.match(folded, gap.end() if gap else first.end())
    if second is not None:
        end = _told(second)
        afternoon = _told(second, first["part"] or "") if not (second["part"] or second["word"]) else None
        if end and afternoon and end.clock < begin.clock <= afternoon.clock:
            end = afternoon  # 下午3点-5点: the second is of the afternoon as well
        return Stretch(begin, end) if end else None
    if _ON.match(folded, first.end()) or _SINCE.search(folded[: first.start()]):
        return Stretch(begin, goes_on=True)
    if _UNTIL.search(folded[: first.start()]) or _ENDS.match(folded, first.end()):
        return Stretch(end=begin)
    return Stretch(begin)


def nearest(told: Told, anchor: datetime, said_at: datetime) -> datetime:
    """The instant that is meant: on its day, else the one nearest to `anchor`, and not after `said_at` where one lies
    before. On the wall clock of `said_at`, to which both belong."""
    anchor = anchor.astimezone(said_at.tzinfo)
    if told.has_day:
        return _on_its_day(told, anchor, said_at)
    found = [_at(anchor.date() + timedelta(days=days), told, said_at) for days in (-1, 0, 1)]
    passed = [instant for instant in found if instant <= said_at]
    return min(passed or found, key=lambda instant: abs(instant - anchor))


def following(told: Told, begin: datetime, said_at: datetime) -> datetime:
    """The end of what began at `begin`: on its day, else the first such time that is not before the beginning."""
    begin = begin.astimezone(said_at.tzinfo)
    if told.has_day:
        return _on_its_day(told, begin, said_at)
    same = _at(begin.date(), told, said_at)
    return same if same >= begin else _at(begin.date() + timedelta(days=1), told, said_at)


def _on_its_day(told: Told, anchor: datetime, said_at: datetime) -> datetime:
    if told.offset is not None:
        return _at(said_at.date() + timedelta(days=told.offset), told, said_at)
    if told.following:
        return _at(anchor.date() + timedelta(days=1), told, said_at)
    years = [told.year] if told.year else [anchor.year + more for more in (0, -1, 1)]
    found = [_at(day, told, said_at) for year in years if (day := _date(year, told.month, told.day))]
    return min(found, key=lambda instant: abs(instant - anchor))


def _at(day: date, told: Told, said_at: datetime) -> datetime:
    return datetime.combine(day, time(), said_at.tzinfo) + told.clock


def _date(year: int, month: int | None, day: int | None) -> date | None:
    try:
        return date(year, month or 0, day or 0)
    except ValueError:
        return None


def _told(found: "re.Match[str]", part: str = "") -> Told | None:
    """A time that was found, of a part of the day; None for 25:00, 03:75 or the 31st of April."""
    numbers = {name: int(found[name]) for name in ("year", "month", "day") if found[name]}
    if numbers and not any(_date(year, numbers["month"], numbers["day"]) for year in (numbers.get("year", 2024), 2023)):
        return None
    hour = _hour(int(found["hour"]), found["part"] or found["ampm"] or part, found["word"] or "")
    minute = 30 if found["half"] else int(found["minute"] or found["past"] or 0)
    clock = timedelta(hours=hour, minutes=minute, seconds=int(found["second"] or 0))
    if hour > 24 or minute > 59 or int(found["second"] or 0) > 59 or clock > timedelta(days=1):
        return None
    word = found["word"]
    return Told(clock, **numbers, offset=_DAYS.get(word) if word else None, following=word in _FOLLOWING)


def _hour(hour: int, part: str, word: str) -> int:
    """The hour of the day: 下午3点 is 15, 晚上12点 is 24."""
    evening = part in _LATE_HOURS or word.endswith("晚")
    if part == "下午" or part.startswith("p") or (evening and 5 <= hour <= 12) or (part == "中午" and hour < 4):
        return hour + 12 if hour < 12 or evening else hour
    return 0 if hour == 12 and (part == "凌晨" or part.startswith("a")) else hour
