"""Who hears of a pause, and what: used by the handler, and by time when a pause is over by itself."""

from collections.abc import Iterable
from datetime import datetime

from handlers import describe
from handlers.reach import managers_of
from handlers.wording import listed, say
from sla.clock import Clock
from sla.labels import Side
from sla.people import Person
from sla.rules import Rules
from sla.ticket import Ticket


def hospitals_managers(ticket: Ticket, rules: Rules) -> tuple[Person, ...]:
    """The hospital's managers for the ticket's contract: a pause is at the hospital's expense."""
    return tuple(person for person in managers_of(ticket.contract, rules) if person.side is Side.HOSPITAL)


def told_of_end(ticket: Ticket, rules: Rules, now: datetime) -> tuple[Person, ...]:
    """Who hears that a pause is over by itself: whoever has the ticket, and the hospital's managers."""
    worker = rules.people.by_id.get(ticket.assignee) or describe.called(ticket, rules, now)
    return tuple(dict.fromkeys([*([worker] if worker else []), *hospitals_managers(ticket, rules)]))


def over(ticket: Ticket, clocks: Iterable[Clock], rules: Rules, now: datetime, language: str) -> str:
    """That the time allowed for a pause is over, and the deadlines as they are now."""
    due = describe.deadlines(describe.still_running(clocks), rules, now, language) or say("no_deadline", language)
    return say("pause_over", language, ticket=ticket.number, title=ticket.title, deadlines=due)


def clock_names(clocks: Iterable[Clock], language: str) -> str:
    """What these clocks are called, one after the other."""
    return listed((describe.clock_name(clock, language) for clock in clocks), language)
