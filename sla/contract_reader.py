"""Contract files: TOML text -> Contract, checked.

id = "a"; name = "…"; hospital = "…"; provider = "…"; timezone = "Asia/Shanghai"; systems = ["…"]
plan_again = "2 h"               internal target for a new plan after a refusal
[windows]                        when the provider is on site; open on working days only
working_day = ["08:00-17:00"]    every working day, make-up workdays too; or mon … fri, make_up_day for single ones
closing = "17:00"                close of service of working days without a window (default: the latest end above)
[reminders]                      per clock name: how long before the deadline
[[clause]]                       number, text in the contract's own words, note
[[clock]]                        see `_rule`
[[breach_group]]                 name, clocks, clause
[satisfaction]                   points (five numbers, best first), threshold, clause
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sla.calendar import MIDNIGHT, ServiceWindows, Span
from sla.contract import (
    ANSWERING,
    SETTLING,
    BreachGroup,
    Clause,
    ClockRule,
    Contract,
    Satisfaction,
    Start,
    split_clauses,
)
from sla.duty import read_duties
from sla.labels import Kind, Priority, Window
from sla.quota import read_quotas
from sla.terms import read_terms
from sla.ticket import EventKind
from sla.toml import Opens, Reader, nearest
from sla.worktime import IN_DAYS, Base

E = EventKind
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
CLOCK_TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")
DAYS = re.compile(r"(\d{1,4}) (?:working |calendar )?days?")
MOST_MINUTES = 366 * 24 * 60

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


def read_contract(text: str, file: str, opened: Opens = Reader) -> Contract:
    """The contract in one file. Raises ContractError with every problem: file, line, key, reason, what to write."""
    reader = opened(text, file)
    clauses = tuple(_clause(row) for row in reader.tables("clause", required=True))
    systems = reader.texts("systems")
    groups = tuple(_group(row) for row in reader.tables("breach_group"))
    contract = Contract(
        id=reader.text("id"),
        name=reader.text("name"),
        hospital=reader.text("hospital"),
        provider=reader.text("provider"),
        timezone=_timezone(reader),
        version=hashlib.sha256(text.encode()).hexdigest()[:16],
        systems=systems,
        windows=_windows(reader.table("windows", required=False)),
        clauses=clauses,
        clock_rules=_rules(reader, systems, groups),
        breach_groups=groups,
        satisfaction=_satisfaction(reader.table("satisfaction", required=False)),
        plan_again=reader.duration("plan_again", timedelta(hours=2)),
        quotas=read_quotas(reader),
        duties=read_duties(reader),
        terms=read_terms(reader),
    )
    _check_references(reader, contract)
    reader.finish()
    return contract


def _timezone(reader: Reader) -> ZoneInfo:
    name = reader.text("timezone", "Asia/Shanghai")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        reader.wrong("timezone", f'"{name}" is no time zone', 'a name of the IANA list, like "Asia/Shanghai"')
        return ZoneInfo("UTC")


def _clause(row: Reader) -> Clause:
    return Clause(row.text("number"), row.text("text"), row.text("note", ""))


def _group(row: Reader) -> BreachGroup:
    return BreachGroup(row.text("name"), row.texts("clocks"), row.text("clause"))


# service windows


def _windows(table: Reader) -> ServiceWindows:
    every = _spans(table, "working_day") if table.has("working_day") else ()
    weekly = [_spans(table, day) if table.has(day) else every for day in WEEKDAYS]
    make_up = _spans(table, "make_up_day") if table.has("make_up_day") else every
    closing = _minute(table, "closing", table.text("closing")) if table.has("closing") else None
    return ServiceWindows.of(weekly, make_up, closing)


def _spans(table: Reader, key: str) -> tuple[Span, ...]:
    spans = []
    for text in table.texts(key):
        opens, _, closes = text.partition("-")
        span = Span(_minute(table, key, opens), _minute(table, key, closes))
        if span.opens >= span.closes:
            table.wrong(key, f'"{text}" ends before it begins', 'a window of one day, like "08:00-17:00"')
        spans.append(span)
    spans.sort()
    for one, two in pairwise(spans):
        if two.opens < one.closes:
            table.wrong(key, "two windows overlap", "windows that do not overlap")
    return tuple(spans)


def _minute(table: Reader, key: str, text: str) -> int:
    match = CLOCK_TIME.fullmatch(text.strip())
    minute = int(match[1]) * 60 + int(match[2]) if match else -1
    if not 0 <= minute <= MIDNIGHT:
        table.wrong(key, f'"{text}" is no time of day', 'hours and minutes, like "08:00" (24:00 is the end of the day)')
        return 0
    return minute


# clocks


def _rules(reader: Reader, systems: tuple[str, ...], groups: tuple[BreachGroup, ...]) -> tuple[ClockRule, ...]:
    table = reader.table("reminders", required=False)
    reminders = {name: _longest_first(table.durations(name)) for name in table.names()}
    group_of = {clock: group.name for group in groups for clock in group.clocks}
    rows = reader.tables("clock", required=True)
    rules = tuple(_rule(row, systems, reminders, group_of) for row in rows)
    names = dict.fromkeys(rule.name for rule in rules)
    for name in reminders.keys() - names.keys():
        table.wrong(name, "no [[clock]] has this name", nearest(name, names))
    return rules


def _rule(
    row: Reader,
    systems: tuple[str, ...],
    reminders: Mapping[str, tuple[timedelta, ...]],
    group_of: Mapping[str, str],
) -> ClockRule:
    """One [[clock]]: name, clause, starts, stops, falls_away; kinds, priorities, systems, windows, disaster (left out:
    all); base, amount ("30 min", "2 h", "3 days"), internal, reminders, why_zh, why_en."""
    name, base = row.text("name"), row.choice("base", Base)
    named = row.texts("systems", ())
    for system in named:
        if systems and system not in systems:
            row.wrong("systems", f'the contract does not cover "{system}"', nearest(system, systems))
    return ClockRule(
        name=name,
        clause=row.text("clause"),
        base=base,
        amount=_amount(row, base),
        starts=_starts(row, base),
        stops=_stops(row, name),
        falls_away=row.choices("falls_away", EventKind, FALLS_AWAY.get(name, ())),
        kinds=row.choices("kinds", Kind, ()),
        priorities=row.choices("priorities", Priority, ()),
        systems=named,
        windows=row.choices("windows", Window, ()),
        disaster=row.boolean("disaster") if row.has("disaster") else None,
        group=group_of.get(name, ""),
        internal=row.boolean("internal", False),
        reminders=_longest_first(row.durations("reminders", reminders.get(name, ()))),
        why_zh=row.text("why_zh"),
        why_en=row.text("why_en"),
    )


def _longest_first(lengths: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
    return tuple(sorted(set(lengths), reverse=True))


def _starts(row: Reader, base: Base) -> Start:
    starts = row.choice("starts", Start, Start.REPORT)
    if (starts is Start.APPROVED) != (base is Base.AGREED):
        row.wrong("starts", f'base "{base}" and start "{starts}" do not go together', '"approved" with base "agreed"')
    return starts


def _stops(row: Reader, name: str) -> tuple[EventKind, ...]:
    if name in STOPS or row.has("stops"):
        return row.choices("stops", EventKind, STOPS.get(name))
    row.wrong(
        "name", f'"{name}" is no clock whose end is known', nearest(name, STOPS) + " Or say what ends it: stops = [...]"
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
        row.wrong("amount", f'"{text}" is no number of days for base "{base}"', '"1 day" or "10 days", at most 366')
    return int(match[1]) if match else 1


def _satisfaction(table: Reader) -> Satisfaction:
    default = Satisfaction()
    answers = ("very_satisfied", "satisfied", "neutral", "dissatisfied", "very_dissatisfied")
    a, b, c, d, e = (
        table.integer(name, points, most=100) for name, points in zip(answers, default.points, strict=True)
    )
    threshold = table.integer("threshold", most=100) if table.has("threshold") else None
    return Satisfaction((a, b, c, d, e), threshold, table.text("clause") if threshold is not None else "")


def _check_references(reader: Reader, contract: Contract) -> None:
    """Clauses and clocks that are named but not there; numbers and groups that are there twice."""
    numbers = [clause.number for clause in contract.clauses]
    for number in {n for n in numbers if n and numbers.count(n) > 1}:
        reader.wrong("clause", f'there are two clauses "{number}"', "one [[clause]] for each number")
    names = {rule.name for rule in contract.clock_rules}
    for row, rule in zip(reader.tables("clock"), contract.clock_rules, strict=True):
        _check_clause(row, rule.clause, numbers)
    _check_clause(reader.table("satisfaction"), contract.satisfaction.clause, numbers)
    grouped: set[str] = set()
    for row, group in zip(reader.tables("breach_group"), contract.breach_groups, strict=True):
        _check_clause(row, group.clause, numbers)
        for clock in group.clocks:
            if clock not in names:
                row.wrong("clocks", f'no [[clock]] is named "{clock}"', nearest(clock, names))
            if clock in grouped:
                row.wrong("clocks", f'"{clock}" is in two groups', "each clock in one group")
            grouped.add(clock)


def _check_clause(row: Reader, number: str, numbers: list[str]) -> None:
    for part in split_clauses(number):
        if part not in numbers:
            row.wrong("clause", f'there is no [[clause]] with the number "{part}"', nearest(part, numbers))
