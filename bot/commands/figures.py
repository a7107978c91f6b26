"""wardline figures: how the contracts were kept in a period. Tickets belong to the period in which they were reported,
with all their clocks and breaches. With --score: a contract's score of a year, each deduction with its ticket."""

import argparse
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.app import system_clock
from bot.commands.beside import remark
from bot.commands.run import DATA, existing
from bot.gather import DAY, Gathered, Period, from_lines, from_store
from bot.settings import SettingsError
from handlers import figures as as_values
from handlers import figures_page, scoresheet
from handlers.wording import say
from sla.assess import Assessment, assess
from sla.contract import Contract
from sla.figures import figures_of
from sla.rules import Rules
from sla.score import Sheet, days_of_year, score_of
from sla.terms import YearBegins
from sla.toml import nearest
from sla.worded import Worded
from storage.files import load_folder, packaged_rules, with_older
from storage.schemas import initial_files

MOMENT = timedelta(microseconds=1)
LAST_YEAR = 9000


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of the command."""
    parser = subparsers.add_parser("figures", help="print how the contracts were kept", description=__doc__)
    parser.add_argument("--contract", help="id of the contract; left out: all")
    parser.add_argument("--from", dest="first", metavar="DATE", help="first day, like 2026-01-01")
    parser.add_argument("--to", dest="last", metavar="DATE", help="last day, like 2026-12-31 (it counts)")
    parser.add_argument("--year", type=int, help="a year instead of --from and --to")
    parser.add_argument("--score", action="store_true", help="the score of --year under --contract")
    parser.add_argument("--at", metavar="INSTANT", help="as known at this instant, ISO 8601 with an offset (now)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--jsonl", metavar="FILE", help="count these exported facts instead of the data; - for stdin")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of the page")
    parser.add_argument("--config", type=Path, help="folder of the configuration (DATA/config; --jsonl: or the sample)")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the database and the key (./wardline-data)")


def run(args: argparse.Namespace) -> int:
    """Count and print. Raises SettingsError on a question that makes no sense, SlaError on facts that make none."""
    rules = _rules(args)
    id = _named(args.contract, rules)
    period = _period(args, id, rules)
    contract = _assessing(args, id, rules, period) if id else None
    found = _gathered(args, rules, period)
    for what, count in found.strange.items():
        remark(Worded(what, count=count), args.lang)
    if contract and args.score:
        _print_score(args, found, contract, period)
    elif contract:
        _print_one(args, assess(contract, period.first, period.after, found.sums, found.beside), found)
    else:
        _print_all(args, period, found)
    return 0


def _gathered(args: argparse.Namespace, rules: Rules, period: Period) -> Gathered:
    if args.jsonl:
        return from_lines(args.jsonl, rules, period)
    return from_store(existing(args.config, args.data), args.data, rules, period)


# what is asked


def _rules(args: argparse.Namespace) -> Rules:
    if not args.jsonl:
        return load_folder(existing(args.config, args.data))[0]
    own = args.config or args.data / "config"
    if args.config or own.is_dir():
        return load_folder(own)[0]
    return with_older(packaged_rules(), [initial_files()])  # as init writes them they are versions of their own


def _named(name: str | None, rules: Rules) -> str | None:
    """The id of the contract that is asked for; None where all are."""
    if name is not None and name not in rules.contracts:
        raise SettingsError(
            Worded('there is no contract "{name}"; {meant}', name=name[:60], meant=nearest(name[:60], rules.contracts))
        )
    return name


def _assessing(args: argparse.Namespace, id: str, rules: Rules, period: Period) -> Contract:
    """The version by whose terms a contract is assessed: of a score the one whose year it is, else the one in force at
    the period's end."""
    if args.score:
        return _of_year(id, args.year, rules)
    return rules.in_force(id, period.end - MOMENT) or rules.contracts[id]


def _of_year(id: str, year: int, rules: Rules) -> Contract:
    """The version that is valid when its own year begins; where years begin with January, the one when it ends."""
    for version in rules.versions_of(id):
        first, _ = days_of_year(version, year)
        score = version.terms.score
        if (
            score
            and score.year is YearBegins.CONTRACT
            and version.is_valid(datetime.combine(first, time(), version.timezone))
        ):
            return version
    latest = rules.contracts[id]
    return rules.in_force(id, datetime(year, 12, 31, tzinfo=latest.timezone)) or latest


def _period(args: argparse.Namespace, id: str | None, rules: Rules) -> Period:
    zone = rules.contracts[id].timezone if id else ZoneInfo(rules.site.timezone)
    known_at = _instant(args.at) if args.at else None
    now = known_at or system_clock().now()
    if args.score and (id is None or args.year is None):
        raise SettingsError("a score is of a contract's year: --score --contract cqmu2-his --year 2026")
    if args.year is not None:
        if args.first or args.last:
            raise SettingsError("--year stands instead of --from and --to")
        if not 1 < args.year <= LAST_YEAR:
            raise SettingsError(Worded("{year} is no year", year=args.year))
        first, after = date(args.year, 1, 1), date(args.year + 1, 1, 1)
        if args.score and id:
            contract = _of_year(id, args.year, rules)
            if contract.terms.score is None:
                raise SettingsError(Worded('contract "{id}" has no [score]', id=id))
            first, after = days_of_year(contract, args.year)
        return Period(first, after, zone, now, known_at)
    if not (args.first and args.last):
        raise SettingsError("name the period: --from 2026-01-01 --to 2026-12-31, or --year 2026")
    first, last = _day(args.first), _day(args.last)
    if last < first:
        raise SettingsError(Worded("the last day, {last}, is before the first, {first}", last=last, first=first))
    return Period(first, last + DAY, zone, now, known_at)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise SettingsError(Worded('"{text}" is no day; write it like 2026-01-01', text=text[:40])) from error
    if not 1 < day.year <= LAST_YEAR:
        raise SettingsError(Worded("{day} is too far away", day=day))
    return day


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise SettingsError(
            Worded('"{text}" is no instant; write it like 2026-10-01T08:30:00+08:00', text=text[:40])
        ) from error
    if at.tzinfo is None:
        raise SettingsError(Worded('"{text}" has no offset; write it like 2026-10-01T08:30:00+08:00', text=text[:40]))
    return at


# what is printed


def _print_score(args: argparse.Namespace, found: Gathered, contract: Contract, period: Period) -> None:
    sheet: Sheet | None = score_of(contract, args.year, found.sums, found.records)
    if sheet is None:
        raise SettingsError("there is no score")
    values = {**scoresheet.as_json(sheet), "terms": _terms(contract)}
    which = _which(contract, period.first, period.after, found.rules, args.lang)
    _print(args, values, lambda: which + scoresheet.page(sheet, contract, args.lang))


def _print_one(args: argparse.Namespace, assessed: Assessment, found: Gathered) -> None:
    values = {"as_known_at": found.sums.now.isoformat(), **_values(assessed)}
    _print(args, values, lambda: _page(assessed, found, args.lang))


def _values(assessed: Assessment) -> dict[str, object]:
    return {**as_values.as_json(assessed), "terms": _terms(assessed.contract)}


def _page(assessed: Assessment, found: Gathered, language: str) -> str:
    which = _which(assessed.contract, assessed.first, assessed.after, found.rules, language)
    return which + figures_page.page(assessed, found.rules, found.sums.now, language)


def _terms(contract: Contract) -> dict[str, str | None]:
    """The days of the version by whose terms was assessed."""
    first, last = contract.valid_from, contract.valid_to
    return {"valid_from": first.isoformat() if first else None, "valid_to": last.isoformat() if last else None}


def _which(contract: Contract, first: date, after: date, rules: Rules, language: str) -> str:
    """Which version's terms the page goes by, where the period has days of several; else nothing."""
    inside = [
        version
        for version in rules.versions_of(contract.id)
        if (version.valid_from or date.min) < after and (version.valid_to or date.max) >= first
    ]
    if len(inside) < 2:
        return ""
    days = f"{contract.valid_from or '…'}—{contract.valid_to or '…'}"
    return say("figures_versions", language, count=len(inside), days=days) + "\n"


def _print_all(args: argparse.Namespace, period: Period, found: Gathered) -> None:
    now, total = found.sums.now, figures_of(found.sums)
    each = [
        assess(_assessing(args, id, found.rules, period), period.first, period.after, found.sums, found.beside)
        for id in found.rules.contracts
    ]
    each = [one for one in each if one.figures.tickets or one.figures.clocks or any(use.events for use in one.quotas)]
    head = say(
        "figures_all",
        args.lang,
        first=period.first.isoformat(),
        last=(period.after - DAY).isoformat(),
        now=f"{now.astimezone(period.zone):%Y-%m-%d %H:%M}",
    )
    values = {
        "as_known_at": now.isoformat(),
        "from": period.first.isoformat(),
        "to": (period.after - DAY).isoformat(),
        "all": as_values.figures_json(total),
        "contracts": {one.contract.id: _values(one) for one in each},
    }
    _print(args, values, lambda: "\n".join(_pages(head, args.lang, each, found)))


def _pages(head: str, language: str, each: Iterable[Assessment], found: Gathered) -> Sequence[str]:
    overview = figures_page.overview(figures_of(found.sums), found.rules, language)
    first = "\n".join([head, *overview]) + "\n"
    return [first, *(_page(one, found, language) for one in each)]


def _print(args: argparse.Namespace, values: Mapping[str, object], page: Callable[[], str]) -> None:
    print(json.dumps(values, ensure_ascii=False, indent=2) if args.json else page().rstrip("\n"))
