"""wardline intake: how well messages are read, so that a hospital can tune its words.

corrections shows, rule by rule, how often people put right what was read, with the newest texts; --examples FILE writes
them as labelled lines. score FILE reads labelled lines and compares. Texts are redacted unless --full, which the audit
trail keeps.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from pathlib import Path
from time import perf_counter_ns
from typing import Any
from zoneinfo import ZoneInfo

from bot.app import system_clock
from bot.commands.beside import remark
from bot.commands.days import day
from bot.commands.export import private_file
from bot.commands.password import in_store
from bot.commands.read import catalogue_of
from bot.commands.run import DATA, existing
from bot.gather import looked
from bot.labelled import Labelled, labelled
from bot.settings import SettingsError
from handlers.corrections import Corrections, example
from handlers.intake.meaning import compile_lexicon, understand
from handlers.intake.redact import redact, redact_why
from handlers.intake.scoring import LABELS, WHEN, Score
from handlers.intake.when import when
from handlers.intake_words import below, corrections_page, corrections_values, score_page, score_values
from handlers.wording import DEFAULT, LANGUAGES, say
from sla.catalogue import Catalogue
from sla.toml import nearest
from sla.worded import Worded
from storage.base import UnitOfWork
from storage.files import load_folder

FIRST, LAST = date(1970, 1, 1), date(9000, 12, 31)
BELOW, BAD_LINES = 1, 2
STDIN = "-"
WARMING = 200
SHOWN = 10
"""Lines that cannot be read, told one by one."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The two commands and their options."""
    parser = subparsers.add_parser("intake", help="show how well messages are read", description=__doc__)
    kinds = parser.add_subparsers(dest="what", required=True, metavar="corrections|score")
    told = kinds.add_parser("corrections", help="rule by rule, how often people put right what was read")
    told.add_argument("--from", dest="first", type=day, metavar="DAY", help="reports from this day on")
    told.add_argument("--to", dest="last", type=day, metavar="DAY", help="reports up to and with this day")
    told.add_argument("--examples", type=Path, metavar="FILE", help="write them as labelled lines into a file")
    told.add_argument("--full", action="store_true", help="texts as they are; who asked is kept on record")
    told.add_argument("--data", type=Path, default=DATA, help="folder of the database and the key (./wardline-data)")
    told.add_argument("--config", type=Path, help="folder of the configuration (DATA/config)")
    scored = kinds.add_parser("score", help="compare labelled lines with how they are read")
    scored.add_argument("file", metavar="FILE", help='lines of {"text", "now", labels}; - for stdin')
    scored.add_argument("--wrong", action="store_true", help="list each that is read otherwise, with its words")
    scored.add_argument(
        "--min",
        dest="floors",
        nargs="+",
        action="extend",
        default=[],
        metavar="LABEL=SHARE",
        help="end with 1 where a label falls below, like system=0.95; when=… for times",
    )
    scored.add_argument("--config", type=Path, help="folder with catalogue.toml; default: the sample")
    for each in (told, scored):
        each.add_argument("--json", action="store_true", help="print one JSON object")
        each.add_argument("--lang", choices=LANGUAGES, default=DEFAULT, help="language of the page (zh)")


def run(args: argparse.Namespace) -> int:
    """Count and print. Raises SettingsError for what makes no sense, ContractError for a wrong catalogue."""
    return _corrections(args) if args.what == "corrections" else _score(args)


# corrections


def _corrections(args: argparse.Namespace) -> int:
    first, last = args.first or FIRST, args.last or LAST
    if last < first:
        raise SettingsError(Worded("the last day, {last}, is before the first, {first}", last=last, first=first))
    if not FIRST <= first <= last <= LAST:
        raise SettingsError(Worded("days lie between {first} and {last}", first=FIRST, last=LAST))
    config = existing(args.config, args.data)
    rules = load_folder(config)[0]
    if args.full:
        _note(args, config)
    zone = ZoneInfo(rules.site.timezone)
    start, end = (datetime.combine(each, time(), zone).astimezone(UTC) for each in (first, last + timedelta(days=1)))
    found, examples = looked(config, args.data, lambda uow: _gather(uow, start, end, full=args.full))
    if args.json:
        print(json.dumps(corrections_values(found, full=args.full), ensure_ascii=False, indent=2))
    else:
        print(corrections_page(found, rules, _period(args), args.lang, full=args.full), end="")
    if args.examples:
        _write(args, examples)
    return 0


def _note(args: argparse.Namespace, config: Path) -> None:
    """Who looks at texts as they are is kept on record."""
    now = system_clock().now()
    days = " ".join(str(each) for each in (args.first, args.last) if each)
    in_store(config, args.data, lambda uow: uow.audit.add(now, "command line", "corrections full", "all", days))


def _gather(uow: UnitOfWork, start: datetime, end: datetime, *, full: bool) -> tuple[Corrections, list[dict[str, Any]]]:
    found, examples = Corrections(), []
    for ticket in uow.tickets.between(start, end):
        if corrected := found.add(ticket):
            row = example(ticket, corrected)
            examples.append(row if full else _redacted(row))
    return found, examples


def _redacted(row: Mapping[str, Any]) -> dict[str, Any]:
    text = row["text"]
    return {**row, "text": redact(text), "why": {label: redact_why(why, text) for label, why in row["why"].items()}}


def _period(args: argparse.Namespace) -> str:
    if not (args.first or args.last):
        return say("corrections_ever", args.lang)
    key = (
        "corrections_between"
        if args.first and args.last
        else "corrections_since"
        if args.first
        else "corrections_until"
    )
    return say(key, args.lang, first=args.first, last=args.last)


def _write(args: argparse.Namespace, examples: Iterable[Mapping[str, Any]]) -> None:
    rows = list(examples)
    with private_file(args.examples) as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    key = "corrections_written_full" if args.full else "corrections_written"
    print(say(key, args.lang, count=len(rows), file=args.examples), file=sys.stderr)


# score


def _score(args: argparse.Namespace) -> int:
    floors = dict(_floor(text) for text in args.floors)
    catalogue = catalogue_of(args.config)
    found = _labelled(args.file, catalogue)
    for number, why in list(found.bad.items())[:SHOWN]:
        print(f"wardline: {args.file}:{number}: {why}", file=sys.stderr)
    if len(found.bad) > SHOWN:
        remark(Worded("{file}: and {count} more lines", file=args.file, count=len(found.bad) - SHOWN), args.lang)
    if not (found.asked or found.timed):
        raise SettingsError(Worded("{file} has no labelled line that can be read", file=args.file))
    score = scored(found, catalogue)
    if args.json:
        values = score_values(score, wrong=args.wrong)
        values["below"] = {label: float(floor) for label, floor in below(score, floors).items()}
        values["bad"] = [{"line": number, "error": why} for number, why in found.bad.items()]
        print(json.dumps(values, ensure_ascii=False, indent=2))
    else:
        print(score_page(score, floors, args.lang, wrong=args.wrong), end="")
    if found.bad:
        return BAD_LINES
    return BELOW if below(score, floors) else 0


def scored(found: Labelled, catalogue: Catalogue) -> Score:
    """Reads every line and compares. Some are read once before, so that no figure holds what is compiled only once."""
    lexicon, score = compile_lexicon(catalogue), Score()
    for first in found.asked[:WARMING]:
        understand(first.text, first.now, lexicon)
    for asked in found.asked:
        start = perf_counter_ns()
        meaning = understand(asked.text, asked.now, lexicon)
        score.add(asked, meaning, perf_counter_ns() - start)
    for early in found.timed[:WARMING]:
        when(early.text, early.now)
    for timed in found.timed:
        start = perf_counter_ns()
        moment = when(timed.text, timed.now)
        score.add_time(timed, moment, perf_counter_ns() - start)
    return score


def _labelled(name: str, catalogue: Catalogue) -> Labelled:
    if name == STDIN:
        return labelled(sys.stdin.buffer, catalogue)
    with Path(name).open("rb") as file:
        return labelled(file, catalogue)


def _floor(text: str) -> tuple[str, Fraction]:
    label, _, share = text.partition("=")
    if label not in (*LABELS, WHEN):
        raise SettingsError(
            Worded('--min: "{label}" is no label; {meant}', label=label[:40], meant=nearest(label, (*LABELS, WHEN)))
        )
    try:
        floor = Fraction(share)
    except (ValueError, ZeroDivisionError):
        floor = Fraction(-1)
    if not 0 <= floor <= 1:
        raise SettingsError(
            Worded(
                '--min: "{text}" names no share from 0 to 1; write it like {label}=0.95', text=text[:40], label=label
            )
        )
    return label, floor
