"""A unit that is taken back leaves the store in memory as it was, whatever it did."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.fold import then
from sla.ledger import Entry
from sla.message import Address
from sla.records import Record, RecordKind
from sla.ticket import Event, EventKind
from storage.base import Draft, UnitOfWork
from storage.memory import Memory
from tests.storage.made import NOW, after, message, notice, opened

HERE = Address("telegram", "5")


def cancelled(uow: UnitOfWork, which: int) -> None:
    open_ones = uow.tickets.open_of("telegram:5")
    if open_ones:
        ticket = open_ones[which % len(open_ones)]
        event = Event(EventKind.CANCELLED, after(minutes=which), "li", {}, after(minutes=which))
        uow.tickets.save(then(ticket, event), [event], None)


def attempted(uow: UnitOfWork, which: int) -> None:
    rows = uow.outbox.claim("a", after(minutes=which), after(minutes=which + 1), 2, ("telegram",))
    for row in rows[:1]:
        uow.outbox.sent(row, after(minutes=which), f"p{row.id}")
    for row in rows[1:]:
        uow.outbox.failed(row, after(minutes=which), "refused", "x", after(minutes=which + 3), 1)


WORK: tuple[Callable[[UnitOfWork, int], object], ...] = (
    lambda uow, n: uow.inbox.add(message(f"k{n}"), NOW),
    lambda uow, n: uow.inbox.done(n % 3 + 1, NOW, n),
    lambda uow, n: opened(uow, due=after(hours=n)),
    cancelled,
    lambda uow, n: uow.tickets.add_steps(n % 3, {f"s{n}": after(minutes=n)}),
    lambda uow, n: uow.outbox.add([notice(f"n{n}", ticket=n % 3)], after(minutes=n)),
    attempted,
    lambda uow, n: uow.outbox.drop(n % 3, ["page"], after(minutes=n)),
    lambda uow, n: uow.watched.put("ticket", str(n % 4), None if n % 3 == 0 else after(minutes=n)),
    lambda uow, n: uow.ledger.append([Entry("breach", n, "c", "1", "fix", 1, NOW, NOW, n)]),
    lambda uow, n: uow.records.add(Record(f"c{n % 2}", RecordKind.PRAISE, "s", after(minutes=9 - n), "li", NOW)),
    lambda uow, n: uow.drafts.put(HERE, Draft("which", {"n": n}, after(minutes=n))),
    lambda uow, n: uow.drafts.remove(HERE),
    lambda uow, n: uow.bindings.bind(f"p{n % 2}", HERE, after(minutes=n)),
    lambda uow, n: uow.marks.put("m", str(n)),
    lambda uow, n: uow.marks.keep("m", str(n)),
    lambda uow, n: uow.files.remove(f"file-{n}"),
    lambda uow, n: uow.marks.remove("m"),
    lambda uow, n: uow.files.add(f"f{n}", "t", b"x", after(minutes=n)),
    lambda uow, n: uow.files.purge("t", after(minutes=n), 2),
)
UNITS = st.lists(st.tuples(st.sampled_from(WORK), st.integers(0, 12)), max_size=12)
GIVEN_OUT = ("_last", "_journal", "_heap", "_changed", "_bindings", "_outbox", "_inbox")
"""What a unit that is taken back may leave: numbers that were given out, and entries of heaps that are out of date; and
the stores that one store asks, which are looked at themselves."""


def picture(memory: Memory) -> dict[tuple[str, str], Any]:
    """Everything that is kept."""

    def kept(table: object) -> object:
        return {key: value for key, value in table.items() if value != {}} if isinstance(table, dict) else table

    stores = {name: vars(store) for name, store in vars(memory.uow).items()}
    return deepcopy(
        {
            (store, name): kept(table)
            for store, tables in stores.items()
            for name, table in tables.items()
            if name not in GIVEN_OUT
        }
    )


def does(unit: list[tuple[Callable[[UnitOfWork, int], object], int]], uow: UnitOfWork) -> None:
    for work, number in unit:
        work(uow, number)


def answers(memory: Memory) -> tuple[object, ...]:
    """What is next, by the heaps."""
    return memory.run(lambda uow: (uow.watched.next_look(), uow.watched.claim(after(hours=1), 9), uow.outbox.next_at()))


@given(UNITS, UNITS, UNITS)
def test_what_is_taken_back_was_never_there(first: Any, failing: Any, inner: Any) -> None:
    memory = Memory()
    memory.run(lambda uow: does(first, uow))
    before, next_before = picture(memory), answers(memory)

    def breaks(uow: UnitOfWork) -> None:
        does(inner, uow)
        answers_within(uow)
        raise LookupError("the unit within")

    def fails(uow: UnitOfWork) -> None:
        does(failing, uow)
        half = picture(memory)
        with pytest.raises(LookupError, match="within"):
            memory.savepoint(breaks)
        assert picture(memory) == half
        raise LookupError("the unit itself")

    with pytest.raises(LookupError, match="the unit itself"):
        memory.run(fails)
    assert picture(memory) == before
    assert answers(memory) == next_before


def answers_within(uow: UnitOfWork) -> None:
    """Looking within a unit moves the heaps."""
    uow.watched.claim(after(hours=1), 9)
    uow.watched.next_look()
    uow.outbox.next_at()
