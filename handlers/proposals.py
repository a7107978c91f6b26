"""What somebody asks for and a manager decides: kept as a note on its ticket, answered by a button under it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from handlers import describe
from handlers.commands import Order
from handlers.decided import is_answered
from handlers.intake.redact import redact
from handlers.people import may_see
from handlers.talk import Talk
from handlers.wording import plain, say
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
    if event is None or event.data.get("asks") not in kinds or is_answered(ticket, place):
        raise Refused("nothing_to_agree", ticket=ticket.number)
    return ticket, place, event


def refuse_asked(talk: Talk, order: Order) -> int:
    """不同意, by the button: who asked hears it."""
    ticket, place, event = asked(talk, order, "amendment", "waiver")
    if not _decides(talk, event):
        raise Refused("not_a_manager", ticket=ticket.number)
    return refuse(talk, ticket, place, "")


def waiting(talk: Talk, number: int | None) -> tuple[Ticket, int] | None:
    """What was asked for and waits for the speaker's word, the latest first: of one ticket, or of those open (None)."""
    if not talk.speaker.may(*MANAGERS) or talk.speaker.person is None:
        return None
    contracts = talk.speaker.person.contracts or None
    tickets = talk.uow.tickets.open_on(contracts=contracts, limit=200) if number is None else [talk.load(number)]
    found = [
        (event.at, ticket, place)
        for ticket in tickets
        if may_see(talk, ticket)
        for place, event in enumerate(ticket.events)
        if event.data.get("asks") and event.by != talk.speaker.id and _decides(talk, event)
        if not is_answered(ticket, place)
    ]
    latest = max(found, key=lambda each: each[0], default=None)
    return latest[1:] if latest else None


def _decides(talk: Talk, event: Event) -> bool:
    return talk.speaker.may(Role.HOSPITAL_MANAGER) or not event.data.get("hospital")


def refuse(talk: Talk, ticket: Ticket, place: int, reason: str) -> int:
    """不同意 W12：理由: who asked hears what for, and why not."""
    event = ticket.events[place]
    said = {"text": ": ".join(filter(None, (talk.say("asked_refused_note"), reason)))}
    asker = talk.rules.people.by_id.get(event.by)
    ticket = talk.record(ticket, talk.event(EventKind.NOTED, decides=place, **said))
    if asker:
        title = ticket.title or talk.say_to(asker, "title_unknown")
        fields = {"ticket": ticket.number, "title": title, "name": talk.speaker.person}
        words = talk.say_to(asker, "asked_refused_for_asker", **fields, what=_what(talk, ticket, event, asker.language))
        because = talk.say_to(asker, "asked_refused_why", reason=redact(reason)) if reason else ""
        talk.tell(asker, words + because, ticket.number)
    talk.answer(talk.say("asked_refused", ticket=ticket.number), ticket=ticket.number)
    return ticket.number


def _what(talk: Talk, ticket: Ticket, event: Event, language: str) -> str:
    """What was asked for: the waiver of which breach, the correction of which record."""
    data = event.data
    if data["asks"] == "waiver":
        entry = talk.uow.ledger.get(int(data["seq"]))
        clock = describe.entry_called(entry, language) if entry else ""
        return say("asked_waiver", language, seq=data["seq"], clause=entry.clause if entry else "", clock=clock)
    wrong, at = ticket.events[int(data["event"])], data.get("at")

    def told(instant: datetime) -> str:
        return plain.instant(instant, talk.now, language, talk.zone)

    change = describe.change(wrong.kind, wrong.at, datetime.fromisoformat(at) if at else None, told, language)
    return say("asked_amendment", language, change=change)
