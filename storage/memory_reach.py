"""Where people are reached, in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sla.message import Address
from sla.reachable import WINDOWS, Health, Preferences, Reach
from storage.memory_inbox import MemoryInbox
from storage.memory_journal import Journal
from storage.memory_outbox import MemoryOutbox
from storage.memory_people import MemoryBindings

NOTHING = Health()
NO_WISHES = Preferences()
NOBODY = Reach()


class MemoryReaching:
    """`storage.base.Reaching`."""

    def __init__(self, journal: Journal, bindings: MemoryBindings, outbox: MemoryOutbox, inbox: MemoryInbox) -> None:
        self._journal = journal
        self._bindings, self._outbox, self._inbox = bindings, outbox, inbox
        self._failures: dict[Address, Health] = {}
        self._wants: dict[str, Preferences] = {}

    def of(self, person: str, addresses: Sequence[Address], *, whole: bool = False) -> Reach:
        bound = tuple(self._bindings.addresses_of(person))
        if not addresses and not bound:
            return NOBODY
        wants = self._wants.get(person, NO_WISHES)
        whole = whole or wants is not NO_WISHES  # what was heard lately ends quiet hours
        failures = self._failures
        asked = [one for one in (*addresses, *bound) if whole or one in failures or one.channel in WINDOWS]
        known = {one: health for one in asked if (health := self._health(one)) != NOTHING}
        return Reach(bound, wants, known)

    def prefer(self, person: str, wants: Preferences) -> None:
        self._journal.put(self._wants, person, wants)

    def failed(self, address: Address, at: datetime, why: str, *, refused: bool) -> None:
        before = self._failures.get(address, NOTHING)
        refused_at = at if refused else before.refused_at
        self._journal.put(self._failures, address, Health(failed_at=at, why=why, refused_at=refused_at))

    def _health(self, address: Address) -> Health:
        sent = self._outbox.newest_to(address)
        heard = self._inbox.of_sender(address, 1)
        return replace(
            self._failures.get(address, NOTHING),
            sent_at=sent.sent_at if sent else None,
            heard_at=heard[0].received_at if heard else None,
        )
