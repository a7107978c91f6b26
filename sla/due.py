"""Which clocks an event starts, and when they are due: the one arithmetic behind tickets and the command line."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sla.calendar import Calendar
from sla.contract import ClockRule, Contract, Start
from sla.labels import Kind, Priority, Window
from sla.worktime import ON_THE_CLOCK, Base, Due, due


@dataclass(frozen=True, slots=True)
class Starting:
    """A clock as it starts. `window` is that of the report (see `window_of`). `provisional`: an unknown year was
    counted through, or decided the window on which the clock depends. `passed_over`: days off on the way.

    `looser`: the other rules of the same name that fit as well, the stricter first, each as it would run. `extra_days`:
    by how many days pauses and reopenings have moved the deadline since.
    """

    name: str
    rule: ClockRule
    start: datetime
    due: datetime
    window: Window
    provisional: bool = False
    passed_over: tuple[date, ...] = ()
    looser: tuple["Starting", ...] = ()
    extra_days: int = 0

    @property
    def latest(self) -> datetime:
        """The last instant at which it is still kept."""
        return in_time_until(self.due, self.rule)


def in_time_until(due: datetime, rule: ClockRule) -> datetime:
    """The last instant at which a clock with this deadline is still kept: the deadline, and the rule's grace."""
    return (due.astimezone(UTC) + rule.grace).astimezone(due.tzinfo) if rule.grace else due


def window_of(contract: Contract, at: datetime, calendar: Calendar) -> Window:
    """In the contract's service windows or not, by the instant of the report. Half-open."""
    return contract.windows.window_at(at, calendar.in_zone(contract.timezone))


def starting_clocks(
    contract: Contract,
    system: str | None,
    kind: Kind,
    priority: Priority,
    at: datetime,
    disaster: bool,
    event: Start,
    calendar: Calendar,
    *,
    reported_at: datetime | None = None,
    agreed: datetime | None = None,
) -> tuple[Starting, ...]:
    """The clocks that `event` starts at the instant `at` (aware), in the order of the contract file.

    Window and season are those of `reported_at` (left out: of `at` itself). Where several rules of one clock fit, the
    stricter governs: the one that is overdue first, of two the one due first; the others are kept as looser. An
    internal target beside an obligation is a clock of its own. `agreed` is the approved deadline; without it no agreed
    clock starts. Whether the contract covers the system, and is valid, is not asked here.
    """
    rules = contract.started_by(event)
    if not rules:
        return ()
    days, windows = calendar.in_zone(contract.timezone), contract.windows
    report = reported_at or at
    window = windows.window_at(report, days)
    unsure: bool | None = None  # asked once, and only for rules that depend on the window
    seasons = seasons_of(contract, report, days) if windows.seasons else ()
    zone, begun = days.timezone, at.astimezone(UTC)
    start = begun.astimezone(zone)
    found: dict[str, Starting] = {}
    for rule in rules:
        if not rule.fits(system, kind, priority, window, disaster, seasons):
            continue
        if rule.windows and unsure is None:
            unsure = windows.is_provisional(report, days)
        provisional = bool(rule.windows and unsure)
        if rule.base in ON_THE_CLOCK:  # most clocks there are
            starting = Starting(rule.name, rule, start, (begun + rule.length).astimezone(zone), window, provisional)
        elif (when := _due(rule, at, agreed, days, contract)) is not None:
            starting = Starting(
                rule.name, rule, start, when.at, window, provisional or when.provisional, when.passed_over
            )
        else:
            continue
        key = rule.key
        same = found.get(key)
        found[key] = starting if same is None else stricter((same, *same.looser, starting))
    return tuple(found.values())


def seasons_of(contract: Contract, report: datetime, days: Calendar) -> tuple[str, ...]:
    """The names of the seasons in which the local date of the report lies."""
    day = days.day_of(report)
    return tuple(season.name for season in contract.windows.seasons if season.covers(day))


def stricter(candidates: tuple[Starting, ...]) -> Starting:
    """The one that governs, with the others as its looser ones; of two that say the same, the first."""
    first, *others = sorted(candidates, key=lambda each: (each.latest, each.due))
    return _with(first, tuple(_with(other, ()) if other.looser else other for other in others))


def _with(one: Starting, looser: tuple[Starting, ...]) -> Starting:
    """Written out: it is asked for very often, and `replace` looks at every field."""
    return Starting(
        one.name, one.rule, one.start, one.due, one.window, one.provisional, one.passed_over, looser, one.extra_days
    )


def _due(rule: ClockRule, at: datetime, agreed: datetime | None, days: Calendar, contract: Contract) -> Due | None:
    if rule.base is Base.AGREED:
        return Due(agreed.astimezone(days.timezone)) if agreed else None
    return due(rule.base, rule.amount, at, days, contract.windows)
