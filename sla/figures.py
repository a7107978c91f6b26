"""Figures of a month: facts folded into counts, rates and times. Pure: tickets and ledger entries in, figures out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla.amend import effective
from sla.clock import Clock, ClockState, is_overdue
from sla.ledger import Entry, standing
from sla.ticket import Event, EventKind, State, Ticket

E = EventKind
ANSWERED = frozenset({E.ACKNOWLEDGED, E.ARRIVED, E.SENIOR_ARRIVED, E.RESOLVED, E.LIVE, E.DELIVERED})
ARRIVED = frozenset({E.ARRIVED, E.SENIOR_ARRIVED})
MENDED = frozenset({E.RESOLVED, E.LIVE, E.DELIVERED})


@dataclass(frozen=True, slots=True)
class Kept:
    """How one clock of one contract was kept. Only clocks that came to an end, or ran over, count."""

    kept: int
    broken: int

    @property
    def rate(self) -> float:
        """The part that was kept, from 0 to 1."""
        return self.kept / (self.kept + self.broken)


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took: median and 90th percentile of `count` times."""

    count: int
    median: timedelta
    p90: timedelta


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures. `clocks` by (contract, clock); `breaches` by (contract, group), at most one a ticket in each, where
    a clock outside all groups is a group of its own; `satisfaction` is the average of the points, None without any.
    `respond`, `arrive`, `fix`: None where it never happened.
    """

    tickets: int
    open: int
    by_kind: Mapping[str, int]
    by_priority: Mapping[str, int]
    by_system: Mapping[str, int]
    clocks: Mapping[tuple[str, str], Kept]
    respond: Spread | None
    arrive: Spread | None
    fix: Spread | None
    breaches: Mapping[tuple[str, str], int]
    satisfaction: float | None
    rated: int


def figures(cases: Iterable[tuple[Ticket, Sequence[Clock]]], entries: Iterable[Entry], now: datetime) -> Figures:
    """The figures of these tickets with their clocks, and of these ledger entries (by seq), as known at `now`."""
    known = list(cases)
    tickets = [ticket for ticket, _ in known]
    points = [ticket.points for ticket in tickets if ticket.points is not None]
    return Figures(
        tickets=len(tickets),
        open=sum(ticket.is_open for ticket in tickets),
        by_kind=_counted(ticket.kind.value for ticket in tickets),
        by_priority=_counted(ticket.priority.value for ticket in tickets),
        by_system=_counted(ticket.system or "" for ticket in tickets),
        clocks=kept_by_clock((clock for _, clocks in known for clock in clocks), now),
        respond=_spread(tickets, ANSWERED),
        arrive=_spread(tickets, ARRIVED),
        fix=_spread(tickets, MENDED),
        breaches=breaches_by_group(entries),
        satisfaction=sum(points) / len(points) if points else None,
        rated=len(points),
    )


def kept_by_clock(clocks: Iterable[Clock], now: datetime) -> dict[tuple[str, str], Kept]:
    """How often each clock of each contract was kept and broken; internal targets do not count."""
    kept: Counter[tuple[str, str]] = Counter()
    broken: Counter[tuple[str, str]] = Counter()
    for clock in clocks:
        key = (clock.contract, clock.name)
        if not clock.internal:
            kept[key] += clock.state is ClockState.MET
            broken[key] += is_overdue(clock, now)
    return {key: Kept(kept[key], broken[key]) for key in sorted(kept) if kept[key] + broken[key]}


def breaches_by_group(entries: Iterable[Entry]) -> dict[tuple[str, str], int]:
    """The breaches that stand, counted at most once a ticket and group."""
    counted = {
        (entry.contract, entry.group or entry.clock.partition("/")[0], entry.ticket) for entry in standing(entries)
    }
    return dict(sorted(Counter((contract, group) for contract, group, _ in counted).items()))


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(Counter(words).most_common())


def _spread(tickets: Iterable[Ticket], kinds: frozenset[EventKind]) -> Spread | None:
    times = sorted(time for ticket in tickets if (time := _time_to(ticket, kinds)) is not None)
    if not times:
        return None
    return Spread(len(times), _percentile(times, 50), _percentile(times, 90))


def _time_to(ticket: Ticket, kinds: frozenset[EventKind]) -> timedelta | None:
    """From the report to the first such event of the first round; None for a cancelled ticket or without one."""
    if ticket.state is State.CANCELLED:
        return None
    event = _first(effective(ticket.events), kinds)
    return max(event.at - ticket.reported_at, timedelta()) if event else None


def _first(events: Iterable[Event], kinds: frozenset[EventKind]) -> Event | None:
    for event in events:
        if event.kind in (E.CONFIRMED, E.ACCEPTED):
            return None
        if event.kind in kinds:
            return event
    return None


def _percentile(times: Sequence[timedelta], percent: int) -> timedelta:
    """The smallest time that at least so many percent of the times do not exceed (nearest rank)."""
    return times[max(0, -(-len(times) * percent // 100) - 1)]
