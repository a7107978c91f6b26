"""Reminders that could not be sent yet and are not needed any more: their clock stopped, or its deadline moved."""

from datetime import datetime, timedelta

from sla.clock import ClockState
from sla.message import Purpose
from sla.watch import Case
from storage.base import UnitOfWork

REMIND = "remind/"
WAITS_AT_MOST = timedelta(hours=24)
"""For how long a notice is tried: what was to be said before is not on its way any more."""


def drop_stale(case: Case, uow: UnitOfWork, now: datetime) -> None:
    """Take back the waiting reminders of clocks that do not run to that deadline any more; the others stay, since each
    is said only once."""
    wanted = {
        f"{REMIND}{clock.key}/{int(clock.due.timestamp())}"
        for clock in case.clocks
        if clock.state is ClockState.RUNNING and clock.paused_since is None
    }
    number = case.ticket.number
    for key, at in case.steps.items():
        if key.startswith(REMIND) and now - at <= WAITS_AT_MOST and key.rpartition("/")[0] not in wanted:
            uow.outbox.drop(number, (Purpose.REMINDER,), now, begins=f"{number}:{key}:")
