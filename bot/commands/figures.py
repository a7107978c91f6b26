"""wardline figures: how the contracts were kept in a period. Tickets belong to the period in which they were reported,
with all their clocks and breaches. With --score: a contract's score of a year, each deduction with its ticket."""

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from bot.app import system_clock
from bot.commands.run import DATA, existing
from bot.settings import SettingsError, read_settings
from handlers import figures as as_values
from handlers import figures_page, scoresheet
from handlers.duty_book import LOOK_BACK, watched_since
from handlers.wording import say
from sla.assess import Assessment, Beside, assess, outage_bounds
from sla.clock import clocks_of
from sla.contract import Contract
from sla.facts import Told, read_facts
from sla.figures import figures_of, waived_by_ticket
from sla.figures_sums import NONE_WAIVED, Sums, Waived
from sla.fold import as_known
from sla.records import Record, RecordKind
from sla.rules import Rules
from sla.score import Sheet, days_of_year, score_of
from sla.terms import YearBegins
from sla.ticket import Outage, Ticket
from sla.toml import nearest
from storage.base import UnitOfWork
from storage.files import load_folder, packaged_rules, with_older

DAY, MOMENT = timedelta(days=1), timedelta(microseconds=1)
A_MONTH = timedelta(days=31)
"""How far the report of an outage may lie from its beginning, generously."""
LAST_YEAR = 9000
OTHER_VERSION = "ran under versions of contracts that this configuration has not: they are judged by its own"
NO_CONTRACT = "ran under contracts that this configuration has not: no clock of theirs is counted"


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to before `after`, in `zone`, as known at `now`. `known_at`: the same where somebody asked
    for an instant; what was written down later is then left out."""

    first: date
    after: date
    zone: ZoneInfo
    now: datetime
    known_at: datetime | None = None

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time(), self.zone).astimezone(UTC)

    @property
    def end(self) -> datetime:
        return datetime.combine(self.after, time(), self.zone).astimezone(UTC)


@dataclass(slots=True)
class Gathered:
    """What was read: the sums of the period's tickets, and what is on record beside them."""

    rules: Rules
    sums: Sums
    known_at: datetime | None = None
    waived: dict[int, Waived] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)
    watched: dict[str, datetime] = field(default_factory=dict)
    strange: Counter[str] = field(default_factory=Counter)

    def count(self, ticket: Ticket) -> None:
        """Add a ticket of the period to the sums. What is `strange` about some is told beside the sums."""
        rules, version = self.rules, (ticket.contract or "", ticket.contract_version)
        if ticket.contract and version not in rules.versions:
            if ticket.contract not in rules.contracts:
                self.strange[NO_CONTRACT] += 1
            elif ticket.contract_version:
                self.strange[OTHER_VERSION] += 1
        clocks = clocks_of(ticket, rules.contract_of(ticket), rules.calendar, rules.versions)
        self.sums.add(ticket, clocks, self.waived.get(ticket.number, NONE_WAIVED))

    def take(self, ticket: Ticket, period: Period) -> None:
        """A ticket of any time, as it was known: its outage, and the ticket itself where it is of the period."""
        known = ticket if self.known_at is None else as_known(ticket, self.known_at)
        if known is None:
            return
        if known.outage:
            self.outages.append(known.outage)
        if period.start <= known.reported_at < period.end:
            self.count(known)

    def knows(self, recorded_at: datetime) -> bool:
        """Whether what was written down at an instant was known."""
        return self.known_at is None or recorded_at <= self.known_at

    @property
    def beside(self) -> Beside:
        rules = self.rules
        succession = {id: rules.versions_of(id) for id in rules.contracts}
        return Beside(rules.calendar, self.records, self.outages, self.waived, self.watched, rules.versions, succession)


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
    parser.add_argument("--config", type=Path, help="folder of the configuration (DATA/config)")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the database and the key (./wardline-data)")


def run(args: argparse.Namespace) -> int:
    """Count and print. Raises SettingsError on a question that makes no sense, SlaError on facts that make none."""
    rules = _rules(args)
    id = _named(args.contract, rules)
    period = _period(args, id, rules)
    contract = _assessing(args, id, rules, period) if id else None
    found = _from_lines(args, rules, period) if args.jsonl else _from_store(args, rules, period)
    for what, count in found.strange.items():
        print(f"wardline: {count} of the tickets {what} (--config names another folder)", file=sys.stderr)
    if contract and args.score:
        _print_score(args, found, contract, period)
    elif contract:
        _print_one(args, assess(contract, period.first, period.after, found.sums, found.beside), found)
    else:
        _print_all(args, period, found)
    return 0


# what is asked


def _rules(args: argparse.Namespace) -> Rules:
    if args.jsonl:
        return load_folder(args.config)[0] if args.config else packaged_rules()
    return load_folder(existing(args.config, args.data))[0]


def _named(name: str | None, rules: Rules) -> str | None:
    """The id of the contract that is asked for; None where all are."""
    if name is not None and name not in rules.contracts:
        raise SettingsError(f'there is no contract "{name[:60]}"; {nearest(name[:60], rules.contracts)}')
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
            raise SettingsError(f"{args.year} is no year")
        first, after = date(args.year, 1, 1), date(args.year + 1, 1, 1)
        if args.score and id:
            contract = _of_year(id, args.year, rules)
            if contract.terms.score is None:
                raise SettingsError(f'contract "{id}" has no [score]')
            first, after = days_of_year(contract, args.year)
        return Period(first, after, zone, now, known_at)
    if not (args.first and args.last):
        raise SettingsError("name the period: --from 2026-01-01 --to 2026-12-31, or --year 2026")
    first, last = _day(args.first), _day(args.last)
    if last < first:
        raise SettingsError(f"the last day, {last}, is before the first, {first}")
    return Period(first, last + DAY, zone, now, known_at)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise SettingsError(f'"{text[:40]}" is no day; write it like 2026-01-01') from error
    if not 1 < day.year <= LAST_YEAR:
        raise SettingsError(f"{day} is too far away")
    return day


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise SettingsError(f'"{text[:40]}" is no instant; write it like 2026-10-01T08:30:00+08:00') from error
    if at.tzinfo is None:
        raise SettingsError(f'"{text[:40]}" has no offset; write it like 2026-10-01T08:30:00+08:00')
    return at


# what there is


def _from_store(args: argparse.Namespace, rules: Rules, period: Period) -> Gathered:
    """The facts of the database, read beside a bot that runs, without making it wait; the tickets in a stream."""
    from storage.writer import open_store

    config = existing(args.config, args.data)
    settings = read_settings(config, args.data, os.environ)
    store = open_store(settings.database, settings.keys, alone=False)
    try:
        return store.read_sync(_reader(rules, period))
    finally:
        store.close()


def _reader(rules: Rules, period: Period) -> Callable[[UnitOfWork], Gathered]:
    def read(uow: UnitOfWork) -> Gathered:
        older = [dict(files) for _, files in uow.versions.all()]
        found = Gathered(with_older(rules, older), Sums(period.end, period.now), period.known_at)
        entries = uow.ledger.between(period.start, period.now + DAY)
        found.waived = waived_by_ticket(entry for entry in entries if found.knows(entry.recorded_at))
        found.records = [record for record in _records(uow, rules, period) if found.knows(record.recorded_at)]
        since = {contract: watched_since(rules.contracts[contract], uow) for contract in rules.contracts}
        found.watched = {contract: at for contract, at in since.items() if at}
        known = (version for id in rules.contracts for version in rules.versions_of(id))
        start, end = outage_bounds(known, period.start, period.end)
        if period.known_at is None:
            found.outages = list(uow.tickets.outages(start, end))
            for ticket in uow.tickets.between(period.start, period.end):
                found.count(ticket)
        else:  # what was an outage then may be none now
            for ticket in uow.tickets.between(start - A_MONTH, end + A_MONTH):
                found.take(ticket, period)
        return found

    return read


def _records(uow: UnitOfWork, rules: Rules, period: Period) -> list[Record]:
    """What is on record about the period, by its recording: of duties, the longest rhythm before it too; surveys name
    their year, also one that the contract counts from another day than the first of January."""
    asked = [
        record
        for contract in rules.contracts
        for record in uow.records.of(contract, RecordKind.SURVEY, str(period.first.year))
    ]
    found = [*uow.records.between(period.start - LOOK_BACK, max(period.end, period.now) + DAY), *asked]
    return sorted({record.id: record for record in found}.values(), key=lambda record: record.id)


def _from_lines(args: argparse.Namespace, rules: Rules, period: Period) -> Gathered:
    found = Gathered(rules, Sums(period.end, period.now), period.known_at)
    seen: dict[int, int] = {}
    with _opened(args.jsonl) as lines:
        for fact in read_facts(lines):
            if isinstance(fact, Told):
                if _is_new(fact.ticket, seen):
                    found.waived |= waived_by_ticket(entry for entry in fact.entries if found.knows(entry.recorded_at))
                    found.take(fact.ticket, period)
            elif found.knows(fact.recorded_at):
                found.records.append(fact)
    return found


def _is_new(ticket: Ticket, seen: dict[int, int]) -> bool:
    """Whether it is the first of its number. Raises SettingsError where the number was another ticket's, or the same
    one's at another time."""
    told = hash(repr(ticket.events))
    if seen.get(ticket.number, told) != told:
        raise SettingsError(f"W{ticket.number} is there twice, with different events: which counts is not clear")
    is_new = ticket.number not in seen
    seen[ticket.number] = told
    return is_new


@contextmanager
def _opened(name: str) -> Iterator[TextIO]:
    if name == "-":
        yield sys.stdin
        return
    with Path(name).open(encoding="utf-8") as file:
        yield file


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
