"""wardline explain: how each deadline of a ticket came about: clause, days counted, what moved it, how it ended."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from bot.app import system_clock
from bot.commands.export import ticket_number
from bot.commands.run import DATA, existing
from bot.gather import looked
from bot.settings import SettingsError
from handlers.explain import explained, in_full
from handlers.explain_values import as_json
from sla.ledger import Entry
from sla.ticket import Ticket
from sla.worded import Worded
from storage.base import UnitOfWork
from storage.files import load_folder, with_older


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of the command."""
    parser = subparsers.add_parser("explain", help="tell how each deadline of a ticket came about", description=__doc__)
    parser.add_argument("ticket", metavar="TICKET", help="the ticket's number, like W12")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a page to read")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of the page")
    parser.add_argument("--config", type=Path, help="folder of the configuration (DATA/config)")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the database and the key (./wardline-data)")


def run(args: argparse.Namespace) -> int:
    """Print it. Raises SettingsError when there is no such ticket."""
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

    looked(config, args.data, look)
    if not found:
        raise SettingsError(Worded("there is no ticket W{number}", number=number))
    rules, now = with_older(rules, older), system_clock().now()
    explanation = explained(*found[0], rules)
    if args.json:
        print(json.dumps(as_json(explanation, rules, now), ensure_ascii=False, indent=2))
    else:
        print(in_full(explanation, rules, args.lang, now), end="")
    return 0
