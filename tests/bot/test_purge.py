"""What is kept for a while only: raw mails and marks about mails go when they are old, the record stays."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.mailbox.ageing import ASIDE, CAME, CROWD, OLD_RAW, RAW, SENT, USED
from bot.clock import Clock
from bot.purge import FILES_MANY, MARKS_MANY, Purge
from bot.tables.mail import Mail
from storage.base import UnitOfWork
from storage.crypt import generate_key
from storage.writer import Store, open_store
from tests.bot.running import NIGHT, running
from tests.support.databases import KEYS, TestDatabase, database, postgresql, postgresql_server, sqlite

__all__ = ["database", "postgresql", "postgresql_server", "sqlite"]  # fixtures

DAY, KEEP = timedelta(days=1), timedelta(days=90)


class Shelf:
    """A store with mails and marks of several ages, and a clock that is moved."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now, self.steady = NIGHT, 0.0
        clock = Clock(lambda: self.now, lambda: self.steady)
        self.purge = Purge(store.writer.run, KEEP, clock)
        self.refs: dict[str, str] = {}

    def keep(self, name: str, kind: str, age: timedelta) -> None:
        self.refs[name] = self.store.writer.run_sync(lambda uow: uow.files.add(name, kind, b"x", NIGHT - age))

    def note(self, name: str, value: str) -> None:
        self.store.writer.run_sync(lambda uow: uow.marks.put(name, value))

    def files(self) -> set[str]:
        return self.store.read_sync(lambda uow: {name for name, ref in self.refs.items() if uow.files.get(ref)})

    def marks(self, begins: str) -> set[str]:
        return self.store.read_sync(lambda uow: {name for name, _ in uow.marks.named(begins, "", 9999)})


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    store = open_store(f"sqlite:///{tmp_path / 'house.sqlite3'}", generate_key())
    yield Shelf(store)
    store.close()


async def test_raw_mails_go_when_they_are_old_and_nothing_else_does(shelf: Shelf) -> None:
    for number in range(FILES_MANY * 2 + 1):
        shelf.keep(f"old {number}", RAW, KEEP + DAY)
    shelf.keep("new", RAW, KEEP - DAY)
    shelf.keep("plan.pdf", "application/pdf", 9 * KEEP)
    shelf.keep("a mail that was attached", "message/rfc822", 9 * KEEP)
    await shelf.purge.turn()
    assert shelf.files() == {"new", "plan.pdf", "a mail that was attached"}


async def test_raw_mails_of_older_versions_go_as_well_by_their_names(shelf: Shelf) -> None:
    for number in range(FILES_MANY + 1):
        shelf.keep(f"it-7-{number}.eml", OLD_RAW, KEEP + DAY)
    shelf.keep("it-7-99.eml", OLD_RAW, KEEP - DAY)
    for number in range(FILES_MANY + 1):
        shelf.keep(f"转发{number}.eml", OLD_RAW, 9 * KEEP)
    await shelf.purge.turn()
    assert shelf.files() == {"it-7-99.eml", *(f"转发{number}.eml" for number in range(FILES_MANY + 1))}


async def test_forwarded_mails_of_people_are_looked_at_once(database: TestDatabase) -> None:
    """Not every hour anew, nor after a restart: they lie there for good, and become more and more. One whose name
    cannot be read any more shows who looks."""
    with closing(open_store(database.url, KEYS)) as store:
        shelf = Shelf(store)
        for number in range(FILES_MANY + 1):
            shelf.keep(f"转发{number}.eml", OLD_RAW, KEEP + DAY)
        await shelf.purge.turn()
        database.run("UPDATE files SET name = content")
        shelf.keep("it-7-1.eml", OLD_RAW, KEEP - DAY)
        later = Shelf(store)
        later.now = NIGHT + 2 * DAY
        await later.purge.turn()
        assert store.read_sync(lambda uow: uow.files.get(shelf.refs["it-7-1.eml"])) is None
        assert database.run("SELECT count(*) FROM files") == [(FILES_MANY + 1,)]


async def test_marks_go_when_what_they_say_is_old(shelf: Shelf) -> None:
    old, new = ((NIGHT - KEEP - sign * DAY).isoformat() for sign in (1, -1))
    never = NIGHT.min.replace(tzinfo=NIGHT.tzinfo).isoformat()
    for number in range(MARKS_MANY + 1):
        shelf.note(f"{SENT}{number:04}", json.dumps([old, 3, old]))
    kept = {
        f"{SENT}a": json.dumps([old, 3, new]),
        f"{SENT}b": json.dumps([new, 0, never]),
        f"{SENT}c": "of another version",
        f"{CAME}a": json.dumps(["his", new]),
        f"{USED}a": (NIGHT - 7 * DAY).isoformat(),
        "mail:aside": "[]",
        "mail:it": json.dumps([1, 2, old]),
    }
    hour = int(NIGHT.timestamp()) // 3600
    kept |= {f"{CROWD}{hour - 40}": "[]", f"{ASIDE}:it-7-3": json.dumps(["it-7-3", "ref", "why", new])}
    gone = {f"{CROWD}{hour - 60}": "[]", f"{ASIDE}:it-7-2": json.dumps(["it-7-2", "ref", "why", old])}
    gone |= {f"{CAME}b": json.dumps(["his", old]), f"{USED}b": (NIGHT - 8 * DAY).isoformat()}
    for name, value in (kept | gone).items():
        shelf.note(name, value)
    await shelf.purge.turn()
    assert shelf.marks("mail:") == set(kept)


async def test_it_is_done_once_an_hour(shelf: Shelf) -> None:
    assert await shelf.purge.turn() == timedelta(hours=1)
    shelf.keep("old", RAW, KEEP + DAY)
    shelf.steady = 600.0
    assert await shelf.purge.turn() == timedelta(minutes=50)
    assert shelf.files() == {"old"}
    shelf.steady = 3600.0
    await shelf.purge.turn()
    assert shelf.files() == set()


async def test_a_running_bot_lets_them_go(tmp_path: Path) -> None:
    async with running(tmp_path, mail=Mail(keep_raw=timedelta(days=30))) as bot:
        store, now = bot.app.store, bot.moved.clock.now()

        def add(uow: UnitOfWork) -> list[str]:
            return [uow.files.add("1.eml", RAW, b"x", now - timedelta(days=age)) for age in (29, 31)]

        refs = await store.writer.run(add)
        bot.moved.steady_offset += 3601
        await next(loop for loop in bot.app.loops if loop.name == "purge").once()
        found = await store.read(lambda uow: [uow.files.get(ref) is not None for ref in refs])
    assert found == [True, False]
