"""Duties are done in time, late or never, and outages count against quotas: what is put on record is counted again."""

from datetime import datetime

import pytest

from bot.simulate import duties
from bot.simulate.worlds import live
from bot.simulate.year import Plan, Simulation
from handlers import duty_watch, quota
from sla.records import Record, RecordKind
from storage.memory_record import MemoryRecords

QUIET = Plan("duties", 20, 20)
OUTAGES = Plan("outages", 16, 400)


def test_duties_are_done_in_time_late_and_never() -> None:
    outcome = live(QUIET)
    assert outcome.broken is None
    assert outcome.happened["duty_done"] > 20
    assert 3 < outcome.happened["duty_overdue"] < outcome.happened["duty_done"]


def test_a_duty_that_is_put_on_record_twice_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    add = MemoryRecords.add

    def twice(self: MemoryRecords, record: Record) -> int:
        if record.kind is RecordKind.DUTY_OVERDUE:
            add(self, record)
        return add(self, record)

    monkeypatch.setattr(MemoryRecords, "add", twice)
    outcome = live(QUIET)
    assert outcome.broken is not None
    assert outcome.broken.invariant == "a missed duty is on record once"
    assert "missed 2 times on record, 1 in truth" in outcome.broken.detail


def test_a_duty_that_nobody_puts_on_record_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duty_watch, "record_overdue", lambda *_, **__: ())
    outcome = live(QUIET)
    assert outcome.broken is not None
    assert "missed 0 times on record, 1 in truth" in outcome.broken.detail


def test_one_that_was_done_in_time_and_is_called_missed_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duties, "LATE", 0.0)
    monkeypatch.setattr(duties, "IN_TIME", 1.0)
    add = MemoryRecords.add

    def also_missed(self: MemoryRecords, record: Record) -> int:
        if record.kind is RecordKind.DUTY_DONE:
            at: datetime = record.at
            add(self, Record(record.contract, RecordKind.DUTY_OVERDUE, record.subject, at, "", at, {}))
        return add(self, record)

    monkeypatch.setattr(MemoryRecords, "add", also_missed)
    monkeypatch.setattr(duty_watch, "not_overdue", lambda *_: None)  # which would take it back
    outcome = live(QUIET)
    assert outcome.broken is not None
    assert "missed 1 times on record, 0 in truth" in outcome.broken.detail


def test_outages_are_counted_a_second_time(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = Simulation(OUTAGES).run()
    assert outcome.broken is None
    assert outcome.happened["outage"] > 2
    monkeypatch.setattr(quota, "lacking", lambda *_: ())  # nothing is ever put into the ledger
    outcome = Simulation(OUTAGES).run()
    assert outcome.broken is not None
    assert outcome.broken.invariant == "quotas equal a recount"
