"""What a contract assesses beside its clocks: the yearly score, indicators, the rework rate. Read from its file.

[score]            clause, passes (the score from which all is paid), year: "calendar" (default) or "contract": a
                   contract year begins on the day of the year on which the contract began (`valid_from`)
[[score.part]]     name, name_zh, name_en, clause, points, measure, and by measure
                   late          each (points for one late clock), clocks, kinds, systems (left out: all that no other
                                 part with the same clocks names), once_a_ticket
                   resolved      each, at_least (percent), kinds: `each` for every full or begun percent below
                   satisfaction  points x average / 100
[[score.bonus]]    record (a kind of record, "praise"), each
[[indicator]]      name, name_zh, name_en, clause, period ("month", "quarter", "year"), measure, target (percent, points
                   or a number, as the measure counts), kinds, clocks, systems, duties
[rework]           clause, target and oblige in percent: under `target` is aimed at, over `oblige` people are added

Numbers are exact: 0.5 in the file is one half, never a float's idea of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from sla.labels import Kind
from sla.records import RecordKind
from sla.toml import Reader, nearest, one_of
from sla.worded import Worded

HUNDRED = Fraction(100)


class Measure(StrEnum):
    """What can be measured. Rates are in percent, satisfaction and training in points, the others are counts."""

    LATE = "late"
    """Clocks that ran over and were not waived."""
    LATE_TICKETS = "late_tickets"
    """Tickets with such a clock."""
    KEPT = "kept"
    """The rate of clocks that were kept."""
    RESOLVED = "resolved"
    """The rate of tickets that are resolved, cancelled ones left out."""
    SATISFACTION = "satisfaction"
    """The average of the hospital's forms; without any, of the answers to the bot."""
    REWORK = "rework"
    """The rate of changes that came back after going live."""
    REOPENED = "reopened"
    """The rate of resolved tickets that were reopened."""
    DUTIES = "duties"
    """The rate of duties that were done in time."""
    TRAINING = "training"
    """The average points of trainings given, by their records."""


PART_MEASURES = (Measure.LATE, Measure.RESOLVED, Measure.SATISFACTION)


class Every(StrEnum):
    """How long the period of an indicator is."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class YearBegins(StrEnum):
    """Which year a score is about."""

    CALENDAR = "calendar"
    CONTRACT = "contract"


@dataclass(frozen=True, slots=True)
class Part:
    """One line of the score. `systems`: those that it is about; with `but` set, all others than those."""

    name: str
    name_zh: str
    name_en: str
    clause: str
    points: Fraction
    measure: Measure
    each: Fraction = Fraction(0)
    clocks: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    systems: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    once_a_ticket: bool = False
    at_least: Fraction = Fraction(0)

    def called(self, language: str) -> str:
        """Its name as the language writes it."""
        return self.name_en if language == "en" else self.name_zh

    def concerns(self, system: str | None) -> bool:
        """Whether tickets of that system (None: not known) count here."""
        return system in self.systems if self.systems else system not in self.but


@dataclass(frozen=True, slots=True)
class Bonus:
    """Points for each record of a kind."""

    record: RecordKind
    each: Fraction


@dataclass(frozen=True, slots=True)
class Score:
    """The yearly score: its parts and what adds to it. From `passes` on all is paid, below it that percentage."""

    clause: str
    passes: Fraction
    parts: tuple[Part, ...]
    bonuses: tuple[Bonus, ...] = ()
    year: YearBegins = YearBegins.CALENDAR

    @property
    def points(self) -> Fraction:
        """What can be had without bonuses."""
        return sum((part.points for part in self.parts), Fraction(0))


@dataclass(frozen=True, slots=True)
class Indicator:
    """Something that is assessed every month, quarter or year. `target` None: the contract names none."""

    name: str
    name_zh: str
    name_en: str
    clause: str
    measure: Measure
    period: Every
    target: Fraction | None = None
    kinds: tuple[Kind, ...] = ()
    clocks: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()

    def called(self, language: str) -> str:
        """Its name as the language writes it."""
        return self.name_en if language == "en" else self.name_zh


@dataclass(frozen=True, slots=True)
class Rework:
    """返修率: under `target` percent is aimed at; over `oblige` percent the provider adds people until it is back."""

    clause: str
    target: Fraction
    oblige: Fraction


@dataclass(frozen=True, slots=True)
class Terms:
    """How a contract's performance is assessed; empty for a contract that says nothing of it."""

    score: Score | None = None
    indicators: tuple[Indicator, ...] = ()
    rework: Rework | None = None


NO_TERMS = Terms()


def read_terms(reader: Reader) -> Terms:
    """[score], [[indicator]] and [rework] of a contract file; problems are noted in the reader."""
    rows = reader.tables("indicator")
    if not (rows or reader.has("score") or reader.has("rework")):
        return NO_TERMS
    known = _Known(
        clauses=_named(reader, "clause", "number"),
        clocks=_named(reader, "clock", "name"),
        duties=_named(reader, "duty", "id"),
        systems=reader.texts("systems", ()),
    )
    return Terms(
        score=_score(reader.table("score"), known) if reader.has("score") else None,
        indicators=tuple(_indicator(row, known) for row in rows),
        rework=_rework(reader.table("rework"), known) if reader.has("rework") else None,
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What the file names elsewhere."""

    clauses: tuple[str, ...]
    clocks: tuple[str, ...]
    duties: tuple[str, ...]
    systems: tuple[str, ...]


def _named(reader: Reader, table: str, key: str) -> tuple[str, ...]:
    return tuple(row.text(key, "") for row in reader.tables(table))


def _score(table: Reader, known: _Known) -> Score:
    parts = tuple(_part(row, known) for row in table.tables("part", required=True))
    return Score(
        clause=_clause(table, known),
        passes=_exact(table, "passes", HUNDRED),
        parts=tuple(_rest(part, parts) for part in parts),
        bonuses=tuple(Bonus(row.choice("record", RecordKind), _exact(row, "each")) for row in table.tables("bonus")),
        year=table.choice("year", YearBegins, YearBegins.CALENDAR),
    )


def _part(row: Reader, known: _Known) -> Part:
    measure = row.choice("measure", Measure)
    if measure not in PART_MEASURES:
        row.wrong("measure", Worded('"{measure}" is no part of a score', measure=measure), one_of(PART_MEASURES))
    counted = measure is not Measure.SATISFACTION
    late = measure is Measure.LATE
    return Part(
        name=row.text("name"),
        name_zh=row.text("name_zh"),
        name_en=row.text("name_en"),
        clause=_clause(row, known),
        points=_exact(row, "points"),
        measure=measure,
        each=_exact(row, "each") if counted else Fraction(0),
        clocks=_some(row, "clocks", known.clocks) if late else (),
        kinds=row.choices("kinds", Kind, ()) if counted else (),
        systems=_some(row, "systems", known.systems) if late else (),
        once_a_ticket=row.boolean("once_a_ticket", False) if late else False,
        at_least=_exact(row, "at_least", HUNDRED) if measure is Measure.RESOLVED else Fraction(0),
    )


def _rest(part: Part, parts: Sequence[Part]) -> Part:
    """A part that names no systems is about those that no other part with the same clocks names."""
    if part.measure is not Measure.LATE or part.systems:
        return part
    others = {name for other in parts if set(other.clocks) & set(part.clocks) for name in other.systems}
    return replace(part, but=tuple(sorted(others)))


def _indicator(row: Reader, known: _Known) -> Indicator:
    return Indicator(
        name=row.text("name"),
        name_zh=row.text("name_zh"),
        name_en=row.text("name_en"),
        clause=_clause(row, known),
        measure=row.choice("measure", Measure),
        period=row.choice("period", Every),
        target=_exact(row, "target") if row.has("target") else None,
        kinds=row.choices("kinds", Kind, ()),
        clocks=_some(row, "clocks", known.clocks),
        systems=_some(row, "systems", known.systems),
        duties=_some(row, "duties", known.duties),
    )


def _rework(table: Reader, known: _Known) -> Rework:
    rework = Rework(_clause(table, known), _exact(table, "target", HUNDRED), _exact(table, "oblige", HUNDRED))
    if rework.oblige < rework.target:
        table.wrong("oblige", "is less than the target", "a percentage not under the target")
    return rework


def _clause(row: Reader, known: _Known) -> str:
    numbers = row.text("clause")
    for part in numbers.split(","):
        if part.strip() and part.strip() not in known.clauses:
            row.wrong(
                "clause",
                Worded('there is no [[clause]] with the number "{part}"', part=part.strip()),
                nearest(part, known.clauses),
            )
    return numbers


def _some(row: Reader, key: str, known: Sequence[str]) -> tuple[str, ...]:
    found = row.texts(key, ())
    for word in found:
        if word not in known:
            row.wrong(key, Worded('"{word}" is not named in this file', word=word), nearest(word, known))
    return found


def _exact(row: Reader, key: str, most: Fraction = Fraction(1000)) -> Fraction:
    """The number as it is written, from 0 to `most`."""
    value = row.number(key)
    number = Fraction(str(value)) if value == value and abs(value) < 1e9 else Fraction(-1)
    if not 0 <= number <= most:
        row.wrong(key, Worded("is {value}", value=value), Worded("a number from 0 to {most}", most=most))
        return Fraction(0)
    return number
