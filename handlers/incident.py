"""Tickets joined to another one: they run no clocks and page nobody, so what becomes of that one is theirs too."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from handlers import heir, storm, which
from handlers.buttons import outcome_buttons
from handlers.commands import Order, number_in
from handlers.talk import Talk
from sla.amend import contradiction
from sla.errors import Refused
from sla.incident import graver
from sla.labels import Role
from sla.message import Purpose
from sla.ticket import Event, EventKind, Ticket

UNNEEDED = (Purpose.PAGE, Purpose.REMINDER)
SPREAD = timedelta(days=7)
"""So long before a report of an incident its others may have been reported."""


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
        move(talk, each, first.number)
    talk.uow.outbox.drop(ticket.number, UNNEEDED, talk.now)
    storm.grown(talk, talk.load(ticket.number))
    talk.tell_reporter(ticket, "joined_for_reporter", incident=first.number)
    said = talk.say("joined_now", ticket=ticket.number, incident=first.number)
    talk.answer(said, storm.part_button(talk, ticket), ticket.number)
    return ticket.number


def move(talk: Talk, ticket: Ticket, to: int) -> Ticket:
    """Join a ticket, out of another incident if it is part of one."""
    before = [talk.event(EventKind.PARTED, text="moved")] if ticket.incident is not None else []
    return talk.record(ticket, *before, talk.event(EventKind.JOINED, incident=to))


def take_out(talk: Talk, order: Order) -> int | None:
    """拆出 W13: it is no part of that incident after all; its own clocks go on as its facts say. By either side. The
    first ticket is taken out by letting the next one lead."""
    ticket = which.own(talk, order)
    if ticket is None:
        return None
    if ticket.incident is None:
        return _take_out_first(talk, ticket, order)
    incident = ticket.incident
    parted = talk.record(ticket, talk.event(EventKind.PARTED, text=order.text, wrong=True))
    storm.shrunk(talk, incident)
    talk.tell_reporter(ticket, "parted_for_reporter", incident=incident)
    due = talk.deadlines(parted)
    said = talk.say("parted_now", ticket=ticket.number, incident=incident)
    talk.answer(said + (talk.say("deadlines", deadlines=due) if due else ""), ticket=ticket.number)
    return ticket.number


def _take_out_first(talk: Talk, ticket: Ticket, order: Order) -> int:
    next_one = heir.go_on(talk, ticket) if ticket.is_working else None
    if next_one is None:
        raise Refused("not_joined", ticket=ticket.number)
    talk.record(ticket, talk.event(EventKind.NOTED, text=order.text, wrong=True))
    storm.shrunk(talk, ticket.number)
    talk.tell_reporter(ticket, "parted_for_reporter", incident=next_one.number)
    said = talk.say("parted_now", ticket=ticket.number, incident=next_one.number)
    talk.answer(said, ticket=ticket.number)
    return ticket.number


def relabelled(talk: Talk, before: Ticket, ticket: Ticket) -> Ticket:
    """Labels changed: a ticket whose system was unknown is joined where it belongs, one that is about another system
    than its incident leaves it, one that became graver, or less grave, makes that so too."""
    same = (before.system, before.contract, before.kind) == (ticket.system, ticket.contract, ticket.kind)
    if same and ticket.incident is None:
        speaks_for_one = ticket.reporter == talk.speaker.id and not talk.speaker.may(Role.HOSPITAL_MANAGER)
        if (
            speaks_for_one
            and {"scope", "severity"} & graver(ticket, before).keys()
            and talk.uow.tickets.joined_to(ticket.number)
        ):
            ticket = storm.levelled(talk, ticket)  # one says that it is less bad: of the others it is what it was
    elif ticket.incident is not None and same:
        if graver(ticket, before):
            storm.shrunk(talk, ticket.incident)
        storm.grown(talk, ticket)
    elif ticket.incident is not None:
        talk.prefaces.append(talk.say("parted_now", ticket=ticket.number, incident=ticket.incident))
        incident, ticket = ticket.incident, talk.record(ticket, talk.event(EventKind.PARTED, wrong=True))
        storm.shrunk(talk, incident)
    elif before.system is None and ticket.system is not None and ticket.is_working and not ticket.assignee:
        ticket = _joined_late(talk, ticket)
    elif not same and not talk.speaker.is_provider and heir.go_on(talk, before) is not None:
        # It was the report that was about something else, not the fault.
        ticket = talk.record(ticket, talk.event(EventKind.NOTED, wrong=True))
    return ticket


def _joined_late(talk: Talk, ticket: Ticket) -> Ticket:
    """The system is known now, and with it the incident that the ticket is part of."""
    placed = storm.placed(talk, ticket)
    if placed.incident is None:
        return ticket
    joined = talk.record(ticket, placed.events[-1])
    talk.uow.outbox.drop(ticket.number, UNNEEDED, talk.now)
    storm.grown(talk, joined)
    talk.prefaces.append(talk.say("joined_now", ticket=ticket.number, incident=placed.incident))
    return joined


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


def withdrawn(talk: Talk, before: Ticket) -> Ticket | None:
    """A ticket was withdrawn (`before`: as it was). The incident that it led goes on under the next one, which is
    returned; one that it was part of is smaller."""
    if before.incident is not None:
        storm.shrunk(talk, before.incident)
        return None
    goes_on = heir.go_on(talk, before)
    talk.uow.outbox.drop(before.number, UNNEEDED, talk.now)
    return goes_on


def parting(talk: Talk, ticket: Ticket) -> tuple[Event, ...]:
    """What must happen beside a reopening: a ticket whose incident is over is nobody's work unless it stands alone, or
    is joined to the first of that incident that was reopened."""
    if ticket.incident is None or leading(talk, ticket).is_working:
        return ()
    alone = talk.event(EventKind.PARTED, text="reopened", of=ticket.incident)
    for first in talk.uow.tickets.leading_on(ticket.system, ticket.reported_at - SPREAD):
        if first.contract == ticket.contract and any(e.data.get("of") == ticket.incident for e in first.events):
            why = f"reopened-as-well: W{first.number}"
            return (alone, talk.event(EventKind.JOINED, incident=first.number, why=why))
    return (alone,)
