"""What the database shows at one look, for /metrics."""

from collections import Counter
from datetime import datetime

from bot.metrics import Seen
from sla.clock import Clock, ClockState, clocks_of, is_overdue
from sla.rules import Rules
from storage.base import UnitOfWork

MOST = 2000  # tickets that one look reads, by next deadline; with more being worked on, the counts are of these


def look(uow: UnitOfWork, rules: Rules, now: datetime) -> Seen:
    """Lags, and the tickets that are being worked on with their clocks."""
    tickets = uow.tickets.open_on(limit=MOST)
    next_look = uow.watched.next_look()
    clocks: Counter[tuple[str, str]] = Counter()
    for ticket in tickets:
        found = clocks_of(ticket, rules.contract_of(ticket), rules.calendar, rules.versions)
        clocks.update((clock.name, _state(clock, now)) for clock in found)
    return Seen(
        watch_lag=max(0.0, (now - next_look).total_seconds()) if next_look else 0.0,
        outbox_lag=uow.outbox.lag(now),
        dead_letters=len(uow.outbox.dead(1000)),
        clocks=dict(clocks),
        opened=max((ticket.number for ticket in tickets), default=0),
        tickets=dict(Counter(ticket.state.value for ticket in tickets)),
    )


def _state(clock: Clock, now: datetime) -> str:
    """The clock's state in a word; a running one may be overdue."""
    overdue = clock.state is ClockState.RUNNING and is_overdue(clock, now)
    return "overdue" if overdue else clock.state.value
