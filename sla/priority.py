"""The table of intake: what is broken, for whom, how badly -> priority, with the rule that fired.

Pure and total: every combination of labels has an answer. Rules are tried in their order; the first that fits stands.
The tone of a message is no argument here: only what is broken, for whom.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sla.labels import PRIORITY_ORDER, Kind, Priority, Scope, Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table: a short id that tickets store, and the sentence that explains it."""

    id: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """A priority and the rule that gave it. `lowered` is true where a system without patient care took one step off."""

    priority: Priority
    rule: Rule
    lowered: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """What the table looks at; the fields are those of `assess`."""

    kind: Kind
    care: bool
    scope: Scope
    severity: Severity
    department_cannot_wait: bool
    disaster: bool
    held_up: bool
    touches_record: bool

    def is_fault(self, severity: Severity, scope: Scope) -> bool:
        """Whether this is a fault of just that severity and scope."""
        return self.kind is Kind.FAULT and self.severity is severity and self.scope is scope


def _down_where_care_waits(case: Case) -> bool:
    return case.is_fault(Severity.DOWN, Scope.DEPARTMENT) and (case.department_cannot_wait or case.held_up)


_TABLE: tuple[tuple[Priority, str, str, Callable[[Case], bool]], ...] = (
    (Priority.CRITICAL, "disaster", "data lost or corrupted, ransomware, server room down, patients mixed up",
     lambda case: case.disaster),
    (Priority.CRITICAL, "down-hospital", "a fault that stops the task in the whole hospital",
     lambda case: case.is_fault(Severity.DOWN, Scope.HOSPITAL)),
    (Priority.CRITICAL, "down-care-waits",
     "a fault that stops a department where care cannot wait, or that holds up a rescue, an operation or a cross-match",
     _down_where_care_waits),
    (Priority.HIGH, "down-department", "a fault that stops the task in a department",
     lambda case: case.is_fault(Severity.DOWN, Scope.DEPARTMENT)),
    (Priority.HIGH, "degraded-hospital", "a fault that hinders the whole hospital",
     lambda case: case.is_fault(Severity.DEGRADED, Scope.HOSPITAL)),
    (Priority.HIGH, "workstation-holds-up", "one workstation is down and holds up a rescue, operation or cross-match",
     lambda case: case.is_fault(Severity.DOWN, Scope.WORKSTATION) and case.held_up),
    (Priority.HIGH, "degraded-care-waits", "a fault that hinders a department where care cannot wait",
     lambda case: case.is_fault(Severity.DEGRADED, Scope.DEPARTMENT) and case.department_cannot_wait),
    (Priority.MEDIUM, "degraded-department", "a fault that hinders a department",
     lambda case: case.is_fault(Severity.DEGRADED, Scope.DEPARTMENT)),
    (Priority.MEDIUM, "down-workstation", "a fault that stops the task at one workstation",
     lambda case: case.is_fault(Severity.DOWN, Scope.WORKSTATION)),
    (Priority.MEDIUM, "record-to-put-right", "a patient's record, result, order or bill is to be put right",
     lambda case: case.kind is Kind.DATA_FIX and case.touches_record),
    (Priority.LOW, "everything-else", "one workstation hindered, a minor fault, or a request that can wait",
     lambda case: True),
)  # fmt: skip

RULES = {id: Rule(id, sentence) for _, id, sentence, _ in _TABLE}


def assess(
    kind: Kind,
    care: bool,
    scope: Scope,
    severity: Severity,
    department_cannot_wait: bool = False,
    disaster: bool = False,
    held_up: bool = False,
    touches_record: bool = False,
) -> Assessment:
    """The priority of a report, and the rule that gave it.

    `care`: whether patient care waits for the system (true when the system is unknown). `department_cannot_wait`: the
    department is one where care cannot wait. `held_up`: the words say that a rescue, an operation in progress or a
    cross-match is held up. `touches_record`: data of a patient are to be put right. Disasters aside, a system without
    care ranks one step lower where the table says critical or high.
    """
    case = Case(kind, care, scope, severity, department_cannot_wait, disaster, held_up, touches_record)
    priority, id, _, _ = next(row for row in _TABLE if row[3](case))
    if not care and not disaster and priority in (Priority.CRITICAL, Priority.HIGH):
        lower = PRIORITY_ORDER[PRIORITY_ORDER.index(priority) + 1]
        return Assessment(lower, RULES[id], lowered=True)
    return Assessment(priority, RULES[id])
