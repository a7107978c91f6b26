"""Random histories played forward by `next_look` alone: nothing twice, nothing forgotten, and an end."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from sla import paging as paging_room
from sla.clock import Clock, ClockState, clocks_of
from sla.contract import internal_contract
from sla.errors import Refused
from sla.fold import fold, then
from sla.labels import Kind, Priority
from sla.paging import paging
from sla.rules import Rules
from sla.ticket import Event, EventKind, Ticket
from sla.watch import Action, Case, Page, RecordBreach, Remind, due_actions, next_look, pending
from storage.files import packaged_rules

E = EventKind
ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 9, 28, tzinfo=ZONE)
MOST = 400
"""More actions than any of these histories can have: whoever gets there goes round in circles."""

SYSTEMS = {
    "smart-hospital": "hr",
    "jiahe-icu": "jiahe-icu",
    "third-party-unified": "pacs",
    "cqmu2-his": "his",
    None: None,
}
FOLLOWING = (
    E.ACKNOWLEDGED, E.REMOTE_FAILED, E.ARRIVED, E.NOBODY_NEEDED, E.PLAN_SUBMITTED, E.RESOLVED, E.CONFIRMED, E.REOPENED,
    E.CANCELLED, E.HANDED_OVER, E.RECLASSIFIED, E.URGED, E.JOINED, E.PARTED, E.NOTED, E.CAUSE_RECORDED,
)  # fmt: skip

ANSWERS_AND_CALLS = (E.ACKNOWLEDGED, E.RECLASSIFIED, E.RESOLVED, E.REOPENED, E.HANDED_OVER, E.NOTED, E.JOINED, E.PARTED)

reports = st.builds(
    lambda contract, kind, priority, minutes: (contract, kind, priority, START + timedelta(minutes=minutes)),
    st.sampled_from(list(SYSTEMS)),
    st.sampled_from([Kind.FAULT, Kind.CONSULT, Kind.CHANGE]),
    st.sampled_from(list(Priority)),
    st.integers(0, 14 * 24 * 60),
)
steps = st.lists(st.tuples(st.sampled_from(FOLLOWING), st.integers(1, 900), st.integers(0, 3)), max_size=9)


@dataclass
class Night:
    """A ticket on a clock that leaps from one `next_look`, or event, to the next."""

    rules: Rules
    ticket: Ticket
    now: datetime
    steps: dict[str, datetime] = field(default_factory=dict)
    done: list[tuple[datetime, Action]] = field(default_factory=list)

    def case(self) -> Case:
        contract = self.rules.contract_of(self.ticket)
        clocks = clocks_of(self.ticket, contract, self.rules.calendar, self.rules.versions)
        return Case(
            self.ticket, contract or internal_contract(ZONE), clocks, self.steps, self.rules.rota, self.rules.calendar
        )

    def until(self, end: datetime | None) -> None:
        """Do what falls due before `end` (None: until nothing is to come)."""
        while True:
            case = self.case()
            look = next_look(case, self.now)
            if look is None or (end is not None and look >= end):
                self.now = end or self.now
                return
            self.now = max(self.now, look)
            actions = due_actions(case, self.now)
            assert actions, f"woken at {look} for nothing"
            assert [a.due_at for a in actions] == sorted(a.due_at for a in actions)
            rest = [action.due_at for action in pending(case, self.now) if action not in actions]
            for action in actions:
                self._do(action, case)
            assert next_look(self.case(), self.now) == min(rest, default=None)

    def _do(self, action: Action, case: Case) -> None:
        assert action.key not in self.steps, f"{action.key} twice"
        assert action.due_at <= self.now
        if isinstance(action, Page):
            assert case.ticket.is_working, "a page for what is mended"
        if isinstance(action, Remind):
            assert action.clock.state is ClockState.RUNNING, "a reminder of a clock that stopped"
        if isinstance(action, RecordBreach):
            assert action.clock.due < self.now, "a breach at the deadline itself"
            assert not action.clock.internal
        self.steps[action.key] = self.now
        self.done.append((self.now, action))
        assert len(self.done) < MOST

    def event(self, kind: EventKind, after: int, choice: int) -> None:
        at = self.now + timedelta(minutes=after)
        self.until(at)
        try:
            self.ticket = then(self.ticket, Event(kind, at, "engineer1", _data(kind, self.ticket, choice), at))
        except Refused:
            assert self.ticket.state  # the table says no: nothing has changed


def _data(kind: EventKind, ticket: Ticket, choice: int) -> dict[str, object]:
    if kind is E.HANDED_OVER:
        return {"to": "engineer2"}
    if kind is E.JOINED:
        return {"incident": 99}
    if kind is E.CAUSE_RECORDED:
        return {"cause": "…"}
    if kind is E.PLAN_SUBMITTED:
        return {"number": len(ticket.plans) + 1}
    if kind is E.RECLASSIFIED:
        contract = list(SYSTEMS)[choice]
        changes: list[dict[str, object]] = [
            {"priority": "critical"},
            {"priority": "low"},
            {"system": SYSTEMS[contract], "contract": contract},
            {},
        ]
        return changes[choice]
    return {}


def reported(contract: str | None, kind: Kind, priority: Priority, at: datetime) -> Ticket:
    labels = {"kind": kind.value, "priority": priority.value, "system": SYSTEMS[contract], "contract": contract}
    return fold(1, [Event(E.REPORTED, at, "nurse", {**labels, "text": ""}, at)])


def played(report: tuple[str | None, Kind, Priority, datetime], events: list[tuple[EventKind, int, int]]) -> Night:
    ticket = reported(*report)
    night = Night(packaged_rules(), ticket, ticket.reported_at)
    for step in events:
        night.event(*step)
    night.until(None)
    return night


@given(reports, steps)
def test_one_event_more_makes_what_folding_all_of_them_makes(
    report: tuple[str | None, Kind, Priority, datetime], events: list[tuple[EventKind, int, int]]
) -> None:
    ticket = played(report, events).ticket
    assert ticket == fold(ticket.number, ticket.events)


@settings(max_examples=400)
@given(reports, st.lists(st.tuples(st.sampled_from(ANSWERS_AND_CALLS), st.integers(0, 3)), max_size=6))
def test_that_somebody_answered_is_told_without_going_through_it_all(
    report: tuple[str | None, Kind, Priority, datetime], events: list[tuple[EventKind, int]]
) -> None:
    ticket = reported(*report)
    for minutes, (kind, choice) in enumerate(events, 1):
        at = ticket.reported_at + timedelta(minutes=minutes)
        with suppress(Refused):
            ticket = then(ticket, Event(kind, at, "engineer1", _data(kind, ticket, choice), at))
        walk = paging_room._Walk(timedelta(minutes=2), str)
        for index, event in enumerate(ticket.events):
            walk.take(index, event)
        needed = ticket.is_working and ticket.incident is None
        assert paging(ticket, timedelta(minutes=2), str) == (walk.paging if needed else None)


def overdue(clock: Clock) -> bool:
    return not clock.internal and clock.state in (ClockState.RUNNING, ClockState.MISSED)


@given(reports, steps)
def test_whatever_happens_each_missed_clock_is_breached_once_and_it_ends(
    report: tuple[str | None, Kind, Priority, datetime], events: list[tuple[EventKind, int, int]]
) -> None:
    night = played(report, events)
    breached = [action.clock.key for _, action in night.done if isinstance(action, RecordBreach)]
    assert len(breached) == len(set(breached))
    assert {clock.key for clock in night.case().clocks if overdue(clock)} <= set(breached)
    assert next_look(night.case(), night.now) is None
    assert due_actions(night.case(), night.now + timedelta(days=400)) == ()


@given(reports, steps)
def test_while_nobody_answers_every_rung_is_reached(
    report: tuple[str | None, Kind, Priority, datetime], events: list[tuple[EventKind, int, int]]
) -> None:
    night = played(report, events)
    rota = night.rules.rota
    going_on = paging(night.ticket, timedelta(minutes=2), lambda contract: rota.teams[0].id)
    if going_on is None:
        return
    asked = {
        action.who.value
        for _, action in night.done
        if isinstance(action, Page) and action.key.startswith(f"page/{going_on.begun_by}/")
    }
    assert {"first", "second", "lead", "provider_manager", "hospital_manager"} <= asked


@given(reports, steps, st.integers(1, 5000))
def test_after_a_downtime_what_fell_due_is_done_in_order_once(
    report: tuple[str | None, Kind, Priority, datetime], events: list[tuple[EventKind, int, int]], away: int
) -> None:
    night = played(report, events[:1])
    fresh = Night(night.rules, night.ticket, night.ticket.events[-1].at + timedelta(minutes=away))
    first = due_actions(fresh.case(), fresh.now)
    fresh.until(fresh.now + timedelta(microseconds=1))
    assert [action for _, action in fresh.done] == list(first)
    assert due_actions(fresh.case(), fresh.now) == ()
    reminded = [action.clock.key for action in first if isinstance(action, Remind)]
    assert len(reminded) == len(set(reminded)), "several late reminders of one clock"
    fresh.until(None)
    missed = {clock.key for clock in fresh.case().clocks if overdue(clock)}
    assert {action.clock.key for _, action in fresh.done if isinstance(action, RecordBreach)} >= missed
