"""Where people are reached: what they want, what failed, what got through, what was heard."""

from dataclasses import replace
from datetime import time

from sla.message import Address, Inbound
from sla.reachable import Health, Preferences, Quiet, Reach
from storage.base import UnitOfWork
from storage.writer import Store
from tests.storage.made import NOW, after, message, notice

TELEGRAM, MAIL, WECHAT, BOUND = (
    Address("telegram", "9"),
    Address("mail", "li@x"),
    Address("wechat", "o1"),
    Address("wecom", "li"),
)
OWN = (TELEGRAM, MAIL, WECHAT)


def reach(store: Store, *addresses: Address, whole: bool = False) -> Reach:
    return store.writer.run_sync(lambda uow: uow.reach.of("li", addresses, whole=whole))


def heard(store: Store, address: Address, at: float) -> None:
    inbound: Inbound = replace(message(f"m{at}"), channel=address.channel, sender=address.address)
    assert store.writer.run_sync(lambda uow: uow.inbox.add(inbound, after(minutes=at)))


def sent(store: Store, address: Address, at: float) -> None:
    def send(uow: UnitOfWork) -> bool:
        uow.outbox.add([notice(f"n{at}", addresses=(address,))], NOW)
        (row,) = uow.outbox.claim("t", after(minutes=at), after(minutes=at + 1), 1, [address.channel])
        return uow.outbox.sent(row, after(minutes=at), f"p{at}")

    assert store.writer.run_sync(send)


def test_of_whom_nothing_is_known(store: Store) -> None:
    assert reach(store) == Reach()
    assert reach(store, *OWN) == Reach()
    assert reach(store, *OWN, whole=True) == Reach()


def test_what_a_person_wants_is_kept_and_changed(store: Store) -> None:
    nights = Preferences((MAIL, TELEGRAM), Quiet(time(22), time(7, 30), frozenset({0, 4}), on=False))
    for wants in (nights, Preferences((WECHAT,))):
        # mypy infers no lambda with defaults
        store.writer.run_sync(lambda uow, w=wants: uow.reach.prefer("li", w))  # type: ignore[misc]
        assert reach(store, *OWN).wants == wants
    assert reach(store) == Reach()
    assert store.writer.run_sync(lambda uow: uow.reach.of("wu", OWN)).wants == Preferences()


def test_bound_addresses_are_known_the_latest_first(store: Store) -> None:
    for minute, address in enumerate((BOUND, Address("telegram", "77"))):
        # mypy infers no lambda with defaults
        store.writer.run_sync(lambda uow, m=minute, a=address: uow.bindings.bind("li", a, after(minutes=m)))  # type: ignore[misc]
    store.writer.run_sync(lambda uow: uow.reach.failed(BOUND, NOW, "gone", refused=True))
    found = reach(store, *OWN)
    assert found.bound == (Address("telegram", "77"), BOUND)
    assert found.known == {BOUND: Health(failed_at=NOW, why="gone", refused_at=NOW)}
    assert reach(store).bound == found.bound


def test_the_latest_failure_is_kept_and_when_it_last_refused(store: Store) -> None:
    store.writer.run_sync(lambda uow: uow.reach.failed(MAIL, NOW, "no such user", refused=True))
    store.writer.run_sync(lambda uow: uow.reach.failed(MAIL, after(minutes=1), "down", refused=False))
    assert reach(store, *OWN).known == {MAIL: Health(None, after(minutes=1), "down", NOW)}
    store.writer.run_sync(lambda uow: uow.reach.failed(MAIL, after(minutes=2), "blocked", refused=True))
    assert reach(store, *OWN).known == {MAIL: Health(None, after(minutes=2), "blocked", after(minutes=2))}


def test_signs_of_life_are_found_where_something_hangs_on_them(store: Store) -> None:
    for at, address in enumerate(OWN, 1):
        sent(store, address, at)
        heard(store, address, at)
        sent(store, address, at + 10)
        heard(store, address, at + 20)
    every = {a: Health(sent_at=after(minutes=n + 10), heard_at=after(minutes=n + 20)) for n, a in enumerate(OWN, 1)}
    assert reach(store, *OWN, whole=True).known == every
    store.writer.run_sync(lambda uow: uow.reach.failed(MAIL, after(minutes=5), "full", refused=True))
    store.writer.run_sync(lambda uow: uow.reach.failed(TELEGRAM, after(minutes=5), "slow", refused=False))
    deciding = reach(store, *OWN).known
    assert deciding[MAIL] == replace(every[MAIL], failed_at=after(minutes=5), why="full", refused_at=after(minutes=5))
    assert deciding[WECHAT].heard_at == after(minutes=23)
    assert (deciding[TELEGRAM].failed_at, deciding[TELEGRAM].refused_at) == (after(minutes=5), None)
    store.writer.run_sync(lambda uow: uow.reach.prefer("li", Preferences(quiet=Quiet(time(22), time(7)))))
    assert reach(store, *OWN).heard_at() == after(minutes=23)


def test_what_is_written_in_a_unit_is_seen_in_it_and_undone_with_it(store: Store) -> None:
    def unit(uow: UnitOfWork) -> Reach:
        assert uow.reach.of("li", OWN) == Reach()
        uow.reach.prefer("li", Preferences((MAIL,)))
        uow.reach.failed(MAIL, NOW, "gone", refused=True)
        uow.bindings.bind("li", BOUND, NOW)
        return uow.reach.of("li", OWN)

    def undone(uow: UnitOfWork) -> None:
        unit(uow)
        raise ValueError

    try:
        store.writer.run_sync(undone)
    except ValueError:
        assert reach(store, *OWN) == Reach()
    found = store.writer.run_sync(unit)
    assert found == Reach((BOUND,), Preferences((MAIL,)), {MAIL: Health(failed_at=NOW, why="gone", refused_at=NOW)})
    assert reach(store, *OWN) == found


def test_a_notice_is_found_by_its_key(store: Store) -> None:
    store.writer.run_sync(lambda uow: uow.outbox.add([notice("a"), notice("b")], NOW))
    found = store.writer.run_sync(lambda uow: uow.outbox.of_key("b"))
    assert found is not None
    assert (found.notice.key, found.state) == ("b", "waiting")
    assert store.writer.run_sync(lambda uow: uow.outbox.of_key("c")) is None
