"""Labelled lines: messages with their labels, or times with the instant that is right, as people write them by hand.

A line has `text` and `now`, and its labels beside them or in an object `label`, `labels` or `expected`:
    intent, kind, system, department, scope, severity, priority, started_at     a message; what is left out is null
    when                                                                        a time: ISO 8601, null for none
    earliest, latest, category                                                  a time that is a range; its sort
Other keys are left alone. A label that no line of a file has is not compared.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.jsonl import BadLineError, instant_of, parsed, text_of
from handlers.intake.scoring import LABELS, WHEN, Asked, Timed
from sla.catalogue import Catalogue
from sla.labels import Intent, Kind, Priority, Scope, Severity
from sla.toml import nearest

WORDS = {"intent": Intent, "kind": Kind, "scope": Scope, "severity": Severity, "priority": Priority}
WITHIN = ("label", "labels", "expected")
EARLIEST, LATEST = "earliest", "latest"


@dataclass(slots=True)
class Labelled:
    """What a file holds, and which of its lines hold nothing that can be compared: number from 1 -> why."""

    asked: list[Asked] = field(default_factory=list)
    timed: list[Timed] = field(default_factory=list)
    bad: dict[int, str] = field(default_factory=dict)


def labelled(lines: Iterable[bytes], catalogue: Catalogue) -> Labelled:
    """Reads them all; empty lines are nothing."""
    found = Labelled()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = _row(number, parsed(line), catalogue)
        except BadLineError as error:
            found.bad[number] = str(error)
            continue
        if isinstance(row, Timed):
            found.timed.append(row)
        else:
            found.asked.append(row)
    named = {label for row in found.asked for label in row.labels}
    found.asked = [_whole(row, named) for row in found.asked]
    return found


def _whole(row: Asked, named: set[str]) -> Asked:
    """A line that says what is wanted says all: the labels that it leaves out are null."""
    if "intent" not in row.labels:
        return row
    return Asked(row.number, row.text, row.now, {label: row.labels.get(label) for label in LABELS if label in named})


def _row(number: int, values: dict[str, object], catalogue: Catalogue) -> Asked | Timed:
    text, now = text_of(values), instant_of(values, "now")
    said = _said(values)
    if WHEN in said or EARLIEST in said:
        one = {WHEN} if WHEN in said else {EARLIEST, LATEST}
        bounds = [None if said.get(key) is None else instant_of(said, key) for key in sorted(one)]
        first, last = bounds[0], bounds[-1]
        if (first is None) != (last is None) or (first and last and last < first):
            raise BadLineError(f'"{EARLIEST}" and "{LATEST}" must be two instants in their order, or both null')
        return Timed(number, text, now, (first, last) if first and last else None, str(said.get("category") or ""))
    labels = {label: _label(label, said, catalogue) for label in LABELS if label in said}
    if not labels:
        raise BadLineError(f"the line has no label; it needs one of {', '.join((*LABELS, WHEN))}")
    return Asked(number, text, now, labels)


def _said(values: dict[str, object]) -> dict[str, object]:
    """The labels, wherever they stand."""
    said = dict(values)
    for key in WITHIN:
        within = values.get(key)
        if isinstance(within, Mapping):
            said |= within
        elif within is not None and key != "label":  # which may be a word of another tool
            raise BadLineError(f'"{key}" must be an object of labels')
    return said


def _label(label: str, said: dict[str, object], catalogue: Catalogue) -> str | None:
    """A label's value, as it may be. Raises BadLineError for a word that no reading gives."""
    value = said[label]
    if value is None:
        return None
    if label == "started_at":
        return instant_of(said, label).isoformat()
    if label in ("system", "department"):
        entries = catalogue.systems if label == "system" else catalogue.departments
        known = [entry.id for entry in entries]
    else:
        known = [str(word) for word in WORDS[label]]
    if value not in known:
        where = ", which the catalogue does not have" if label in ("system", "department") else ""
        raise BadLineError(f'"{label}" is {str(value)[:60]!r}{where}; {nearest(str(value)[:60], known)}')
    return str(value)
