"""Open questions, bound addresses, codes, log-in."""

from sla.message import Address
from storage.base import Draft
from storage.writer import Store
from tests.storage.made import NOW, after

HERE = Address("telegram", "5")


def test_one_open_question_an_address_until_it_is_over(store: Store) -> None:
    first = Draft("which_system", {"text": "坏了", "candidates": ["his", "pacs"]}, after(minutes=10))
    second = Draft("really", {}, after(minutes=20))
    store.writer.run_sync(lambda uow: uow.drafts.put(HERE, first))
    assert store.writer.run_sync(lambda uow: uow.drafts.get(HERE, NOW)) == first
    assert store.writer.run_sync(lambda uow: uow.drafts.get(HERE, after(minutes=10))) is None
    store.writer.run_sync(lambda uow: uow.drafts.put(HERE, second))
    assert store.writer.run_sync(lambda uow: uow.drafts.get(HERE, after(minutes=10))) == second
    assert store.writer.run_sync(lambda uow: uow.drafts.get(Address("mail", "5"), NOW)) is None
    store.writer.run_sync(lambda uow: uow.drafts.remove(HERE))
    assert store.writer.run_sync(lambda uow: uow.drafts.get(HERE, NOW)) is None


def test_an_address_belongs_to_one_person_a_person_has_several(store: Store) -> None:
    store.writer.run_sync(lambda uow: uow.bindings.bind("li", HERE, NOW))
    store.writer.run_sync(lambda uow: uow.bindings.bind("wu", HERE, after(minutes=1)))
    store.writer.run_sync(lambda uow: uow.bindings.bind("wu", Address("wecom", "w"), after(minutes=2)))
    assert store.writer.run_sync(lambda uow: uow.bindings.person_of(HERE)) == "wu"
    assert list(store.writer.run_sync(lambda uow: uow.bindings.addresses_of("wu"))) == [Address("wecom", "w"), HERE]
    assert list(store.writer.run_sync(lambda uow: uow.bindings.addresses_of("li"))) == []
    store.writer.run_sync(lambda uow: uow.bindings.unbind(HERE))
    assert store.writer.run_sync(lambda uow: uow.bindings.person_of(HERE)) is None


def test_a_code_is_used_once_by_its_own_number_in_time(store: Store) -> None:
    store.writer.run_sync(lambda uow: uow.bindings.add_code("10234", "right", after(hours=1)))
    store.writer.run_sync(lambda uow: uow.bindings.add_code("10234", "old", after(minutes=1)))

    def take(number: str, code: str) -> bool:
        return store.writer.run_sync(lambda uow: uow.bindings.take_code(number, code, after(minutes=2)))

    assert [take("99999", "right"), take("10234", "old"), take("10234", "right"), take("10234", "right")] == [
        False,
        False,
        True,
        False,
    ]


def test_five_wrong_tries_end_all_codes_of_a_number(store: Store) -> None:
    for number, code in (("1", "a"), ("1", "b"), ("2", "a")):
        # mypy infers no lambda with defaults
        store.writer.run_sync(lambda uow, n=number, c=code: uow.bindings.add_code(n, c, after(hours=1)))  # type: ignore[misc]
    for _ in range(5):
        assert not store.writer.run_sync(lambda uow: uow.bindings.take_code("1", "wrong", NOW))
    assert not store.writer.run_sync(lambda uow: uow.bindings.take_code("1", "a", NOW))
    assert not store.writer.run_sync(lambda uow: uow.bindings.take_code("1", "b", NOW))
    assert store.writer.run_sync(lambda uow: uow.bindings.take_code("2", "a", NOW))


def test_four_wrong_tries_leave_the_code(store: Store) -> None:
    store.writer.run_sync(lambda uow: uow.bindings.add_code("1", "a", after(hours=1)))
    for _ in range(4):
        assert not store.writer.run_sync(lambda uow: uow.bindings.take_code("1", "wrong", NOW))
    assert store.writer.run_sync(lambda uow: uow.bindings.take_code("1", "a", NOW))


def test_passwords_links_and_sessions(store: Store) -> None:
    run = store.writer.run_sync
    assert run(lambda uow: uow.accounts.password_of("li")) is None
    run(lambda uow: uow.accounts.set_password("li", "h1", NOW))
    run(lambda uow: uow.accounts.set_password("li", "h2", NOW))
    assert run(lambda uow: uow.accounts.password_of("li")) == "h2"

    run(lambda uow: uow.accounts.add_link("t", "li", after(minutes=5)))
    run(lambda uow: uow.accounts.add_link("over", "li", NOW))
    # mypy infers no lambda with defaults
    taken = [run(lambda uow, t=token: uow.accounts.take_link(t, NOW)) for token in ("t", "t", "over", "never")]  # type: ignore[misc]
    assert taken == ["li", None, None, None]

    run(lambda uow: uow.accounts.add_session("s", "li", after(minutes=5)))
    assert run(lambda uow: uow.accounts.session("s", NOW)) == "li"
    assert run(lambda uow: uow.accounts.session("s", after(minutes=5))) is None
    run(lambda uow: uow.accounts.end_session("s"))
    assert run(lambda uow: uow.accounts.session("s", NOW)) is None
