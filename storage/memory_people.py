"""Open questions, bound addresses, and log-in, in memory."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sla.message import Address
from storage.base import Draft
from storage.memory_journal import Journal

WRONG_TRIES = 5
_Code = tuple[str, datetime, int]
"""The hash, the end, the wrong tries."""


class MemoryDrafts:
    """`storage.base.Drafts`."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._drafts: dict[Address, Draft] = {}

    def get(self, address: Address, now: datetime) -> Draft | None:
        found = self._drafts.get(address)
        return found if found and found.expires_at > now else None

    def put(self, address: Address, draft: Draft) -> None:
        self._journal.put(self._drafts, address, draft)

    def remove(self, address: Address) -> None:
        self._journal.drop(self._drafts, address)


class MemoryBindings:
    """`storage.base.Bindings`."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._people: dict[Address, tuple[str, datetime]] = {}
        self._codes: dict[str, tuple[_Code, ...]] = {}

    def person_of(self, address: Address) -> str | None:
        found = self._people.get(address)
        return found[0] if found else None

    def addresses_of(self, person: str) -> Sequence[Address]:
        """The latest bound first."""
        found = [(at, address) for address, (of, at) in self._people.items() if of == person]
        found.sort(key=lambda pair: (pair[1].channel, pair[1].address))
        found.sort(key=lambda pair: pair[0], reverse=True)
        return tuple(address for _, address in found)

    def bind(self, person: str, address: Address, at: datetime) -> None:
        self._journal.put(self._people, address, (person, at))

    def unbind(self, address: Address) -> None:
        self._journal.drop(self._people, address)

    def add_code(self, staff_number: str, code_hash: str, expires_at: datetime) -> None:
        there = self._codes.get(staff_number, ())
        self._journal.put(self._codes, staff_number, (*there, (code_hash, expires_at, 0)))

    def take_code(self, staff_number: str, code_hash: str, now: datetime) -> bool:
        there = self._codes.get(staff_number, ())
        right = next((code for code in there if code[0] == code_hash and code[1] > now), None)
        if right:
            left = tuple(code for code in there if code is not right)
        else:
            tried = ((hashed, until, tries + 1) for hashed, until, tries in there)
            left = tuple(code for code in tried if code[2] < WRONG_TRIES and code[1] > now)
        self._journal.put(self._codes, staff_number, left)
        return right is not None


class MemoryAccounts:
    """`storage.base.Accounts`."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._passwords: dict[str, str] = {}
        self._links: dict[str, tuple[str, datetime]] = {}
        self._sessions: dict[str, tuple[str, datetime]] = {}

    def set_password(self, person: str, password_hash: str, at: datetime) -> None:  # noqa: ARG002  # nobody asks for it
        self._journal.put(self._passwords, person, password_hash)

    def password_of(self, person: str) -> str | None:
        return self._passwords.get(person)

    def add_link(self, token_hash: str, person: str, expires_at: datetime) -> None:
        self._journal.put(self._links, token_hash, (person, expires_at))

    def take_link(self, token_hash: str, now: datetime) -> str | None:
        found = self._journal.drop(self._links, token_hash)
        return found[0] if found and found[1] > now else None

    def add_session(self, token_hash: str, person: str, expires_at: datetime) -> None:
        self._journal.put(self._sessions, token_hash, (person, expires_at))

    def session(self, token_hash: str, now: datetime) -> str | None:
        found = self._sessions.get(token_hash)
        return found[0] if found and found[1] > now else None

    def end_session(self, token_hash: str) -> None:
        self._journal.drop(self._sessions, token_hash)


class MemoryLeases:
    """Names that one owner at a time holds, each time under a higher fence (`storage.sql.SqlLeases`)."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._held: dict[str, tuple[str, int, datetime]] = {}

    def acquire(self, name: str, owner: str, now: datetime, until: datetime) -> int | None:
        """The fence under which `owner` holds `name` from now on; None while somebody else does."""
        holder, fence, end = self._held.get(name, (owner, 0, now))
        if end > now and holder != owner:
            return None
        self._journal.put(self._held, name, (owner, fence + 1, until))
        return fence + 1

    def renew(self, name: str, owner: str, fence: int, now: datetime, until: datetime) -> bool:
        """Hold it until `until`; False when it ran out or somebody else holds it."""
        held = self._held.get(name)
        if held is None or held[:2] != (owner, fence) or held[2] <= now:
            return False
        self._journal.put(self._held, name, (owner, fence, until))
        return True

    def release(self, name: str, owner: str, fence: int) -> None:
        """Give it up; nothing happens where somebody else holds it."""
        held = self._held.get(name)
        if held and held[:2] == (owner, fence):
            self._journal.put(self._held, name, (owner, fence, datetime.min.replace(tzinfo=UTC)))
