"""Keys are rotated: every stored text goes over to the new key, and the old one is needed no more."""

from pathlib import Path

import pytest

from bot.__main__ import main
from sla.message import Address
from storage import rekey
from storage.base import Draft, UnitOfWork
from storage.crypt import KeyProblem, generate_key
from storage.writer import open_store
from tests.storage.made import NOW, after, message, notice, opened
from tests.support.databases import TestDatabase

OLD, NEW = generate_key("old"), generate_key("new")
SECRET = "患者王小明的报告"
TEXTS = 8


def everything(uow: UnitOfWork) -> None:
    """Something in every column that holds texts."""
    uow.inbox.add(message("1", text=SECRET), NOW)
    opened(uow, text=SECRET)
    uow.outbox.add([notice("n"), notice("m")], NOW)
    uow.drafts.put(Address("telegram", "5"), Draft("which", {"text": SECRET}, after(hours=1)))
    uow.files.add(SECRET, "text/plain", SECRET.encode(), NOW)
    uow.versions.add("v", {"people.toml": SECRET}, NOW)


def rotated(database: TestDatabase, ring: str, most: int) -> tuple[str, ...]:
    """Rotate to the first key of the ring, `most` texts at once; the keys that were forgotten."""
    store = open_store(database.url, ring)
    try:
        while store.writer.run_sync(lambda uow: rekey.encrypt_anew(uow, most)):
            pass
        return store.writer.run_sync(rekey.forget_other_keys)
    finally:
        store.close()


@pytest.mark.parametrize("most", [1, 3, 500])
def test_after_a_rotation_the_old_key_is_needed_no_more(database: TestDatabase, most: int) -> None:
    store = open_store(database.url, OLD)
    store.writer.run_sync(everything)
    assert store.writer.run_sync(rekey.count_by_key) == {"old": TEXTS}
    store.close()
    assert rotated(database, f"{NEW},{OLD}", most) == ("old",)
    store = open_store(database.url, NEW)
    assert store.writer.run_sync(rekey.count_by_key) == {"new": TEXTS}
    kept = store.writer.run_sync(lambda uow: uow.tickets.load(1))
    assert kept is not None
    assert kept.text == SECRET
    draft = store.writer.run_sync(lambda uow: uow.drafts.get(Address("telegram", "5"), NOW))
    assert draft is not None
    assert draft.data == {"text": SECRET}
    store.close()


def test_stopped_half_way_both_keys_are_needed_and_nothing_is_lost(database: TestDatabase) -> None:
    store = open_store(database.url, OLD)
    store.writer.run_sync(everything)
    store.close()
    store = open_store(database.url, f"{NEW},{OLD}")
    assert store.writer.run_sync(lambda uow: rekey.encrypt_anew(uow, 3)) == 3
    assert store.writer.run_sync(rekey.forget_other_keys) == ()
    assert store.writer.run_sync(rekey.count_by_key) == {"new": 3, "old": TEXTS - 3}
    store.close()
    with pytest.raises(KeyProblem, match='under the key "old", which is not in the ring'):
        open_store(database.url, NEW)
    assert rotated(database, f"{NEW},{OLD}", 500) == ("old",)


def test_what_lay_under_the_old_key_is_gone_from_the_file(sqlite: TestDatabase) -> None:
    store = open_store(sqlite.url, OLD)
    store.writer.run_sync(everything)
    store.close()
    (before,) = (bytes(row[0]) for row in sqlite.run("SELECT payload FROM inbox"))
    rotated(sqlite, f"{NEW},{OLD}", 500)
    raw = b"".join(path.read_bytes() for path in sqlite.file.parent.iterdir())
    assert before[-20:] not in raw


def test_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WARDLINE_KEYS", raising=False)
    data = ("--data", str(tmp_path))
    assert main(["init", str(tmp_path / "config")]) == 0
    assert main(["bindcode", "10001", *data]) == 0  # makes the database
    key_file = tmp_path / "config" / "keys"
    old = key_file.read_text(encoding="ascii")
    assert main(["keys", "new", "--id", "next"]) == 0
    new = capsys.readouterr().out.splitlines()[-1]
    key_file.write_text(f"# newest first\n{new}\n{old}", encoding="ascii")
    store = open_store(f"sqlite:///{tmp_path / 'wardline.sqlite3'}", old)
    store.writer.run_sync(everything)
    assert main(["keys", "rotate", *data]) == 2
    assert "in use by another wardline process" in capsys.readouterr().err
    store.close()
    assert main(["keys", "rotate", *data]) == 0
    assert 'under the key "next"' in capsys.readouterr().out
    key_file.write_text(new, encoding="ascii")
    assert main(["keys", "list", *data]) == 0
    shown = capsys.readouterr().out
    assert f"next: {TEXTS} texts" in shown
    assert new.partition(":")[2] not in shown
    key_file.write_text(old, encoding="ascii")
    assert main(["keys", "list", *data]) == 2
    assert 'the key "next", which is not in the ring' in capsys.readouterr().err
