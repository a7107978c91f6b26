"""The table of priorities, line by line and as a whole."""

from itertools import product

import pytest

from sla.labels import PRIORITY_ORDER, Kind, Priority, Scope, Severity
from sla.priority import RULES, assess

F, H, D, W = Kind.FAULT, Scope.HOSPITAL, Scope.DEPARTMENT, Scope.WORKSTATION
DOWN, SLOW, MINOR = Severity.DOWN, Severity.DEGRADED, Severity.MINOR


@pytest.mark.parametrize(
    ("scope", "severity", "words", "priority", "rule"),
    [
        (W, MINOR, {"disaster": True}, "critical", "disaster"),
        (H, DOWN, {}, "critical", "down-hospital"),
        (D, DOWN, {"department_cannot_wait": True}, "critical", "down-care-waits"),
        (D, DOWN, {"held_up": True}, "critical", "down-care-waits"),
        (D, DOWN, {}, "high", "down-department"),
        (H, SLOW, {}, "high", "degraded-hospital"),
        (W, DOWN, {"held_up": True}, "high", "workstation-holds-up"),
        (W, DOWN, {"department_cannot_wait": True}, "medium", "down-workstation"),
        (D, SLOW, {"department_cannot_wait": True}, "high", "degraded-care-waits"),
        (D, SLOW, {"held_up": True}, "medium", "degraded-department"),
        (W, DOWN, {}, "medium", "down-workstation"),
        (W, SLOW, {"held_up": True}, "low", "everything-else"),
        (H, MINOR, {}, "low", "everything-else"),
    ],
)
def test_a_fault_has_the_priority_of_the_first_line_that_fits(
    scope: Scope, severity: Severity, words: dict[str, bool], priority: str, rule: str
) -> None:
    found = assess(F, True, scope, severity, **words)
    assert (found.priority, found.rule.id, found.lowered) == (priority, rule, False)


@pytest.mark.parametrize(
    ("scope", "severity", "priority"),
    [(H, DOWN, "high"), (D, DOWN, "medium"), (H, SLOW, "medium"), (D, SLOW, "medium"), (W, DOWN, "medium")],
)
def test_a_system_without_care_ranks_one_step_lower_only_from_critical_and_high(
    scope: Scope, severity: Severity, priority: str
) -> None:
    assert assess(F, False, scope, severity).priority == priority


def test_a_disaster_is_critical_without_care_as_well() -> None:
    found = assess(F, False, W, SLOW, disaster=True)
    assert (found.priority, found.lowered) == (Priority.CRITICAL, False)


def test_data_of_a_patient_are_medium_and_other_requests_low() -> None:
    assert assess(Kind.DATA_FIX, True, W, MINOR, touches_record=True).priority == Priority.MEDIUM
    assert assess(Kind.DATA_FIX, True, W, MINOR).priority == Priority.LOW
    for kind in (Kind.CONSULT, Kind.CHANGE, Kind.SERVICE, Kind.TRAINING):
        assert assess(kind, True, H, MINOR, touches_record=True).priority == Priority.LOW


def test_care_and_danger_never_lower_a_priority() -> None:
    rank = PRIORITY_ORDER.index
    for scope, severity in product(Scope, Severity):
        plain = assess(F, False, scope, severity)
        worse = assess(F, True, scope, severity, department_cannot_wait=True, held_up=True)
        assert rank(worse.priority) <= rank(plain.priority)
        assert RULES[worse.rule.id].sentence
