"""Two processes over one PostgreSQL that look at the same contract at the same instant: one waits for the other."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event as Signal

import pytest

from handlers.duty_book import open_book
from handlers.duty_watch import record_overdue, watch_duties
from handlers.quota import recount
from handlers.receive import receive
from sla.fold import fold
from sla.labels import Scope
from sla.message import Inbound
from sla.records import RecordKind
from sla.ticket import Event, EventKind
from storage.base import UnitOfWork
from storage.files import packaged_rules
from storage.writer import Store, open_store
from tests.handlers.test_duty_watch import MONDAY, SMART, only
from tests.support.databases import KEYS, TestDatabase, postgresql, postgresql_server
from tests.support.waiting import PATIENCE

__all__ = ["postgresql", "postgresql_server"]

RULES = only(SMART)
Work = Callable[[UnitOfWork], object]


@pytest.fixture
def two(postgresql: TestDatabase) -> Iterator[tuple[Store, Store]]:
    stores = open_store(postgresql.url, KEYS, alone=False), open_store(postgresql.url, KEYS, alone=False)
    yield stores
    for store in stores:
        store.close()


def at_once(stores: tuple[Store, Store], database: TestDatabase, first: Work, second: Work) -> None:
    """The second writer does its work while the first has done its own and has not committed yet."""
    held, over = Signal(), Signal()

    def holding(uow: UnitOfWork) -> None:
        first(uow)
        uow.marks.get("")  # a read: whatever was only written is with the database now
        held.set()
        while not (over.is_set() or database.run("SELECT 1 FROM pg_locks WHERE NOT granted")):
            pass  # until the second one waits for this one, or did not need to

    def beside() -> None:
        assert held.wait(PATIENCE)
        try:
            stores[1].writer.run_sync(second)
        finally:
            over.set()

    with ThreadPoolExecutor(2) as threads:
        works = [threads.submit(stores[0].writer.run_sync, holding), threads.submit(beside)]
        for work in works:
            work.result(PATIENCE)


def test_what_is_overdue_goes_on_record_once(two: tuple[Store, Store], postgresql: TestDatabase) -> None:
    tuesday = MONDAY + timedelta(days=1)

    def look(uow: UnitOfWork) -> None:
        record_overdue(open_book(RULES.contracts[SMART], uow, RULES, tuesday), uow)

    two[0].writer.run_sync(lambda uow: watch_duties(uow, RULES, MONDAY))
    at_once(two, postgresql, look, look)
    found = two[0].writer.run_sync(
        lambda uow: uow.records.between(MONDAY, tuesday + timedelta(days=1), SMART, RecordKind.DUTY_OVERDUE)
    )
    assert [record.subject for record in found] == ["inspection/2026-09-14"]


def test_the_third_downtime_of_a_year_is_a_breach_though_the_second_is_confirmed_beside_it(
    two: tuple[Store, Store], postgresql: TestDatabase
) -> None:
    def confirmed(day: int) -> Work:
        began = datetime(2026, 9, day, 9, tzinfo=MONDAY.tzinfo)
        ended, now = began + timedelta(minutes=10), MONDAY
        labels = {"kind": "fault", "priority": "high", "system": "hr", "contract": SMART}
        told = {"level": "downtime", "began": began.isoformat(), "ended": ended.isoformat()}
        version = {"contract_version": RULES.contracts[SMART].version}
        events = [
            Event(EventKind.REPORTED, began, "nurse", {**labels, **version}, began),
            Event(EventKind.OUTAGE, now, "manager", told, now),
        ]

        def work(uow: UnitOfWork) -> None:
            ticket = fold(uow.tickets.next_number(), events)
            uow.tickets.save(ticket, events, None)
            recount(ticket, uow, RULES, now)

        return work

    two[0].writer.run_sync(confirmed(1))
    at_once(two, postgresql, confirmed(2), confirmed(3))
    entries = two[0].writer.run_sync(lambda uow: list(uow.ledger.all()))
    assert [(entry.kind, entry.clock) for entry in entries] == [("breach", "quota:downtime/year_times")]


def test_what_one_person_says_to_two_processes_at_once_is_one_report(
    two: tuple[Store, Store], postgresql: TestDatabase
) -> None:
    at_once(two, postgresql, says("nurse", "1", "HIS打不开"), says("nurse", "2", "所有电脑都打不开"))
    tickets = two[0].writer.run_sync(lambda uow: uow.tickets.lately("nurse", 9))
    assert [(ticket.number, ticket.scope) for ticket in tickets] == [(1, Scope.DEPARTMENT)]


def test_three_departments_concern_the_hospital_though_two_report_to_two_processes_at_once(
    two: tuple[Store, Store], postgresql: TestDatabase
) -> None:
    two[0].writer.run_sync(says("nurse", "1", "急诊HIS打不开了"))
    at_once(two, postgresql, says("icu-nurse", "2", "重症HIS打不开了"), says("head-hr", "3", "人事科HIS打不开了"))
    first = two[0].writer.run_sync(lambda uow: uow.tickets.load(1))
    assert first is not None
    assert two[0].writer.run_sync(lambda uow: [each.number for each in uow.tickets.joined_to(1)]) == [2, 3]
    assert first.scope is Scope.HOSPITAL


def says(who: str, key: str, text: str) -> Work:
    """Somebody's message, handled as it comes in."""

    def work(uow: UnitOfWork) -> None:
        inbound = Inbound("webchat", key, who, who, text, sent_at=MONDAY)
        row = uow.inbox.add(inbound, MONDAY)
        kept = uow.inbox.get(row or 0)
        assert kept is not None
        receive(kept, uow, packaged_rules(), MONDAY)

    return work
