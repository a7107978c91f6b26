"""待发箱: claimed under a lease, marked by whoever holds it, every attempt on record."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sla.message import Address, Attachment, Button, Purpose
from storage.base import Earlier, OutboxRow
from storage.writer import Store
from tests.storage.made import NOW, after, notice
from tests.support.databases import TestDatabase

P = Purpose


def add(store: Store, *notices: object, at: datetime = NOW) -> None:
    """Keep notices."""
    # a tuple or a list, both are iterable
    store.writer.run_sync(lambda uow: uow.outbox.add(notices, at))  # type: ignore[arg-type]


def claim(
    store: Store, now: datetime = NOW, limit: int = 10, channels: Sequence[str] = ("telegram",), owner: str = "a"
) -> Sequence[OutboxRow]:
    """Lease for a minute."""
    return store.writer.run_sync(
        lambda uow: uow.outbox.claim(owner, now, now.replace(minute=now.minute + 1), limit, channels)
    )


def test_a_notice_comes_back_as_it_was(store: Store) -> None:
    kept = notice(ticket=4, not_before=NOW)
    add(store, kept)
    (row,) = claim(store)
    assert row.notice == kept
    assert (row.created_at, row.state, row.tries, row.position, row.fence) == (NOW, "waiting", 0, 0, 1)
    assert row.address == Address("telegram", "9")


def test_files_stay_with_their_notice(store: Store) -> None:
    files = (Attachment("方案.pdf", "application/pdf", 9, ref="f1"), Attachment("b", "?", 9, refused="type"))
    kept = replace(notice(), attachments=files)
    add(store, kept)
    assert [row.notice for row in claim(store)] == [kept]


def test_the_same_key_is_one_notice(store: Store) -> None:
    add(store, notice("k"), notice("k"), notice("l"))
    add(store, notice("k", P.INFO))
    assert [row.notice.key for row in claim(store)] == ["k", "l"]


def test_pages_first_then_oldest_within_the_limit(store: Store) -> None:
    add(store, notice("1", P.INFO), notice("2", P.REMINDER), notice("3", P.PAGE), notice("4", P.PAGE))
    assert [row.notice.key for row in claim(store, limit=3)] == ["3", "4", "1"]
    assert [row.notice.key for row in claim(store)] == ["2"]


def test_several_channels_are_claimed_in_one_go_each_within_its_own_limit(store: Store) -> None:
    mails = [notice(f"m{n}", addresses=(Address("mail", f"{n}@x"),)) for n in range(3)]
    add(store, notice("t1", P.INFO), notice("t2"), *mails, notice("w", addresses=(Address("wecom", "9"),)))
    wanted = [(5, ["telegram"]), (2, ["mail"]), (5, ["webchat", "wechat"]), (0, ["wecom"])]
    until = after(seconds=60)
    rows = store.writer.run_sync(lambda uow: uow.outbox.claim_each("a", NOW, until, wanted))
    assert [(row.notice.key, row.fence) for row in rows] == [("t2", 1), ("t1", 1), ("m0", 1), ("m1", 1)]
    again = store.writer.run_sync(lambda uow: uow.outbox.claim_each("b", NOW, until, wanted))
    assert [row.notice.key for row in again] == ["m2"]


def test_of_several_that_were_sent_those_whose_lease_was_lost_are_not_marked(store: Store) -> None:
    add(store, notice("lost"), notice("held"), notice("dropped", ticket=7))
    lost, held, dropped = claim(store)
    store.writer.run_sync(lambda uow: uow.outbox.drop(7, [P.PAGE], NOW))
    late = after(minutes=2)  # the leases ran out
    taken_over = {row.notice.key: row for row in claim(store, late, owner="b")}
    held = taken_over["held"]
    sent = [(lost, late, "p1"), (held, late, "p2"), (dropped, late, "p3")]
    assert list(store.writer.run_sync(lambda uow: uow.outbox.all_sent(sent))) == [False, True, True]
    there = store.writer.run_sync(lambda uow: uow.outbox.to_address(Address("telegram", "9"), 0, 10))
    assert [(row.notice.key, row.sent_at, row.tries) for row in there] == [("held", late, 1), ("dropped", late, 1)]
    assert store.writer.run_sync(lambda uow: uow.outbox.earlier(held.id)) == Earlier("p2", held.notice)
    assert not store.writer.run_sync(lambda uow: uow.outbox.all_sent([]))


def test_what_is_sent_by_being_marked_is_taken_once_and_on_record(store: Store, database: TestDatabase) -> None:
    add(store, notice("1", P.INFO), notice("2"), notice("3", P.INFO), notice("later", not_before=after(minutes=5)))
    (old,) = claim(store, limit=1)
    late = after(minutes=2)  # the lease ran out before it was marked
    taken = store.writer.run_sync(lambda uow: uow.outbox.take(late, 10, ("telegram",)))
    assert [(row.notice.key, row.state, row.sent_at) for row in taken] == [(k, "sent", late) for k in ("2", "1", "3")]
    assert store.writer.run_sync(lambda uow: uow.outbox.take(late, 10, ("telegram",))) == []
    assert not store.writer.run_sync(lambda uow: uow.outbox.sent(old, late, "other"))
    named = store.writer.run_sync(lambda uow: uow.outbox.to_address(Address("telegram", "9"), 0, 10))
    assert [row.id for row in named] == sorted(row.id for row in taken)
    assert database.run("SELECT provider_id FROM outbox WHERE state = 'sent' ORDER BY id") == [
        (str(row.id),) for row in named
    ]
    assert [result for (result,) in database.run("SELECT result FROM attempts ORDER BY id")][:3] == ["delivered"] * 3


def test_many_notices_keep_their_order(store: Store) -> None:
    add(store, *(notice(str(n)) for n in range(50)))
    assert [row.notice.key for row in claim(store, limit=100)] == [str(n) for n in range(50)]


def test_only_channels_that_work_and_only_when_it_is_time(store: Store) -> None:
    add(store, notice("mail", addresses=(Address("mail", "x"),)), notice("later", not_before=after(minutes=5)))
    assert claim(store) == []
    assert [row.notice.key for row in claim(store, channels=("mail", "web", "wecom"))] == ["mail"]
    assert [row.notice.key for row in claim(store, now=after(minutes=5))] == ["later"]
    assert claim(store, channels=()) == []


def test_a_lease_that_ran_out_is_taken_over_and_the_late_worker_refused(store: Store) -> None:
    add(store, notice())
    (early,) = claim(store)
    assert claim(store, now=after(seconds=30), owner="b") == []
    (late,) = claim(store, now=after(minutes=2), owner="b")
    assert (early.fence, late.fence) == (1, 2)
    assert store.writer.run_sync(lambda uow: uow.outbox.sent(early, after(minutes=2), "5")) is False
    assert store.writer.run_sync(lambda uow: uow.outbox.failed(early, NOW, "not_sent", "x", NOW, 0)) is False
    assert store.writer.run_sync(lambda uow: uow.outbox.sent(late, after(minutes=3), "6")) is True
    assert store.writer.run_sync(lambda uow: uow.outbox.ticket_of(Address("telegram", "9"), "5")) is None


def test_a_failed_attempt_is_tried_again_on_the_next_address(store: Store, database: TestDatabase) -> None:
    add(store, notice(ticket=3))
    (row,) = claim(store)
    retry = after(minutes=2)
    assert store.writer.run_sync(lambda uow: uow.outbox.failed(row, NOW, "refused", "blocked", retry, 1))
    assert store.writer.run_sync(lambda uow: uow.outbox.next_at()) == retry
    assert claim(store, now=retry) == []
    (second,) = claim(store, now=retry, channels=("mail",))
    assert (second.tries, second.position, second.address) == (1, 1, Address("mail", "li@x"))
    assert store.writer.run_sync(lambda uow: uow.outbox.sent(second, retry, "<1@x>"))
    assert store.writer.run_sync(lambda uow: uow.outbox.ticket_of(Address("mail", "li@x"), "<1@x>")) == 3
    tried = database.run("SELECT result, reason, channel, address FROM attempts ORDER BY id")
    assert tried == [("refused", "blocked", "telegram", "9"), ("delivered", "", "mail", "li@x")]


def test_what_is_given_up_is_a_dead_letter(store: Store) -> None:
    add(store, notice("1"), notice("2"), notice("3", addresses=()))
    first, second = claim(store)
    store.writer.run_sync(lambda uow: uow.outbox.failed(first, NOW, "refused", "gone", None, 0))
    store.writer.run_sync(lambda uow: uow.outbox.failed(second, NOW, "unknown", "timeout", None, 0))
    dead = store.writer.run_sync(lambda uow: uow.outbox.dead(10))
    assert [(row.notice.key, row.state) for row in dead] == [("1", "dead"), ("2", "unknown"), ("3", "dead")]
    assert store.writer.run_sync(lambda uow: uow.outbox.next_at()) is None


def test_dropped_is_what_nobody_needs_any_more(store: Store) -> None:
    add(store, notice("1", ticket=1), notice("2", P.INFO, ticket=1), notice("3", ticket=2))
    add(store, notice("4", ticket=1, person="wu"), notice("5", P.REMINDER, ticket=1, person="wu"))
    dropped = store.writer.run_sync(lambda uow: uow.outbox.drop(1, ["page", "reminder"], NOW, "wu"))
    assert dropped == 2
    assert store.writer.run_sync(lambda uow: uow.outbox.drop(1, ["page"], NOW)) == 1
    assert [row.notice.key for row in claim(store)] == ["3", "2"]


def test_only_the_notices_of_one_step_are_dropped(store: Store) -> None:
    keys = ("1:remind/1/fix_by_plan/1/60:li", "1:remind/1/fixxby/1/60:li", "1:remind/1/fix_by_plan/1/600:li")
    add(store, *(notice(key, P.REMINDER, ticket=1) for key in keys), notice(keys[0] + "2", P.PAGE, ticket=1))
    dropped = store.writer.run_sync(
        lambda uow: uow.outbox.drop(1, ["reminder"], NOW, begins="1:remind/1/fix_by_plan/1/60:")
    )
    assert dropped == 1
    assert [row.notice.key for row in claim(store)] == [keys[0] + "2", keys[1], keys[2]]


def test_dropped_under_way_is_still_sent_but_not_tried_again(store: Store) -> None:
    add(store, notice("1", ticket=1), notice("2", ticket=1))
    first, second = claim(store)
    store.writer.run_sync(lambda uow: uow.outbox.drop(1, ["page"], NOW))
    assert store.writer.run_sync(lambda uow: uow.outbox.sent(first, NOW, "8")) is True
    assert store.writer.run_sync(lambda uow: uow.outbox.failed(second, NOW, "not_sent", "x", NOW, 0)) is False
    assert store.writer.run_sync(lambda uow: uow.outbox.ticket_of(Address("telegram", "9"), "8")) == 1
    assert claim(store, now=after(minutes=9)) == []


def test_when_to_look_next_and_how_late_it_is(store: Store) -> None:
    assert store.writer.run_sync(lambda uow: (uow.outbox.next_at(), uow.outbox.lag(NOW))) == (None, 0)
    add(store, notice("1"), notice("2", not_before=after(minutes=3)))
    assert store.writer.run_sync(lambda uow: uow.outbox.lag(after(seconds=2.5))) == 2.5
    claim(store)
    assert store.writer.run_sync(lambda uow: uow.outbox.next_at()) == after(minutes=1)
    assert store.writer.run_sync(lambda uow: uow.outbox.lag(after(seconds=30))) == 0


def test_what_an_address_was_sent(store: Store) -> None:
    add(store, *(notice(str(n)) for n in range(4)))
    rows = claim(store)
    for row in rows[:3]:
        # mypy infers no lambda with defaults
        store.writer.run_sync(lambda uow, row=row: uow.outbox.sent(row, NOW, str(row.id)))  # type: ignore[misc]
    here = Address("telegram", "9")
    latest = store.writer.run_sync(lambda uow: uow.outbox.to_address(here, 0, 2))
    assert [row.notice.key for row in latest] == ["1", "2"]
    since = store.writer.run_sync(lambda uow: uow.outbox.to_address(here, rows[0].id, 10))
    assert [(row.notice.key, row.state, row.sent_at) for row in since] == [("1", "sent", NOW), ("2", "sent", NOW)]


def test_what_stands_is_what_was_sent_with_buttons_and_is_not_changed_yet(store: Store) -> None:
    buttons = ((Button("接单", "ack:1"),),)
    add(store, replace(notice("too-old", ticket=1), buttons=buttons), at=NOW - timedelta(days=4))
    add(
        store,
        replace(notice("page", ticket=1), buttons=buttons),
        replace(notice("bare", ticket=1), buttons=()),
        replace(notice("other-ticket", ticket=2), buttons=buttons),
        replace(notice("elsewhere", ticket=1), buttons=buttons, addresses=(Address("wecom", "li"),)),
        replace(notice("dropped", P.REMINDER, ticket=1), buttons=buttons),
        replace(notice("under-way", ticket=1), buttons=buttons),
    )
    rows = {row.notice.key: row for row in claim(store, channels=("telegram", "wecom"))}
    add(store, replace(notice("untried", ticket=1), buttons=buttons))
    store.writer.run_sync(lambda uow: uow.outbox.drop(1, ("reminder",), NOW))
    for key in rows.keys() - {"under-way", "dropped"}:
        # mypy infers no lambda with defaults
        assert store.writer.run_sync(lambda uow, key=key: uow.outbox.sent(rows[key], NOW, f"m-{key}"))  # type: ignore[misc]

    def standing() -> dict[str, str]:
        since = NOW - timedelta(days=3)
        found = store.writer.run_sync(lambda uow: uow.outbox.standing(1, since))
        return {row.notice.key: row.state for row in found}

    assert standing() == {"page": "sent", "elsewhere": "sent", "under-way": "waiting"}
    change = replace(notice("change", P.INFO, ticket=1), buttons=(), changes=rows["page"].id, settles="李工已接单")
    add(store, change)
    (row,) = [row for row in claim(store) if row.notice.key == "change"]
    assert row.notice == change
    assert standing() == {"elsewhere": "sent", "under-way": "waiting", "untried": "waiting"}  # it is tried now


def test_the_message_of_a_row_is_known_once_it_was_sent(store: Store) -> None:
    add(store, notice("page"))
    (row,) = claim(store)
    assert store.writer.run_sync(lambda uow: uow.outbox.earlier(row.id)) is None
    store.writer.run_sync(lambda uow: uow.outbox.sent(row, NOW, "m-1"))
    assert store.writer.run_sync(lambda uow: uow.outbox.earlier(row.id)) == Earlier("m-1", row.notice)


def test_what_waited_for_another_goes_when_that_has_arrived_but_not_while_it_is_tried(store: Store) -> None:
    later = after(minutes=5)
    add(store, notice("held", not_before=later), notice("other", not_before=later), notice("going"))
    claim(store)
    for key in ("held", "going", "nobody's"):
        # mypy infers no lambda with defaults
        store.writer.run_sync(lambda uow, key=key: uow.outbox.hasten(key, NOW))  # type: ignore[misc]
    assert [row.notice.key for row in claim(store)] == ["held"]
    assert [row.notice.key for row in claim(store, later)] == ["held", "other", "going"]  # the leases have ended
