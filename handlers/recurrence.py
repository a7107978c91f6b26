"""A fault that came back too long after its repair for its ticket to be opened again: what the new one is like."""

from dataclasses import replace

from handlers import correct
from handlers.intake.bare import degree
from handlers.reading import contract_for, graver, title, understood, words_of
from handlers.talk import Talk
from sla.incident import by_itself
from sla.labels import Kind, Scope, Severity
from sla.ticket import Ticket

RECURS = "recurs"
"""The rule that gave the labels, and the name under which the report says which ticket it was."""
_AS_IT_WAS = ("kind", "system", "department", "scope", "severity")


def as_before(talk: Talk, before: Ticket) -> dict[str, object]:
    """The data of the new report that are those of the ticket before: its labels, without what others of its incident
    made graver, unless the words say otherwise; and which ticket it was."""
    was = by_itself(before)
    now = _as_said(talk, was)
    labels = {name: getattr(now, name) for name in _AS_IT_WAS}
    priority, rule = (was.priority, RECURS) if now == was else _weighed(talk, now)
    return {
        **{name: value and str(value) for name, value in labels.items()},
        **contract_for(now.system, talk.rules, talk.at),
        "priority": str(priority),
        "disaster": was.disaster,
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


def _weighed(talk: Talk, now: Ticket) -> tuple[str, str]:
    """The priority by the table, and the rule that gave it."""
    return graver(
        understood(words_of(now), talk.at, talk.rules),
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
