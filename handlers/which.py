"""Which ticket is meant: the one named, the one replied to, the only one that fits; else the person is asked.

The speaker's own open tickets come first, then those of the speaker's department, each narrowed by the system and the
department that the words name.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from handlers import describe
from handlers.commands import Order, number_in
from handlers.intake.text import quotation
from handlers.people import WORKERS, may_follow, may_see
from handlers.talk import Talk
from sla.errors import Refused
from sla.labels import Intent
from sla.message import Address, Button
from sla.paging import is_asked_again
from sla.ticket import State, Ticket

FOLLOW_UPS = (Intent.QUERY, Intent.URGE, Intent.RESOLVED, Intent.UNRESOLVED)
ASKED_FOR = timedelta(minutes=10)
"""How long a button under "which one?" works."""
SHOWN = 6
SPOKEN_OF = timedelta(minutes=30)
THERE = 50
"""Open tickets of a department that are looked through."""
_MENTION = re.compile(
    r"(?<![A-Za-z0-9])(?:([WwＷｗ]|工单号?|单号|ticket(?: no\.?)?)\s*[:：]?\s*[Ww#]?|[#＃])\s*(\d{1,9})(?![\w.])"
    r"|(?<![\w.])(\d{1,9})\s*号\s*(?:工单|单子)",
    re.ASCII | re.IGNORECASE,
)


def named(talk: Talk, order: Order) -> int | None:
    """The number that the order, the message replied to, or the quotation of it names."""
    if order.ticket is not None:
        return order.ticket
    inbound = talk.inbound
    if not inbound.reply_to:  # some channels say what was replied to only by quoting it
        return number_in(quotation(inbound.text)) if "\n" in inbound.text else None
    return talk.uow.outbox.ticket_of(Address(inbound.channel, inbound.conversation), inbound.reply_to)


def meant(talk: Talk, order: Order) -> int | None:
    """`named`, or the number that stands anywhere in the words: 我报的工单12怎么样了."""
    return order.ticket if order.ticket is not None else mentioned(talk) or named(talk, order)


def mentioned(talk: Talk) -> int | None:
    """The number of a ticket that the speaker may follow, anywhere in the words: W12, 工单12, #12 where such a ticket
    is open. Raises Refused where a follow-up names somebody else's as W12."""
    found = _MENTION.search(talk.text) if talk.text and not talk.inbound.action else None
    if found is None:
        return None
    is_sure, follows = found[1] is not None or found[3] is not None, talk.meaning.intent in FOLLOW_UPS
    number = int(found[2] or found[3])
    ticket = talk.uow.tickets.load(number)
    if ticket is not None and may_follow(talk, ticket) and (is_sure or (ticket.is_open and follows)):
        return number
    if is_sure and follows:
        return followed(talk, number).number
    return None


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
    """The open ticket of the speaker that is meant; narrowed by what the words name."""
    number = meant(talk, order)
    if number is not None:
        return theirs(talk, number)
    mine = talk.uow.tickets.open_of(talk.speaker.id)
    return one_of(talk, order, narrowed(talk, mine) or mine, none)


def concerned(talk: Talk, order: Order) -> Ticket | None:
    """The open ticket that a follow-up is about: the speaker's own, else one of the speaker's department. Raises
    Refused where there is none; None when the person was asked."""
    number = meant(talk, order)
    if number is not None:
        return followed(talk, number)
    mine = talk.uow.tickets.open_of(talk.speaker.id)
    fitting = narrowed(talk, mine) or narrowed(talk, of_the_department(talk))
    if mine and not fitting:
        system = describe.system_name(talk.meaning.system, talk.rules, talk.language)
        raise Refused("none_on_system", system=system)
    return one_of(talk, order, fitting, "no_open_ticket")


def narrowed(talk: Talk, tickets: Sequence[Ticket]) -> Sequence[Ticket]:
    """Those on the system and of the department that the words name. Where the words name a system and no ticket is on
    it, those whose system nobody knows yet; a word for a mere function excludes none."""
    if not talk.text or talk.inbound.action:
        return tickets
    meaning = talk.meaning
    systems = (meaning.system,) if meaning.system else meaning.system_candidates
    if systems:
        named = meaning.why.get("system", "").startswith("named")
        unknown = [ticket for ticket in tickets if ticket.system is None]
        tickets = [t for t in tickets if t.system in systems] or (unknown if named else tickets)
    there = [ticket for ticket in tickets if ticket.department == meaning.department]
    return there if meaning.department and there else tickets


def of_the_department(talk: Talk) -> list[Ticket]:
    """The open tickets of the speaker's department that others reported; of those joined to one another the first."""
    person = talk.speaker.person
    if person is None or not talk.speaker.is_hospital or person.department is None:
        return []
    found = talk.uow.tickets.open_in(person.department, THERE)
    numbers = {ticket.number for ticket in found}
    return [t for t in found if t.reporter != talk.speaker.id and t.incident not in numbers]


def is_spoken_of(talk: Talk, ticket: Ticket) -> bool:
    """Whether anything happened to the ticket lately, so that words without a number may be about it."""
    return talk.at - max(event.at for event in ticket.events) <= SPOKEN_OF


def followed(talk: Talk, number: int) -> Ticket:
    """A ticket that the speaker may ask for, urge, and say of whether it works: of an incident whose first it is the
    speaker's own one. Raises Refused for any other."""
    ticket = talk.load(number)
    if may_follow(talk, ticket):
        return ticket
    for joined in talk.uow.tickets.joined_to(number):  # the number that they were told of
        if joined.reporter == talk.speaker.id:
            return joined
    raise Refused("not_your_ticket", ticket=number)


def theirs(talk: Talk, number: int) -> Ticket:
    """A ticket that the speaker may speak for. Raises Refused for everybody else's."""
    ticket = talk.load(number)
    if not may_see(talk, ticket):
        raise Refused("not_your_ticket", ticket=number)
    return ticket


def hospital_only(talk: Talk, ticket: Ticket) -> None:
    """Raises Refused unless the speaker reported it, or answers for it at the hospital, or is of its department."""
    if ticket.reporter != talk.speaker.id and not (talk.speaker.is_hospital and may_follow(talk, ticket)):
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
    there, steps = _not_joined(talk)
    again = [t for t in there if is_asked_again(t, steps[t.number]) and is_called(talk, t, steps[t.number])]
    fresh = [t for t in there if t.state is State.REPORTED and t not in again]
    return one_of(talk, order, [*again, *fresh], "nothing_waits")


def calling(talk: Talk) -> list[Ticket]:
    """The tickets that the speaker was called for and that nobody has taken since, by deadline."""
    there, steps = _not_joined(talk)
    open_ = (t for t in there if t.state is State.REPORTED or is_asked_again(t, steps[t.number]))
    return [t for t in open_ if is_called(talk, t, steps[t.number])]


def _not_joined(talk: Talk) -> tuple[list[Ticket], Mapping[int, Mapping[str, datetime]]]:
    """The speaker's tickets that are no part of another, nobody being called for those, with what was done for each."""
    there = [ticket for ticket in served(talk) if ticket.incident is None]
    return there, talk.uow.tickets.steps_many(ticket.number for ticket in there)


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
