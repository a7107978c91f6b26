"""A clinician says what does not work: a ticket at once, what was understood, and at most one question back."""

from collections.abc import Callable
from typing import Any

from handlers import correct, describe, gathered, gathering, incident, noted, question, recalled, storm, which
from handlers.commands import Order
from handlers.intake.meaning import Meaning
from handlers.intake.redact import redact
from handlers.reading import REPORTED_AGAIN, contract_for, graver, is_graver, title
from handlers.recurrence import as_before
from handlers.talk import Talk, attached
from sla.errors import Refused
from sla.fold import fold
from sla.labels import Kind, Priority, Scope, Severity
from sla.message import Button
from sla.ticket import Event, EventKind, Ticket


def report(talk: Talk, order: Order) -> int | None:
    """Something new: gone on with, corrected, added to an open ticket about the same thing, or opened."""
    if order.text == "new":
        return open_new(talk)
    _look_ahead(talk)
    correct.ask_how(talk)
    going_on = gathering.going_on(talk)
    if going_on:
        return gathering.gather(talk, going_on)
    corrected = correct.find(talk)
    if corrected:
        return correct.apply(talk, corrected)
    unknown = gathering.of_nothing_known(talk)
    if unknown:
        return gathering.gather(talk, unknown)
    before = recalled.recall(talk)
    same = spoken_of(talk)
    number = add_to(talk, same) if same else open_new(talk)
    recalled.settle(talk, before, number)
    return number


def _look_ahead(talk: Talk) -> None:
    """What decides whether it is something new is asked for in one go."""
    tickets, me, system = talk.uow.tickets, talk.speaker.id, talk.meaning.system
    looks: list[Callable[[], object]] = [
        lambda: tickets.lately(me, gathering.TICKETS),
        lambda: tickets.open_of(me),
        lambda: recalled.said_lately(talk),
    ]
    if system:
        looks.append(lambda: tickets.open_of(me, system))
    talk.uow.ahead(*looks)


def spoken_of(talk: Talk) -> Ticket | None:
    """The speaker's open ticket about the same thing; where the words name no system, the one spoken of."""
    meaning = talk.meaning
    if meaning.system:
        mine = talk.uow.tickets.open_of(talk.speaker.id, meaning.system)
        return next((ticket for ticket in mine if is_same(ticket, meaning)), None)
    only = gathering.lively(talk)
    return only if only and only.system and gathering.tells_no_other(talk, only) else None


def is_same(ticket: Ticket, meaning: Meaning) -> bool:
    """Whether a report is about what the ticket is about: the system that is known, the kind, no other department."""
    return (
        ticket.is_working
        and ticket.system is not None
        and ticket.system == meaning.system
        and ticket.kind is meaning.kind
        and (meaning.department in (None, ticket.department) or meaning.scope is Scope.HOSPITAL)
    )


def add_to(talk: Talk, ticket: Ticket) -> int:
    """Words on a ticket that is open: kept, passed on, and the priority raised where they make it graver."""
    events = list(talk.words(talk.whole))
    priority = _priority_there(talk, ticket)
    if priority and is_graver(priority, ticket.priority):
        labels = labels_of(talk.meaning, ticket) | {"priority": str(priority)}
        events.append(talk.event(EventKind.RECLASSIFIED, reason=REPORTED_AGAIN, **labels))
    raised = events[-1].kind is EventKind.RECLASSIFIED
    before, ticket = ticket, talk.record(ticket, *events)
    another = f"new:{ticket.number}:{len(before.events)}"
    ticket = incident.relabelled(talk, before, ticket) if raised else ticket
    talk.tell_workers(ticket, "noted_for_engineer", attachments=attached(talk.kept_files()), text=redact(talk.text))
    text = talk.say("added_to", ticket=ticket.number, title=ticket.title)
    if raised:
        text += "\n" + talk.say("priority_raised", labels=describe.labels(ticket, talk.rules, talk.language))
    talk.answer(text, ((Button(talk.say("button_new"), another),),), ticket.number)
    return ticket.number


def _priority_there(talk: Talk, ticket: Ticket) -> Priority | None:
    """The priority of what the words say, where the ticket has it: their department may be one that cannot wait."""
    meaning = talk.meaning
    if meaning.priority is None or ticket.kind is not Kind.FAULT:
        return meaning.priority
    scope, severity = meaning.scope or ticket.scope, meaning.severity or ticket.severity
    return graver(
        meaning,
        talk.rules,
        kind=ticket.kind,
        scope=scope or Scope.WORKSTATION,
        severity=severity or Severity.DOWN,
        system=ticket.system,
        department=meaning.department or ticket.department,
    )[0]


def labels_of(meaning: Meaning, ticket: Ticket) -> dict[str, Any]:
    """What the new words say that makes the ticket graver."""
    found = {"priority": meaning.priority, "scope": meaning.scope, "severity": meaning.severity}
    changed = {name: str(value) for name, value in found.items() if value and value is not getattr(ticket, name)}
    return changed | ({"disaster": True} if meaning.disaster and not ticket.disaster else {})


def new(talk: Talk, order: Order) -> int | None:
    """The button 这是新问题: what was added to an open ticket is one of its own, since it was said."""
    if order.ticket is None:
        raise Refused("unknown_button")
    talk.hear(*gathered.take_apart(talk, order.ticket, order.text))
    return open_new(talk, talk.whole)


def captioned(talk: Talk, _order: Order) -> int | None:
    """A picture without words: on the ticket that is spoken of, or kept until the words come; a button puts it on one
    that nobody spoke of for a while."""
    mine = talk.uow.tickets.open_of(talk.speaker.id) or which.taken(talk)
    if mine and which.is_spoken_of(talk, mine[0]):
        return noted.keep(talk, talk.load(mine[0].number))
    talk.ask("caption", None, question.OPEN, files=talk.kept_files())
    labels = [(talk.say("button_add_to", ticket=t.number, title=t.title[:18]), f"note:{t.number}") for t in mine[:3]]
    talk.answer(talk.say(_wanted(talk)), tuple((Button(label, action),) for label, action in labels))
    return None


def _wanted(talk: Talk) -> str:
    """The sentence that asks for words, by what came without them."""
    kinds = {file.type.partition("/")[0] for file in talk.inbound.attachments if file.ref}
    if kinds == {"audio"}:
        return "voice_wanted"
    return "caption_wanted" if kinds == {"image"} else "file_wanted"


# Opening


def open_new(talk: Talk, text: str = "", before: Ticket | None = None) -> int:
    """Open a ticket and answer with its number, what was understood, the deadlines, and who is called. `before`: the
    ticket whose fault came back."""
    overrides = as_before(talk, before) if before else {}
    ticket = open_ticket(talk, talk.meaning, text=text or talk.whole, **overrides)
    if ticket.incident is not None:
        return storm.answer_joined(talk, ticket)
    lines = [opened_line(talk, ticket)]
    if before:
        lines.append(talk.say("recurs", ticket=before.number))
    shown = describe.labels(ticket, talk.rules, talk.language)
    lines.append(talk.say("understood", labels=shown, why=why_line(talk, ticket)))
    if ticket.started_at:
        lines.append(talk.say("onset", onset=talk.when(ticket.started_at)))
    lines.append(question.deadline_line(talk, ticket))
    if not ticket.verified:
        lines.append(talk.say("unverified"))
    buttons = storm.what_is_known(talk, ticket, lines)
    buttons = buttons or (question.ask_system(talk, ticket, talk.meaning, lines) if ticket.system is None else ())
    if not buttons:
        lines.append(talk.say("correctable"))
    talk.answer("\n".join(line for line in lines if line), buttons, ticket.number)
    return ticket.number


def open_ticket(talk: Talk, meaning: Meaning, *more: Event, text: str, **overrides: object) -> Ticket:
    """A new ticket out of a message and its meaning; `overrides` replace labels, `more` events follow the report."""
    talk.uow.ahead(talk.uow.tickets.next_number, *(storm.looks(talk, meaning.system) if meaning.system else ()))
    number = talk.uow.tickets.next_number()
    data = facts(talk, meaning, text) | overrides
    reported = Event(EventKind.REPORTED, talk.at, talk.speaker.id, data, talk.now)
    files = [talk.event(EventKind.NOTED, **file) for file in talk.kept_files()]
    ticket = talk.begin(storm.placed(talk, fold(number, (reported, *more, *files))))
    storm.grown(talk, ticket)
    return ticket


def facts(talk: Talk, meaning: Meaning, text: str) -> dict[str, Any]:
    """The data of the REPORTED event: the labels, the writer's own department where the words name none."""
    person, inbound = talk.speaker.person, talk.inbound
    department = meaning.department or (person.department if person else None)
    kind = meaning.kind or Kind.FAULT
    scope = meaning.scope or correct.scope_in(talk.text) or Scope.WORKSTATION
    severity = meaning.severity or Severity.DOWN
    priority, rule = graver(
        meaning, talk.rules, kind=kind, scope=scope, severity=severity, system=meaning.system, department=department
    )
    return {
        "kind": str(kind),
        "system": meaning.system,
        "department": department,
        "scope": str(scope),
        "severity": str(severity),
        "priority": str(priority),
        "disaster": meaning.disaster,
        "started_at": meaning.started_at.instant.isoformat() if meaning.started_at else None,
        "text": text,
        "title": title(text),
        "channel": inbound.channel,
        "address": inbound.sender,
        "conversation": inbound.conversation,
        "language": talk.language,
        "received_at": talk.row.received_at.isoformat(),
        "verified": person is not None,
        "why": {**meaning.why, "priority": rule},
        "contact": meaning.contact or inbound.sender_name,
        "rules_version": talk.rules.version,
        **contract_for(meaning.system, talk.rules, talk.at),
    }


def opened_line(talk: Talk, ticket: Ticket) -> str:
    """已开工单 W12, under which contract; why not under the system's own."""
    contract, why = talk.rules.contract_of(ticket), _not_valid(talk, ticket)
    if contract is None and why:
        return talk.say("opened_not_valid", ticket=ticket.number, why=why)
    if contract is None:
        return talk.say("opened_internal" if ticket.system else "opened_pending", ticket=ticket.number)
    opened = talk.say("opened", ticket=ticket.number, contract=contract)
    return talk.say("opened_by_default", opened=opened, why=why) if why else opened


def _not_valid(talk: Talk, ticket: Ticket) -> str:
    """That the system's own contract was not valid when the fault was reported, as part of a sentence; "" where it
    was."""
    id = talk.rules.named_for(ticket.system) if ticket.system else None
    versions = talk.rules.versions_of(id) if id else ()
    if not versions or id == ticket.contract:
        return ""
    day = ticket.reported_at.astimezone(versions[-1].timezone).date()
    ended = [version.valid_to for version in versions if version.valid_to and version.valid_to < day]
    if ended:
        return talk.say("contract_ended", contract=versions[-1].name, day=max(ended).isoformat())
    begins = min((version.valid_from for version in versions if version.valid_from), default=day)
    return talk.say("contract_not_begun", contract=versions[0].name, day=begins.isoformat())


def why_line(talk: Talk, ticket: Ticket) -> str:
    """Why the priority is what it is, by the rule that fired."""
    rule = str(ticket.events[0].data["why"]["priority"]).replace("-", "_")
    return talk.say(f"rule_{rule}")
