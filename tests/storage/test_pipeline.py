"""Statements that are only queued: what the server says about them later still reaches the unit that is to blame."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import cast

import psycopg
import pytest
import pytest_asyncio
import sqlalchemy as sa

from sla.fold import then
from sla.message import Address
from sla.ticket import Event, EventKind
from storage import schema
from storage.base import OutboxRow, StorageError, UnitOfWork
from storage.sql import SqlUnitOfWork
from storage.writer import Store, open_store
from tests.storage.made import NOW, after, message, notice, opened
from tests.storage.test_writer import Gate, marks, put
from tests.support.databases import KEYS, TestDatabase

BAD = "a NUL \0 that only the server objects to"


@pytest_asyncio.fixture
async def pipelined(postgresql: TestDatabase) -> AsyncIterator[Store]:
    """A store on PostgreSQL."""
    store = open_store(postgresql.url, KEYS)
    yield store
    store.close()


async def together(store: Store, start: Callable[[], list[Awaitable[object]]]) -> list[object]:
    """What became of units that were in one group."""
    gate = Gate()
    held = store.writer.run(gate.unit)
    await gate.entered()
    waiting = start()
    gate.open()
    await held
    return await asyncio.gather(*waiting, return_exceptions=True)


def bad(uow: UnitOfWork) -> str:
    """All looks well until the server answers."""
    uow.marks.put("half", "1")
    uow.marks.put(BAD, "1")
    return "done"


async def test_a_failure_that_shows_after_the_unit_ended_is_still_its_own(pipelined: Store) -> None:
    units = (put("a"), bad, put("b"), lambda uow: uow.marks.get("a"))
    first, second, third, fourth = await together(pipelined, lambda: [pipelined.writer.run(unit) for unit in units])
    assert (first, third, fourth) == ("a", "b", "1")
    assert isinstance(second, psycopg.DataError)
    assert marks(pipelined, "a", "half", "b") == ["1", None, "1"]


async def test_a_failure_alone_is_found_out_before_the_yes(pipelined: Store) -> None:
    with pytest.raises(psycopg.DataError):
        await pipelined.writer.run(bad)
    assert marks(pipelined, "half") == [None]
    assert await pipelined.writer.run(put("next")) == "next"


async def test_the_unit_that_asks_next_cannot_swallow_what_another_did_wrong(pipelined: Store) -> None:
    def careless(uow: UnitOfWork) -> str:
        with suppress(StorageError, psycopg.Error):
            uow.marks.get("x")
        return "careless"

    results = await together(pipelined, lambda: [pipelined.writer.run(unit) for unit in (put("a"), bad, careless)])
    assert (results[0], results[2]) == ("a", "careless")
    assert isinstance(results[1], psycopg.DataError)
    assert marks(pipelined, "a", "half") == ["1", None]


async def test_a_unit_that_raises_while_its_own_statement_fails_takes_back_itself_alone(pipelined: Store) -> None:
    def raises(uow: UnitOfWork) -> None:
        bad(uow)
        raise LookupError("why")

    before = pipelined.writer.counted()[0]
    units = (put("a"), raises, put("b"))
    results = await together(pipelined, lambda: [pipelined.writer.run(unit) for unit in units])
    assert isinstance(results[1], LookupError)
    assert marks(pipelined, "a", "half", "b") == ["1", None, "1"]
    assert pipelined.writer.counted()[0] == before + 2  # the gate, and one commit for the three


async def test_a_pair_whose_second_unit_fails_late_keeps_the_first_and_is_told(pipelined: Store) -> None:
    pair = await pipelined.writer.run_pair(
        lambda uow: uow.inbox.add(message(), NOW),
        lambda uow, _: bad(uow),
        lambda uow, row, error: uow.inbox.set_aside(row or 0, NOW, type(error).__name__),
    )
    assert isinstance(pair.error, psycopg.DataError)
    assert pair.told
    kept = pipelined.read_sync(lambda uow: uow.inbox.get(pair.first or 0))
    assert kept is not None
    assert kept.state == "aside"


async def test_a_connection_killed_amid_a_group_loses_nothing_and_doubles_nothing(
    pipelined: Store, postgresql: TestDatabase
) -> None:
    killed: list[int] = []

    def killer(uow: UnitOfWork) -> str:
        uow.audit.add(NOW, "li", "export", "killer")
        if not killed:
            killed.extend(cast(SqlUnitOfWork, uow).db.execute("SELECT pg_backend_pid()")[0])
            uow.audit.add(NOW, "li", "export", "never sent")
            postgresql.run(f"SELECT pg_terminate_backend({killed[0]}, 5000)")
        return "killer"

    def audit(name: str) -> Callable[[UnitOfWork], str]:
        def unit(uow: UnitOfWork) -> str:
            uow.audit.add(NOW, "li", "export", name)
            return name

        return unit

    units = [*(audit(f"a{n}") for n in range(10)), killer, *(audit(f"b{n}") for n in range(10))]
    results = await together(pipelined, lambda: [pipelined.writer.run(unit) for unit in units])
    assert killed
    kept = pipelined.read_sync(lambda uow: [entry[3] for entry in uow.audit.entries(100)])
    assert sorted(kept) == sorted(map(str, results))
    assert len(kept) == 21


@pytest.mark.parametrize("later", [["a"], []], ids=["others come after it", "nothing comes after it"])
async def test_a_ticket_that_another_replica_changed_is_handled_again_on_its_new_state(
    pipelined: Store, postgresql: TestDatabase, later: list[str]
) -> None:
    number = await pipelined.writer.run(opened)
    replica = open_store(postgresql.url, KEYS)
    tries: list[int] = []

    def note(uow: UnitOfWork, by: str) -> None:
        ticket = uow.tickets.open_of("telegram:5")[0]  # read, not locked
        if by == "slow" and not tries:
            replica.writer.run_sync(lambda other: note(other, "quick"))
        tries.append(number)
        event = Event(EventKind.NOTED, NOW, by, {"text": by}, NOW)
        uow.tickets.save(then(ticket, event), [event], None)

    units = [put("first"), lambda uow: note(uow, "slow"), *map(put, later)]
    results = await together(pipelined, lambda: [pipelined.writer.run(unit) for unit in units])
    assert results == ["first", None, *later]
    ticket = pipelined.read_sync(lambda uow: uow.tickets.load(number))
    assert ticket is not None
    assert [event.by for event in ticket.events[1:]] == ["quick", "slow"]
    replica.close()


async def test_what_changed_nothing_is_found_out_before_the_commit_though_the_server_objects_to_nothing(
    pipelined: Store, postgresql: TestDatabase
) -> None:
    number = await pipelined.writer.run(opened)
    replica = open_store(postgresql.url, KEYS)
    seen: list[int] = []

    def looks_again(uow: UnitOfWork) -> None:
        ticket = uow.tickets.open_of("telegram:5")[0]  # read, not locked
        if not seen:
            event = Event(EventKind.NOTED, NOW, "li", {"text": "meanwhile"}, NOW)
            replica.writer.run_sync(lambda other: other.tickets.save(then(ticket, event), [event], None))
        seen.append(len(ticket.events))
        uow.audit.add(NOW, "li", "export", str(len(ticket.events)))
        uow.marks.get("any")  # an answer between, so that the commit waits for nothing but what follows
        uow.tickets.save(ticket, [], after(seconds=5))

    await pipelined.writer.run(looks_again)
    assert seen == [1, 2]
    assert [entry[3] for entry in pipelined.read_sync(lambda uow: uow.audit.entries(10))] == ["2"]
    assert pipelined.read_sync(lambda uow: uow.tickets.open_on()[0].number) == number
    replica.close()


async def test_what_is_asked_together_is_answered_in_one_wait_each_to_its_question(pipelined: Store) -> None:
    def unit(uow: UnitOfWork) -> list[object]:
        db = cast(SqlUnitOfWork, uow).db
        named = db.prepare(sa.select(schema.marks.c.value).where(schema.marks.c.name == sa.bindparam("name")))
        answers = []
        for name in ("a", "b", "none"):
            uow.marks.put("a", f"before {name}")
            answers.append(db.ask(named, name=name))
        return [answer() for answer in reversed(answers)]

    await pipelined.writer.run(put("b"))
    assert await pipelined.writer.run(unit) == [[], [("1",)], [("before a",)]]


async def test_who_swallows_what_another_did_wrong_is_not_answered_with_nothing(pipelined: Store) -> None:
    def careless(uow: UnitOfWork) -> object:
        db = cast(SqlUnitOfWork, uow).db
        answer = db.ask(db.prepare(sa.select(schema.marks.c.value)))
        with suppress(StorageError, psycopg.Error):
            uow.marks.get("x")
        return answer()

    results = await together(pipelined, lambda: [pipelined.writer.run(unit) for unit in (put("a"), bad, careless)])
    assert results[0] == "a"
    assert isinstance(results[1], psycopg.DataError)
    assert results[2] == [("1",)]


async def test_more_than_is_ever_queued_at_once_is_all_kept(pipelined: Store) -> None:
    names = [f"m{n}" for n in range(1000)]

    def unit(uow: UnitOfWork) -> None:
        for name in names:
            uow.marks.put(name, "x" * 500)

    await pipelined.writer.run(unit)
    assert all(marks(pipelined, *names))


async def test_a_large_file_and_many_small_statements_do_not_choke_each_other(pipelined: Store) -> None:
    content = b"x" * 5_000_000

    def unit(uow: UnitOfWork) -> str:
        for number in range(100):
            uow.marks.put(f"m{number}", "1")
        return uow.files.add("photo", "image/png", content, NOW)

    ref = await pipelined.writer.run(unit)
    found = pipelined.read_sync(lambda uow: uow.files.get(ref))
    assert found == ("photo", "image/png", content)


async def test_a_lease_of_a_unit_that_was_undone_is_no_lease(store: Store) -> None:
    await store.writer.run(lambda uow: uow.outbox.add([notice("n")], NOW))
    claimed: list[OutboxRow] = []

    def undone(uow: UnitOfWork) -> None:
        claimed.extend(uow.outbox.claim("w", after(seconds=1), after(seconds=60), 10, ["telegram"]))
        raise LookupError("why")

    units = (undone, lambda uow: uow.outbox.sent(claimed[0], after(seconds=2), "p"))
    results = await together(store, lambda: [store.writer.run(unit) for unit in units])
    assert isinstance(results[0], LookupError)
    assert results[1] is False


async def test_addresses_are_those_of_now_within_a_group_too(store: Store) -> None:
    one, other = Address("telegram", "1"), Address("telegram", "2")

    def undone(uow: UnitOfWork) -> None:
        uow.bindings.bind("li", other, NOW)
        assert list(uow.bindings.addresses_of("li")) == [other]
        raise LookupError("why")

    def asks(uow: UnitOfWork) -> list[Address]:
        return list(uow.bindings.addresses_of("li"))

    def binds(uow: UnitOfWork) -> list[Address]:
        uow.bindings.bind("li", one, NOW)
        return asks(uow)

    results = await together(store, lambda: [store.writer.run(unit) for unit in (undone, asks, binds, asks)])
    assert results[1:] == [[], [one], [one]]
