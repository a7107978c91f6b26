"""wardline outages: unplanned downtime and department-level impact against the quotas, by month, event by event; of
contracts without quotas what is on record."""

import argparse
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from bot.app import system_clock
from bot.commands.beside import remark
from bot.commands.run import DATA, existing
from bot.gather import looked
from bot.settings import SettingsError
from handlers.outage_account import Yearly, page, values, yearly
from sla.contract import Contract
from sla.rules import Rules
from sla.toml import nearest
from sla.worded import Worded
from storage.base import UnitOfWork
from storage.files import load_folder


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of the command."""
    parser = subparsers.add_parser(
        "outages", help="print downtime and department-level impact against the quotas", description=__doc__
    )
    parser.add_argument("--contract", metavar="ID", help="the contract (all that set quotas or had an outage)")
    parser.add_argument("--year", type=int, help="the year, by contract years that in which it begins (this year)")
    parser.add_argument("--json", action="store_true", help="print JSON, one object a contract, instead of a page")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of the page")
    parser.add_argument("--config", type=Path, help="folder of the configuration (DATA/config)")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the database and the key (./wardline-data)")


def run(args: argparse.Namespace) -> int:
    """Print it. Raises SettingsError for a contract that is not there, or a year out of range."""
    config = existing(args.config, args.data)
    rules, now = load_folder(config)[0], system_clock().now()
    if args.year is not None and not 2000 <= args.year <= 2200:
        raise SettingsError(Worded("{year} is no year from 2000 to 2200", year=args.year))
    zone = rules.calendar.timezone
    at = now if args.year is None else min(now, datetime(args.year + 1, 1, 1, tzinfo=zone) - timedelta(seconds=1))
    contracts = chosen(rules, args.contract, at)
    found: list[Yearly] = []

    def look(uow: UnitOfWork) -> None:
        of_all = (yearly(contract, uow, now, args.year) for contract in contracts)
        found.extend(each for each in of_all if args.contract or not each.is_empty)

    looked(config, args.data, look)
    if not found:
        remark("no contract sets quotas, and no outage is on record", args.lang)
    for line in printed(found, now, rules, args):
        print(line)
    return 0


def chosen(rules: Rules, name: str | None, at: datetime) -> list[Contract]:
    """The contract of that id, or all, in the version in force at the instant."""
    if name is not None and name not in rules.contracts:
        raise SettingsError(
            Worded('there is no contract "{name}"; {meant}', name=name, meant=nearest(name, rules.contracts))
        )
    found = (rules.in_force(id, at) for id in ([name] if name else rules.contracts))
    return [contract for contract in found if contract]


def printed(found: Sequence[Yearly], now: datetime, rules: Rules, args: argparse.Namespace) -> list[str]:
    """The pages, or one JSON object a line."""
    if args.json:
        return [json.dumps(values(each, now), ensure_ascii=False) for each in found]
    return [page(each, now, args.lang, rules, whole=True) + "\n" for each in found]
