"""Tickets joined to another one: they run no clocks and page nobody, so what becomes of that one is theirs too."""

from collections.abc import Mapping
from typing import Any

from handlers import storm, which
from handlers.buttons import outcome_buttons
from handlers.commands import Order, number_in
from handlers.talk import Talk
from sla.amend import contradiction
from sla.errors import Refused
from sla.message import Purpose
from sla.ticket import Event, EventKind, Ticket

UNNEEDED = (Purpose.PAGE, Purpose.REMINDER)


def leading(talk: Talk, ticket: Ticket) -> Ticket:
    """The ticket that is worked on for this one: the one it is joined to while that is mended, else itself."""
    first = talk.uow.tickets.load(ticket.incident) if ticket.incident else None
    return first if first and first.is_working else ticket


def join(talk: Talk, order: Order) -> int | None:
    """合并 W13 W12: W13 is the same fault as W12, and is joined to it. By whoever may speak for W13;
    under another contract by the hospital's side alone."""
    first_number = number_in(order.text)
    if order.ticket is None or first_number is None:
        raise Refused("join_names_two")
    ticket, first = which.theirs(talk, order.ticket), leading(talk, which.theirs(talk, first_number))
    if first.number == ticket.number or not first.is_working:
        raise Refused("cannot_join", ticket=ticket.number, incident=first.number)
    if ticket.contract != first.contract:
        which.hospital_only(talk, ticket)  # the provider does not choose whose clocks end by this
    if ticket.incident is not None:
        raise Refused("joined_before", ticket=ticket.number, incident=ticket.incident)
    # What was joined to the one that is now joined itself follows it: an incident has one first ticket.
    for each in (ticket, *talk.uow.tickets.joined_to(ticket.number)):
        together = [talk.event(EventKind.PARTED, text="moved")] if each.incident is not None else []
        talk.record(each, *together, talk.event(EventKind.JOINED, incident=first.number))
    talk.uow.outbox.drop(ticket.number, UNNEEDED, talk.now)
    talk.tell_reporter(ticket, "joined_for_reporter", incident=first.number)
    talk.answer(talk.say("joined_now", ticket=ticket.number, incident=first.number), ticket=ticket.number)
    return ticket.number


def take_out(talk: Talk, order: Order) -> int | None:
    """拆出 W13: it is no part of that incident after all; its own clocks go on as its facts say. By either side."""
    ticket = which.own(talk, order)
    if ticket is None:
        return None
    if ticket.incident is None:
        raise Refused("not_joined", ticket=ticket.number)
    incident = ticket.incident
    parted = talk.record(ticket, talk.event(EventKind.PARTED, text=order.text, wrong=True))
    storm.shrunk(talk, incident)
    talk.tell_reporter(ticket, "parted_for_reporter", incident=incident)
    due = talk.deadlines(parted)
    said = talk.say("parted_now", ticket=ticket.number, incident=incident)
    talk.answer(said + (talk.say("deadlines", deadlines=due) if due else ""), ticket=ticket.number)
    return ticket.number


def resolve_with(talk: Talk, ticket: Ticket, parts: Mapping[str, str]) -> None:
    """What is mended for one is mended for all that are joined to it: each reporter is asked."""
    for other in talk.uow.tickets.joined_to(ticket.number):
        mended = talk.record(other, talk.event(EventKind.RESOLVED, **parts))
        name = talk.somebody(talk.speaker.id)
        talk.tell_reporter(mended, "resolved_for_reporter", outcome_buttons(mended), name=name)


def amend_with(talk: Talk, ticket: Ticket, index: int, change: Mapping[str, Any]) -> None:
    """What was put right of the repair of one (`change`, as an AMENDED event says it of the event at `index`) is put
    right for all that were mended by it, unless their story would not hold any more: who confirmed it has it mended."""
    mended = ticket.events[index]
    for other in talk.uow.tickets.part_of(ticket.number) if mended.kind is EventKind.RESOLVED else ():
        same = (n for n, e in enumerate(other.events) if (e.kind, e.at, e.by) == (mended.kind, mended.at, mended.by))
        for place in same:
            event = talk.event(EventKind.AMENDED, **{**change, "event": place})
            if contradiction((*other.events, event)) is None:
                after = talk.record(other, event)
                if after.is_working and not other.is_working:
                    talk.tell_reporter(after, "amend_open_again")
            break


def release(talk: Talk, ticket: Ticket) -> None:
    """The tickets joined to one that is withdrawn go on by themselves, with clocks and pages of their own."""
    for other in talk.uow.tickets.joined_to(ticket.number):
        talk.record(other, talk.event(EventKind.PARTED, text=f"W{ticket.number} was withdrawn"))


def parting(talk: Talk, ticket: Ticket) -> tuple[Event, ...]:
    """What must happen beside a reopening: a ticket whose incident is over is nobody's work unless it stands alone."""
    if ticket.incident is None or leading(talk, ticket).is_working:
        return ()
    return (talk.event(EventKind.PARTED, text="reopened"),)
