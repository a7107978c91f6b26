"""Clocks of a contract that says more than the five: seasons, grace, targets beside obligations, stages."""

import pytest

from sla.clock import ClockState, is_overdue, overrun, reminder_times
from sla.contract_reader import read_contract
from sla.fold import then
from sla.ticket import EventKind
from tests.sla.book import at, contracts
from tests.sla.county import COUNTY, clocks, due, told
from tests.sla.tickets import dues, event, reported, run

E = EventKind
RUNNING, MET, MISSED, FELL_AWAY = ClockState.RUNNING, ClockState.MET, ClockState.MISSED, ClockState.FELL_AWAY
MINUTE = 60


# grace


def test_within_the_grace_it_is_kept_and_what_is_told_stays_the_deadline() -> None:
    ticket = told("10:00")
    clock = clocks(ticket)["respond"]
    assert (clock.due, clock.latest) == (at("2026-10-01 10:30"), at("2026-10-01 10:40"))
    assert not is_overdue(clock, at("2026-10-01 10:40"))
    assert is_overdue(clock, at("2026-10-01 10:40:01"))
    assert overrun(clock, at("2026-10-01 10:41")).total_seconds() == 11 * MINUTE
    assert all(when < clock.due for when in reminder_times(clock))
    for instant, state in (("10:40", MET), ("10:40:01", MISSED)):
        assert clocks(then(ticket, event(E.ACKNOWLEDGED, instant)))["respond"].state is state


def test_a_change_within_the_grace_leaves_it_open() -> None:
    changed = then(told("10:00"), event(E.RECLASSIFIED, "10:35", contract="jiahe-icu"))
    assert not is_overdue(clocks(changed)["respond"], at("2026-10-01 10:36"))


# targets beside obligations


def test_a_target_and_an_obligation_of_one_name_run_apart() -> None:
    ticket = told("10:00")
    found = clocks(ticket)
    assert (due(ticket, "respond"), due(ticket, "respond/internal")) == ("10-01 10:30", "10-01 10:10")
    assert (found["respond"].internal, found["respond/internal"].internal) == (False, True)
    assert not found["respond"].looser
    answered = clocks(then(ticket, event(E.ACKNOWLEDGED, "10:20")))
    assert (answered["respond"].state, answered["respond/internal"].state) == (MET, MISSED)


# stricter and looser


def test_the_looser_rule_is_kept_beside_the_stricter() -> None:
    fix = clocks(told("10:00", priority="critical"))["fix"]
    assert (fix.rule.amount, fix.due) == (120, at("2026-10-01 12:00"))
    assert [(each.rule.amount, each.due) for each in fix.looser] == [(240, at("2026-10-01 14:00"))]
    assert not clocks(told("10:00"))["fix"].looser


@pytest.mark.parametrize("contract", ["smart-hospital", "distance-education"])
def test_the_four_hours_of_5_1_4_never_govern(contract: str) -> None:
    rules = [rule for rule in contracts()[contract].clock_rules if rule.name == "fix"]
    assert [(rule.clause, rule.amount) for rule in rules] == [("2.3", 60), ("2.3", 180), ("5.1(4)", 240)]
    assert [rule.group for rule in rules] == ["resolve"] * 3


def test_both_clauses_can_be_cited() -> None:
    fix = run(reported("smart-hospital"))["fix"]
    assert (fix.clause, dues(reported("smart-hospital"))["fix"]) == ("2.3", "10-01 06:00")
    [looser] = fix.looser
    assert (looser.rule.clause, looser.due) == ("5.1(4)", at("2026-10-01 07:00"))
    assert not run(reported("smart-hospital", "2026-09-30 10:00"))["fix"].looser


def test_a_reopening_moves_the_looser_one_along() -> None:
    ticket = then(reported("smart-hospital"), event(E.RESOLVED, "04:00"), event(E.REOPENED, "05:30"))
    fix = run(ticket)["fix"]
    assert (fix.due, [each.due for each in fix.looser]) == (at("2026-10-01 07:30"), [at("2026-10-01 08:30")])


def test_what_moves_in_days_may_overtake_what_moves_in_hours() -> None:
    """A pause of a night moves hours by its length and days not at all: the other rule is the stricter one then."""
    days = '[[clock]]\nname = "mend"\nclause = "1"\nstops = ["resolved"]\nbase = "working_days"\namount = "1 day"\n'
    words = 'why_zh = "一个工作日。"\nwhy_en = "One working day."\n\n[[pause]]'
    contract = read_contract(COUNTY.replace("[[pause]]", days + words, 1), "x")
    ticket = told("2026-10-12 09:00")
    assert (due(ticket, "mend", contract), len(clocks(ticket, contract)["mend"].looser)) == ("10-12 17:00", 1)
    waited = then(ticket, event(E.PAUSED, "2026-10-12 09:00", pause="waiting"), event(E.CONTINUED, "2026-10-13 09:00"))
    assert due(waited, "mend", contract) == "10-13 17:00"
    moved = then(ticket, event(E.PAUSED, "2026-10-12 14:00", pause="waiting"), event(E.CONTINUED, "2026-10-12 18:00"))
    mend = clocks(moved, contract)["mend"]
    assert (mend.due, mend.looser[0].due) == (at("2026-10-13 11:00"), at("2026-10-13 18:00"))


# seasons


@pytest.mark.parametrize(
    ("instant", "runs"),
    [("2026-09-30 23:59", True), ("2026-10-01 00:00", False), ("2026-05-01 00:00", True), ("2026-04-30 23:59", False)],
)
def test_the_season_is_that_of_the_date_of_the_report(instant: str, runs: bool) -> None:
    assert ("cooling" in clocks(told(instant))) is runs


def test_summer_hours_are_counted_in_summer() -> None:
    assert due(told("2026-09-28 14:30"), "mend") == "09-29 11:00"  # 15:00-18:00 and 08:00-11:00
    assert due(told("2026-10-12 14:30"), "mend") == "10-13 10:30"
    assert due(told("2026-09-30 16:00"), "mend") == "10-08 12:00"  # across the end of summer and the holidays


# stages, and after the end


def test_after_the_repair_its_cause_is_to_be_reported() -> None:
    ticket = then(told("2026-10-12 09:00"), event(E.RESOLVED, "2026-10-12 11:00"))
    assert due(ticket, "report") == "10-14 18:00"
    closed = then(ticket, event(E.CONFIRMED, "2026-10-12 11:05"))
    assert (clocks(closed)["report"].state, clocks(closed)["settle"].state) == (RUNNING, MET)
    told_now = then(closed, event(E.CAUSE_RECORDED, "2026-10-14 18:00", cause="x"))
    assert clocks(told_now)["report"].state is MET
    assert is_overdue(clocks(closed)["report"], at("2026-10-14 18:01"))


def test_a_cause_told_with_or_before_the_repair_is_told() -> None:
    base = told("2026-10-12 09:00")
    assert clocks(then(base, event(E.RESOLVED, "2026-10-12 11:00", cause="x")))["report"].state is MET
    before = then(base, event(E.CAUSE_RECORDED, "2026-10-12 10:00", cause="x"), event(E.RESOLVED, "2026-10-12 11:00"))
    assert clocks(before)["report"].state is MET


def test_a_report_that_was_late_before_the_reopening_stays_late() -> None:
    mended = then(told("2026-10-12 09:00"), event(E.RESOLVED, "2026-10-12 10:00"))
    assert is_overdue(clocks(mended)["report"], at("2026-10-17 10:00"))
    for instant, state in (("2026-10-17 10:00", MISSED), ("2026-10-14 18:00", FELL_AWAY)):
        report = clocks(then(mended, event(E.REOPENED, instant)))["report"]
        assert (report.state, report.due) == (state, at("2026-10-14 18:00"))


def test_a_report_that_came_with_the_repair_was_never_late() -> None:
    mended = then(told("2026-10-12 09:00"), event(E.RESOLVED, "2026-10-12 10:00", cause="x"))
    reopened = then(mended, event(E.REOPENED, "2026-10-17 10:00"))
    assert (clocks(mended)["report"].state, clocks(reopened)["report"].state) == (MET, FELL_AWAY)


def test_each_repair_has_its_report_and_that_of_a_void_one_falls_away() -> None:
    ticket = then(
        told("2026-10-12 09:00"),
        event(E.RESOLVED, "2026-10-12 11:00"),
        event(E.REOPENED, "2026-10-12 12:00"),
        event(E.RESOLVED, "2026-10-13 11:00"),
    )
    found = clocks(ticket)
    assert (found["report"].state, found["report/2"].state) == (FELL_AWAY, RUNNING)
    assert due(ticket, "report/2") == "10-15 18:00"
    again = then(ticket, event(E.CONFIRMED, "2026-10-13 12:00"), event(E.REOPENED, "2026-10-14 12:00"))
    assert clocks(again)["report/2"].state is FELL_AWAY
    late = then(ticket, event(E.CONFIRMED, "2026-10-13 12:00"), event(E.REOPENED, "2026-10-16 12:00"))
    assert clocks(late)["report/2"].state is MISSED


@pytest.mark.parametrize(
    ("starts", "kind", "before"),
    [
        ("acknowledged", E.ACKNOWLEDGED, None),
        ("acknowledged", E.ARRIVED, None),
        ("arrived", E.ARRIVED, E.ACKNOWLEDGED),
        ("arrived", E.SENIOR_ARRIVED, E.ACKNOWLEDGED),
        ("solution_given", E.SOLUTION_GIVEN, E.ASSESSED),
        ("built", E.BUILT, E.SOLUTION_GIVEN),
        ("remote_failed", E.REMOTE_FAILED, E.ACKNOWLEDGED),
        ("assessed", E.ASSESSED, E.ACKNOWLEDGED),
    ],
)
def test_every_start_sets_its_clock_going(starts: str, kind: EventKind, before: EventKind | None) -> None:
    text = COUNTY.replace('starts = "resolved"', f'starts = "{starts}"').replace("working_days", "elapsed")
    text = text.replace('"2 days"', '"2 h"').replace('"3 days"', '"3 h"')
    contract = read_contract(text, "x")
    ticket = told("10:00", kind="change")
    if before:
        ticket = then(ticket, event(before, "11:00"))
        assert "report" not in clocks(ticket, contract)
    started = then(ticket, event(kind, "12:00"), event(kind, "13:00"))
    assert due(started, "report", contract) == "10-01 14:00"


def test_days_may_be_counted_from_the_approval_of_a_plan() -> None:
    contract = read_contract(COUNTY.replace('starts = "resolved"', 'starts = "approved"'), "x")
    ticket = then(told("2026-10-12 09:00"), event(E.PLAN_SUBMITTED, "2026-10-12 10:00", number=1))
    for side in ("department", "management"):
        ticket = then(ticket, event(E.PLAN_APPROVED, "2026-10-12 11:00", number=1, side=side))
    assert due(ticket, "report/1", contract) == "10-14 18:00"
