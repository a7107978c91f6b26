"""One clock of a ticket: what it is, whether it ran over, and what time that does not count does to its deadline."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from sla.calendar import Calendar
from sla.contract import ClockRule, Contract
from sla.due import Starting, in_time_until, stricter
from sla.labels import Window
from sla.ticket import Event
from sla.worktime import IN_DAYS, Base, Due, add, between, due, later


class ClockState(StrEnum):
    """`running` may be overdue already, or paused; `missed` stopped too late."""

    RUNNING = "running"
    MET = "met"
    MISSED = "missed"
    FELL_AWAY = "fell_away"


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of a ticket. `contract` and `version` are the id and the version of the contract that sets it, `clause`
    the number of the clause.

    `floored`: a change of labels left it 30 minutes. `extra_days`: by how many days reopenings and pauses moved it.
    `plan`: the number of the plan it belongs to, or of the resolution that started it anew; 1 for one beside another of
    its name that an earlier contract had set and that is over; 0 for the others.
    `provisional`: an unknown year was counted through, or decided the window. `passed_over`: days off on the way to a
    deadline in days. `looser`: the other rules of its name that fit the ticket, with the deadlines they would have set.

    `paused_since`: it stands still since then; `paused_until`: when that is over by itself. `due` is then the deadline
    that stands if the pause lasts until `paused_until`; without such an end it is the one from before the pause, and
    will move.
    """

    name: str
    rule: ClockRule
    contract: str
    round: int
    start: datetime
    due: datetime
    window: Window
    state: ClockState = ClockState.RUNNING
    stopped_at: datetime | None = None
    stopped_by: Event | None = None
    provisional: bool = False
    passed_over: tuple[date, ...] = ()
    floored: bool = False
    extra_days: int = 0
    plan: int = 0
    looser: tuple[Starting, ...] = ()
    paused_since: datetime | None = None
    paused_until: datetime | None = None
    version: str = ""

    @property
    def latest(self) -> datetime:
        """The last instant at which it is still kept: the deadline, and the grace where its rule has one."""
        return in_time_until(self.due, self.rule)

    def ended(self, state: ClockState, at: datetime, event: Event) -> "Clock":
        """It stopped at `at` by that event. Written out: most clocks of a year come by here, and `replace` asks each
        field for its name."""
        return Clock(
            self.name,
            self.rule,
            self.contract,
            self.round,
            self.start,
            self.due,
            self.window,
            state,
            at,
            event,
            self.provisional,
            self.passed_over,
            self.floored,
            self.extra_days,
            self.plan,
            self.looser,
            self.paused_since,
            self.paused_until,
            self.version,
        )

    @property
    def clause(self) -> str:
        """The number of the clause that sets it; "" for a target without one."""
        return self.rule.clause

    @property
    def internal(self) -> bool:
        """Whether it is only reminded of and never breached."""
        return self.rule.internal

    @property
    def group(self) -> str:
        """The breach group of the contract that it belongs to; "" for none."""
        return self.rule.group

    @property
    def key(self) -> str:
        """What names it within its ticket: "1/fix", of a plan's clock "1/fix_by_plan/2", of an internal target beside
        an obligation "1/fix/internal"."""
        return f"{self.round}/{self.rule.key}" + (f"/{self.plan}" if self.plan else "")

    def is_paused(self, now: datetime) -> bool:
        """Whether it stands still at `now`."""
        return self.paused_since is not None and (self.paused_until is None or now < self.paused_until)


def is_overdue(clock: Clock, now: datetime) -> bool:
    """Whether it ran over: stopped late, or running after its deadline and its grace. At that instant it has not, and
    not while it is paused."""
    if clock.state is not ClockState.RUNNING:
        return clock.state is ClockState.MISSED
    return now > clock.latest and not clock.is_paused(now)


def overrun(clock: Clock, now: datetime) -> timedelta:
    """By how much it ran over its deadline until it stopped, or until now; nought for one that did not. What is over
    the grace is over the deadline from its first minute."""
    return (clock.stopped_at or now) - clock.due if is_overdue(clock, now) else timedelta()


def reminder_times(clock: Clock) -> tuple[datetime, ...]:
    """When to remind of it, the earliest first. Reminders not shorter than the clock fall away."""
    due, start, zone = clock.due.astimezone(UTC), clock.start.astimezone(UTC), clock.due.tzinfo
    return tuple((due - before).astimezone(zone) for before in clock.rule.reminders if due - before > start)


# time that does not count


def without(clock: Clock, start: datetime, end: datetime, contract: Contract, calendar: Calendar) -> Clock:
    """The clock without the time from `start` to `end`, which a reopening or a pause took out.

    Minutes on the clock, and an approved deadline, move by that time; working hours by the service time in it; working
    or calendar days by as many working or calendar days as lie between the two days. What was not over when that time
    began is not over when it ends. A clock that has stopped, or was overdue at `start`, does not move.
    """
    if clock.state is not ClockState.RUNNING or not clock.start <= start <= clock.latest:
        return clock
    days = calendar.in_zone(contract.timezone)
    moved, extra = _moved(clock, start, end, contract, days, by_days=not clock.floored)
    changed = replace(
        clock, due=moved.at, provisional=moved.provisional, passed_over=moved.passed_over, extra_days=extra
    )
    return _governed(changed, start, end, contract, days) if clock.looser else changed


def _moved(
    clock: Clock | Starting, start: datetime, end: datetime, contract: Contract, days: Calendar, *, by_days: bool = True
) -> tuple[Due, int]:
    """The deadline without that time, and by how many days it was moved in all."""
    base, windows = clock.rule.base, contract.windows
    if base in IN_DAYS and by_days:
        first, last = days.day_of(start), days.day_of(end)
        working = base is Base.WORKING_DAYS
        extra = clock.extra_days + (days.working_days_between(first, last) if working else (last - first).days)
        moved = due(base, clock.rule.amount + extra, clock.start, days, windows)
        while in_time_until(moved.at, clock.rule) < end:  # it went on after the close of service, or on a day off
            extra += 1
            moved = due(base, clock.rule.amount + extra, clock.start, days, windows)
        return moved, extra
    if base is Base.WORKING_HOURS:
        left = add(clock.due, between(start, end, days, windows), days, windows)
        if in_time_until(left, clock.rule) < end:  # nothing was left of it, and service is closed
            left = end.astimezone(days.timezone)
        unknown = days.unknown_years(days.day_of(clock.due), days.day_of(left))
        return Due(left, clock.provisional or bool(unknown)), clock.extra_days
    length = end.astimezone(UTC) - start.astimezone(UTC)
    return Due(later(clock.due, length, days), clock.provisional, clock.passed_over), clock.extra_days


def _governed(clock: Clock, start: datetime, end: datetime, contract: Contract, days: Calendar) -> Clock:
    """The clock under the rule that is the stricter one now: what moves in days may overtake what moves in hours."""
    candidates = [_as_starting(clock)]
    for looser in clock.looser:
        moved, extra = _moved(looser, start, end, contract, days)
        candidates.append(
            replace(
                looser, due=moved.at, provisional=moved.provisional, passed_over=moved.passed_over, extra_days=extra
            )
        )
    first = stricter(tuple(candidates))
    return replace(
        clock,
        rule=first.rule,
        due=first.due,
        provisional=first.provisional,
        passed_over=first.passed_over,
        extra_days=first.extra_days,
        looser=first.looser,
        floored=clock.floored and first.rule is clock.rule,
    )


def _as_starting(clock: Clock) -> Starting:
    return Starting(
        clock.name,
        clock.rule,
        clock.start,
        clock.due,
        clock.window,
        clock.provisional,
        clock.passed_over,
        extra_days=clock.extra_days,
    )


# pauses


def paused(clock: Clock, names: tuple[str, ...], since: datetime, until: datetime | None) -> Clock:
    """The clock as a pause of the clocks `names` begins; one that was overdue by then goes on being overdue."""
    if clock.state is not ClockState.RUNNING or clock.name not in names:
        return clock
    since = max(since, clock.start)
    if since > clock.latest or (until is not None and since >= until):
        return clock
    return replace(clock, paused_since=since, paused_until=until)


def continued(clock: Clock, at: datetime, contract: Contract, calendar: Calendar) -> Clock:
    """The clock as its pause ends at `at`, or by itself before that; one that is not paused as it is."""
    since, until = clock.paused_since, clock.paused_until
    if since is None:
        return clock
    end = at if until is None else min(at, until)
    going_on = replace(clock, paused_since=None, paused_until=None)
    return without(going_on, since, end, contract, calendar) if end > since else going_on


def projected(clock: Clock, contract: Contract, calendar: Calendar) -> Clock:
    """A clock that is still paused, with the deadline that stands if the pause ends by itself."""
    since, until = clock.paused_since, clock.paused_until
    if since is None or until is None or clock.state is not ClockState.RUNNING:
        return clock
    going_on = continued(clock, until, contract, calendar)
    return replace(going_on, paused_since=since, paused_until=until)
