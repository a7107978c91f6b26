"""待发箱 in memory. `next_at` is when a waiting row wants to be looked at: for a leased one, when its lease ends."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from heapq import heappop, heappush

from sla.message import Address, Notice, Purpose
from storage.base import Earlier, OutboxRow, unchanged
from storage.memory_journal import Journal

_AT_ONCE = frozenset({"waiting", "dropped"})
_WAITING, _GIVEN_UP = frozenset({"waiting"}), frozenset({"dead", "unknown"})
_NOWHERE = Address("", "")


def _was_tried(row: OutboxRow) -> bool:
    return row.state == "sent" or (row.state == "waiting" and row.fence > 0)


class MemoryOutbox:
    """`storage.base.Outbox`. Every attempt is kept in `attempts`: (row, fence, instant, result, reason)."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._rows: dict[int, OutboxRow] = {}
        self._keys: dict[str, int] = {}
        self._waiting: dict[int, None] = {}
        self._dead: dict[int, None] = {}
        self._of_ticket: dict[int, dict[int, None]] = {}
        self._to: dict[Address, dict[int, None]] = {}
        self._newest: dict[Address, int] = {}
        self._provided: dict[tuple[Address, str], int] = {}
        self._named: dict[int, tuple[Address, str]] = {}
        self.attempts: dict[int, tuple[tuple[int, datetime, str, str], ...]] = {}
        self._heap: list[tuple[datetime, int]] = []
        self._last = 0

    def add(self, notices: Iterable[Notice], at: datetime) -> None:
        for notice in notices:
            if notice.key in self._keys:
                continue
            self._last += 1
            first = notice.addresses[0] if notice.addresses else None
            # A notice without an address can never be sent: it is kept among those that could not be delivered.
            state = "waiting" if first else "dead"
            next_at = at if notice.not_before is None else max(at, notice.not_before)
            self._journal.put(self._keys, notice.key, self._last)
            if notice.ticket is not None:
                self._journal.put(self._of_ticket.setdefault(notice.ticket, {}), self._last, None)
            self._set(OutboxRow(self._last, notice, at, state, 0, 0, 0, next_at, None, first))

    def claim(
        self, owner: str, now: datetime, lease_until: datetime, limit: int, channels: Iterable[str]
    ) -> Sequence[OutboxRow]:
        del owner  # the fence tells the workers apart
        found = []
        for row in self._due(now, limit, channels):
            # Written out: `replace` would be a good part of what a notice costs here.
            leased = OutboxRow(
                row.id, row.notice, row.created_at, row.state, row.tries, row.position, row.fence + 1, lease_until,
                row.sent_at, row.address,
            )  # fmt: skip  # one glance
            self._set(leased)
            found.append(leased)
        return found

    def claim_each(
        self, owner: str, now: datetime, lease_until: datetime, wanted: Iterable[tuple[int, Iterable[str]]]
    ) -> Sequence[OutboxRow]:
        return [row for limit, channels in wanted for row in self.claim(owner, now, lease_until, limit, channels)]

    def take(self, now: datetime, limit: int, channels: Iterable[str]) -> Sequence[OutboxRow]:
        found = []
        for row in self._due(now, limit, channels):
            self.sent(row, now, str(row.id))
            found.append(self._rows[row.id])
        return found

    def sent(self, row: OutboxRow, at: datetime, provider_id: str) -> bool:
        self._attempt(row, at, "delivered", "")
        kept = self._rows.get(row.id)
        # Dropped while it was under way: it was delivered all the same, and may be replied to.
        if kept is None or kept.fence != row.fence or kept.state not in _AT_ONCE:
            return False
        self._set(
            OutboxRow(
                kept.id, kept.notice, kept.created_at, "sent", row.tries + 1, kept.position, kept.fence, kept.next_at,
                at, kept.address,
            )
        )  # fmt: skip  # one glance
        address = kept.address or _NOWHERE
        self._journal.put(self._to.setdefault(address, {}), row.id, None)
        if self._newest.get(address, 0) < row.id:
            self._journal.put(self._newest, address, row.id)
        if self._provided.get((address, provider_id), 0) < row.id:
            self._journal.put(self._provided, (address, provider_id), row.id)
            self._journal.put(self._named, row.id, (address, provider_id))
        return True

    def all_sent(self, deliveries: Sequence[tuple[OutboxRow, datetime, str]]) -> Sequence[bool]:
        return [self.sent(*delivery) for delivery in deliveries]

    def failed(
        self, row: OutboxRow, at: datetime, result: str, reason: str, retry_at: datetime | None, position: int
    ) -> bool:
        self._attempt(row, at, result, reason)
        kept = self._rows.get(row.id)
        if kept is None or kept.fence != row.fence or kept.state != "waiting":
            return False
        given_up = "unknown" if result == "unknown" else "dead"
        self._set(
            replace(
                kept,
                state=given_up if retry_at is None else "waiting",
                next_at=at if retry_at is None else retry_at,
                tries=row.tries + 1,
                position=position,
                address=row.notice.addresses[position],
            )
        )
        return True

    def drop(
        self, ticket: int, purposes: Iterable[str], at: datetime, person: str | None = None, begins: str = ""
    ) -> int:
        named, count = frozenset(purposes), 0
        for id in [id for id in self._of_ticket.get(ticket, ()) if id in self._waiting]:
            row = self._rows[id]
            if (
                row.notice.purpose in named
                and person in (None, row.notice.person)
                and row.notice.key.startswith(begins)
            ):
                self._set(replace(row, state="dropped", next_at=at))
                count += 1
        return count

    def hasten(self, key: str, at: datetime) -> None:
        row = self.of_key(key)
        if row and row.state == "waiting" and not row.fence and row.next_at and row.next_at > at:
            self._set(replace(row, next_at=at))

    def next_at(self) -> datetime | None:
        while self._heap:
            at, id = self._heap[0]
            if id in self._waiting and self._rows[id].next_at == at:
                return at
            heappop(self._heap)  # it was moved since
        return None

    def to_address(self, address: Address, after: int, limit: int) -> Sequence[OutboxRow]:
        known = sorted(id for id in self._to.get(address, ()) if id > after)
        return [self._rows[id] for id in (known[:limit] if after else known[-limit:])]

    def newest_to(self, address: Address) -> OutboxRow | None:
        """The latest of what was sent to one address, while it is kept."""
        id = self._newest.get(address)
        return None if id is None else self._rows[id]

    def ticket_of(self, address: Address, provider_id: str) -> int | None:
        id = self._provided.get((address, provider_id))
        return None if id is None else self._rows[id].notice.ticket

    def earlier(self, row: int) -> Earlier | None:
        kept = self._rows.get(row)
        if kept is None or kept.state != "sent":
            return None
        return Earlier(self._named.get(row, (_NOWHERE, ""))[1], kept.notice)

    def standing(self, ticket: int, since: datetime) -> Sequence[OutboxRow]:
        said = (self._rows[id] for id in sorted(self._of_ticket.get(ticket, ())))
        return unchanged(row for row in said if row.created_at >= since and _was_tried(row))

    def of_key(self, key: str) -> OutboxRow | None:
        id = self._keys.get(key)
        return None if id is None else self._rows[id]

    def dead(self, limit: int) -> Sequence[OutboxRow]:
        return [self._rows[id] for id in sorted(self._dead)[:limit]]

    def lag(self, now: datetime) -> float:
        first = self.next_at()
        return max(0.0, (now - first).total_seconds()) if first else 0.0

    def of_ticket(self, ticket: int) -> list[OutboxRow]:
        """Everything that was to be said about a ticket, oldest first."""
        return [self._rows[id] for id in sorted(self._of_ticket.get(ticket, ()))]

    def waiting(self) -> list[OutboxRow]:
        """What is on its way, oldest first."""
        return [self._rows[id] for id in sorted(self._waiting)]

    def forget(self, id: int) -> None:
        """Remove a row and its attempts; its key may come again."""
        row = self._journal.drop(self._rows, id)
        if row is None:
            return
        for table in (self._waiting, self._dead, self._to.get(row.address or _NOWHERE, {})):
            self._journal.drop(table, id)
        if row.address and self._newest.get(row.address) == id:
            self._journal.drop(self._newest, row.address)
        if row.notice.ticket is not None:
            self._journal.drop(self._of_ticket[row.notice.ticket], id)
            if not self._of_ticket[row.notice.ticket]:
                self._journal.drop(self._of_ticket, row.notice.ticket)
        named = self._journal.drop(self._named, id)
        if named and self._provided.get(named) == id:
            self._journal.drop(self._provided, named)
        self._journal.drop(self._keys, row.notice.key)
        self._journal.drop(self.attempts, id)

    def _due(self, now: datetime, limit: int, channels: Iterable[str]) -> list[OutboxRow]:
        if (first := self.next_at()) is None or first > now:
            return []
        named = frozenset(channels)
        waiting = (self._rows[id] for id in self._waiting)
        due = [
            row for row in waiting if row.next_at and row.next_at <= now and (row.address or _NOWHERE).channel in named
        ]
        due.sort(key=lambda row: (row.notice.purpose is not Purpose.PAGE, row.id))
        return due[:limit]

    def _push(self, row: OutboxRow) -> None:
        if row.state == "waiting" and row.next_at:
            heappush(self._heap, (row.next_at, row.id))

    def _attempt(self, row: OutboxRow, at: datetime, result: str, reason: str) -> None:
        self._journal.put(self.attempts, row.id, (*self.attempts.get(row.id, ()), (row.fence, at, result, reason)))

    def _set(self, row: OutboxRow) -> None:
        """Keep a row in the index of its state."""
        old = self._rows.get(row.id)
        if old and old.state == "waiting":
            self._journal.note(partial(self._push, old))
        self._push(row)
        self._journal.put(self._rows, row.id, row)
        before, now = old.state if old else "", row.state
        if before != now:  # a lease changes none of this
            for table, states in ((self._waiting, _WAITING), (self._dead, _GIVEN_UP)):
                if now in states:
                    self._journal.put(table, row.id, None)
                elif before in states:
                    self._journal.drop(table, row.id)
