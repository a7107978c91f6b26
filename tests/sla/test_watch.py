"""What is due when: pages until somebody answers, reminders before deadlines, breaches after them."""

from datetime import datetime, timedelta

import pytest

from sla.paging import Reason
from sla.rota import Who
from sla.ticket import EventKind
from sla.watch import AskConfirmation, Page, RecordBreach, Remind, audience, due_actions, next_look
from tests.sla.nights import MINUTE, NIGHT, case, line, minutes, plays, reported, told

E = EventKind


def pages(found: list[tuple[str, float]]) -> list[tuple[str, float]]:
    return [(key, at) for key, at in found if key.startswith(("page", "forgotten", "urged"))]


def others(found: list[tuple[str, float]], word: str) -> list[tuple[str, float]]:
    return [(key, at) for key, at in found if key.startswith(word)]


def test_nobody_answers_and_the_ladder_is_climbed_to_its_end() -> None:
    assert pages(plays(reported(), 70)) == [
        ("page/first", 0), ("page/first-2", 10), ("page/second", 20), ("page/lead", 30),
        ("page/provider_manager", 40), ("page/hospital_manager", 50),
    ]  # fmt: skip  # one glance


def test_a_critical_fault_climbs_every_three_minutes() -> None:
    assert [at for _, at in pages(plays(reported(priority="critical"), 20))] == [0, 3, 6, 9, 12, 15]


@pytest.mark.parametrize("kind", [E.ACKNOWLEDGED, E.ARRIVED, E.RESOLVED, E.CANCELLED])
def test_an_answer_stops_the_ladder(kind: EventKind) -> None:
    steps: dict[str, datetime] = {}
    plays(reported(), 12, steps)
    assert [key for key, _ in pages(plays(told(reported(), kind, 12.5), 25, steps))] == []


def test_what_is_neither_known_nor_critical_waits_for_the_answer() -> None:
    assert pages(plays(reported(system=None), 5)) == [("page/first", 2)]
    named = told(reported(None, None), E.RECLASSIFIED, 1, "nurse", system="hr", contract="smart-hospital")
    assert pages(plays(named, 5)) == [("page/first", 1)]
    assert pages(plays(reported(system=None, priority="critical"), 2)) == [("page/first", 0)]


def test_named_after_the_wait_the_ladder_goes_on_as_it_began() -> None:
    steps: dict[str, datetime] = {}
    plays(reported(None, None), 5, steps)
    named = told(reported(None, None), E.RECLASSIFIED, 5, "nurse", system="hr", contract="smart-hospital")
    assert pages(plays(named, 14, steps)) == [("page/first-2", 12)]


def test_a_fault_that_becomes_critical_is_paged_anew_and_faster() -> None:
    steps: dict[str, datetime] = {}
    plays(reported(), 5, steps)
    graver = told(reported(), E.RECLASSIFIED, 5, "nurse", priority="critical")
    assert pages(plays(graver, 12, steps)) == [("page/first", 5), ("page/first-2", 8), ("page/second", 11)]


def test_handed_over_the_new_person_is_paged_and_then_those_above() -> None:
    steps: dict[str, datetime] = {}
    ticket = told(reported(), E.ACKNOWLEDGED, 3)
    plays(ticket, 4, steps)
    ticket = told(ticket, E.HANDED_OVER, 5, to="engineer2")
    actions = [a for a in due_actions(case(ticket, steps), minutes(5)) if isinstance(a, Page)]
    assert [(a.who, a.person, a.reason) for a in actions] == [(Who.FIRST, "engineer2", Reason.HANDED_OVER)]
    assert [at for _, at in pages(plays(ticket, 60, steps))] == [5, 15, 25, 35, 45, 55]


def test_reopened_before_the_confirmation_it_goes_to_who_mended_it() -> None:
    ticket = told(told(told(reported(), E.ACKNOWLEDGED, 1), E.RESOLVED, 20), E.REOPENED, 30, "nurse")
    (action,) = [a for a in due_actions(case(ticket), minutes(30)) if isinstance(a, Page)]
    assert (action.person, action.reason, action.due_at) == ("engineer1", Reason.REOPENED, minutes(30))
    again = told(ticket, E.ACKNOWLEDGED, 31)
    assert pages(plays(again, 33)) == []


def test_reopened_after_it_a_new_round_goes_to_who_is_on_call() -> None:
    ticket = told(told(told(reported(), E.ACKNOWLEDGED, 1, "lead"), E.RESOLVED, 20, "lead"), E.CONFIRMED, 25, "nurse")
    ticket = told(ticket, E.REOPENED, 30, "nurse")
    (action,) = [a for a in due_actions(case(ticket), minutes(30)) if isinstance(a, Page)]
    assert (action.person, action.reason) == ("", Reason.REOPENED)


def test_acknowledged_and_forgotten_the_same_person_is_paged_and_then_those_above() -> None:
    # Taken at minute 10; arrival is due at 120: half of the time between is gone at 65.
    ticket = told(reported(), E.ACKNOWLEDGED, 10)
    assert pages(plays(ticket, 110)) == [
        ("forgotten/first", 65), ("forgotten/second", 75), ("forgotten/lead", 85),
        ("forgotten/provider_manager", 95), ("forgotten/hospital_manager", 105),
    ]  # fmt: skip  # one glance
    assert pages(plays(told(ticket, E.ARRIVED, 60), 110)) == []
    assert pages(plays(told(ticket, E.ACKNOWLEDGED, 70), 110)) == [("forgotten/first", 95), ("forgotten/second", 105)]


def test_urged_the_person_at_it_is_paged_at_most_every_ten_minutes() -> None:
    ticket = told(told(told(reported(), E.ACKNOWLEDGED, 1), E.URGED, 5, "nurse"), E.URGED, 8, "nurse")
    found = [a for a in due_actions(case(ticket), minutes(9)) if isinstance(a, Page)]
    assert [(a.who, a.person, a.reason) for a in found] == [(Who.FIRST, "engineer1", Reason.URGED)]
    assert pages(plays(told(ticket, E.URGED, 16, "nurse"), 17)) == [("urged", 5), ("urged", 16), ("urged/second", 16)]


def test_each_time_somebody_urges_one_rung_more_is_called() -> None:
    nobody = told(reported(), E.URGED, 1, "nurse")
    called = [a for a in due_actions(case(nobody), minutes(1)) if isinstance(a, Page) and a.key.startswith("urged")]
    assert [(a.who, a.person) for a in called] == [
        (Who.FIRST, ""),
        (Who.SECOND, ""),
    ]  # while nobody has it the ladder climbs at once
    ticket = told(reported(), E.ACKNOWLEDGED, 1)
    for at in (5, 20, 35, 50, 65, 80):
        ticket = told(ticket, E.URGED, at, "nurse")
    above = [key for key, _ in pages(plays(ticket, 81)) if key.startswith("urged/")]
    # the highest hears of it as long as somebody urges
    assert above == ["urged/second", "urged/lead", *(3 * ["urged/provider_manager"])]
    ticket = told(told(ticket, E.CAUSE_RECORDED, 85, cause="x"), E.URGED, 95, "nurse")
    assert [key for key, at in pages(plays(ticket, 96)) if at == 95] == ["urged"]  # who acts begins anew


def test_the_written_plan_is_reminded_of_five_times() -> None:
    found = [(key, 480 - at) for key, at in plays(reported(), 480) if key == "remind/plan"]
    assert [before for _, before in found] == [240, 120, 60, 30, 10]


def test_the_nearer_the_deadline_the_higher_the_reminder() -> None:
    heard = [audience(index, 5) for index in range(5)]
    assert heard[:3] == [("assignee",)] * 3
    assert heard[3:] == [("assignee", "lead"), ("assignee", "lead", "provider_manager")]
    assert audience(0, 1) == ("assignee", "lead", "provider_manager")


def test_after_a_clock_stopped_nothing_reminds_of_it() -> None:
    done = told(told(reported(), E.ACKNOWLEDGED, 3), E.PLAN_SUBMITTED, 100, number=1)
    assert others(plays(done, 480), "remind/plan") == []
    assert others(plays(done, 480), "breach/plan") == []


def test_at_the_deadline_it_is_met_and_an_instant_later_broken() -> None:
    ticket = reported()
    steps = {action.key: NIGHT for action in due_actions(case(ticket), minutes(30))}
    assert next_look(case(ticket, steps), minutes(30)) == minutes(30) + timedelta(microseconds=1)
    (action, *_) = due_actions(case(ticket, steps), minutes(30) + timedelta(microseconds=1))
    assert isinstance(action, RecordBreach)
    assert action.clock.name == "respond"
    answered = told(ticket, E.ACKNOWLEDGED, 30)
    assert not [a for a in due_actions(case(answered), minutes(31)) if isinstance(a, RecordBreach)]


def test_an_internal_target_is_reminded_of_and_never_broken() -> None:
    found = plays(reported(None, "nothing-of-ours"), 60)
    assert others(found, "breach") == []
    assert others(found, "remind") == [("remind/respond", 20), ("remind/respond", 25)]


def test_what_was_missed_is_recorded_although_it_was_done_meanwhile() -> None:
    late = told(reported(), E.RESOLVED, 200)
    assert [line(a)[0] for a in due_actions(case(late), minutes(300))] == [
        "breach/respond",
        "breach/arrive",
        "breach/fix",
    ]


def test_after_a_downtime_late_reminders_collapse_into_the_nearest() -> None:
    ticket = told(told(reported(), E.ACKNOWLEDGED, 3), E.ARRIVED, 5)
    found = [a for a in due_actions(case(ticket), minutes(475)) if isinstance(a, Remind)]
    assert [(a.clock.name, a.before) for a in found] == [("plan", 10 * MINUTE)]
    steps = {found[0].key: minutes(475)}
    assert not [a for a in due_actions(case(ticket, steps), minutes(476)) if isinstance(a, Remind)]


def test_after_a_downtime_each_rung_is_paged_once_in_order() -> None:
    found = [line(a) for a in due_actions(case(reported()), minutes(45)) if isinstance(a, Page)]
    assert found == [("page/first-2", 10), ("page/second", 20), ("page/lead", 30), ("page/provider_manager", 40)]


def test_in_an_incident_nothing_is_due_and_taken_out_it_is_paged_again() -> None:
    joined = told(reported(), E.JOINED, 1, "manager", incident=9)
    assert due_actions(case(joined), minutes(500)) == ()
    assert next_look(case(joined), minutes(1)) is None
    assert pages(plays(told(joined, E.PARTED, 40, "manager"), 40)) == [("page/first", 40)]


def test_a_day_after_the_repair_the_reporter_is_asked_once_more() -> None:
    ticket = told(told(reported(), E.ACKNOWLEDGED, 1), E.RESOLVED, 20)
    assert next_look(case(ticket), minutes(21)) == minutes(20 + 24 * 60)
    (action,) = due_actions(case(ticket), minutes(20 + 24 * 60))
    assert isinstance(action, AskConfirmation)
    assert due_actions(case(told(ticket, E.CONFIRMED, 30, "nurse")), minutes(3000)) == ()
