"""Labels are put on a ticket, with what follows from them; what a side may not decide alone it proposes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from handlers import describe, incident
from handlers.commands import Order
from handlers.decided import changes_wanted
from handlers.intake.redact import redact
from handlers.people import may_see
from handlers.reading import assessed, contract_corrected, understood, words_of
from handlers.talk import Talk
from sla.errors import Refused
from sla.labels import PRIORITY_ORDER, Kind, Priority, Role, Scope, Severity
from sla.message import Button, Purpose
from sla.ticket import EventKind, Ticket, check


def classify(talk: Talk, ticket: Ticket, labels: Mapping[str, Any], wrong: Sequence[str] = ()) -> int:
    """Put these labels on the ticket, with the priority and the contract that follow from them. `wrong`: those of them
    that had been read wrongly, not only completed.

    Only the hospital's side may lower a priority or change the contract; from the provider's that is a proposal. That
    it is to be critical is one also from who reports, where nothing but the wish speaks for it.
    """
    data = following(talk, ticket, labels)
    if is_for_managers(talk, ticket, labels):
        ticket = lay_before(talk, ticket, data, wrong)
        talk.answer(talk.say("wish_proposed", ticket=ticket.number), ticket=ticket.number)
        return ticket.number
    if talk.speaker.is_provider and (lowers(ticket, data) or moves(ticket, data)):
        return propose(talk, ticket, data, wrong)
    return put(talk, ticket, data, wrong)


def following(talk: Talk, ticket: Ticket, labels: Mapping[str, Any]) -> dict[str, Any]:
    """The labels, and what follows from them: the contract from the system, the priority from all of them."""
    data: dict[str, Any] = dict(labels)
    if "system" in data:
        data |= contract_corrected(ticket, data["system"], talk.rules, talk.now)
    if "priority" not in data:
        kind, scope = Kind(data.get("kind", ticket.kind)), Scope(data.get("scope") or ticket.scope or Scope.WORKSTATION)
        data["priority"] = str(
            assessed(
                understood(words_of(ticket), ticket.reported_at, talk.rules),
                talk.rules,
                kind=kind,
                scope=scope,
                severity=Severity(data.get("severity") or ticket.severity or Severity.DEGRADED),
                system=data.get("system", ticket.system),
                department=data.get("department", ticket.department),
            ).priority
        )
    return {name: value for name, value in data.items() if not is_now(ticket, name, value)}


def is_now(ticket: Ticket, name: str, value: object) -> bool:
    """Whether a label of the ticket has this value already."""
    if name == "started_at":
        return ticket.started_at is not None and datetime.fromisoformat(str(value)) == ticket.started_at
    return bool(value == getattr(ticket, name))


def lowers(ticket: Ticket, data: Mapping[str, Any]) -> bool:
    """Whether the ticket would become less urgent."""
    return "priority" in data and PRIORITY_ORDER.index(data["priority"]) > PRIORITY_ORDER.index(ticket.priority)


def changes_team(talk: Talk, ticket: Ticket, data: Mapping[str, Any]) -> bool:
    """Whether other people would serve the ticket."""
    rota = talk.rules.rota
    return rota.team_of(data.get("contract", ticket.contract)) is not rota.team_of(ticket.contract)


def moves(ticket: Ticket, data: Mapping[str, Any]) -> bool:
    """Whether the ticket would come under another contract."""
    return "contract" in data and data["contract"] != ticket.contract


def put(
    talk: Talk, ticket: Ticket, data: Mapping[str, Any], wrong: Sequence[str] = (), *, proposed_by: str = ""
) -> int:
    """Reclassify, and say what it is now."""
    reason = f"proposed by {proposed_by}" if proposed_by else redact(talk.text)[:200]
    kept: dict[str, Any] = {"corrects": list(wrong)} if wrong else {}
    kept |= {"proposed_by": proposed_by} if wrong and proposed_by else {}
    steps = talk.uow.tickets.steps(ticket.number)
    known = bool(ticket.assignee or describe.paged(ticket, steps, talk.rules))
    said = {} if talk.inbound.action else {"text": talk.whole}
    check(ticket, EventKind.RECLASSIFIED)
    answered = ticket.system is None and "system" in data
    if changes_team(talk, ticket, data):
        talk.uow.outbox.drop(ticket.number, (Purpose.PAGE,), talk.now)  # the other team is called instead
    before = ticket
    ticket = talk.record(ticket, talk.event(EventKind.RECLASSIFIED, reason=reason, **kept, **said, **data))
    ticket = incident.relabelled(talk, before, ticket)
    if is_called_anew(talk, ticket, steps):
        pass  # the call says all
    elif known and set(data) == {"started_at"}:
        talk.tell_workers(ticket, "noted_for_engineer", text=redact(talk.text))
    elif known:  # who was not called yet is called with the new words
        tell_reclassified(talk, ticket)
    labels = describe.labels(ticket, talk.rules, talk.language_of_reporter(ticket))
    talk.tell_reporter(ticket, "reclassified_for_reporter", labels=labels)
    key = "reclassified" if wrong or not answered else "answered"
    lines = [talk.say(key, ticket=ticket.number, labels=describe.labels(ticket, talk.rules, talk.language))]
    if "started_at" in data and ticket.started_at:
        lines.append(talk.say("onset", onset=talk.when(ticket.started_at)))
    if "contract" in data:
        lines.append(talk.say("contract_now", contract=describe.contract_name(ticket, talk.rules, talk.language)))
    due = talk.deadlines(ticket)
    last = talk.say("deadlines", deadlines=due) if due else ""
    person = talk.worker_of(ticket)
    if person and not known and talk.paged(ticket):
        last += talk.say("calling", name=person)
    talk.answer("\n".join([*lines, last] if last else lines), ticket=ticket.number)
    return ticket.number


def is_called_anew(talk: Talk, ticket: Ticket, before: Mapping[str, datetime]) -> bool:
    """Whether who works on the ticket was called for it by more than the steps of before."""
    steps = {key: at for key, at in talk.uow.tickets.steps(ticket.number).items() if key not in before}
    return talk.worker_of(ticket) in describe.paged(ticket, steps, talk.rules)


def tell_reclassified(talk: Talk, ticket: Ticket) -> None:
    """Who works on it reads what it is now, and by when, without asking."""
    person = talk.worker_of(ticket)
    if person is not None:
        labels = describe.labels(ticket, talk.rules, person.language)
        due = describe.deadlines(talk.running(ticket), talk.rules, talk.now, person.language)
        due = due or talk.say_to(person, "no_deadline")
        talk.tell_workers(ticket, "reclassified_for_others", labels=labels, deadlines=due)


# Proposals


def propose(talk: Talk, ticket: Ticket, data: Mapping[str, Any], wrong: Sequence[str] = ()) -> int:
    """An engineer's wish: kept on the ticket, put before the hospital's managers."""
    managers = talk.rules.people.having(Role.HOSPITAL_MANAGER, ticket.contract)
    if not managers:
        raise Refused("only_hospital_lowers", ticket=ticket.number)
    ticket = lay_before(talk, ticket, data, wrong)
    talk.answer(talk.say("proposed", ticket=ticket.number), ticket=ticket.number)
    return ticket.number


def is_for_managers(talk: Talk, ticket: Ticket, labels: Mapping[str, Any]) -> bool:
    """Whether who reports asks for the highest priority and for nothing else: managers and heads of departments give
    it, and whoever works on it may."""
    gives = talk.speaker.is_provider or talk.speaker.may(Role.HOSPITAL_MANAGER, Role.DEPARTMENT_HEAD)
    asked = not gives and dict(labels) == {"priority": str(Priority.CRITICAL)}
    return asked and bool(talk.rules.people.having(Role.HOSPITAL_MANAGER, ticket.contract))


def lay_before(talk: Talk, ticket: Ticket, data: Mapping[str, Any], wrong: Sequence[str] = ()) -> Ticket:
    """Keep a wish on the ticket, and put it before the hospital's managers, who agree with a button; once alike."""
    if any(event.data.get("proposal") == dict(data) for event in ticket.events):
        return talk.record(ticket, *talk.words(talk.whole))
    text = redact(talk.text)
    event = talk.event(EventKind.NOTED, text=talk.whole, proposal=dict(data), corrects=list(wrong))
    ticket = talk.record(ticket, event)
    place = len(ticket.events) - 1
    for manager in talk.rules.people.having(Role.HOSPITAL_MANAGER, ticket.contract):
        yes = Button(talk.say_to(manager, "button_agree"), f"agree_change:{ticket.number}:{place}")
        shown, who = describe.changes(data, talk.rules, manager.language), talk.somebody(talk.speaker.id)
        fields = {"ticket": ticket.number, "title": ticket.title}
        said = talk.say_to(manager, "proposal", **fields, name=who, changes=shown, text=text)
        talk.tell(manager, said, ticket.number, ((yes,),))
    return ticket


def agree_change(talk: Talk, order: Order) -> int:
    """A hospital manager confirms what an engineer proposed."""
    ticket = talk.load(order.ticket)
    if not talk.speaker.may(Role.HOSPITAL_MANAGER) or not may_see(talk, ticket):
        raise Refused("not_a_manager", ticket=ticket.number)
    place = int(order.text) if order.text.isdigit() else -1
    data = changes_wanted(ticket, place)
    if not data:
        raise Refused("nothing_to_agree", ticket=ticket.number)
    event = ticket.events[place]
    wrong = [label for label in event.data.get("corrects", ()) if label in data]
    return put(talk, ticket, data, wrong, proposed_by=event.by)
