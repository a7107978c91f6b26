"""Tickets as they were folded before, by the very rows that they are made of.

What is read again unchanged costs no decryption and no fold. The rows are the key, sealed as they lie in the database
(each seal has a nonce of its own), so that nothing has to be told when a ticket changes or a transaction is taken back:
other rows are another key.
"""

from collections.abc import Callable

from sla.fold import fold
from sla.ticket import Event, Ticket
from storage.database import Row

KEPT = 1_000
"""Tickets that are kept a connection, the ones used last: some 10 MB."""


class Folded:
    """Folds rows of events (ticket, kind, at, recorded_at, by, data), in their order, into tickets. One thread at a
    time. `event` makes an event of a row."""

    def __init__(self, event: Callable[[Row], Event]) -> None:
        self._event = event
        self._kept: dict[tuple[Row, ...], Ticket] = {}

    def ticket(self, number: int, rows: tuple[Row, ...]) -> Ticket:
        """The ticket of these rows, all of it."""
        found = self._kept.pop(rows, None)
        if found is None:
            found = fold(number, [self._event(row) for row in rows])
        self._kept[rows] = found  # the newest is last
        if len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]
        return found
