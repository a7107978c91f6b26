"""The clocks of a ticket that went straight: one round, its first labels, no plan, no pause, nothing amended.

Nine tickets in ten are like that, and a year of them is folded at once; `sla.clock` tells the rest, and would tell the
same of these: a test holds them to it.
"""

from datetime import datetime

from sla.calendar import Calendar
from sla.contract import SETTLING, Contract, Start
from sla.due import Starting, starting_clocks
from sla.rounds import BEGINNING, RELABELLING, first_labels, kinds_of
from sla.running import Clock, ClockState
from sla.ticket import Event, EventKind

E = EventKind
TURNING = RELABELLING | {E.REOPENED, E.PAUSED, E.PLAN_SUBMITTED, E.PLAN_APPROVED, E.PLAN_REFUSED, E.AMENDED}
WHAT_FOLLOWS = frozenset({Start.REPORT, Start.REMOTE_FAILED, Start.APPROVED})
"""What is done before these stops no clock that they start. A stage that was done before the one that sets its clock
going, though, is done."""


def is_straight(events: tuple[Event, ...]) -> bool:
    """Whether nothing among these events makes it a longer story."""
    settled = 0
    for event in events:
        kind = event.kind
        if kind in TURNING:
            return False
        settled += kind in SETTLING
    return settled <= 1


def straight_clocks(events: tuple[Event, ...], contract: Contract, calendar: Calendar) -> tuple[Clock, ...]:
    """Its clocks, in the order of the events that start them and of the contract file."""
    labels, reported_at = first_labels(events[0]), events[0].at
    found: dict[str, Clock] = {}
    for start, index in _begun(events).items():
        if not contract.started_by(start):
            continue
        begun = starting_clocks(
            contract,
            labels.system,
            labels.kind,
            labels.priority,
            events[index].at,
            labels.disaster,
            start,
            calendar,
            reported_at=reported_at,
        )
        acts = events[index + 1 :] if start in WHAT_FOLLOWS else events
        for each in begun:
            found[each.rule.key] = _ran(each, acts, contract)
    return tuple(found.values())


def _begun(events: tuple[Event, ...]) -> dict[Start, int]:
    """What sets clocks going, each with the index of the first event that did."""
    found = {Start.REPORT: 0}
    for index, event in enumerate(events):
        for start in BEGINNING.get(event.kind, ()):
            found.setdefault(start, index)
        if event.kind in SETTLING:
            found.setdefault(Start.RESOLVED, index)
    return found


def _ran(starting: Starting, acts: tuple[Event, ...], contract: Contract) -> Clock:
    """The clock as the first of these acts ended it, or as it runs."""
    rule = starting.rule
    state, by, at = ClockState.RUNNING, None, None
    for act in acts:
        kinds = kinds_of(act)
        mooted = not kinds.isdisjoint(rule.mooting)
        if mooted or not kinds.isdisjoint(rule.ending):
            by, at = act, max(act.at, starting.start)
            state = _state(mooted, at, starting.latest)
            break
    return Clock(
        starting.name,
        rule,
        contract.id,
        1,
        starting.start,
        starting.due,
        starting.window,
        state,
        at,
        by,
        starting.provisional,
        starting.passed_over,
        looser=starting.looser,
        version=contract.version,
    )


def _state(mooted: bool, at: datetime, latest: datetime) -> ClockState:
    if at > latest:
        return ClockState.MISSED
    return ClockState.FELL_AWAY if mooted else ClockState.MET
