"""A fault that came back too long after its repair for its ticket to be opened again: what the new one is like."""

import re
from dataclasses import replace

from handlers import correct
from handlers.intake.bare import degree
from handlers.intake.meaning import Meaning
from handlers.reading import contract_for, graver, is_graver, title, understood, words_of
from handlers.talk import Talk
from sla.incident import by_itself
from sla.labels import PRIORITY_ORDER, Kind, Priority, Scope, Severity
from sla.ticket import Ticket

RECURS = "recurs"
"""The rule that gave the labels, and the name under which the report says which ticket it was."""
_STILL = re.compile(r"(?:又|还是|仍然?|依然)(?:(?:不行|不能用|坏|这样|一样|出问题)了?[\s，,。;；！!]*)?")
_AS_IT_WAS = ("kind", "system", "department", "scope", "severity")


def as_before(talk: Talk, before: Ticket) -> dict[str, object]:
    """The data of the new report that are those of the ticket before: its labels, without what others of its incident
    made graver, unless the words say otherwise; and which ticket it was."""
    was = by_itself(before)
    if was.kind not in (Kind.FAULT, Kind.DATA_FIX):
        was = replace(was, kind=Kind.FAULT, severity=Severity.DOWN, priority=Priority.MEDIUM)  # what was given fails
    now = _as_said(talk, was)
    said = _STILL.sub("", talk.text)
    was_read, alone, both = (
        understood(text, talk.at, talk.rules) for text in (words_of(was), said, f"{words_of(was)}\n{said}")
    )
    is_read = min((alone, both), key=lambda read: PRIORITY_ORDER.index(read.priority or Priority.LOW))
    is_worse = is_read.priority and (was_read.priority is None or is_graver(is_read.priority, was_read.priority))
    if is_worse or (is_read.disaster and not was_read.disaster):
        now = replace(
            now,
            scope=is_read.scope or now.scope,
            severity=is_read.severity or now.severity,
            disaster=was.disaster or is_read.disaster,
        )
    labels = {name: getattr(now, name) for name in _AS_IT_WAS}
    priority, rule = (was.priority, RECURS) if now == was and not is_worse else _weighed(talk, now, is_read)
    return {
        **{name: value and str(value) for name, value in labels.items()},
        **contract_for(now.system, talk.rules, talk.at),
        "priority": str(priority),
        "disaster": now.disaster,
        "title": title(talk.say("title_recurs", ticket=before.number, title=_first(talk, before).title)),
        "why": dict.fromkeys(labels, f"{RECURS}: W{before.number}") | {"priority": rule},
        RECURS: before.number,
    }


def _as_said(talk: Talk, was: Ticket) -> Ticket:
    """The ticket with what the words say of how it is this time."""
    meaning = talk.meaning
    worse = degree(talk.text) if was.kind is Kind.FAULT else None
    return replace(
        was,
        system=meaning.system or was.system,
        department=meaning.department or was.department,
        scope=correct.scope_in(talk.text) or was.scope,
        severity=worse or was.severity,
    )


def _weighed(talk: Talk, now: Ticket, meaning: Meaning) -> tuple[str, str]:
    """The priority by the table, and the rule that gave it."""
    return graver(
        meaning,
        talk.rules,
        kind=now.kind,
        scope=now.scope or Scope.WORKSTATION,
        severity=now.severity or Severity.DOWN,
        system=now.system,
        department=now.department,
    )


def _first(talk: Talk, ticket: Ticket) -> Ticket:
    """The ticket under which the fault was reported for the first time."""
    while recurs := ticket.events[0].data.get(RECURS):
        ticket = talk.load(recurs)
    return ticket
