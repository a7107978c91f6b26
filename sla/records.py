"""Facts about a contract that belong to no ticket: surveys, letters of praise, complaints, duties done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class RecordKind(StrEnum):
    """What is on record."""

    SURVEY = "survey"
    PRAISE = "praise"
    COMPLAINT = "complaint"
    TRAINING = "training"
    STAFF_CHANGE = "staff_change"
    DUTY_DONE = "duty_done"
    DUTY_OVERDUE = "duty_overdue"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True)
class Record:
    """A fact. `at` is when it happened, `recorded_at` when it was written down (both aware), `by` a person's id.

    `subject` tells records of one kind apart: of a duty its id and period ("inspection/2026-Q3"), of a survey its month
    or year. Nothing is overwritten: a later record of the same kind and subject puts an earlier one right. `data` holds
    plain JSON values only, by kind:

    survey    points* (0-100, the average), answers (how many), text · praise, complaint, training: text, ticket
              (the number of the one that it is about)
    duty_done proof (what shows it), text, file, file_name, file_type, file_size, more (further files), confirmed_by (of
              the other side), revoked (true: it was not done), revoked_by, reason
    maintenance (subject: its number) announced: system*, begins*, ends* (ISO), text · prolonged: ends* · over: true ·
              reported: ticket* (somebody's who says that it comes from it); see `sla.maintenance`
    duty_overdue due* (ISO), clause · staff_change: to* (ISO date, the day on which somebody leaves), text
    """

    contract: str
    kind: RecordKind
    subject: str
    at: datetime
    by: str
    recorded_at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    id: int = 0
