"""Everything of a ticket, as plain JSON values and as a page to read: the proof for acceptance and for disputes.

Redacted, it carries no words that must not leave the record: free texts pass `redact`, addresses and contacts are left
out. Full, it is the record as it is; who asked for that belongs on the audit trail.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from handlers import describe, record_words
from handlers.intake.redact import redact, redact_why
from handlers.ledger_words import entry_line
from handlers.wording import number, say
from sla.amend import amendments
from sla.clock import Clock, clocks_of
from sla.ledger import Entry
from sla.records import Record
from sla.rules import Rules
from sla.ticket import Event, Ticket

WITHHELD = frozenset({"contact", "address", "conversation"})
"""Data that a redacted record leaves out: how to reach the reporter."""
PLAIN = frozenset({"prev", "hash", "contract_version", "rules_version", "file"})
"""Data that holds names made by the bot, out of digits, in which a telephone may seem to be: never redacted, since the
ledger's chain and the version of a contract are to be found again."""


def as_json(ticket: Ticket, entries: Sequence[Entry], rules: Rules, *, full: bool) -> dict[str, Any]:
    """The ticket, its events, clocks, plans and breaches as plain JSON values."""
    return {
        "ticket": number(ticket.number),
        "state": ticket.state,
        "round": ticket.round,
        "kind": ticket.kind,
        "system": ticket.system,
        "department": ticket.department,
        "scope": ticket.scope,
        "severity": ticket.severity,
        "priority": ticket.priority,
        "disaster": ticket.disaster,
        "contract": ticket.contract,
        "contract_version": ticket.contract_version,
        "rules_version": ticket.rules_version,
        "reporter": who(ticket.reporter, rules, full=full),
        "verified": ticket.verified,
        "reported_at": _iso(ticket.reported_at),
        "received_at": _iso(ticket.received_at),
        "started_at": _iso(ticket.started_at),
        "assignee": who(ticket.assignee, rules, full=full),
        "incident": number(ticket.incident) if ticket.incident else None,
        "points": ticket.points,
        "redacted": not full,
        "events": events_json(ticket, rules, full=full),
        "clocks": [clock_json(clock) for clock in _clocks(ticket, rules)],
        "ledger": [_plain(asdict(entry), full=full) for entry in entries],
    }


def record_json(record: Record, rules: Rules, *, full: bool) -> dict[str, Any]:
    """A fact that belongs to no ticket, as plain JSON values."""
    return {
        "record": record.kind,
        "contract": record.contract,
        "subject": record.subject,
        "at": _iso(record.at),
        "recorded_at": _iso(record.recorded_at),
        "by": who(record.by, rules, full=full),
        "data": _plain(record.data, full=full),
    }


def events_json(ticket: Ticket, rules: Rules, *, full: bool) -> list[dict[str, Any]]:
    """The events as they were recorded; one that was put right says by whom, when, why, and what counts instead."""
    found = [event_json(event, rules, full=full) for event in ticket.events]
    for index, by in amendments(ticket.events).items():
        data = ticket.events[by].data
        found[index]["amended"] = {
            "at": data.get("at"),
            "void": bool(data.get("void")),
            "by": who(ticket.events[by].by, rules, full=full),
            "reason": _value(data["reason"], full=full),
            "event": by,
        }
    return found


def event_json(event: Event, rules: Rules, *, full: bool) -> dict[str, Any]:
    """One event: what, when, by whom, with its data."""
    return {
        "kind": event.kind,
        "at": _iso(event.at),
        "recorded_at": _iso(event.recorded_at),
        "by": who(event.by, rules, full=full),
        "data": _plain(event.data, full=full),
    }


def clock_json(clock: Clock) -> dict[str, Any]:
    """One clock: by which clause, from when, until when, how it stands."""
    return {
        "clock": clock.name,
        "round": clock.round,
        "contract": clock.contract,
        "clause": clock.clause,
        "window": clock.window,
        "start": _iso(clock.start),
        "due": _iso(clock.due),
        "state": clock.state,
        "stopped_at": _iso(clock.stopped_at),
        "internal": clock.internal,
        "provisional": clock.provisional,
    }


def as_text(ticket: Ticket, entries: Sequence[Entry], rules: Rules, language: str, *, full: bool) -> str:
    """The same as a page: head, clocks, events in their order, breaches."""
    lines = [f"{number(ticket.number)}  {say(f'state_{ticket.state}', language)}"]
    lines.append(describe.labels(ticket, rules, language))
    lines.append(describe.contract_name(ticket, rules, language))
    lines.append("")
    lines += [_clock_line(clock, rules, language) for clock in _clocks(ticket, rules)]
    lines.append("")
    lines += [_event_line(ticket, index, rules, language, full=full) for index in range(len(ticket.events))]
    if entries:
        lines.append("")
    lines += [_entry_line(entry, rules, language, full=full) for entry in entries]
    return "\n".join(lines) + "\n"


def _event_line(ticket: Ticket, index: int, rules: Rules, language: str, *, full: bool) -> str:
    event = ticket.events[index]
    data = record_words.told(ticket, event, _plain(event.data, full=full), rules, language)
    amended = describe.amended(ticket.events, index, lambda at: _minute(at, rules), language)
    what, name = say(f"event_{event.kind}", language), who(event.by, rules, full=full, language=language)
    return "  ".join(word for word in (_minute(event.at, rules), what, name, amended, data) if word)


def _entry_line(entry: Entry, rules: Rules, language: str, *, full: bool) -> str:
    return entry_line(replace(entry, reason=str(_value(entry.reason, full=full))), rules, language)


def who(id: str, rules: Rules, *, full: bool, language: str = "zh") -> str:
    """A person's id, and the name by which readers of the language know them; the address of somebody unknown only in a
    full record."""
    person = rules.people.by_id.get(id)
    if person:
        return f"{person.id} ({person.called(language)})"
    return id if full or ":" not in id else id.partition(":")[0] + ":…"


def _clocks(ticket: Ticket, rules: Rules) -> tuple[Clock, ...]:
    return clocks_of(ticket, rules.contract_of(ticket), rules.calendar, rules.versions)


def _clock_line(clock: Clock, rules: Rules, language: str) -> str:
    name = describe.clock_name(clock, language)
    state = say(f"clock_state_{clock.state}", language)
    return f"{name}  {clock.clause}  {_minute(clock.start, rules)} – {_minute(clock.due, rules)}  {state}"


def _plain(data: Mapping[str, Any], *, full: bool) -> dict[str, Any]:
    """Data as JSON values, without what a redacted record withholds."""
    kept = {key: value for key, value in data.items() if full or key not in WITHHELD}
    if "why" in kept and "text" in kept and not full:
        kept["why"] = {label: redact_why(str(why), str(kept["text"])) for label, why in kept["why"].items()}
    return {key: _value(value, full=full or key in PLAIN) for key, value in kept.items()}


def _value(value: object, *, full: bool) -> object:
    if isinstance(value, str):
        return value if full else redact(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return _plain(value, full=full)
    return value


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _minute(at: datetime, rules: Rules) -> str:
    return f"{at.astimezone(describe.zone_of(rules)):%Y-%m-%d %H:%M}"
