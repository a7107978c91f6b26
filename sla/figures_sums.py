"""Sums out of which every figure is made: tickets are folded one by one, and sums of parts of a period can be merged.

A ticket belongs to the period in which it was reported, with all its clocks, breaches, times and what became of it
since; so every count of a year is the sum of its months', and nothing is counted twice or falls between two periods.
Tickets count under the contract that they run under now, clocks under the one that set them.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntFlag, StrEnum
from typing import NamedTuple

from sla.amend import effective
from sla.clock import Clock, ClockState, is_overdue, overrun
from sla.contract import CONFIRMING, INTERNAL, SETTLING
from sla.ledger import name_of
from sla.ticket import Event, EventKind, State, Ticket

E = EventKind
ARRIVING = frozenset({E.ARRIVED, E.SENIOR_ARRIVED})
MENDING = frozenset(SETTLING)
ANSWERED = frozenset({E.ACKNOWLEDGED}) | ARRIVING | MENDING
TIMES = ("respond", "arrive", "fix")
CLOSING = frozenset({*CONFIRMING, E.CANCELLED})
TURNING = ANSWERED | CLOSING | {E.REOPENED}
"""The events of which `course_of` takes notice."""


class How(StrEnum):
    """How a clock stands: `running` ones are not over yet, `waived` ones ran over and were waived by a manager."""

    KEPT = "kept"
    BROKEN = "broken"
    RUNNING = "running"
    WAIVED = "waived"
    FELL_AWAY = "fell_away"


class Fate(IntFlag):
    """What becomes of a ticket."""

    REPORTED = 1
    OPEN = 2
    """At the end of the period."""
    PROBLEM = 4
    """Not cancelled: it is to be resolved."""
    RESOLVED = 8
    """As known now, not reopened since."""
    SETTLED = 16
    """Mended, delivered or live at least once."""
    REOPENED = 32
    """After it was settled."""
    RETURNED = 64
    """Reopened after its confirmation."""


Waived = frozenset[tuple[int, str]]
"""The clocks of a ticket that a manager waived, as the ledger names them: (round, name)."""
NONE_WAIVED: Waived = frozenset()


TicketKey = tuple[str, str, str, str, int]
"""By what tickets are counted: kind, system, department, priority, and the flags of their fate."""
ClockKey = tuple[str, bool, str, str, str, How]
"""By what clocks are counted: name, whether internal, kind, priority and system of the ticket, how it stands."""


class Late(NamedTuple):
    """A clock that ran over. `clock` is its name in the ledger, `overrun` is as known now; `final`: it stopped."""

    ticket: int
    round: int
    clock: str
    name: str
    group: str
    clause: str
    kind: str
    priority: str
    system: str
    due: datetime
    overrun: timedelta
    final: bool
    waived: bool


class Unresolved(NamedTuple):
    """A ticket that counts as a problem and is not resolved."""

    ticket: int
    kind: str
    system: str


@dataclass(slots=True)
class Tally:
    """What is counted for one contract. `groups` by (breach group, broken or waived), once a ticket; `points` by (kind,
    system, points); `times` of "respond", "arrive" and "fix" by whole seconds."""

    tickets: Counter[TicketKey] = field(default_factory=Counter)
    clocks: Counter[ClockKey] = field(default_factory=Counter)
    groups: Counter[tuple[str, How]] = field(default_factory=Counter)
    points: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    times: dict[str, Counter[int]] = field(default_factory=lambda: {name: Counter() for name in TIMES})
    late: list[Late] = field(default_factory=list)
    unresolved: list[Unresolved] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Take in what another one counted."""
        self.tickets.update(other.tickets)
        self.clocks.update(other.clocks)
        self.groups.update(other.groups)
        self.points.update(other.points)
        for name, times in other.times.items():
            self.times[name].update(times)
        self.late += other.late
        self.unresolved += other.unresolved


@dataclass(slots=True)
class Sums:
    """The sums of tickets reported before `end`, as known at `now` (both aware); by contract, `INTERNAL` for none."""

    end: datetime
    now: datetime
    by_contract: dict[str, Tally] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Instants of one zone are compared by the wall clock, which goes back once a year where there is summer time.
        self.end, self.now = self.end.astimezone(UTC), self.now.astimezone(UTC)

    def tally(self, contract: str | None) -> Tally:
        """What was counted for a contract, or for all of them (None)."""
        total = Tally()
        for name, one in self.by_contract.items():
            if contract in (None, name):
                total.add(one)
        total.late.sort()
        total.unresolved.sort()
        return total

    def merge(self, other: "Sums") -> None:
        """Take in the sums of other tickets of the same period. In whichever order parts are merged, it comes out the
        same."""
        for contract, tally in other.by_contract.items():
            self._of(contract).add(tally)

    def add(self, ticket: Ticket, clocks: Sequence[Clock], waived: Waived = NONE_WAIVED) -> None:
        """Count one ticket with all its clocks."""
        tally = self._of(ticket.contract or INTERNAL)
        self._became(tally, ticket)
        late = [one for clock in clocks if (one := self._judge(clock, ticket, waived))]
        if not late:
            return
        groups = {(contract, one.group, How.WAIVED if one.waived else How.BROKEN) for contract, one in late}
        for contract, group, how in groups:
            if how is How.BROKEN or (contract, group, How.BROKEN) not in groups:
                self._of(contract).groups[group, how] += 1

    def _of(self, contract: str) -> Tally:
        found = self.by_contract.get(contract)
        if found is None:
            found = self.by_contract[contract] = Tally()
        return found

    def _became(self, tally: Tally, ticket: Ticket) -> None:
        fate, times = course_of(effective(ticket.events), self.end)
        state, system = ticket.state, ticket.system or ""
        if state is not State.CANCELLED:
            fate |= _PROBLEM
            if state is State.RESOLVED or state is State.CONFIRMED:
                fate |= _RESOLVED
            else:
                tally.unresolved.append(Unresolved(ticket.number, ticket.kind, system))
            if ticket.points is not None:
                tally.points[ticket.kind, system, ticket.points] += 1
            for name, seconds in times:
                tally.times[name][seconds] += 1
        tally.tickets[ticket.kind, system, ticket.department or "", ticket.priority, fate] += 1

    def _judge(self, clock: Clock, ticket: Ticket, waived: Waived) -> tuple[str, Late] | None:
        """Count a clock; what it was where it ran over, with its contract, unless it is internal."""
        rule, how = clock.rule, _HOW[clock.state]
        tally = self._of(clock.contract)
        if how is How.RUNNING and is_overdue(clock, self.now):
            how = How.BROKEN
        late: Late | None = None
        if how is How.BROKEN and not rule.internal:
            late = self._late(clock, ticket, waived)
            how = How.WAIVED if late.waived else How.BROKEN
            tally.late.append(late)
        tally.clocks[clock.name, rule.internal, ticket.kind, ticket.priority, ticket.system or "", how] += 1
        return (clock.contract, late) if late else None

    def _late(self, clock: Clock, ticket: Ticket, waived: Waived) -> Late:
        name = name_of(clock)
        return Late(
            ticket=ticket.number,
            round=clock.round,
            clock=name,
            name=clock.name,
            group=clock.group or clock.name,
            clause=clock.clause,
            kind=ticket.kind,
            priority=ticket.priority,
            system=ticket.system or "",
            due=clock.due,
            overrun=overrun(clock, self.now),
            final=clock.state is ClockState.MISSED,
            waived=(clock.round, name) in waived,
        )


_OPEN, _PROBLEM, _RESOLVED = int(Fate.OPEN), int(Fate.PROBLEM), int(Fate.RESOLVED)
_SETTLED, _REOPENED, _RETURNED = int(Fate.SETTLED), int(Fate.REOPENED), int(Fate.RETURNED)
_HOW = {
    ClockState.MET: How.KEPT,
    ClockState.MISSED: How.BROKEN,
    ClockState.RUNNING: How.RUNNING,
    ClockState.FELL_AWAY: How.FELL_AWAY,
}


def course_of(events: Iterable[Event], end: datetime) -> tuple[int, list[tuple[str, int]]]:
    """What became of a ticket (its events as `effective` gives them) whose period ends at `end`, as flags of its fate;
    and how many seconds the answer, the arrival and the repair took.

    Times are those of its first round; the repair is the one that held, without the time in which the ticket was
    thought to be mended.
    """
    facts = iter(events)
    report = next(facts)
    first, closed, confirmed, fate = True, False, False, int(Fate.REPORTED)
    answered: datetime | None = None
    arrived: datetime | None = None
    mended: datetime | None = None
    between = timedelta()
    for event in facts:
        kind = event.kind
        if kind not in TURNING:
            continue
        at = event.at.astimezone(UTC)
        if kind in CLOSING:
            confirmed = confirmed or kind is not E.CANCELLED
            closed = closed or at < end
        elif kind is E.REOPENED:
            fate |= _REOPENED | (_RETURNED if confirmed else 0)
            closed = closed and at >= end
            if first and not confirmed and mended:
                between, mended = between + max(at - mended, timedelta()), None
            first, confirmed = first and not confirmed, False
        else:
            mending = kind in MENDING
            if mending:
                fate |= _SETTLED
            if first:
                answered = answered or at
                if mending:
                    mended = at
                elif arrived is None and kind in ARRIVING:
                    arrived = at
    if not closed:
        fate |= _OPEN
    if answered is None:
        return fate, []
    began = report.at.astimezone(UTC)
    times = [("respond", _seconds(answered - began))]
    if arrived:
        times.append(("arrive", _seconds(arrived - began)))
    if mended:
        times.append(("fix", _seconds(mended - began - between)))
    return fate, times


def _seconds(length: timedelta) -> int:
    """Whole seconds, never fewer than none."""
    return max(0, length.days * 86_400 + length.seconds)
