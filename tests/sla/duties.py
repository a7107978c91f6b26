"""Contracts with one duty, and records, for tests of duties."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sla.contract import Contract
from sla.duty import Duty, Rhythm
from sla.records import Record, RecordKind
from sla.rhythm import Occurrence, occurrences
from storage.files import packaged_rules

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = packaged_rules().calendar
SMART = packaged_rules().contracts["smart-hospital"]
"""Open on working days from 08:00 to 17:00."""


def one_duty(rhythm: Rhythm, start: date | None = None, end: date | None = None, **fields: Any) -> Contract:
    """The contract of the sample with a single duty."""
    duty = Duty("duty", "3.3(3)", "职责", "Duty", rhythm, **fields)
    return replace(SMART, duties=(duty,), valid_from=start, valid_to=end)


def packaged(id: str, duty: str, start: date | None = None, end: date | None = None) -> Contract:
    """A contract of the package with one of its duties alone."""
    contract = packaged_rules().contracts[id]
    return replace(contract, duties=tuple(d for d in contract.duties if d.id == duty), valid_from=start, valid_to=end)


def done(subject: str, at: datetime, **data: object) -> Record:
    """That a duty was done."""
    return Record("smart-hospital", RecordKind.DUTY_DONE, subject, at, "lead", at, data)


def local(year: int, month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


def year_of(contract: Contract, year: int, *records: Record) -> tuple[Occurrence, ...]:
    """What is due in a year."""
    return occurrences(contract, date(year, 1, 1), date(year, 12, 31), CALENDAR, records)


def days(found: tuple[Occurrence, ...]) -> list[str]:
    """The days on which things are due, like 09-16; 24:00 belongs to the day before."""
    return [f"{one.due - timedelta(seconds=1):%m-%d}" for one in found]
