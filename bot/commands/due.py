"""`wardline due`: the clocks that a report, or an event after it, starts under a contract."""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from sla.calendar import Calendar, HolidayYear, read_holidays
from sla.contract import INTERNAL, ClockRule, Contract, Start, internal_contract
from sla.contract_reader import read_contract
from sla.due import Starting, starting_clocks, window_of
from sla.errors import ContractError, Problem, SlaError
from sla.json_words import no_json
from sla.labels import Kind, Priority
from sla.succession import days_of, in_succession
from sla.toml import nearest, written
from sla.worktime import Base
from storage.files import packaged_files, read_files

W = TypeVar("W", bound=StrEnum)

EVENTS = (Start.REPORT, Start.ASSESSED, Start.REMOTE_FAILED)
"""What may be asked of every contract; other starts of those that have a clock for them. Approvals that name the
deadline are no question: their clock is due when the approvals say."""
YEARS = range(1970, 2200)
"""The years for which a question is answered; the arithmetic of dates ends not far beyond."""


class Unanswerable(SlaError):
    """A question that cannot be answered: the sentence says why."""


@dataclass(frozen=True, slots=True)
class Question:
    """What happened, to what, when."""

    contract: Contract
    system: str | None
    kind: Kind
    priority: Priority
    at: datetime
    disaster: bool
    event: Start


@dataclass(frozen=True, slots=True)
class Book:
    """The contracts, each in all its versions, and the days to count with."""

    contracts: Mapping[str, tuple[Contract, ...]]
    calendar: Calendar


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command to argparse."""
    parser = subparsers.add_parser("due", help="print the clocks that a report or an event starts", description=__doc__)
    parser.add_argument("--contract", help="id of the contract")
    parser.add_argument("--system", help="id of the system; left out: not known")
    parser.add_argument("--kind", help=", ".join(Kind))
    parser.add_argument("--priority", help=", ".join(Priority))
    parser.add_argument("--at", help="when it happened, ISO 8601; without an offset: in the contract's time zone")
    parser.add_argument("--event", default=Start.REPORT.value, help=", ".join(EVENTS) + " (default: report)")
    parser.add_argument("--disaster", action="store_true", help="the fault is a disaster (系统灾难)")
    parser.add_argument("--config", type=Path, metavar="DIR", help="folder of the configuration (default: the sample)")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of the reasons")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--jsonl", action="store_true", help="answer questions from standard input, one a line")


def run(args: argparse.Namespace) -> int:
    """Answer the question of the arguments, or those of standard input. Raises SlaError on one that makes no sense."""
    book = read_book(args.config)
    if args.jsonl:
        _answer_lines(sys.stdin.buffer, book)
        return 0
    fields = {name: getattr(args, name) for name in ("contract", "kind", "priority", "at", "event", "disaster")}
    for name in ("contract", "kind", "priority", "at"):
        if fields[name] is None:
            raise Unanswerable(f"--{name} is missing")
    question = _question({**fields, "system": args.system}, book)
    clocks = _clocks(question, book)
    if args.json:
        print(json.dumps(_full_answer(question, clocks, book), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_in_words(question, clocks, book, args.lang)))
    return 0


# what to count with


def read_book(folder: Path | None) -> Book:
    """The contracts and holidays of a configuration folder, or of the packaged sample. Raises ContractError."""
    texts = read_files(folder) if folder else packaged_files()
    problems: list[Problem] = []
    contracts: list[tuple[str, Contract]] = []
    years: list[HolidayYear] = []
    for name, text in texts.items():
        try:
            if name.startswith("contracts/"):
                contracts.append((name, read_contract(text, name)))
            elif name.startswith("holidays/"):
                years.append(read_holidays(text, name))
        except ContractError as error:
            problems += error.problems
    succession, overlaps = in_succession(contracts)
    if problems or overlaps:
        raise ContractError([*problems, *overlaps])
    return Book({INTERNAL: (internal_contract(),), **succession}, Calendar(ZoneInfo("Asia/Shanghai"), tuple(years)))


# the question


def _question(fields: Mapping[str, object], book: Book) -> Question:
    versions = _versions(fields, book)
    at = _instant(fields, versions[-1].timezone)
    contract = _valid(versions, at)
    return Question(
        contract=contract,
        system=_system(fields, contract),
        kind=_word(fields, "kind", Kind),
        priority=_word(fields, "priority", Priority),
        at=at,
        disaster=_disaster(fields),
        event=_event(fields, contract),
    )


def _text(fields: Mapping[str, object], key: str) -> str:
    if key not in fields:
        raise Unanswerable(f'"{key}" is missing')
    value = fields[key]
    if not isinstance(value, str):
        raise Unanswerable(f'"{key}" must be a text')
    return value


def _word(fields: Mapping[str, object], key: str, kind: type[W]) -> W:
    value = _text(fields, key)
    if value not in [member.value for member in kind]:
        raise Unanswerable(f'{key} "{value[:60]}" is not known; {nearest(value[:60], kind)}')
    return kind(value)


def _versions(fields: Mapping[str, object], book: Book) -> tuple[Contract, ...]:
    name = _text(fields, "contract")
    if name not in book.contracts:
        raise Unanswerable(f'contract "{name[:60]}" is not known; {nearest(name[:60], book.contracts)}')
    return book.contracts[name]


def _valid(versions: tuple[Contract, ...], at: datetime) -> Contract:
    """The version that is valid at the instant."""
    for contract in versions:
        if contract.is_valid(at):
            return contract
    known = "; ".join(days_of(contract) for contract in versions)
    raise Unanswerable(f'contract "{versions[-1].id}" covers nothing at {at.isoformat()}; it is valid {known}')


def _system(fields: Mapping[str, object], contract: Contract) -> str | None:
    """None, when given as such, is a system that is not known yet."""
    if "system" in fields and fields["system"] is None:
        return None
    name = _text(fields, "system")
    if not name or not contract.covers(name):
        known = nearest(name[:60], contract.systems)
        raise Unanswerable(f'contract "{contract.id}" does not cover the system "{name[:60]}"; {known}')
    return name


def _instant(fields: Mapping[str, object], timezone: ZoneInfo) -> datetime:
    text = _text(fields, "at").strip()
    wanted = f'at "{text[:60]}" is no instant; write it like 2026-10-01T08:30:00+08:00'
    if len(text) <= len("2026-10-01"):
        raise Unanswerable(wanted)
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Unanswerable(wanted) from error
    if at.year not in YEARS:
        raise Unanswerable(f"at {at.year} is outside the years {YEARS[0]} to {YEARS[-1]}")
    return at if at.tzinfo else at.replace(tzinfo=timezone)


def _disaster(fields: Mapping[str, object]) -> bool:
    value = fields.get("disaster")
    if value is not None and not isinstance(value, bool):
        raise Unanswerable('"disaster" must be true or false')
    return bool(value)


def _event(fields: Mapping[str, object], contract: Contract) -> Start:
    if fields.get("event") is None:
        return Start.REPORT
    event = _word(fields, "event", Start)
    if event is Start.APPROVED and all(rule.base is Base.AGREED for rule in contract.started_by(event)):
        raise Unanswerable(
            f'event "{event}" starts a clock whose deadline the approvals name; one of: {", ".join(EVENTS)}'
        )
    if event not in EVENTS and not contract.started_by(event):
        known = [*EVENTS, *(start for start in Start if start not in EVENTS and contract.started_by(start))]
        raise Unanswerable(
            f'event "{event}" is not known to start a clock of {contract.id}; one of: {", ".join(known)}'
        )
    return event


# the answer


def _clocks(question: Question, book: Book) -> tuple[Starting, ...]:
    q = question
    return starting_clocks(q.contract, q.system, q.kind, q.priority, q.at, q.disaster, q.event, book.calendar)


def _answer(question: Question, clocks: Iterable[Starting], book: Book) -> dict[str, object]:
    clocks = tuple(clocks)
    return {
        "window": window_of(question.contract, question.at, book.calendar).value,
        "clocks": {clock.rule.key: clock.due.isoformat() for clock in clocks},
        "clauses": {clock.rule.key: clock.rule.clause for clock in clocks},
        "provisional": {clock.rule.key: clock.provisional for clock in clocks},
    }


def _full_answer(question: Question, clocks: Iterable[Starting], book: Book) -> dict[str, object]:
    clocks = tuple(clocks)
    details = [
        {
            "name": clock.rule.key,
            "due": clock.due.isoformat(),
            "start": clock.start.isoformat(),
            "base": clock.rule.base.value,
            "amount": clock.rule.amount,
            "unit": clock.rule.unit,
            "window": clock.window.value,
            "clause": clock.rule.clause,
            "clause_text": question.contract.clause(clock.rule.clause).text,
            "internal": clock.rule.internal,
            "provisional": clock.provisional,
            "passed_over": [day.isoformat() for day in clock.passed_over],
            "kept_until": clock.latest.isoformat(),
            "looser": [{"due": each.due.isoformat(), "clause": each.rule.clause} for each in clock.looser],
            "why_zh": clock.rule.why_zh,
            "why_en": clock.rule.why_en,
        }
        for clock in clocks
    ]
    head = {"contract": question.contract.id, "version": question.contract.version, "event": question.event.value}
    return {**head, **_answer(question, clocks, book), "details": details}


def _in_words(question: Question, clocks: Iterable[Starting], book: Book, language: str) -> list[str]:
    window = window_of(question.contract, question.at, book.calendar)
    at = question.at.astimezone(question.contract.timezone).isoformat()
    lines = [f"{question.contract.id} · {question.event} · {at} · {window}"]
    for clock in clocks:
        lines.append("")
        lines.append(f"{clock.rule.key:<12} {clock.due.isoformat()}{'  (provisional)' if clock.provisional else ''}")
        clause = clock.rule.clause or ("internal target" if clock.rule.internal else "")
        lines.append(f"{'':<12} {_base(clock.rule)} · {clock.window} · {clause}")
        lines += [f"{'':<12} looser: {each.due.isoformat()} · {each.rule.clause}" for each in clock.looser]
        lines.append(f"{'':<12} {clock.rule.why_en if language == 'en' else clock.rule.why_zh}")
    return lines if len(lines) > 1 else [*lines, "", "no clock starts"]


def _base(rule: ClockRule) -> str:
    amount, unit = rule.amount, rule.unit
    if rule.base is not Base.IMMEDIATE and unit == "minutes" and amount % 60 == 0:
        amount, unit = amount // 60, "hours"
    grace = f", {written(rule.grace)} of grace" if rule.grace else ""
    return f"{rule.base} {amount} {unit[:-1] if amount == 1 else unit}{grace}"


# many questions


def _answer_lines(lines: Iterable[bytes], book: Book) -> None:
    for number, line in enumerate(lines, start=1):
        print(json.dumps(_answer_line(line, number, book)), flush=True)


def _answer_line(line: bytes, number: int, book: Book) -> dict[str, object]:
    try:
        fields = json.loads(line.decode("utf-8-sig"))
        if not isinstance(fields, dict):
            raise Unanswerable(f"line {number} is no JSON object, in braces")
        question = _question(fields, book)
        return _answer(question, _clocks(question, book), book)
    except Unanswerable as error:
        return {"error": str(error)}
    except (ValueError, RecursionError) as error:
        return {"error": no_json(error, number)}
