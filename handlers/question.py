"""The one question back: which system is meant, with the likeliest as buttons; and its answer."""

from datetime import timedelta

from handlers import correct, describe, which
from handlers.commands import Order
from handlers.talk import Buttons, Talk
from handlers.wording import plain
from sla.catalogue import System
from sla.labels import Priority, Scope
from sla.message import Button
from sla.ticket import Ticket

CHOICES = 6
"""Buttons of systems under the question."""
OPEN = timedelta(minutes=30)
"""How long an answer is taken for one; the page waits for `site.question_wait` alone."""
WIDER = (Scope.HOSPITAL, Scope.DEPARTMENT, Scope.WORKSTATION)


def deadline_line(talk: Talk, ticket: Ticket) -> str:
    """The deadlines, and who is called: at once, or after the answer to the question back."""
    called = talk.rules.people.by_id.get(ticket.assignee) or describe.called(ticket, talk.rules, talk.now)
    waits = ticket.system is None and ticket.priority is not Priority.CRITICAL
    wait = plain.duration(talk.rules.site.question_wait, talk.language)
    if called is None:
        who = talk.say("calling_nobody")
    elif waits:
        who = talk.say("calling_soon", name=called, wait=wait)
    else:
        who = talk.say("calling", name=called)
    due = talk.deadlines(ticket)
    return talk.say("deadlines", deadlines=due) + who if due else who


def ask_system(talk: Talk, ticket: Ticket, lines: list[str]) -> Buttons:
    """Ask which system is meant, with the likeliest as buttons; the answer is taken for `OPEN`."""
    options = likely_systems(talk, ticket)
    lines.append(talk.say("which_system", ticket=ticket.number))
    if not options:
        lines.append(talk.say("which_system_free"))
    talk.ask("system", ticket.number, OPEN)
    rules, language = talk.rules, talk.language
    buttons = [Button(describe.system_name(id, rules, language), f"system:{ticket.number}:{id}") for id in options]
    return tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))


def likely_systems(talk: Talk, ticket: Ticket) -> tuple[str, ...]:
    """What the words may mean; else the systems named after the department, then those with the most names.

    None where a device fails, or a system that is not in the catalogue.
    """
    if talk.meaning.system_candidates:
        return tuple(talk.meaning.system_candidates)[:CHOICES]
    if talk.meaning.beyond_catalogue:
        return ()
    place = talk.rules.catalogue.department(ticket.department)
    names = (place.name, *place.aliases) if place else ()

    def usual(system: System) -> tuple[bool, int]:
        return not any(name in system.name for name in names), -len(system.aliases) - len(system.functions)

    return tuple(system.id for system in sorted(talk.rules.catalogue.systems, key=usual))[:CHOICES]


def answered(talk: Talk, order: Order) -> int | None:
    """The answer to the one question back: a button with the system's id, or words that name it."""
    ticket = which.theirs(talk, order.ticket or 0)
    id = order.text if talk.rules.catalogue.system(order.text) else talk.meaning.system
    if id is None:
        return correct.noted(talk, ticket)
    told = {} if talk.inbound.action else told_beside(talk, ticket)
    return correct.classify(talk, ticket, {"system": id, **told})


def told_beside(talk: Talk, ticket: Ticket) -> dict[str, str]:
    """What an answer in words tells beside the system: whose it is, and how far it goes where that is farther."""
    meaning, told = talk.meaning, {}
    if ticket.department is None and meaning.department:
        told["department"] = meaning.department
    if meaning.scope and ticket.scope and WIDER.index(meaning.scope) < WIDER.index(ticket.scope):
        told["scope"] = str(meaning.scope)
    return told
