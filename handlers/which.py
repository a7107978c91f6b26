"""Which ticket is meant: the one named, the one replied to, the only one that fits; else the person is asked."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from handlers import describe
from handlers.commands import Order
from handlers.people import WORKERS, may_see
from handlers.talk import Talk
from sla.errors import Refused
from sla.message import Address, Button
from sla.paging import is_asked_again
from sla.ticket import State, Ticket

ASKED_FOR = timedelta(minutes=10)
"""How long a button under "which one?" works."""
SHOWN = 6


def named(talk: Talk, order: Order) -> int | None:
    """The number that the order or the message replied to names."""
    if order.ticket is not None:
        return order.ticket
    inbound = talk.inbound
    if not inbound.reply_to:
        return None
    return talk.uow.outbox.ticket_of(Address(inbound.channel, inbound.conversation), inbound.reply_to)


def one_of(talk: Talk, order: Order, fitting: Sequence[Ticket], none: str) -> Ticket | None:
    """The ticket of these that is meant. Raises Refused(`none`) when there is none; None when the person was asked."""
    if not fitting:
        raise Refused(none)
    if len(fitting) == 1:
        return talk.load(fitting[0].number)
    ask(talk, order, fitting)
    return None


def ask(talk: Talk, order: Order, fitting: Sequence[Ticket]) -> None:
    """Ask with a button for each, and remember what was wanted."""
    shown = fitting[:SHOWN]
    rows = tuple((Button(f"W{t.number} {t.title[:18]}", f"pick:{t.number}"),) for t in shown)
    talk.ask("which", None, ASKED_FOR, verb=order.verb, arg=order.text, tickets=[t.number for t in shown])
    talk.answer(talk.say("which_ticket"), rows)


def own(talk: Talk, order: Order, none: str = "no_open_ticket") -> Ticket | None:
    """The open ticket of the speaker that is meant; narrowed by the system, if the words name one."""
    number = named(talk, order)
    if number is not None:
        return theirs(talk, number)
    fitting: Sequence[Ticket] = talk.uow.tickets.open_of(talk.speaker.id)
    system = talk.meaning.system if talk.text and not talk.inbound.action else None
    return one_of(talk, order, [t for t in fitting if t.system == system] or fitting, none)


def theirs(talk: Talk, number: int) -> Ticket:
    """A ticket that the speaker may speak for. Raises Refused for everybody else's."""
    ticket = talk.load(number)
    if not may_see(talk, ticket):
        raise Refused("not_your_ticket", ticket=number)
    return ticket


def hospital_only(talk: Talk, ticket: Ticket) -> None:
    """Raises Refused unless the speaker reported it, or answers for it at the hospital."""
    if ticket.reporter != talk.speaker.id and not (talk.speaker.is_hospital and may_see(talk, ticket)):
        raise Refused("only_the_hospital", ticket=ticket.number)


def mine(talk: Talk, order: Order, none: str = "no_ticket_of_yours") -> Ticket | None:
    """The ticket that a worker means: named, else among those taken by the speaker."""
    number = named(talk, order)
    if number is not None:
        return talk.load(number)
    return one_of(talk, order, taken(talk), none)


def waiting(talk: Talk, order: Order) -> Ticket | None:
    """The ticket that a worker means to take: named, else among those that nobody has taken, or that the speaker is
    asked to take again or paged for since: handed over, reopened, forgotten, given to another team."""
    number = named(talk, order)
    if number is not None:
        return talk.load(number)
    there = served(talk)
    steps = talk.uow.tickets.steps_many(ticket.number for ticket in there)
    again = [t for t in there if is_asked_again(t, steps[t.number]) and is_called(talk, t, steps[t.number])]
    fresh = [t for t in there if t.state is State.REPORTED and t not in again]
    return one_of(talk, order, [*again, *fresh], "nothing_waits")


def is_called(talk: Talk, ticket: Ticket, steps: Mapping[str, datetime]) -> bool:
    """Whether the speaker has the ticket, or was paged for it."""
    return ticket.assignee == talk.speaker.id or talk.speaker.person in describe.paged(ticket, steps, talk.rules)


def taken(talk: Talk) -> list[Ticket]:
    """Open tickets whose engineer is the speaker."""
    return [ticket for ticket in served(talk) if ticket.assignee == talk.speaker.id]


def served(talk: Talk) -> list[Ticket]:
    """Tickets that are worked on under the speaker's contracts, by deadline; none for who may not work on any."""
    if not talk.speaker.may(*WORKERS) or talk.speaker.person is None:
        return []
    return list(talk.uow.tickets.open_on(contracts=talk.speaker.person.contracts or None, limit=200))
