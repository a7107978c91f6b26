"""What somebody asks for and a manager decides: kept as a note on its ticket, answered by a button under it."""

from collections.abc import Iterable
from typing import Any

from handlers.commands import Order
from handlers.people import may_see
from handlers.talk import Talk
from sla.errors import Refused
from sla.labels import Role
from sla.message import Button
from sla.people import Person
from sla.ticket import Event, EventKind, Ticket

MANAGERS = (Role.HOSPITAL_MANAGER, Role.PROVIDER_MANAGER)


def put_before(
    talk: Talk, ticket: Ticket, managers: Iterable[Person], sentence: str, data: dict[str, Any], **fields: object
) -> Ticket:
    """Keep what is asked for (`data`, whose "asks" names it), and put it before these managers with a button for yes
    and one for no. Raises Refused where there is nobody to decide."""
    deciding = [person for person in dict.fromkeys(managers) if person is not talk.speaker.person]
    if not deciding:
        raise Refused("nobody_decides", ticket=ticket.number)
    ticket = talk.record(ticket, talk.event(EventKind.NOTED, text=talk.whole, **data))
    place = len(ticket.events) - 1
    for person in deciding:
        yes = Button(talk.say_to(person, "button_grant"), f"agree_{data['asks']}:{ticket.number}:{place}")
        no = Button(talk.say_to(person, "button_refuse"), f"refuse_asked:{ticket.number}:{place}")
        words = talk.say_to(
            person, sentence, ticket=ticket.number, title=ticket.title, name=talk.speaker.person, **fields
        )
        talk.tell(person, words, ticket.number, ((yes, no),))
    return ticket


def asked(talk: Talk, order: Order, *kinds: str) -> tuple[Ticket, int, Event]:
    """The ticket, the place of the note and the note that a button decides. Raises Refused where the speaker is no
    manager, or where it is decided already."""
    ticket = talk.load(order.ticket)
    if not talk.speaker.may(*MANAGERS) or not may_see(talk, ticket):
        raise Refused("not_any_manager", ticket=ticket.number)
    place = int(order.text) if order.text.isdigit() else -1
    event = ticket.events[place] if 0 <= place < len(ticket.events) else None
    if event is None or event.data.get("asks") not in kinds or is_decided(ticket, place):
        raise Refused("nothing_to_agree", ticket=ticket.number)
    return ticket, place, event


def is_decided(ticket: Ticket, place: int) -> bool:
    """Whether somebody said yes or no to what the note at that place asks for."""
    return any(event.data.get("decides") == place for event in ticket.events)


def refuse_asked(talk: Talk, order: Order) -> int:
    """不同意: who asked hears it."""
    ticket, place, event = asked(talk, order, "amendment", "waiver")
    if event.data.get("hospital") and not talk.speaker.may(Role.HOSPITAL_MANAGER):
        raise Refused("not_a_manager", ticket=ticket.number)
    ticket = talk.record(ticket, talk.event(EventKind.NOTED, decides=place, text=talk.say("asked_refused_note")))
    asker = talk.rules.people.by_id.get(event.by)
    if asker:
        words = talk.say_to(asker, "asked_refused_for_asker", ticket=ticket.number, name=talk.speaker.person)
        talk.tell(asker, words, ticket.number)
    talk.answer(talk.say("asked_refused", ticket=ticket.number), ticket=ticket.number)
    return ticket.number
