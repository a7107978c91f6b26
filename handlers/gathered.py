"""What all the words of a report come to, said in several messages, and what they come to without some of them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from handlers import correct, question, reclassify, which
from handlers.decided import is_apart
from handlers.intake.bare import degree, since
from handlers.intake.meaning import Meaning
from handlers.reading import (
    APART,
    COMPLETED,
    REPORTED_AGAIN,
    TOGETHER,
    contract_corrected,
    graver,
    least,
    title,
    understood,
)
from handlers.talk import Talk
from sla.errors import Refused
from sla.fold import fold
from sla.labels import Intent, Kind, Scope, Severity
from sla.ticket import EventKind, Ticket

IN_ALL = timedelta(minutes=5)
"""From the first message of a report to its last."""
SHOWN = frozenset({"kind", "system", "department", "scope", "priority"})
"""Labels that people are told of."""
READ = ("kind", "system", "department", "scope", "severity", "priority", "disaster", "started_at")
NAMES = "names-a-system"
"""The rule that fires where the words name a system and nothing else."""


def rule(meaning: Meaning) -> str:
    """The rule by which words were taken for what they are."""
    return meaning.why.get("intent", "").partition(":")[0]


def is_mere_name(ticket: Ticket) -> bool:
    """Whether the report said nothing but which system it is about."""
    why = ticket.events[0].data.get("why") or {}
    return str(why.get("intent", "")).partition(":")[0] == NAMES


def labels_of(talk: Talk, ticket: Ticket, words: str, *, is_edit: bool = False) -> dict[str, Any]:
    """What all the words of a report say that the ticket does not: what somebody put right by hand stays, a fault stays
    one, and how far it goes shrinks only where that is said, or what said otherwise was edited."""
    rest, told = _without_bare(talk, ticket, words)
    meaning = understood(rest, ticket.reported_at.astimezone(talk.zone), talk.rules)
    found: dict[str, Any] = {"system": meaning.system, "department": meaning.department}
    stays = ticket.kind is Kind.FAULT and not is_mere_name(ticket) and not is_edit
    if meaning.intent is Intent.REPORT and (meaning.kind is Kind.FAULT or not stays):
        found |= {"kind": meaning.kind, "scope": meaning.scope, "severity": meaning.severity}
        found |= {"disaster": meaning.disaster or None}
        found |= {"started_at": meaning.started_at.instant.isoformat() if meaning.started_at else None}
    if not is_edit and _is_narrower(found.get("scope"), ticket.scope):
        found.pop("scope")
    found |= told if Kind(found.get("kind") or ticket.kind) is Kind.FAULT else {}
    by_hand = _by_hand(ticket) - _without_bare(talk, ticket, "\n" + talk.text)[1].keys()
    found = {name: value for name, value in found.items() if value and name not in by_hand}
    short = correct.corrected_words(talk.text)
    named = correct.named(talk, short, ticket) if short else {}
    found |= {name: named[name] for name in ("department", "scope") if name in named}
    if talk.speaker.is_provider and ticket.system:
        found.pop("system", None)  # only the hospital's side moves a ticket to another contract
    return _with_what_follows(talk, ticket, meaning, found, words, by_hand | set(told))


def _without_bare(talk: Talk, ticket: Ticket, words: str) -> tuple[str, dict[str, Any]]:
    """The words without those that complete the report by nothing but how bad it is or since when, and what these say;
    the last word counts."""
    first, *more = words.split("\n")
    reported, told, rest = ticket.reported_at.astimezone(talk.zone), {}, [first]
    for line in more:
        severity, began = degree(line), since(line, talk.at if line == talk.text else reported)
        if severity:
            told["severity"] = str(severity)
        elif began:
            told["started_at"] = began.instant.isoformat()
        else:
            rest.append(line)
    return "\n".join(rest), told


def _with_what_follows(
    talk: Talk, ticket: Ticket, meaning: Meaning, found: dict[str, Any], words: str, by_hand: frozenset[str]
) -> dict[str, Any]:
    """The contract that follows from the system, the priority from all labels, the title from the words."""
    if found.get("system", ticket.system) != ticket.system:
        found |= contract_corrected(ticket, found["system"], talk.rules, talk.now)
    if "priority" not in by_hand:
        weigh = least if by_hand & {"kind", "scope", "severity"} else graver
        priority, _ = weigh(
            meaning,
            talk.rules,
            kind=Kind(found.get("kind", ticket.kind)),
            scope=Scope(found.get("scope") or ticket.scope or Scope.WORKSTATION),
            severity=Severity(found.get("severity") or ticket.severity or Severity.DOWN),
            system=found.get("system", ticket.system),
            department=found.get("department", ticket.department),
        )
        lowered = talk.speaker.is_provider and reclassify.lowers(ticket, {"priority": priority})
        found |= {} if lowered else {"priority": priority}
    began = ticket.started_at.isoformat() if ticket.started_at else None
    is_now = {name: getattr(ticket, name) for name in found} | {"started_at": began}
    data = {name: _plain(value) for name, value in found.items() if value != is_now[name]}
    return data | {"title": title(words)} if data else {}


def _plain(value: object) -> object:
    """A label as a plain JSON value."""
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, bool | None) else str(value)


def _is_narrower(scope: Scope | None, than: Scope | None) -> bool:
    return scope is not None and than is not None and question.WIDER.index(scope) > question.WIDER.index(than)


def _by_hand(ticket: Ticket) -> frozenset[str]:
    """The labels that somebody put right; the priority where it was named, not where it followed from others."""
    found: set[str] = set()
    for event in ticket.events:
        if event.kind is EventKind.RECLASSIFIED and event.data.get("reason") not in (*COMPLETED, APART):
            labels = set(READ) & set(event.data)
            found |= labels if labels == {"priority"} else labels - {"priority"}
    return frozenset(found)


# Without some of them


def take_apart(talk: Talk, number: int, place: str) -> tuple[str, datetime]:
    """The words at `place` of the ticket were about something else: its labels are what they were without them. The
    words, and when they were said. Raises Refused where the place has none, or they were taken apart before."""
    ticket = which.theirs(talk, number)
    index = int(place) if place.isascii() and place.isdigit() else 0
    event = ticket.events[index] if index < len(ticket.events) else ticket.events[0]
    if event.kind is not EventKind.NOTED or not event.data.get("text") or is_apart(ticket, index):
        raise Refused("unknown_button")
    if event.by not in (talk.speaker.id, ticket.reporter):
        raise Refused("unknown_button")
    if not ticket.is_open:
        talk.record(ticket, talk.event(EventKind.NOTED, reason=APART, apart=index))
    else:
        before, after = fold(number, ticket.events[:index]), _change_by(ticket, index)
        data = {name: _plain(getattr(before, name)) for name in after if _stands(ticket, name, after[name])}
        ticket = talk.record(ticket, talk.event(EventKind.RECLASSIFIED, reason=APART, apart=index, **data))
        if SHOWN & set(data) and (ticket.assignee or talk.paged(ticket)):
            reclassify.tell_reclassified(talk, ticket)
    return str(event.data["text"]), event.at


def _change_by(ticket: Ticket, index: int) -> Mapping[str, Any]:
    """The labels that the words at this place of the ticket changed."""
    said = ticket.events[index]
    by_words = (TOGETHER, REPORTED_AGAIN)
    changes = (e.data for e in ticket.events[index + 1 :] if e.at == said.at and e.data.get("reason") in by_words)
    return {name: value for name, value in next(changes, {}).items() if name != "reason"}


def _stands(ticket: Ticket, name: str, value: object) -> bool:
    """Whether a label is still what it was changed to."""
    return _plain(getattr(ticket, name)) == value
