"""Facts put right after the event: the record stays, clocks, states and paging go by what was true."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sla.amend import contradiction, effective, in_place
from sla.clock import ClockState
from sla.fold import fold, then
from sla.paging import paging
from sla.ticket import Event, EventKind, State, Ticket
from tests.sla.nights import NIGHT, clocks, minutes, plays, reported, told

E = EventKind


def amended(ticket: Ticket, index: int, when: float | None, after: float = 600) -> Ticket:
    """Event `index` put right, `after` minutes after the report: it happened at minute `when`, or never."""
    how: dict[str, object] = {"void": True} if when is None else {"at": minutes(when).isoformat()}
    return told(ticket, E.AMENDED, after, "manager", event=index, reason="签到机慢了", **how)


def ends(ticket: Ticket) -> dict[str, tuple[ClockState, int | None]]:
    """Each clock's state, and the minute at which it stopped."""
    found = {}
    for clock in clocks(ticket):
        stopped = None if clock.stopped_at is None else int((clock.stopped_at - NIGHT) / timedelta(minutes=1))
        found[clock.key] = (clock.state, stopped)
    return found


def late_arrival() -> Ticket:
    return told(told(reported(), E.ACKNOWLEDGED, 10), E.ARRIVED, 130)


def test_nothing_amended_costs_nothing() -> None:
    events = late_arrival().events
    assert in_place(events) is events
    assert effective(events) is events


def test_a_wrong_arrival_is_put_right_and_its_clock_was_kept() -> None:
    ticket = late_arrival()
    assert ends(ticket)["1/arrive"] == (ClockState.MISSED, 130)
    right = amended(ticket, 2, 115)
    assert ends(right)["1/arrive"] == (ClockState.MET, 115)
    assert right.events[2].at == minutes(130), "the record keeps what was written down"


def test_the_latest_amendment_of_an_event_governs() -> None:
    ticket = amended(amended(late_arrival(), 2, 115), 2, 125, after=700)
    assert ends(ticket)["1/arrive"] == (ClockState.MISSED, 125)
    assert ends(amended(ticket, 2, None, after=800))["1/arrive"] == (ClockState.RUNNING, None)
    assert ends(amended(amended(ticket, 2, None, after=800), 2, 100, after=900))["1/arrive"] == (ClockState.MET, 100)


def test_the_report_amended_moves_every_clock() -> None:
    before = {clock.key: clock.due for clock in clocks(late_arrival())}
    right = amended(late_arrival(), 0, -20)
    assert right.reported_at == minutes(-20)
    assert right.round_started_at == minutes(-20)
    assert {clock.key: clock.due for clock in clocks(right)} == {
        key: due - timedelta(minutes=20) for key, due in before.items()
    }


def test_the_report_amended_into_the_service_window_starts_other_clocks() -> None:
    morning = datetime.fromisoformat("2026-09-30T16:59:00+08:00")
    right = amended(late_arrival(), 0, (morning - NIGHT) / timedelta(minutes=1))
    assert "1/arrive" not in ends(right)
    assert clocks(right)[1].due == morning + timedelta(hours=1)


def test_a_resolution_that_never_was_leaves_the_work_undone() -> None:
    ticket = told(late_arrival(), E.RESOLVED, 150)
    wrong = amended(ticket, 3, None)
    assert (wrong.state, wrong.resolved_at) == (State.ON_SITE, None)
    assert ends(wrong)["1/fix"] == (ClockState.RUNNING, None)
    again = told(wrong, E.RESOLVED, 700)
    assert ends(again)["1/fix"] == (ClockState.MISSED, 700)


def test_an_amended_resolution_is_when_it_was_resolved() -> None:
    ticket = amended(told(late_arrival(), E.RESOLVED, 200), 3, 170)
    assert ticket.resolved_at == minutes(170)
    assert ends(ticket)["1/fix"] == (ClockState.MET, 170)


def test_the_first_act_in_time_stops_the_clock_whatever_was_written_first() -> None:
    ticket = amended(late_arrival(), 2, 5)
    assert ends(ticket)["1/respond"] == (ClockState.MET, 5), "the arrival came before the acknowledgement"
    assert ticket.state is State.ON_SITE
    later = amended(told(told(reported(), E.ACKNOWLEDGED, 10), E.ARRIVED, 20), 1, 25)
    assert ends(later)["1/respond"] == (ClockState.MET, 20)


def test_what_came_after_the_amendment_is_not_passed() -> None:
    ticket = told(amended(late_arrival(), 2, 590, after=585), E.RESOLVED, 580)
    assert [event.kind for event in effective(ticket.events)] == [
        E.REPORTED, E.ACKNOWLEDGED, E.ARRIVED, E.AMENDED, E.RESOLVED,
    ]  # fmt: skip  # one glance


def test_the_report_comes_first_and_cannot_be_void() -> None:
    early = effective(amended(late_arrival(), 1, -5).events)
    assert [event.kind for event in early[:2]] == [E.REPORTED, E.ACKNOWLEDGED]
    assert in_place(amended(late_arrival(), 0, None).events)[0] == late_arrival().events[0]


def test_an_arrival_that_never_was_leaves_an_acknowledgement_to_be_forgotten() -> None:
    there = told(told(reported(), E.ACKNOWLEDGED, 1), E.ARRIVED, 5)
    assert not [line for line in plays(there, 70) if line[0].startswith("forgotten")]
    assert [line for line in plays(amended(there, 2, None, after=10), 70) if line[0].startswith("forgotten")]


def test_a_story_that_no_longer_holds_is_told_by_its_first_event() -> None:
    mended = told(told(late_arrival(), E.RESOLVED, 150), E.CONFIRMED, 160, "nurse")
    assert contradiction(mended.events) is None
    unconfirmed = contradiction(amended(mended, 3, None).events)
    assert unconfirmed is not None
    assert unconfirmed.kind is E.CONFIRMED
    late = contradiction(amended(mended, 2, 155).events)
    assert late is not None
    assert late.kind is E.ARRIVED
    assert contradiction(amended(amended(mended, 4, None), 3, None, after=700).events) is None


def test_a_plan_that_was_approved_was_submitted() -> None:
    planned = told(late_arrival(), E.PLAN_SUBMITTED, 200, number=1, text="换主板")
    approved = told(planned, E.PLAN_APPROVED, 300, "manager", number=1, side="management")
    assert contradiction(approved.events) is None
    without = contradiction(amended(approved, 3, None).events)
    assert without is not None
    assert without.kind is E.PLAN_APPROVED
    assert contradiction(amended(approved, 3, 310).events) is not None
    assert contradiction(amended(amended(approved, 4, None), 3, None).events) is None


def test_an_acknowledgement_that_never_was_calls_people_anew() -> None:
    ticket = told(reported(), E.ACKNOWLEDGED, 10)
    assert paging(ticket, timedelta(), str) is None
    wrong = amended(ticket, 1, None, after=30)
    assert (wrong.state, wrong.assignee) == (State.REPORTED, "")
    going_on = paging(wrong, timedelta(), str)
    assert going_on is not None
    assert (going_on.begun_by, going_on.since) == (2, minutes(30))
    unrelated = told(reported(), E.CAUSE_RECORDED, 10, cause="端口故障")
    unrelated = then(fold(1, unrelated.events[:1]), Event(E.NOBODY_NEEDED, minutes(12), "nurse", {}, minutes(12)))
    still = paging(amended(unrelated, 1, None, after=30), timedelta(), str)
    assert still is not None
    assert still.begun_by == 0, "who was never taken for coming is not called anew"


acts = st.lists(
    st.tuples(st.sampled_from([E.ACKNOWLEDGED, E.ARRIVED, E.RESOLVED]), st.integers(1, 500)),
    min_size=1,
    max_size=3,
    unique_by=lambda act: act[0],
).map(lambda acts: sorted(acts, key=lambda act: act[1]))


@given(acts, st.data())
def test_amended_to_the_truth_the_clocks_are_those_of_the_truth(
    truth: list[tuple[EventKind, int]], data: st.DataObject
) -> None:
    """Whatever was written down, with every instant put right in any order the clocks are as if it never was wrong."""
    order = [E.ACKNOWLEDGED, E.ARRIVED, E.RESOLVED]
    wrong = sorted(((kind, data.draw(st.integers(1, 500))) for kind, _ in truth), key=lambda act: order.index(act[0]))
    events = [*reported().events, *(Event(kind, minutes(at), "engineer1", {}, minutes(at)) for kind, at in wrong)]
    ticket = fold(1, events)
    true = dict(truth)
    for index in data.draw(st.permutations(range(1, len(events)))):
        ticket = amended(ticket, index, true[events[index].kind])
    right = fold(
        1, [*reported().events, *(Event(kind, minutes(at), "engineer1", {}, minutes(at)) for kind, at in truth)]
    )
    assert ends(ticket) == ends(right)
    assert len(ticket.events) == len(events) + len(truth)
