"""Storms: reports of one fault by several people become one incident by themselves.

The first ticket leads and keeps its clocks, the others are joined to it (`sla.incident` says which are alike). Who
works on it is paged once, and told as more people report; three departments, or eight people from two, concern the
hospital.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from handlers import ask, describe, known, maintenance, reclassify
from handlers.intake.redact import redact
from handlers.maintenance_book import book
from handlers.talk import Buttons, Talk
from handlers.wording import listed, say
from sla.fold import then
from sla.incident import (
    COUNTED,
    FEWER,
    GRAVER,
    Size,
    alike,
    apart,
    by_itself,
    differences,
    graver,
    is_counted,
    is_decided,
    is_within,
    milestone,
    remaining,
    why_joined,
)
from sla.labels import Role, Scope
from sla.message import Button
from sla.people import Person
from sla.ticket import EventKind, Ticket

PLACES = 6
"""Departments that are named to who works on it."""
QUOTED = 80
"""Characters of a graver report that who works on it reads at once."""


# A report comes in


def looks(talk: Talk, system: str) -> Sequence[Callable[[], object]]:
    """What is looked up of a system to place a fault on it."""
    tickets, window = talk.uow.tickets, talk.rules.site.incident_window
    alike_lately = (lambda: tickets.leading_on(system, talk.at - window),) if window else ()
    return *alike_lately, lambda: book(talk.uow, talk.now), lambda: tickets.leading_on(system, None)


def placed(talk: Talk, ticket: Ticket) -> Ticket:
    """A ticket that is about to be opened, joined to the incident that it is part of; else with what its reporter is
    asked: whether an announced maintenance, or a known fault, is why."""
    found = first_alike(talk, ticket)
    if found is None:
        return then(ticket, *(maintenance.asked(talk, ticket) or known.asked(talk, ticket)))
    first, latest = found
    why = why_joined(ticket, latest)
    return then(ticket, talk.event(EventKind.JOINED, incident=first.number, why=why))


def first_alike(talk: Talk, ticket: Ticket) -> tuple[Ticket, datetime] | None:
    """The first ticket of the incident that a new one is part of, and when that was reported the last time: alike,
    within the window, by somebody else."""
    window, tickets = talk.rules.site.incident_window, talk.uow.tickets
    if ticket.incident is not None or apart(ticket) or not window:
        return None
    others = (
        first
        for first in tickets.leading_on(ticket.system, ticket.reported_at - window)
        if first.number != ticket.number
    )
    fitting = [first for first in others if alike(ticket, first)]
    if not fitting or _reported_before(talk, ticket):
        return None  # who has reported it before says something else now
    for first in fitting:
        # Locked before it is counted: of two that join at one instant in two processes the later counts the other.
        locked = tickets.load(first.number)
        if locked is None or not locked.is_working or locked.incident is not None:
            continue
        size = tickets.size_with(first.number, ticket.reporter, ticket.department)
        if size and is_within(ticket.reported_at, size.latest, window):
            talk.size = first.number, ticket.number, size
            return locked, size.latest
    return None


def _reported_before(talk: Talk, ticket: Ticket) -> bool:
    mine = talk.uow.tickets.open_of(ticket.reporter, ticket.system)
    return any(each.is_working and each.number != ticket.number for each in mine)


def _size(talk: Talk, ticket: Ticket, incident: int) -> Size | None:
    """How large an incident is with a ticket that was joined to it: counted once while the message is handled."""
    if talk.size is None or talk.size[:2] != (incident, ticket.number):
        size = talk.uow.tickets.size_of(incident)
        talk.size = (incident, ticket.number, size) if size else None
    return talk.size[2] if talk.size else None


def answer_joined(talk: Talk, ticket: Ticket) -> int:
    """Tell a reporter whose ticket was joined: its number, who works on it, when help is due, and the way out."""
    first = talk.load(ticket.incident)
    size = _size(talk, ticket, first.number)
    key = "joined_with_others" if size and size.people > 1 else "joined"
    lines = [
        talk.say(
            key,
            ticket=ticket.number,
            incident=first.number,
            people=size.people if size else 1,
            standing=ask.standing(talk, first),
        ),
        talk.say("joined_is_told"),
    ]
    if not ticket.verified:
        lines.append(talk.say("unverified"))
    why = maintenance.told(talk, ticket, lines)
    talk.answer("\n".join(lines), (*why, *part_button(talk, ticket)), ticket.number)
    return ticket.number


def what_is_known(talk: Talk, ticket: Ticket, lines: list[str]) -> Buttons:
    """Tell the reporter of a new ticket, in further lines, what is known of its system; with the buttons to answer."""
    return maintenance.told(talk, ticket, lines) or known.told(talk, ticket, lines)


def part_button(talk: Talk, ticket: Ticket) -> Buttons:
    """The way out of an incident, for who reads this."""
    key = "button_take_out" if talk.speaker.is_provider else "button_not_same"
    return ((Button(talk.say(key), f"part:{ticket.number}"),),)


# It grows


def grown(talk: Talk, ticket: Ticket) -> None:
    """A ticket was joined: the incident becomes as grave as it is, and who works on it is told of what counts."""
    if ticket.incident is None:
        return
    first, size = talk.load(ticket.incident), _size(talk, ticket, ticket.incident)
    if size is None or not first.is_working:
        return
    was, worse = first, graver(first, ticket)
    if worse:
        reason = _reason(talk, "incident_graver", other=ticket.number)
        first = talk.record(
            first, talk.event(EventKind.RECLASSIFIED, reason=reason, **{GRAVER: ticket.number}, **worse)
        )
    first = _counted(talk, first, size)
    _tell(talk, first, size, raised=first is not was, by=ticket if worse else None)


def _counted(talk: Talk, first: Ticket, size: Size) -> Ticket:
    """So many people concern the whole hospital, unless that is known."""
    if not size.is_wide or first.scope is Scope.HOSPITAL or is_counted(first):
        return first
    changes = _hospital(talk, first)
    numbers = {"people": size.people, "departments": size.departments}
    reason = _reason(talk, "incident_counted", **numbers)
    return talk.record(first, talk.event(EventKind.RECLASSIFIED, reason=reason, **{COUNTED: numbers}, **changes))


def _hospital(talk: Talk, first: Ticket) -> dict[str, Any]:
    """The labels of a fault that concerns the whole hospital; never less urgent than it is."""
    changes = reclassify.following(talk, first, {"scope": str(Scope.HOSPITAL)})
    if reclassify.lowers(first, changes):
        del changes["priority"]
    return changes


def _reason(talk: Talk, key: str, **fields: object) -> str:
    """Why labels changed, for the record: in the language of the house."""
    return say(key, talk.rules.site.language, **fields)


def _tell(talk: Talk, first: Ticket, size: Size, *, raised: bool, by: Ticket | None) -> None:
    """Who works on it hears of the growing number, of each once, and of what made it graver."""
    reached = milestone(size.people)
    key = f"storm/{reached}"
    new = bool(reached) and key not in talk.uow.tickets.steps(first.number)
    worker = talk.worker_of(first)
    if new:
        talk.uow.tickets.add_steps(first.number, {key: talk.now})
    if worker is None or not (new or raised):
        return
    lines = [grown_line(talk, first, size, worker)]
    if by is not None:
        text = redact(by.text)[:QUOTED]
        lines.append(talk.say_to(worker, "incident_worse", ticket=by.number, text=text))
    if raised:
        lines.append(_now(talk, first, worker))
    talk.tell(worker, "\n".join(lines), first.number)


def grown_line(talk: Talk, first: Ticket, size: Size, reader: Person) -> str:
    """How many people reported it, and from where."""
    departments = [first.department, *(other.department for other in talk.uow.tickets.joined_to(first.number))]
    known = [id for id in dict.fromkeys(departments) if id]
    names = listed(
        (describe.department_name(id, talk.rules, reader.language) for id in known[:PLACES]), reader.language
    )
    key = "incident_grown" if len(known) <= PLACES else "incident_grown_more"
    key = key if known else "incident_grown_nowhere"
    system = describe.system_name(first.system, talk.rules, reader.language)
    fields = {"people": size.people, "departments": size.departments, "names": names, "system": system}
    return talk.say_to(reader, key, ticket=first.number, **fields)


def _now(talk: Talk, first: Ticket, reader: Person) -> str:
    due = describe.deadlines(talk.running(first), talk.rules, talk.now, reader.language)
    labels = describe.labels(first, talk.rules, reader.language)
    return talk.say_to(reader, "incident_now", labels=labels, deadlines=due or talk.say_to(reader, "no_deadline"))


# It shrinks


def shrunk(talk: Talk, number: int) -> None:
    """A report is no part of the incident any more: what it, or the number of all, made graver is taken back, unless
    somebody decided otherwise since."""
    first = talk.load(number)
    if not first.is_working or by_itself(first) == first or is_decided(first):
        return
    levelled_now = levelled(talk, first)
    if levelled_now is not first:
        _tell_fewer(talk, levelled_now)


def levelled(talk: Talk, first: Ticket) -> Ticket:
    """The first ticket as grave as the reports that are part of its incident now, and their number, make it."""
    size = talk.uow.tickets.size_of(first.number)
    left = remaining(first, talk.uow.tickets.joined_to(first.number))
    wide = size is not None and size.is_wide and left.scope is not Scope.HOSPITAL
    if wide:
        left = then(left, talk.event(EventKind.RECLASSIFIED, **_hospital(talk, left)))
    changes = differences(first, left)
    if not changes:
        return first
    numbers = {"people": size.people, "departments": size.departments} if size else {"people": 0, "departments": 0}
    reason = _reason(talk, "incident_counted" if wide else "incident_fewer", **numbers)
    mark = COUNTED if wide else FEWER
    return talk.record(first, talk.event(EventKind.RECLASSIFIED, reason=reason, **{mark: numbers}, **changes))


def _tell_fewer(talk: Talk, first: Ticket) -> None:
    """Who works on it; and the hospital's managers, where it was the provider who took a report out."""
    worker = talk.worker_of(first)
    managers = talk.rules.people.having(Role.HOSPITAL_MANAGER, first.contract) if talk.speaker.is_provider else ()
    for person in dict.fromkeys((*([worker] if worker else ()), *managers)):
        text = talk.say_to(person, "incident_less", ticket=first.number) + _now(talk, first, person)
        talk.tell(person, text, first.number)
