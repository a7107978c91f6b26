"""豁免: a manager of the hospital forgives a breach, with a reason; the provider's manager may ask for it.

豁免 W12 响应 原因：… or, by the number in the ledger, 豁免 #17 原因：…; 申请豁免 and 撤销豁免 likewise. A waiver
belongs to the one breach that it names (`sla.ledger`).
"""

import re

from handlers import describe, proposals, which
from handlers.commands import Order
from handlers.intake.redact import redact
from handlers.reach import managers_of
from handlers.talk import Talk
from handlers.wording import LANGUAGES
from sla import ledger
from sla.errors import Refused
from sla.labels import Role
from sla.ledger import Breach, Entry, breaches
from sla.ticket import EventKind, Ticket

TOLD = {"waived": ("waived_for_managers", "waived_now"), "unwaived": ("unwaived_for_managers", "unwaived_now")}
_SIGNS = " \t\r\n，,。；;、:：的"
_ENTRY = re.compile(r"[#＃]\s*(\d{1,9})(?!\d)", re.ASCII)
_REASON = re.compile(
    r"(?:^|[\s，,;；。])(?:原因|理由|reason|because)(?:\s*[：:]\s*|是|\s+)(.+)", re.IGNORECASE | re.DOTALL
)


def waive(talk: Talk, order: Order) -> int:
    """豁免 W12 响应 原因：…, by a manager of the hospital."""
    ticket, breach, reason = _meant(talk, order, waived=False)
    _hospital_manager(talk, ticket)
    return _waived(talk, ticket, breach.entry.seq, reason)


def ask_waiver(talk: Talk, order: Order) -> int:
    """申请豁免 …: the provider's manager asks, the hospital's managers get a button."""
    ticket, breach, reason = _meant(talk, order, waived=False)
    if not talk.speaker.may(Role.PROVIDER_MANAGER):
        raise Refused("only_provider_asks_waiver", ticket=ticket.number)
    seq, entry = breach.entry.seq, breach.entry
    ledger.waive(_entries(talk, ticket), seq, talk.speaker.id, reason, talk.now)  # refused at once where it cannot be
    deciding = [person for person in managers_of(ticket.contract, talk.rules) if Role.HOSPITAL_MANAGER in person.roles]
    data = {"asks": "waiver", "seq": seq, "reason": reason, "hospital": True}
    fields = {
        "seq": seq,
        "clause": entry.clause,
        "clock": describe.entry_called(entry, talk.language),
        "reason": redact(reason),
    }
    proposals.put_before(talk, ticket, deciding, "waiver_asked_for_manager", data, **fields)
    talk.answer(talk.say("waiver_asked", ticket=ticket.number, seq=seq), ticket=ticket.number)
    return ticket.number


def agree_waiver(talk: Talk, order: Order) -> int:
    """同意: what the provider's manager asked for is waived."""
    ticket, place, event = proposals.asked(talk, order, "waiver")
    _hospital_manager(talk, ticket)
    return _waived(talk, ticket, int(event.data["seq"]), str(event.data["reason"]), decides=place)


def unwaive(talk: Talk, order: Order) -> int:
    """撤销豁免 …: it counts again."""
    ticket, breach, reason = _meant(talk, order, waived=True)
    _hospital_manager(talk, ticket)
    seq = breach.entry.seq
    entry = ledger.unwaive(_entries(talk, ticket), seq, talk.speaker.id, redact(reason), talk.now)
    return _kept(talk, ticket, entry, "unwaived", reason)


# What is meant


def _meant(talk: Talk, order: Order, *, waived: bool) -> tuple[Ticket, Breach, str]:
    """The ticket, its breach and the reason. Raises Refused where something is missing or more than one is meant."""
    because = _REASON.search(order.text)
    words = order.text[: because.start()] if because else order.text
    numbered = _ENTRY.search(words)
    entry = talk.uow.ledger.get(int(numbered[1])) if numbered else None
    if numbered and entry is None:
        raise Refused("no_such_breach", seq=numbered[1])
    ticket = which.theirs(talk, entry.ticket if entry else order.ticket or 0)
    fitting, unclear = breaches(_entries(talk, ticket)), False
    if entry:
        fitting = tuple(breach for breach in fitting if breach.entry.seq == entry.seq)
    else:
        fitting = tuple(b for b in fitting if b.correction is None and (b.waiver is not None) == waived)
        named = _named(fitting, words)
        unclear = (
            bool(words.strip(_SIGNS)) and not named
        )  # words that name none of them: never any other in their place
        fitting = named or fitting
    if not fitting:
        raise Refused("no_waiver_to_take_back" if waived else "no_breach_of_ticket", ticket=ticket.number)
    if len(fitting) > 1 or (unclear and because):
        listed = talk.listed(
            f"#{breach.entry.seq} {describe.entry_called(breach.entry, talk.language)}" for breach in fitting
        )
        raise Refused("which_breach", ticket=ticket.number, breaches=listed, seq=fitting[0].entry.seq)
    if because is None:
        raise Refused("waive_why", seq=fitting[0].entry.seq)
    return ticket, fitting[0], because[1].strip()


def _named(fitting: tuple[Breach, ...], words: str) -> tuple[Breach, ...]:
    """Those whose clock the words name, in either language or as the contract's file does."""
    said = words.lower()
    return tuple(breach for breach in fitting if any(name.lower() in said for name in _names(breach.entry)))


def _names(entry: Entry) -> list[str]:
    return [entry.clock.partition("/")[0], *(describe.entry_called(entry, language) for language in LANGUAGES)]


def _entries(talk: Talk, ticket: Ticket) -> list[Entry]:
    return list(talk.uow.ledger.of_ticket(ticket.number))


def _hospital_manager(talk: Talk, ticket: Ticket) -> None:
    if not talk.speaker.may(Role.HOSPITAL_MANAGER):
        raise Refused("only_hospital_waives", ticket=ticket.number)


# Doing it


def _waived(talk: Talk, ticket: Ticket, seq: int, reason: str, **more: object) -> int:
    entry = ledger.waive(_entries(talk, ticket), seq, talk.speaker.id, redact(reason), talk.now)
    return _kept(talk, ticket, entry, "waived", reason, **more)


def _kept(talk: Talk, ticket: Ticket, entry: Entry, key: str, reason: str, **more: object) -> int:
    """Chain it on, note it on the ticket, tell the managers of both sides."""
    talk.uow.ledger.append([entry])
    seq = entry.refers_to
    ticket = talk.record(ticket, talk.event(EventKind.NOTED, **{key: seq}, reason=reason, **more))
    for person in managers_of(ticket.contract, talk.rules):
        clock = describe.entry_called(entry, person.language)
        fields = {"title": ticket.title, "seq": seq, "clause": entry.clause, "clock": clock, "reason": redact(reason)}
        text = talk.say_to(person, TOLD[key][0], ticket=ticket.number, name=talk.speaker.person, **fields)
        talk.tell(person, text, ticket.number)
    talk.answer(talk.say(TOLD[key][1], ticket=ticket.number, seq=seq), ticket=ticket.number)
    return ticket.number
