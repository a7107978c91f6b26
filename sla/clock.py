"""Which clocks a ticket runs, from its facts: start, stop, due, state. Derived anew each time, never stored.

- A clock is stopped by the first of its rule's stopping events in its round, the confirmation at the latest, and is
  met if that was not later than the deadline. An event by which it falls away (nobody need come, cancelled, …) makes it
  moot only up to the deadline: later it was missed all the same.
- Reopened before the confirmation, the clocks that the resolution had stopped go on without the time in between: a
  deadline in minutes, and an approved one, moves by that time; one in working or calendar days by as many working or
  calendar days as lie between the two days. A clock that was overdue at the resolution does not move. `respond` stays
  stopped: the person who resolved had answered.
- Reopened after it, a new round begins with new clocks, counted from the reopening and in its window.
- When kind, priority, system, disaster or contract change, open clocks are computed again from the same start; one
  whose deadline changes by that is never due earlier than 30 minutes after the change. Stopped clocks keep what they
  were; so do overdue ones, save internal targets: what was broken stays broken.
- Joined to an incident a ticket runs no clocks of its own; taken out again, they go on from the same start, not due
  earlier than 30 minutes after that.
- A refused plan starts the internal target `plan_again`; a later approved plan replaces the deadline of an earlier one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from sla.amend import effective
from sla.calendar import Calendar
from sla.contract import PLAN_AGAIN, SETTLING, ClockRule, Contract, Start, internal_contract
from sla.due import Starting, starting_clocks, window_of
from sla.labels import Window
from sla.rounds import CONFIRMING, Act, Begin, Gap, Labels, Round, Stretch, rounds
from sla.ticket import Event, EventKind, Ticket
from sla.worktime import IN_DAYS, Base, add, between, due, later

FLOOR = timedelta(minutes=30)
"""How long after a change of labels a deadline that it brought nearer is at the earliest."""
NO_VERSIONS: Mapping[tuple[str, str], Contract] = MappingProxyType({})


class ClockState(StrEnum):
    """`running` may be overdue already; `missed` stopped too late."""

    RUNNING = "running"
    MET = "met"
    MISSED = "missed"
    FELL_AWAY = "fell_away"


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of a ticket. `contract` is the id of the contract that sets it, `clause` the number of the clause.

    `floored`: a change of labels left it 30 minutes. `extra_days`: by how many days reopenings moved it. `plan`: the
    number of the plan it belongs to, 0 for the others. `provisional`: an unknown year was counted through, or decided
    the window. `passed_over`: days off on the way to a deadline in days.
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
        """What names it within its ticket: "1/fix", of a plan's clock "1/fix_by_plan/2"."""
        return f"{self.round}/{self.name}" + (f"/{self.plan}" if self.plan else "")


def is_overdue(clock: Clock, now: datetime) -> bool:
    """Whether it ran over: stopped late, or running after its deadline. At the deadline itself it is not."""
    return clock.state is ClockState.MISSED or (clock.state is ClockState.RUNNING and now > clock.due)


def overrun(clock: Clock, now: datetime) -> timedelta:
    """By how much it ran over until it stopped, or until now; nought for one that did not."""
    return (clock.stopped_at or now) - clock.due if is_overdue(clock, now) else timedelta()


def reminder_times(clock: Clock) -> tuple[datetime, ...]:
    """When to remind of it, the earliest first. Reminders not shorter than the clock fall away."""
    return tuple(clock.due - before for before in clock.rule.reminders if clock.due - before > clock.start)


def clocks_of(
    ticket: Ticket,
    contract: Contract | None,
    calendar: Calendar,
    versions: Mapping[tuple[str, str], Contract] = NO_VERSIONS,
) -> tuple[Clock, ...]:
    """All clocks of a ticket, those that stopped as well: by round, in the order of the contract file.

    `contract` is the one that the ticket runs under (None: internal targets). `versions`, by (id, version), are looked
    up for the time before it came under that contract; one that is missing there is judged by `contract`.
    """
    present = contract or internal_contract(calendar.timezone)
    ruled = _Ruled(present, (ticket.contract, ticket.contract_version), calendar, versions)
    return tuple(clock for each in rounds(effective(ticket.events)) for clock in _Playing(each, ruled).play())


clocks = clocks_of
"""The same under its short name."""


@dataclass(frozen=True, slots=True)
class _Ruled:
    """By what a ticket is judged."""

    present: Contract
    present_name: tuple[str | None, str]
    calendar: Calendar
    versions: Mapping[tuple[str, str], Contract]

    def contract(self, labels: Labels) -> Contract:
        if (labels.contract, labels.version) == self.present_name:
            return self.present
        if labels.contract is None:
            return internal_contract(self.calendar.timezone)
        return self.versions.get((labels.contract, labels.version), self.present)


_Key = tuple[str, int]
_Open = tuple[Clock, Begin]


@dataclass(frozen=True, slots=True)
class _Playing:
    """One round played through, stretch by stretch."""

    round: Round
    ruled: _Ruled

    def play(self) -> tuple[Clock, ...]:
        current: dict[_Key, _Open] = {}
        for stretch in self.round.stretches:
            current = self._labelled(current, stretch)
            for gap in self.round.gaps:
                if (stretch.begins or 0) < gap.index < stretch.ends:
                    current = self._reopened(self._acted(current, gap.index), gap, stretch.labels)
            current = self._acted(current, stretch.ends)
        return tuple(clock for clock, _ in current.values())

    def _acted(self, current: dict[_Key, _Open], until: int) -> dict[_Key, _Open]:
        acts = self.round.acts[:until]
        return {key: (_stopped(clock, begin, acts), begin) for key, (clock, begin) in current.items()}

    def _reopened(self, current: dict[_Key, _Open], gap: Gap, labels: Labels) -> dict[_Key, _Open]:
        contract = self.ruled.contract(labels)
        return {
            key: (_moved(clock, gap, contract, self.ruled.calendar), begin) for key, (clock, begin) in current.items()
        }

    def _labelled(self, current: dict[_Key, _Open], stretch: Stretch) -> dict[_Key, _Open]:
        """The clocks as a stretch begins, with the ones that events within it will start."""
        fresh = {} if stretch.labels.joined else self._fresh(stretch)
        return fresh if stretch.begins is None else self._changed(current, fresh, stretch.begins)

    def _fresh(self, stretch: Stretch) -> dict[_Key, _Open]:
        """The clocks as they would run if the labels had never been others."""
        contract = self.ruled.contract(stretch.labels)
        found: dict[_Key, _Open] = {}
        for begin in self.round.begins:
            if begin.index < stretch.ends:
                for starting in self._starting(begin, stretch.labels, contract):
                    found[starting.name, begin.plan] = (self._clock(starting, begin, contract), begin)
        for gap in self.round.gaps:
            if gap.index < (stretch.begins or 0):
                found = self._reopened(found, gap, stretch.labels)
        return found

    def _starting(self, begin: Begin, labels: Labels, contract: Contract) -> tuple[Starting, ...]:
        calendar, reported_at = self.ruled.calendar, self.round.began_at
        if begin.refused:
            return (_plan_again(begin, contract, calendar, reported_at),)
        return starting_clocks(
            contract,
            labels.system,
            labels.kind,
            labels.priority,
            begin.at,
            labels.disaster,
            begin.start,
            calendar,
            reported_at=reported_at,
            agreed=begin.agreed,
        )

    def _clock(self, starting: Starting, begin: Begin, contract: Contract) -> Clock:
        return Clock(
            name=starting.name,
            rule=starting.rule,
            contract=contract.id,
            round=self.round.number,
            start=starting.start,
            due=starting.due,
            window=starting.window,
            provisional=starting.provisional,
            passed_over=starting.passed_over,
            plan=begin.plan,
        )

    def _changed(self, old: dict[_Key, _Open], new: dict[_Key, _Open], index: int) -> dict[_Key, _Open]:
        """The clocks after the change of labels at `index`: old ones kept or dropped, new ones floored."""
        change = self.round.events[index]
        found: dict[_Key, _Open] = {}
        for key in (*old, *(key for key in new if key not in old)):
            before, after = old.get(key), new.get(key)
            if after is None and before is not None:
                found[key] = (_dropped(before[0], change), before[1])
            elif before is not None and _stays(before[0], change.at):
                found[key] = before
            elif after is not None:
                found[key] = (self._floored(before, after, index), after[1])
        return found

    def _floored(self, before: _Open | None, after: _Open, index: int) -> Clock:
        clock, begin = after
        at = self.round.events[index].at
        if before and before[0].state is ClockState.RUNNING:
            if (before[0].rule, before[0].contract) == (clock.rule, clock.contract):
                return before[0]  # the change does not touch it
            if before[0].due == clock.due >= at:
                return clock
        if begin.index > index or clock.due >= at + FLOOR:
            return clock
        return replace(clock, due=(at + FLOOR).astimezone(clock.due.tzinfo), floored=True, passed_over=())


def _stays(clock: Clock, change: datetime) -> bool:
    """Whether a change leaves the clock as it was: stopped for good, or broken already."""
    if clock.state is ClockState.RUNNING:
        return clock.due < change and not clock.internal
    revivable = clock.stopped_by is not None and clock.stopped_by.kind in (EventKind.JOINED, EventKind.RECLASSIFIED)
    return not (clock.state is ClockState.FELL_AWAY and revivable)


def _dropped(clock: Clock, change: Event) -> Clock:
    return clock if clock.state is not ClockState.RUNNING else _ended(clock, change, ClockState.FELL_AWAY)


def _stopped(clock: Clock, begin: Begin, acts: tuple[Act, ...]) -> Clock:
    """The clock after the first of these acts that ends it."""
    if clock.state is not ClockState.RUNNING:
        return clock
    # What was done before the assessment is done; help that failed, or a plan, counts only what follows it.
    first = 0 if begin.start is Start.ASSESSED else begin.index + 1
    for act in acts[first:]:
        if act.index == begin.superseded or not act.kinds.isdisjoint((*clock.rule.falls_away, EventKind.CANCELLED)):
            return _ended(clock, act.event, ClockState.FELL_AWAY)
        if not act.kinds.isdisjoint((*clock.rule.stops, *CONFIRMING)):
            return _ended(clock, act.event, ClockState.MET)
    return clock


def _ended(clock: Clock, event: Event, state: ClockState) -> Clock:
    at = max(event.at, clock.start)
    return replace(clock, state=state if at <= clock.due else ClockState.MISSED, stopped_at=at, stopped_by=event)


def _plan_again(begin: Begin, contract: Contract, calendar: Calendar, reported_at: datetime) -> Starting:
    rule = ClockRule(
        name=PLAN_AGAIN,
        clause=next((rule.clause for rule in contract.clock_rules if rule.name == "plan"), ""),
        base=Base.ELAPSED,
        amount=int(contract.plan_again.total_seconds()) // 60,
        stops=(EventKind.PLAN_SUBMITTED,),
        falls_away=SETTLING,
        internal=True,
        reminders=(timedelta(hours=1), timedelta(minutes=30), timedelta(minutes=10)),
        why_zh="方案被退回，按内部目标重新提交，不计违约。",
        why_en="The plan was refused; an internal target is set for the new one, never a breach.",
    )
    days = calendar.in_zone(contract.timezone)
    at = later(begin.at, contract.plan_again, days)
    return Starting(PLAN_AGAIN, rule, begin.at.astimezone(days.timezone), at, window_of(contract, reported_at, days))


def _moved(clock: Clock, gap: Gap, contract: Contract, calendar: Calendar) -> Clock:
    """The clock without the time in which the ticket was thought to be resolved."""
    if clock.state is not ClockState.RUNNING or not clock.start <= gap.start <= clock.due:
        return clock
    days, base = calendar.in_zone(contract.timezone), clock.rule.base
    if base in IN_DAYS and not clock.floored:
        first, last = days.day_of(gap.start), days.day_of(gap.end)
        working = base is Base.WORKING_DAYS
        extra = clock.extra_days + (days.working_days_between(first, last) if working else (last - first).days)
        moved = due(base, clock.rule.amount + extra, clock.start, days, contract.windows)
        return replace(
            clock, due=moved.at, provisional=moved.provisional, passed_over=moved.passed_over, extra_days=extra
        )
    if base is Base.WORKING_HOURS:
        missing = between(gap.start, gap.end, days, contract.windows)
        return replace(clock, due=add(clock.due, missing, days, contract.windows))
    return replace(clock, due=later(clock.due, gap.end - gap.start, days))
