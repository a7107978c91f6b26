"""wardline export: everything of a ticket, to read and as JSON; redacted unless --full, which the audit trail keeps."""

import argparse
import json
import re
from collections.abc import Sequence
from pathlib import Path

from bot.app import system_clock
from bot.commands.password import in_store
from bot.commands.run import DATA, existing
from bot.settings import SettingsError
from handlers.record import as_json, as_text
from sla.ledger import Entry
from sla.ticket import Ticket
from storage.base import UnitOfWork
from storage.files import load_folder, with_older


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of the command."""
    parser = subparsers.add_parser("export", help="print everything of a ticket", description=__doc__)
    parser.add_argument("ticket", metavar="TICKET", help="the ticket's number, like W12")
    parser.add_argument(
        "--full", action="store_true", help="with everything that was said; who asked is kept on record"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a page to read")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write both, W12.json and W12.txt, into a folder")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of the page")
    parser.add_argument("--config", type=Path, help="folder of the configuration (DATA/config)")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the database and the key (./wardline-data)")


def run(args: argparse.Namespace) -> int:
    """Print or write it. Raises SettingsError when there is no such ticket."""
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
        raise SettingsError(f"there is no ticket W{number}")
    ticket, entries = found[0]
    rules = with_older(rules, older)
    as_values = json.dumps(as_json(ticket, entries, rules, full=args.full), ensure_ascii=False, indent=2)
    page = as_text(ticket, entries, rules, args.lang, full=args.full)
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
        (args.out / f"W{number}.json").write_text(as_values + "\n", encoding="utf-8")
        (args.out / f"W{number}.txt").write_text(page, encoding="utf-8")
    else:
        print(as_values if args.json else page, end="" if not args.json else "\n")
    return 0


def ticket_number(text: str) -> int:
    """The number in "W12" or "12". Raises SettingsError for anything else."""
    found = re.fullmatch(r"[Ww]?(\d{1,9})", text.strip(), re.ASCII)
    if not found:
        raise SettingsError(f'"{text[:20]}" is no ticket\'s number; write it like W12')
    return int(found[1])
