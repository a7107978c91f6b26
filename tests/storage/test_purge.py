"""Files and marks that go when they are old: those alone, the oldest first, and whole."""

from datetime import datetime, timedelta
from functools import partial

from storage.base import OldFile, UnitOfWork
from storage.writer import Store, open_store
from tests.storage.made import NOW
from tests.support.databases import KEYS, TestDatabase

RAW, OTHER = "message/rfc822; raw", "application/pdf"


def test_files_of_one_type_go_by_their_age(store: Store) -> None:
    ages = (3, 1, 4, 2)
    refs = store.writer.run_sync(
        lambda uow: [
            uow.files.add(f"{kind} {age}", kind, b"x", NOW - timedelta(days=age))
            for kind in (RAW, OTHER)
            for age in ages
        ]
    )

    def left() -> list[str]:
        found = store.read_sync(lambda uow: [uow.files.get(ref) for ref in refs])
        return [each[0] for each in found if each and each[1] == RAW]

    before = NOW - timedelta(days=1)
    assert store.writer.run_sync(lambda uow: uow.files.purge(RAW, before, 2)) == 2
    assert left() == [f"{RAW} 1", f"{RAW} 2"]
    assert store.writer.run_sync(lambda uow: uow.files.purge(RAW, before, 2)) == 1
    assert store.writer.run_sync(lambda uow: uow.files.purge(RAW, before, 2)) == 0
    assert left() == [f"{RAW} 1"]
    assert store.read_sync(lambda uow: [uow.files.get(ref) is not None for ref in refs[4:]]) == [True] * 4
    another = store.writer.run_sync(lambda uow: uow.files.add("later", RAW, b"y", NOW))
    assert another not in refs


def test_old_files_of_a_type_are_looked_through_and_let_go_one_by_one(store: Store) -> None:
    names = [f"{number}.eml" for number in range(5)]

    def add(uow: UnitOfWork) -> None:
        for name in names:
            uow.files.add(name, OTHER, b"x", NOW - timedelta(days=2))
        uow.files.add("new", OTHER, b"x", NOW)
        uow.files.add("raw", RAW, b"x", NOW - timedelta(days=2))

    store.writer.run_sync(add)
    found, last = dict[str, str](), (NOW - timedelta(days=9), "")
    while page := store.writer.run_sync(partial(older, after=last)):
        assert len(page) <= 2
        found |= {file.name: file.ref for file in page}
        last = page[-1].at, page[-1].ref
    assert sorted(found) == names
    assert store.writer.run_sync(partial(older, after=(NOW - timedelta(days=2), "")))
    assert not store.writer.run_sync(partial(older, after=(NOW - timedelta(days=1, hours=23), "")))
    store.writer.run_sync(lambda uow: uow.files.remove(found["3.eml"]))
    store.writer.run_sync(lambda uow: uow.files.remove("never there"))
    kept = store.read_sync(lambda uow: {name for name, ref in found.items() if uow.files.get(ref)})
    assert kept == {*names} - {"3.eml"}


def test_they_are_found_the_oldest_first(store: Store) -> None:
    def add(uow: UnitOfWork) -> list[OldFile]:
        for days in (3, 2, 5, 4, 2):
            uow.files.add(str(days), OTHER, b"x", NOW - timedelta(days=days))
        return [*uow.files.older(OTHER, NOW, (NOW - timedelta(days=4), ""), 9)]

    found = store.writer.run_sync(add)
    assert [file.name for file in found] == ["4", "3", "2", "2"]
    assert [NOW - file.at for file in found] == [timedelta(days=days) for days in (4, 3, 2, 2)]


def older(uow: UnitOfWork, after: tuple[datetime, str]) -> list[OldFile]:
    return list(uow.files.older(OTHER, NOW - timedelta(days=1), after, 2))


def test_marks_are_found_by_how_they_begin(store: Store) -> None:
    names = [f"mail:to:{number:02}" for number in range(7)]
    others = ["mail:t", "mail:too", "mail:to", "mail%to:1", "nail:to:1", "mail:tp:1"]

    def put(uow: UnitOfWork) -> None:
        for name in (*others, *names):
            uow.marks.put(name, f"v {name}")

    store.writer.run_sync(put)
    found, last = list[tuple[str, str]](), ""
    while page := store.read_sync(partial(some, after=last)):
        assert len(page) <= 3
        found += page
        last = page[-1][0]
    assert sorted(found) == [(name, f"v {name}") for name in names]
    store.writer.run_sync(lambda uow: uow.marks.remove(names[0]))
    store.writer.run_sync(lambda uow: uow.marks.remove("never there"))
    assert store.read_sync(lambda uow: (uow.marks.get(names[0]), uow.marks.get(names[1]))) == (None, f"v {names[1]}")


def some(uow: UnitOfWork, after: str) -> list[tuple[str, str]]:
    return list(uow.marks.named("mail:to:", after, 3))


def test_old_files_are_found_by_the_index(sqlite: TestDatabase) -> None:
    """Where the instant stands behind the bytes, a look through the table would read every file."""
    open_store(sqlite.url, KEYS).close()
    asked = "EXPLAIN QUERY PLAN SELECT ref FROM files WHERE type = 'x' AND at < 5 ORDER BY at LIMIT 9"
    plan = " ".join(map(str, sqlite.run(asked)))
    assert "files_at" in plan
    assert "TEMP B-TREE" not in plan
    asked = "SELECT at, ref, name FROM files WHERE type = 'x' AND at < 5 AND at >= 3 AND (at > 3 OR ref > 'r')"
    plan = " ".join(map(str, sqlite.run(f"EXPLAIN QUERY PLAN {asked} ORDER BY at, ref LIMIT 9")))
    assert "files_at (type=? AND at>? AND at<?)" in plan
