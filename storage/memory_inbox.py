"""收件箱 and the index of what to look at next, in memory."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from heapq import heapify, heappop, heappush, nlargest

from sla.message import Address, Inbound
from storage.base import InboxRow
from storage.memory_journal import Journal

_Look = tuple[datetime, str, str]
STALE = 1000
"""Entries of the heap that may be out of date before it is made anew."""


class MemoryInbox:
    """`storage.base.Inbox`."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._rows: dict[int, InboxRow] = {}
        self._keys: dict[tuple[str, str], int] = {}
        self._new: dict[int, None] = {}
        self._of_sender: dict[tuple[str, str], dict[int, None]] = {}
        self._last = 0

    def add(self, inbound: Inbound, received_at: datetime) -> int | None:
        key = (inbound.channel, inbound.key)
        if key in self._keys:
            return None
        self._last += 1  # as in a database, a unit that is taken back leaves a gap
        row, put = self._last, self._journal.put
        put(self._keys, key, row)
        put(self._rows, row, InboxRow(row, inbound, received_at, "new"))
        put(self._new, row, None)
        put(self._of_sender.setdefault((inbound.channel, inbound.sender), {}), row, None)
        return row

    def get(self, row: int) -> InboxRow | None:
        return self._rows.get(row)

    def unhandled(self, limit: int) -> Sequence[InboxRow]:
        return [self._rows[row] for row in sorted(self._new)[:limit]]

    def done(self, row: int, at: datetime, ticket: int | None) -> None:  # noqa: ARG002  # nobody asks for the instant
        self._handled(row, "done", "", ticket)

    def set_aside(self, row: int, at: datetime, reason: str) -> None:  # noqa: ARG002  # nobody asks for the instant
        found = self._rows.get(row)
        self._handled(row, "aside", reason, found.ticket if found else None)

    def alone(self, address: Address) -> None:
        """One unit at a time is the only one there is."""

    def of_sender(self, address: Address, limit: int) -> Sequence[InboxRow]:
        known = self._of_sender.get((address.channel, address.address), {})
        return [self._rows[row] for row in reversed(nlargest(limit, known))]

    def forget(self, row: int) -> None:
        """Remove a message that was handled; its key may come again."""
        found = self._journal.drop(self._rows, row)
        if found:
            inbound = found.inbound
            self._journal.drop(self._keys, (inbound.channel, inbound.key))
            self._journal.drop(self._new, row)
            self._journal.drop(self._of_sender[inbound.channel, inbound.sender], row)

    def _handled(self, row: int, state: str, reason: str, ticket: int | None) -> None:
        found = self._rows.get(row)
        if found:
            handled = InboxRow(found.id, found.inbound, found.received_at, state, reason, ticket)
            self._journal.put(self._rows, row, handled)
            self._journal.drop(self._new, row)


class MemoryWatched:
    """`storage.base.Watched`. The heap may hold instants that were moved since: `_at` says which hold."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._at: dict[tuple[str, str], datetime] = {}
        self._heap: list[_Look] = []

    def put(self, kind: str, subject: str, next_look: datetime | None) -> None:
        key = (kind, subject)
        old = self._at.get(key)
        if old != next_look:
            self._journal.note(partial(self._set, key, old))
            self._set(key, next_look)

    def get(self, kind: str, subject: str) -> datetime | None:
        """When a subject is looked at next; None where it is not."""
        return self._at.get((kind, subject))

    def subjects(self, kind: str) -> list[str]:
        """Everything of a kind that is looked at."""
        return [subject for of, subject in self._at if of == kind]

    def claim(self, now: datetime, limit: int, kind: str | None = None) -> Sequence[tuple[str, str]]:
        found: list[_Look] = []
        other: list[_Look] = []
        while len(found) < limit and (first := self._first()) and first[0] <= now:
            heappop(self._heap)
            if first not in found:  # it may have been moved away and back
                (found if kind in (None, first[1]) else other).append(first)
        for look in (*found, *other):
            heappush(self._heap, look)
        return [(of, subject) for _, of, subject in found]

    def next_look(self) -> datetime | None:
        first = self._first()
        return first[0] if first else None

    def _first(self) -> _Look | None:
        heap = self._heap
        while heap:
            first = heap[0]
            if self._at.get(first[1:]) == first[0]:
                return first
            heappop(heap)
        return None

    def _set(self, key: tuple[str, str], at: datetime | None) -> None:
        if at is None:
            self._at.pop(key, None)
        else:
            self._at[key] = at
            heappush(self._heap, (at, *key))
        if len(self._heap) > 2 * len(self._at) + STALE:
            self._heap = [(at, *key) for key, at in self._at.items()]
            heapify(self._heap)
