"""The same answers by other means: rota, ladder and figures counted naively, to hold those of the product against."""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from sla.amend import effective, in_place
from sla.clock import Clock, ClockState
from sla.contract import Contract
from sla.ledger import Entry
from sla.paging import said
from sla.rota import Team, Who
from sla.ticket import Event, EventKind, State, Ticket
from sla.worktime import Base

E = EventKind
ON_SITE = {E.ARRIVED, E.SENIOR_ARRIVED}
MENDING = {E.RESOLVED, E.LIVE, E.DELIVERED}
ENDS_PAUSE = MENDING | {E.CONTINUED, E.PAUSED, E.CANCELLED, E.CONFIRMED, E.ACCEPTED}
NOT_STRAIGHT = {E.RECLASSIFIED, E.AMENDED, E.REOPENED, E.JOINED, E.PARTED}
UNITS = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1)}
ANSWERS = {E.ACKNOWLEDGED} | ON_SITE | MENDING


# The rota


def on_call(team: Team, at: datetime) -> tuple[str, str]:
    """The first and the second on call, by counting days on the wall clock; for zones without summer time."""
    since = team.turn.since
    gone = (at.astimezone(since.tzinfo).replace(tzinfo=None) - since.replace(tzinfo=None)) // timedelta(1)
    engineers = team.turn.engineers
    place = gone // team.turn.days % len(engineers)
    first, second = engineers[place], engineers[(place + 1) % len(engineers)]
    for swap in team.exceptions:
        if swap.start <= at < swap.end:
            others = [who for who in (swap.second, first, second) if who and who != swap.first]
            return swap.first, others[0] if others else ""
    return first, second


def on_rung(team: Team, rung: str, at: datetime, person: str) -> set[str]:
    """Who may be paged on a rung; `person` stands for the first on call where somebody is called by name."""
    first, second = on_call(team, at)
    if person:
        second = next((who for who in (second, first) if who != person), "")
        first = person
    return {
        Who.GROUP: {address.address for address in team.group},
        Who.FIRST: {first},
        Who.SECOND: {second},
        Who.LEAD: {team.lead},
        Who.PROVIDER_MANAGER: set(team.provider_managers),
        Who.HOSPITAL_MANAGER: set(team.hospital_managers),
    }[Who(rung.partition("-")[0])]


def called_by_name(ticket: Ticket, kind: str, begun_by: int) -> str:
    """Whom the pages of an event are for in person; "" for the rota."""
    event = ticket.events[begun_by]
    if kind == "forgotten":  # begun by the acknowledgement, or by a correction that made it forgotten
        return assignee(ticket.events[: begun_by + 1])
    if kind == "urged":
        return assignee(ticket.events[:begun_by])
    if event.kind is E.HANDED_OVER:
        return str(event.data["to"])
    before = ticket.events[:begun_by]
    if event.kind is E.REOPENED and not confirmed(before):
        return assignee(before)
    return ""


def assignee(events: Sequence[Event]) -> str:
    """Who has the ticket after these events."""
    who = ""
    for place, event in enumerate(events):
        if event.kind is E.ACKNOWLEDGED:
            who = event.by
        elif event.kind is E.HANDED_OVER:
            who = event.data["to"]
        elif event.kind is E.REOPENED and confirmed(events[:place]):
            who = ""
    return who


def confirmed(events: Sequence[Event]) -> bool:
    """Whether the last word about the repair was that it works."""
    for event in reversed(events):
        if event.kind in (E.CONFIRMED, E.ACCEPTED):
            return True
        if event.kind in (E.REOPENED, E.RESOLVED, E.LIVE, E.DELIVERED):
            return False
    return False


def known_at(ticket: Ticket, at: datetime) -> tuple[Event, ...]:
    """The events that were known at an instant, as they counted then: one that never happened is a mere note."""
    return in_place(tuple(event for event in ticket.events if said(event) <= at))


# Clocks


def is_over(clock: Clock, now: datetime) -> bool:
    """Whether a clock ran over its deadline and its grace: stopped too late, or going on, and not standing still."""
    if clock.state is not ClockState.RUNNING:
        return clock.state is ClockState.MISSED
    return clock.latest < now and not clock.is_paused(now)


def look_by(clock: Clock, now: datetime) -> datetime | None:
    """The last instant by which somebody has to look at a running clock again: its end, or that of its pause; None for
    one that stands still until somebody says otherwise."""
    if not clock.is_paused(now):
        return clock.latest
    return min(clock.latest, clock.paused_until) if clock.paused_until else None


def due_with_pauses(ticket: Ticket, clock: Clock, contract: Contract | None) -> datetime | None:
    """The deadline of a clock of plain time, counted on one's fingers: its length and that of its pauses. None where
    it is not so simple: no pause, or one without end, or a ticket that did not go straight from the report on."""
    kinds = {event.kind for event in ticket.events}
    rule = clock.rule
    if contract is None or E.PAUSED not in kinds or kinds & NOT_STRAIGHT or clock.start != ticket.reported_at:
        return None
    if rule.base is not Base.ELAPSED or clock.contract != contract.id or clock.floored:
        return None
    due = (clock.start + rule.amount * UNITS[rule.unit]) if rule.unit in UNITS else None
    for place, event in enumerate(ticket.events):
        pause = contract.pause(str(event.data["pause"])) if event.kind is E.PAUSED else None
        if due is None or pause is None or rule.name not in pause.clocks or event.at > due:
            continue
        ends = [each.at for each in ticket.events[place + 1 :] if each.kind in ENDS_PAUSE or each.kind in pause.ends]
        by_itself = [event.at + pause.at_most] if pause.at_most else []
        due = due + (min(ends[:1] + by_itself) - event.at) if ends or by_itself else None
    return due


def ledger_name(clock: Clock) -> str:
    """A clock's name in the ledger."""
    return clock.key.partition("/")[2]


# Figures


def figures(cases: Iterable[tuple[Ticket, Sequence[Clock]]], entries: Iterable[Entry], now: datetime) -> dict[str, Any]:
    """What `sla.figures.figures` says, by plain loops; names as there."""
    sums: dict[str, Any] = {"tickets": 0, "open": 0, "by_kind": {}, "by_priority": {}, "by_system": {}, "clocks": {}}
    points: list[int] = []
    entries = list(entries)
    waived = _waived(entries)
    times: dict[str, list[timedelta]] = {"respond": [], "arrive": [], "fix": []}
    for ticket, clocks in cases:
        sums["tickets"] += 1
        sums["open"] += ticket.state not in (State.CONFIRMED, State.CANCELLED)
        for name, value in (("kind", ticket.kind), ("priority", ticket.priority), ("system", ticket.system or "")):
            counted = sums[f"by_{name}"]
            counted[str(value)] = counted.get(str(value), 0) + 1
        for clock in clocks:
            _count(sums["clocks"], clock, now, waived=(ticket.number, clock.round, ledger_name(clock)) in waived)
        if ticket.points is not None:
            points.append(ticket.points)
        if ticket.state is not State.CANCELLED:
            for name, kinds in (("respond", ANSWERS), ("arrive", ON_SITE), ("fix", MENDING)):
                took = _took(ticket, kinds)
                if took is not None:
                    times[name].append(timedelta(seconds=max(int(took.total_seconds()), 0)))
    sums |= {name: spread(found) for name, found in times.items()}
    sums["breaches"] = breaches(entries)
    sums["satisfaction"] = Fraction(sum(points), len(points)) if points else None
    sums["rated"] = len(points)
    return sums


def uncorrected(entries: Iterable[Entry]) -> set[tuple[int, str]]:
    """The clocks (round, name) of one ticket whose breach was recorded and not corrected since, waived or not."""
    found: set[tuple[int, str]] = set()
    for entry in entries:
        if entry.clock.startswith("quota:"):
            continue
        if entry.kind == "breach":
            found.add((entry.round, entry.clock))
        elif entry.kind == "correction":
            found.discard((entry.round, entry.clock))
    return found


def _waived(entries: Iterable[Entry]) -> set[tuple[int, int, str]]:
    found: dict[tuple[int, int, str], bool] = {}
    for entry in entries:
        if entry.kind in ("waiver", "unwaived", "breach"):
            found[entry.ticket, entry.round, entry.clock] = entry.kind == "waiver"
    return {key for key, is_waived in found.items() if is_waived}


def _count(counted: dict[tuple[str, str], tuple[int, int]], clock: Clock, now: datetime, *, waived: bool) -> None:
    over = is_over(clock, now)
    if clock.internal or (over and waived) or not (over or clock.state is ClockState.MET):
        return
    kept, broken = counted.get((clock.contract, clock.name), (0, 0))
    counted[clock.contract, clock.name] = (kept + (not over), broken + over)


def _took(ticket: Ticket, kinds: set[EventKind]) -> timedelta | None:
    """From the report to the first such event of the first round; a repair that did not hold is none, and the time in
    which it was thought to hold is left out."""
    found: datetime | None = None
    thought = timedelta()
    for event in _first_round(ticket):
        if event.kind in kinds and (found is None or kinds is MENDING):
            found = event.at
        elif event.kind is E.REOPENED and kinds is MENDING and found:
            thought, found = thought + max(event.at - found, timedelta()), None
    return None if found is None else found - ticket.reported_at - thought


def _first_round(ticket: Ticket) -> Iterable[Event]:
    for event in effective(ticket.events):
        if event.kind in (E.CONFIRMED, E.ACCEPTED):
            return
        yield event


def spread(times: list[timedelta]) -> tuple[int, timedelta, timedelta] | None:
    """Count, median and 90th percentile by nearest rank."""
    if not times:
        return None
    ordered = sorted(times)
    half, most = math.ceil(len(ordered) * 0.5), -(-len(ordered) * 9 // 10)
    return len(ordered), ordered[half - 1], ordered[most - 1]


def breaches(entries: Iterable[Entry]) -> dict[tuple[str, str], int]:
    """Tickets with a breach that stands and was not waived, by contract and group."""
    standing: dict[int, Entry] = {}
    waived: set[int | None] = set()
    for entry in entries:
        if entry.clock.startswith("quota:"):
            continue
        if entry.kind == "breach":
            standing[entry.seq] = entry
        elif entry.kind == "correction":
            standing.pop(entry.refers_to or 0, None)
        elif entry.kind in ("waiver", "unwaived"):
            (waived.add if entry.kind == "waiver" else waived.discard)(entry.refers_to)
    found: dict[tuple[str, str], set[int]] = {}
    for entry in (entry for seq, entry in standing.items() if seq not in waived):
        found.setdefault((entry.contract, entry.group or entry.clock.split("/")[0]), set()).add(entry.ticket)
    return {key: len(tickets) for key, tickets in found.items()}
