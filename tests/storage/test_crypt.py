"""Texts at rest: unreadable without the key, bound to their column, readable after a key was rotated."""

import base64
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.message import Address
from storage.base import Draft, UnitOfWork
from storage.crypt import Crypt, KeyProblem, generate_key, read_ring
from storage.writer import open_store
from tests.storage.made import NOW, after, message, notice, opened
from tests.support.databases import KEYS, TestDatabase

RING = Crypt(KEYS)
SECRET = "患者王小明身份证110101"


@given(st.binary(max_size=500))
def test_what_is_encrypted_comes_back_and_never_looks_the_same(content: bytes) -> None:
    once, again = RING.encrypt(b"t.c", content), RING.encrypt(b"t.c", content)
    assert once != again
    assert RING.decrypt(b"t.c", once) == content


@given(st.data())
def test_a_changed_bit_is_noticed(data: st.DataObject) -> None:
    stored = bytearray(RING.encrypt(b"t.c", b"content"))
    place = data.draw(st.integers(0, len(stored) - 1))
    stored[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(KeyProblem):
        RING.decrypt(b"t.c", bytes(stored))


def test_bytes_moved_to_another_column_do_not_decrypt() -> None:
    with pytest.raises(KeyProblem, match="another key, or the bytes were changed"):
        RING.decrypt(b"events.data", RING.encrypt(b"inbox.payload", b"x"))


@pytest.mark.parametrize(
    ("ring", "says"),
    [
        ("", "there is no key"),
        ("abc", 'must look like "id:base64"'),
        ("k1:!!!", "no base64"),
        ("k1:" + base64.b64encode(b"short").decode(), "has 5 bytes; 32 are needed"),
        pytest.param(f"{KEYS},{KEYS}", "twice", id="twice"),
    ],
)
def test_a_ring_that_cannot_be_used_says_why_and_shows_no_key(ring: str, says: str) -> None:
    with pytest.raises(KeyProblem, match=says) as raised:
        read_ring(ring)
    assert KEYS.partition(":")[2] not in str(raised.value)


def test_a_ring_in_a_file_may_have_lines_and_comments() -> None:
    text = f"# newest first\n{generate_key('b')}\n{generate_key('a')}\n"
    assert list(read_ring(text)) == ["b", "a"]


def test_a_new_key_in_front_reads_the_old_texts_and_writes_its_own(database: TestDatabase) -> None:
    old, new = generate_key("old"), generate_key("new")
    store = open_store(database.url, old)
    first = store.writer.run_sync(lambda uow: uow.inbox.add(message("1"), NOW)) or 0
    store.close()
    store = open_store(database.url, f"{new},{old}")
    second = store.writer.run_sync(lambda uow: uow.inbox.add(message("2"), NOW)) or 0
    found = [store.writer.run_sync(reader(row)) for row in (first, second)]
    store.close()
    assert found == [message("1"), message("2")]
    names = [bytes(row[0])[2:5] for row in database.run("SELECT payload FROM inbox ORDER BY id")]
    assert names == [b"old", b"new"]


def reader(row: int) -> Callable[[UnitOfWork], object]:
    """A unit that reads a message."""

    def unit(uow: UnitOfWork) -> object:
        found = uow.inbox.get(row)
        return found and found.inbound

    return unit


def test_a_key_that_is_missing_or_another_is_said_at_the_start(database: TestDatabase) -> None:
    open_store(database.url, generate_key("a")).close()
    with pytest.raises(KeyProblem, match='under the key "a", which is not in the ring'):
        open_store(database.url, generate_key("b"))
    with pytest.raises(KeyProblem, match='does not decrypt with the key "a"'):
        open_store(database.url, generate_key("a"))


def test_no_text_can_be_read_in_the_file(sqlite: TestDatabase) -> None:
    def everything(uow: UnitOfWork) -> None:
        uow.inbox.add(message(text=SECRET), NOW)
        opened(uow, text=SECRET)
        uow.outbox.add([notice("n"), notice("m")], NOW)
        uow.drafts.put(Address("telegram", "5"), Draft("which", {"text": SECRET}, after(hours=1)))
        uow.files.add(SECRET, "text/plain", SECRET.encode(), NOW)
        uow.versions.add("v", {"people.toml": SECRET}, NOW)

    store = open_store(sqlite.url, KEYS)
    store.writer.run_sync(everything)
    raw = b"".join(path.read_bytes() for path in sqlite.file.parent.iterdir())
    store.close()
    raw += sqlite.file.read_bytes()
    assert b"smart-hospital" in raw  # the index is readable: this is the right file
    assert not [piece for piece in (SECRET, "王小明", "急诊", "张三", "接单") if piece.encode() in raw]
    assert sqlite.file.stat().st_mode & 0o077 == 0
