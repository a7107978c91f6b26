"""A contract's yearly score, with every deduction traced to its ticket, clock and clause. Exact arithmetic.

The score is made of the tickets reported in the year (`sla.figures_sums`), of what the hospital's forms say
(`sla.surveys`) and of what else is on record. Each part is as the contract file says (`sla.terms`):

late          `each` off for every clock that ran over and was not waived, or once a ticket; never below nought
resolved      `each` off for every full or begun percent that the resolution rate lies under `at_least`; nothing off
              where nothing was reported
satisfaction  points x average / 100; not known without forms and without answers: the total is then not known either
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil

from sla.contract import Contract
from sla.figures import Share, average_points, share_of
from sla.figures_sums import Fate, Late, Sums, Tally
from sla.records import Record
from sla.surveys import Survey, in_force, survey
from sla.terms import HUNDRED, Measure, Part, Score, YearBegins


@dataclass(frozen=True, slots=True)
class Deduction:
    """What one thing costs. `late`: the clock that ran over; None where it is a rate (`tickets`: those unresolved)."""

    points: Fraction
    clause: str
    late: Late | None = None
    tickets: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Scored:
    """One part: `points` had of those of the part; None while they cannot be known. `deductions` are listed whole, also
    where they come to more than the part has. `waived`: what was not deducted because it was waived. `average`, `rate`:
    of what a part was computed that has them; `survey`: the forms, None where the average is that of answers."""

    part: Part
    points: Fraction | None
    deductions: tuple[Deduction, ...] = ()
    waived: tuple[Late, ...] = ()
    average: Fraction | None = None
    rate: Share | None = None
    survey: Survey | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The score of a year: the days from `first` to before `after`."""

    contract: str
    score: Score
    first: date
    after: date
    parts: tuple[Scored, ...]
    bonuses: tuple[tuple[Record, Fraction], ...]

    @property
    def known(self) -> Fraction:
        """The points of all parts that are known, and the bonuses."""
        had = sum((one.points for one in self.parts if one.points is not None), Fraction(0))
        return had + sum((points for _, points in self.bonuses), Fraction(0))

    @property
    def total(self) -> Fraction | None:
        """The score; None while a part is not known."""
        return None if any(one.points is None for one in self.parts) else self.known

    @property
    def passed(self) -> bool | None:
        """Whether it is enough; None while it is not known, unless what is known is enough already."""
        return self.known >= self.score.passes or (None if self.total is None else False)

    @property
    def paid(self) -> Fraction | None:
        """What is paid, in percent: all from `passes` on, below that the score."""
        return HUNDRED if self.passed else self.total


def days_of_year(contract: Contract, year: int) -> tuple[date, date]:
    """The first day of the year that is scored, and the day after its last. A contract year is named after the calendar
    year in which it begins; where the file does not say when the contract began, it is the calendar year."""
    score, began = contract.terms.score, contract.valid_from
    by_contract = score is not None and score.year is YearBegins.CONTRACT and began is not None
    month, day = (began.month, began.day) if by_contract and began else (1, 1)
    return _day(year, month, day), _day(year + 1, month, day)


def _day(year: int, month: int, day: int) -> date:
    """That day; of 29 February in other years the day after the 28th."""
    return date(year, 3, 1) if (month, day) == (2, 29) and year % 4 else date(year, month, day)


def score_of(contract: Contract, year: int, sums: Sums, records: Sequence[Record]) -> Sheet | None:
    """The score of a year; None where the contract has none. `sums` are those of the tickets of the year
    (`days_of_year`), `records` those of the contract that touch it."""
    score = contract.terms.score
    if score is None:
        return None
    first, after = days_of_year(contract, year)
    tally = sums.tally(contract.id)
    asked = survey(records, contract.id, first, after, str(year))
    bonuses = [
        (record, bonus.each)
        for bonus in score.bonuses
        for record in in_force(records, bonus.record, contract.id)
        if first <= record.at.astimezone(contract.timezone).date() < after
    ]
    parts = tuple(_scored(part, tally, asked) for part in score.parts)
    return Sheet(contract.id, score, first, after, parts, tuple(bonuses))


def _scored(part: Part, tally: Tally, asked: Survey | None) -> Scored:
    if part.measure is Measure.LATE:
        return _late(part, tally)
    if part.measure is Measure.RESOLVED:
        return _resolved(part, tally)
    average = asked.points if asked else average_points(tally)
    points = None if average is None else part.points * average / HUNDRED
    return Scored(part, points, average=average, survey=asked)


def _late(part: Part, tally: Tally) -> Scored:
    found = [
        late
        for late in tally.late
        if late.name in part.clocks
        and part.concerns(late.system or None)
        and (not part.kinds or late.kind in part.kinds)
    ]
    counted: dict[tuple[int, str], Late] = {}
    for late in found:
        if not late.waived:
            counted.setdefault((late.ticket, "" if part.once_a_ticket else f"{late.round}/{late.clock}"), late)
    deductions = tuple(Deduction(part.each, part.clause, late) for late in counted.values())
    points = max(Fraction(0), part.points - part.each * len(deductions))
    return Scored(part, points, deductions, tuple(late for late in found if late.waived))


def _resolved(part: Part, tally: Tally) -> Scored:
    share = share_of(tally, Fate.RESOLVED, Fate.PROBLEM, part.kinds)
    under = max(Fraction(0), part.at_least - share.rate * HUNDRED) if share.rate is not None else Fraction(0)
    if not under:
        return Scored(part, part.points, rate=share)
    off = part.each * ceil(under)
    tickets = tuple(one.ticket for one in tally.unresolved if not part.kinds or one.kind in part.kinds)
    return Scored(
        part, max(Fraction(0), part.points - off), (Deduction(off, part.clause, tickets=tickets),), rate=share
    )
