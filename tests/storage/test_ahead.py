"""What is asked for ahead is the same answer, sooner; and never an older one than who changed or locked something since
may be given."""

from collections.abc import Callable

import pytest

from sla.fold import then
from sla.ticket import Event, EventKind, Ticket
from storage.base import OutboxRow, UnitOfWork
from storage.writer import Store, open_store
from tests.storage.made import NOW, NURSE, after, message, notice, opened
from tests.storage.test_pipeline import pipelined, together
from tests.storage.test_writer import marks, put
from tests.support.databases import KEYS, TestDatabase

__all__ = ["pipelined"]


def note(uow: UnitOfWork, by: str) -> None:
    """An event on the nurse's ticket."""
    ticket = uow.tickets.open_of(NURSE)[0]
    event = Event(EventKind.NOTED, NOW, by, {"text": by}, NOW)
    uow.tickets.save(then(ticket, event), [event], None)


def authors(uow: UnitOfWork) -> list[str]:
    """Who wrote on the nurse's ticket."""
    return [event.by for event in uow.tickets.open_of(NURSE)[0].events[1:]]


def test_what_was_asked_ahead_answers_as_it_would_have_and_other_questions_as_ever(store: Store) -> None:
    def unit(uow: UnitOfWork) -> list[object]:
        number = opened(uow)
        uow.marks.put("a", "1")
        uow.ahead(
            lambda: uow.tickets.lately(NURSE, 5),
            lambda: uow.tickets.open_of(NURSE),
            lambda: uow.marks.get("none"),
            uow.tickets.next_number,
            lambda: None,
        )
        return [
            uow.marks.get("a"),
            uow.marks.get("none"),
            [ticket.number - number for ticket in uow.tickets.open_of(NURSE)],
            [ticket.number - number for ticket in uow.tickets.lately(NURSE, 5)],
            [ticket.number - number for ticket in uow.tickets.lately(NURSE, 1)],
            uow.tickets.next_number() - number,
            uow.tickets.next_number() - number,
        ]

    assert store.writer.run_sync(unit) == ["1", None, [0], [0], [0], 1, 2]


def test_what_is_changed_after_the_question_is_in_the_answer(store: Store) -> None:
    def unit(uow: UnitOfWork) -> list[object]:
        opened(uow)
        found: list[object] = []
        for change in (
            lambda: note(uow, "li"),
            lambda: uow.marks.put("a", "1"),
            lambda: uow.marks.keep("b", "1"),
            lambda: uow.inbox.add(message(), NOW),
        ):
            uow.ahead(
                lambda: uow.tickets.open_of(NURSE),
                lambda: uow.marks.get("a"),
                lambda: uow.marks.get("b"),
                lambda: uow.inbox.unhandled(9),
            )
            change()
            found.append((authors(uow), uow.marks.get("a"), uow.marks.get("b"), len(uow.inbox.unhandled(9))))
        return found

    li = ["li"]
    assert store.writer.run_sync(unit) == [
        (li, None, None, 0),
        (li, "1", None, 0),
        (li, "1", "1", 0),
        (li, "1", "1", 1),
    ]


async def test_who_locks_a_ticket_reads_after_it_what_others_wrote_before(
    pipelined: Store, postgresql: TestDatabase
) -> None:
    number = await pipelined.writer.run(opened)
    replica = open_store(postgresql.url, KEYS)

    def unit(uow: UnitOfWork) -> tuple[list[str], list[str]]:
        uow.ahead(lambda: uow.tickets.open_of(NURSE), lambda: uow.marks.get("a"))
        uow.marks.get("a")  # both are answered by now
        replica.writer.run_sync(lambda other: note(other, "another process"))
        locked = uow.tickets.load(number)
        assert locked is not None
        return [event.by for event in locked.events[1:]], authors(uow)

    assert await pipelined.writer.run(unit) == (["another process"], ["another process"])
    replica.close()


CHANGES: dict[str, Callable[[UnitOfWork, Ticket, OutboxRow], object]] = {
    "rows are dropped": lambda uow, _, row: uow.outbox.drop(row.notice.ticket or 0, ["page"], NOW),
    "a ticket is saved": lambda uow, ticket, _: uow.tickets.save(ticket, [], after(seconds=5)),
    "rows are marked as sent": lambda uow, _, row: uow.outbox.all_sent([(row, NOW, "p")]),
    "rows are claimed": lambda uow, *_: uow.outbox.claim("w", NOW, after(seconds=9), 5, ["telegram"]),
    "a message is locked": lambda uow, *_: uow.inbox.get(1),
    "a message is locked among what is asked ahead": lambda uow, *_: uow.ahead(lambda: uow.inbox.get(1)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_whatever_changes_or_locks_makes_it_asked_again(
    pipelined: Store, postgresql: TestDatabase, change: Callable[[UnitOfWork, Ticket, OutboxRow], object]
) -> None:
    await pipelined.writer.run(lambda uow: uow.inbox.add(message(), NOW))
    replica = open_store(postgresql.url, KEYS)

    def unit(uow: UnitOfWork) -> str | None:
        ticket = uow.tickets.load(opened(uow))
        uow.outbox.add([notice("n")], NOW)
        row = uow.outbox.of_key("n")
        assert ticket
        assert row
        uow.ahead(lambda: uow.marks.get("a"), lambda: uow.marks.get("b"))
        uow.marks.get("b")  # both are answered by now
        replica.writer.run_sync(put("a"))
        change(uow, ticket, row)
        return uow.marks.get("a")

    assert await pipelined.writer.run(unit) == "1"
    replica.close()


async def test_what_one_unit_asked_ahead_is_no_answer_to_the_next(pipelined: Store, postgresql: TestDatabase) -> None:
    replica = open_store(postgresql.url, KEYS)

    def asks(uow: UnitOfWork) -> None:
        uow.ahead(lambda: uow.marks.get("a"), lambda: uow.marks.get("b"))
        uow.marks.get("b")
        replica.writer.run_sync(put("a"))

    def gives_up(uow: UnitOfWork) -> None:
        uow.ahead(lambda: uow.marks.get("a"))
        raise LookupError("why")

    units = [asks, lambda uow: uow.marks.get("a"), gives_up, lambda uow: uow.marks.get("a")]
    results = await together(pipelined, lambda: [pipelined.writer.run(unit) for unit in units])
    assert results[1] == results[3] == "1"
    replica.close()


async def test_a_look_that_fails_says_so_and_the_next_unit_looks_for_itself(pipelined: Store) -> None:
    def unit(uow: UnitOfWork) -> None:
        uow.marks.put("a", "1")
        uow.ahead(lambda: uow.marks.get("b"), lambda: 1 // 0)

    with pytest.raises(ZeroDivisionError):
        await pipelined.writer.run(unit)
    assert await pipelined.writer.run(lambda uow: (uow.marks.get("a"), uow.marks.get("b"))) == (None, None)
    assert marks(pipelined, "a") == [None]
