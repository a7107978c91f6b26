"""Figures of a period: tickets folded into counts, rates and times. Pure: tickets and ledger entries in, figures out.

Which tickets, clocks and breaches belong to a period is said in `sla.figures_sums`: those of the tickets reported in
it. Rates are exact fractions; a rate of nothing is None.

Resolution rate: of the faults and requests that were reported and not cancelled, those that are resolved as known now.
A ticket joined to an incident is resolved with it and counts by itself (cqmu2-his 附件二: 实际解决数/总问题数).
Rework rate (返修率, smart-hospital 5.1(8)): of the changes that went live, those that were reopened afterwards.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from sla.clock import Clock
from sla.figures_sums import NONE_WAIVED, Fate, How, Sums, Tally, Waived
from sla.labels import Kind
from sla.ledger import Entry, breaches, standing
from sla.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def rate(self) -> Fraction | None:
        """From 0 to 1; None of nothing."""
        return Fraction(self.part, self.whole) if self.whole else None


@dataclass(frozen=True, slots=True)
class Kept:
    """How a clock was kept. Running ones are not over yet; waived ones ran over; neither counts in the rate."""

    kept: int = 0
    broken: int = 0
    running: int = 0
    waived: int = 0
    fell_away: int = 0

    @property
    def rate(self) -> Fraction | None:
        """The part that was kept of those that were kept or broken, from 0 to 1; None of nothing."""
        return Share(self.kept, self.kept + self.broken).rate


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took: median and 90th percentile (nearest rank) of `count` times."""

    count: int
    median: timedelta
    p90: timedelta


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of the tickets of a period.

    `open` at the end of the period. `clocks` by (contract, clock), `by_clock_and_priority` by (contract, clock,
    priority); internal targets in `internal` alone. `breaches` and `waived` by (contract, group), at most one a ticket
    in each, where a clock outside all groups is a group of its own; one that was broken twice and waived once counts as
    a breach. `respond`, `arrive`, `fix`: how long it took in the first round; None where it never happened.
    `resolution`, see above; `rework` of changes, `reopened` of faults, `returned` of those after the confirmation.
    `satisfaction` is the average of the points that reporters gave, None without any; `answers`: those of the resolved
    tickets that were answered about.
    """

    tickets: int
    open: int
    cancelled: int
    by_kind: Mapping[str, int]
    by_priority: Mapping[str, int]
    by_system: Mapping[str, int]
    by_department: Mapping[str, int]
    clocks: Mapping[tuple[str, str], Kept]
    by_clock_and_priority: Mapping[tuple[str, str, str], Kept]
    internal: Mapping[tuple[str, str], Kept]
    respond: Spread | None
    arrive: Spread | None
    fix: Spread | None
    breaches: Mapping[tuple[str, str], int]
    waived: Mapping[tuple[str, str], int]
    resolution: Share
    rework: Share
    reopened: Share
    returned: Share
    satisfaction: Fraction | None
    answers: Share

    @property
    def rated(self) -> int:
        """How many answers the satisfaction is the average of."""
        return self.answers.part


def figures(
    cases: Iterable[tuple[Ticket, Sequence[Clock]]],
    entries: Iterable[Entry],
    now: datetime,
    end: datetime | None = None,
) -> Figures:
    """The figures of these tickets with their clocks, as known at `now`. `entries` (by seq): what was waived.
    `end`: that of the period, left out for one that is not over."""
    sums = Sums(end or now, now)
    waived = waived_by_ticket(entries)
    for ticket, clocks in cases:
        sums.add(ticket, clocks, waived.get(ticket.number, NONE_WAIVED))
    return figures_of(sums)


def figures_of(sums: Sums, contract: str | None = None) -> Figures:
    """The figures out of sums: of one contract, or of all."""
    total = sums.tally(contract)
    each = {name: tally for name, tally in sorted(sums.by_contract.items()) if contract in (None, name)}
    points = average_points(total)
    return Figures(
        tickets=total.tickets.total(),
        open=share_of(total, Fate.OPEN, Fate.REPORTED).part,
        cancelled=total.tickets.total() - share_of(total, Fate.PROBLEM, Fate.REPORTED).part,
        by_kind=_by_label(total, 0),
        by_system=_by_label(total, 1),
        by_department=_by_label(total, 2),
        by_priority=_by_label(total, 3),
        clocks={
            (name, clock): kept_of(tally, clock)
            for name, tally in each.items()
            for clock in _names(tally, internal=False)
        },
        by_clock_and_priority={
            (name, clock, priority): kept_of(tally, clock, priorities=(priority,))
            for name, tally in each.items()
            for clock, priority in sorted({(str(key[0]), str(key[3])) for key in tally.clocks if not key[1]})
        },
        internal={
            (name, clock): kept_of(tally, clock, internal=True)
            for name, tally in each.items()
            for clock in _names(tally, internal=True)
        },
        respond=_spread(total, "respond"),
        arrive=_spread(total, "arrive"),
        fix=_spread(total, "fix"),
        breaches=_groups(each, How.BROKEN),
        waived=_groups(each, How.WAIVED),
        resolution=share_of(total, Fate.RESOLVED, Fate.PROBLEM),
        rework=share_of(total, Fate.REOPENED, Fate.SETTLED, (Kind.CHANGE,)),
        reopened=share_of(total, Fate.REOPENED, Fate.SETTLED, (Kind.FAULT,)),
        returned=share_of(total, Fate.RETURNED, Fate.SETTLED, (Kind.FAULT,)),
        satisfaction=points,
        answers=Share(total.points.total(), share_of(total, Fate.RESOLVED, Fate.PROBLEM).part),
    )


def kept_of(
    tally: Tally,
    clock: str | None,
    *,
    kinds: Sequence[str] = (),
    priorities: Sequence[str] = (),
    systems: Sequence[str] = (),
    internal: bool = False,
) -> Kept:
    """How a clock (None: all) was kept for tickets with these labels; empty means all."""
    states: Counter[How] = Counter()
    for (name, inside, kind, priority, system, how), count in tally.clocks.items():
        wanted = inside is internal and clock in (None, name) and (not priorities or priority in priorities)
        if wanted and (not kinds or kind in kinds) and (not systems or system in systems):
            states[how] += count
    return Kept(states[How.KEPT], states[How.BROKEN], states[How.RUNNING], states[How.WAIVED], states[How.FELL_AWAY])


def _names(tally: Tally, *, internal: bool) -> list[str]:
    return sorted({key[0] for key in tally.clocks if key[1] is internal})


def share_of(tally: Tally, part: Fate, whole: Fate, kinds: Sequence[str] = (), systems: Sequence[str] = ()) -> Share:
    """How many of the tickets that met one fate met another one too."""
    some, every = 0, 0
    for (kind, system, _, _, fate), count in tally.tickets.items():
        if fate & whole and (not kinds or kind in kinds) and (not systems or system in systems):
            every += count
            some += count if fate & part else 0
    return Share(some, every)


def average_points(tally: Tally, kinds: Sequence[str] = (), systems: Sequence[str] = ()) -> Fraction | None:
    """The average of the points that reporters gave; None without any."""
    found = {
        key: count
        for key, count in tally.points.items()
        if (not kinds or key[0] in kinds) and (not systems or key[1] in systems)
    }
    count = sum(found.values())
    return Fraction(sum(points * times for (_, _, points), times in found.items()), count) if count else None


def waived_by_ticket(entries: Iterable[Entry]) -> dict[int, Waived]:
    """Which clocks of which tickets, those of quotas too, these entries (by seq) say are waived."""
    found: dict[int, set[tuple[int, str]]] = {}
    for breach in breaches(entries):
        if breach.waiver and not breach.correction:
            found.setdefault(breach.entry.ticket, set()).add((breach.entry.round, breach.entry.clock))
    return {ticket: frozenset(clocks) for ticket, clocks in found.items()}


def breaches_by_group(entries: Iterable[Entry]) -> dict[tuple[str, str], int]:
    """The breaches of the ledger that stand, counted at most once a ticket and group."""
    counted = {
        (entry.contract, entry.group or entry.clock.partition("/")[0], entry.ticket) for entry in standing(entries)
    }
    return dict(sorted(Counter((contract, group) for contract, group, _ in counted).items()))


def _by_label(tally: Tally, place: int) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for key, count in tally.tickets.items():
        counted[str(key[place])] += count
    return dict(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))


def _groups(each: Mapping[str, Tally], how: How) -> dict[tuple[str, str], int]:
    return {
        (contract, group): count
        for contract, tally in each.items()
        for (group, was), count in sorted(tally.groups.items())
        if was is how
    }


def _spread(tally: Tally, name: str) -> Spread | None:
    times = sorted(tally.times[name].items())
    if not times:
        return None
    return Spread(sum(count for _, count in times), _percentile(times, 50), _percentile(times, 90))


def _percentile(times: Sequence[tuple[int, int]], percent: int) -> timedelta:
    """The smallest time that at least so many percent of the times do not exceed (nearest rank)."""
    rank = max(1, -(-sum(count for _, count in times) * percent // 100))
    for seconds, count in times:
        rank -= count
        if rank <= 0:
            return timedelta(seconds=seconds)
    raise ValueError("no times")
