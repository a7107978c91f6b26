"""[windows] and [[season]] of a contract file: when service is open, and in which part of the year otherwise.

[windows]
working_day = ["08:00-17:00"]    every working day, make-up workdays too
mon … fri = […]                  that weekday instead, where it is a working day
sat, sun = […]                   that day where it is neither part of a festival nor made up (left out: as day_off)
make_up_day = […]                make-up workdays (调休上班日) instead
day_off = […]                    days that are no working days: festivals, weekends (left out: closed)
closing = "17:00"                close of service of working days without a window (left out: the latest end of any)
[[season]]                       夏令作息: part of every year with hours of its own
name = "summer"; from = "05-01"; to = "09-30"    both included; from after to goes on over New Year
name_zh, name_en = "…"           what people read instead of its name (left out: the name)
working_day = …                  and every other key of [windows]

"22:00-06:00" goes on to the next morning, "00:00-24:00" is the whole day. A season takes from [windows] what it does
not say itself; one that says working_day speaks of working days alone: mon … fri, make_up_day and closing of [windows]
do not hold in it.
"""

import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from sla.calendar import MIDNIGHT, Hours, Season, ServiceWindows, Span, Spans
from sla.toml import Reader, nearest
from sla.worded import Worded

WORKING_DAYS = ("mon", "tue", "wed", "thu", "fri")
WEEKEND = ("sat", "sun")
LIKE_TODAY = Worded('"08:00-17:00"; "22:00-06:00" goes on to the next morning, "00:00-24:00" is the whole day')
CLOCK_TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")
MONTH_DAY = re.compile(r"(\d\d)-(\d\d)")
LEAP_YEAR = 2028
"""Any leap year: 02-29 may begin or end a season."""

Table = tuple[Reader, ...]
"""Where a key is looked for: the season's own table first, then [windows]."""


def read_windows(reader: Reader) -> ServiceWindows:
    """The service windows of a contract file; problems are noted in the reader."""
    base = reader.table("windows", required=False)
    year = ServiceWindows.of(*_hours((base,)))
    seasons = tuple(_season(row, base) for row in reader.tables("season"))
    _check_seasons(reader.tables("season"), seasons)
    return replace(year, seasons=seasons)


def _hours(tables: Table) -> tuple[list[Spans], Spans, int | None, Spans]:
    """The windows of the seven days and of make-up workdays, the closing, the windows of days off."""
    own = tables[:1] if tables[0].has("working_day") else tables  # what speaks of working days
    every = _spans(tables, "working_day", ())
    off = _spans(tables, "day_off", ())
    weekly = [_spans(own, day, every) for day in WORKING_DAYS] + [_spans(tables, day, off) for day in WEEKEND]
    closing = next((_minute(table, "closing", table.text("closing")) for table in own if table.has("closing")), None)
    return weekly, _spans(own, "make_up_day", every), closing, off


def _spans(tables: Table, key: str, default: Spans) -> Spans:
    there = [table for table in tables if table.has(key)]
    return _read_spans(there[0], key) if there else default


def _read_spans(table: Reader, key: str) -> Spans:
    spans = []
    for text in table.texts(key):
        opens, _, closes = text.partition("-")
        first, last = _minute(table, key, opens), _minute(table, key, closes)
        if first == last:
            table.wrong(key, Worded('"{text}" has no length', text=text), LIKE_TODAY)
        elif first == MIDNIGHT or not last:
            table.wrong(
                key,
                Worded('"{text}" has the wrong midnight: a day begins at 00:00 and ends at 24:00', text=text),
                LIKE_TODAY,
            )
        spans.append(Span(first, last if last > first else last + MIDNIGHT))
    spans.sort()
    for one, two in pairwise(spans):
        if two.opens < one.closes:
            table.wrong(key, "two windows overlap", "windows that do not overlap")
    return tuple(spans)


def _minute(table: Reader, key: str, text: str) -> int:
    match = CLOCK_TIME.fullmatch(text.strip())
    minute = int(match[1]) * 60 + int(match[2]) if match else -1
    if not 0 <= minute <= MIDNIGHT:
        table.wrong(
            key,
            Worded('"{text}" is no time of day', text=text),
            'hours and minutes, like "08:00" (24:00 is the end of the day)',
        )
        return 0
    return minute


# seasons


def _season(row: Reader, base: Reader) -> Season:
    first, last = _month_day(row, "from"), _month_day(row, "to")
    names = row.text("name_zh", ""), row.text("name_en", "")
    return Season(row.text("name"), first, last, Hours.of(*_hours((row, base))), *names)


def _month_day(row: Reader, key: str) -> tuple[int, int]:
    text = row.text(key)
    match = MONTH_DAY.fullmatch(text)
    month, day = (int(match[1]), int(match[2])) if match else (0, 0)
    try:
        date(LEAP_YEAR, month, day)
    except ValueError:
        if text:
            row.wrong(key, Worded('"{text}" is no day of the year', text=text), 'month and day, like "05-01"')
        return 1, 1
    return month, day


def _check_seasons(rows: list[Reader], seasons: tuple[Season, ...]) -> None:
    days = [date(LEAP_YEAR, 1, 1) + timedelta(days=number) for number in range(366)]
    for index, (row, season) in enumerate(zip(rows, seasons, strict=True)):
        for other in seasons[:index]:
            if season.name and other.name == season.name:
                row.wrong(
                    "name",
                    Worded('there are two seasons "{name}"', name=season.name),
                    "a name of its own for each [[season]]",
                )
            elif both := next((day for day in days if season.covers(day) and other.covers(day)), None):
                row.wrong(
                    "from",
                    Worded('{both:%m-%d} is in the season "{name}" as well', both=both, name=other.name),
                    "seasons that do not overlap",
                )


def check_season_names(row: Reader, names: tuple[str, ...], windows: ServiceWindows) -> None:
    """Note the names that no [[season]] has."""
    known = [season.name for season in windows.seasons]
    for name in names:
        if name not in known:
            row.wrong(
                "seasons",
                Worded('no [[season]] is named "{name}"', name=name),
                nearest(name, known) if known else "a [[season]]",
            )
