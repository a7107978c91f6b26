"""How well labelled messages are read: label by label right or wrong, what was taken for what, and how long it took.

Pure: who calls reads the lines, measures the time, and says the result in words.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from handlers.intake.meaning import Meaning
from handlers.intake.when import When
from sla.labels import Intent, Priority

LABELS = ("intent", "kind", "system", "department", "scope", "severity", "priority", "started_at")
OF_REPORTS = frozenset({"kind", "scope", "severity", "priority", "started_at"})
"""Labels that only a report has."""
GRAVE = (Priority.CRITICAL, Priority.HIGH)
WHEN = "when"
"""What times are scored as, beside the labels."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A labelled message: line `number` of its file, its text, when it was sent (aware), and the labels that are right.
    `started_at` is ISO 8601; a label that the line does not have is null where the line says what is wanted at all."""

    number: int
    text: str
    now: datetime
    labels: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Timed:
    """A labelled time: the instants that are right (a part of a day is a range), None where the text names none."""

    number: int
    text: str
    now: datetime
    right: tuple[datetime, datetime] | None
    category: str = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """One label of one line that was read otherwise, and by which rule and words (`why`)."""

    number: int
    label: str
    right: str | None
    read: str | None
    why: str
    text: str


@dataclass(slots=True)
class Count:
    """How many were right, of how many."""

    right: int = 0
    total: int = 0

    @property
    def share(self) -> Fraction | None:
        """From 0 to 1; None of none."""
        return Fraction(self.right, self.total) if self.total else None


@dataclass(slots=True)
class Times:
    """Times: `wrong` are instants that the text does not name, `missed` those that were not found. `traps` are texts
    without an instant, `avoided` those of them in which none was read."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    traps: int = 0
    avoided: int = 0
    categories: dict[str, Count] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return self.right + self.wrong + self.missed


@dataclass(slots=True)
class Score:
    """The sum of all lines. `took` holds the nanoseconds of each message."""

    labels: dict[str, Count] = field(default_factory=dict)
    pairs: Counter[tuple[str, str | None, str | None]] = field(default_factory=Counter)
    wrong: list[Wrong] = field(default_factory=list)
    critical: int = 0
    critical_missed: list[Wrong] = field(default_factory=list)
    times: Times = field(default_factory=Times)
    took: list[int] = field(default_factory=list)

    def add(self, asked: Asked, meaning: Meaning, nanoseconds: int) -> None:
        """Compare a message with what was read."""
        self.took.append(nanoseconds)
        for label in scored(asked):
            count = self.labels.setdefault(label, Count())
            right, read = asked.labels.get(label), value(meaning, label)
            count.total += 1
            if same(label, right, read):
                count.right += 1
            else:
                self._differs(Wrong(asked.number, label, right, read, meaning.why.get(label, ""), asked.text))
            if label == "priority" and right == Priority.CRITICAL:
                self.critical += 1
                if read not in GRAVE:
                    self.critical_missed.append(self.wrong[-1])

    def add_time(self, timed: Timed, found: When | None, nanoseconds: int) -> None:
        """Compare a time with the instant that was read."""
        self.took.append(nanoseconds)
        times = self.times
        is_right = found is None if timed.right is None else found is not None and lies_in(found.instant, timed.right)
        times.right += is_right
        times.missed += found is None and not is_right
        times.wrong += found is not None and not is_right
        times.traps += timed.right is None
        times.avoided += timed.right is None and is_right
        count = times.categories.setdefault(timed.category, Count())
        count.total += 1
        count.right += is_right
        if not is_right:
            right = None if timed.right is None else "/".join(dict.fromkeys(each.isoformat() for each in timed.right))
            read, why = (None, "") if found is None else (found.instant.isoformat(), found.span)
            self._differs(Wrong(timed.number, WHEN, right, read, why, timed.text), paired=False)

    def _differs(self, wrong: Wrong, *, paired: bool = True) -> None:
        self.wrong.append(wrong)
        if paired and wrong.label != "started_at":  # instants are seldom mixed up twice
            self.pairs[wrong.label, wrong.right, wrong.read] += 1

    def share(self, label: str) -> Fraction | None:
        """The share that was right, of a label or of `WHEN`; None where none was asked."""
        if label == WHEN:
            return Fraction(self.times.right, self.times.total) if self.times.total else None
        return self.labels[label].share if label in self.labels else None


def scored(asked: Asked) -> list[str]:
    """The labels of a message that are compared: of one that is no report only those that it has."""
    no_report = asked.labels.get("intent", Intent.REPORT) != Intent.REPORT
    return [label for label in LABELS if label in asked.labels and not (no_report and label in OF_REPORTS)]


def value(meaning: Meaning, label: str) -> str | None:
    """A label as it was read; `started_at` in ISO 8601."""
    if label == "started_at":
        return None if meaning.started_at is None else meaning.started_at.instant.isoformat()
    found: str | None = getattr(meaning, label)
    return None if found is None else str(found)


def same(label: str, right: str | None, read: str | None) -> bool:
    """Whether two values of a label are the same; instants may be told in different zones."""
    if label == "started_at" and right is not None and read is not None:
        return datetime.fromisoformat(right) == datetime.fromisoformat(read)
    return right == read


def lies_in(instant: datetime, bounds: tuple[datetime, datetime]) -> bool:
    """Whether an instant lies within, both ends included."""
    return bounds[0] <= instant <= bounds[1]


def quantile(values: Sequence[int], share: float) -> int:
    """The value that at least that share of them does not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0
