"""What the hospital's forms say: records of surveys, letters of praise and trainings, the latest word on each subject.

The subject of a survey names the time that it is about: "2026", "2026-Q3", "2026-09". A record of a subject that is on
record already puts the earlier one right; one with `void` among its data takes it back.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sla.records import Record, RecordKind

MONTHS_OF_A_QUARTER = 3
_SUBJECT = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Survey:
    """The average of what was answered about a time; `subjects` of the surveys that it was taken from."""

    points: Fraction
    answers: int
    subjects: tuple[str, ...]


def days_of(subject: str) -> tuple[date, date] | None:
    """The first day of what a subject names and the day after its last; None where it names no time."""
    found = _SUBJECT.fullmatch(subject)
    if not found or not 1 <= int(found[1]) < date.max.year:
        return None
    year = int(found[1])
    if found[2]:
        first, months = int(found[2]) * MONTHS_OF_A_QUARTER - 2, MONTHS_OF_A_QUARTER
    else:
        first, months = (int(found[3]), 1) if found[3] else (1, 12)
    years, month = divmod(first - 1 + months, 12)
    return date(year, first, 1), date(year + years, month + 1, 1)


def in_force(records: Iterable[Record], kind: RecordKind, contract: str | None = None) -> tuple[Record, ...]:
    """The latest record of each subject of a kind, in the order of their subjects; those taken back are left out."""
    found: dict[tuple[str, str], Record] = {}
    for record in sorted(records, key=lambda record: (record.recorded_at, record.id)):
        if record.kind is kind and contract in (None, record.contract):
            found[record.contract, record.subject] = record
    return tuple(record for _, record in sorted(found.items()) if not record.data.get("void"))


def survey(records: Sequence[Record], contract: str, first: date, after: date, named: str = "") -> Survey | None:
    """What the forms say of the days from `first` to before `after`: the survey of the subject `named`, or of just
    these days, where there is one; else the average of those about parts of them, weighted by their answers where all
    say how many. A survey of part of another's days is not counted beside it. None without any."""
    found = {record.subject: record for record in in_force(records, RecordKind.SURVEY, contract)}
    whole = next((found[name] for name in found if name == named or days_of(name) == (first, after)), None)
    if whole:
        return Survey(points_of(whole), _answers(whole), (whole.subject,))
    inside = {
        name: days for name in found if (days := days_of(name)) is not None and first <= days[0] and days[1] <= after
    }
    parts = [
        found[name]
        for name, days in inside.items()
        if not any(other != days and other[0] <= days[0] and days[1] <= other[1] for other in inside.values())
    ]
    if not parts:
        return None
    weights = [_answers(record) for record in parts]
    if not all(weights):
        weights = [1] * len(parts)
    total = sum((points_of(record) * weight for record, weight in zip(parts, weights, strict=True)), Fraction(0))
    return Survey(total / sum(weights), sum(map(_answers, parts)), tuple(record.subject for record in parts))


def points_of(record: Record) -> Fraction:
    """The points of a record, exactly as they were written."""
    return Fraction(str(record.data["points"]))


def _answers(record: Record) -> int:
    return int(record.data.get("answers") or 0)
