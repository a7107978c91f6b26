"""工单: events in, the folded ticket out; the index follows."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sla.fold import fold, then
from sla.ticket import Event, EventKind, State, Ticket
from storage.base import UnitOfWork
from storage.writer import Store
from tests.storage.made import NOW, NURSE, after, opened, reported


def act(uow: UnitOfWork, number: int, kind: EventKind, **data: object) -> Ticket:
    """Something happens to a ticket."""
    ticket = uow.tickets.load(number)
    assert ticket is not None
    event = Event(kind, after(minutes=1), "li", data, after(minutes=2))
    uow.tickets.save(then(ticket, event), [event], None)
    return then(ticket, event)


def test_a_ticket_is_its_events(store: Store) -> None:
    number = store.writer.run_sync(lambda uow: opened(uow, disaster=True, started_at=NOW.isoformat()))
    acted = store.writer.run_sync(lambda uow: act(uow, number, EventKind.ACKNOWLEDGED))
    loaded = store.writer.run_sync(lambda uow: uow.tickets.load(number))
    assert loaded == acted
    assert loaded.state is State.ACKNOWLEDGED
    assert loaded.events[1].recorded_at == after(minutes=2)
    assert store.writer.run_sync(lambda uow: uow.tickets.load(number + 1)) is None


def test_numbers_are_never_given_twice(store: Store) -> None:
    drawn = [store.writer.run_sync(lambda uow: [uow.tickets.next_number(), uow.tickets.next_number()])]
    drawn += [[store.writer.run_sync(opened)] for _ in range(3)]
    numbers = [number for pair in drawn for number in pair]
    assert len(set(numbers)) == len(numbers)
    assert numbers == sorted(numbers)


def test_only_the_last_events_can_be_new(store: Store) -> None:
    number = store.writer.run_sync(opened)
    ticket = store.writer.run_sync(lambda uow: uow.tickets.load(number))
    assert ticket is not None
    stranger = Event(EventKind.NOTED, NOW, "li", {"text": "x"}, NOW)
    with pytest.raises(ValueError, match="not the last ones"):
        store.writer.run_sync(lambda uow: uow.tickets.save(ticket, [stranger], None))


def test_open_tickets_of_a_reporter_newest_first(store: Store) -> None:
    first, second, third = (store.writer.run_sync(opened) for _ in range(3))
    store.writer.run_sync(lambda uow: opened(uow, "telegram:6"))
    store.writer.run_sync(lambda uow: act(uow, second, EventKind.CANCELLED))
    store.writer.run_sync(lambda uow: act(uow, first, EventKind.RESOLVED))
    of_nurse = store.writer.run_sync(lambda uow: uow.tickets.open_of(NURSE))
    assert [ticket.number for ticket in of_nurse] == [third, first]
    store.writer.run_sync(lambda uow: act(uow, third, EventKind.CANCELLED))
    latest = store.writer.run_sync(lambda uow: uow.tickets.latest_of(NURSE))
    assert latest is not None
    assert (latest.number, latest.state) == (third, State.CANCELLED)
    assert store.writer.run_sync(lambda uow: uow.tickets.latest_of("nobody")) is None


def test_tickets_being_worked_on_by_deadline_those_without_last(store: Store) -> None:
    def make(uow: UnitOfWork) -> list[int]:
        return [
            opened(uow),
            opened(uow, due=after(hours=2), system="pacs"),
            opened(uow, due=after(hours=1), contract="jiahe-icu"),
            opened(uow, due=after(minutes=1)),
        ]

    late, two, one, resolved = store.writer.run_sync(make)
    store.writer.run_sync(lambda uow: act(uow, resolved, EventKind.RESOLVED))

    def on(system: str | None = None, contracts: list[str] | None = None, limit: int = 50) -> list[int]:
        found = store.writer.run_sync(lambda uow: uow.tickets.open_on(system, contracts, limit))
        return [ticket.number for ticket in found]

    assert on() == [one, two, late]
    assert on(limit=2) == [one, two]
    assert on(system="his") == [one, late]
    assert on(contracts=["smart-hospital", "x", "y"]) == [two, late]
    assert on(system="pacs", contracts=["jiahe-icu"]) == []
    assert on(contracts=[]) == []


def test_a_period_is_half_open_and_by_number(store: Store) -> None:
    times = (0, 1, 2, 3)
    # mypy infers no lambda with defaults
    numbers = [store.writer.run_sync(lambda uow, h=hours: opened(uow, at=after(hours=h))) for hours in times]  # type: ignore[misc]
    other = store.writer.run_sync(lambda uow: opened(uow, at=after(hours=1), contract="jiahe-icu"))

    def between(contract: str | None = None) -> list[int]:
        found = store.read_sync(lambda uow: list(uow.tickets.between(after(hours=1), after(hours=3), contract)))
        return [ticket.number for ticket in found]

    assert between() == [numbers[1], numbers[2], other]
    assert between("jiahe-icu") == [other]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=st.lists(st.integers(1, 30), max_size=40))
def test_many_at_once_are_those_that_are_there(store: Store, wanted: list[int]) -> None:
    def make(uow: UnitOfWork) -> None:
        for number in range(1, 21):
            if uow.tickets.load(number) is None:
                ticket = reported(number)
                uow.tickets.save(ticket, ticket.events, None)

    store.writer.run_sync(make)
    found = store.writer.run_sync(lambda uow: uow.tickets.load_many(wanted))
    assert list(found) == sorted({number for number in wanted if number <= 20})
    assert all(found[number] == reported(number) for number in found)


def test_more_tickets_than_one_statement_takes(store: Store) -> None:
    numbers = store.writer.run_sync(lambda uow: [opened(uow) for _ in range(700)])
    assert len(store.writer.run_sync(lambda uow: uow.tickets.load_many(numbers))) == 700
    read = store.read_sync(lambda uow: [t.number for t in uow.tickets.between(NOW, after(seconds=1))])
    assert read == numbers


def test_steps_are_kept_by_their_key(store: Store) -> None:
    def step(uow: UnitOfWork) -> None:
        uow.tickets.add_steps(1, {"page/1": NOW, "page/2": after(minutes=1)})
        uow.tickets.add_steps(2, {"remind": NOW})
        uow.tickets.add_steps(1, {"page/2": after(minutes=5)})

    store.writer.run_sync(step)
    assert store.writer.run_sync(lambda uow: uow.tickets.steps(1)) == {"page/1": NOW, "page/2": after(minutes=5)}
    many = store.writer.run_sync(lambda uow: uow.tickets.steps_many([2, 3]))
    assert many == {2: {"remind": NOW}, 3: {}}


def test_what_is_joined_to_a_ticket_is_found_whatever_its_system(store: Store) -> None:
    first, second, third = (store.writer.run_sync(opened) for _ in range(3))

    def join(uow: UnitOfWork) -> None:
        for number, event in (
            (second, Event(EventKind.JOINED, after(hours=1), data={"incident": first})),
            (third, Event(EventKind.JOINED, after(hours=1), data={"incident": first})),
            (third, Event(EventKind.PARTED, after(hours=2))),
        ):
            ticket = uow.tickets.load(number)
            assert ticket
            uow.tickets.save(then(ticket, event), [event], None)

    store.writer.run_sync(join)
    assert [one.number for one in store.writer.run_sync(lambda uow: uow.tickets.joined_to(first))] == [second]
    assert store.writer.run_sync(lambda uow: list(uow.tickets.joined_to(second))) == []


def test_a_mended_ticket_is_part_of_its_incident_still(store: Store) -> None:
    first, second, third = (store.writer.run_sync(opened) for _ in range(3))

    def join_and_mend(uow: UnitOfWork) -> None:
        for number, event in (
            (second, Event(EventKind.JOINED, after(hours=1), data={"incident": first})),
            (third, Event(EventKind.JOINED, after(hours=1), data={"incident": first})),
            (second, Event(EventKind.RESOLVED, after(hours=2))),
        ):
            ticket = uow.tickets.load(number)
            assert ticket
            uow.tickets.save(then(ticket, event), [event], None)

    store.writer.run_sync(join_and_mend)
    assert [one.number for one in store.writer.run_sync(lambda uow: uow.tickets.joined_to(first))] == [third]
    assert [one.number for one in store.writer.run_sync(lambda uow: uow.tickets.part_of(first))] == [second, third]
    assert store.writer.run_sync(lambda uow: list(uow.tickets.part_of(second))) == []


def test_outages_that_touch_a_period_by_their_beginning(store: Store) -> None:
    def confirmed(began: float, ended: float | None, system: str = "his", contract: str = "smart-hospital") -> int:
        def work(uow: UnitOfWork) -> int:
            ticket = reported(uow.tickets.next_number(), system=system, contract=contract)
            data = {"level": "downtime", "began": after(hours=began).isoformat()}
            if ended is not None:
                data["ended"] = after(hours=ended).isoformat()
            whole = fold(ticket.number, (*ticket.events, Event(EventKind.OUTAGE, NOW, "wu", data)))
            uow.tickets.save(whole, whole.events, None)
            return whole.number

        return store.writer.run_sync(work)

    def takes_back(uow: UnitOfWork) -> None:
        ticket = uow.tickets.load(over)
        assert ticket is not None
        event = Event(EventKind.OUTAGE, NOW, "wu", {"none": True})
        uow.tickets.save(fold(over, (*ticket.events, event)), (event,), None)

    later, over, goes_on = confirmed(3, 4), confirmed(0, 2), confirmed(1, None)
    other = confirmed(2, 3, contract="jiahe-icu")

    def found(start: float, end: float, contract: str | None = None) -> list[int]:
        outages = store.read_sync(lambda uow: uow.tickets.outages(after(hours=start), after(hours=end), contract))
        return [outage.ticket for outage in outages]

    assert found(0, 9) == [over, goes_on, other, later]
    assert found(2, 3) == [goes_on, other]
    assert found(2, 9, "smart-hospital") == [goes_on, later]
    store.writer.run_sync(takes_back)
    assert found(0, 9) == [goes_on, other, later]


def test_the_newest_of_a_reporter_open_or_closed(store: Store) -> None:
    first, second, third = (store.writer.run_sync(opened) for _ in range(3))
    store.writer.run_sync(lambda uow: opened(uow, "telegram:6"))
    store.writer.run_sync(lambda uow: act(uow, second, EventKind.CANCELLED))
    found = store.writer.run_sync(lambda uow: uow.tickets.lately(NURSE, 2))
    assert [(ticket.number, ticket.is_open) for ticket in found] == [(third, True), (second, False)]
    assert [one.number for one in store.writer.run_sync(lambda uow: uow.tickets.lately(NURSE, 9))][-1] == first


def test_what_is_open_in_a_department_follows_its_labels(store: Store) -> None:
    here, over, moved = (store.writer.run_sync(lambda uow: opened(uow, department="icu")) for _ in range(3))
    mended = store.writer.run_sync(lambda uow: opened(uow, "telegram:6", department="icu"))
    store.writer.run_sync(lambda uow: act(uow, over, EventKind.CANCELLED))
    store.writer.run_sync(lambda uow: act(uow, moved, EventKind.RECLASSIFIED, department="emergency"))
    store.writer.run_sync(lambda uow: act(uow, mended, EventKind.RESOLVED))

    def open_in(department: str, limit: int = 9) -> list[int]:
        return [one.number for one in store.writer.run_sync(lambda uow: uow.tickets.open_in(department, limit))]

    assert open_in("icu") == [mended, here]
    assert open_in("icu", 1) == [mended]
    assert open_in("emergency") == [moved]
    assert open_in("pharmacy") == []


def test_the_systems_that_were_reported_before_the_latest_first(store: Store) -> None:
    for system, reporter in (("his", NURSE), ("pacs", NURSE), (None, NURSE), ("pacs", "telegram:6"), ("lis", NURSE)):
        # mypy infers no lambda with defaults
        store.writer.run_sync(lambda uow, s=system, r=reporter: opened(uow, r, department="icu", system=s))  # type: ignore[misc]
    store.writer.run_sync(lambda uow: opened(uow, department="emergency", system="hr"))
    store.writer.run_sync(lambda uow: act(uow, 5, EventKind.CANCELLED))

    def systems(limit: int, **of: str) -> list[str]:
        return list(store.writer.run_sync(lambda uow: uow.tickets.past_systems(limit, **of)))

    assert systems(9, department="icu") == ["lis", "pacs", "pacs", "his"]
    assert systems(3, department="icu") == ["lis", "pacs"]
    assert systems(9, reporter=NURSE) == ["hr", "lis", "pacs", "his"]
    assert systems(9, department="pharmacy") == []
