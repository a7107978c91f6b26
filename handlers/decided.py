"""Whether what a button asks for was decided: one that names a place on its ticket's record, or a side of a plan."""

from typing import Any

from sla.ticket import EventKind, Ticket


def changes_wanted(ticket: Ticket, place: int) -> dict[str, Any]:
    """The labels that the note at a place proposes and that are otherwise as yet; nothing where it proposes none."""
    proposal = _data(ticket, place).get("proposal") or {}
    return {label: value for label, value in proposal.items() if value != getattr(ticket, label)}


def is_answered(ticket: Ticket, place: int) -> bool:
    """Whether somebody said yes or no to what the note at a place asks for."""
    return any(event.data.get("decides") == place for event in ticket.events)


def is_apart(ticket: Ticket, place: int) -> bool:
    """Whether the words at a place turned out to be about something else."""
    return any(event.data.get("apart") == place for event in ticket.events)


def is_outage_said(ticket: Ticket, asked: str) -> bool:
    """Whether the hospital said what a button about an outage asks: that of a proposal ends with its place, and is over
    by a no to it, or by what was recorded since; that of the question after the repair by whatever was recorded."""
    parts = asked.split(":")
    # none, level:begin:end of the question; with a place of a proposal one more
    place = int(parts[-1]) if len(parts) % 2 == 0 or asked.isdigit() else 0
    said = any(event.kind is EventKind.OUTAGE for event in ticket.events[place:])
    return said or (place > 0 and is_answered(ticket, place))


def is_side_heard(ticket: Ticket, number: int, side: str) -> bool:
    """Whether a side's word on the plan of that number is no longer waited for: it is given, the other side refused, or
    another plan took its place."""
    plan = ticket.plan
    if plan is None or plan.number != number or plan.refused_at:
        return True
    return side in {approval.side for approval in plan.approvals}


def is_system_said(ticket: Ticket) -> bool:
    """Whether the question which system is meant has its answer, also where that named no system, or nobody waits for
    it any more."""
    return (
        ticket.system is not None
        or not ticket.is_working
        or any(event.kind is EventKind.RECLASSIFIED and "system" in event.data for event in ticket.events)
    )


def _data(ticket: Ticket, place: int) -> Any:
    return ticket.events[place].data if 0 <= place < len(ticket.events) else {}
