"""Events folded into a ticket: the one place that says what each event changes."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from itertools import takewhile
from operator import attrgetter
from typing import Any

from sla.amend import in_place
from sla.errors import SlaError
from sla.labels import Kind, Priority, Scope, Severity
from sla.ticket import TRANSITIONS, Approval, Event, EventKind, Outage, OutageLevel, Plan, State, Ticket, check

E = EventKind
_FIELDS = tuple(field.name for field in fields(Ticket))
_values = attrgetter(*_FIELDS)


def then(ticket: Ticket, *events: Event) -> Ticket:
    """The ticket after these events. Raises Refused where the table of transitions does not allow one."""
    for event in events:
        check(ticket, event.kind)
        ticket = _after(ticket, event)
    return ticket


def _after(ticket: Ticket, event: Event) -> Ticket:
    """What folding all its events again would make of it: only an amendment changes what was before."""
    facts = (*ticket.events, event)
    if in_place(facts) is not facts:
        return fold(ticket.number, facts)
    values = dict(zip(_FIELDS, _values(ticket), strict=True))
    values["events"] = facts
    _take(values, event)
    return _made(values)


def fold(number: int, events: Iterable[Event]) -> Ticket:
    """The ticket that these events make, in their order, as they were amended. The first must be REPORTED."""
    facts = tuple(events)
    values: dict[str, Any] = {"number": number, "events": facts}
    counted = in_place(facts)
    _reported(values, counted[0])
    for event in counted[1:]:
        _take(values, event)
    return _made(values)


def _take(values: dict[str, Any], event: Event) -> None:
    _, state = TRANSITIONS[event.kind]
    effect = EFFECTS.get(event.kind)
    if effect:
        effect(values, event)
    if state:
        values["state"] = state


def _made(values: dict[str, Any]) -> Ticket:
    if outage := values.get("outage"):
        # The labels may have been put right after it was confirmed.
        labels = ("contract", "contract_version", "system", "incident", "title")
        values["outage"] = replace(outage, **{name: values[name] for name in labels if name in values})
    return Ticket(**values)


def as_known(ticket: Ticket, at: datetime) -> Ticket | None:
    """The ticket as it was known at an instant (aware), by what had been written down; None before its report was."""
    known = tuple(takewhile(lambda event: (event.recorded_at or event.at) <= at, ticket.events))
    if len(known) == len(ticket.events):
        return ticket
    return fold(ticket.number, known) if known else None


def _instant(value: object) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) and value else None


_LABELS: Mapping[str, Callable[[Any], Any]] = {
    "kind": Kind,
    "priority": Priority,
    "scope": lambda v: Scope(v) if v else None,
    "severity": lambda v: Severity(v) if v else None,
    "system": lambda v: v,
    "department": lambda v: v,
    "disaster": bool,
    "contract": lambda v: v,
    "contract_version": str,
    "started_at": _instant,
    "title": str,
}
_PLAIN = (
    "rules_version", "text", "channel", "address", "conversation", "language", "contact", "verified",
)  # fmt: skip


def _classify(values: dict[str, Any], event: Event) -> None:
    for name, read in _LABELS.items():
        if name in event.data:
            values[name] = read(event.data[name])


def _reported(values: dict[str, Any], event: Event) -> None:
    if event.kind is not EventKind.REPORTED:
        raise SlaError(f"a ticket begins with {EventKind.REPORTED}, not with {event.kind}")
    _classify(values, event)
    data = event.data
    for name in _PLAIN:
        if name in data:
            values[name] = data[name]
    values.update(
        state=State.REPORTED,
        reporter=event.by,
        reported_at=event.at,
        round_started_at=event.at,
        received_at=_instant(data.get("received_at")) or event.recorded_at or event.at,
    )


def _acknowledged(values: dict[str, Any], event: Event) -> None:
    values["assignee"] = event.by
    values["acknowledged_at"] = event.at


def _handed_over(values: dict[str, Any], event: Event) -> None:
    values["assignee"] = event.data["to"]
    values["acknowledged_at"] = None


def _plan_submitted(values: dict[str, Any], event: Event) -> None:
    data = event.data
    plan = Plan(
        number=data["number"],
        by=event.by,
        text=data.get("text", ""),
        file=data.get("file", ""),
        deadline=_instant(data.get("deadline")),
    )
    values["plans"] = (*values.get("plans", ()), plan)


def _change_plan(values: dict[str, Any], number: int, **changes: Any) -> None:
    values["plans"] = tuple(
        replace(plan, **{k: v(plan) if callable(v) else v for k, v in changes.items()})
        if plan.number == number
        else plan
        for plan in values.get("plans", ())
    )


def _plan_approved(values: dict[str, Any], event: Event) -> None:
    data = event.data
    approval = Approval(data["side"], event.by, event.at, _instant(data.get("deadline")))

    def with_it(plan: Plan) -> tuple[Approval, ...]:
        return (*(a for a in plan.approvals if a.side != approval.side), approval)

    _change_plan(values, data["number"], approvals=with_it)


def _plan_refused(values: dict[str, Any], event: Event) -> None:
    data = event.data
    _change_plan(values, data["number"], refused_at=event.at, refused_by=event.by)


def _resolved(values: dict[str, Any], event: Event) -> None:
    values["resolved_at"] = event.at
    outage = values.get("outage")
    if outage and outage.ended is None and event.at > outage.began:
        # What is mended stands still no more; reopened, it is not taken to have stood still in between.
        values["outage"] = replace(outage, ended=event.at)


def _reopened(values: dict[str, Any], event: Event) -> None:
    # Before the confirmation the work was never over; after it, it begins anew.
    values["resolved_at"] = None
    if values["state"] is State.RESOLVED:
        values["state"] = State.ACKNOWLEDGED if values.get("acknowledged_at") else State.REPORTED
        return
    values.update(
        state=State.REPORTED,
        round=values.get("round", 1) + 1,
        round_started_at=event.at,
        assignee="",  # it goes to whoever is on call now
        acknowledged_at=None,
        plans=(),
        points=None,
    )


def _joined(values: dict[str, Any], event: Event) -> None:
    values["incident"] = event.data["incident"]


def _parted(values: dict[str, Any], _event: Event) -> None:
    values["incident"] = None


def _rated(values: dict[str, Any], event: Event) -> None:
    values["points"] = event.data["points"]


def _verified(values: dict[str, Any], event: Event) -> None:
    values["verified"] = True
    if "reporter" in event.data:
        values["reporter"] = event.data["reporter"]


def _outage(values: dict[str, Any], event: Event) -> None:
    data = event.data
    began = _instant(data.get("began"))
    if data.get("none") or began is None:
        values["outage"] = None
        return
    mended = values.get("resolved_at")
    values["outage"] = Outage(
        ticket=values["number"],
        contract=None,
        system=None,
        level=OutageLevel(data["level"]),
        began=began,
        ended=_instant(data.get("ended")) or (mended if mended and mended > began else None),
        by=event.by,
    )


EFFECTS: Mapping[EventKind, Callable[[dict[str, Any], Event], None]] = {
    E.ACKNOWLEDGED: _acknowledged,
    E.HANDED_OVER: _handed_over,
    E.PLAN_SUBMITTED: _plan_submitted,
    E.PLAN_APPROVED: _plan_approved,
    E.PLAN_REFUSED: _plan_refused,
    E.RESOLVED: _resolved,
    E.LIVE: _resolved,
    E.DELIVERED: _resolved,
    E.REOPENED: _reopened,
    E.RECLASSIFIED: _classify,
    E.JOINED: _joined,
    E.PARTED: _parted,
    E.RATED: _rated,
    E.VERIFIED: _verified,
    E.OUTAGE: _outage,
}
"""What an event changes beside the state; an event that is missing here only adds to the record."""
