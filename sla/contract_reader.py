"""Contract files: TOML text -> Contract, checked. The successor of a contract has its id and a later `valid_from`.

id = "a"; name = "…"; hospital = "…"; provider = "…"; timezone = "Asia/Shanghai"; systems = ["…"]
name_en = "…"                    its name in English answers (left out: name)
valid_from = 2026-01-01          first day; valid_to = 2026-12-31: last day (left out: not limited)
takes_over = true                open tickets of the version before go over to this one on its first day
cost_zh, cost_en = "…"           what an overdue clock outside all breach groups costs
plan_again = "2 h"               internal target for a new plan after a refusal
[windows], [[season]]            when the provider is on site: see windows_reader
[[clause]]                       number, text in the contract's own words, note
[[clock]], [[pause]], [reminders]    see clock_reader
[[breach_group]]                 name, clocks, clause, cost_zh, cost_en
[satisfaction]                   points (five numbers, best first), threshold, clause
[[quota]], [[duty]], [score] …   see quota, duty, terms
"""

import hashlib
from datetime import date, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sla.clock_reader import read_clocks, read_pauses, read_plan_again_reminders
from sla.contract import INTERNAL, BreachGroup, Clause, Contract, Satisfaction, split_clauses
from sla.duty_reader import read_duties
from sla.quota import read_quotas
from sla.terms import read_terms
from sla.toml import Opens, Reader, nearest
from sla.windows_reader import read_windows
from sla.worded import Worded


def read_contract(text: str, file: str, opened: Opens = Reader) -> Contract:
    """The contract in one file. Raises ContractError with every problem: file, line, key, reason, what to write."""
    reader = opened(text, file)
    clauses = tuple(_clause(row) for row in reader.tables("clause", required=True))
    systems = reader.texts("systems")
    groups = tuple(_group(row) for row in reader.tables("breach_group"))
    windows = read_windows(reader)
    rules = read_clocks(reader, systems, groups, windows)
    contract = Contract(
        id=reader.text("id"),
        name=reader.text("name"),
        name_en=reader.text("name_en", ""),
        hospital=reader.text("hospital"),
        provider=reader.text("provider"),
        timezone=_timezone(reader),
        version=hashlib.sha256(text.encode()).hexdigest()[:16],
        systems=systems,
        windows=windows,
        clauses=clauses,
        clock_rules=rules,
        breach_groups=groups,
        satisfaction=_satisfaction(reader.table("satisfaction", required=False)),
        plan_again=reader.duration("plan_again", timedelta(hours=2)),
        quotas=read_quotas(reader),
        duties=read_duties(reader),
        terms=read_terms(reader),
        valid_from=reader.day("valid_from") if reader.has("valid_from") else None,
        valid_to=reader.day("valid_to") if reader.has("valid_to") else None,
        takes_over=reader.boolean("takes_over", False),
        cost_zh=reader.text("cost_zh", ""),
        cost_en=reader.text("cost_en", ""),
        pauses=read_pauses(reader, rules),
        plan_again_reminders=read_plan_again_reminders(reader),
    )
    if contract.id == INTERNAL:
        reader.wrong(
            "id", Worded('"{internal}" is what internal targets are called', internal=INTERNAL), "an id of its own"
        )
    _check_validity(reader, contract.valid_from, contract.valid_to, contract.takes_over)
    _check_references(reader, contract)
    reader.finish()
    return contract


def _timezone(reader: Reader) -> ZoneInfo:
    name = reader.text("timezone", "Asia/Shanghai")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        reader.wrong(
            "timezone", Worded('"{name}" is no time zone', name=name), 'a name of the IANA list, like "Asia/Shanghai"'
        )
        return ZoneInfo("UTC")


def _clause(row: Reader) -> Clause:
    return Clause(row.text("number"), row.text("text"), row.text("note", ""))


def _group(row: Reader) -> BreachGroup:
    costs = row.text("cost_zh", ""), row.text("cost_en", "")
    return BreachGroup(row.text("name"), row.texts("clocks"), row.text("clause"), *costs)


def _check_validity(reader: Reader, first: date | None, last: date | None, takes_over: bool) -> None:
    if first and last and last < first:
        reader.wrong(
            "valid_to", Worded("{last} comes before valid_from", last=last), "the last day, on which it still holds"
        )
    if takes_over and first is None:
        reader.wrong("takes_over", "there is no first day on which it could take over", "valid_from = 2027-01-01")


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
        reader.wrong(
            "clause", Worded('there are two clauses "{number}"', number=number), "one [[clause]] for each number"
        )
    names = {rule.name for rule in contract.clock_rules}
    for row, rule in zip(reader.tables("clock"), contract.clock_rules, strict=True):
        _check_clause(row, rule.clause, numbers)
    for row, pause in zip(reader.tables("pause"), contract.pauses, strict=True):
        _check_clause(row, pause.clause, numbers)
    for row, duty in zip(reader.tables("duty"), contract.duties, strict=True):
        _check_clause(row, duty.clause, numbers)
    _check_clause(reader.table("satisfaction", required=False), contract.satisfaction.clause, numbers)
    grouped: set[str] = set()
    for row, group in zip(reader.tables("breach_group"), contract.breach_groups, strict=True):
        _check_clause(row, group.clause, numbers)
        for clock in group.clocks:
            if clock not in names:
                row.wrong("clocks", Worded('no [[clock]] is named "{clock}"', clock=clock), nearest(clock, names))
            elif all(rule.internal for rule in contract.clock_rules if rule.name == clock):
                row.wrong(
                    "clocks",
                    Worded('"{clock}" is an internal target, which is never breached', clock=clock),
                    "clocks that oblige",
                )
            if clock in grouped:
                row.wrong("clocks", Worded('"{clock}" is in two groups', clock=clock), "each clock in one group")
            grouped.add(clock)


def _check_clause(row: Reader, number: str, numbers: list[str]) -> None:
    for part in split_clauses(number):
        if part not in numbers:
            row.wrong(
                "clause", Worded('there is no [[clause]] with the number "{part}"', part=part), nearest(part, numbers)
            )
