"""Incidents as the store finds them: which tickets lead on a system, how many people and departments reported one."""

from dataclasses import replace

import pytest

from sla.fold import then
from sla.incident import Size
from sla.ticket import Event, EventKind
from storage.base import UnitOfWork
from storage.writer import Store
from tests.storage.made import after, opened


def happens(uow: UnitOfWork, number: int, kind: EventKind, **data: object) -> None:
    """Something happens to a ticket."""
    ticket = uow.tickets.load(number)
    assert ticket is not None
    event = Event(kind, after(hours=1), data=data)
    uow.tickets.save(then(ticket, event), [event], None)


def storm(uow: UnitOfWork) -> list[int]:
    """W1 leads; of the three joined to it one is by the same person, one by somebody whose department is unknown."""
    numbers = [
        opened(uow, "nurse", department="icu"),
        opened(uow, "doctor", department="emergency", at=after(minutes=3)),
        opened(uow, "nurse", department="icu", at=after(minutes=1)),
        opened(uow, "guest", at=after(minutes=2)),
    ]
    for number in numbers[1:]:
        happens(uow, number, EventKind.JOINED, incident=numbers[0])
    return numbers


def test_how_large_an_incident_is(store: Store) -> None:
    first, second, *_ = store.writer.run_sync(storm)
    size = store.writer.run_sync(lambda uow: uow.tickets.size_of(first))
    assert size == Size(people=3, departments=2, latest=after(minutes=3))
    store.writer.run_sync(lambda uow: happens(uow, second, EventKind.CANCELLED))
    size = store.writer.run_sync(lambda uow: uow.tickets.size_of(first))
    assert size == Size(people=2, departments=1, latest=after(minutes=2)), "what was withdrawn does not count"


@pytest.mark.parametrize("reporter", ["nurse", "doctor", "somebody new"])
@pytest.mark.parametrize("department", ["icu", "emergency", "radiology", None])
def test_how_large_it_will_be_with_one_more(store: Store, reporter: str, department: str | None) -> None:
    first, *_ = store.writer.run_sync(storm)
    before = store.writer.run_sync(lambda uow: uow.tickets.size_of(first))
    with_it = store.writer.run_sync(lambda uow: uow.tickets.size_with(first, reporter, department))

    def one_more(uow: UnitOfWork) -> None:
        number = opened(uow, reporter, department=department, at=after(minutes=2))
        happens(uow, number, EventKind.JOINED, incident=first)

    store.writer.run_sync(one_more)
    then_ = store.writer.run_sync(lambda uow: uow.tickets.size_of(first))
    assert before is not None
    assert with_it == then_ == replace(then_ or before, latest=before.latest)


def test_what_was_withdrawn_does_not_count_with_one_more(store: Store) -> None:
    first, second, *_ = store.writer.run_sync(storm)
    store.writer.run_sync(lambda uow: happens(uow, second, EventKind.CANCELLED))
    size = store.writer.run_sync(lambda uow: uow.tickets.size_with(first, "doctor", "emergency"))
    assert size == Size(people=3, departments=2, latest=after(minutes=2))
    assert store.writer.run_sync(lambda uow: uow.tickets.size_with(99, "doctor", None)) is None


def test_a_ticket_by_itself_is_one_person_and_a_withdrawn_one_none(store: Store) -> None:
    number = store.writer.run_sync(opened)
    size = store.writer.run_sync(lambda uow: uow.tickets.size_of(number))
    assert size is not None
    assert (size.people, size.departments) == (1, 0)
    store.writer.run_sync(lambda uow: happens(uow, number, EventKind.CANCELLED))
    assert store.writer.run_sync(lambda uow: uow.tickets.size_of(number)) is None
    assert store.writer.run_sync(lambda uow: uow.tickets.size_of(99)) is None


def test_what_leads_on_a_system(store: Store) -> None:
    first, second, *_ = store.writer.run_sync(storm)

    def more(uow: UnitOfWork) -> list[int]:
        other, asked, mended = opened(uow, system="pacs"), opened(uow, kind="consult"), opened(uow)
        happens(uow, mended, EventKind.RESOLVED)
        happens(uow, second, EventKind.PARTED)
        return [other, asked, mended]

    other, *_ = store.writer.run_sync(more)

    def leading(system: str | None, minutes: int = 0) -> list[int]:
        found = store.writer.run_sync(lambda uow: uow.tickets.leading_on(system, after(minutes=minutes)))
        return [ticket.number for ticket in found]

    assert leading("his") == [first, second]
    assert leading(None) == [first, second, other]
    assert leading(None, minutes=3) == [first, second], "the first leads others, the second was reported since"
    assert leading(None, minutes=4) == [first]
    store.writer.run_sync(lambda uow: happens(uow, other, EventKind.ACKNOWLEDGED))
    assert leading(None, minutes=4) == [first, other], "somebody has taken it"
