"""The ladder: who is paged after how long."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.escalation import Step, ladder, on_duty, personal, step_length
from sla.labels import Priority, Window
from sla.message import Address
from sla.rota import Rung, Team, Turn, Who

SINCE = datetime(2026, 1, 5, 8, tzinfo=ZoneInfo("Asia/Shanghai"))
MINUTE = timedelta(minutes=1)
HALF_HOUR = timedelta(minutes=30)


def team(**values: object) -> Team:
    full = {
        "lead": "l",
        "provider_managers": ("p",),
        "hospital_managers": ("h",),
        "group": (Address("webchat", "g"),),
    }
    return Team("t", "T", frozenset(), Turn(("a", "b"), SINCE), **{**full, **values})  # type: ignore[arg-type]  # a test's own names


def shown(steps: tuple[Step, ...]) -> list[tuple[str, float]]:
    return [(step.name, step.after / MINUTE) for step in steps]


@pytest.mark.parametrize(
    ("priority", "respond", "minutes"),
    [
        (Priority.HIGH, 30, 10),
        (Priority.HIGH, 15, 5),
        (Priority.LOW, 120, 15),
        (Priority.LOW, 5, 3),
        (Priority.CRITICAL, 120, 3),
        (Priority.MEDIUM, None, 15),
    ],
)
def test_a_step_is_a_third_of_the_respond_clock_within_bounds(
    priority: Priority, respond: int | None, minutes: int
) -> None:
    assert step_length(priority, None if respond is None else respond * MINUTE) == minutes * MINUTE


def test_off_hours_first_first_again_second_lead_and_both_managers() -> None:
    one = team()
    assert shown(ladder(one, Priority.HIGH, Window.OFFSITE, HALF_HOUR, on_duty(one, SINCE))) == [
        ("first", 0), ("first-2", 10), ("second", 20), ("lead", 30), ("provider_manager", 40), ("hospital_manager", 50),
    ]  # fmt: skip  # one glance


def test_in_the_window_the_group_is_told_first() -> None:
    one = team()
    names = [name for name, _ in shown(ladder(one, Priority.CRITICAL, Window.ONSITE, HALF_HOUR, on_duty(one, SINCE)))]
    assert names[:3] == ["group", "first", "first-2"]


def test_a_rung_that_nobody_fills_takes_no_time() -> None:
    one = team(group=(), lead="")
    steps = ladder(one, Priority.HIGH, Window.ONSITE, HALF_HOUR, on_duty(one, SINCE))
    assert shown(steps) == [
        ("first", 0),
        ("first-2", 10),
        ("second", 20),
        ("provider_manager", 30),
        ("hospital_manager", 40),
    ]


def test_a_ladder_of_ones_own_keeps_its_times_and_takes_default_steps_where_none_is_written() -> None:
    rungs = (Rung(Who.FIRST), Rung(Who.SECOND, 4 * MINUTE), Rung(Who.LEAD), Rung(Who.HOSPITAL_MANAGER, 60 * MINUTE))
    one = team(ladders={(Priority.LOW, Window.OFFSITE): rungs})
    low = ladder(one, Priority.LOW, Window.OFFSITE, HALF_HOUR, on_duty(one, SINCE))
    assert shown(low) == [("first", 0), ("second", 4), ("lead", 14), ("hospital_manager", 60)]
    high = ladder(one, Priority.HIGH, Window.OFFSITE, HALF_HOUR, on_duty(one, SINCE))
    assert [name for name, _ in shown(high)][1] == "first-2"


def test_before_the_rota_begins_the_lead_is_paged_at_once() -> None:
    one = team()
    steps = ladder(one, Priority.HIGH, Window.OFFSITE, HALF_HOUR, on_duty(one, SINCE - timedelta(days=1)))
    assert shown(steps) == [("lead", 0), ("provider_manager", 10), ("hospital_manager", 20)]


def test_a_person_is_paged_in_place_of_group_and_first_and_then_it_climbs() -> None:
    one = team()
    steps = ladder(one, Priority.HIGH, Window.ONSITE, HALF_HOUR, on_duty(one, SINCE))
    assert shown(personal(steps, 10 * MINUTE, again=True)) == [
        ("first", 0), ("first-2", 10), ("second", 20), ("lead", 30), ("provider_manager", 40), ("hospital_manager", 50),
    ]  # fmt: skip  # one glance
    assert shown(personal(steps, 10 * MINUTE, again=False))[:2] == [("first", 0), ("second", 10)]
    assert shown(personal((), 10 * MINUTE, again=False)) == [("first", 0)]


rungs_written = st.lists(st.sampled_from(Who).map(Rung), min_size=1, max_size=8).map(tuple)


@given(rungs_written, st.sets(st.sampled_from(Who)), st.sampled_from(Priority))
def test_the_first_filled_rung_is_paged_at_once_and_the_others_one_step_apart(
    rungs: tuple[Rung, ...], filled: set[Who], priority: Priority
) -> None:
    one = team(ladders={(priority, Window.OFFSITE): rungs})
    steps = ladder(one, priority, Window.OFFSITE, HALF_HOUR, lambda who: who in filled)
    assert [step.who for step in steps] == [rung.who for rung in rungs if rung.who in filled]
    assert [step.after for step in steps] == [index * step_length(priority, HALF_HOUR) for index in range(len(steps))]
    assert len({step.name for step in steps}) == len(steps)
