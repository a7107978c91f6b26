"""How each deadline of a ticket came about: the account behind a clock, as values. `handlers.explain` puts it in words.

Nothing is computed anew here that `sla.clock` decides: an account looks at a clock that was played, and gathers what
bore on it: the clause, why the report lay in the service window or not, the days that were counted and passed over,
the looser rules, what moved it, what it costs. Clocks of the contract that do not run are explained as well.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sla.amend import amendments, effective, in_place
from sla.calendar import Calendar, Spans
from sla.clock import Clock, reminder_times
from sla.contract import INTERNAL, Clause, ClockRule, Contract, PauseRule, internal_contract, split_clauses
from sla.due import Starting, seasons_of
from sla.labels import Kind, Window
from sla.ledger import CORRECTION, QUOTA, Breach, Entry, breaches, name_of
from sla.pauses import pauses_of
from sla.quota_ledger import MISSED
from sla.rounds import Labels, Round, rounds
from sla.schedule import DAY
from sla.ticket import Event, EventKind, Ticket
from sla.worktime import IN_DAYS, Base

E = EventKind
INSTANT = timedelta(microseconds=1)


class Sort(StrEnum):
    """What sort of day it is. `weekend`: a Saturday or Sunday that is no part of a festival; `make_up`: 调休上班日."""

    WEEKDAY = "weekday"
    WEEKEND = "weekend"
    FESTIVAL = "festival"
    MAKE_UP = "make_up"


@dataclass(frozen=True, slots=True)
class Day:
    """A day: its sort, the festival that makes it one ("" for none, or where the law alone does); `known`: the notice
    of its year is there."""

    day: date
    sort: Sort
    festival: str = ""
    known: bool = True


@dataclass(frozen=True, slots=True)
class Opening:
    """Why the report lay in a service window or not: the day, the season that governed it ("" for none), the windows
    of that day, in minutes. `provisional`: a notice to come may change it."""

    window: Window
    day: Day
    season: str
    spans: Spans
    provisional: bool


class How(StrEnum):
    """What moves a clock."""

    RELABELLED = "relabelled"
    REOPENED = "reopened"
    PAUSED = "paused"
    AMENDED = "amended"


@dataclass(frozen=True, slots=True)
class Moved:
    """Something that bore on a clock: from `start` to `end` (None while it goes on, or where it is an instant). `event`
    is the one behind it; of an amendment `wrong` is the event that it put right, of a pause `rule` what allows it."""

    how: How
    start: datetime
    end: datetime | None
    event: Event
    wrong: Event | None = None
    rule: PauseRule | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """How one clock came about. `counted` are the days that count towards a deadline in days, `passed` those on the way
    that do not. `cost_*`: what a breach costs, in the contract's words. `breaches`: what the ledger holds of it."""

    clock: Clock
    contract: Contract
    clauses: tuple[Clause, ...]
    opening: Opening | None
    counted: tuple[Day, ...]
    passed: tuple[Day, ...]
    looser: tuple[tuple[Starting, Clause], ...]
    moved: tuple[Moved, ...]
    reminders: tuple[datetime, ...]
    breaches: tuple[Breach, ...]
    cost_zh: str
    cost_en: str


class Silence(StrEnum):
    """Why a clock of the contract does not run: what it is for does not fit, or what begins it has not happened."""

    JOINED = "joined"
    KIND = "kind"
    SYSTEM = "system"
    PRIORITY = "priority"
    DISASTER = "disaster"
    WINDOW = "window"
    SEASON = "season"
    NOT_BEGUN = "not_begun"


@dataclass(frozen=True, slots=True)
class Silent:
    """A clock that does not run: its rule, of several the one that fits best, and everything that keeps it from it."""

    rule: ClockRule
    why: tuple[Silence, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A ticket's clocks explained. `opening` is that of its present round; None where the contract has no windows.
    `over_quota`: what the ledger holds of quotas that its outage went over, also what counts as no breach (its kind is
    `sla.quota_ledger.MISSED`)."""

    ticket: Ticket
    contract: Contract
    opening: Opening | None
    accounts: tuple[Account, ...]
    silent: tuple[Silent, ...]
    relabelled: tuple[Event, ...]
    over_quota: tuple[Breach, ...] = ()


def explain(
    ticket: Ticket,
    contract: Contract | None,
    clocks: Iterable[Clock],
    calendar: Calendar,
    entries: Iterable[Entry],
    versions: Mapping[tuple[str, str], Contract],
) -> Explanation:
    """Explain a ticket's `clocks`, as `sla.clock.clocks_of` gave them. `entries` are the ledger's about it;
    `versions`, by (id, version), are looked up for clocks that an earlier contract, or version of it, has set."""
    internal = internal_contract(calendar.timezone)
    present = contract or internal
    parts = rounds(effective(ticket.events))
    entries = tuple(entries)
    known = breaches(entries)
    played = tuple(clocks)
    accounts = []
    for clock in played:
        own = internal if clock.contract == INTERNAL else versions.get((clock.contract, clock.version), present)
        accounts.append(_account(ticket, clock, own, parts[clock.round - 1], calendar, known))
    return Explanation(
        ticket=ticket,
        contract=present,
        opening=opening(present, parts[-1].began_at, calendar),
        accounts=tuple(accounts),
        silent=tuple(_silent(present, parts[-1], played, calendar)),
        relabelled=tuple(event for event in effective(ticket.events) if event.kind is E.RECLASSIFIED),
        over_quota=_over_quota(entries),
    )


def _over_quota(entries: Iterable[Entry]) -> tuple[Breach, ...]:
    entries = tuple(entries)
    corrected = {entry.refers_to: entry for entry in entries if entry.kind == CORRECTION}
    missed = [Breach(entry, correction=corrected.get(entry.seq)) for entry in entries if entry.kind == MISSED]
    broken = [breach for breach in breaches(entries) if breach.entry.clock.startswith(QUOTA)]
    return tuple(sorted((*broken, *missed), key=lambda breach: breach.entry.seq))


def _account(
    ticket: Ticket, clock: Clock, contract: Contract, part: Round, calendar: Calendar, known: Iterable[Breach]
) -> Account:
    counted, passed = _days(clock, calendar.in_zone(contract.timezone))
    group = next((group for group in contract.breach_groups if group.name == clock.group), None)
    internal = clock.internal
    return Account(
        clock=clock,
        contract=contract,
        clauses=tuple(contract.clause(number) for number in split_clauses(clock.clause)),
        opening=opening(contract, part.began_at, calendar),
        counted=counted,
        passed=passed,
        looser=tuple((each, contract.clause(each.rule.clause)) for each in clock.looser),
        moved=tuple(sorted(_moved(ticket, clock, contract, part), key=lambda moved: moved.start)),
        reminders=reminder_times(clock),
        breaches=tuple(b for b in known if (b.entry.round, b.entry.clock) == (clock.round, name_of(clock))),
        cost_zh="" if internal else (group and group.cost_zh) or contract.cost_zh,
        cost_en="" if internal else (group and group.cost_en) or contract.cost_en,
    )


# days


def day_of(calendar: Calendar, day: date) -> Day:
    """What sort of day it is, and which festival makes it one."""
    known = calendar.known(day.year)
    if calendar.is_make_up_day(day):
        return Day(day, Sort.MAKE_UP, _festival(calendar, day), known)
    if calendar.is_holiday(day):
        return Day(day, Sort.FESTIVAL, _festival(calendar, day), known)
    return Day(day, Sort.WEEKDAY if calendar.is_working_day(day) else Sort.WEEKEND, known=known)


def _festival(calendar: Calendar, day: date) -> str:
    festivals = (festival for year in calendar.years for festival in year.festivals)
    return next((each.name for each in festivals if day in each.days_off or day in each.make_up_days), "")


def opening(contract: Contract, at: datetime, calendar: Calendar) -> Opening | None:
    """Why an instant lies in the contract's service windows or not; None for a contract without any."""
    windows, days = contract.windows, calendar.in_zone(contract.timezone)
    if not any(windows.sorts()) and not windows.seasons:
        return None
    day = days.day_of(at)
    season = next(iter(seasons_of(contract, at, days)), "")
    provisional = windows.is_provisional(at, days)
    return Opening(windows.window_at(at, days), day_of(days, day), season, windows.spans(day, days), provisional)


def _days(clock: Clock, days: Calendar) -> tuple[tuple[Day, ...], tuple[Day, ...]]:
    """The days that count towards a deadline in days, and those passed over; nothing for the others.

    Of calendar days all count up to the N-th; passed over is only what puts the deadline off to a working day.
    """
    base = clock.rule.base
    if base not in IN_DAYS or clock.floored:
        return (), ()
    first, last = days.day_of(clock.start) + DAY, days.day_of(clock.due - INSTANT)  # 24:00 is of the day that it ends
    way = [day_of(days, first + offset * DAY) for offset in range((last - first).days + 1)]
    if base is Base.CALENDAR_DAYS:
        number = clock.rule.amount + clock.extra_days
        return tuple(way[:number]), tuple(way[number - 1 : -1]) if len(way) > number else ()
    work = (Sort.WEEKDAY, Sort.MAKE_UP)
    return tuple(day for day in way if day.sort in work), tuple(day for day in way if day.sort not in work)


# what moved it


def _moved(ticket: Ticket, clock: Clock, contract: Contract, part: Round) -> Iterator[Moved]:
    for event in part.events:
        if event.kind is E.RECLASSIFIED and _ran(clock, event.at):
            yield Moved(How.RELABELLED, event.at, None, event)
    for gap in part.gaps:
        if _ran(clock, gap.start) and clock.stopped_at != gap.start:
            yield Moved(How.REOPENED, gap.start, gap.end, part.events[gap.end_index])
    for pause in pauses_of(part.events, contract):
        if clock.name in pause.rule.clocks and _ran(clock, pause.start):
            ends = [at for at in (pause.end, pause.until) if at]
            yield Moved(How.PAUSED, pause.start, min(ends, default=None), part.events[pause.index], rule=pause.rule)
    counted = in_place(ticket.events)
    for index, by in amendments(ticket.events).items():
        wrong, event = ticket.events[index], ticket.events[by]
        if _concerns(clock, wrong, counted[index]):
            yield Moved(How.AMENDED, event.at, None, event, wrong)


def _ran(clock: Clock, at: datetime) -> bool:
    return clock.start <= at and (clock.stopped_at is None or at <= clock.stopped_at)


def _concerns(clock: Clock, wrong: Event, right: Event) -> bool:
    """Whether an event that was put right begins the clock, ends it, or would have ended it as it was recorded."""
    rule = clock.rule
    if wrong.kind in (E.REPORTED, E.REOPENED):
        return (wrong.kind is E.REPORTED) == (clock.round == 1) and clock.start <= max(wrong.at, right.at)
    if wrong.kind == rule.starts.value:
        return True
    ends = wrong.kind in (*rule.stops, *rule.falls_away)
    return right == clock.stopped_by or (ends and (clock.stopped_at is None or wrong.at <= clock.stopped_at))


# what does not run


def _silent(contract: Contract, part: Round, clocks: Iterable[Clock], calendar: Calendar) -> Iterator[Silent]:
    running = {clock.name for clock in clocks if clock.round == part.number}
    labels = part.stretches[-1].labels
    for name in dict.fromkeys(rule.name for rule in contract.clock_rules):
        if name not in running:
            found = [
                Silent(rule, tuple(_why(rule, contract, labels, part, calendar)))
                for rule in contract.clock_rules
                if rule.name == name
            ]
            yield min(found, key=lambda silent: len(silent.why))


def _why(rule: ClockRule, contract: Contract, labels: Labels, part: Round, calendar: Calendar) -> Iterator[Silence]:
    days = calendar.in_zone(contract.timezone)
    window = contract.windows.window_at(part.began_at, days)
    if labels.joined:
        yield Silence.JOINED
    if rule.kinds and labels.kind not in rule.kinds:
        yield Silence.KIND
    if rule.systems and labels.system not in rule.systems:
        yield Silence.SYSTEM
    if rule.priorities and labels.priority not in rule.priorities:
        yield Silence.PRIORITY
    if rule.disaster is not None and rule.disaster != (labels.disaster and labels.kind is Kind.FAULT):
        yield Silence.DISASTER
    if rule.windows and window not in rule.windows:
        yield Silence.WINDOW
    if rule.seasons and not set(rule.seasons) & set(seasons_of(contract, part.began_at, days)):
        yield Silence.SEASON
    if rule.starts not in {begin.start for begin in part.begins if not begin.refused}:
        yield Silence.NOT_BEGUN
