"""wardline ledger: look whether the ledger of breaches is whole, and show what it holds.

verify walks the whole chain, compares its end with the head that is kept beside it, and with every hash that was noted
earlier (--head, as this command prints it and as statements carry it). It ends with 1 when something is wrong.
"""

import argparse
import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.commands.days import day
from bot.commands.password import in_store
from bot.commands.run import DATA, existing
from bot.settings import SettingsError
from handlers.wording import number
from sla.ledger import BREACH, CLOSED, Entry, Finding, Head, inspect
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
    parser.add_argument("--json", action="store_true", help="print JSON; of a list, one entry a line")
    parser.add_argument("--config", type=Path, help="folder of the configuration (DATA/config)")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the database and the key (./wardline-data)")


def run(args: argparse.Namespace) -> int:
    """Verify or list. Raises SettingsError for options that make no sense."""
    noted = [read_head(text) for text in args.head]
    config = existing(args.config, args.data)
    if args.what == "list":
        return _list(args, config)
    found: list[Finding] = []
    damaged: list[str] = []

    def walk(uow: UnitOfWork) -> None:
        try:
            found.append(inspect(uow.ledger.all(), uow.ledger.head(), noted))
        except Damaged as error:
            damaged.append(str(error))

    in_store(config, args.data, walk)
    if damaged:
        found_broken = {"whole": False, "problem": damaged[0]}
        print(json.dumps(found_broken) if args.json else f"the ledger is broken: {damaged[0]}")
        return BROKEN
    print(_as_json(found[0]) if args.json else _in_words(found[0]))
    return BROKEN if found[0].problem else 0


def read_head(text: str) -> Head:
    """ "17:3f9a…", the hash whole or its first 12 signs and more. Raises SettingsError for anything else."""
    read = NOTED.fullmatch(text.strip().lower())
    if not read:
        raise SettingsError(f'--head "{text[:80]}" is none; write it as verify prints it, like 17:3f9a0c21b7de')
    return int(read[1]), read[2]


def _in_words(finding: Finding) -> str:
    whole = "the ledger is whole" if not finding.problem else f"the ledger is broken: {finding.problem}"
    lines = [whole, f"entries  {finding.count}" + (" before that" if finding.problem else "")]
    if finding.first and finding.last:
        lines.append(f"from     {finding.first.isoformat()}")
        lines.append(f"to       {finding.last.isoformat()}")
    lines.append(f"head     {finding.count}:{finding.head}")
    return "\n".join(lines)


def _as_json(finding: Finding) -> str:
    values = {"whole": not finding.problem, **asdict(finding)}
    for name in ("first", "last"):
        values[name] = values[name].isoformat() if values[name] else None
    return json.dumps(values, ensure_ascii=False)


def _list(args: argparse.Namespace, config: Path) -> int:
    zone = ZoneInfo(load_folder(config)[0].site.timezone)
    start = datetime.combine(args.first, time(), zone) if args.first else datetime(1970, 1, 1, tzinfo=UTC)
    after = args.last + timedelta(days=1) if args.last else date(9000, 1, 1)
    found: list[Entry] = []

    def look(uow: UnitOfWork) -> None:
        found.extend(uow.ledger.between(start, datetime.combine(after, time(), zone), args.contract))

    in_store(config, args.data, look)
    for line in _lines(found, zone, as_json=args.json):
        print(line)
    return 0


def _lines(entries: Iterable[Entry], zone: ZoneInfo, *, as_json: bool) -> Iterable[str]:
    for entry in entries:
        if as_json:
            values = asdict(entry) | {"due": entry.due.isoformat(), "recorded_at": entry.recorded_at.isoformat()}
            yield json.dumps(values, ensure_ascii=False)
        else:
            yield _line(entry, zone)


def _line(entry: Entry, zone: ZoneInfo) -> str:
    at = f"{entry.recorded_at.astimezone(zone):%Y-%m-%d %H:%M}"
    over = f"+{entry.overrun} s" if entry.kind in (BREACH, CLOSED) else ""
    about = f"-> #{entry.refers_to}" if entry.refers_to else ""
    words = [f"#{entry.seq}", at, entry.kind, number(entry.ticket), entry.contract, entry.clause]
    words += [entry.clock, over, about, entry.by, entry.reason, entry.hash[:12]]
    return "  ".join(word for word in words if word)
