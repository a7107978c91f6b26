"""wardline ledger: look whether the ledger of breaches is whole, and show what it holds.

verify walks the whole chain, compares its end with the head that is kept beside it, and with every hash that was noted
earlier (--head, as this command prints it and as statements carry it). It ends with 1 when something is wrong.
list says each entry in a sentence; --json prints them as they are kept. Times are those of the site's time zone.
"""

import argparse
import json
import re
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.commands.beside import remark
from bot.commands.days import day
from bot.commands.run import DATA, existing
from bot.gather import looked
from bot.settings import SettingsError
from handlers.ledger_words import broken, entry_line, finding_lines, instant
from handlers.wording import DEFAULT, LANGUAGES
from sla.ledger import Entry, Finding, Head, inspect
from sla.worded import Worded
from storage.base import Damaged, UnitOfWork
from storage.files import load_folder

NOTED = re.compile(r"(\d{1,12}):([0-9a-f]{12,64})", re.ASCII)
BROKEN = 1


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of the command."""
    parser = subparsers.add_parser("ledger", help="verify or list the ledger of breaches", description=__doc__)
    parser.add_argument("what", choices=("verify", "list"))
    parser.add_argument(
        "--head",
        action="append",
        default=[],
        metavar="SEQ:HASH",
        help="verify: an entry noted earlier; may be repeated",
    )
    parser.add_argument("--from", dest="first", type=day, metavar="DAY", help="list: from this day on")
    parser.add_argument("--to", dest="last", type=day, metavar="DAY", help="list: up to and with this day")
    parser.add_argument("--contract", help="list: of this contract only")
    parser.add_argument("--json", action="store_true", help="print JSON; of a list, one entry a line, as it is kept")
    parser.add_argument("--lang", choices=LANGUAGES, default=DEFAULT, help="language of the sentences (zh)")
    parser.add_argument("--config", type=Path, help="folder of the configuration (DATA/config)")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the database and the key (./wardline-data)")


def run(args: argparse.Namespace) -> int:
    """Verify or list. Raises SettingsError for options that make no sense."""
    noted = [read_head(text) for text in args.head]
    config = existing(args.config, args.data)
    if args.what == "list":
        return _list(args, config)
    found: list[Finding] = []
    damaged: list[Damaged] = []

    def walk(uow: UnitOfWork) -> None:
        try:
            found.append(inspect(uow.ledger.all(), uow.ledger.head(), noted))
        except Damaged as error:
            damaged.append(error)

    looked(config, args.data, walk)
    if damaged:
        problem = damaged[0].args[0]
        print(json.dumps({"whole": False, "problem": problem}) if args.json else broken(problem, args.lang))
        return BROKEN
    if args.json:
        print(_as_json(found[0]))
    else:
        print("\n".join(finding_lines(found[0], _zone(config), args.lang)))
    return BROKEN if found[0].problem else 0


def _zone(config: Path) -> ZoneInfo:
    return ZoneInfo(load_folder(config)[0].site.timezone)


def read_head(text: str) -> Head:
    """ "17:3f9a…", the hash whole or its first 12 signs and more. Raises SettingsError for anything else."""
    read = NOTED.fullmatch(text.strip().lower())
    if not read:
        raise SettingsError(
            Worded('--head "{text}" is none; write it as verify prints it, like 17:3f9a0c21b7de', text=text[:80])
        )
    return int(read[1]), read[2]


def _as_json(finding: Finding) -> str:
    values = {"whole": not finding.problem, **asdict(finding)}
    for name in ("first", "last"):
        values[name] = values[name].isoformat() if values[name] else None
    return json.dumps(values, ensure_ascii=False)


def _list(args: argparse.Namespace, config: Path) -> int:
    rules = load_folder(config)[0]
    zone = ZoneInfo(rules.site.timezone)
    start = datetime.combine(args.first, time(), zone) if args.first else datetime(1970, 1, 1, tzinfo=UTC)
    after = args.last + timedelta(days=1) if args.last else date(9000, 1, 1)
    found: list[Entry] = []

    def look(uow: UnitOfWork) -> None:
        found.extend(uow.ledger.between(start, datetime.combine(after, time(), zone), args.contract))

    looked(config, args.data, look)
    if not found:
        remark(
            "the ledger has no such entry" if args.first or args.last or args.contract else "the ledger is empty",
            args.lang,
        )
    for entry in found:
        print(
            _raw(entry) if args.json else f"{instant(entry.recorded_at, zone)}  {entry_line(entry, rules, args.lang)}"
        )
    return 0


def _raw(entry: Entry) -> str:
    values = asdict(entry) | {"due": entry.due.isoformat(), "recorded_at": entry.recorded_at.isoformat()}
    return json.dumps(values, ensure_ascii=False)
