"""Which clocks a ticket runs, from its facts: start, stop, due, state. Derived anew each time, never stored.

- A clock is stopped by the first of its rule's stopping events in its round, the confirmation at the latest, and is
  met if that was not later than the deadline. An event by which it falls away (nobody need come, cancelled, …) makes it
  moot only up to the deadline: later it was missed all the same.
- Reopened before the confirmation, the clocks that the resolution had stopped go on without the time in between: a
  deadline in minutes, and an approved one, moves by that time; one in working or calendar days by as many working or
  calendar days as lie between the two days. A clock that was overdue at the resolution does not move. `respond` stays
  stopped: the person who resolved had answered. One that the resolution had not stopped ran on for all to
  see: it goes without that time too, unless it ran over in it.
- Reopened after it, a new round begins with new clocks, counted from the reopening and in its window.
- When kind, priority, system, disaster or contract change, open clocks are computed again from the same start; one
  whose deadline changes by that is never due earlier than 30 minutes after the change. Stopped clocks keep what they
  were; so do overdue ones, save internal targets: what was broken stays broken.
- Joined to an incident a ticket runs no clocks of its own; taken out again, they go on from the same start, not due
  earlier than 30 minutes after that.
- A pause that the contract allows takes its time out of the clocks that it names, like a reopening. While it goes on
  they stand still: nothing is overdue and nobody is reminded. A clock that was overdue before it does not move. What
  stops a clock within a pause ends the pause for that clock at the same instant; a change of labels ends no pause.
- A clock that begins with the end of the work goes on after the confirmation, and falls away when the ticket is opened
  anew.
- A refused plan starts the internal target `plan_again`; a later approved plan replaces the deadline of an earlier one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from operator import is_
from types import MappingProxyType

from sla.amend import effective
from sla.calendar import Calendar
from sla.contract import PLAN_AGAIN, SETTLING, ClockRule, Contract, Start, internal_contract
from sla.due import Starting, starting_clocks, window_of
from sla.pauses import Pause, pauses_of
from sla.rounds import Act, Begin, Gap, Labels, Round, Stretch, in_true_time, rounds
from sla.running import (
    Clock,
    ClockState,
    continued,
    is_overdue,
    overrun,
    paused,
    projected,
    reminder_times,
    without,
)
from sla.straight import WHAT_FOLLOWS, is_straight, straight_clocks
from sla.ticket import Event, EventKind, Ticket
from sla.worktime import Base, later

__all__ = ["Clock", "ClockState", "clocks_of", "is_overdue", "overrun", "reminder_times"]

FLOOR = timedelta(minutes=30)
"""How long after a change of labels a deadline that it brought nearer is at the earliest."""
NO_VERSIONS: Mapping[tuple[str, str], Contract] = MappingProxyType({})


def clocks_of(
    ticket: Ticket,
    contract: Contract | None,
    calendar: Calendar,
    versions: Mapping[tuple[str, str], Contract] = NO_VERSIONS,
) -> tuple[Clock, ...]:
    """All clocks of a ticket, those that stopped as well: by round, in the order of the contract file.

    `contract` is the one that the ticket runs under (None: internal targets). `versions`, by (id, version), are looked
    up for the time before it came under that contract; one that is missing there by the latest of the same id, and
    where there is none, by `contract`.
    """
    asked = (ticket, contract, calendar, versions)
    kept = _kept.get(ticket.number)
    if kept is None or not all(map(is_, kept[0], asked)):
        if len(_kept) >= _KEPT:
            _kept.clear()
        kept = asked, _clocks_of(ticket, contract or internal_contract(calendar.timezone), calendar, versions)
        _kept[ticket.number] = kept
    return kept[1]


_Asked = tuple[Ticket, Contract | None, Calendar, Mapping[tuple[str, str], Contract]]
_KEPT = 1_000
_kept: dict[int, tuple[_Asked, tuple[Clock, ...]]] = {}
"""The latest answer about each ticket, for what is the very same: in one unit they are asked for several times, and
again whenever time passes."""


def _clocks_of(
    ticket: Ticket, present: Contract, calendar: Calendar, versions: Mapping[tuple[str, str], Contract]
) -> tuple[Clock, ...]:
    told = in_true_time(ticket.events, present.timezone)
    if is_straight(told):
        return straight_clocks(told, present, calendar)
    ruled = _Ruled(present, (ticket.contract, ticket.contract_version), calendar, versions)
    events = effective(told)
    found: list[Clock] = []
    for each in rounds(events):
        # What begins with the end of the work is all that still runs of a round after the confirmation.
        found = [_opened_anew(clock, each.events[0]) for clock in found]
        found += _Playing(each, ruled).play()
    return tuple(found)


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
        return self.versions.get((labels.contract, labels.version)) or self._latest(labels.contract)

    def _latest(self, id: str) -> Contract:
        """Of a version that nobody knows the latest one of the same contract; the present one where there is none."""
        known = [contract for (name, _), contract in self.versions.items() if name == id]
        return max(known, key=lambda each: each.valid_from or date.min, default=self.present)


_Key = tuple[str, int]
_Open = tuple[Clock, Begin]


_Still = Pause | Gap
"""Time in which clocks stand still, from one event to another."""


@dataclass(frozen=True, slots=True)
class _Playing:
    """One round played through, stretch by stretch."""

    round: Round
    ruled: _Ruled

    def play(self) -> Iterator[Clock]:
        current: dict[_Key, _Open] = {}
        before: Labels | None = None
        for stretch in self.round.stretches:
            current = self._labelled(current, stretch, before)
            before = stretch.labels
            for index, still in self._turns(before):
                if (stretch.begins or 0) < index < stretch.ends:
                    current = self._turned(self._acted(current, index, before), index, still, before)
            current = self._acted(current, stretch.ends, before)
        contract = self.ruled.contract(self.round.stretches[-1].labels)
        return (projected(clock, contract, self.ruled.calendar) for clock, _ in current.values())

    def _turns(self, labels: Labels) -> list[tuple[int, _Still]]:
        """Where clocks come to stand still and where they go on, by the index of the event."""
        found: list[tuple[int, _Still]] = []
        for still in self._stills(labels):
            found.append((still.index, still))
            if still.end_index is not None:
                found.append((still.end_index, still))
        return sorted(found, key=lambda turn: turn[0])

    def _stills(self, labels: Labels) -> tuple[_Still, ...]:
        # Pauses first: a resolution ends one before the gap begins.
        return (*self._pauses(labels), *self.round.gaps)

    def _pauses(self, labels: Labels) -> tuple[Pause, ...]:
        return pauses_of(self.round.events, self.ruled.contract(labels)) if self.round.has_pauses else ()

    def _acted(self, current: dict[_Key, _Open], until: int, labels: Labels) -> dict[_Key, _Open]:
        acts = self.round.acts[:until]
        return {
            key: (
                (clock if clock.state is not ClockState.RUNNING else self._stopped(clock, begin, acts, labels)),
                begin,
            )
            for key, (clock, begin) in current.items()
        }

    def _stopped(self, clock: Clock, begin: Begin, acts: tuple[Act, ...], labels: Labels) -> Clock:
        """The clock after the first of these acts that ends it."""
        rule, first = clock.rule, begin.index + 1 if begin.start in WHAT_FOLLOWS else 0
        for act in acts[first:]:
            if act.index == begin.superseded or not act.kinds.isdisjoint(rule.mooting):
                return _ended(self._continued(clock, act.event.at, labels), act.event, ClockState.FELL_AWAY)
            if not act.kinds.isdisjoint(rule.ending):
                return _ended(self._continued(clock, act.event.at, labels), act.event, ClockState.MET)
        return clock

    def _continued(self, clock: Clock, at: datetime, labels: Labels) -> Clock:
        if clock.paused_since is None:
            return clock
        return continued(clock, at, self.ruled.contract(labels), self.ruled.calendar)

    def _turned(self, current: dict[_Key, _Open], index: int, still: _Still, labels: Labels) -> dict[_Key, _Open]:
        if index == still.index:
            return {key: (_stood(clock, begin, still, still.start), begin) for key, (clock, begin) in current.items()}
        return {key: (self._goes_on(clock, begin, still, labels), begin) for key, (clock, begin) in current.items()}

    def _goes_on(self, clock: Clock, begin: Begin, still: _Still, labels: Labels) -> Clock:
        end = still.end or still.start
        if isinstance(still, Gap) and clock.paused_since is None:
            # What the resolution did not stop ran on: it goes without the time in between unless it ran over in it.
            if begin.start is Start.RESOLVED or clock.latest < end:
                return clock
            changes = [
                self.round.events[each.begins].at
                for each in self.round.stretches
                if each.begins and still.is_open(each.begins)
            ]
            start = max([at for at in changes if clock.floored and clock.due == at + FLOOR], default=still.start)
            return without(clock, start, end, self.ruled.contract(labels), self.ruled.calendar)
        return self._continued(clock, end, labels)

    def _labelled(self, current: dict[_Key, _Open], stretch: Stretch, before: Labels | None) -> dict[_Key, _Open]:
        """The clocks as a stretch begins, with the ones that events within it will start."""
        fresh = {} if stretch.labels.joined else self._fresh(stretch)
        if stretch.begins is None or before is None:
            return fresh
        if not self._stills(before) and not self._stills(stretch.labels):
            return self._changed(current, fresh, stretch.begins)
        return self._changed_while_still(current, fresh, stretch, before)

    def _changed_while_still(
        self, old: dict[_Key, _Open], new: dict[_Key, _Open], stretch: Stretch, before: Labels
    ) -> dict[_Key, _Open]:
        """What stood still until the change counts as such; what still does, by the present contract, goes on so."""
        index, labels = stretch.begins or 0, stretch.labels
        at = self.round.events[index].at
        went_on = {key: (self._continued(clock, at, before), begin) for key, (clock, begin) in old.items()}
        begun = {key: (self._continued(clock, at, labels), begin) for key, (clock, begin) in new.items()}
        found = self._changed(went_on, begun, index)
        for still in self._stills(labels):
            if still.is_open(index):
                for key, (clock, begin) in found.items():
                    same = _untouched(clock, still, (went_on.get(key), old.get(key)), (begun.get(key), new.get(key)))
                    found[key] = (same or _stood(clock, begin, still, at), begin)
        return found

    def _fresh(self, stretch: Stretch) -> dict[_Key, _Open]:
        """The clocks as they would run if the labels had never been others."""
        contract = self.ruled.contract(stretch.labels)
        found: dict[_Key, _Open] = {}
        for begin in self.round.begins:
            if begin.index < stretch.ends and (begin.refused or contract.started_by(begin.start)):
                for starting in self._starting(begin, stretch.labels, contract):
                    found[starting.rule.key, begin.plan] = (self._clock(starting, begin, contract), begin)
        if stretch.begins is not None:
            for index, still in self._turns(stretch.labels):
                if index < stretch.begins:
                    found = self._turned(found, index, still, stretch.labels)
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
            looser=starting.looser,
            version=contract.version,
        )

    def _changed(self, old: dict[_Key, _Open], new: dict[_Key, _Open], index: int) -> dict[_Key, _Open]:
        """The clocks after the change of labels at `index`: old ones kept or dropped, new ones floored."""
        change = self.round.events[index]
        new = _beside(new, old, index, change.at)
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
                # The change does not touch it; what it is judged by is the version that the ticket is under.
                same = before[0]
                return same if same.version == clock.version else replace(same, version=clock.version)
            if before[0].due == clock.due >= at:
                return clock
        leads = self.round.events[index].data.get("leads")  # its incident was worked on all the time: nothing is new
        if begin.index > index or clock.due >= at + FLOOR or leads:
            return clock
        due = (at.astimezone(UTC) + FLOOR).astimezone(clock.due.tzinfo)
        looser = tuple(each for each in clock.looser if each.due > due)
        return replace(clock, due=due, floored=True, passed_over=(), looser=looser)


def _beside(new: dict[_Key, _Open], old: dict[_Key, _Open], index: int, change: datetime) -> dict[_Key, _Open]:
    """The new clocks under keys of their own where one begins after the change, by another event than the clock of its
    name that stays as it was: an arrival that is over does not stand for one that is promised from now on."""
    found: dict[_Key, _Open] = {}
    for key, (clock, begin) in new.items():
        was, again = old.get(key), (key[0], key[1] + 1)
        other = was is not None and was[1].start is not begin.start and _stays(was[0], change)
        if other and (begin.index > index or again in old):
            found[again] = (replace(clock, plan=again[1]), begin)
        else:
            found[key] = (clock, begin)
    return found


def _stays(clock: Clock, change: datetime) -> bool:
    """Whether a change leaves the clock as it was: stopped for good, or broken already."""
    if clock.state is ClockState.RUNNING:
        return clock.latest < change and not clock.internal
    revivable = clock.stopped_by is not None and clock.stopped_by.kind in (EventKind.JOINED, EventKind.RECLASSIFIED)
    return not (clock.state is ClockState.FELL_AWAY and revivable)


def _dropped(clock: Clock, change: Event) -> Clock:
    return clock if clock.state is not ClockState.RUNNING else _ended(clock, change, ClockState.FELL_AWAY)


def _stood(clock: Clock, begin: Begin, still: _Still, since: datetime) -> Clock:
    """The clock as it comes to stand still, where it does."""
    if isinstance(still, Gap):
        stopped = begin.index <= still.index and not still.stops.isdisjoint(clock.rule.ending | clock.rule.mooting)
        return paused(clock, (clock.name,), since, None) if stopped else clock
    if still.end is not None and clock.start >= still.end:
        return clock  # it begins when the pause is over
    return paused(clock, still.rule.clocks, since, still.until)


def _untouched(clock: Clock, still: _Still, *ways: tuple[_Open | None, _Open | None]) -> Clock | None:
    """The clock standing still as it did before the change, where that left its deadline as it was: what lasts is not
    cut in two. `ways`: what it may have been, gone on by the change and as it stood."""
    names, until = (still.rule.clocks, still.until) if isinstance(still, Pause) else ((clock.name,), None)
    for went_on, stood in ways:
        if went_on and stood and stood[0].paused_since is not None:
            was = went_on[0]
            same = (was.rule, was.due, was.floored, was.state) == (clock.rule, clock.due, clock.floored, clock.state)
            if same and clock.name in names and stood[0].paused_until == until:
                return replace(stood[0], version=clock.version)
    return None


def _opened_anew(clock: Clock, reopening: Event) -> Clock:
    return clock if clock.state is not ClockState.RUNNING else _ended(clock, reopening, ClockState.FELL_AWAY)


def _ended(clock: Clock, event: Event, state: ClockState) -> Clock:
    at = max(event.at, clock.start)
    return clock.ended(state if at <= clock.latest else ClockState.MISSED, at, event)


def _plan_again(begin: Begin, contract: Contract, calendar: Calendar, reported_at: datetime) -> Starting:
    rule = ClockRule(
        name=PLAN_AGAIN,
        clause=next((rule.clause for rule in contract.clock_rules if rule.name == "plan"), ""),
        base=Base.ELAPSED,
        amount=int(contract.plan_again.total_seconds()) // 60,
        stops=(EventKind.PLAN_SUBMITTED,),
        falls_away=SETTLING,
        internal=True,
        reminders=contract.plan_again_reminders,
        why_zh="方案被退回，按内部目标重新提交，不计违约。",
        why_en="The plan was refused; an internal target is set for the new one, never a breach.",
    )
    days = calendar.in_zone(contract.timezone)
    at = later(begin.at, contract.plan_again, days)
    return Starting(PLAN_AGAIN, rule, begin.at.astimezone(days.timezone), at, window_of(contract, reported_at, days))
