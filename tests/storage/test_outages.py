"""The index of outages follows what ends them, also where that is no word about the outage itself."""

from sla.fold import fold, then
from sla.ticket import Event, EventKind
from storage.base import UnitOfWork
from storage.writer import Store
from tests.storage.made import NOW, after, reported

E = EventKind


def test_a_repair_ends_the_outage_in_the_index(store: Store) -> None:
    def keep(uow: UnitOfWork) -> int:
        ticket = reported(uow.tickets.next_number())
        going_on = Event(E.OUTAGE, NOW, "wu", {"level": "downtime", "began": NOW.isoformat()})
        ticket = fold(ticket.number, (*ticket.events, going_on))
        uow.tickets.save(ticket, ticket.events, None)
        return ticket.number

    number = store.writer.run_sync(keep)

    def found(start: float, end: float) -> list[int]:
        outages = store.read_sync(lambda uow: uow.tickets.outages(after(hours=start), after(hours=end)))
        return [outage.ticket for outage in outages]

    def mend(uow: UnitOfWork) -> None:
        ticket = uow.tickets.load(number)
        assert ticket is not None
        mended = Event(E.RESOLVED, after(hours=1), "li")
        uow.tickets.save(then(ticket, mended), (mended,), None)

    assert found(5, 6) == [number]
    store.writer.run_sync(mend)
    assert found(0, 1) == [number]
    assert found(5, 6) == []
