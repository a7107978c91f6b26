"""Indicators that a contract assesses by month, quarter or year (jiahe-icu 三2), by what its file says of each.

An indicator about nothing (no fault in the quarter) has no value, which is neither reached nor missed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from sla.calendar import Calendar
from sla.contract import Contract
from sla.figures import Share, average_points, kept_of, share_of
from sla.figures_sums import Fate, Late, Sums, Tally
from sla.labels import Kind
from sla.records import Record, RecordKind
from sla.rhythm import DutyState, occurrences
from sla.surveys import in_force, points_of, survey
from sla.terms import HUNDRED, Every, Indicator, Measure

AT_MOST = frozenset({Measure.LATE, Measure.LATE_TICKETS, Measure.REWORK, Measure.REOPENED})
"""Measures of which less is better: their target is reached up to it, that of the others from it on."""
MISSED = (DutyState.LATE, DutyState.OVERDUE)
DAY = timedelta(days=1)
MONTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Indicated:
    """An indicator's value: percent of a rate, points, or a count; None of nothing. `share`: of what a rate is made;
    `count`: of how many points an average is, or how much was counted. `tickets`: those that spoke against it."""

    indicator: Indicator
    value: Fraction | None
    share: Share | None = None
    count: int = 0
    tickets: tuple[int, ...] = ()

    @property
    def reached(self) -> bool | None:
        """Whether the target was reached; None without a target or a value."""
        target = self.indicator.target
        if target is None or self.value is None:
            return None
        return self.value <= target if self.indicator.measure in AT_MOST else self.value >= target


@dataclass(frozen=True, slots=True)
class Assessed:
    """What indicators are computed from: the period's tickets, the contract's records by their recording (also those of
    duties done before and after the period), since when its duties are watched (None: they are not), and the `versions`
    of the contract, whose duties count each in its own days (none named: those of `contract` alone)."""

    contract: Contract
    first: date
    after: date
    sums: Sums
    records: Sequence[Record]
    calendar: Calendar
    watched: datetime | None = None
    versions: tuple[Contract, ...] = ()


def indicators_of(period: Assessed) -> tuple[Indicated, ...]:
    """Every indicator of the contract that is assessed over periods as long as this one."""
    months = months_between(period.first, period.after)
    tally = period.sums.tally(period.contract.id)
    return tuple(
        _indicated(each, tally, period) for each in period.contract.terms.indicators if MONTHS[each.period] == months
    )


def months_between(first: date, after: date) -> int:
    """How many whole months lie between two days; nought where they are no first days of months."""
    if first.day != 1 or after.day != 1:
        return 0
    return (after.year - first.year) * 12 + after.month - first.month


def _indicated(indicator: Indicator, tally: Tally, period: Assessed) -> Indicated:
    measure, kinds, systems = indicator.measure, indicator.kinds, indicator.systems
    late = [one for one in tally.late if _concerns(indicator, one)]
    tickets = tuple(dict.fromkeys(one.ticket for one in late))
    if measure is Measure.LATE:
        return Indicated(indicator, Fraction(len(late)), count=len(late), tickets=tickets)
    if measure is Measure.LATE_TICKETS:
        return Indicated(indicator, Fraction(len(tickets)), count=len(tickets), tickets=tickets)
    if measure is Measure.KEPT:
        each = [kept_of(tally, clock, kinds=kinds, systems=systems) for clock in indicator.clocks or (None,)]
        kept = sum(one.kept for one in each)
        return _rate(indicator, Share(kept, kept + sum(one.broken for one in each)), tickets)
    if measure is Measure.RESOLVED:
        open_ones = (one for one in tally.unresolved if not kinds or one.kind in kinds)
        share = share_of(tally, Fate.RESOLVED, Fate.PROBLEM, kinds, systems)
        return _rate(indicator, share, tuple(one.ticket for one in open_ones if not systems or one.system in systems))
    if measure is Measure.REWORK:
        return _rate(indicator, share_of(tally, Fate.REOPENED, Fate.SETTLED, (Kind.CHANGE,), systems))
    if measure is Measure.REOPENED:
        return _rate(indicator, share_of(tally, Fate.REOPENED, Fate.SETTLED, kinds, systems))
    if measure is Measure.DUTIES:
        return _rate(indicator, _duties(indicator, period))
    return _points(indicator, tally, period)


def _concerns(indicator: Indicator, late: Late) -> bool:
    return (
        not late.waived
        and (not indicator.clocks or late.name in indicator.clocks)
        and (not indicator.kinds or late.kind in indicator.kinds)
        and (not indicator.systems or late.system in indicator.systems)
    )


def _rate(indicator: Indicator, share: Share, tickets: tuple[int, ...] = ()) -> Indicated:
    rate = share.rate
    return Indicated(indicator, None if rate is None else rate * HUNDRED, share, share.part, tickets)


def _points(indicator: Indicator, tally: Tally, period: Assessed) -> Indicated:
    """Satisfaction, by the forms or by the answers to the bot; what trainings brought, by the records that say so."""
    if indicator.measure is Measure.TRAINING:
        held = [r for r in in_force(period.records, RecordKind.TRAINING, period.contract.id) if _within(r, period)]
        points = [points_of(record) for record in held if "points" in record.data]
        return Indicated(indicator, sum(points, Fraction(0)) / len(points) if points else None, count=len(held))
    asked = survey(period.records, period.contract.id, period.first, period.after)
    if asked:
        return Indicated(indicator, asked.points, count=asked.answers)
    average = average_points(tally, indicator.kinds, indicator.systems)
    return Indicated(indicator, average, count=tally.points.total())


def _duties(indicator: Indicator, period: Assessed) -> Share:
    """Duties done in time of those that were due in the period. Done late is not done in time; a right is no duty; what
    was due before its contract's duties were watched counts only where it was done or is on record as overdue."""
    last, watched = period.after - DAY, period.watched
    since = watched.astimezone(period.contract.timezone).date() if watched else None
    due = [
        one
        for version in period.versions or (period.contract,)
        for one in occurrences(version, period.first, last, period.calendar, period.records, since=since)
    ]
    overdue = {record.subject: record for record in period.records if record.kind is RecordKind.DUTY_OVERDUE}
    on_record = {subject for subject, record in overdue.items() if not record.data.get("revoked")}
    states = [
        one.state(period.sums.now)
        for one in due
        if not one.duty.may
        and (not indicator.duties or one.duty.id in indicator.duties)
        and (one.done or one.subject in on_record or (watched is not None and one.due >= watched))
    ]
    kept, missed = states.count(DutyState.DONE), sum(state in MISSED for state in states)
    return Share(kept, kept + missed)


def _within(record: Record, period: Assessed) -> bool:
    return period.first <= record.at.astimezone(period.contract.timezone).date() < period.after
