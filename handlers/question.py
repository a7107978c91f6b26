"""The one question back: which system is meant, with the likeliest as buttons; and its answer."""

import re
from collections import Counter
from datetime import timedelta

from handlers import describe, noted, reclassify, which
from handlers.commands import Order
from handlers.decided import is_system_said
from handlers.intake.meaning import Meaning
from handlers.reading import understood, words_of
from handlers.talk import Buttons, Talk
from handlers.wording import plain
from sla.catalogue import System
from sla.labels import Priority, Scope
from sla.message import Button
from sla.paging import is_asked
from sla.ticket import EventKind, Ticket

CHOICES = 6
"""Buttons of systems under the question."""
OPEN = timedelta(minutes=30)
"""How long an answer is taken for one; the page waits for `site.question_wait` alone."""
OTHER = "other"
"""In place of a system's id: 其他/不清楚."""
LATELY = 50
"""Past tickets of a department, and of a person, by which the likeliest systems are told."""
_NOT_KNOWN = re.compile(
    r"(?:我|也|我也|这个|真)?(?:不太?|没)(?:知道|清楚|确定|晓得|懂|认识)(?:是?(?:哪个|什么)(?:系统)?)?[了啊呀的。.！!]*"
    r"|(?:都|哪个都)?不是|其[他它](?:系统)?|都没有"
    r"|(?:i )?(?:don'?t|do not) know|not sure|no idea|other|none of (?:these|them)",
    re.IGNORECASE,
)
_DENIED = re.compile(r"(?:不是|并非|\bnot\b)\s*([^，,。;；\n]{1,20})", re.IGNORECASE)
WIDER = (Scope.HOSPITAL, Scope.DEPARTMENT, Scope.WORKSTATION)


def deadline_line(talk: Talk, ticket: Ticket) -> str:
    """The deadlines, and who is called: at once, or after the answer to the question back."""
    called = talk.rules.people.by_id.get(ticket.assignee) or describe.called(ticket, talk.rules, talk.now)
    wait = plain.duration(talk.rules.site.question_wait, talk.language)
    if called is None:
        who = talk.say("calling_nobody")
    elif page_waits(talk, ticket):
        who = talk.say("calling_soon", name=called, wait=wait)
    elif ticket.assignee:
        who = talk.say("calling_again", name=called)
    else:
        who = talk.say("calling", name=called)
    due = talk.deadlines(ticket)
    return talk.say("deadlines", deadlines=due) + who if due else who


def page_waits(talk: Talk, ticket: Ticket) -> bool:
    """Whether nobody is called yet, since the reporter is asked and has time to answer."""
    if talk.now >= ticket.reported_at + talk.rules.site.question_wait:
        return False
    unknown = ticket.system is None and ticket.priority is not Priority.CRITICAL and not is_system_said(ticket)
    return unknown or is_asked(ticket)


def kept_line(talk: Talk, ticket: Ticket) -> str:
    """The deadlines of a ticket that somebody has already, and who that is: nobody is called for it."""
    due, worker = talk.deadlines(ticket), talk.worker_of(ticket)
    who = talk.say("has_it", name=worker) if worker else ""
    return talk.say("deadlines", deadlines=due) + who if due else who


def is_not_known(text: str) -> bool:
    """Whether an answer in words says that none of these is meant, or that the writer cannot tell."""
    return _NOT_KNOWN.fullmatch(text.strip()) is not None


def ask_system(talk: Talk, ticket: Ticket, meaning: Meaning, lines: list[str]) -> Buttons:
    """Ask which system is meant, with the likeliest as buttons and one for who does not know; the answer is taken for
    `OPEN`. `meaning` is that of all the words of the report."""
    options = likely_systems(talk, ticket, meaning)
    lines.append(talk.say("which_system", ticket=ticket.number))
    if not options:
        lines.append(talk.say("which_system_free"))
    talk.ask("system", ticket.number, OPEN)
    rules, language = talk.rules, talk.language
    buttons = [Button(describe.system_name(id, rules, language), f"system:{ticket.number}:{id}") for id in options]
    rows = [tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2)]
    return (*rows, (Button(talk.say("button_other_system"), f"system:{ticket.number}:{OTHER}"),))


def likely_systems(talk: Talk, ticket: Ticket, meaning: Meaning) -> tuple[str, ...]:
    """What the words may mean; else what the department and the person reported before, most often first, then what is
    named after the department, then the systems with the most names. Never one alone that is taken for granted.

    None where a device fails, or a system that is not in the catalogue.
    """
    if meaning.beyond_catalogue:
        return ()
    catalogue = talk.rules.catalogue
    place = catalogue.department(ticket.department)
    names = (place.name, *place.aliases) if place else ()
    before, denied = reported_before(talk, ticket), said_not_to_be(talk, ticket)

    def usual(system: System) -> tuple[int, bool, int]:
        named_after = any(name in system.name for name in names)
        return -before[system.id], not named_after, -len(system.aliases) - len(system.functions)

    candidates = meaning.system_candidates
    found = [system for system in catalogue.systems if not candidates or system.id in candidates]
    found = [system for system in found if system.id not in denied]
    if candidates:  # in the order in which the words suggest them, where nothing else speaks for one
        found.sort(key=lambda system: (*usual(system)[:2], candidates.index(system.id)))
    else:
        found.sort(key=usual)
    return tuple(system.id for system in found)[:CHOICES]


def said_not_to_be(talk: Talk, ticket: Ticket) -> set[str | None]:
    """The systems that the reporter said it is not: 不是HIS."""
    said = _DENIED.finditer(words_of(ticket))
    return {understood(found[1], talk.at, talk.rules).system for found in said}


def reported_before(talk: Talk, ticket: Ticket) -> Counter[str]:
    """How often the department, and once more the person, reported each system lately."""
    past = talk.uow.tickets.past_systems
    found = Counter(past(LATELY, reporter=ticket.reporter))
    if ticket.department:
        found.update(past(LATELY, department=ticket.department))
    return found


def answered(talk: Talk, order: Order) -> int | None:
    """The answer to the one question back: a button with the system's id, or words that name it."""
    ticket = which.theirs(talk, order.ticket or 0)
    if order.text == OTHER:
        return unknown(talk, ticket)
    id = order.text if talk.rules.catalogue.system(order.text) else talk.meaning.system
    if id is None:
        return noted.keep(talk, ticket)
    told = {} if talk.inbound.action else told_beside(talk, ticket)
    return reclassify.classify(talk, ticket, {"system": id, **told})


def unknown(talk: Talk, ticket: Ticket) -> int:
    """None of these, or not known: the engineer is called at once and finds out."""
    if ticket.system is None and ticket.is_working:
        reason = talk.say("button_other_system")
        ticket = talk.record(ticket, talk.event(EventKind.RECLASSIFIED, system=None, reason=reason))
    talk.uow.drafts.remove(talk.speaker.address)
    lines = [talk.say("other_system", ticket=ticket.number), deadline_line(talk, ticket)]
    talk.answer("\n".join(lines), ticket=ticket.number)
    return ticket.number


def told_beside(talk: Talk, ticket: Ticket) -> dict[str, str]:
    """What an answer in words tells beside the system: whose it is, and how far it goes where that is farther."""
    meaning, told = talk.meaning, {}
    if ticket.department is None and meaning.department:
        told["department"] = meaning.department
    if meaning.scope and ticket.scope and WIDER.index(meaning.scope) < WIDER.index(ticket.scope):
        told["scope"] = str(meaning.scope)
    return told
