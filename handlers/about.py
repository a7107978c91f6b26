"""Which service words of praise or complaint are about: praise adds to the year's score of one contract, a complaint
goes to its managers, so neither is booked by a guess. A ticket, a contract, a system or one of the provider's people is
named; where none is, the speaker is asked, with what was mended for them lately and the contracts as buttons.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from handlers import which
from handlers.commands import Order, number_in
from handlers.gathered import NAMES, rule
from handlers.talk import Talk
from sla.contract import Contract
from sla.errors import Refused
from sla.labels import Intent, Side
from sla.message import Button
from sla.people import Person
from sla.ticket import Ticket
from storage.base import Draft

ASKED = frozenset({"praise", "complaint"})
"""Verbs, and kinds of the open question, that need an answer."""
WAITS = timedelta(minutes=30)
"""How long the answer is taken for one."""
LATELY, SHOWN, OF = timedelta(days=7), 3, 10
"""Tickets of the speaker that are offered: how old, how many, out of how many."""
SIGNS = " \t\r\n，,。；;、:：=为是"
_TICKET = re.compile(r"^\s*(?:[WwＷｗ]|工单|#|＃)\s*\d{1,9}(?![\w.])", re.ASCII)
_SPOKEN = re.compile(
    r"(?:我们?|本人)?\s*(?:就?要|想|得)?\s*(?:(?P<praise>表扬)|投诉)(?:一下|信)?[\s，,：:!！]*(?P<words>.*)", re.DOTALL
)
_THEM = ("工程师", "值班", "维护人员", "运维", "服务商")
_NO_COMPLAINT = ("电话", "热线", "渠道", "方式", "邮箱", "系统", "平台", "科", "办", "单", "怎么", "在哪", "去哪")
"""投诉电话是多少 asks, 投诉科电脑坏了 reports."""


@dataclass(frozen=True, slots=True)
class About:
    """What words are about, and the words without its name."""

    contract: Contract
    words: str
    ticket: int | None = None


def about(talk: Talk, order: Order) -> About | None:
    """What is meant; None where the speaker is asked. Raises Refused for a ticket of others, and an old button."""
    text, asked = order.text, talk.draft if talk.draft and talk.draft.kind == order.verb else None
    if talk.inbound.action:
        if asked is None:
            raise Refused("unknown_button")
        text = f"{text} {asked.data['words']}"
    if asked:
        talk.uow.drafts.remove(talk.speaker.address)
    number, there = which.named(talk, order) or number_in(text), present(talk)
    ticket = which.followed(talk, number) if number else None
    by_ticket = there.get(ticket.contract or "") if ticket else None
    if ticket and by_ticket:
        return About(by_ticket, _TICKET.sub("", text).strip(SIGNS), ticket.number)
    named = named_contract(talk, text)
    if named:
        return About(*named)
    if not text:
        raise Refused("assessed_words", what=talk.say(f"record_kind_{order.verb}"))
    found = of_system(talk, text) or _of_person(talk, text) or (next(iter(there.values())) if len(there) == 1 else None)
    if found:
        return About(found, text.strip(SIGNS))
    if not there:
        raise Refused("assessed_which", contracts=talk.say("none_named"))
    _ask(talk, order.verb, text)
    return None


def answer(talk: Talk, draft: Draft) -> Order | None:
    """The message as the answer to the question: a ticket's number, or the name of a contract or a system and no
    more. None for everything else, which is no answer."""
    words, number, named = str(draft.data["words"]), number_in(talk.text), named_contract(talk, talk.text)
    if number:
        return Order(draft.kind, number, words)
    contract = (
        named[0] if named and not named[1] else of_system(talk, talk.text) if rule(talk.meaning) == NAMES else None
    )
    return Order(draft.kind, None, f"{contract.id} {words}") if contract else None


def spoken(talk: Talk) -> Order | None:
    """Praise or a complaint as people say it: 我要投诉李工…, 表扬王工…. Who waits for help and names nobody urges by it
    (我要投诉了)."""
    found = _SPOKEN.match(talk.text)
    if found is None or talk.meaning.intent not in (Intent.URGE, Intent.CHAT):
        return None
    words, verb = found["words"].strip(SIGNS), "praise" if found["praise"] else "complaint"
    names = {name for person in _providers(talk) for name in (person.name, person.name.rpartition("·")[2])}
    if words.startswith((*_THEM, *(name for name in names if len(name) > 1))):
        return Order(verb, text=words)
    waits = any(ticket.is_working for ticket in talk.uow.tickets.open_of(talk.speaker.id))
    if waits or talk.meaning.intent is not Intent.URGE or words.startswith(_NO_COMPLAINT):
        return None
    return Order(verb, text=words)


def present(talk: Talk) -> Mapping[str, Contract]:
    """The contracts by id, each in the version that is in force now."""
    found = ((id, talk.rules.in_force(id, talk.now)) for id in talk.rules.contracts)
    return {id: contract for id, contract in found if contract}


def named_contract(talk: Talk, text: str) -> tuple[Contract, str] | None:
    """The contract that the words name, and the rest of them."""
    for contract in present(talk).values():
        versions = talk.rules.versions_of(contract.id)
        called = {name for version in versions for name in (version.name, version.name_en) if name}
        names = "|".join(map(re.escape, sorted(called, key=len, reverse=True)))
        named = re.search(rf"(?<![\w-]){re.escape(contract.id)}(?![\w-])|{names}", text, re.IGNORECASE)
        if named:
            return contract, (text[: named.start()] + text[named.end() :]).strip(SIGNS)
    return None


def of_system(talk: Talk, text: str) -> Contract | None:
    """The one contract that covers the system that the words name."""
    id = talk.meaning_of(text).system
    system = talk.rules.catalogue.system(id) if id else None
    found = [each for each in present(talk).values() if system and each.systems and each.covers(system.id)]
    return found[0] if len(found) == 1 else None


def people_named(talk: Talk, text: str) -> list[Person]:
    """The provider's people whom the words name: 王工, 示例·王工."""
    said = text.lower()
    return [
        person
        for person in _providers(talk)
        if any(len(name) > 1 and name in said for name in (person.name.rpartition("·")[2], person.name_en.lower()))
    ]


def _of_person(talk: Talk, text: str) -> Contract | None:
    """The one contract under which all of the provider's people work whom the words name."""
    people = people_named(talk, text)
    found = [each for each in present(talk).values() if people and all(p.serves(each.id) for p in people)]
    return found[0] if len(found) == 1 else None


def _providers(talk: Talk) -> list[Person]:
    return [person for person in talk.rules.people.by_id.values() if person.side is Side.PROVIDER]


def _ask(talk: Talk, verb: str, words: str) -> None:
    talk.ask(verb, None, WAITS, words=words)
    tickets = [ticket for ticket in talk.uow.tickets.lately(talk.speaker.id, OF) if _is_late(talk, ticket)][:SHOWN]
    choices = [Button(f"W{ticket.number} {ticket.title[:18]}", f"{verb}:{ticket.number}") for ticket in tickets]
    choices += [Button(each.called(talk.language), f"{verb}::{each.id}") for each in present(talk).values()]
    what = talk.say(f"record_kind_{verb}")
    talk.answer(talk.say("assessed_about", what=what), tuple((button,) for button in choices))


def _is_late(talk: Talk, ticket: Ticket) -> bool:
    """Whether it was reported lately, under a contract that is in force."""
    return talk.at - ticket.reported_at <= LATELY and (ticket.contract or "") in present(talk)
