"""Which reports are alike, how large and how grave an incident is; order of arrival, and parting as if never joined."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import permutations
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla import incident
from sla.clock import FLOOR, ClockState
from sla.fold import fold, then
from sla.incident import Size
from sla.labels import Priority, Scope
from sla.ticket import Event, EventKind, State, Ticket
from tests.sla.book import at
from tests.sla.tickets import SYSTEMS, event, reported, run

E = EventKind
NOON = datetime.fromisoformat("2026-10-09T12:00:00+08:00")
MINUTE = timedelta(minutes=1)


def report(number: int = 1, labels: Mapping[str, object] = MappingProxyType({})) -> Ticket:
    """A report of HIS that is down at one workstation; `labels` replace its own."""
    facts: dict[str, object] = {
        "kind": "fault",
        "system": "his",
        "contract": "smart-hospital",
        "severity": "down",
        "priority": "medium",
    }
    facts |= {"scope": "workstation", "department": f"place-{number}", "why": {}}
    return fold(number, [Event(E.REPORTED, NOON, f"person-{number}", {**facts, **labels})])


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        ({}, ""),
        ({"severity": "degraded"}, ""),
        ({"severity": "minor"}, "minor"),
        ({"kind": "service"}, "no-fault"),
        ({"system": None}, "system-unknown"),
        ({"why": {"particular": "device: 打印机"}}, "particular"),
    ],
)
def test_what_stands_apart_says_by_which_rule(data: dict[str, object], rule: str) -> None:
    assert incident.apart(report(1, data)) == rule


def test_alike_are_those_of_one_system_under_one_contract() -> None:
    assert incident.alike(report(1), report(2))
    assert not incident.alike(report(1), report(2, {"system": "pacs"}))
    assert not incident.alike(report(1), report(2, {"contract": "third-party-unified"}))


def test_who_was_taken_out_is_alike_to_none_but_who_was_only_moved_is() -> None:
    joined = then(report(), Event(E.JOINED, NOON, data={"incident": 9}))
    assert incident.apart(then(joined, Event(E.PARTED, NOON, data={"text": "moved"}))) == ""
    assert incident.apart(then(joined, Event(E.PARTED, NOON, data={"wrong": True}))) == "taken-out"


@pytest.mark.parametrize(
    ("people", "departments", "wide"), [(3, 3, True), (7, 2, False), (8, 2, True), (50, 1, False), (2, 2, False)]
)
def test_what_concerns_the_hospital(people: int, departments: int, wide: bool) -> None:
    assert Size(people, departments, NOON).is_wide is wide


def test_who_works_on_it_is_told_at_growing_numbers() -> None:
    told = [incident.milestone(people) for people in range(1, 1000)]
    assert list(dict.fromkeys(told)) == [0, 3, 8, 20, 50, 100, 200, 400, 800]
    assert all(number <= people for people, number in enumerate(told, 1))
    assert told == sorted(told)


def test_the_window_slides_and_nought_is_never() -> None:
    window = 15 * MINUTE
    assert incident.is_within(NOON + window, NOON, window)
    assert not incident.is_within(NOON + window + timedelta(seconds=1), NOON, window)
    assert incident.is_within(NOON - MINUTE, NOON, window)  # it was on its way for longer
    assert not incident.is_within(NOON, NOON, timedelta())


# the order in which they come

REPORTS = st.fixed_dictionaries(
    {
        "system": st.sampled_from(["his", "his", "pacs", None]),
        "severity": st.sampled_from(["down", "degraded", "minor"]),
        "kind": st.sampled_from(["fault", "fault", "fault", "service"]),
        "why": st.sampled_from([{}, {}, {"particular": "device: 打印机"}]),
    }
)


def gathered(reports: list[Ticket]) -> set[frozenset[int]]:
    """Who belongs together when they come in this order, each joined to the first that it is alike to."""
    groups: list[list[Ticket]] = []
    for ticket in reports:
        found = next((group for group in groups if incident.alike(ticket, group[0])), None)
        if found is None:
            groups.append([ticket])
        else:
            found.append(ticket)
    return {frozenset(ticket.number for ticket in group) for group in groups}


@given(data=st.lists(REPORTS, min_size=1, max_size=5))
def test_who_belongs_together_does_not_hang_on_the_order(data: list[dict[str, object]]) -> None:
    reports = [report(number, each) for number, each in enumerate(data, 1)]
    wanted = gathered(reports)
    assert all(gathered(list(order)) == wanted for order in permutations(reports))


# how grave it is

LABELS = st.fixed_dictionaries(
    {
        "scope": st.sampled_from([scope.value for scope in Scope]),
        "severity": st.sampled_from(["down", "degraded"]),
        "priority": st.sampled_from([priority.value for priority in Priority]),
        "disaster": st.booleans(),
    }
)


def raised_by(first: Ticket, others: list[Ticket]) -> Ticket:
    """The first ticket as others join it, one after the other."""
    for other in others:
        changes = incident.graver(first, other)
        if changes:
            first = then(first, Event(E.RECLASSIFIED, NOON, data={"graver": other.number, **changes}))
    return first


@given(own=LABELS, others=st.lists(LABELS, max_size=4), data=st.data())
def test_the_gravest_labels_stand_in_whatever_order_they_join_and_go_with_who_leaves(
    own: dict[str, object], others: list[dict[str, object]], data: st.DataObject
) -> None:
    first = report(1, own)
    joined = [report(number, each) for number, each in enumerate(others, 2)]
    raised, other_way = raised_by(first, joined), raised_by(first, data.draw(st.permutations(joined)))
    assert incident.differences(raised, other_way) == {}
    assert incident.differences(first, incident.by_itself(raised)) == {}
    stay = [ticket for ticket in joined if data.draw(st.booleans())]
    assert incident.differences(raised_by(first, stay), incident.remaining(raised, stay)) == {}


def test_a_word_of_somebody_since_is_a_decision_and_the_incidents_own_is_none() -> None:
    first = raised_by(report(1), [report(2, {"priority": "critical"})])
    assert (first.priority, incident.is_decided(first)) == (Priority.CRITICAL, False)
    moved = then(first, Event(E.RECLASSIFIED, NOON, "nurse", {"department": "icu"}))
    assert not incident.is_decided(moved)
    decided = then(first, Event(E.RECLASSIFIED, NOON, "manager", {"priority": "low"}))
    assert incident.is_decided(decided)
    assert incident.by_itself(decided).priority is Priority.LOW


def test_what_counting_raised_is_known_until_it_is_taken_back() -> None:
    first = report()
    assert not incident.is_counted(first)
    counted = then(first, Event(E.RECLASSIFIED, NOON, data={"counted": {"people": 8}, "scope": "hospital"}))
    assert incident.is_counted(counted)
    assert incident.by_itself(counted).scope is Scope.WORKSTATION
    fewer = then(counted, Event(E.RECLASSIFIED, NOON, data={"fewer": {}, "scope": "workstation"}))
    assert not incident.is_counted(fewer)


# parting


@given(
    contract=st.sampled_from(sorted(SYSTEMS)),
    joined=st.integers(0, 120),
    apart=st.integers(1, 600),
    acts=st.lists(st.tuples(st.sampled_from([E.ACKNOWLEDGED, E.ARRIVED, E.RESOLVED]), st.integers(1, 600)), max_size=3),
)
def test_taken_out_its_clocks_are_those_of_its_own_facts(
    contract: str, joined: int, apart: int, acts: list[tuple[EventKind, int]]
) -> None:
    """As if it had never been joined, but for the half hour that a deadline too near is put off."""
    own = reported(contract)
    parted_at = at("2026-10-01 03:00") + (joined + apart) * MINUTE
    both = then(
        own,
        Event(E.JOINED, at("2026-10-01 03:00") + joined * MINUTE, data={"incident": 9}),
        Event(E.PARTED, parted_at, data={"wrong": True}),
    )
    for kind, minutes in sorted(acts, key=lambda act: act[1]):
        if own.state is not State.RESOLVED:
            happens = Event(kind, parted_at + minutes * MINUTE, "engineer1")
            own, both = then(own, happens), then(both, happens)
    alone, found = run(own), run(both)
    assert found.keys() == alone.keys()
    joined_at = at("2026-10-01 03:00") + joined * MINUTE
    for key, clock in found.items():
        untouched = alone[key]
        if untouched.due >= parted_at + FLOOR:
            assert (clock.due, clock.state, clock.stopped_at) == (untouched.due, untouched.state, untouched.stopped_at)
        else:  # broken before it was joined it stays so
            assert clock.due == (untouched.due if untouched.due < joined_at else parted_at + FLOOR)


def test_joined_it_runs_no_clock() -> None:
    joined = then(reported("smart-hospital"), event(E.JOINED, "03:00", incident=9))
    assert not [clock for clock in run(joined).values() if clock.state is ClockState.RUNNING]
