"""How a contract was kept in a period, whole: figures, quotas, forms, indicators, and what follows from them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

from sla.account import Account, Counted, Month, account, distinct, year_bounds, year_of
from sla.calendar import Calendar
from sla.contract import Contract
from sla.figures import Figures, figures_of
from sla.figures_sums import NONE_WAIVED, Sums, Waived
from sla.indicators import Assessed, Indicated, indicators_of
from sla.quota import Quota
from sla.quota_ledger import clock_name
from sla.records import Record, RecordKind
from sla.succession import Succession
from sla.surveys import Survey, in_force, survey
from sla.terms import HUNDRED
from sla.ticket import Outage

DAY = timedelta(days=1)
ON_RECORD = (RecordKind.PRAISE, RecordKind.COMPLAINT, RecordKind.TRAINING)


@dataclass(frozen=True, slots=True)
class QuotaUse:
    """A quota in the period, of the version `contract`: the calendar months that touch it, the events that began in it,
    and which of their breaches were waived (by ticket)."""

    quota: Quota
    contract: Contract
    months: tuple[Month, ...]
    events: tuple[Counted, ...]
    waived: frozenset[int] = frozenset()

    @property
    def group(self) -> str:
        """Its breach group."""
        return f"quota:{self.quota.name}"

    @property
    def breaches(self) -> int:
        """How many of its events are a breach that was not waived."""
        return sum(event.breach is not None and event.outage.ticket not in self.waived for event in self.events)


@dataclass(frozen=True, slots=True)
class Assessment:
    """A contract's figures for the days from `first` to before `after`, and what its terms say of them."""

    contract: Contract
    first: date
    after: date
    figures: Figures
    survey: Survey | None
    indicators: tuple[Indicated, ...]
    quotas: tuple[QuotaUse, ...]
    on_record: Mapping[RecordKind, int]

    @property
    def breaches(self) -> dict[str, int]:
        """Breaches by group, those of quotas as groups of their own."""
        found = {group: count for (_, group), count in self.figures.breaches.items()}
        return found | _summed((use.group, use.breaches) for use in self.quotas)

    @property
    def waived(self) -> dict[str, int]:
        """What was waived, by group."""
        found = {group: count for (_, group), count in self.figures.waived.items()}
        return found | _summed((use.group, len(use.waived)) for use in self.quotas)

    @property
    def satisfaction(self) -> Fraction | None:
        """By the hospital's forms; without any, by the answers to the bot."""
        return self.survey.points if self.survey else self.figures.satisfaction

    @property
    def adds_people(self) -> bool | None:
        """Whether satisfaction is under the threshold, so that the provider adds people (2.8); None without
        a threshold or anything to compare."""
        threshold, points = self.contract.satisfaction.threshold, self.satisfaction
        return None if threshold is None or points is None else points < threshold

    @property
    def rework_in_target(self) -> bool | None:
        """Whether fewer changes came back than is aimed at (5.1(8)); None without a target or any change."""
        rework, rate = self.contract.terms.rework, self.figures.rework.rate
        return None if rework is None or rate is None else rate * HUNDRED < rework.target

    @property
    def adds_testers(self) -> bool | None:
        """Whether so many changes came back that the provider adds people to test with (5.1(8))."""
        rework, rate = self.contract.terms.rework, self.figures.rework.rate
        return None if rework is None or rate is None else rate * HUNDRED > rework.oblige


@dataclass(frozen=True, slots=True)
class Beside:
    """What is on record beside tickets and clocks: `outages` of the years that the period touches (`outage_bounds`),
    `waived` clocks by ticket, those of quotas among them; `records` by their recording, those of duties also from
    before and after the period; since when each contract's duties are `watched`; all known `versions`
    of contracts by (id, version), for quotas are judged by the words of each ticket's own; the `succession` of those
    that are valid, each for its days, for duties."""

    calendar: Calendar
    records: Sequence[Record] = ()
    outages: Sequence[Outage] = ()
    waived: Mapping[int, Waived] = field(default_factory=dict)
    watched: Mapping[str, datetime] = field(default_factory=dict)
    versions: Mapping[tuple[str, str], Contract] = field(default_factory=dict)
    succession: Succession = field(default_factory=dict)


def assess(contract: Contract, first: date, after: date, sums: Sums, beside: Beside) -> Assessment:
    """How a contract was kept in the days from `first` to before `after`, by the terms of its version `contract`;
    `sums` are those of their tickets."""
    records = [record for record in beside.records if record.contract == contract.id]
    watched, versions = beside.watched.get(contract.id), beside.succession.get(contract.id, ())
    period = Assessed(contract, first, after, sums, records, beside.calendar, watched, versions)
    start, end = begins(contract, first), begins(contract, after)
    return Assessment(
        contract=contract,
        first=first,
        after=after,
        figures=figures_of(sums, contract.id),
        survey=survey(records, contract.id, first, after),
        indicators=indicators_of(period),
        quotas=tuple(_uses(contract, (start, end), sums.now, beside)),
        on_record={
            kind: sum(start <= record.at < end for record in in_force(records, kind, contract.id)) for kind in ON_RECORD
        },
    )


def begins(contract: Contract, day: date) -> datetime:
    """The first instant of a day in the contract's zone."""
    return datetime.combine(day, time(), contract.timezone).astimezone(UTC)


def outage_bounds(contracts: Iterable[Contract], start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """From when to when outages must be known to judge those of [start, end): whole years of every quota."""
    firsts, lasts = [start], [end]
    for contract in contracts:
        for quota in contract.quotas:
            years = [year_of(at, quota, contract.timezone, contract.valid_from) for at in (start, end)]
            bounds = [year_bounds(year, quota, contract.timezone, contract.valid_from) for year in years]
            firsts.append(bounds[0][0])
            lasts.append(bounds[1][1])
    return min(firsts), max(lasts)


def _summed(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """By name, without what is nought: versions of a contract may have quotas of one name."""
    found: dict[str, int] = {}
    for name, count in pairs:
        if count:
            found[name] = found.get(name, 0) + count
    return found


def _uses(contract: Contract, span: tuple[datetime, datetime], now: datetime, beside: Beside) -> Iterable[QuotaUse]:
    """The quotas of the version `contract`, and those of other versions of it under which something happened."""
    mine = distinct(outage for outage in beside.outages if outage.contract == contract.id)
    judged: dict[Quota, tuple[Contract, set[int]]] = {quota: (contract, set()) for quota in contract.quotas}
    for outage in mine:
        words = beside.versions.get((contract.id, outage.contract_version), contract)
        for quota in words.quotas:
            judged.setdefault(quota, (words, set()))[1].add(outage.ticket)
    for quota, (words, tickets) in judged.items():
        use = _use(quota, words, span, mine, tickets, now, beside)
        if use.events or quota in contract.quotas or any(month.used for month in use.months):
            yield use


def _use(
    quota: Quota,
    contract: Contract,
    span: tuple[datetime, datetime],
    outages: Sequence[Outage],
    tickets: Collection[int],
    now: datetime,
    beside: Beside,
) -> QuotaUse:
    """`outages` are the contract's; the events of `tickets` are judged by this quota."""
    start, end = span
    versions = [each for (id, _), each in beside.versions.items() if id == contract.id and quota in each.quotas]
    months: list[Month] = []
    events: list[Counted] = []
    for each in _accounts(quota, contract, span, outages, now):
        inside = (month for month in each.months if month.start < end and month.end > start)
        months += [month for month in inside if not versions or any(_touches(one, month) for one in versions)]
        events += [event for event in each.events if start <= event.outage.began < end]
    events = [event for event in events if event.outage.ticket in tickets]
    waived = frozenset(
        event.outage.ticket
        for event in events
        if event.breach and (1, clock_name(quota, event.breach)) in beside.waived.get(event.outage.ticket, NONE_WAIVED)
    )
    return QuotaUse(quota, contract, tuple({month.name: month for month in months}.values()), tuple(events), waived)


def _touches(contract: Contract, month: Month) -> bool:
    """Whether a version is valid on a day of the month."""
    first, last = contract.valid_from, contract.valid_to
    return (first is None or begins(contract, first) < month.end) and (
        last is None or begins(contract, last + DAY) > month.start
    )


def _accounts(
    quota: Quota, contract: Contract, span: tuple[datetime, datetime], outages: Sequence[Outage], now: datetime
) -> Iterable[Account]:
    years = [year_of(at, quota, contract.timezone, contract.valid_from) for at in span]
    for year in range(years[0], years[1] + 1):
        yield account(quota, outages, year, contract.timezone, now, contract.valid_from)
