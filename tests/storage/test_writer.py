"""Units in groups: one commit, each unit its own result, nobody told yes before it is sure."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from storage.base import StorageError, UnitOfWork
from storage.sql_tickets import Conflict
from storage.writer import Store, open_store
from tests.storage.made import NOW, message, opened
from tests.support.databases import KEYS, TestDatabase


class Gate:
    """A unit that holds its thread until it is opened, so that what comes meanwhile waits together."""

    def __init__(self) -> None:
        self._entered, self._opened = threading.Event(), threading.Event()

    def unit(self, _uow: UnitOfWork) -> None:
        self._entered.set()
        assert self._opened.wait(30)

    async def entered(self) -> None:
        assert await asyncio.to_thread(self._entered.wait, 30)

    def open(self) -> None:
        self._opened.set()


def put(name: str, value: str = "1") -> Callable[[UnitOfWork], str]:
    """A unit that sets a mark."""

    def unit(uow: UnitOfWork) -> str:
        uow.marks.put(name, value)
        return name

    return unit


def put_and_fail(name: str) -> Callable[[UnitOfWork], str]:
    """A unit that sets a mark and raises."""

    def unit(uow: UnitOfWork) -> str:
        uow.marks.put(name, "1")
        raise LookupError(name)

    return unit


def marks(store: Store, *names: str) -> list[str | None]:
    """What is committed."""
    return store.read_sync(lambda uow: [uow.marks.get(name) for name in names])


async def test_one_failing_unit_stops_no_other_and_all_share_a_commit(store: Store) -> None:
    gate = Gate()
    first = store.writer.run(gate.unit, order="x")
    await gate.entered()
    before = store.writer.counted()
    waiting = [store.writer.run(put_and_fail(f"u{n}") if n == 7 else put(f"u{n}"), order="x") for n in range(20)]
    gate.open()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    await first
    assert [r for n, r in enumerate(results) if n != 7] == [f"u{n}" for n in range(20) if n != 7]
    assert isinstance(results[7], LookupError)
    assert marks(store, "u6", "u7", "u8") == ["1", None, "1"]
    after = store.writer.counted()
    assert (after[0] - before[0], after[1] - before[1]) == (2, 21)


async def test_a_unit_the_database_objects_to_fails_alone_with_its_own_error(store: Store) -> None:
    gate = Gate()
    held = store.writer.run(gate.unit, order="x")
    await gate.entered()

    def twice(uow: UnitOfWork) -> None:
        number = opened(uow)
        ticket = uow.tickets.load(number)
        assert ticket is not None
        uow.tickets.save(ticket, ticket.events, None)

    waiting = [store.writer.run(unit, order="x") for unit in (put("a"), twice, put("b"))]
    gate.open()
    await held
    first, second, third = await asyncio.gather(*waiting, return_exceptions=True)
    assert (first, third) == ("a", "b")
    assert isinstance(second, Exception)
    assert not isinstance(second, StorageError)  # trying again would not help: the unit is to blame
    assert store.read_sync(lambda uow: len(uow.tickets.open_on())) == 0


async def test_a_pair_keeps_its_first_unit_when_the_second_fails(store: Store) -> None:
    def fails(uow: UnitOfWork, row: int | None) -> None:
        uow.marks.put("half", "1")
        raise LookupError("why")

    def aside(uow: UnitOfWork, row: int | None, error: Exception) -> None:
        uow.inbox.set_aside(row or 0, NOW, type(error).__name__)

    pair = await store.writer.run_pair(lambda uow: uow.inbox.add(message(), NOW), fails, aside)
    assert isinstance(pair.error, LookupError)
    assert (pair.second, pair.told) == (None, True)
    found = store.read_sync(lambda uow: uow.inbox.get(pair.first or 0))
    assert found is not None
    assert (found.state, found.reason) == ("aside", "LookupError")
    assert marks(store, "half") == [None]


async def test_a_pair_that_works_is_one_commit(store: Store) -> None:
    before = store.writer.counted()[0]
    pair = await store.writer.run_pair(put("a"), lambda uow, first: put(first + "b")(uow), lambda *_: None)
    assert (pair.first, pair.second, pair.error) == ("a", "ab", None)
    assert store.writer.counted()[0] == before + 1


async def test_a_pair_whose_first_unit_fails_is_nothing(store: Store) -> None:
    with pytest.raises(LookupError):
        await store.writer.run_pair(put_and_fail("a"), lambda uow, _: put("b")(uow), lambda uow, *_: put("c")(uow))
    assert marks(store, "a", "b", "c") == [None, None, None]


async def test_what_cannot_be_set_aside_is_kept_and_says_both_errors(store: Store) -> None:
    def fails(uow: UnitOfWork, _first: str) -> None:
        raise LookupError("second")

    def fails_too(uow: UnitOfWork, _first: str, _error: Exception) -> None:
        uow.marks.put("aside", "1")
        raise KeyError("third")

    pair = await store.writer.run_pair(put("a"), fails, fails_too)
    assert pair.told is False
    assert "third" in "".join(getattr(pair.error, "__notes__", ()))
    assert marks(store, "a", "aside") == ["1", None]


async def test_units_of_one_order_run_in_their_order(store: Store) -> None:
    seen: dict[str, list[int]] = {order: [] for order in "abcdefgh"}

    def unit(order: str, number: int) -> Callable[[UnitOfWork], None]:
        def append(uow: UnitOfWork) -> None:
            uow.marks.put(order, str(number))
            seen[order].append(number)

        return append

    await asyncio.gather(*(store.writer.run(unit(order, n), order) for n in range(40) for order in seen))
    assert all(numbers == list(range(40)) for numbers in seen.values())
    assert marks(store, *seen) == ["39"] * len(seen)


async def test_a_caller_who_goes_away_stops_nothing(store: Store) -> None:
    gate = Gate()
    held = store.writer.run(gate.unit, order="x")
    await gate.entered()
    leaving = asyncio.ensure_future(store.writer.run(put("left"), order="x"))
    leaving.cancel()
    staying = store.writer.run(put("stayed"), order="x")
    gate.open()
    assert await staying == "stayed"
    await held
    assert marks(store, "left", "stayed") == ["1", "1"]


async def test_reading_sees_what_is_committed_and_cannot_write(store: Store) -> None:
    await store.writer.run(put("a"))
    assert await store.read(lambda uow: uow.marks.get("a")) == "1"
    with pytest.raises(StorageError, match=r"read-?only"):
        await store.read(put("b"))
    assert await store.read(lambda uow: uow.marks.get("b")) is None


async def test_reading_waits_for_no_writer(database: TestDatabase, store: Store) -> None:
    gate = Gate()
    held = store.writer.run(gate.unit)
    await gate.entered()
    assert await store.read(lambda uow: uow.marks.get("a")) is None
    gate.open()
    await held


def test_a_closed_store_takes_nothing_more(database: TestDatabase) -> None:
    store = open_store(database.url, KEYS)
    store.writer.run_sync(put("a"))
    store.close()
    with pytest.raises(StorageError, match="closed"):
        store.writer.run_sync(put("b"))
    store = open_store(database.url, KEYS)
    assert marks(store, "a", "b") == ["1", None]
    store.close()


def test_a_unit_cannot_wait_for_another(database: TestDatabase) -> None:
    store = open_store(database.url, KEYS)

    def nested(uow: UnitOfWork) -> str:
        return store.writer.run_sync(put("a"), order="x")

    with pytest.raises(RuntimeError, match="wait for another"):
        store.writer.run_sync(nested, order="x")
    store.close()


def test_a_ticket_changed_by_somebody_else_is_looked_at_again(store: Store) -> None:
    calls: list[int] = []

    def unit(uow: UnitOfWork) -> str:
        calls.append(1)
        uow.marks.put("tries", str(len(calls)))
        if len(calls) < 3:
            raise Conflict("changed meanwhile")
        return "done"

    assert store.writer.run_sync(unit) == "done"
    assert marks(store, "tries") == ["3"]


def test_a_unit_that_never_succeeds_gets_a_storage_error(store: Store) -> None:
    def unit(uow: UnitOfWork) -> None:
        raise Conflict("changed meanwhile")

    with pytest.raises(StorageError, match="changed meanwhile"):
        store.writer.run_sync(unit)
    assert store.writer.run_sync(put("after")) == "after"
