"""What stands in the place of buttons that nobody needs any more, as who was sent them sees it."""

from sla.message import Address
from storage.base import UnitOfWork
from tests.support.house import House


def _settled(house: House) -> list[tuple[Address, str, str]]:
    """Each change: where, the words of the message, what stands in the place of its buttons."""

    def read(uow: UnitOfWork) -> list[tuple[Address, str, str]]:
        found = []
        for address in addresses_of(house):
            for row in uow.outbox.to_address(address, 0, 200):
                if row.notice.changes:
                    earlier = uow.outbox.earlier(row.notice.changes)
                    assert earlier is not None
                    assert (earlier.notice.ticket, row.notice.text) == (row.notice.ticket, "")
                    found.append((address, earlier.notice.text, row.notice.settles))
        return found

    return house.run(read)


def changes(house: House) -> dict[tuple[Address, str], str]:
    """Which messages show what in the place of their buttons: where, the words of the message -> those instead."""
    return {(address, text.partition("\n")[0]): settles for address, text, settles in _settled(house)}


def addresses_of(house: House) -> set[Address]:
    """Where the people of the house are reached."""
    return {address for person in house.rules.people.by_id.values() for address in person.addresses}


def words(house: House) -> dict[str, list[str]]:
    """What stands in the place of buttons, by channel and address."""
    found: dict[str, list[str]] = {}
    for (address, _), shown in changes(house).items():
        found.setdefault(f"{address.channel}:{address.address}", []).append(shown)
    return found


def shown_to(house: House, who: str, message: str) -> list[str]:
    """What stands in the place of the buttons under the messages with these words that somebody sees in the web chat;
    nothing while they are there."""
    here = Address("webchat", who)
    return [settles for address, text, settles in _settled(house) if address == here and message in text]
