"""What figures are made of: the facts of a period, out of the database or out of exported lines."""

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TextIO, TypeVar
from zoneinfo import ZoneInfo

from bot.settings import SettingsError, read_settings
from handlers.duty_book import LOOK_BACK, watched_since
from sla.assess import Beside, outage_bounds
from sla.clock import clocks_of
from sla.facts import Told, read_facts
from sla.figures import waived_by_ticket
from sla.figures_sums import NONE_WAIVED, Sums, Waived
from sla.fold import as_known
from sla.records import Record, RecordKind
from sla.rules import Rules
from sla.ticket import Outage, Ticket
from sla.worded import Worded
from storage.base import UnitOfWork
from storage.files import with_older

T = TypeVar("T")

DAY = timedelta(days=1)
A_MONTH = timedelta(days=31)
"""How far the report of an outage may lie from its beginning, generously."""
OTHER_VERSION = (
    "{count} of the tickets ran under versions of contracts that this configuration has not: they are judged by its "
    "own (--config names another folder)"
)
NO_CONTRACT = (
    "{count} of the tickets ran under contracts that this configuration has not: no clock of theirs is counted "
    "(--config names another folder)"
)


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


def from_store(config: Path, data: Path, rules: Rules, period: Period) -> Gathered:
    """The facts of the database; the tickets in a stream."""
    return looked(config, data, _reader(rules, period))


def looked(config: Path, data: Path, look: Callable[[UnitOfWork], T]) -> T:
    """What a look into the store of this configuration finds, beside a bot that runs and without making it wait."""
    from storage.writer import open_store

    settings = read_settings(config, data, os.environ)
    store = open_store(settings.database, settings.keys, alone=False)
    try:
        return store.read_sync(look)
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


def from_lines(name: str, rules: Rules, period: Period) -> Gathered:
    """The facts of a file of lines, or of standard input ("-"). Raises SlaError for what is no fact."""
    found = Gathered(rules, Sums(period.end, period.now), period.known_at)
    seen: dict[int, int] = {}
    with _opened(name) as lines:
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
        raise SettingsError(
            Worded("W{number} is there twice, with different events: which counts is not clear", number=ticket.number)
        )
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
