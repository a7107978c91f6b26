"""Sender -> person, role, permissions; how somebody unknown binds an address."""

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from handlers.commands import Order
from handlers.talk import Speaker, Talk
from sla.errors import Refused
from sla.labels import Role
from sla.message import Address, Inbound
from sla.people import Person
from sla.rules import Rules
from sla.ticket import EventKind, Ticket
from storage.base import UnitOfWork

CODE_VALID = timedelta(hours=24)
WORKERS = (Role.ENGINEER, Role.LEAD, Role.PROVIDER_MANAGER)
"""Roles that may work on tickets."""
CODE_MAKERS = (Role.HOSPITAL_MANAGER, Role.ADMINISTRATOR, Role.LEAD)
UNPROVEN_CHANNELS = frozenset({"mail"})
"""Channels in which a sender may be unproven."""
LINK_MARK = "telegram:link"
"""Under this mark the Bot API's channel keeps what a link begins with that starts its bot."""
_IN_LINK = re.compile(r"[A-Za-z0-9-]{1,50}", re.ASCII)
_CJK = re.compile(r"[\u3400-\u9fff]")
_SENTENCE = re.compile(
    r"\b(?:is|are|was|the|my|our|it|it's|we|you|does|doesn't|did|can|can't|cannot|please|thanks?|what|when|how|any|still"
    r"|nobody|not|and)\b(?=\W+\w)|(?<=\w\s)(?:is|please|thanks?|again|now|yet|it)\b"
    r"|(?:\b(?-i:[a-z]{2,})\s+){3}(?-i:[a-z]{2,})\b",
    re.IGNORECASE,
)
"""Words that make an English sentence of letters: HIS down may be anybody's."""


def identify(inbound: Inbound, uow: UnitOfWork, rules: Rules) -> Speaker:
    """Who wrote: by people.toml, else by what people bound, else somebody unknown, who is heard all the same. Who only
    says to be somebody is nobody known."""
    address = Address(inbound.channel, inbound.sender)
    if not inbound.proven:
        return Speaker(unknown(address), address, language_of(inbound))
    person = rules.people.by_address.get(address)
    if person is None:
        bound = uow.bindings.person_of(address)
        person = rules.people.by_id.get(bound) if bound else None
    id = person.id if person else unknown(address)
    return Speaker(id, address, language_with(person, inbound, uow), person)


def unknown(address: Address) -> str:
    """The id of a speaker of whom only the address is known."""
    return f"{address.channel}:{address.address}"


def language_with(person: Person | None, inbound: Inbound, uow: UnitOfWork) -> str:
    """The person's own language where it is fixed; else the one of the words, else of the page or app they use; of a
    button or a few letters that in which the speaker's open ticket was reported."""
    if person and person.keeps_language:
        return person.language
    if inbound.language or _CJK.search(inbound.text) or _SENTENCE.search(inbound.text):
        return language_of(inbound)
    mine = uow.tickets.open_of(person.id if person else unknown(Address(inbound.channel, inbound.sender)))
    if mine:
        return mine[0].language
    return person.language if person else language_of(inbound)


def language_of(inbound: Inbound) -> str:
    """Chinese where a Chinese character stands, English in an English sentence; else what the channel says; else
    English for Latin letters."""
    if _CJK.search(inbound.text):
        return "zh"
    if _SENTENCE.search(inbound.text):
        return "en"
    if inbound.language:
        return "zh" if inbound.language.lower().startswith("zh") else "en"
    return "en" if re.search(r"[A-Za-z]{2}", inbound.text) else "zh"


def worker(talk: Talk, ticket: Ticket) -> Person:
    """The speaker as somebody who may work on this ticket. Raises Refused for everybody else."""
    person = talk.speaker.person
    if person is None or not talk.speaker.may(*WORKERS):
        raise Refused("not_an_engineer", ticket=ticket.number)
    if not person.serves(ticket.contract):
        raise Refused("not_your_contract", ticket=ticket.number)
    return person


def may_see(talk: Talk, ticket: Ticket) -> bool:
    """Whether the speaker may read the ticket: who reported it, who works on it, who answers for it."""
    person = talk.speaker.person
    if ticket.reporter == talk.speaker.id:
        return True
    if person is None:
        return False
    if talk.speaker.may(Role.DEPARTMENT_HEAD) and person.department == ticket.department:
        return True
    return talk.speaker.may(*WORKERS, Role.HOSPITAL_MANAGER, Role.ADMINISTRATOR) and person.serves(ticket.contract)


def may_follow(talk: Talk, ticket: Ticket) -> bool:
    """Whether the speaker may ask how the ticket stands, urge, and say whether it works: who may see it, and the
    hospital's people of its department, who do not read all that was said."""
    person = talk.speaker.person
    same_place = talk.speaker.is_hospital and person is not None and person.department is not None
    return may_see(talk, ticket) or (same_place and person is not None and person.department == ticket.department)


def vouch(talk: Talk) -> None:
    """What was reported from this address while nothing proved whose it is belongs to the person who now proved it."""
    person, address = talk.speaker.person, talk.speaker.address
    if person is None or address.channel not in UNPROVEN_CHANNELS or not talk.inbound.proven:
        return
    for ticket in talk.uow.tickets.open_of(unknown(address)):
        talk.record(ticket, talk.event(EventKind.VERIFIED, reporter=person.id))


# Binding


def code_hash(code: str) -> str:
    """How a code is kept."""
    return hashlib.sha256(code.encode()).hexdigest()


def new_code() -> str:
    """Six digits by chance; five wrong tries end it, and it lives 24 hours."""
    return f"{secrets.randbelow(1_000_000):06d}"


def bind(talk: Talk, order: Order) -> int | None:
    """绑定 <staff number> <code>: the address is the person's from now on, and what it reported is verified."""
    staff, _, code = order.text.partition(" ")
    code = code.strip()
    if not staff or not code:
        raise Refused("bind_how")
    person = talk.rules.people.by_staff_number.get(staff)
    if not talk.uow.bindings.take_code(staff, code_hash(code), talk.now) or person is None:
        # The tries are counted by the storage: this is an answer, not a Refused, and what was counted stays.
        talk.answer(talk.say("bind_wrong"))
        return None
    talk.uow.bindings.bind(person.id, talk.speaker.address, talk.now)
    talk.uow.audit.add(talk.now, person.id, "bind", talk.speaker.id)
    opened = talk.uow.tickets.open_of(talk.speaker.id)
    for ticket in opened:
        talk.record(ticket, talk.event(EventKind.VERIFIED, reporter=person.id))
    key = "bound_with_tickets" if opened else "bound"
    talk.answer(talk.say(key, name=person, count=len(opened)))
    return None


def bindcode(talk: Talk, order: Order) -> int | None:
    """绑定码 <staff number>: a new code for somebody, made by who may."""
    if not talk.speaker.may(*CODE_MAKERS):
        raise Refused("no_right_bindcode")
    person = talk.rules.people.by_staff_number.get(order.text.strip())
    if person is None:
        raise Refused("no_such_staff", staff=order.text.strip()[:20])
    code = make_code(person, talk.speaker.id, talk.uow, talk.now)
    text = talk.say("bindcode_made", name=person, staff=person.staff_number, code=code)
    link = link_for(person, code, talk.uow)
    talk.answer(f"{text}\n{talk.say('bindcode_link', link=link)}" if link else text)
    return None


def make_code(person: Person, by: str, uow: UnitOfWork, now: datetime) -> str:
    """A fresh code for the person, kept as its hash and put on the audit trail."""
    code = new_code()
    uow.bindings.add_code(person.staff_number, code_hash(code), now + CODE_VALID)
    uow.audit.add(now, by, "bindcode", person.staff_number)
    return code


def link_for(person: Person, code: str, uow: UnitOfWork) -> str:
    """The link that starts the bot of the Bot API and binds at once; "" where that bot's name is not known, or the
    staff number has signs that such a link cannot carry."""
    prefix = uow.marks.get(LINK_MARK)
    return f"{prefix}{person.staff_number}_{code}" if prefix and _IN_LINK.fullmatch(person.staff_number) else ""
