"""The ticket: its events are the record, everything else is folded from them.

    REPORTED ── acknowledged ─> ACKNOWLEDGED ── arrived ─> ON_SITE
        └───────────┴── resolved (a change: delivered, live) ──┴─> RESOLVED ── confirmed, accepted ─> CONFIRMED
    RESOLVED ── reopened ─> ACKNOWLEDGED (the same round goes on)
    CONFIRMED ── reopened ─> REPORTED (a new round with new clocks)
    any open state ── cancelled ─> CANCELLED

`TRANSITIONS` is that picture as a table, with every event that changes no state as well.
`sla.fold` makes a ticket from events. Deadlines are no part of it: `sla.clock` derives them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sla.errors import Refused
from sla.labels import Kind, Priority, Scope, Severity


class State(StrEnum):
    """Where a ticket stands."""

    REPORTED = "reported"
    ACKNOWLEDGED = "acknowledged"
    ON_SITE = "on_site"
    RESOLVED = "resolved"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


WORKING = frozenset({State.REPORTED, State.ACKNOWLEDGED, State.ON_SITE})
OPEN = WORKING | {State.RESOLVED}
CLOSED = frozenset({State.CONFIRMED, State.CANCELLED})


class EventKind(StrEnum):
    """What can happen to a ticket."""

    REPORTED = "reported"
    ACKNOWLEDGED = "acknowledged"
    NOBODY_NEEDED = "nobody_needed"
    REMOTE_FAILED = "remote_failed"
    ARRIVED = "arrived"
    SENIOR_ARRIVED = "senior_arrived"
    CAUSE_RECORDED = "cause_recorded"
    PLAN_SUBMITTED = "plan_submitted"
    PLAN_APPROVED = "plan_approved"
    PLAN_REFUSED = "plan_refused"
    RESOLVED = "resolved"
    CONFIRMED = "confirmed"
    REOPENED = "reopened"
    CANCELLED = "cancelled"
    HANDED_OVER = "handed_over"
    ASSESSED = "assessed"
    SOLUTION_GIVEN = "solution_given"
    BUILT = "built"
    LIVE = "live"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    RECLASSIFIED = "reclassified"
    JOINED = "joined"
    PARTED = "parted"
    NOTED = "noted"
    URGED = "urged"
    RATED = "rated"
    VERIFIED = "verified"
    PAUSED = "paused"
    CONTINUED = "continued"
    AMENDED = "amended"
    OUTAGE = "outage"


E, S = EventKind, State

TRANSITIONS: Mapping[EventKind, tuple[frozenset[State], State | None]] = {
    # event: (states in which it may happen, the state it leads to; None leaves the state as it is)
    E.ACKNOWLEDGED: (WORKING, S.ACKNOWLEDGED),
    E.NOBODY_NEEDED: (WORKING, None),
    E.REMOTE_FAILED: (WORKING, None),
    E.ARRIVED: (WORKING, S.ON_SITE),
    E.SENIOR_ARRIVED: (WORKING, S.ON_SITE),
    E.CAUSE_RECORDED: (OPEN | {S.CONFIRMED}, None),  # a report on the cause may be due after the end
    E.PLAN_SUBMITTED: (WORKING, None),
    E.PLAN_APPROVED: (WORKING, None),
    E.PLAN_REFUSED: (WORKING, None),
    E.RESOLVED: (WORKING, S.RESOLVED),
    E.CONFIRMED: (frozenset({S.RESOLVED}), S.CONFIRMED),
    E.REOPENED: (frozenset({S.RESOLVED, S.CONFIRMED}), None),  # see _reopened: where to depends on where from
    E.CANCELLED: (WORKING, S.CANCELLED),
    E.HANDED_OVER: (WORKING, None),
    E.ASSESSED: (WORKING, None),
    E.SOLUTION_GIVEN: (WORKING, None),
    E.BUILT: (WORKING, None),
    E.LIVE: (WORKING, S.RESOLVED),
    E.DELIVERED: (WORKING, S.RESOLVED),
    E.ACCEPTED: (frozenset({S.RESOLVED}), S.CONFIRMED),
    E.RECLASSIFIED: (OPEN, None),
    E.JOINED: (OPEN, None),
    E.PARTED: (OPEN, None),
    E.NOTED: (frozenset(S), None),
    E.URGED: (WORKING, None),
    E.RATED: (frozenset({S.RESOLVED, S.CONFIRMED}), None),
    E.VERIFIED: (frozenset(S), None),
    E.PAUSED: (WORKING, None),
    E.CONTINUED: (WORKING, None),
    E.AMENDED: (frozenset(S), None),
    E.OUTAGE: (frozenset(S), None),
}

CHANGE_ONLY = frozenset({E.ASSESSED, E.SOLUTION_GIVEN, E.BUILT, E.LIVE, E.DELIVERED, E.ACCEPTED})

ENGINEER_ACTS = frozenset(
    {
        E.ACKNOWLEDGED, E.REMOTE_FAILED, E.ARRIVED, E.SENIOR_ARRIVED, E.CAUSE_RECORDED, E.PLAN_SUBMITTED, E.RESOLVED,
        E.HANDED_OVER, E.ASSESSED, E.SOLUTION_GIVEN, E.BUILT, E.LIVE, E.DELIVERED,
    }
)  # fmt: skip  # one glance instead of a column
"""Events that show that a person is working on the ticket: an acknowledgement followed by one is not forgotten."""


@dataclass(frozen=True, slots=True)
class Event:
    """A fact. `at` is when it happened, `recorded_at` when it was written down (both aware); `by` is a person's id,
    "" for the bot, or "channel:address" of somebody not known yet. `data` holds plain JSON values only.

    `data` by kind (all optional unless marked):
    reported*      kind*, system, department, scope, severity, priority*, disaster, contract, contract_version,
                   rules_version, started_at (ISO), text*, channel, address, conversation, language, received_at (ISO),
                   verified, why, contact, title, recurs (number of the ticket whose fault came back)
    reclassified   any of kind, system, department, scope, severity, priority, disaster, contract, contract_version,
                   started_at, title, reason, text, apart (index of a note that turned out to be about
                   something else), corrects (those of the labels that had been read wrongly, as a person said),
                   proposed_by; of the first ticket of an incident why: counted, graver or fewer (`sla.incident`)
    plan_submitted number*, text, file, file_name, file_type, file_size (bytes), deadline (ISO)
    plan_approved  number*, side* ("department" | "management"), deadline (ISO)
    plan_refused   number*, side*, reason
    handed_over    to* (person id), reason
    resolved       cause, method, result, text
    cause_recorded cause*
    joined         incident* (ticket number), why (the rule by which it was joined by itself)
    parted         text, wrong (true: it never was that fault), leads (true: its incident goes on under it),
                   since (ISO, from when paging goes on), of (the incident that it was part of when it was reopened)
    cancelled, reopened, nobody_needed, urged: text · cancelled: maintenance (the number of the one that is why)
    rated          points* (0-100), label · noted: text, file, file_name, file_type, file_size, from, part (true:
                   words of the report itself, which came in several messages), says ("works" | "remark": of the
                   service), asked ("known" | "maintenance": whether that is why, with incident or maintenance, a
                   number), answered, wrong (true: as of parted), apart (as of reclassified), proposes ("outage": what
                   the provider says of one, with the data of it), outage ("kept": it stays as it is on record), decides
                   (index of the note that asks for what is decided)
    paused         pause* (the name of the contract's rule), reason · continued: reason
    amended        event* (index of the event that is put right, from 0), reason*, and either at (ISO, when it happened
                   in truth) or void (true: it never happened). The event itself stays as it was recorded (`sla.amend`)
    outage         level* ("downtime" | "department"), began* (ISO), ended (ISO; left out: the repair, or it goes on),
                   none (true: it was none), text
    """

    kind: EventKind
    at: datetime
    by: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    recorded_at: datetime | None = None


class OutageLevel(StrEnum):
    """How far business stood still: in the whole hospital (2.5 非计划停机) or in a department (2.6 部门级业务影响)."""

    DOWNTIME = "downtime"
    DEPARTMENT = "department"


@dataclass(frozen=True, slots=True)
class Outage:
    """Business stood still because of the fault of `ticket`, as a manager confirmed it (`by`). `began` and `ended` are
    aware; `ended` is None while it goes on. The repair ends it where nobody named another end. `incident` is the ticket
    that this one is joined to, `title` the ticket's."""

    ticket: int
    contract: str | None
    system: str | None
    level: OutageLevel
    began: datetime
    ended: datetime | None
    by: str = ""
    contract_version: str = ""
    incident: int | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """One side's yes to a plan; `deadline` is the one it names, None when it names none."""

    side: str
    by: str
    at: datetime
    deadline: datetime | None


@dataclass(frozen=True, slots=True)
class Plan:
    """A written plan (smart-hospital 2.3): `number` counts from 1 within the ticket."""

    number: int
    by: str
    text: str = ""
    file: str = ""
    deadline: datetime | None = None
    approvals: tuple[Approval, ...] = ()
    refused_at: datetime | None = None
    refused_by: str = ""

    @property
    def approved_at(self) -> datetime | None:
        """When the second of both sides approved; None while one is missing."""
        return self.approvals[-1].at if {a.side for a in self.approvals} >= {"department", "management"} else None

    @property
    def approved_deadline(self) -> datetime | None:
        """The deadline that both approvals name; where they differ, the earlier. None until both approved."""
        named = [a.deadline for a in self.approvals if a.deadline]
        return min(named) if self.approved_at and named else None


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket folded from its events by `fold`. Never written to: append an event and fold again (`sla.fold.then`)."""

    number: int
    events: tuple[Event, ...]
    state: State
    kind: Kind
    priority: Priority
    reporter: str
    reported_at: datetime
    round: int = 1
    round_started_at: datetime | None = None
    system: str | None = None
    department: str | None = None
    scope: Scope | None = None
    severity: Severity | None = None
    disaster: bool = False
    contract: str | None = None
    contract_version: str = ""
    rules_version: str = ""
    started_at: datetime | None = None
    received_at: datetime | None = None
    text: str = ""
    title: str = ""
    channel: str = ""
    address: str = ""
    conversation: str = ""
    language: str = "zh"
    contact: str = ""
    verified: bool = True
    assignee: str = ""
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None
    plans: tuple[Plan, ...] = ()
    incident: int | None = None
    points: int | None = None
    outage: Outage | None = None

    @property
    def plan(self) -> Plan | None:
        """The latest plan of the present round, None when there is none."""
        return self.plans[-1] if self.plans else None

    @property
    def is_working(self) -> bool:
        """Whether somebody still has to mend it."""
        return self.state in WORKING

    @property
    def is_open(self) -> bool:
        """Whether it is neither confirmed nor cancelled."""
        return self.state in OPEN


def check(ticket: Ticket, kind: EventKind) -> None:
    """Raise Refused (key "wrong_state" or "change_only") when `kind` may not happen to `ticket` now."""
    states, _ = TRANSITIONS[kind]
    if ticket.state not in states:
        raise Refused("wrong_state", ticket=ticket.number, state=ticket.state.value, event=kind.value)
    if kind in CHANGE_ONLY and ticket.kind is not Kind.CHANGE:
        raise Refused("change_only", ticket=ticket.number, event=kind.value)
