"""The disk is full, the server goes away, two locks cross, the process is killed: nobody's yes is lost."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import suppress
from typing import cast

import pytest

from sla.fold import then
from sla.ticket import Event, EventKind
from storage.base import StorageError, UnitOfWork
from storage.connect import open_postgresql, read_url
from storage.crypt import Crypt
from storage.database import POSTGRESQL
from storage.session import Fault, Session
from storage.sql import SqlUnitOfWork
from storage.writer import Store, open_store
from tests.house import ROOT
from tests.storage.made import NOW, opened
from tests.storage.test_writer import marks, put
from tests.support.databases import KEYS, TestDatabase

KILLS = 6


def execute(uow: UnitOfWork, text: str) -> None:
    """Plain SQL in a unit."""
    cast(SqlUnitOfWork, uow).db.execute(text)


async def test_a_full_disk_loses_no_yes_and_space_heals_it(sqlite: TestDatabase) -> None:
    store = open_store(sqlite.url, KEYS)
    await store.writer.run(lambda uow: execute(uow, "PRAGMA max_page_count = 120"))
    names = [f"m{n}" for n in range(60)]
    waiting = [store.writer.run(put(name, "x" * 20_000), order="x") for name in names]
    results = await asyncio.gather(*waiting, return_exceptions=True)
    told_yes = {name for name, result in zip(names, results, strict=True) if result == name}
    refused = [result for result in results if isinstance(result, BaseException)]
    assert told_yes
    assert refused
    assert all(isinstance(error, StorageError) and "full" in str(error) for error in refused)
    store.close()

    store = open_store(sqlite.url, KEYS)  # the limit was the connection's: there is space again
    kept = {name for name, mark in zip(names, marks(store, *names), strict=True) if mark}
    assert kept == told_yes
    assert await store.writer.run(put("again", "x" * 50_000)) == "again"
    store.close()


async def test_space_that_comes_back_is_used_by_the_same_store(sqlite: TestDatabase) -> None:
    store = open_store(sqlite.url, KEYS)
    await store.writer.run(lambda uow: execute(uow, "PRAGMA max_page_count = 1"))
    pair = store.writer.run_pair(put("small"), lambda uow, _: put("big", "x" * 900_000)(uow), lambda *_: None)
    result = await pair
    assert result.first == "small"
    assert isinstance(result.error, StorageError)
    assert result.told is False
    await store.writer.run(lambda uow: execute(uow, "PRAGMA max_page_count = 100000"))
    assert await store.writer.run(put("big", "x" * 900_000)) == "big"
    assert [mark is not None for mark in marks(store, "small", "big")] == [True, True]
    store.close()


def test_an_error_of_the_database_that_a_unit_swallows_is_no_success(sqlite: TestDatabase) -> None:
    store = open_store(sqlite.url, KEYS)

    def careless(uow: UnitOfWork) -> str:
        execute(uow, "PRAGMA max_page_count = 1")
        with suppress(sqlite3.OperationalError):
            uow.marks.put("lost", "x" * 900_000)
        return "never mind"

    with pytest.raises(StorageError):
        store.writer.run_sync(careless)
    assert marks(store, "lost") == [None]
    store.close()


async def test_a_connection_that_breaks_is_made_anew_and_the_units_run_again(postgresql: TestDatabase) -> None:
    store = open_store(postgresql.url, KEYS)
    calls: list[int] = []

    def unit(uow: UnitOfWork) -> str:
        calls.append(1)
        uow.marks.put("a", "1")
        if len(calls) == 1:
            own = cast(SqlUnitOfWork, uow).db.execute("SELECT pg_backend_pid()")[0][0]
            postgresql.run(f"SELECT pg_terminate_backend({own}, 5000)")
        uow.marks.put("b", "1")
        return "done"

    assert await store.writer.run(unit) == "done"
    assert len(calls) == 2
    assert marks(store, "a", "b") == ["1", "1"]
    store.close()


def break_the_first_commit(postgresql: TestDatabase) -> None:
    """The server ends the connection in the midst of the first commit that notes something in the audit."""
    postgresql.run("CREATE SEQUENCE commits")
    postgresql.run(
        "CREATE FUNCTION break_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF nextval('commits') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NULL; END $$"
    )
    postgresql.run(
        "CREATE CONSTRAINT TRIGGER breaks AFTER INSERT ON audit DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION break_once()"
    )


async def test_a_connection_that_breaks_at_the_commit_is_asked_about_and_the_unit_run_again(
    postgresql: TestDatabase,
) -> None:
    store = open_store(postgresql.url, KEYS)
    break_the_first_commit(postgresql)
    await store.writer.run(lambda uow: uow.audit.add(NOW, "li", "export", "W1"))
    assert postgresql.run("SELECT last_value FROM commits") == [(2,)]
    assert store.read_sync(lambda uow: len(uow.audit.entries(10))) == 1
    store.close()


async def test_it_is_asked_about_its_own_commit_and_none_before_it(postgresql: TestDatabase) -> None:
    store = open_store(postgresql.url, KEYS)
    break_the_first_commit(postgresql)

    def audited(uow: UnitOfWork) -> None:
        uow.audit.add(NOW, "li", "export", "W1")
        uow.marks.get("a")

    await store.writer.run(put("a"))
    await store.writer.run(audited)
    assert store.read_sync(lambda uow: len(uow.audit.entries(10))) == 1
    store.close()


def test_a_commit_in_doubt_is_what_the_server_says(postgresql: TestDatabase) -> None:
    open_store(postgresql.url, KEYS).close()
    address = read_url(postgresql.url)
    session = Session(lambda: open_postgresql(address), POSTGRESQL, Crypt(KEYS))
    numbers = []
    for end in (session.commit, session.rollback):
        session.begin()
        session.uow.marks.put("a", "1")
        numbers.append(session.db.execute("SELECT pg_current_xact_id()::text")[0][0])
        end()
    session.ask_about(numbers[0], OSError("gone"))  # committed: nothing to complain of
    with pytest.raises(Fault, match="nothing was committed"):
        session.ask_about(numbers[1], OSError("gone"))
    session.close()


async def test_a_server_that_is_gone_refuses_all_at_once_and_heals_when_it_is_back(postgresql: TestDatabase) -> None:
    store = open_store(postgresql.url, KEYS)
    name = postgresql.url.partition("?")[0].rpartition("/")[2]
    server = TestDatabase("postgresql", postgresql.url.replace(f"/{name}", "/postgres", 1))
    server.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    server.run(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'")
    units = [store.writer.run(put(f"m{n}")) for n in range(30)]
    results = await asyncio.gather(*units, return_exceptions=True)
    assert all(isinstance(result, StorageError) for result in results)
    server.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert await store.writer.run(put("back")) == "back"
    assert marks(store, "m0", "back") == [None, "1"]
    store.close()


async def test_locks_taken_crosswise_are_sorted_out(postgresql: TestDatabase) -> None:
    store, replica = open_store(postgresql.url, KEYS), open_store(postgresql.url, KEYS)
    first, second = await store.writer.run(lambda uow: (opened(uow), opened(uow)))
    both = threading.Barrier(2)

    def unit(where: Store, one: int, other: int, name: str) -> str:
        tries: list[int] = []

        def crosswise(uow: UnitOfWork) -> str:
            tries.append(1)
            for step, number in enumerate((one, other)):
                if step and len(tries) == 1:
                    both.wait(30)
                ticket = uow.tickets.load(number)
                assert ticket is not None
                event = Event(EventKind.NOTED, NOW, name, {"text": name}, NOW)
                uow.tickets.save(then(ticket, event), [event], None)
            return name

        return where.writer.run_sync(crosswise)

    names = ["a", "b"]
    done = await asyncio.gather(
        asyncio.to_thread(unit, store, first, second, "a"), asyncio.to_thread(unit, replica, second, first, "b")
    )
    assert sorted(done) == sorted(names)
    tickets = store.read_sync(lambda uow: uow.tickets.load_many([first, second]))
    assert all({event.by for event in ticket.events[1:]} == set(names) for ticket in tickets.values())
    store.close()
    replica.close()


async def test_two_replicas_that_append_to_one_ledger_make_one_chain(postgresql: TestDatabase) -> None:
    from sla.ledger import verify
    from tests.storage.test_record import entry

    store, replica = open_store(postgresql.url, KEYS), open_store(postgresql.url, KEYS)
    writers = (store.writer, replica.writer)
    await asyncio.gather(*(writers[n % 2].run(lambda uow: uow.ledger.append([entry()])) for n in range(60)))
    replica.close()
    entries = store.read_sync(lambda uow: list(uow.ledger.all()))
    assert len(entries) == 60
    assert verify(entries) == ""
    store.close()


def test_a_second_process_is_refused_until_the_first_is_killed(sqlite: TestDatabase) -> None:
    victim = _victim(sqlite)
    assert victim.stdout is not None
    victim.stdout.readline()  # it runs
    with pytest.raises(StorageError, match=r"wardline\.sqlite3 is in use by another wardline process"):
        open_store(sqlite.url, KEYS)
    beside = open_store(sqlite.url, KEYS, alone=False)
    assert beside.writer.run_sync(put("beside")) == "beside"
    beside.close()
    _kill(victim)
    store = open_store(sqlite.url, KEYS)
    assert marks(store, "beside") == ["1"]
    store.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_killed_process_keeps_what_it_said_yes_to(kind: str, request: pytest.FixtureRequest) -> None:
    database: TestDatabase = request.getfixturevalue(kind)
    told: set[int] = set()
    for round_ in range(KILLS):
        victim = _victim(database, len(told) * 10)
        assert victim.stdout is not None
        told |= {int(victim.stdout.readline()) for _ in range(20 + 37 * round_)}
        rest = _kill(victim)
        told |= {int(line) for line in rest.splitlines(keepends=True) if line.endswith("\n")}
    store = open_store(database.url, KEYS)
    halves = [marks(store, f"first {n}", f"second {n}") for n in sorted(told)]
    assert halves == [["1", "1"]] * len(told)
    counted = database.run("SELECT count(*) FROM marks WHERE name LIKE 'first %'")[0][0]
    assert counted == database.run("SELECT count(*) FROM marks WHERE name LIKE 'second %'")[0][0]
    store.close()


def _victim(database: TestDatabase, start: int = 0) -> "subprocess.Popen[str]":
    arguments = [sys.executable, "-m", "tests.storage.victim", database.url, str(start)]
    environment = os.environ | {"VICTIM_KEYS": KEYS}
    return subprocess.Popen(arguments, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def _kill(victim: "subprocess.Popen[str]") -> str:
    victim.send_signal(signal.SIGKILL)
    rest, _ = victim.communicate(timeout=30)
    assert victim.returncode == -signal.SIGKILL
    return rest
