"""What becomes of clocks when a ticket is reopened, relabelled or joined to an incident."""

from datetime import timedelta

from sla.clock import ClockState, is_overdue
from sla.fold import then
from sla.ticket import EventKind
from tests.sla.book import at
from tests.sla.tickets import dues, event, reported, run, states, under

E = EventKind
RUNNING, MET, MISSED, FELL_AWAY = ClockState.RUNNING, ClockState.MET, ClockState.MISSED, ClockState.FELL_AWAY


# reopened


def test_reopened_before_the_confirmation_the_clocks_go_on_without_the_time_between() -> None:
    ticket = then(reported("smart-hospital"), event(E.ACKNOWLEDGED, "03:10"), event(E.RESOLVED, "04:00"))
    ticket = then(ticket, event(E.REOPENED, "05:30"))
    assert dues(ticket) == {
        "respond": "10-01 03:30",
        "arrive": "10-01 06:30",
        "fix": "10-01 07:30",
        "plan": "10-01 12:30",
    }
    assert states(ticket) == {"respond": MET, "arrive": RUNNING, "fix": RUNNING, "plan": RUNNING}
    ticket = then(ticket, event(E.RESOLVED, "07:00"), event(E.REOPENED, "08:00"))
    assert dues(ticket)["fix"] == "10-01 08:30"
    assert dues(ticket)["arrive"] == "10-01 06:30"  # it was overdue by then
    ticket = then(ticket, event(E.RESOLVED, "08:30"), event(E.CONFIRMED, "12:00"))
    assert states(ticket) == {"respond": MET, "arrive": MISSED, "fix": MET, "plan": FELL_AWAY}


def test_a_void_resolution_was_an_answer_all_the_same() -> None:
    ticket = then(reported("smart-hospital"), event(E.RESOLVED, "03:20"), event(E.REOPENED, "09:00"))
    assert (states(ticket)["respond"], dues(ticket)["respond"]) == (MET, "10-01 03:30")


def test_a_reopening_does_not_undo_an_overrun() -> None:
    ticket = then(reported("smart-hospital"), event(E.RESOLVED, "06:30"), event(E.REOPENED, "08:00"))
    assert dues(ticket)["fix"] == "10-01 06:00"
    assert is_overdue(run(ticket)["fix"], at("2026-10-01 08:00"))


def test_what_the_resolution_did_not_stop_and_ran_over_meanwhile_stays_broken() -> None:
    """The cause was not found, and everybody saw that clock run out."""
    ticket = then(reported("cqmu2-his", system="reconciliation"), event(E.RESOLVED, "05:00"))
    assert is_overdue(run(ticket)["locate"], at("2026-10-02 03:01"))
    reopened = then(ticket, event(E.REOPENED, "2026-10-02 12:00"))
    assert dues(reopened)["locate"] == "10-02 03:00"
    assert dues(then(ticket, event(E.REOPENED, "2026-10-01 12:00")))["locate"] == "10-02 10:00"


def test_half_an_hour_after_a_change_before_the_reopening_is_half_an_hour() -> None:
    """The cause is asked for from the change on; of the time before it nothing is given back twice."""
    ticket = then(reported("jiahe-icu", "2026-09-28 05:00"), event(E.RESOLVED, "2026-09-28 12:00"))
    ticket = then(
        ticket, event(E.RECLASSIFIED, "2026-09-29 19:54", **under("cqmu2-his") | {"system": "reconciliation"})
    )
    ticket = then(ticket, event(E.REOPENED, "2026-09-29 19:58"))
    assert dues(ticket)["locate"] == "09-29 20:28"


def test_labels_that_change_before_the_reopening_leave_the_time_between_out() -> None:
    ticket = reported("smart-hospital", "2026-09-29 10:00")
    ticket = then(ticket, event(E.RESOLVED, "2026-09-29 10:30"))
    data = under("cqmu2-his") | {"priority": "medium"}
    ticket = then(ticket, event(E.RECLASSIFIED, "2026-09-29 16:00", **data))
    ticket = then(ticket, event(E.REOPENED, "2026-09-30 09:00"))
    assert dues(ticket)["fix"] == "10-10 18:00"
    assert states(ticket)["fix"] is RUNNING
    back = then(ticket, event(E.RECLASSIFIED, "2026-09-30 09:05", **under("smart-hospital")))
    assert dues(back)["fix"] == "09-30 09:35"  # the half hour that was left is the half hour after the change
    within = reported("smart-hospital", "03:00", priority="low")
    within = then(within, event(E.RESOLVED, "03:20"), event(E.RECLASSIFIED, "12:00", priority="high"))
    assert dues(then(within, event(E.REOPENED, "13:00")))["fix"] == "10-01 15:40"


def test_a_deadline_in_working_days_moves_by_the_working_days_between() -> None:
    ticket = reported("third-party-unified", "2026-09-29 10:00")
    assert dues(ticket)["fix"] == "10-08 18:00"
    ticket = then(ticket, event(E.RESOLVED, "2026-09-30 09:00"))
    for reopened, fix in (
        ("2026-09-30 17:00", "10-08 18:00"),
        ("2026-10-05 09:00", "10-08 18:00"),
        ("2026-10-08 09:00", "10-09 18:00"),
        ("2026-10-10 09:00", "10-12 18:00"),
    ):
        assert dues(then(ticket, event(E.REOPENED, reopened)))["fix"] == fix


def test_a_deadline_in_calendar_days_moves_by_the_days_between() -> None:
    ticket = then(
        reported("third-party-unified", "2026-10-12 10:00", kind="change"), event(E.DELIVERED, "2026-10-13 10:00")
    )
    assert dues(then(ticket, event(E.REOPENED, "2026-10-15 10:00"))) == {"deliver": "10-21 18:00"}


def test_reopened_after_the_confirmation_a_new_round_begins() -> None:
    ticket = then(
        reported("smart-hospital"),
        event(E.ACKNOWLEDGED, "03:10"),
        event(E.RESOLVED, "04:00"),
        event(E.CONFIRMED, "04:10"),
        event(E.REOPENED, "2026-10-08 10:00"),
    )
    assert states(ticket) == {
        "respond": MET,
        "arrive": MET,
        "fix": MET,
        "plan": FELL_AWAY,
        "2/respond": RUNNING,
        "2/fix": RUNNING,
        "2/plan": RUNNING,
    }
    assert dues(ticket)["2/fix"] == "10-08 11:00"  # reopened inside the window


# changed


def test_open_clocks_are_computed_again_from_the_same_start() -> None:
    ticket = then(
        reported("cqmu2-his", priority="low", instant="2026-09-29 10:00"), event(E.ACKNOWLEDGED, "2026-09-29 10:05")
    )
    assert dues(ticket)["fix"] == "10-12 18:00"
    raised = then(ticket, event(E.RECLASSIFIED, "2026-09-29 15:00", priority="critical"))
    assert dues(raised) == {"respond": "09-29 10:15", "fix": "09-30 18:00", "senior": "09-30 10:00"}
    assert states(raised) == {"respond": MET, "fix": RUNNING, "senior": RUNNING}
    lowered = then(raised, event(E.RECLASSIFIED, "2026-09-29 16:00", priority="medium"))
    assert (dues(lowered)["fix"], states(lowered)["senior"]) == ("10-09 18:00", FELL_AWAY)
    again = then(lowered, event(E.RECLASSIFIED, "2026-09-29 17:00", priority="critical"))
    assert states(again)["senior"] is RUNNING


def test_a_change_leaves_thirty_minutes() -> None:
    ticket = then(
        reported("jiahe-icu", priority="high"), event(E.RECLASSIFIED, "04:00", disaster=True, priority="critical")
    )
    clock = run(ticket)["respond"]
    assert (clock.due, clock.start, clock.floored) == (at("2026-10-01 04:30"), at("2026-10-01 03:00"), True)
    assert clock.rule.disaster
    late = then(reported("cqmu2-his", priority="low"), event(E.RECLASSIFIED, "2026-10-08 17:50", priority="high"))
    assert dues(late)["fix"] == "10-08 18:20"


def test_a_change_that_touches_no_deadline_leaves_it() -> None:
    ticket = then(reported("smart-hospital"), event(E.RECLASSIFIED, "03:25", priority="low", system="payroll"))
    assert dues(ticket)["respond"] == "10-01 03:30"
    assert not run(ticket)["respond"].floored


def test_what_is_stopped_or_broken_stays_when_the_contract_changes() -> None:
    ticket = then(reported("smart-hospital"), event(E.ACKNOWLEDGED, "03:10"))
    moved = then(ticket, event(E.RECLASSIFIED, "05:30", **under("jiahe-icu")))
    assert states(moved) == {"respond": MET, "arrive": MISSED, "fix": FELL_AWAY, "plan": FELL_AWAY}
    assert {clock.contract for clock in run(moved).values()} == {"smart-hospital"}
    moved = then(reported("jiahe-icu"), event(E.RECLASSIFIED, "03:10", **under("smart-hospital")))
    assert dues(moved) == {
        "respond": "10-01 03:40",
        "arrive": "10-01 05:00",
        "fix": "10-01 06:00",
        "plan": "10-01 11:00",
    }
    overdue = then(reported("smart-hospital"), event(E.RECLASSIFIED, "03:45", **under("jiahe-icu")))
    clock = run(overdue)["respond"]
    assert (clock.contract, clock.due) == ("smart-hospital", at("2026-10-01 03:30"))
    assert is_overdue(clock, at("2026-10-01 03:46"))


def test_a_system_told_late_brings_the_contracts_clocks_although_the_target_is_over() -> None:
    ticket = then(reported(None), event(E.RECLASSIFIED, "03:45", **under("smart-hospital")))
    clock = run(ticket)["respond"]
    assert (clock.due, clock.internal, clock.floored) == (at("2026-10-01 04:15"), False, True)


def test_joined_to_an_incident_and_taken_out_again() -> None:
    ticket = then(reported("smart-hospital"), event(E.ACKNOWLEDGED, "03:10"), event(E.JOINED, "03:20", incident=3))
    assert states(ticket) == {"respond": MET, "arrive": FELL_AWAY, "fix": FELL_AWAY, "plan": FELL_AWAY}
    parted = then(ticket, event(E.PARTED, "05:40"))
    assert states(parted) == {"respond": MET, "arrive": RUNNING, "fix": RUNNING, "plan": RUNNING}
    assert dues(parted) == {
        "respond": "10-01 03:30",
        "arrive": "10-01 06:10",
        "fix": "10-01 06:10",
        "plan": "10-01 11:00",
    }


def test_a_floor_moves_with_a_gap_as_well() -> None:
    ticket = then(
        reported("jiahe-icu"),
        event(E.RECLASSIFIED, "03:10", **under("smart-hospital")),
        event(E.PARTED, "03:11"),
        event(E.ACKNOWLEDGED, "03:20"),
        event(E.RECLASSIFIED, "05:50", **under("cqmu2-his")),
        event(E.RECLASSIFIED, "05:55", **under("smart-hospital")),
        event(E.RESOLVED, "06:00"),
        event(E.REOPENED, "07:00"),
    )
    assert dues(ticket)["fix"] == "10-01 07:25"


def test_a_change_leaves_later_clocks_alone() -> None:
    ticket = then(
        reported("smart-hospital"),
        event(E.RECLASSIFIED, "03:15", **under("jiahe-icu")),
        event(E.RECLASSIFIED, "03:16", **under("smart-hospital")),
        event(E.PLAN_SUBMITTED, "03:17", number=1, deadline=at("2026-10-01 03:30").isoformat()),
        event(E.PLAN_APPROVED, "03:18", number=1, side="department"),
        event(E.PLAN_APPROVED, "03:20", number=1, side="management"),
    )
    assert dues(ticket)["fix_by_plan/1"] == "10-01 03:30"


def test_thirty_minutes_are_left_once() -> None:
    ticket = then(
        reported("jiahe-icu"),
        event(E.RECLASSIFIED, "03:20", **under("smart-hospital")),
        event(E.RECLASSIFIED, "03:30", priority="low"),
    )
    assert dues(ticket)["respond"] == "10-01 03:50"


def test_thirty_minutes_of_a_deadline_in_days_move_by_the_minutes_between() -> None:
    ticket = then(
        reported("cqmu2-his", priority="low"),
        event(E.RECLASSIFIED, "2026-10-08 17:50", priority="high"),
        event(E.RESOLVED, "2026-10-08 18:00"),
        event(E.REOPENED, "2026-10-09 09:00"),
    )
    assert dues(ticket)["fix"] == "10-09 09:20"


def test_reopenings_add_up() -> None:
    ticket = then(
        reported("third-party-unified", "2026-09-29 10:00"),
        event(E.RESOLVED, "2026-09-30 09:00"),
        event(E.REOPENED, "2026-10-08 09:00"),
        event(E.RESOLVED, "2026-10-08 10:00"),
        event(E.REOPENED, "2026-10-09 09:00"),
    )
    assert (dues(ticket)["fix"], run(ticket)["fix"].extra_days) == ("10-10 18:00", 2)


def test_a_round_after_the_confirmation_is_reopened_like_the_first() -> None:
    ticket = then(
        reported("smart-hospital"),
        event(E.RESOLVED, "04:00"),
        event(E.CONFIRMED, "04:10"),
        event(E.REOPENED, "2026-10-08 10:00"),
        event(E.RESOLVED, "2026-10-08 10:30"),
        event(E.REOPENED, "2026-10-08 10:40"),
    )
    assert max(clock.round for clock in run(ticket).values()) == 2
    assert dues(ticket)["2/fix"] == "10-08 11:10"


def test_a_reopening_that_comes_with_a_change_counts_once() -> None:
    ticket = then(
        reported("third-party-unified"),
        event(E.RESOLVED, "04:00"),
        event(E.REOPENED, "04:30"),
        event(E.RECLASSIFIED, "04:31", **under("smart-hospital")),
    )
    assert dues(ticket)["fix"] == "10-01 06:30"
    assert run(ticket)["fix"].due - run(ticket)["fix"].start == timedelta(hours=3, minutes=30)


def test_a_version_that_nobody_knows_is_judged_by_the_latest_of_its_contract() -> None:
    """Facts of others name no version: what ran over before the change stays a breach of the contract of that time."""
    ticket = then(
        reported("smart-hospital", contract_version=""),
        event(E.ACKNOWLEDGED, "03:31"),
        event(E.RECLASSIFIED, "03:40", **under("cqmu2-his")),
    )
    respond = run(ticket)["respond"]
    assert (respond.contract, respond.state) == ("smart-hospital", ClockState.MISSED)
    assert run(ticket)["fix"].contract == "cqmu2-his"


def test_what_the_present_contract_promises_from_now_on_runs_beside_what_is_over() -> None:
    """Who was on site under one contract has to come again when remote help fails under the next."""
    ticket = then(reported("smart-hospital"), event(E.ARRIVED, "04:00"))
    ticket = then(ticket, event(E.RECLASSIFIED, "05:00", **under("cqmu2-his")), event(E.REMOTE_FAILED, "08:00"))
    found = run(ticket)
    assert (found["arrive"].contract, found["arrive"].state) == ("smart-hospital", MET)
    assert (found["arrive/1"].contract, dues(ticket)["arrive/1"]) == ("cqmu2-his", "10-01 11:00")
    raised = then(ticket, event(E.RECLASSIFIED, "08:30", priority="critical"))
    assert dues(raised)["arrive/1"] == "10-01 11:00"
    assert states(then(raised, event(E.ARRIVED, "10:00")))["arrive/1"] is MET
    back = then(raised, event(E.RECLASSIFIED, "09:00", **under("smart-hospital")))
    assert (states(back)["arrive"], states(back)["arrive/1"]) == (MET, FELL_AWAY)
