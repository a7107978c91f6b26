"""Sums out of which every figure is made: tickets are folded one by one, and sums of parts of a period can be merged.

A ticket belongs to the period in which it was reported, with all its clocks, breaches, times and what became of it
since; so every count of a year is the sum of its months', and nothing is counted twice or falls between two periods.
Tickets count under the contract that they run under now, clocks under the one that set them.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sla.amend import effective
from sla.clock import Clock, ClockState, overrun
from sla.contract import CONFIRMING, INTERNAL, SETTLING
from sla.ledger import name_of
from sla.ticket import Event, EventKind, State, Ticket

E = EventKind
ARRIVING = frozenset({E.ARRIVED, E.SENIOR_ARRIVED})
MENDING = frozenset(SETTLING)
ANSWERED = frozenset({E.ACKNOWLEDGED}) | ARRIVING | MENDING
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


class Fate(StrEnum):
    """What becomes of a ticket."""

    REPORTED = "reported"
    OPEN = "open"
    """At the end of the period."""
    PROBLEM = "problem"
    """Not cancelled: it is to be resolved."""
    RESOLVED = "resolved"
    """As known now, not reopened since."""
    SETTLED = "settled"
    """Mended, delivered or live at least once."""
    REOPENED = "reopened"
    """After it was settled."""
    RETURNED = "returned"
    """Reopened after its confirmation."""


Waived = frozenset[tuple[int, str]]
"""The clocks of a ticket that a manager waived, as the ledger names them: (round, name)."""
NONE_WAIVED: Waived = frozenset()


class ClockKey(NamedTuple):
    """By what clocks are counted."""

    name: str
    internal: bool
    kind: str
    priority: str
    system: str
    how: How


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
    """What is counted for one contract.

    `labels` by (kind, system, department, priority), `fates` by (fate, kind, system), `groups` by (breach group, broken
    or waived), once a ticket; `points` by (kind, system, points); `times` by ("respond", "arrive" or "fix", whole
    seconds).
    """

    labels: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    fates: Counter[tuple[Fate, str, str]] = field(default_factory=Counter)
    clocks: Counter[ClockKey] = field(default_factory=Counter)
    groups: Counter[tuple[str, How]] = field(default_factory=Counter)
    points: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    times: Counter[tuple[str, int]] = field(default_factory=Counter)
    late: list[Late] = field(default_factory=list)
    unresolved: list[Unresolved] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Take in what another one counted."""
        self.labels.update(other.labels)
        self.fates.update(other.fates)
        self.clocks.update(other.clocks)
        self.groups.update(other.groups)
        self.points.update(other.points)
        self.times.update(other.times)
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
        kind, system = ticket.kind.value, ticket.system or ""
        tally.labels[kind, system, ticket.department or "", ticket.priority.value] += 1
        self._became(tally, ticket, kind, system)
        late = [self._judge(clock, ticket, kind, system, waived) for clock in clocks]
        groups = {
            (contract, one.group, How.WAIVED if one.waived else How.BROKEN) for contract, one in filter(None, late)
        }
        for contract, group, how in groups:
            if how is How.BROKEN or (contract, group, How.BROKEN) not in groups:
                self._of(contract).groups[group, how] += 1

    def _of(self, contract: str) -> Tally:
        found = self.by_contract.get(contract)
        if found is None:
            found = self.by_contract[contract] = Tally()
        return found

    def _became(self, tally: Tally, ticket: Ticket, kind: str, system: str) -> None:
        course = course_of(effective(ticket.events), self.end)
        fates = tally.fates
        fates[Fate.REPORTED, kind, system] += 1
        fates[Fate.OPEN, kind, system] += course.open
        if course.settled:
            fates[Fate.SETTLED, kind, system] += 1
            fates[Fate.REOPENED, kind, system] += course.reopened
            fates[Fate.RETURNED, kind, system] += course.returned
        if ticket.state is State.CANCELLED:
            return
        fates[Fate.PROBLEM, kind, system] += 1
        if ticket.state in (State.RESOLVED, State.CONFIRMED):
            fates[Fate.RESOLVED, kind, system] += 1
        else:
            tally.unresolved.append(Unresolved(ticket.number, kind, system))
        if ticket.points is not None:
            tally.points[kind, system, ticket.points] += 1
        for name, length in course.times:
            tally.times[name, length // _SECOND] += 1

    def _judge(self, clock: Clock, ticket: Ticket, kind: str, system: str, waived: Waived) -> tuple[str, Late] | None:
        """Count a clock; what it was where it ran over, with its contract, unless it is internal."""
        how = _HOW[clock.state]
        if how is How.RUNNING and self.now > clock.due:
            how = How.BROKEN
        late: Late | None = None
        if how is How.BROKEN and not clock.internal:
            late = self._late(clock, ticket, waived)
            how = How.WAIVED if late.waived else How.BROKEN
            self._of(clock.contract).late.append(late)
        key = ClockKey(clock.name, clock.internal, kind, ticket.priority.value, system, how)
        self._of(clock.contract).clocks[key] += 1
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
            kind=ticket.kind.value,
            priority=ticket.priority.value,
            system=ticket.system or "",
            due=clock.due,
            overrun=overrun(clock, self.now),
            final=clock.state is ClockState.MISSED,
            waived=(clock.round, name) in waived,
        )


_SECOND = timedelta(seconds=1)
_HOW = {
    ClockState.MET: How.KEPT,
    ClockState.MISSED: How.BROKEN,
    ClockState.RUNNING: How.RUNNING,
    ClockState.FELL_AWAY: How.FELL_AWAY,
}


class Course(NamedTuple):
    """How a ticket went. `open`: at the end of the period; `settled`: mended at least once; `reopened`: after that;
    `returned`: after the confirmation; `times`: how long the answer, the arrival and the repair took."""

    open: bool
    settled: bool
    reopened: bool
    returned: bool
    times: tuple[tuple[str, timedelta], ...]


def course_of(events: Iterable[Event], end: datetime) -> Course:
    """The course of a ticket (its events as `effective` gives them) whose period ends at `end`. Times are those of its
    first round; the repair is the one that held, without the time in which the ticket was thought to be mended."""
    facts = iter(events)
    began = next(facts).at.astimezone(UTC)
    first, closed, confirmed = True, False, False
    answered: datetime | None = None
    arrived: datetime | None = None
    mended: datetime | None = None
    between, settled, reopened, returned = timedelta(), False, False, False
    for event in facts:
        kind = event.kind
        if kind not in TURNING:
            continue
        if kind in CLOSING:
            confirmed = confirmed or kind is not E.CANCELLED
            closed = closed or event.at < end
        elif kind is E.REOPENED:
            reopened, returned = reopened or settled, returned or confirmed
            closed = closed and event.at >= end
            if first and not confirmed and mended:
                between, mended = between + max(event.at.astimezone(UTC) - mended, timedelta()), None
            first, confirmed = first and not confirmed, False
        else:
            settled = settled or kind in MENDING
            if first:
                at = event.at.astimezone(UTC)
                answered = answered or at
                arrived = arrived or (at if kind in ARRIVING else None)
                mended = at if kind in MENDING else mended
    took = (("respond", answered, timedelta()), ("arrive", arrived, timedelta()), ("fix", mended, between))
    times = tuple((name, max(at - began - less, timedelta())) for name, at, less in took if at is not None)
    return Course(not closed, settled, reopened, returned, times)
