"""A known fault: whoever reports a system whose fault is being mended is told at once, and joins it with one button.

The ticket is opened all the same. Its page waits for the answer as for the one question back, never when critical.
"""

from handlers import describe, incident, question, storm, which
from handlers.commands import Order
from handlers.talk import Buttons, Talk
from handlers.wording import plain
from sla.errors import Refused
from sla.incident import alike, apart
from sla.labels import Scope, Severity
from sla.message import Button
from sla.paging import is_asked
from sla.ticket import Event, EventKind, State, Ticket

MENDED = ("fix_by_plan", "fix", "complete")
"""The clocks that say by when a fault is to be mended."""


def asked(talk: Talk, ticket: Ticket) -> tuple[Event, ...]:
    """That the reporter is asked whether a known fault is meant; nothing where none is known."""
    first = known(talk, ticket)
    return (talk.event(EventKind.NOTED, asked="known", incident=first.number),) if first else ()


def known(talk: Talk, ticket: Ticket) -> Ticket | None:
    """The fault that is known on the ticket's system: of several people, or taken by somebody and stopping at least a
    department."""
    if apart(ticket) or ticket.incident is not None:
        return None
    for first in talk.uow.tickets.leading_on(ticket.system, None):
        other = first.number != ticket.number and first.reporter != ticket.reporter
        if other and alike(ticket, first) and _is_known(talk, first):
            return first
    return None


def _is_known(talk: Talk, first: Ticket) -> bool:
    wide = first.scope in (Scope.HOSPITAL, Scope.DEPARTMENT) and first.severity is Severity.DOWN
    return bool((first.acknowledged_at and wide) or talk.uow.tickets.joined_to(first.number))


def told(talk: Talk, ticket: Ticket, lines: list[str]) -> Buttons:
    """Tell what is known and who mends it by when, with the button by which the ticket joins it."""
    number = _asked_about(ticket)
    if number is None:
        return ()
    first = talk.load(number)
    worker = talk.worker_of(first)
    system = describe.system_name(first.system, talk.rules, talk.language)
    who = talk.say("known_taken" if first.acknowledged_at else "known_called", name=worker) if worker else ""
    lines.append(
        talk.say("known_fault", system=system, incident=number, title=first.title, who=who, by=_by(talk, first))
    )
    if is_asked(ticket):
        wait = plain.duration(talk.rules.site.question_wait, talk.language)
        lines.append(talk.say("known_waits", wait=wait))
    same = Button(talk.say("button_known"), f"known:{ticket.number}")
    return ((same, Button(talk.say("button_not_same"), f"apart:{ticket.number}")),)


def _asked_about(ticket: Ticket) -> int | None:
    """The known fault that its reporter was asked about."""
    return next((event.data["incident"] for event in ticket.events if event.data.get("asked") == "known"), None)


def _by(talk: Talk, first: Ticket) -> str:
    """By when it is to be mended, as part of a sentence; "" where no clock says so."""
    clocks = [clock for clock in talk.running(first) if clock.name in MENDED and not clock.is_paused(talk.now)]
    if not clocks:
        return ""
    if clocks[0].due < talk.now:
        return ""
    return talk.say("known_by", by=plain.by(clocks[0].due, talk.now, talk.language, talk.zone))


def join(talk: Talk, order: Order) -> int | None:
    """The button: it is the known fault."""
    ticket = which.theirs(talk, order.ticket or 0)
    number = _asked_about(ticket)
    if number is None:
        raise Refused("unknown_button")
    if ticket.incident is not None:
        raise Refused("joined_before", ticket=ticket.number, incident=ticket.incident)
    first = incident.leading(talk, talk.load(number))
    if first.state in (State.RESOLVED, State.CONFIRMED) and ticket.is_working:
        raise Refused("known_mended", ticket=ticket.number, incident=first.number)
    if not first.is_working or not ticket.is_working:
        raise Refused("cannot_join", ticket=ticket.number, incident=first.number)
    return _joined(talk, ticket, first)


def _joined(talk: Talk, ticket: Ticket, first: Ticket) -> int:
    for each in (ticket, *talk.uow.tickets.joined_to(ticket.number)):
        moved = incident.move(talk, each, first.number)
        talk.uow.outbox.drop(each.number, incident.UNNEEDED, talk.now)
        storm.grown(talk, moved)
    return storm.answer_joined(talk, talk.load(ticket.number))


def another(talk: Talk, order: Order) -> int | None:
    """The button 不是同一问题: whoever is on call is called at once, and it is joined to nothing by itself."""
    ticket = which.theirs(talk, order.ticket or 0)
    if ticket.incident is not None:
        return incident.take_out(talk, order)
    if not ticket.is_working:
        raise Refused("unknown_button")
    ticket = talk.record(ticket, talk.event(EventKind.NOTED, answered="another", wrong=True))
    said = talk.say("known_not", ticket=ticket.number)
    talk.answer(f"{said}{question.deadline_line(talk, ticket)}", ticket=ticket.number)
    return ticket.number
