"""Clocks of whole tickets: what starts them and what stops them."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.clock import ClockState, clocks_of, is_overdue, overrun, reminder_times
from sla.errors import Refused
from sla.fold import then
from sla.labels import Kind, Priority, Window
from sla.ticket import Event, EventKind, State, Ticket
from tests.sla.book import at, calendar
from tests.sla.tickets import SYSTEMS, dues, event, reported, run, states

E = EventKind
RUNNING, MET, MISSED, FELL_AWAY = ClockState.RUNNING, ClockState.MET, ClockState.MISSED, ClockState.FELL_AWAY


# starting and stopping


def test_a_report_at_night_starts_four_clocks() -> None:
    ticket = reported("smart-hospital")
    assert dues(ticket) == {
        "respond": "10-01 03:30",
        "arrive": "10-01 05:00",
        "fix": "10-01 06:00",
        "plan": "10-01 11:00",
    }
    clock = run(ticket)["fix"]
    assert (clock.state, clock.window, clock.clause, clock.group) == (RUNNING, Window.OFFSITE, "2.3", "resolve")


def test_done_at_the_deadline_itself_is_met_and_later_is_missed() -> None:
    for instant, state in (("03:30", MET), ("03:30:01", MISSED)):
        clock = run(then(reported("smart-hospital"), event(E.ACKNOWLEDGED, instant)))["respond"]
        assert (clock.state, clock.stopped_at) == (state, at(f"2026-10-01 {instant}"))


def test_overdue_begins_after_the_deadline() -> None:
    clock = run(reported("smart-hospital"))["respond"]
    assert not is_overdue(clock, clock.due)
    assert overrun(clock, clock.due) == timedelta()
    assert is_overdue(clock, clock.due + timedelta(seconds=1))
    assert overrun(clock, clock.due + timedelta(seconds=90)) == timedelta(seconds=90)
    late = run(then(reported("smart-hospital"), event(E.ACKNOWLEDGED, "03:45")))["respond"]
    assert overrun(late, at("2026-10-05 00:00")) == timedelta(minutes=15)
    assert is_overdue(late, at("2026-10-05 00:00"))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (E.ACKNOWLEDGED, [MET, RUNNING, RUNNING, RUNNING]),
        (E.ARRIVED, [MET, MET, RUNNING, RUNNING]),
        (E.SENIOR_ARRIVED, [MET, MET, RUNNING, RUNNING]),
        (E.RESOLVED, [MET, MET, MET, FELL_AWAY]),
        (E.PLAN_SUBMITTED, [RUNNING, RUNNING, RUNNING, MET]),
        (E.NOBODY_NEEDED, [RUNNING, FELL_AWAY, RUNNING, RUNNING]),
        (E.CANCELLED, [FELL_AWAY] * 4),
        (E.JOINED, [FELL_AWAY] * 4),
        (E.URGED, [RUNNING] * 4),
        (E.NOTED, [RUNNING] * 4),
        (E.HANDED_OVER, [RUNNING] * 4),
        (E.REMOTE_FAILED, [RUNNING] * 4),
    ],
)
def test_what_stops_which_clock(kind: EventKind, expected: list[ClockState]) -> None:
    ticket = then(reported("smart-hospital"), event(kind, "03:10", number=1, to="x", incident=3))
    assert list(states(ticket).values()) == expected


def test_what_comes_too_late_makes_nothing_moot() -> None:
    base = reported("smart-hospital")
    assert states(then(base, event(E.NOBODY_NEEDED, "05:01")))["arrive"] is MISSED
    assert states(then(base, event(E.RESOLVED, "11:00:01")))["plan"] is MISSED
    assert states(then(base, event(E.RESOLVED, "11:00")))["plan"] is FELL_AWAY
    cancelled = states(then(base, event(E.CANCELLED, "05:30")))
    assert cancelled == {"respond": MISSED, "arrive": MISSED, "fix": FELL_AWAY, "plan": FELL_AWAY}


def test_remote_help_that_failed_starts_the_arrival() -> None:
    ticket = then(reported("cqmu2-his"), event(E.ACKNOWLEDGED, "03:05"), event(E.NOBODY_NEEDED, "03:06"))
    assert "arrive" not in states(ticket)
    ticket = then(ticket, event(E.REMOTE_FAILED, "04:00"))
    assert (dues(ticket)["arrive"], states(ticket)["arrive"]) == ("10-01 07:00", RUNNING)
    assert states(then(ticket, event(E.ARRIVED, "07:00")))["arrive"] is MET
    assert states(then(ticket, event(E.NOBODY_NEEDED, "05:00")))["arrive"] is FELL_AWAY


def test_senior_and_cause() -> None:
    ticket = reported("cqmu2-his", system="reconciliation", priority="critical")
    assert {"senior", "locate"} <= states(ticket).keys()
    assert states(then(ticket, event(E.SENIOR_ARRIVED, "09:00")))["senior"] is MET
    assert states(then(ticket, event(E.CAUSE_RECORDED, "09:00", cause="x")))["locate"] is MET
    resolved = then(ticket, event(E.RESOLVED, "09:00"))
    assert (states(resolved)["senior"], states(resolved)["locate"]) == (FELL_AWAY, RUNNING)
    assert states(then(ticket, event(E.RESOLVED, "09:00", cause="x")))["locate"] is MET
    assert states(then(resolved, event(E.CONFIRMED, "10:00")))["locate"] is MET


def test_the_stages_of_a_change() -> None:
    ticket = then(reported("cqmu2-his", kind="change", priority="low"), event(E.ASSESSED, "2026-10-08 10:00"))
    assert dues(ticket) == {
        "respond": "10-01 03:15",
        "solution": "10-21 18:00",  # the made-up Saturday 10-10 counts
        "build": "11-04 18:00",
        "live": "11-18 18:00",
    }
    ticket = then(ticket, event(E.SOLUTION_GIVEN, "2026-10-21 18:00"), event(E.BUILT, "2026-11-04 18:01"))
    assert list(states(ticket).values())[1:] == [MET, MISSED, RUNNING]
    ticket = then(ticket, event(E.LIVE, "2026-11-10 10:00"))
    assert states(ticket)["live"] is MET


def test_a_solution_given_before_the_assessment_is_given() -> None:
    ticket = then(
        reported("cqmu2-his", kind="change"),
        event(E.SOLUTION_GIVEN, "2026-10-07 10:00"),
        event(E.ASSESSED, "2026-10-08 10:00"),
    )
    assert (states(ticket)["solution"], states(ticket)["build"]) == (MET, RUNNING)


def test_a_change_is_delivered() -> None:
    ticket = reported("third-party-unified", "2026-10-08 10:00", kind="change")
    assert dues(ticket) == {"deliver": "10-15 18:00"}
    assert states(then(ticket, event(E.DELIVERED, "2026-10-15 18:00"))) == {"deliver": MET}
    assert states(then(ticket, event(E.DELIVERED, "2026-10-15 18:00:01"))) == {"deliver": MISSED}


def test_a_disaster_is_answered_at_once() -> None:
    ticket = reported("jiahe-icu", priority="critical", disaster=True)
    assert dues(ticket) == {"respond": "10-01 03:05"}
    assert dues(reported("jiahe-icu", priority="critical")) == {"respond": "10-01 05:00"}


def test_without_a_contract_there_is_an_internal_target() -> None:
    [clock] = clocks_of(reported(None), None, calendar())
    assert (clock.name, clock.internal, clock.group, clock.contract) == ("respond", True, "", "internal")
    assert clock.due == at("2026-10-01 03:30")


# the written plan


def plan(ticket: Ticket, number: int, instant: str, deadline: str | None = None) -> Ticket:
    data = {"deadline": at(deadline).isoformat()} if deadline else {}
    return then(ticket, event(E.PLAN_SUBMITTED, instant, number=number, **data))


def approve(ticket: Ticket, number: int, side: str, instant: str, deadline: str | None = None) -> Ticket:
    data = {"deadline": at(deadline).isoformat()} if deadline else {}
    return then(ticket, event(E.PLAN_APPROVED, instant, number=number, side=side, **data))


def test_with_both_approvals_the_earlier_deadline_becomes_a_clock() -> None:
    ticket = plan(reported("smart-hospital"), 1, "10:00")
    ticket = approve(ticket, 1, "department", "12:00", "2026-10-03 12:00")
    assert "fix_by_plan/1" not in states(ticket)
    ticket = approve(ticket, 1, "management", "13:00", "2026-10-02 12:00")
    clock = run(ticket)["fix_by_plan/1"]
    assert (clock.start, clock.due) == (at("2026-10-01 13:00"), at("2026-10-02 12:00"))
    assert (clock.state, clock.group, clock.plan) == (RUNNING, "plan", 1)
    assert states(then(ticket, event(E.RESOLVED, "2026-10-02 12:00")))["fix_by_plan/1"] is MET
    assert states(then(ticket, event(E.RESOLVED, "2026-10-02 12:01")))["fix_by_plan/1"] is MISSED


def test_approvals_that_name_no_deadline_mean_the_plans_own() -> None:
    ticket = plan(reported("smart-hospital"), 1, "10:00", "2026-10-02 09:00")
    for side in ("department", "management"):
        ticket = approve(ticket, 1, side, "12:00")
    assert dues(ticket)["fix_by_plan/1"] == "10-02 09:00"


def test_a_later_plan_replaces_the_deadline_of_an_earlier_one() -> None:
    ticket = plan(reported("smart-hospital"), 1, "10:00", "2026-10-02 09:00")
    for side in ("department", "management"):
        ticket = approve(ticket, 1, side, "12:00")
    ticket = plan(ticket, 2, "14:00", "2026-10-03 09:00")
    assert states(ticket)["fix_by_plan/1"] is RUNNING
    for side in ("department", "management"):
        ticket = approve(ticket, 2, side, "15:00")
    assert (states(ticket)["fix_by_plan/1"], states(ticket)["fix_by_plan/2"]) == (FELL_AWAY, RUNNING)


def test_a_refused_plan_stays_in_time_and_sets_an_internal_target() -> None:
    ticket = plan(reported("smart-hospital"), 1, "10:30")
    ticket = then(ticket, event(E.PLAN_REFUSED, "11:30", number=1, side="management", reason="too vague"))
    again = run(ticket)["plan_again/1"]
    assert states(ticket)["plan"] is MET
    assert (again.due, again.internal, again.group, again.state) == (at("2026-10-01 13:30"), True, "", RUNNING)
    assert [when.strftime("%H:%M") for when in reminder_times(again)] == ["12:30", "13:00", "13:20"]
    assert states(plan(ticket, 2, "13:00"))["plan_again/1"] is MET
    assert states(then(ticket, event(E.RESOLVED, "13:00")))["plan_again/1"] is FELL_AWAY


# reminders


def test_reminders_before_the_plan_and_none_before_the_start() -> None:
    clocks = run(reported("smart-hospital"))
    assert [when.strftime("%H:%M") for when in reminder_times(clocks["plan"])] == [
        "07:00",
        "09:00",
        "10:00",
        "10:30",
        "10:50",
    ]
    assert [when.strftime("%H:%M") for when in reminder_times(clocks["respond"])] == ["03:20", "03:25"]
    onsite = run(reported("smart-hospital", "2026-09-30 10:00"))
    assert [when.strftime("%H:%M") for when in reminder_times(onsite["fix"])] == ["10:30", "10:50"]  # 60 min falls away


# whatever happens

KINDS = [kind for kind in E if kind not in (E.REPORTED, E.AMENDED, E.OUTAGE)]
STEPS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(1, 6 * 3600), st.sampled_from(list(Priority))), max_size=12
)


def story(contract: str, kind: Kind, steps: list[tuple[EventKind, int, Priority]]) -> list[Ticket]:
    """The ticket after each step that its states allow."""
    ticket, plans = reported(contract, "2026-09-29 10:00", kind=kind.value), 0
    now, told = ticket.reported_at, [ticket]
    for what, wait, priority in steps:
        now += timedelta(seconds=wait)
        plans += what is E.PLAN_SUBMITTED
        data = {"number": plans, "side": ("department", "management")[wait % 2], "to": "x", "incident": 3, "points": 90}
        data |= {"pause": "waiting"}
        data |= {"deadline": (now + timedelta(hours=5)).isoformat(), "priority": priority.value, "cause": ""}
        if plans == 0 and what in (E.PLAN_APPROVED, E.PLAN_REFUSED):
            continue
        if what is not E.RECLASSIFIED:
            del data["priority"]
        try:
            ticket = then(ticket, Event(what, now, "somebody", data))
        except Refused:
            continue
        told.append(ticket)
    return told


@given(st.sampled_from(sorted(SYSTEMS)), st.sampled_from(list(Kind)), STEPS)
def test_whatever_happens_clocks_make_sense(
    contract: str, kind: Kind, steps: list[tuple[EventKind, int, Priority]]
) -> None:
    broken: dict[str, datetime] = {}
    for ticket in story(contract, kind, steps):
        clocks = run(ticket)
        last = ticket.events[-1].at
        for clock in clocks.values():
            assert clock.start.tzinfo is clock.due.tzinfo
            assert (clock.stopped_at is None) == (clock.state is RUNNING) == (clock.stopped_by is None)
            assert clock.stopped_at is None or clock.start <= clock.stopped_at <= last
            if clock.stopped_at:
                assert (clock.state is MISSED) == (clock.stopped_at > clock.due)
            assert all(clock.start < when < clock.due for when in reminder_times(clock))
            if clock.state is RUNNING:
                assert ticket.state not in (State.CANCELLED, State.CONFIRMED)
                assert ticket.incident is None
        # What was broken when somebody looked stays broken, whatever is done afterwards.
        for key, due in broken.items():
            assert clocks[key].due == due
            assert is_overdue(clocks[key], last)
        for key, clock in clocks.items():
            if is_overdue(clock, last) and not clock.internal:
                broken[key] = clock.due
