"""Whether a fault was an outage: what the hospital's managers are asked when it is mended, and the buttons for it."""

from datetime import datetime

from handlers.quota_words import span_named
from handlers.reach import Buttons, notice_to_person
from handlers.wording import say
from sla.contract import Contract
from sla.labels import Kind, Priority, Role, Scope
from sla.message import Button, Purpose
from sla.rules import Rules
from sla.ticket import Outage, OutageLevel, Ticket
from storage.base import UnitOfWork


def is_asked(ticket: Ticket, contract: Contract | None) -> bool:
    """Whether a fault that is mended may have been an outage: it was critical, or the whole hospital's or department's,
    and its contract allows only so many. Of an incident only its own ticket is asked about."""
    if contract is None or not contract.quotas or ticket.kind is not Kind.FAULT or ticket.incident is not None:
        return False
    return ticket.scope in (Scope.HOSPITAL, Scope.DEPARTMENT) or ticket.priority is Priority.CRITICAL


def onset(ticket: Ticket) -> datetime:
    """When a fault began as far as is known: as it was told, at the latest with its report."""
    return min(ticket.started_at or ticket.reported_at, ticket.reported_at)


def ask(ticket: Ticket, uow: UnitOfWork, rules: Rules, now: datetime) -> None:
    """Ask the hospital's managers, once, whether it was an outage, with begin and end as known."""
    if not is_asked(ticket, rules.contract_of(ticket)) or ticket.resolved_at is None:
        return
    end = ticket.resolved_at
    known = Outage(ticket.number, ticket.contract, ticket.system, OutageLevel.DOWNTIME, onset(ticket), end)
    for person in rules.people.having(Role.HOSPITAL_MANAGER, ticket.contract):
        language = person.language
        title = ticket.title or say("title_unknown", language)
        span = span_named(known, now, language, rules)
        text = say("outage_asked", language, ticket=ticket.number, title=title, span=span)
        notice = notice_to_person(
            "outage/asked", person, Purpose.INFO, text, uow, rules, now, ticket.number, ask_buttons(known, language)
        )
        if notice:
            uow.outbox.add([notice], now)


def ask_buttons(known: Outage, language: str) -> Buttons:
    """Downtime, department impact, or neither, of this begin and end."""
    levels = tuple(
        Button(say(f"button_outage_{level}", language), outage_action(known, level)) for level in OutageLevel
    )
    none = Button(say("button_outage_none", language), f"outage:{known.ticket}:none")
    return ((*levels, none),)


def outage_action(known: Outage, level: OutageLevel, place: str = "") -> str:
    """What a button that confirms an outage says: its level, begin and end (seconds since 1970, no end: it goes on);
    `place`: ":" and that of the note on the ticket's record that proposes it."""
    ended = "" if known.ended is None else int(known.ended.timestamp())
    return f"outage:{known.ticket}:{level}:{int(known.began.timestamp())}:{ended}{place}"
