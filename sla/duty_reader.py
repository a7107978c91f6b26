"""The [[duty]] tables of a contract file.

[[duty]]
id = "monthly-report"; name_zh = "…"; name_en = "…"; clause = "3.2(4)"
side = "provider"                 who has to: provider (left out) or hospital
rhythm = "monthly"                daily, weekly, monthly, quarterly, half_yearly, yearly, every, once, event
every = "14 days"                 with rhythm "every": counted from the last time it was done
year = "contract"                 months, quarters, years from the contract's first day; left out: the calendar's
after = "inspection"              with rhythm "event": another duty's id, "staff_change" or "change_live"
before_end = "10 working days"    when it is due, if not at the end of the period; or after_end, after_start, and
                                  for events before_event, after_event: "7 days", "10 working days", "1 month", "1 year"
day_off = "next"                  a last day that is a day off: next, previous, stays, falls_away. Left out: "previous"
                                  for what is due before, "stays" for what is due daily, else "next" (民法典 第203条)
closing = "service"               the last day is over at the close of service, or at "midnight"
may = true                        a right: that day is the first on which it may be done, and it is never overdue
reminders = ["7 d", "1 d"]        how long before
proof_zh = "…"; proof_en = "…"    what shows that it was done; left out: nothing is asked for
"""

import re
from datetime import timedelta

from sla.duty import EVENTS, MONTHS, Closing, Count, DayOff, Duty, Place, Rhythm, Unit, Year
from sla.labels import Side
from sla.people import read_id
from sla.toml import Reader, nearest, one_of
from sla.worded import Worded

COUNT = re.compile(r"(\d{1,3}) (working day|day|month|year)s?")
UNITS = {"day": Unit.DAYS, "working day": Unit.WORKING_DAYS, "month": Unit.MONTHS, "year": Unit.YEARS}
OF_PERIOD = (Place.BEFORE_END, Place.AFTER_END, Place.AFTER_START)
OF_EVENT = (Place.BEFORE_EVENT, Place.AFTER_EVENT)
BEFORE = (Place.BEFORE_END, Place.BEFORE_EVENT)
_A_DAY = (timedelta(days=1),)
REMINDERS = {Rhythm.DAILY: (timedelta(hours=1),), Rhythm.WEEKLY: _A_DAY, Rhythm.EVERY: _A_DAY}
REMINDED = (timedelta(days=7), timedelta(days=1))


def read_duties(reader: Reader) -> tuple[Duty, ...]:
    """The [[duty]] tables of a contract file; problems are noted in the reader."""
    rows = reader.tables("duty")
    duties = tuple(_duty(row) for row in rows)
    ids = [duty.id for duty in duties]
    for row, duty in zip(rows, duties, strict=True):
        if ids.count(duty.id) > 1:
            row.wrong("id", Worded('two duties have the id "{id}"', id=duty.id), "an id of its own for each")
        if duty.after and (duty.after == duty.id or duty.after not in {*ids, *EVENTS}):
            row.wrong(
                "after",
                Worded('"{after}" is no event and no other duty', after=duty.after),
                nearest(duty.after, [*EVENTS, *ids]),
            )
    return duties


def _duty(row: Reader) -> Duty:
    rhythm = row.choice("rhythm", Rhythm)
    place, count = _place(row, rhythm)
    default = DayOff.PREVIOUS if place in BEFORE else DayOff.STAYS if rhythm is Rhythm.DAILY else DayOff.NEXT
    year = row.choice("year", Year, Year.CALENDAR)
    if year is Year.CONTRACT and rhythm not in MONTHS:
        row.wrong(
            "year",
            Worded('the rhythm "{rhythm}" knows no year', rhythm=rhythm),
            Worded("only with {words}", words=", ".join(MONTHS)),
        )
    if place is Place.END and row.boolean("may", False):
        row.wrong("may", "a right begins at some time after something", "after_event, after_end or after_start")
    proof_zh = row.text("proof_zh", "")
    return Duty(
        id=read_id(row),
        clause=row.text("clause"),
        name_zh=row.text("name_zh"),
        name_en=row.text("name_en"),
        rhythm=rhythm,
        side=row.choice("side", Side, Side.PROVIDER),
        every=_every(row, rhythm),
        year=year,
        after=_after(row, rhythm),
        place=place,
        count=count,
        day_off=row.choice("day_off", DayOff, default),
        closing=row.choice("closing", Closing, Closing.SERVICE),
        may=row.boolean("may", False),
        reminders=tuple(sorted(set(row.durations("reminders", REMINDERS.get(rhythm, REMINDED))), reverse=True)),
        proof_zh=proof_zh,
        proof_en=row.text("proof_en") if proof_zh else row.text("proof_en", ""),
    )


def _every(row: Reader, rhythm: Rhythm) -> int:
    if rhythm is not Rhythm.EVERY:
        _not_here(row, "every", rhythm)
        return 0
    count = _count(row, "every")
    if count and count.unit is not Unit.DAYS:
        row.wrong("every", "counts no days", '"14 days"')
    return count.number if count else 1


def _after(row: Reader, rhythm: Rhythm) -> str:
    if rhythm is Rhythm.EVENT:
        return row.text("after")
    _not_here(row, "after", rhythm)
    return ""


def _not_here(row: Reader, key: str, rhythm: Rhythm) -> None:
    if row.has(key):
        row.text(key)
        row.wrong(key, Worded('does not go with the rhythm "{rhythm}"', rhythm=rhythm))


def _place(row: Reader, rhythm: Rhythm) -> tuple[Place, Count | None]:
    """When it is due: at most one of the keys, a duty that comes once or with an event needs one."""
    found = {place: _count(row, place.value) for place in (*OF_PERIOD, *OF_EVENT) if row.has(place.value)}
    fitting = OF_EVENT if rhythm is Rhythm.EVENT else () if rhythm is Rhythm.EVERY else OF_PERIOD
    for place in found:
        if place not in fitting:
            row.wrong(place.value, Worded('does not go with the rhythm "{rhythm}"', rhythm=rhythm), one_of(fitting))
        elif len(found) > 1:
            row.wrong(place.value, "it is due twice", one_of(fitting))
    if found:
        return next(iter(found.items()))
    if rhythm in (Rhythm.ONCE, Rhythm.EVENT):
        row.wrong("rhythm", Worded('"{rhythm}" does not say when', rhythm=rhythm), one_of(fitting))
    return Place.END, None


def _count(row: Reader, key: str) -> Count | None:
    text = row.text(key)
    match = COUNT.fullmatch(text)
    if match and int(match[1]):
        return Count(int(match[1]), UNITS[match[2]])
    if text:
        row.wrong(key, Worded('"{text}" is no amount', text=text), '"7 days", "10 working days", "1 month" or "1 year"')
    return None
