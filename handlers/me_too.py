"""We too: a ticket of one's own, joined to the fault that is known."""

from datetime import timedelta

from handlers import correct, incident, noted, report, storm, which
from handlers.commands import Order
from handlers.reading import is_graver, least
from handlers.talk import Talk
from sla.incident import apart, by_itself
from sla.labels import Kind, Scope, Severity
from sla.ticket import EventKind, Ticket

LATELY = timedelta(days=1)
"""How long a fault that nobody has taken, and nobody else reported, is one that people know of."""


def me_too(talk: Talk, order: Order) -> int | None:
    """我们也是: joins the fault that is named, or the only one that is known on the system that the words name; of
    several the speaker is asked which. Who is part of it already has the words put on the ticket that is there."""
    number = which.named(talk, order)
    candidates = [incident.leading(talk, talk.load(number))] if number is not None else known_faults(talk)
    if not candidates:
        return report.report(talk, order)
    if len(candidates) > 1:
        which.ask(talk, order, candidates)
        return None
    return join(talk, candidates[0])


def known_faults(talk: Talk) -> list[Ticket]:
    """The fault of each system that the words may mean: what many may have rather than what is one thing's alone, and
    the first of those."""
    found: dict[str | None, Ticket] = {}
    for ticket in talk.uow.tickets.leading_on(talk.meaning.system, talk.at - LATELY):
        known = found.get(ticket.system)
        if ticket.reporter != talk.speaker.id and (known is None or (apart(known) and not apart(ticket))):
            found[ticket.system] = ticket
    return list(found.values())


def join(talk: Talk, first: Ticket) -> int:
    """Open a ticket for the speaker, as the first one was reported, and join it."""
    mine = [ticket for ticket in talk.uow.tickets.open_of(talk.speaker.id, first.system) if ticket.is_working]
    there = next((ticket for ticket in mine if first.number in (ticket.number, ticket.incident)), None)
    if there is not None:
        return noted.keep(talk, there)
    was = by_itself(first)  # what others made graver is theirs
    labels = {name: getattr(was, name) for name in ("system", "contract", "contract_version", "disaster")}
    labels |= {"kind": str(was.kind), "severity": str(was.severity or "degraded"), "priority": str(was.priority)}
    labels |= {} if first.kind is not Kind.FAULT else wider(talk, was)
    joined = talk.event(EventKind.JOINED, incident=first.number, why=f"said-so: {talk.text[:20]}")
    ticket = report.open_ticket(talk, talk.meaning, joined, text=talk.whole, **labels)
    return storm.answer_joined(talk, ticket)


def wider(talk: Talk, was: Ticket) -> dict[str, str]:
    """How far it goes with the speaker, and the priority that follows, where the words say more than one workstation:
    我们科也打不开."""
    scope = correct.scope_in(talk.text)
    if scope in (None, Scope.WORKSTATION):
        return {}
    person, severity = talk.speaker.person, was.severity or Severity.DEGRADED
    department = talk.meaning.department or (person.department if person else None)
    priority, _ = least(
        talk.meaning,
        talk.rules,
        kind=Kind.FAULT,
        scope=Scope(scope),
        severity=severity,
        system=was.system,
        department=department,
    )
    return {"scope": str(scope), "priority": str(priority if is_graver(priority, was.priority) else was.priority)}
