"""wardline backup and restore: a consistent copy while it runs, and back; nothing is ever overwritten."""

import threading
from pathlib import Path

import pytest

from bot.__main__ import main
from storage.backup import back_up, restore
from storage.base import StorageError
from storage.writer import open_store
from tests.storage.test_writer import marks, put
from tests.support.databases import KEYS, TestDatabase


def value(database: TestDatabase) -> str | None:
    """The mark "a" as it is in the file."""
    store = open_store(database.url, KEYS)
    try:
        return marks(store, "a")[0]
    finally:
        store.close()


def test_a_copy_brings_back_what_was_and_keeps_what_was_there_aside(sqlite: TestDatabase, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    store = open_store(sqlite.url, KEYS)
    store.writer.run_sync(put("a", "before"))
    back_up(sqlite.file, copy)
    store.writer.run_sync(put("a", "after"))
    store.close()
    aside = restore(copy, sqlite.file)
    assert value(sqlite) == "before"
    assert aside is not None
    assert value(TestDatabase("sqlite", f"sqlite:///{aside}")) == "after"
    assert restore(copy, sqlite.file) == sqlite.file.with_name("wardline.sqlite3.old-2")
    assert copy.stat().st_mode & 0o077 == 0


def test_a_copy_made_under_writing_is_one_state(sqlite: TestDatabase, tmp_path: Path) -> None:
    store = open_store(sqlite.url, KEYS)
    enough, stop = threading.Event(), threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            text = str(number)
            # mypy infers no lambda with defaults
            store.writer.run_sync(lambda uow, text=text: [uow.marks.put(name, text * 500) for name in "abc"])  # type: ignore[misc]
            if number == 50:
                enough.set()

    writing = threading.Thread(target=write)
    writing.start()
    assert enough.wait(30)
    copies = [tmp_path / f"{n}.db" for n in range(5)]
    for copy in copies:
        back_up(sqlite.file, copy)
    stop.set()
    writing.join()
    store.close()
    for copy in copies:
        opened = open_store(f"sqlite:///{copy}", KEYS)
        assert len(set(marks(opened, "a", "b", "c"))) == 1
        opened.close()


def test_nothing_is_restored_while_it_runs(sqlite: TestDatabase, tmp_path: Path) -> None:
    store = open_store(sqlite.url, KEYS)
    back_up(sqlite.file, tmp_path / "copy.db")
    store.writer.run_sync(put("a", "after"))
    with pytest.raises(StorageError, match="in use by another wardline process"):
        restore(tmp_path / "copy.db", sqlite.file)
    store.close()
    assert value(sqlite) == "after"


def test_a_damaged_or_strange_copy_changes_nothing(sqlite: TestDatabase, tmp_path: Path) -> None:
    store = open_store(sqlite.url, KEYS)
    store.writer.run_sync(put("a", "kept"))
    back_up(sqlite.file, tmp_path / "copy.db")
    store.close()
    damaged = bytearray((tmp_path / "copy.db").read_bytes())
    damaged[8192:40960] = b"\xff" * 32768
    (tmp_path / "damaged.db").write_bytes(damaged)
    (tmp_path / "strange.db").write_bytes(b"hello " * 1000)
    for name, says in (("damaged", "damaged"), ("strange", "could not be copied"), ("missing", "there is no file")):
        with pytest.raises(StorageError, match=says):
            restore(tmp_path / f"{name}.db", sqlite.file)
    assert sorted(path.name for path in sqlite.file.parent.iterdir()) == ["wardline.sqlite3", "wardline.sqlite3.lock"]
    assert value(sqlite) == "kept"


def test_a_backup_overwrites_nothing_and_invents_nothing(sqlite: TestDatabase, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="there is no database"):
        back_up(sqlite.file, tmp_path / "copy.db")
    open_store(sqlite.url, KEYS).close()
    (tmp_path / "copy.db").write_text("mine")
    with pytest.raises(StorageError, match="exists already"):
        back_up(sqlite.file, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "mine"


def test_the_commands_find_the_database_and_say_what_they_did(
    sqlite: TestDatabase, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WARDLINE_DATABASE_URL", raising=False)
    data, copy = str(sqlite.file.parent), str(tmp_path / "copy.db")
    store = open_store(sqlite.url, KEYS)
    store.writer.run_sync(put("a", "before"))
    assert main(["backup", copy, "--data", data]) == 0
    assert main(["restore", copy, "--data", data]) == 2
    assert "in use by another wardline process" in capsys.readouterr().err
    store.writer.run_sync(put("a", "after"))
    store.close()
    assert main(["restore", copy, "--data", data]) == 0
    assert "wardline.sqlite3.old-1" in capsys.readouterr().out
    assert value(sqlite) == "before"


def test_the_commands_follow_the_address_and_leave_postgresql_to_its_tools(
    sqlite: TestDatabase, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_store(sqlite.url, KEYS).close()
    (tmp_path / "wardline.toml").write_text(f'[storage]\nurl = "{sqlite.url}"\n')
    monkeypatch.delenv("WARDLINE_DATABASE_URL", raising=False)
    assert main(["backup", str(tmp_path / "copy.db"), "--config", str(tmp_path)]) == 0
    monkeypatch.setenv("WARDLINE_DATABASE_URL", "postgresql://a:hunter2@b/c")
    assert main(["backup", str(tmp_path / "other.db"), "--config", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert "pg_dump" in said
    assert "hunter2" not in said
