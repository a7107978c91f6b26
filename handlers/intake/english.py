"""Times in English, and by dateparser in other languages. Nothing here overrules the Chinese grammar."""

import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta

from handlers.intake.lazy import Lazy
from handlers.intake.moment import Moment, latest_date

_NUMBERS = {
    "a": 1.0, "an": 1.0, "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0,
    "seven": 7.0, "eight": 8.0, "nine": 9.0, "ten": 10.0, "eleven": 11.0, "twelve": 12.0, "several": 3.0,
    "fifteen": 15.0, "twenty": 20.0, "thirty": 30.0, "half an": 0.5, "half a": 0.5, "a couple of": 2.0,
    "couple of": 2.0,
}  # fmt: skip
_AGO = Lazy(
    r"(?<![\d.])\b(\d{1,3}(?:\.\d)?|half an?|a couple of|couple of|an?|one|two|three|four|five|six|seven|"
    r"eight|nine|ten|eleven|twelve|fifteen|twenty|thirty)[ -]?(min(?:ute)?s?|h(?:ou)?rs?|days?|weeks?)"
    r"( and a half)?( ago\b| now\b)?"
)
_FOR = Lazy(
    r"\b(?:for|over|been)(?: the)?(?: last| past| about| over| more than| almost| nearly| at least| around| like)? $"
)
_AHEAD = Lazy(r"\b(in|within)(?: the next| about| another)? $")
_PAST_HOUR = Lazy(r"\b(?:past|last) (half )?hour\b")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_WORD = rf"(?:{'|'.join(_MONTHS)})[a-z]{{0,6}}"
_LAST = Lazy(
    r"\b(?:last (?P<whole>week|month)|(?:over|during) the (?P<free>weekend)|"
    rf"(?:(?P<third>beginning|start|middle|end) of |(?P<near>early |mid[ -]?|late ))"
    rf"(?P<month>{_MONTH_WORD}|(?:this|last) month))\b"
)
_SINCE_DAY = Lazy(r"\b(?:since|on|from) the (\d{1,2})(?:st|nd|rd|th)\b")
_TOLD = Lazy(r"\b(half|quarter) (past|to) (\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b")
_CLOCK = Lazy(
    r"\b(?:(?P<lead>since|from|at|around|about|after) (?:about |around )?)?(?<![\d.:])(?P<h>[01]?\d|"
    r"2[0-3])(?:[:.](?P<m>[0-5]\d))?(?:(?: ?- ?| to | until | till )(?=\d{1,2}(?::\d\d)? ?(?P<apto>[ap])\.?m\b)|"
    r"\s?(?P<ap>[ap]\.?m\b\.?)?(?![\d:%./]))"
)
_DAYS = {
    "yesterday": -1, "last night": -1, "yesterday evening": -1, "tomorrow": 1, "today": 0, "this morning": 0,
    "this afternoon": 0, "tonight": 0, "this evening": 0, "yesterday morning": -1, "yesterday afternoon": -1,
    "the day before yesterday": -2, "the day after tomorrow": 2, "overnight": -1, "yesterday noon": -1,
    "tomorrow morning": 1, "tomorrow afternoon": 1, "tomorrow evening": 1, "tomorrow noon": 1,
}  # fmt: skip
_DAY = Lazy(
    r"\b(?:the day before yesterday|the day after tomorrow|yesterday(?: morning| afternoon| evening| noon)?|"
    r"last night|overnight|tomorrow(?: morning| afternoon| evening| noon)?|today|"
    r"this (?:morning|afternoon|evening)|tonight|"
    r"(?:last |next |on |since )?(?:mon|tues|wednes|thurs|fri|satur|sun)day(?: morning| afternoon| evening| night)?|"
    r"(?:last|next|on|since) (?:mon|tue|wed|thu|fri|sat|sun)(?: morning| afternoon| evening| night)?)\b"
)
_MOST = 8
"""Days that a clock time is tried against; a text that names more is no report."""
_UNTIL = Lazy(r" ?(?:-|to|until|till) ?\d")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = {"morning": 8, "afternoon": 14, "evening": 20, "night": 20, "tonight": 20, "overnight": 20, "noon": 12}
_NOW = Lazy(r"\b(?:just now|just started|right now|a moment ago)\b")
_NOON = Lazy(r"\b(?:since|from|at|around) (noon|midday|midnight)\b")
_DATE = Lazy(
    rf"\b(?:(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?=(?:{'|'.join(_MONTHS)})))?({'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
    r"(?(1)| (\d{1,2})(?:st|nd|rd|th)?(?![\d:]))\b"
)
_LETTERS = Lazy(r"[a-z]{3}")
_MONTH = Lazy(
    r"\b(?:\d{1,2}(?:st|nd|rd|th)?(?: of)? )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? ?("
    r"?:\d{1,2}(?:st|nd|rd|th)?)?(?:,? at \d{1,2}(?::\d\d)?(?: ?[ap]m)?)?\b"
)


def english_moments(text: str, now: datetime) -> Iterator[Moment]:
    """The times named in folded English text."""
    if _LETTERS.search(text) is None:
        return
    base = now.replace(second=0, microsecond=0)
    for found in _NOW.finditer(text):
        yield Moment(*found.span(), base, "minute", "ago")
    yield from _agos(text, base)
    day = _DAY.search(text)
    clocks = [*_clocks(text, now, list(_DAY.finditer(text))), *_told(text, now)]
    dated = _DATE.search(text) if clocks and day is None else None
    if dated is not None and (joined := _dated(dated, clocks, now)) is not None:
        yield joined
        return
    yield from clocks
    if day is not None and not clocks:
        yield _day(day, now)
    for found in () if day is not None or clocks else _LAST.finditer(text):
        yield Moment(*found.span(), _period(found, now), "period", "period", "never")
    for found in () if day is not None or clocks else _SINCE_DAY.finditer(text):
        if 1 <= int(found[1]) <= now.day:
            instant = _midnight(now, int(found[1]) - now.day)
            yield Moment(*found.span(), instant, "day", "day", "month")
    if day is None and not clocks and _MONTH.search(text):
        yield from _foreign(text, now)


def _period(found: re.Match[str], now: datetime) -> datetime:
    """The midnight of a day in the week, weekend or month that is named."""
    if found["free"]:
        return _midnight(now, -((now.weekday() - 5) % 7))
    if found["whole"] == "week":
        return _midnight(now, -7 - now.weekday())
    if found["whole"] == "month":
        return _midnight(now, -now.day)
    today = now.date()
    said = found["month"]
    first = latest_date(today, _MONTHS.index(said[:3]) + 1, 1) if said[:3] in _MONTHS else today.replace(day=1)
    if said.startswith("last"):
        first = (first - timedelta(days=1)).replace(day=1)
    third = (found["third"] or found["near"])[:3]
    day = min(first + timedelta(days={"mid": 14, "end": 24, "lat": 24}.get(third, 0)), today)
    return datetime.combine(day, time(), now.tzinfo)


def names_a_day(text: str) -> bool:
    """Whether a day is named: Monday, yesterday, 3 October, Oct 3rd."""
    return _DAY.search(text) is not None or _DATE.search(text) is not None


def _dated(found: re.Match[str], clocks: list[Moment], now: datetime) -> Moment | None:
    """The clock time nearest to a date with the name of a month, on that day; the latest such day that is past."""
    number = int(found[1] or found[3])
    if not 1 <= number <= 31:
        return None
    clock = min(clocks, key=lambda each: abs(each.start - found.end()))
    at = latest_date(now.date(), _MONTHS.index(found[2]) + 1, number)
    instant = datetime.combine(at, clock.instant.timetz())
    return Moment(min(found.start(), clock.start), max(found.end(), clock.end), instant, clock.precision, "day", "year")


def _agos(text: str, base: datetime) -> Iterator[Moment]:
    for found in _AGO.finditer(text):
        lasts = _FOR.search(text[max(0, found.start() - 24) : found.start()])
        ahead = None if found[4] or lasts else _AHEAD.search(text[max(0, found.start() - 24) : found.start()])
        if not found[4] and not lasts and not ahead:
            continue
        count = _NUMBERS.get(found[1]) or float(found[1] if found[1][0].isdigit() else 1)
        count += 0.5 if found[3] else 0
        minutes = {"m": 1, "h": 60, "d": 1440, "w": 10080}[found[2][0]] * count
        precision = "day" if found[2][0] in "dw" else "minute"
        if ahead is None:
            yield Moment(*found.span(), base - timedelta(minutes=minutes), precision, "ago")
        else:
            sort = "ahead" if ahead[1] == "in" else "within"
            yield Moment(*found.span(), base + timedelta(minutes=minutes), precision, sort)
    for found in _PAST_HOUR.finditer(text):
        yield Moment(*found.span(), base - timedelta(minutes=30 if found[1] else 60), "hour", "lasting")


def _midnight(now: datetime, days: int) -> datetime:
    return datetime.combine(now.date() + timedelta(days=days), time(), now.tzinfo)


def _day_offset(word: str, now: datetime) -> int:
    if word in _DAYS:
        return _DAYS[word]
    index = next(place for place, name in enumerate(_WEEKDAYS) if f"{name}" in word)
    back = (now.weekday() - index) % 7
    if word.startswith("next"):
        return 7 - now.weekday() + index
    return -(back or (7 if word.startswith("last") else 0))


def _day(found: re.Match[str], now: datetime) -> Moment:
    word = found.group()
    hours = _HOURS.get(word.split()[-1])
    instant = _midnight(now, _day_offset(word, now)) + timedelta(hours=hours or 0)
    if word == "this morning":
        instant = min(instant, now.replace(second=0, microsecond=0))
    return Moment(*found.span(), instant, "part" if hours is not None else "day", "part" if hours else "day", "never")


def _told(text: str, now: datetime) -> Iterator[Moment]:
    """Half past nine, quarter to ten: the latest on a dial of twelve."""
    for found in _TOLD.finditer(text):
        hours = _NUMBERS.get(found[3]) or float(found[3])
        minutes = {"half": 30, "quarter": 15}[found[1]] * (1 if found[2] == "past" else -1)
        instant = _midnight(now, 1) + timedelta(hours=hours, minutes=minutes)
        while instant > now:
            instant -= timedelta(hours=12)
        yield Moment(*found.span(), instant, "minute", "clock")


def _nearest(clock: re.Match[str], days: list[re.Match[str]]) -> re.Match[str] | None:
    """The day that is named nearest to a clock time."""
    if len(days) > _MOST:
        return days[0]
    return min(days, key=lambda day: min(abs(day.start() - clock.end()), abs(clock.start() - day.end())), default=None)


def _clocks(text: str, now: datetime, days: list[re.Match[str]]) -> Iterator[Moment]:
    for found in _NOON.finditer(text):
        hours = 0 if found[1] == "midnight" else 12
        instant = _midnight(now, 0) + timedelta(hours=hours)
        yield Moment(*found.span(), instant if instant <= now else instant - timedelta(days=1), "minute", "clock")
    for found in _CLOCK.finditer(text):
        day = _nearest(found, days)
        ranged = found["lead"] == "from" and _UNTIL.match(text, found.end())
        told = found["lead"] == "at" and day is not None and 0 <= found.start() - day.end() <= 1
        exact = told or ranged or found["ap"] or found["apto"] or (found["m"] and ":" in found.group())
        if not exact and (found["lead"] not in ("since", "around") or int(found["h"]) == 0):
            continue
        yield Moment(*found.span(), _instant(found, now, day), "minute", "clock", "never" if day else "day")


def _instant(found: re.Match[str], now: datetime, day: re.Match[str] | None) -> datetime:
    hours, meridiem = int(found["h"]), (found["ap"] or found["apto"] or "")[:1]
    if meridiem:
        hours = hours % 12 + (12 if meridiem == "p" else 0)
    minutes = timedelta(hours=hours, minutes=int(found["m"] or 0))
    if day is not None:
        late = day.group().split()[-1] in ("afternoon", "evening", "night", "tonight") and hours < 12 and not meridiem
        return _midnight(now, _day_offset(day.group(), now)) + minutes + timedelta(hours=12 if late else 0)
    instant = _midnight(now, 1) + minutes
    half = not meridiem and 1 <= hours <= 12 and not found["h"].startswith("0")
    while instant > now:
        instant -= timedelta(hours=12 if half else 24)
    return instant


def _foreign(text: str, now: datetime) -> Iterator[Moment]:
    """A date with the name of a month, by dateparser; it is heavy and loaded only for this."""
    import dateparser  # noqa: PLC0415 - half a second that no other message should pay

    for found in _MONTH.finditer(text):
        if not any(character.isdigit() for character in found.group()):
            continue
        parsed = dateparser.parse(
            found.group(),
            languages=["en"],
            settings={"RELATIVE_BASE": now.replace(tzinfo=None), "PREFER_DATES_FROM": "past"},
        )
        if parsed is not None:
            yield Moment(
                *found.span(), parsed.replace(tzinfo=now.tzinfo, second=0, microsecond=0), "day", "day", "year"
            )
