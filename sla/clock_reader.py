"""[[clock]], [[pause]] and [reminders] of a contract file.

[reminders]                      how long before the deadline, by the clock's name (and plan_again)
respond = ["10 min", "5 min"]

[[clock]]
name = "fix"                     clocks of one name that fit a ticket: the stricter governs, the looser are kept with it
clause = "2.3"                   number of the [[clause]], or of several: "2.3, 5.1(4)"
base = "elapsed"                 elapsed, working_days, calendar_days, working_hours, immediate, agreed (see worktime)
amount = "30 min"                "2 h", or "3 days" for a base in days; none for agreed
starts = "report"                an event (see Start); a stage after a stage names the one before
stops = ["resolved"]             events that stop it; needed where the name is none of STOPS
falls_away = ["nobody_needed"]   events that make it moot while it is not overdue
kinds, priorities, systems, windows, seasons = […]    whom it is for; left out: all
disaster = true                  only for disasters; false: only for what is none
grace = "10 min"                 what is done so long after the deadline is still in time
internal = true                  a target: reminded of, never breached; runs beside an obligation of the same name
reminders = ["1 h"]              instead of those of [reminders]
why_zh, why_en = "…"             in a sentence

[[pause]]                        time in which the clocks named stand still
name = "waiting"; clause = "3.2"; clocks = ["fix"]; why_zh = "等待院方"; why_en = "waiting for the hospital"
at_most = "2 d"                  it ends then by itself; left out: not limited
ends = ["plan_approved"]         events that end it, beside a person's word and the end of the work
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from sla.calendar import ServiceWindows
from sla.contract import (
    ANSWERING,
    PLAN_AGAIN,
    PLAN_AGAIN_REMINDERS,
    SETTLING,
    BreachGroup,
    ClockRule,
    PauseRule,
    Start,
)
from sla.labels import Kind, Priority, Window
from sla.ticket import EventKind
from sla.toml import Reader, nearest
from sla.windows_reader import check_season_names
from sla.worded import Worded
from sla.worktime import IN_DAYS, Base

E = EventKind
DAYS = re.compile(r"(\d{1,4}) (?:working |calendar )?days?")
MOST_MINUTES = 366 * 24 * 60
MOST_GRACE = timedelta(days=31)

STOPS: Mapping[str, tuple[EventKind, ...]] = {
    # A later stage of a change proves the earlier ones; what ends the work ends them all.
    "respond": (*ANSWERING, *SETTLING),
    "arrive": (E.ARRIVED, E.SENIOR_ARRIVED, *SETTLING),
    "fix": SETTLING,
    "plan": (E.PLAN_SUBMITTED,),
    "fix_by_plan": SETTLING,
    "deliver": SETTLING,
    "senior": (E.SENIOR_ARRIVED,),
    "locate": (E.CAUSE_RECORDED,),
    "solution": (E.SOLUTION_GIVEN, E.BUILT, *SETTLING),
    "build": (E.BUILT, *SETTLING),
    "live": SETTLING,
}
"""What stops a clock of that name unless the file says otherwise; a clock of another name has to say."""
FALLS_AWAY: Mapping[str, tuple[EventKind, ...]] = {
    "arrive": (E.NOBODY_NEEDED,),
    "plan": SETTLING,
    "senior": SETTLING,
}
NO_ENDS = frozenset(
    {E.REPORTED, E.PAUSED, E.REOPENED, E.RECLASSIFIED, E.JOINED, E.PARTED, E.AMENDED, E.OUTAGE, E.RATED, E.VERIFIED}
)
"""Events that cannot end a pause: they only tell more of the ticket, or cannot happen while it is paused."""


def read_clocks(
    reader: Reader, systems: tuple[str, ...], groups: tuple[BreachGroup, ...], windows: ServiceWindows
) -> tuple[ClockRule, ...]:
    """The [[clock]] tables with their [reminders]; problems are noted in the reader."""
    table = reader.table("reminders", required=False)
    reminders = {name: _longest_first(table.durations(name)) for name in table.names()}
    group_of = {clock: group.name for group in groups for clock in group.clocks}
    rows = reader.tables("clock", required=True)
    rules = tuple(_rule(row, reminders, group_of) for row in rows)
    for row, rule in zip(rows, rules, strict=True):
        check_season_names(row, rule.seasons, windows)
        for system in rule.systems:
            if systems and system not in systems:
                row.wrong(
                    "systems", Worded('the contract does not cover "{system}"', system=system), nearest(system, systems)
                )
    names = dict.fromkeys([*(rule.name for rule in rules), PLAN_AGAIN])
    for name in reminders.keys() - names.keys():
        table.wrong(name, "no [[clock]] has this name", nearest(name, names))
    obliged = {rule.name for rule in rules if not rule.internal}
    return tuple(replace(rule, beside=True) if rule.internal and rule.name in obliged else rule for rule in rules)


def read_plan_again_reminders(reader: Reader) -> tuple[timedelta, ...]:
    """When to remind of a new plan after a refusal."""
    return _longest_first(reader.table("reminders", required=False).durations(PLAN_AGAIN, PLAN_AGAIN_REMINDERS))


def _rule(row: Reader, reminders: Mapping[str, tuple[timedelta, ...]], group_of: Mapping[str, str]) -> ClockRule:
    name, base, internal = row.text("name"), row.choice("base", Base), row.boolean("internal", False)
    return ClockRule(
        name=name,
        clause=row.text("clause", "" if internal else None),
        base=base,
        amount=_amount(row, base),
        starts=_starts(row, base),
        stops=_stops(row, name),
        falls_away=row.choices("falls_away", EventKind, FALLS_AWAY.get(name, ())),
        kinds=row.choices("kinds", Kind, ()),
        priorities=row.choices("priorities", Priority, ()),
        systems=row.texts("systems", ()),
        windows=row.choices("windows", Window, ()),
        disaster=row.boolean("disaster") if row.has("disaster") else None,
        group="" if internal else group_of.get(name, ""),
        internal=internal,
        reminders=_longest_first(row.durations("reminders", reminders.get(name, ()))),
        why_zh=row.text("why_zh"),
        why_en=row.text("why_en"),
        seasons=row.texts("seasons", ()),
        grace=_grace(row, internal),
    )


def _longest_first(lengths: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
    return tuple(sorted(set(lengths), reverse=True))


def _starts(row: Reader, base: Base) -> Start:
    starts = row.choice("starts", Start, Start.REPORT)
    if base is Base.AGREED and starts is not Start.APPROVED:
        row.wrong(
            "starts",
            Worded('base "{base}" and start "{starts}" do not go together', base=base, starts=starts),
            '"approved" with base "agreed"',
        )
    return starts


def _stops(row: Reader, name: str) -> tuple[EventKind, ...]:
    if name in STOPS or row.has("stops"):
        stops = row.choices("stops", EventKind, STOPS.get(name))
        if row.has("stops") and not stops:
            row.wrong("stops", "names no event", 'what ends the clock, like ["resolved"]')
        return stops
    row.wrong(
        "name",
        Worded('"{name}" is no clock whose end is known', name=name),
        Worded("{meant} Or say what ends it: stops = [...]", meant=nearest(name, STOPS)),
    )
    return ()


def _amount(row: Reader, base: Base) -> int:
    """Minutes or days, as the base counts. An immediate clock has 5 minutes of grace unless the file says otherwise."""
    if base is Base.AGREED:
        if row.has("amount"):
            row.wrong("amount", "an agreed deadline is named by the approvals, not counted", "no amount")
        return 0
    if base is Base.IMMEDIATE and not row.has("amount"):
        return 5
    if base not in IN_DAYS:
        length = row.duration("amount")
        minutes, rest = divmod(int(length.total_seconds()), 60)
        if row.has("amount") and (rest or not 0 < minutes <= MOST_MINUTES):
            row.wrong("amount", "is no whole number of minutes from 1 to those of a year", '"30 min" or "2 h"')
        return minutes
    text = row.text("amount")
    match = DAYS.fullmatch(text)
    if text and (not match or not 1 <= int(match[1]) <= 366):
        row.wrong(
            "amount",
            Worded('"{text}" is no number of days for base "{base}"', text=text, base=base),
            '"1 day" or "10 days", at most 366',
        )
    return int(match[1]) if match else 1


def _grace(row: Reader, internal: bool) -> timedelta:
    grace = row.duration("grace", timedelta())
    if grace > MOST_GRACE:
        row.wrong("grace", "is longer than a month", "a longer amount of the clock")
    if grace and internal:
        row.wrong("grace", "an internal target is never breached and needs none", "no grace")
    return grace


# pauses


def read_pauses(reader: Reader, rules: tuple[ClockRule, ...]) -> tuple[PauseRule, ...]:
    """The [[pause]] tables; problems are noted in the reader."""
    rows = reader.tables("pause")
    pauses = tuple(_pause(row) for row in rows)
    names = dict.fromkeys(rule.name for rule in rules)
    seen: set[str] = set()
    for row, pause in zip(rows, pauses, strict=True):
        if pause.name in seen:
            row.wrong(
                "name", Worded('there are two pauses "{name}"', name=pause.name), "a name of its own for each [[pause]]"
            )
        seen.add(pause.name)
        if row.has("clocks") and not pause.clocks:
            row.wrong("clocks", "names no clock", "the clocks that stand still")
        for clock in pause.clocks:
            if clock not in names:
                row.wrong("clocks", Worded('no [[clock]] is named "{clock}"', clock=clock), nearest(clock, names))
        for kind in pause.ends:
            if kind in NO_ENDS:
                row.wrong("ends", Worded('"{kind}" cannot end a pause', kind=kind), "an event of the work, or none")
    return pauses


def _pause(row: Reader) -> PauseRule:
    at_most = row.duration("at_most") if row.has("at_most") else None
    if at_most is not None and at_most < timedelta(minutes=1):
        row.wrong("at_most", "is shorter than a minute", '"2 d"')
    return PauseRule(
        name=row.text("name"),
        clause=row.text("clause"),
        clocks=row.texts("clocks"),
        at_most=at_most,
        ends=row.choices("ends", EventKind, ()),
        why_zh=row.text("why_zh"),
        why_en=row.text("why_en"),
    )
