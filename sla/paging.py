"""Why and since when somebody is paged for a ticket: read from its events alone.

Paging begins with the report, a hand-over, a reopening, a change that gives the ticket to another team or makes it
critical, and when it is taken out of an incident. What the others of an incident make graver lets the ladder go on, by
the steps of the new priority: who was called is not called for it anew. Whoever acts on the ticket ends it. A report
without a system, or of what is known to fail, that is not critical first waits for the answer to the bot's question.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sla.amend import in_place
from sla.incident import cause
from sla.labels import Priority
from sla.ticket import CLOSED, ENGINEER_ACTS, Event, EventKind, State, Ticket

E = EventKind
ENDS = ENGINEER_ACTS | {E.RESOLVED, E.CANCELLED, E.CONFIRMED, E.ACCEPTED, E.JOINED}
BEGINS = frozenset({E.REPORTED, E.RECLASSIFIED, E.HANDED_OVER, E.REOPENED, E.PARTED, E.AMENDED})
"""Events that may begin a page, or change what those before them count for."""
URGE_EVERY = timedelta(minutes=10)
"""Urged more often than this, nobody is paged again."""


class Reason(StrEnum):
    """Why a page is sent."""

    NEW = "new"
    AGAIN = "again"
    FORGOTTEN = "forgotten"
    HANDED_OVER = "handed_over"
    REOPENED = "reopened"
    URGED = "urged"


@dataclass(frozen=True, slots=True)
class Paging:
    """Somebody is to be paged since `since` (UTC), begun by event number `begun_by`.

    `person` is paged before the ladder is climbed; "" for the ladder as it stands. `contract` is the one whose team is
    paged; `waits`: for the system's name.
    """

    begun_by: int
    since: datetime
    reason: Reason
    contract: str | None
    person: str = ""
    waits: bool = False


def said(event: Event) -> datetime:
    """When an event became known, in UTC: nobody can be paged before."""
    return max(event.at, event.recorded_at or event.at).astimezone(UTC)


def paging(ticket: Ticket, question_wait: timedelta, team_of: Callable[[str | None], str]) -> Paging | None:
    """The paging that goes on for a ticket, None when somebody answered or nobody is needed.

    `team_of` gives the id of the team that serves a contract.
    """
    if not ticket.is_working or ticket.incident is not None or _is_answered(ticket.events):
        return None
    walk = _Walk(question_wait, team_of)
    for index, event in enumerate(in_place(ticket.events)):
        walk.take(index, event)
    return walk.paging


def _is_answered(events: tuple[Event, ...]) -> bool:
    """Whether somebody acted on it and nothing since then could begin a page: so it is with most that are open."""
    for event in reversed(events):
        if event.kind in BEGINS:
            return False
        if event.kind in ENDS:
            return True
    return False


def is_asked(ticket: Ticket) -> bool:
    """Whether a page waits because the reporter was asked whether the fault is one that is known."""
    told = [event.data for event in ticket.events if event.data.get("asked") or event.data.get("answered")]
    return ticket.priority is not Priority.CRITICAL and bool(told) and bool(told[-1].get("asked"))


def urges(ticket: Ticket) -> tuple[tuple[int, datetime], ...]:
    """The reporter's calls to hurry that nobody has acted on since: number of the event and instant, UTC."""
    if not ticket.is_working or ticket.incident is not None:
        return ()
    found: list[tuple[int, datetime]] = []
    for index, event in enumerate(in_place(ticket.events)):
        if event.kind in ENDS:
            found.clear()
        elif event.kind is E.URGED and (not found or said(event) >= found[-1][1] + URGE_EVERY):
            found.append((index, said(event)))
    return tuple(found)


class _Walk:
    """Goes through the events once and keeps the paging that is under way."""

    def __init__(self, question_wait: timedelta, team_of: Callable[[str | None], str]) -> None:
        self.question_wait = question_wait
        self.team_of = team_of
        self.paging: Paging | None = None
        self.system: str | None = None
        self.contract: str | None = None
        self.critical = False
        self.assignee = ""
        self.confirmed = False
        self.untrue: set[int] = set()
        self.asked = False

    def take(self, index: int, event: Event) -> None:
        kind = event.kind
        if kind is E.REPORTED:
            self._label(event)
            waits = self.system is None and not self.critical
            since = said(event) + self.question_wait if waits else said(event)
            self.paging = Paging(index, since, Reason.NEW, self.contract, waits=waits)
        elif kind is E.RECLASSIFIED:
            self._reclassified(index, event)
        elif kind is E.HANDED_OVER:
            self.assignee = event.data["to"]
            self._begin(index, event, Reason.HANDED_OVER, self.assignee)
        elif kind is E.REOPENED:
            # A new round goes to whoever is on call now, the same round to whoever worked on it.
            self._begin(index, event, Reason.REOPENED, "" if self.confirmed else self.assignee)
            self.confirmed = False
        elif kind is E.PARTED or (event.data.get("event") in self.untrue and self.paging is not None):
            # Whoever seemed to have acted has not: it was nobody's all along, and somebody is called anew.
            self._begin(index, event, Reason.NEW, "")
        elif kind is E.NOTED:
            self._noted(index, event)
        elif kind in ENDS:
            self.paging = None
            self.confirmed = kind in (E.CONFIRMED, E.ACCEPTED)
            if kind is E.ACKNOWLEDGED:
                self.assignee = event.by

    def _noted(self, index: int, event: Event) -> None:
        """What was voided; a question whether the fault is known, for whose answer what is not critical waits."""
        if event.data.get("voided") in ENDS:
            self.untrue.add(index)
        going_on = self.paging
        if going_on and event.data.get("asked") and not (self.critical or going_on.waits):
            self.asked = True
            self.paging = replace(going_on, since=said(event) + self.question_wait, waits=True)
        elif going_on and going_on.waits and self.asked and event.data.get("answered"):
            self.paging = replace(going_on, since=min(going_on.since, said(event)), waits=False)

    def _begin(self, index: int, event: Event, reason: Reason, person: str) -> None:
        # Of an incident that goes on under another ticket: since it began under the first.
        since = datetime.fromisoformat(event.data["since"]) if "since" in event.data else said(event)
        self.paging = Paging(index, since, reason, self.contract, person)

    def _label(self, event: Event) -> None:
        self.system = event.data.get("system", self.system)
        self.contract = event.data.get("contract", self.contract)
        if "priority" in event.data:
            self.critical = event.data["priority"] == Priority.CRITICAL

    def _reclassified(self, index: int, event: Event) -> None:
        was_critical, team = self.critical, self.team_of(self.contract)
        self._label(event)
        going_on = self.paging
        if going_on and going_on.waits and ("system" in event.data or self.critical):
            since = min(going_on.since, said(event))
            self.paging = replace(going_on, since=since, contract=self.contract, waits=False)
        elif self.team_of(self.contract) != team or (
            going_on and self.critical and not was_critical and not cause(event)
        ):
            self._begin(index, event, Reason.NEW, "")
        elif going_on:
            self.paging = replace(going_on, contract=self.contract)


def is_closed(ticket: Ticket) -> bool:
    """Whether nobody has to be told anything about it any more."""
    return ticket.state in CLOSED or ticket.incident is not None


def awaits_confirmation(ticket: Ticket) -> bool:
    """Whether it is mended and the reporter has not said so yet."""
    return ticket.state is State.RESOLVED and ticket.incident is None


def is_asked_again(ticket: Ticket, steps: Collection[str]) -> bool:
    """Whether a ticket that somebody has taken waits for somebody to take it again: it was reopened, or forgotten, or
    given to another team by a change of contract, and paged for that (`steps` are the keys of what was done)."""
    events = in_place(ticket.events)
    for index in range(len(events) - 1, -1, -1):
        kind = events[index].kind
        if kind is E.ACKNOWLEDGED:
            return any(key.startswith(f"forgotten/{index}/") for key in steps)
        if kind is E.RECLASSIFIED and any(key.startswith(f"page/{index}/") for key in steps):
            return ticket.is_working
        if kind in (E.REOPENED, E.HANDED_OVER, E.PARTED):
            return ticket.is_working
        if kind in ENDS:
            return False
    return False
