"""Many reports of one fault: which are alike, when they are one incident, how grave that makes it, who is told when.

Reports are alike when they are faults of one system under one contract, down or degraded, and none is particular to
one thing: a device, one patient, one account, data to be put right, one place while others work. Being alike is a
property of each report by itself, so that the order in which they come decides who leads, never who belongs together.
Pure; instants are aware.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sla.fold import fold
from sla.labels import PRIORITY_ORDER, Kind, Scope, Severity
from sla.ticket import Event, EventKind, Ticket

WIDE_DEPARTMENTS = 3
"""So many departments concern the whole hospital,"""
WIDE_PEOPLE, WIDE_PEOPLE_FROM = 8, 2
"""or so many people, from so many departments."""
TOLD_AT = (3, 8, 20, 50)
"""At so many people who works on it is told, and at every doubling of the last."""
SCOPES = (Scope.HOSPITAL, Scope.DEPARTMENT, Scope.WORKSTATION)
SEVERITIES = (Severity.DOWN, Severity.DEGRADED, Severity.MINOR)
COUNTED, GRAVER, FEWER = "counted", "graver", "fewer"
"""What a RECLASSIFIED event of an incident's first ticket names as its cause: so many people, a graver report that
joined, or that there are fewer again. One without these is somebody's word."""
LABELS = ("scope", "severity", "priority", "disaster")


@dataclass(frozen=True, slots=True)
class Size:
    """An incident by its numbers: people who reported it, departments they are of (unknown ones do not count), and the
    instant of the latest report. What was withdrawn does not count."""

    people: int
    departments: int
    latest: datetime

    @property
    def is_wide(self) -> bool:
        """Whether it concerns the whole hospital."""
        several = self.people >= WIDE_PEOPLE and self.departments >= WIDE_PEOPLE_FROM
        return several or self.departments >= WIDE_DEPARTMENTS


def apart(ticket: Ticket) -> str:
    """Why a ticket is alike to no other: the rule's id; "" where it may be part of an incident, or lead one."""
    why = ticket.events[0].data.get("why") or {}
    if ticket.kind is not Kind.FAULT:
        return "no-fault"
    if ticket.system is None:
        return "system-unknown"
    if ticket.severity not in (Severity.DOWN, Severity.DEGRADED):
        return "minor"
    if why.get("particular"):
        return "particular"
    return "taken-out" if was_taken_out(ticket) else ""


def was_taken_out(ticket: Ticket) -> bool:
    """Whether somebody said that it is not what others reported: it is never joined by itself again."""
    return any(event.kind in (EventKind.PARTED, EventKind.NOTED) and event.data.get("wrong") for event in ticket.events)


def alike(ticket: Ticket, first: Ticket) -> bool:
    """Whether both report what may be one fault."""
    same = (ticket.system, ticket.contract) == (first.system, first.contract)
    return same and not apart(ticket) and not apart(first)


def is_within(at: datetime, latest: datetime, window: timedelta) -> bool:
    """Whether a report of `at` comes within the window after the incident's latest; a window of nought is never."""
    return timedelta() < window and at <= latest + window


def why_joined(ticket: Ticket, latest: datetime) -> str:
    """The rule by which it was joined, with what fired it, as labels have theirs: for people who ask."""
    minutes = max(0, int((ticket.reported_at - latest).total_seconds()) // 60)
    return f"alike-within-window: {ticket.system} {ticket.severity}, {minutes} min after the latest"


def milestone(people: int) -> int:
    """The greatest number up to `people` at which who works on it is told; 0 where there is none."""
    passed = [number for number in TOLD_AT if number <= people]
    if len(passed) < len(TOLD_AT):
        return passed[-1] if passed else 0
    number = TOLD_AT[-1]
    while number * 2 <= people:
        number *= 2
    return number


# How grave it is


def graver(ticket: Ticket, other: Ticket) -> dict[str, Any]:
    """The labels of the other that are graver than the ticket's own."""
    found: dict[str, Any] = {}
    for name, order in (("scope", SCOPES), ("severity", SEVERITIES), ("priority", PRIORITY_ORDER)):
        mine, its = getattr(ticket, name), getattr(other, name)
        if its is not None and (mine is None or order.index(its) < order.index(mine)):
            found[name] = str(its)
    return found | ({"disaster": True} if other.disaster and not ticket.disaster else {})


def by_itself(first: Ticket) -> Ticket:
    """The first ticket with the labels that it would have without what the others of its incident made graver."""
    events = (_noted(event) if cause(event) else event for event in first.events)
    return fold(first.number, events)


def cause(event: Event) -> str:
    """Why an incident relabelled its first ticket; "" for every other event."""
    if event.kind is not EventKind.RECLASSIFIED:
        return ""
    return next((name for name in (COUNTED, GRAVER, FEWER) if name in event.data), "")


def _noted(event: Event) -> Event:
    return replace(event, kind=EventKind.NOTED, data={})


def is_counted(first: Ticket) -> bool:
    """Whether its scope was raised because of how many reported it, and that was not taken back."""
    causes = [cause(event) for event in first.events if cause(event) in (COUNTED, FEWER)]
    return causes[-1:] == [COUNTED]


def is_decided(first: Ticket) -> bool:
    """Whether somebody put its labels right after the incident raised them: then that stands."""
    for event in reversed(first.events):
        if cause(event):
            return False
        if event.kind is EventKind.RECLASSIFIED and any(name in event.data for name in LABELS):
            return True
    return False


def remaining(first: Ticket, others: Iterable[Ticket]) -> Ticket:
    """The first ticket with the gravest labels of its own and of those that are joined to it, uncounted."""
    found = by_itself(first)
    for other in others:
        changes = graver(found, other)
        event = Event(EventKind.RECLASSIFIED, found.reported_at, data=changes)
        found = fold(found.number, (*found.events, event)) if changes else found
    return found


def differences(one: Ticket, other: Ticket) -> dict[str, Any]:
    """The labels of `other` that differ from those of `one`, as data of an event."""
    found = {name: getattr(other, name) for name in LABELS if getattr(other, name) != getattr(one, name)}
    return {name: value if isinstance(value, bool) else str(value) for name, value in found.items()}
