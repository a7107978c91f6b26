"""Tickets joined to another one: they run no clocks and page nobody, so what becomes of that one is theirs too."""

from collections.abc import Mapping

from handlers.buttons import outcome_buttons
from handlers.talk import Talk
from sla.ticket import Event, EventKind, Ticket

MANY = 500
"""Joined tickets that are looked at at once."""


def joined_to(talk: Talk, ticket: Ticket) -> list[Ticket]:
    """The tickets joined to this one that are worked on, locked, by number."""
    systems = dict.fromkeys([ticket.system, *(e.data["system"] for e in ticket.events if "system" in e.data)])
    found = {
        other.number
        for system in systems
        if system is not None
        for other in talk.uow.tickets.open_on(system=system, limit=MANY)
        if other.incident == ticket.number
    }
    return list(talk.uow.tickets.load_many(sorted(found)).values()) if found else []


def leading(talk: Talk, ticket: Ticket) -> Ticket:
    """The ticket that is worked on for this one: the one it is joined to while that is mended, else itself."""
    first = talk.uow.tickets.load(ticket.incident) if ticket.incident else None
    return first if first and first.is_working else ticket


def resolve_with(talk: Talk, ticket: Ticket, parts: Mapping[str, str]) -> None:
    """What is mended for one is mended for all that are joined to it: each reporter is asked."""
    for other in joined_to(talk, ticket):
        mended = talk.record(other, talk.event(EventKind.RESOLVED, **parts))
        name = talk.name_of(talk.speaker.id)
        talk.tell_reporter(mended, "resolved_for_reporter", outcome_buttons(mended), name=name)


def release(talk: Talk, ticket: Ticket) -> None:
    """The tickets joined to one that is withdrawn go on by themselves, with clocks and pages of their own."""
    for other in joined_to(talk, ticket):
        talk.record(other, talk.event(EventKind.PARTED, text=f"W{ticket.number} was withdrawn"))


def parting(talk: Talk, ticket: Ticket) -> tuple[Event, ...]:
    """What must happen beside a reopening: a ticket whose incident is over is nobody's work unless it stands alone."""
    if ticket.incident is None or leading(talk, ticket).is_working:
        return ()
    return (talk.event(EventKind.PARTED, text="reopened"),)
