"""Facts put right after the event: what was recorded stays, what counts is what was amended.

An AMENDED event names another one by its index and says when that happened in truth, or that it never happened. The
latest amendment of an event governs it. Whoever judges a ticket judges by these:

`in_place`   every event at its own index, with its true instant; one that never happened counts as a mere note.
             States, paging and whatever names an event by its index go by this order, the order of the record.
`effective`  the same in the order in which it happened: an event that was amended moves past those events that were on
             record by then and that it now precedes or follows, and no further. Clocks go by this order, since the
             first act that stops a clock is the first in time. The report always comes first.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sla.ticket import CHANGE_ONLY, TRANSITIONS, Event, EventKind, State

E = EventKind
AMENDED = EventKind.AMENDED
AMENDABLE = frozenset(
    {
        E.REPORTED, E.ACKNOWLEDGED, E.NOBODY_NEEDED, E.REMOTE_FAILED, E.ARRIVED, E.SENIOR_ARRIVED, E.CAUSE_RECORDED,
        E.PLAN_SUBMITTED, E.PLAN_APPROVED, E.PLAN_REFUSED, E.RESOLVED, E.CONFIRMED, E.REOPENED, E.CANCELLED,
        E.PAUSED, E.CONTINUED, *CHANGE_ONLY,
    }
)  # fmt: skip  # one glance instead of a column
"""Events whose instant may be put right. Labels are put right by reclassifying, notes by another note."""


def amendments(events: tuple[Event, ...]) -> Mapping[int, int]:
    """Index of each event that was amended -> index of the amendment that governs it."""
    found: dict[int, int] = {}
    for index, event in enumerate(events):
        if event.kind is E.AMENDED and 0 <= event.data["event"] < index:
            found[event.data["event"]] = index
    return found


def in_place(events: tuple[Event, ...]) -> tuple[Event, ...]:
    """The events as they count, each at its own index; the same tuple where nothing was amended."""
    for event in events:
        if event.kind is AMENDED:
            break
    else:
        return events
    counted = list(events)
    for index, by in amendments(events).items():
        counted[index] = _counted(events[index], events[by], index)
    return tuple(counted)


def effective(events: tuple[Event, ...]) -> tuple[Event, ...]:
    """The events as they count, in the order in which they happened; the same tuple where nothing was amended."""
    counted = in_place(events)
    if counted is events:
        return events
    order = list(range(len(events)))
    for index, by in sorted(amendments(events).items(), key=lambda pair: pair[1]):
        if index:
            _move(order, index, by, counted)
    return tuple(counted[index] for index in order)


def _counted(event: Event, amendment: Event, index: int) -> Event:
    data = amendment.data
    if data.get("void"):
        return replace(event, kind=E.NOTED, data={"voided": event.kind.value}) if index else event
    return replace(event, at=datetime.fromisoformat(data["at"])) if data.get("at") else event


def _move(order: list[int], index: int, by: int, counted: tuple[Event, ...]) -> None:
    """Move an event past its neighbours as its instant demands: never past the report, nor past what was recorded
    after the amendment `by`."""
    place, at = order.index(index), counted[index].at
    while place > 1 and counted[order[place - 1]].at > at:
        order[place - 1], order[place] = order[place], order[place - 1]
        place -= 1
    while place + 1 < len(order) and order[place + 1] < by and counted[order[place + 1]].at < at:
        order[place + 1], order[place] = order[place], order[place + 1]
        place += 1


def contradiction(events: tuple[Event, ...]) -> Event | None:
    """The first event that could not have happened, by the table of transitions, if all happened as they now count:
    a confirmation without a resolution, an arrival after it, an approval of no plan. None for a story that holds."""
    state, plans = State.REPORTED, set()
    for event in effective(events)[1:]:
        allowed, leads_to = TRANSITIONS[event.kind]
        if state not in allowed and event.kind in AMENDABLE:
            return event
        if event.kind is E.PLAN_SUBMITTED:
            plans.add(event.data["number"])
        elif event.kind in (E.PLAN_APPROVED, E.PLAN_REFUSED) and event.data["number"] not in plans:
            return event
        state = State.REPORTED if event.kind is E.REOPENED else leads_to or state
    return None
