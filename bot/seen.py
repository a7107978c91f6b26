"""What the database shows at one look, for /metrics."""

from collections import Counter
from datetime import datetime

from bot.metrics import Seen
from sla.rules import Rules
from storage.base import UnitOfWork

MOST = 2000  # tickets that one look reads, by next deadline; with more being worked on, the counts are of these


def look(uow: UnitOfWork, rules: Rules, now: datetime) -> Seen:
    """Lags, and the tickets that are being worked on with their clocks."""
    tickets = uow.tickets.open_on(limit=MOST)
    next_look = uow.watched.next_look()
    return Seen(
        watch_lag=max(0.0, (now - next_look).total_seconds()) if next_look else 0.0,
        outbox_lag=uow.outbox.lag(now),
        dead_letters=len(uow.outbox.dead(1000)),
        tickets=dict(Counter(ticket.state.value for ticket in tickets)),
    )
