"""收件箱 and what to look at next."""

from dataclasses import replace
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sla.message import Address
from storage.base import UnitOfWork
from storage.writer import Store
from tests.storage.made import NOW, after, message


def keep(store: Store, key: str, sender: str = "5") -> int:
    """A new row; its id."""
    row = store.writer.run_sync(lambda uow: uow.inbox.add(message(key, sender=sender), NOW))
    assert row is not None
    return row


def test_a_message_comes_back_as_it_came(store: Store) -> None:
    inbound = message()
    row = store.writer.run_sync(lambda uow: uow.inbox.add(inbound, NOW))
    assert row is not None
    found = store.writer.run_sync(lambda uow: uow.inbox.get(row))
    assert found is not None
    assert (found.inbound, found.received_at, found.state, found.reason, found.ticket) == (
        inbound,
        NOW,
        "new",
        "",
        None,
    )
    assert store.writer.run_sync(lambda uow: uow.inbox.get(row + 1)) is None


def test_the_same_key_is_one_message_in_its_channel_only(store: Store) -> None:
    first = store.writer.run_sync(lambda uow: uow.inbox.add(message("k"), NOW))
    again = store.writer.run_sync(lambda uow: uow.inbox.add(message("k", "other words"), NOW))
    elsewhere = store.writer.run_sync(lambda uow: uow.inbox.add(replace(message("k"), channel="webchat"), NOW))
    assert first is not None
    assert again is None
    assert elsewhere not in {None, first}


def test_unhandled_are_the_new_ones_oldest_first(store: Store) -> None:
    rows = [keep(store, key) for key in "abcd"]
    store.writer.run_sync(lambda uow: uow.inbox.done(rows[1], after(seconds=1), 7))
    store.writer.run_sync(lambda uow: uow.inbox.set_aside(rows[2], after(seconds=1), "ValueError"))
    left = store.writer.run_sync(lambda uow: uow.inbox.unhandled(10))
    assert [row.id for row in left] == [rows[0], rows[3]]
    assert [row.id for row in store.writer.run_sync(lambda uow: uow.inbox.unhandled(1))] == [rows[0]]
    done, aside = store.writer.run_sync(lambda uow: [uow.inbox.get(rows[1]), uow.inbox.get(rows[2])])
    assert done is not None
    assert (done.state, done.ticket) == ("done", 7)
    assert aside is not None
    assert (aside.state, aside.reason) == ("aside", "ValueError")


def test_the_latest_of_a_sender_oldest_first(store: Store) -> None:
    for key in ("1", "2", "3"):
        keep(store, key, sender="5")
    keep(store, "4", sender="6")
    found = store.writer.run_sync(lambda uow: uow.inbox.of_sender(Address("telegram", "5"), 2))
    assert [row.inbound.key for row in found] == ["2", "3"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=()), max_size=200))
def test_any_text_is_kept_half_an_emoji_and_nul_as_well(store: Store, text: str) -> None:
    def there_and_back(uow: UnitOfWork) -> str:
        row = uow.inbox.add(message(uuid4().hex, text), NOW)
        found = uow.inbox.get(row or 0)
        assert found is not None
        return found.inbound.text

    assert store.writer.run_sync(there_and_back) == text


def test_watched_is_claimed_when_due_earliest_first(store: Store) -> None:
    def put(uow: UnitOfWork) -> None:
        for minutes in (3, 1, 2):
            uow.watched.put("ticket", str(minutes), after(minutes=minutes))
        uow.watched.put("draft", "a", after(minutes=1.5))

    store.writer.run_sync(put)
    claim = store.writer.run_sync(lambda uow: uow.watched.claim(after(minutes=2), 10))
    assert list(claim) == [("ticket", "1"), ("draft", "a"), ("ticket", "2")]
    assert list(store.writer.run_sync(lambda uow: uow.watched.claim(after(minutes=2), 1))) == [("ticket", "1")]
    drafts = store.writer.run_sync(lambda uow: uow.watched.claim(after(minutes=9), 10, "draft"))
    assert list(drafts) == [("draft", "a")]


def test_watched_moves_and_ends(store: Store) -> None:
    assert store.writer.run_sync(lambda uow: uow.watched.next_look()) is None
    store.writer.run_sync(lambda uow: uow.watched.put("ticket", "1", after(minutes=5)))
    store.writer.run_sync(lambda uow: uow.watched.put("ticket", "1", after(minutes=2)))
    assert store.writer.run_sync(lambda uow: uow.watched.next_look()) == after(minutes=2)
    store.writer.run_sync(lambda uow: uow.watched.put("ticket", "1", None))
    store.writer.run_sync(lambda uow: uow.watched.put("ticket", "never there", None))
    assert store.writer.run_sync(lambda uow: uow.watched.next_look()) is None
