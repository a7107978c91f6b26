"""More messages at once than are handled at once: every one is kept before its provider is answered, and handled in
its turn."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from threading import Event as Signal
from typing import Any

import pytest

from bot.clock import Clock
from bot.intake import BATCH, CALM, Intake
from bot.metrics import Metrics
from handlers.receive import receive
from sla.labels import Role
from sla.message import Inbound
from storage.base import StorageError, UnitOfWork
from storage.files import packaged_rules
from storage.writer import Store, open_store
from tests.bot.running import NIGHT
from tests.support.databases import KEYS, TestDatabase, database, postgresql, postgresql_server, sqlite, store

__all__ = ["database", "postgresql", "postgresql_server", "sqlite", "store"]

RULES = packaged_rules()
NURSE, DOCTOR = [
    address.address
    for address, person in RULES.people.by_address.items()
    if address.channel == "webchat" and Role.CLINICIAN in person.roles
][:2]
MANY = CALM * 8
DAY = timedelta(days=1)


@pytest.fixture
def two(postgresql: TestDatabase) -> Iterator[tuple[Store, Store]]:
    stores = open_store(postgresql.url, KEYS, alone=False), open_store(postgresql.url, KEYS, alone=False)
    yield stores
    for each in stores:
        each.close()


def intake_of(store: Store) -> Intake:
    clock = Clock(lambda: NIGHT, lambda: 0.0)
    return Intake(store, lambda: RULES, clock, Metrics(), lambda: None, lambda row: None)


def said(number: int, who: str, text: str) -> Inbound:
    return Inbound("webchat", f"k{number:03}", who, who, text, NIGHT)


def crowd() -> list[Inbound]:
    """As many strangers who each report something at the same instant."""
    return [said(number, f"stranger{number}", f"{number}号窗口的打印机卡纸了") for number in range(MANY)]


def kept(database: TestDatabase) -> list[tuple[Any, ...]]:
    """Key, state and ticket of every message, in the order in which they were kept."""
    return list(database.run("SELECT key, state, ticket FROM inbox ORDER BY id"))


def states(database: TestDatabase) -> Counter[str]:
    return Counter(state for _, state, _ in kept(database))


async def test_in_a_rush_messages_are_kept_first_and_handled_in_their_turn(
    store: Store, database: TestDatabase
) -> None:
    intake = intake_of(store)
    await asyncio.gather(*map(intake.keep, crowd()))
    begun = states(database)
    assert begun["done"] >= CALM
    assert begun["new"] == MANY - begun["done"] > 0, "nobody waited for more than a few to be handled"
    await intake.turn()
    assert states(database) == {"done": MANY}
    assert [key for key, _, _ in kept(database)] == [message.key for message in crowd()]
    tickets = [ticket for _, _, ticket in kept(database)]
    assert tickets == sorted(set(tickets))


async def test_when_it_is_calm_a_message_is_handled_in_the_commit_that_keeps_it(
    store: Store, database: TestDatabase
) -> None:
    intake = intake_of(store)
    await asyncio.gather(*map(intake.keep, crowd()))
    await intake.turn()
    await intake.keep(said(900, NURSE, "HIS打不开了"))
    assert kept(database)[-1][1] == "done"


async def test_what_somebody_adds_in_a_rush_does_not_overtake_their_report(
    store: Store, database: TestDatabase
) -> None:
    intake = intake_of(store)
    await asyncio.gather(*map(intake.keep, [*crowd(), said(800, NURSE, "HIS打不开了")]))
    await intake.keep(said(801, NURSE, "就是急诊分诊台那台电脑"))
    assert [state for _, state, _ in kept(database)[-2:]] == ["new", "new"]
    await intake.turn()
    (_, _, report), (_, _, added) = kept(database)[-2:]
    assert report is not None
    assert added == report


async def test_what_was_kept_and_not_handled_is_handled_at_the_next_start(store: Store, database: TestDatabase) -> None:
    await asyncio.gather(*map(intake_of(store).keep, crowd()))
    assert states(database)["new"]
    another = intake_of(store)
    while await another.recover():
        pass
    assert states(database) == {"done": MANY}
    assert len({ticket for _, _, ticket in kept(database)}) == MANY


async def test_a_database_that_refuses_in_a_rush_loses_nothing(sqlite: TestDatabase) -> None:
    """What it did not keep is told to the provider; what it kept and cannot handle now is handled when it can."""
    database, store = sqlite, open_store(sqlite.url, KEYS)
    intake = intake_of(store)
    await asyncio.gather(*map(intake.keep, crowd()))
    waiting = states(database)["new"]
    database.run("ALTER TABLE events RENAME TO events_gone")
    with pytest.raises(StorageError):
        await intake.turn()
    assert states(database)["new"] == waiting
    database.run("ALTER TABLE inbox RENAME TO inbox_gone")
    with pytest.raises(StorageError):
        await intake.keep(said(700, DOCTOR, "PACS看不到片子"))
    database.run("ALTER TABLE inbox_gone RENAME TO inbox")
    database.run("ALTER TABLE events_gone RENAME TO events")
    await intake.keep(said(701, DOCTOR, "PACS看不到片子"))
    await intake.turn()
    assert states(database) == {"done": MANY + 1}
    store.close()


async def test_two_processes_that_handle_what_was_kept_handle_nothing_twice(
    two: tuple[Store, Store], postgresql: TestDatabase
) -> None:
    """The second one begins while the first has handled everything and has not committed it yet."""
    await asyncio.gather(*map(intake_of(two[0]).keep, crowd()))
    held, over = Signal(), Signal()
    events: list[int] = []

    def handle_all(uow: UnitOfWork) -> None:
        for row in uow.inbox.unhandled(MANY):
            found = uow.inbox.get(row.id)
            assert found is not None
            receive(found, uow, RULES, NIGHT)
        events.append(sum(len(ticket.events) for ticket in uow.tickets.between(NIGHT, NIGHT + DAY)))
        held.set()
        while not (over.is_set() or postgresql.run("SELECT 1 FROM pg_locks WHERE NOT granted")):
            pass  # until the second one waits for this one, or did not need to

    first = two[0].writer.run(handle_all)
    await asyncio.to_thread(held.wait)
    await intake_of(two[1]).turn()
    over.set()
    await first
    assert states(postgresql) == {"done": MANY}
    assert len({ticket for _, _, ticket in kept(postgresql)}) == MANY
    assert [tuple(events)] == postgresql.run("SELECT count(*) FROM events"), "nobody said anything twice"


async def test_who_stops_waiting_keeps_no_message_from_being_handled(store: Store, database: TestDatabase) -> None:
    """A connection that is given up while a message of a rush is kept: it is kept all the same, and then handled."""
    intake, go = intake_of(store), Signal()
    await asyncio.gather(*map(intake.keep, crowd()))
    await intake.recover()
    busy = store.writer.run(lambda _: go.wait())
    keeping = asyncio.create_task(intake.keep(said(900, NURSE, "HIS打不开了")))
    await asyncio.sleep(0)
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)
    await intake.turn()
    go.set()
    await asyncio.gather(busy, intake.keep(said(901, NURSE, "就是急诊分诊台那台电脑")))
    assert [state for _, state, _ in kept(database)[-2:]] == ["new", "new"], "the second one did not overtake it"
    await intake.turn()
    (_, first, report), (_, second, added) = kept(database)[-2:]
    assert (first, second) == ("done", "done")
    assert added == report


async def test_more_than_a_batch_left_by_a_crash_is_not_overtaken(store: Store, database: TestDatabase) -> None:
    left = [said(number, f"stranger{number}", f"{number}号窗口的打印机卡纸了") for number in range(BATCH)]
    left.append(said(800, NURSE, "HIS打不开了"))
    await store.writer.run(lambda uow: [uow.inbox.add(each, NIGHT) for each in left])
    intake = intake_of(store)
    await intake.recover()  # as a start does, before its loops
    await intake.keep(said(801, NURSE, "就是急诊分诊台那台电脑"))
    assert [state for _, state, _ in kept(database)[-2:]] == ["new", "new"]
    await intake.turn()
    (_, _, report), (_, _, added) = kept(database)[-2:]
    assert report is not None
    assert added == report
    assert states(database) == {"done": BATCH + 2}


async def test_one_that_the_database_refuses_holds_up_no_others(sqlite: TestDatabase) -> None:
    store = open_store(sqlite.url, KEYS)
    rows = await store.writer.run(lambda uow: [uow.inbox.add(each, NIGHT) for each in crowd()])
    # An error as of a database that failed, for the first message alone, whenever it is to be marked as handled.
    refuse = "WHEN NEW.id = {} BEGIN SELECT 1 FROM json_each('broken'); END"
    sqlite.run(f"CREATE TRIGGER refuses BEFORE UPDATE ON inbox {refuse.format(rows[0])}")
    intake = intake_of(store)
    with pytest.raises(StorageError):
        await intake.recover()
    assert states(sqlite) == {"new": 1, "done": MANY - 1}
    store.close()
