"""People with several addresses, and providers that refuse."""

from dataclasses import replace
from datetime import timedelta

from handlers.reach import address_failed
from sla.message import Address
from sla.people import people_of
from sla.rules import Rules
from storage.base import OutboxRow, UnitOfWork
from storage.files import packaged_rules
from tests.support.house import House


def with_addresses(**addresses: tuple[str, ...]) -> Rules:
    """The sample, in which these people (by id, _ for -) have these addresses, "channel:address", alone."""
    rules = packaged_rules()
    own = {id.replace("_", "-"): tuple(Address(*one.split(":")) for one in ones) for id, ones in addresses.items()}
    people = [replace(person, addresses=own.get(person.id, person.addresses)) for person in rules.people.by_id.values()]
    return replace(rules, people=people_of(people))


def waiting(house: House, channel: str) -> list[OutboxRow]:
    """What is to go out by a channel now, taken as a worker takes it."""
    until = house.now + timedelta(minutes=1)
    return list(house.run(lambda uow: uow.outbox.claim("worker", house.now, until, 200, [channel])))


def sends(house: House, channel: str) -> list[str]:
    """The provider of a channel takes what waits for it; the texts."""
    rows = waiting(house, channel)
    for row in rows:
        # mypy infers no lambda with defaults
        assert house.run(lambda uow, r=row: uow.outbox.sent(r, house.now, f"p{r.id}"))  # type: ignore[misc]
    return [row.notice.text for row in rows]


def refuses(house: House, channel: str, why: str = "blocked") -> list[str]:
    """It refuses all of it, and each goes on to its next address; the texts."""

    def refuse(uow: UnitOfWork, row: OutboxRow) -> None:
        assert row.address
        address_failed(row.address, why, house.now, uow)
        there = row.position + 1 < len(row.notice.addresses)
        uow.outbox.failed(row, house.now, "refused", why, house.now if there else None, row.position + there)

    rows = waiting(house, channel)
    for row in rows:
        # mypy infers no lambda with defaults
        house.run(lambda uow, r=row: refuse(uow, r))  # type: ignore[misc]
    house.deliver()
    return [row.notice.text for row in rows]
