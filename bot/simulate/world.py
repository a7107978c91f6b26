"""The real handlers on a clock that leaps: messages go in, time passes, notices come out. Tests, the demonstration and
the simulation stand on this; what they do with what is heard is theirs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from handlers.receive import receive
from handlers.time_passes import time_passes
from sla.errors import SlaError
from sla.message import Inbound, Notice
from sla.rules import Rules
from storage.base import InboxRow, OutboxRow, UnitOfWork

T = TypeVar("T")
CHANNELS = ("webchat", "telegram", "mail")
LEASE = timedelta(minutes=1)
AT_ONCE = 200
LOOKS_AT_MOST = 500
"""Looks in one leap of time; more of them mean that time does not get on."""


class Run(Protocol):
    """Runs a unit of work: everything in it is committed together, or not at all."""

    def __call__(self, unit: Callable[[UnitOfWork], T], /) -> T: ...


@dataclass(frozen=True, slots=True)
class Heard:
    """What somebody was sent, and when. `who` is the person's id, or the address of somebody unknown; `id` is what a
    reply names."""

    at: datetime
    who: str
    notice: Notice
    id: str


@dataclass(frozen=True, slots=True)
class Handlers:
    """What handles a message, and what looks at what is due."""

    receive: Callable[[InboxRow, UnitOfWork, Rules, datetime], int | None] = receive
    time_passes: Callable[[str, str, UnitOfWork, Rules, datetime], None] = time_passes


class World:
    """A store, rules, and an aware `now` that only moves forward."""

    def __init__(self, run: Run, rules: Rules, now: datetime, handlers: Handlers | None = None) -> None:
        self.run, self.rules, self.now = run, rules, now
        self.handlers = handlers or Handlers()

    def take(self, inbound: Inbound) -> int | None:
        """A message comes in now; the ticket that it belongs to. Raises SlaError for one that was there before."""
        row = self.run(lambda uow: uow.inbox.add(inbound, self.now))
        if row is None:
            raise SlaError(f"message {inbound.key} came twice")
        ticket = self.run(lambda uow: self.handle(uow, row))
        self.deliver()
        return ticket

    def handle(self, uow: UnitOfWork, row: int) -> int | None:
        """Handle a message that was kept."""
        kept = uow.inbox.get(row)
        if kept is None:
            raise SlaError(f"message {row} was not kept")
        return self.handlers.receive(kept, uow, self.rules, self.now)

    def until(self, instant: datetime) -> None:
        """Let time pass up to `instant`: whatever falls due on the way is done at its own instant."""
        looks = 0
        while (look := self.run(lambda uow: uow.watched.next_look())) and look <= instant:
            self.now = max(self.now, look)
            self.look()
            self.deliver()
            looks += 1
            if looks > LOOKS_AT_MOST:
                raise SlaError(f"time does not get on: {looks} looks until {self.now}")
        self.now = max(self.now, instant)

    def look(self) -> None:
        """Do what is due."""
        self.run(self._look)

    def _look(self, uow: UnitOfWork) -> None:
        for kind, subject in uow.watched.claim(self.now, AT_ONCE):
            self.handlers.time_passes(kind, subject, uow, self.rules, self.now)

    def deliver(self) -> None:
        """Send what waits in the outbox."""
        while heard := self.run(self._deliver):
            for each in heard:
                if not each.notice.changes:
                    self.hear(each)

    def hear(self, heard: Heard) -> None:
        """Somebody was sent something."""

    def _deliver(self, uow: UnitOfWork) -> list[Heard]:
        heard = []
        for row in uow.outbox.claim("world", self.now, self.now + LEASE, AT_ONCE, CHANNELS):
            sent = heard_in(row, self.now)
            uow.outbox.sent(row, self.now, sent.id)
            heard.append(sent)
        return heard


def heard_in(row: OutboxRow, now: datetime) -> Heard:
    """What is heard when a row is sent."""
    address = row.address or row.notice.addresses[row.position]
    return Heard(now, row.notice.person or address.address, row.notice, f"out-{row.id}")
