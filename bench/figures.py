"""Figures: a year of 100,000 tickets in memory, folded into sums with all their clocks; beside a plain recount that
asks one question after the other, and beside two processes whose sums are merged."""

import argparse
import gc
import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sla.clock import Clock, ClockState, clocks_of
from sla.figures import Figures, figures_of
from sla.figures_sums import ANSWERED, ARRIVING, MENDING, Sums
from sla.fold import fold
from sla.rules import Rules
from sla.ticket import Event, EventKind, State, Ticket
from storage.files import packaged_rules

E = EventKind
ZONE = ZoneInfo("Asia/Shanghai")
FIRST, AFTER = datetime(2026, 1, 1, tzinfo=ZONE), datetime(2027, 1, 1, tzinfo=ZONE)
KINDS = ("fault",) * 12 + ("consult",) * 4 + ("data_fix", "service", "change", "training")
PRIORITIES = ("critical", "high", "medium", "medium", "low")
DEPARTMENTS = tuple(f"department-{number}" for number in range(40))
TIMES = 3
RULES: Rules = packaged_rules()
FORKED: list[Ticket] = []
"""What the other processes read: they are forked, nothing is copied to them."""


def _ticket(number: int, chance: random.Random) -> Ticket:
    """One ticket: most are answered, mended and confirmed; some late, reopened, relabelled, withdrawn or still open."""
    contract = chance.choice(tuple(RULES.contracts.values()))
    at = (FIRST + (AFTER - FIRST) * chance.random()).astimezone(UTC)  # as the store gives it
    kind = chance.choice(KINDS)
    data = {
        "kind": kind,
        "priority": chance.choice(PRIORITIES),
        "system": chance.choice(contract.systems),
        "department": chance.choice(DEPARTMENTS),
        "contract": contract.id,
        "contract_version": contract.version,
    }
    events = [Event(E.REPORTED, at, f"n{number % 300}", data)]

    def then(what: EventKind, minutes: float, **more: str | int) -> None:
        nonlocal at
        at += timedelta(minutes=chance.expovariate(1 / minutes))
        events.append(Event(what, at, "engineer", more))

    fate = chance.random()
    if fate < 0.03:
        then(E.CANCELLED, 20)
    elif fate < 0.98:
        then(E.ACKNOWLEDGED, 12)
        if fate < 0.08:
            then(E.RECLASSIFIED, 10, priority="high")
        if fate > 0.6 and kind == "fault":
            then(E.ARRIVED, 40)
        if kind == "change":
            then(E.ASSESSED, 2000)
        then(E.LIVE if kind == "change" else E.RESOLVED, 90)
        if 0.10 < fate < 0.15:
            then(E.REOPENED, 60)
            then(E.LIVE if kind == "change" else E.RESOLVED, 60)
        then(E.CONFIRMED, 300)
        if fate > 0.7:
            then(E.RATED, 30, points=chance.choice((100, 90, 70, 40)))
    return fold(number, events)


def _clocks(ticket: Ticket) -> Sequence[Clock]:
    return clocks_of(ticket, RULES.contract_of(ticket), RULES.calendar, RULES.versions)


def folded(tickets: Sequence[Ticket]) -> Sums:
    """The product: one look at each ticket."""
    sums = Sums(AFTER, AFTER)
    for ticket in tickets:
        sums.add(ticket, _clocks(ticket))
    return sums


def _part(bounds: tuple[int, int]) -> Sums:
    return folded(FORKED[bounds[0] : bounds[1]])


def in_processes(tickets: Sequence[Ticket], processes: int) -> Sums:
    """The same in several processes, whose sums are merged."""
    FORKED[:] = tickets
    step = -(-len(tickets) // processes)
    parts = [(start, start + step) for start in range(0, len(tickets), step)]
    total = Sums(AFTER, AFTER)
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        for sums in pool.imap(_part, parts):
            total.merge(sums)
    return total


# the recount: what somebody writes who needs the numbers once


def _took(ticket: Ticket, kinds: frozenset[EventKind]) -> timedelta | None:
    for event in ticket.events:
        if event.kind is E.CONFIRMED:
            return None
        if event.kind in kinds:
            return event.at - ticket.reported_at
    return None


def _over(clock: Clock) -> bool:
    return clock.state is ClockState.MISSED or (clock.state is ClockState.RUNNING and clock.due < AFTER)


def recounted(tickets: Sequence[Ticket]) -> dict[str, object]:
    """One question after the other, each over all tickets."""
    clocks = {ticket.number: _clocks(ticket) for ticket in tickets}
    every = [(ticket, clock) for ticket in tickets for clock in clocks[ticket.number]]
    names = {(clock.contract, clock.name) for _, clock in every}
    to_do = [ticket for ticket in tickets if ticket.state is not State.CANCELLED]
    points = [ticket.points for ticket in to_do if ticket.points is not None]
    times = {
        name: sorted(time for ticket in to_do if (time := _took(ticket, kinds)) is not None)
        for name, kinds in (("respond", ANSWERED), ("arrive", ARRIVING), ("fix", MENDING))
    }
    return {
        "tickets": len(tickets),
        "by_kind": Counter(ticket.kind.value for ticket in tickets),
        "by_system": Counter(ticket.system for ticket in tickets),
        "by_department": Counter(ticket.department for ticket in tickets),
        "by_priority": Counter(ticket.priority.value for ticket in tickets),
        "kept": {
            name: sum((c.contract, c.name) == name and c.state is ClockState.MET for _, c in every) for name in names
        },
        "broken": {name: sum((c.contract, c.name) == name and _over(c) for _, c in every) for name in names},
        "breaches": Counter({(c.contract, c.group or c.name, t.number): 1 for t, c in every if _over(c)}),
        "resolved": sum(ticket.state in (State.RESOLVED, State.CONFIRMED) for ticket in to_do),
        "satisfaction": sum(points) / len(points) if points else None,
        "medians": {name: found[(len(found) - 1) // 2] for name, found in times.items() if found},
    }


def _agree(figures: Figures, naive: dict[str, object]) -> None:
    """Both counted the same, or the bench is worth nothing."""
    same = {
        "tickets": figures.tickets,
        "by_kind": figures.by_kind,
        "by_department": figures.by_department,
        "kept": {name: kept.kept for name, kept in figures.clocks.items()},
        "broken": {name: kept.broken for name, kept in figures.clocks.items()},
        "resolved": figures.resolution.part,
    }
    for name, value in same.items():
        if value != naive[name]:
            raise RuntimeError(f"{name}: {value} is not {naive[name]}")


def main(arguments: list[str]) -> None:
    """Make the tickets, fold them three times each way, and print the best of each."""
    parser = argparse.ArgumentParser(prog="python -m bench figures")
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=2)
    options, _ = parser.parse_known_args(arguments)
    chance = random.Random(7)
    tickets = [_ticket(number, chance) for number in range(1, options.tickets + 1)]
    events = sum(len(ticket.events) for ticket in tickets)
    gc.collect()
    gc.freeze()  # the year in memory is the bench's own: the product reads it in a stream
    print(f"figures: {len(tickets):,} tickets, {events:,} events in memory, of five contracts")
    used = time.process_time()
    figures, seconds = _best(lambda: folded(tickets))
    used = (time.process_time() - used) / TIMES
    _print("one process", seconds, len(tickets))
    _print("of it, processor time", used, len(tickets))
    begun = time.perf_counter()
    naive = recounted(tickets)
    _print("plain recount", time.perf_counter() - begun, len(tickets))
    _agree(figures, naive)
    merged, seconds = _best(lambda: in_processes(tickets, options.processes))
    _print(f"{options.processes} processes, merged", seconds, len(tickets))
    if merged != figures:
        raise RuntimeError("what the processes counted is not what one of them counts")


def _best(way: Callable[[], Sums]) -> tuple[Figures, float]:
    """The figures and the shortest of the times."""
    found: list[tuple[float, Figures]] = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        figures = figures_of(way())
        found.append((time.perf_counter() - begun, figures))
    return found[0][1], min(seconds for seconds, _ in found)


def _print(name: str, seconds: float, tickets: int) -> None:
    print(f"figures: {name:24} {seconds:6.2f} s  ({seconds / tickets * 1e6:.0f} µs a ticket)", flush=True)
