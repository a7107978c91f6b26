"""wardline export: everything of a ticket, to read and as JSON; with --all the facts of all tickets, one JSON object a
line, which `wardline figures --jsonl` counts. Redacted unless --full, which the audit trail keeps."""

import argparse
import json
import os
import re
import sys
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from bot.app import system_clock
from bot.commands.beside import remark
from bot.commands.password import in_store
from bot.commands.run import DATA, existing
from bot.gather import DAY, looked
from bot.settings import SettingsError
from handlers.duty_book import LOOK_BACK
from handlers.record import as_json, as_text, record_json
from sla.assess import outage_bounds
from sla.ledger import Entry
from sla.records import Record
from sla.rules import Rules
from sla.ticket import Ticket
from sla.toml import nearest
from sla.worded import Worded
from storage.base import UnitOfWork
from storage.files import load_folder, with_older

FIRST, LAST = date(1970, 1, 1), date(9000, 12, 31)
"""Between these days lies whatever is on record."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of the command."""
    parser = subparsers.add_parser("export", help="print everything of a ticket, or of all", description=__doc__)
    parser.add_argument("ticket", metavar="TICKET", nargs="?", help="the ticket's number, like W12")
    parser.add_argument(
        "--all", action="store_true", help="all tickets and what else is on record, a line of JSON each"
    )
    parser.add_argument("--from", dest="first", metavar="DATE", help="with --all: the first day of the reports")
    parser.add_argument("--to", dest="last", metavar="DATE", help="with --all: their last day (it counts)")
    parser.add_argument("--contract", metavar="ID", help="with --all: what ran under this contract (all)")
    parser.add_argument(
        "--full", action="store_true", help="with everything that was said; who asked is kept on record"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a page to read")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="write into a folder: W12.json and W12.txt, or facts.jsonl"
    )
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of the page")
    parser.add_argument("--config", type=Path, help="folder of the configuration (DATA/config)")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the database and the key (./wardline-data)")


def run(args: argparse.Namespace) -> int:
    """Print or write it. Raises SettingsError for a ticket that there is not, or a question that makes no sense."""
    if args.all:
        return _all(args)
    if args.first or args.last or args.contract:
        raise SettingsError("--from, --to and --contract go with --all")
    if args.ticket is None:
        raise SettingsError("name a ticket, like W12, or ask for --all")
    number = ticket_number(args.ticket)
    config = existing(args.config, args.data)
    rules = load_folder(config)[0]
    found: list[tuple[Ticket, Sequence[Entry]]] = []
    older: list[dict[str, str]] = []

    def look(uow: UnitOfWork) -> None:
        ticket = uow.tickets.load(number)
        if ticket is not None:
            found.append((ticket, list(uow.ledger.of_ticket(number))))
            older.extend(dict(files) for _, files in uow.versions.all())
            if args.full:
                uow.audit.add(system_clock().now(), "command line", "export full", f"W{number}")

    in_store(config, args.data, look)
    if not found:
        raise SettingsError(Worded("there is no ticket W{number}", number=number))
    ticket, entries = found[0]
    rules = with_older(rules, older)
    as_values = json.dumps(as_json(ticket, entries, rules, full=args.full), ensure_ascii=False, indent=2)
    page = as_text(ticket, entries, rules, args.lang, full=args.full)
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
        for name, text in ((f"W{number}.json", as_values + "\n"), (f"W{number}.txt", page)):
            with private_file(args.out / name) as file:
                file.write(text)
    else:
        print(as_values if args.json else page, end="" if not args.json else "\n")
    return 0


def private_file(path: Path) -> TextIO:
    """A file anew, which its owner alone may read: what was said of patients is in it."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8")


def ticket_number(text: str) -> int:
    """The number in "W12" or "12". Raises SettingsError for anything else."""
    found = re.fullmatch(r"[Ww]?(\d{1,9})", text.strip(), re.ASCII)
    if not found:
        raise SettingsError(Worded('"{text}" is no ticket\'s number; write it like W12', text=text[:20]))
    return int(found[1])


# all of them


@dataclass(frozen=True, slots=True)
class _Asked:
    """Reports of [`start`, `end`) that ran under `contract` (None: any), and what figures of them are made of beside;
    `whole` where no day was named."""

    start: datetime
    end: datetime
    contract: str | None
    whole: bool

    def concerns(self, ticket: Ticket) -> bool:
        """Also a ticket that ran under the contract once: its clocks of that time are counted there."""
        asked = self.contract
        return asked in (None, ticket.contract) or any(event.data.get("contract") == asked for event in ticket.events)


def _all(args: argparse.Namespace) -> int:
    if args.ticket is not None:
        raise SettingsError("name a ticket or ask for --all, not both")
    config = existing(args.config, args.data)
    rules = load_folder(config)[0]
    asked = _asked(args, rules)
    if args.full:
        words = " ".join(word for word in (args.first, args.last, args.contract) if word)
        now = system_clock().now()
        in_store(config, args.data, lambda uow: uow.audit.add(now, "command line", "export full", "all", words))
    with ExitStack() as stack:
        out = sys.stdout
        if args.out:
            args.out.mkdir(parents=True, exist_ok=True)
            out = stack.enter_context(private_file(args.out / "facts.jsonl"))
        if not looked(config, args.data, lambda uow: _write(uow, rules, asked, out, full=args.full)):
            remark("there is nothing on record", args.lang)
    return 0


def _asked(args: argparse.Namespace, rules: Rules) -> _Asked:
    if args.contract is not None and args.contract not in rules.contracts:
        raise SettingsError(
            Worded(
                'there is no contract "{name}"; {meant}',
                name=args.contract,
                meant=nearest(args.contract, rules.contracts),
            )
        )
    first, last = _day(args.first, FIRST), _day(args.last, LAST)
    if last < first:
        raise SettingsError(Worded("the last day, {last}, is before the first, {first}", last=last, first=first))
    zone = rules.contracts[args.contract].timezone if args.contract else ZoneInfo(rules.site.timezone)
    start, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, last + DAY))
    return _Asked(start, end, args.contract, whole=not (args.first or args.last))


def _day(text: str | None, default: date) -> date:
    try:
        day = date.fromisoformat(text) if text else default
    except ValueError as error:
        raise SettingsError(Worded('"{text}" is no day; write it like 2026-01-01', text=text)) from error
    if not FIRST <= day <= LAST:
        raise SettingsError(Worded("{day} is too far away", day=day))
    return day


def _write(uow: UnitOfWork, rules: Rules, asked: _Asked, out: TextIO, *, full: bool) -> int:
    """How many lines were written: one by one, so that a year of them never lies in memory at once."""
    written = 0
    rules = with_older(rules, [dict(files) for _, files in uow.versions.all()])
    for ticket in _tickets(uow, rules, asked):
        entries = list(uow.ledger.of_ticket(ticket.number))
        print(json.dumps(as_json(ticket, entries, rules, full=full), ensure_ascii=False), file=out)
        written += 1
    for record in _records(uow, asked):
        print(json.dumps(record_json(record, rules, full=full), ensure_ascii=False), file=out)
        written += 1
    return written


def _tickets(uow: UnitOfWork, rules: Rules, asked: _Asked) -> Iterable[Ticket]:
    yield from filter(asked.concerns, uow.tickets.between(asked.start, asked.end))
    if asked.whole:
        return
    # The how-manieth of its year an outage is, the others of the year say.
    known = (version for id in rules.contracts for version in rules.versions_of(id))
    bounds = outage_bounds(known, asked.start, asked.end)
    for outage in uow.tickets.outages(*bounds, asked.contract):
        ticket = uow.tickets.load(outage.ticket)
        if ticket and not asked.start <= ticket.reported_at < asked.end:
            yield ticket


def _records(uow: UnitOfWork, asked: _Asked) -> Iterable[Record]:
    """In the order in which they were written down: a later one puts an earlier one right. Of a period also what comes
    after, since forms are counted then, and what came before, since duties follow it."""
    since = asked.start if asked.whole else asked.start - LOOK_BACK
    found = uow.records.between(since, datetime(LAST.year, LAST.month, LAST.day, tzinfo=UTC), asked.contract)
    return sorted(found, key=lambda record: record.id)
