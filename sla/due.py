"""Which clocks an event starts, and when they are due: the one arithmetic behind tickets and the command line."""

from dataclasses import dataclass
from datetime import date, datetime

from sla.calendar import Calendar
from sla.contract import ClockRule, Contract, Start
from sla.labels import Kind, Priority, Window
from sla.worktime import Base, Due, due


@dataclass(frozen=True, slots=True)
class Starting:
    """A clock as it starts. `window` is that of the report (see `window_of`). `provisional`: an unknown year was
    counted through, or decided the window on which the clock depends. `passed_over`: days off on the way."""

    name: str
    rule: ClockRule
    start: datetime
    due: datetime
    window: Window
    provisional: bool = False
    passed_over: tuple[date, ...] = ()


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

    The window is that of `reported_at` (left out: of `at` itself). Where several rules of one clock fit, the stricter
    governs: the one due first. `agreed` is the approved deadline; without it no agreed clock starts. Whether the
    contract covers the system is not asked here.
    """
    days = calendar.in_zone(contract.timezone)
    report = reported_at or at
    window = contract.windows.window_at(report, days)
    unsure = contract.windows.is_provisional(report, days)
    found: dict[str, Starting] = {}
    for rule in contract.clock_rules:
        if rule.starts is not event or not rule.fits(system, kind, priority, window, disaster):
            continue
        when = _due(rule, at, agreed, days, contract)
        if when is None or (rule.name in found and found[rule.name].due <= when.at):
            continue
        provisional = when.provisional or (unsure and bool(rule.windows))
        found[rule.name] = Starting(
            rule.name, rule, at.astimezone(days.timezone), when.at, window, provisional, when.passed_over
        )
    return tuple(found.values())


def _due(rule: ClockRule, at: datetime, agreed: datetime | None, days: Calendar, contract: Contract) -> Due | None:
    if rule.base is Base.AGREED:
        return Due(agreed.astimezone(days.timezone)) if agreed else None
    return due(rule.base, rule.amount, at, days, contract.windows)
