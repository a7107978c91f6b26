"""工单 in memory: folded tickets, and indexes that follow them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from heapq import nlargest

from sla.incident import Size
from sla.labels import Kind
from sla.ticket import OPEN, WORKING, Event, Outage, State, Ticket
from storage.base import StorageError
from storage.memory_journal import Journal

NEVER = datetime.max.replace(tzinfo=UTC)
_Place = tuple[str, str | int]
_WORKING: _Place = ("working", "")
_OUTAGE: _Place = ("outage", "")


class MemoryTickets:
    """`storage.base.Tickets`."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._tickets: dict[int, Ticket] = {}
        self._due: dict[int, datetime] = {}
        self._steps: dict[int, dict[str, datetime]] = {}
        self._index: dict[_Place, dict[int, None]] = {}
        self._changed: dict[int, None] = {}
        self._last = 0

    def next_number(self) -> int:
        self._last += 1  # as in a database, a unit that is taken back leaves a gap
        return self._last

    def save(self, ticket: Ticket, new_events: Sequence[Event], next_due: datetime | None) -> None:
        number, before = ticket.number, len(ticket.events) - len(new_events)
        if before < 0 or ticket.events[before:] != tuple(new_events):
            raise ValueError(f"the new events are not the last ones of ticket {number}")
        old = self._tickets.get(number)
        if not before and old is not None:
            raise KeyError(f"ticket {number} is there already")
        if before and (old is None or len(old.events) != before):
            raise StorageError(f"ticket {number} was changed by somebody else meanwhile")
        self._last = max(self._last, number)
        self._changed[number] = None
        self._journal.put(self._tickets, number, ticket)
        self._journal.put(self._due, number, next_due or NEVER)
        self._reindex(old, ticket)

    def load(self, number: int) -> Ticket | None:
        return self._tickets.get(number)

    def load_many(self, numbers: Iterable[int]) -> dict[int, Ticket]:
        return {number: self._tickets[number] for number in sorted(set(numbers)) if number in self._tickets}

    def open_of(self, reporter: str, system: str | None = None) -> Sequence[Ticket]:
        found = (self._tickets[number] for number in sorted(self._in("open", reporter), reverse=True))
        return [ticket for ticket in found if system in (None, ticket.system)]

    def latest_of(self, reporter: str) -> Ticket | None:
        number = max(self._in("of", reporter), default=None)
        return None if number is None else self._tickets[number]

    def lately(self, reporter: str, limit: int) -> Sequence[Ticket]:
        return self._newest("of", reporter, limit)

    def open_in(self, department: str, limit: int) -> Sequence[Ticket]:
        return self._newest("open_in", department, limit)

    def past_systems(self, limit: int, *, reporter: str = "", department: str = "") -> Sequence[str]:
        found = self._newest("of", reporter, limit) if reporter else self._newest("in", department, limit)
        return [ticket.system for ticket in found if ticket.system is not None]

    def _newest(self, name: str, of: str, limit: int) -> list[Ticket]:
        return [self._tickets[number] for number in nlargest(limit, self._in(name, of))]

    def open_on(
        self, system: str | None = None, contracts: Iterable[str] | None = None, limit: int = 50
    ) -> Sequence[Ticket]:
        numbers = self._in(*_WORKING) if system is None else self._in("working_on", system)
        found: Iterable[Ticket] = (self._tickets[number] for number in numbers)
        if contracts is not None:
            named = frozenset(contracts)
            found = (ticket for ticket in found if ticket.contract in named)
        return sorted(found, key=lambda ticket: (self._due[ticket.number], ticket.number))[:limit]

    def leading_on(self, system: str | None, since: datetime | None) -> Sequence[Ticket]:
        numbers = self._in(*_WORKING) if system is None else self._in("working_on", system)
        found = (self._tickets[number] for number in sorted(numbers))
        alone = (ticket for ticket in found if ticket.incident is None and ticket.kind is Kind.FAULT)
        return [
            t
            for t in alone
            if (since and t.reported_at >= since) or t.state is not State.REPORTED or self._leads(t.number)
        ]

    def _leads(self, number: int) -> bool:
        return any(True for _ in self._in("joined", number))

    def size_of(self, incident: int) -> Size | None:
        numbers = dict.fromkeys((incident, *self._in("joined", incident)))
        there = [self._tickets[number] for number in numbers if number in self._tickets]
        found = [ticket for ticket in there if ticket.state is not State.CANCELLED]
        departments = {ticket.department for ticket in found} - {None}
        latest = max((ticket.reported_at for ticket in found), default=None)
        return Size(len({ticket.reporter for ticket in found}), len(departments), latest) if latest else None

    def size_with(self, incident: int, reporter: str, department: str | None) -> Size | None:
        there = self.size_of(incident)
        numbers = dict.fromkeys((incident, *self._in("joined", incident)))
        found = [self._tickets[number] for number in numbers if number in self._tickets]
        found = [ticket for ticket in found if ticket.state is not State.CANCELLED]
        people = {ticket.reporter for ticket in found} | {reporter}
        departments = ({ticket.department for ticket in found} | {department}) - {None}
        return Size(len(people), len(departments), there.latest) if there else None

    def joined_to(self, incident: int) -> Sequence[Ticket]:
        return [ticket for ticket in self.part_of(incident) if ticket.is_working]

    def part_of(self, incident: int) -> Sequence[Ticket]:
        return [self._tickets[number] for number in sorted(self._in("joined", incident))]

    def between(self, start: datetime, end: datetime, contract: str | None = None) -> Iterable[Ticket]:
        found = (self._tickets[number] for number in sorted(self._tickets))
        return [t for t in found if start <= t.reported_at < end and contract in (None, t.contract)]

    def outages(self, start: datetime, end: datetime, contract: str | None = None) -> Sequence[Outage]:
        known = (self._tickets[number].outage for number in sorted(self._in(*_OUTAGE)))
        found = [
            outage
            for outage in known
            if outage and outage.began < end and (outage.ended is None or outage.ended > start)
        ]
        return sorted((each for each in found if contract in (None, each.contract)), key=lambda each: each.began)

    def steps(self, number: int) -> dict[str, datetime]:
        return dict(self._steps.get(number, ()))

    def steps_many(self, numbers: Iterable[int]) -> dict[int, dict[str, datetime]]:
        return {number: self.steps(number) for number in sorted(set(numbers))}

    def add_steps(self, number: int, steps: Mapping[str, datetime]) -> None:
        there = self._steps.setdefault(number, {})
        for key, at in steps.items():
            self._journal.put(there, key, at)

    def numbers(self) -> list[int]:
        """Every ticket's number, in their order."""
        return sorted(self._tickets)

    def changed(self) -> list[int]:
        """The tickets that were saved since this was last asked, also by units that were taken back."""
        found = list(self._changed)
        self._changed.clear()
        return found

    def forget(self, number: int) -> None:
        """Remove a ticket and its steps; its number is not given out again."""
        old = self._journal.drop(self._tickets, number)
        if old:
            self._journal.drop(self._due, number)
            self._journal.drop(self._steps, number)
            self._reindex(old, None)

    def _in(self, name: str, of: str | int) -> Iterable[int]:
        return self._index.get((name, of), ())

    def _reindex(self, old: Ticket | None, new: Ticket | None) -> None:
        """Bring the indexes from what the ticket was to what it is."""
        if old and new and _standing(old) == _standing(new):
            return
        before, after = _places(old), _places(new)
        for number, place in before - after:
            self._journal.drop(self._index[place], number)
            if not self._index[place]:
                self._journal.drop(self._index, place)
        for number, place in after - before:
            self._journal.put(self._index.setdefault(place, {}), number, None)


def _standing(ticket: Ticket) -> tuple[object, ...]:
    """All that the indexes go by: most events change nothing of it."""
    state = ticket.state
    return (
        ticket.reporter, ticket.department, state in OPEN, state in WORKING, ticket.system, ticket.incident,
        ticket.outage is None,
    )  # fmt: skip  # one glance


def _places(ticket: Ticket | None) -> frozenset[tuple[int, _Place]]:
    """The indexes that a ticket stands in."""
    if ticket is None:
        return frozenset()
    found: list[_Place] = [("of", ticket.reporter)]
    if ticket.state in OPEN:
        found.append(("open", ticket.reporter))
    if ticket.department is not None:
        found += [("in", ticket.department)]
        found += [("open_in", ticket.department)] if ticket.state in OPEN else []
    if ticket.state in WORKING:
        found += [_WORKING, ("working_on", ticket.system or "")]
    if ticket.incident is not None:
        found.append(("joined", ticket.incident))
    if ticket.outage is not None:
        found.append(_OUTAGE)
    return frozenset((ticket.number, place) for place in found)
