"""Facts read back from lines of JSON, so that others can check every sum: what `wardline export --json` writes.

A line is one JSON object:
  a ticket  {"ticket": "W12", "events": [{"kind", "at", "by", "data", "recorded_at"}, …], "ledger": […]}; of the rest of
            an export nothing is read, since it follows from the events. Of the ledger only waivers matter here
  a record  {"record": "survey", "contract", "subject", "at", "by", "recorded_at", "data"}
Instants are ISO 8601 with an offset. An export on several lines, as it is printed to be read, is taken as well.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sla.errors import SlaError
from sla.fold import fold
from sla.json_words import no_json
from sla.ledger import Entry
from sla.records import Record, RecordKind
from sla.ticket import Event, EventKind, Ticket

MOST_POINTS = 100
YEARS = range(1970, 9001)
"""Years in which something may have happened, with room for every deadline before and behind."""
INSTANTS = ("at", "began", "deadline", "due", "ended", "received_at", "started_at")
NAMES = ("contract", "contract_version", "department", "system")
"""Data of events: what are instants, as ISO 8601, and what are names."""


class Unreadable(SlaError):
    """A line that is no fact: its number and why."""


@dataclass(frozen=True, slots=True)
class Told:
    """A ticket with its lines of the ledger."""

    ticket: Ticket
    entries: Sequence[Entry]


def read_facts(lines: Iterable[str]) -> Iterator[Told | Record]:
    """The facts of these lines, one after the other. Raises Unreadable."""
    for number, value in _objects(lines):
        try:
            yield _record(value) if "record" in value else _told(value)
        except (KeyError, TypeError, ValueError, AttributeError, SlaError) as error:
            raise Unreadable(f"line {number}: {_why(error)}") from error


def _objects(lines: Iterable[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Every JSON object with the number of its last line."""
    held: list[str] = []
    number = 0
    for number, line in enumerate(lines, 1):
        text = line.rstrip().removeprefix("\ufeff") if number == 1 else line.rstrip()
        if not text and not held:
            continue
        held.append(text)
        if len(held) == 1 and text == "{":
            continue  # an export over several lines ends with a brace of its own
        if len(held) > 1 and text != "}":
            continue
        yield number, _object(number, "\n".join(held))
        held.clear()
    if held:
        raise Unreadable(f"line {number}: the last object has no end")


def _object(number: int, text: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(no_json(error, number - text.count("\n"))) from error
    if not isinstance(value, dict):
        raise Unreadable(f"line {number}: this is no JSON object, in braces")
    return value


def _why(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f'"{error.args[0]}" is missing'
    if isinstance(error, TypeError | AttributeError):
        return f"a value is of another kind than it has to be: {error}"
    return str(error)


def _told(value: Mapping[str, Any]) -> Told:
    events = [
        Event(
            EventKind(event["kind"]),
            _instant(event["at"]),
            str(event.get("by") or ""),
            dict(event.get("data") or {}),
            _instant(event["recorded_at"]) if event.get("recorded_at") else None,
        )
        for event in value["events"]
    ]
    for event in events:
        _check_data(event)
    number = str(value["ticket"]).upper().removeprefix("W")
    if not (number.isascii() and number.isdigit() and len(number) < 13):
        raise ValueError(f'"{value["ticket"]}" is no ticket like W12')
    if not events:
        raise ValueError("a ticket without events")
    return Told(fold(int(number), events), [_entry(entry) for entry in value.get("ledger") or ()])


def _entry(value: Mapping[str, Any]) -> Entry:
    known = {field.name: value[field.name] for field in fields(Entry) if field.name in value}
    return Entry(**known | {name: _instant(value[name]) for name in ("due", "recorded_at")})


def _record(value: Mapping[str, Any]) -> Record:
    at, kind, data = _instant(value["at"]), RecordKind(value["record"]), dict(value.get("data") or {})
    if "points" in data or (kind is RecordKind.SURVEY and not data.get("void")):
        _check_points(data["points"])
    if not str(data.get("answers") or 0).isdecimal():
        raise ValueError(f'"{data["answers"]}" answers are no number')
    return Record(
        contract=str(value["contract"]),
        kind=kind,
        subject=str(value["subject"]),
        at=at,
        by=str(value.get("by") or ""),
        recorded_at=_instant(value["recorded_at"]) if value.get("recorded_at") else at,
        data=data,
    )


def _check_data(event: Event) -> None:
    """Raises ValueError where an event's data cannot be counted with."""
    for name in INSTANTS:
        if event.data.get(name):
            _instant(event.data[name])
    for name in NAMES:
        if not isinstance(event.data.get(name), str | None):
            raise ValueError(f'the {name} of "{event.kind}" is no text')
    if event.kind is EventKind.RATED:
        _check_points(event.data["points"])


def _check_points(points: object) -> None:
    """Raises ValueError for what is no number of points. NaN lies nowhere."""
    if not isinstance(points, int | float) or not 0 <= points <= MOST_POINTS:
        raise ValueError(f"points are a number from 0 to {MOST_POINTS}, not {json.dumps(points)[:40]}")


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f'"{text[:40]}" has no offset')
    if at.year not in YEARS:
        raise ValueError(f'"{text[:40]}" is too far away')
    return at
