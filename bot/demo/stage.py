"""A stage: a store of its own, a clock that leaps, and everything that is said on it, in order."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from handlers.receive import receive
from handlers.time_passes import time_passes
from sla.errors import SlaError
from sla.message import Address, Button, Inbound, Notice
from sla.people import speaking
from sla.rules import Rules
from storage.base import InboxRow, OutboxRow, UnitOfWork
from storage.crypt import generate_key
from storage.writer import open_store

CHANNEL = "webchat"
LEASE = timedelta(minutes=1)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was said: by a person (`notice` None) or to one (`notice` says why and with which buttons)."""

    at: datetime
    person: str
    text: str
    notice: Notice | None = None


def all_speaking(rules: Rules, language: str) -> Rules:
    """The rules with everybody speaking `language`, unless people.toml says which they keep to."""
    return replace(rules, people=speaking(rules.people, language))


class Stage:
    """`folder` takes the database. `now` is aware and only moves forward: by `until`, and by nothing else."""

    def __init__(self, folder: Path, rules: Rules, now: datetime) -> None:
        self.rules = rules
        self.now = now
        self.lines: list[Line] = []
        self._store = open_store(f"sqlite:///{folder / 'stage.db'}", generate_key())
        self._messages = 0

    def close(self) -> None:
        """End the store."""
        self._store.close()

    def write(self, person: str, text: str) -> int | None:
        """Somebody writes; the ticket that it was about."""
        return self._take(person, text, "")

    def press(self, person: str, verb: str) -> int | None:
        """Somebody presses the newest button they were shown whose action begins with `verb`."""
        button = self._button(person, verb)
        return self._take(person, button.label, button.action)

    def until(self, instant: datetime) -> None:
        """Let time pass up to `instant`: whatever falls due on the way is done at its own instant."""
        while True:
            look = self._store.writer.run_sync(lambda uow: uow.watched.next_look())
            if look is None or look > instant:
                break
            self.now = max(self.now, look)
            self._store.writer.run_sync(self._look)
            self._deliver()
        self.now = max(self.now, instant)

    def read(self, unit: Callable[[UnitOfWork], T]) -> T:
        """Read something out of the store."""
        return self._store.writer.run_sync(unit)

    def _take(self, person: str, text: str, action: str) -> int | None:
        self._messages += 1
        self.lines.append(Line(self.now, person, text))
        inbound = Inbound(
            channel=CHANNEL,
            key=f"stage-{self._messages}",
            sender=person,
            conversation=person,
            text="" if action else text,
            sent_at=self.now,
            action=action,
        )

        def unit(uow: UnitOfWork) -> int | None:
            row = uow.inbox.add(inbound, self.now)
            if row is None:
                raise SlaError(f"message {inbound.key} came twice")
            return receive(InboxRow(row, inbound, self.now, "new"), uow, self.rules, self.now)

        ticket = self._store.writer.run_sync(unit)
        self._deliver()
        return ticket

    def _look(self, uow: UnitOfWork) -> None:
        for kind, subject in uow.watched.claim(self.now, 100):
            time_passes(kind, subject, uow, self.rules, self.now)

    def _deliver(self) -> None:
        while self._store.writer.run_sync(self._deliver_some):
            pass

    def _deliver_some(self, uow: UnitOfWork) -> int:
        rows = uow.outbox.claim("stage", self.now, self.now + LEASE, 100, (CHANNEL,))
        for row in rows:
            uow.outbox.sent(row, self.now, f"stage-{row.id}")
            self.lines.append(Line(self.now, _addressee(row), row.notice.text, row.notice))
        return len(rows)

    def _button(self, person: str, verb: str) -> Button:
        for line in reversed(self.lines):
            if line.notice and line.person == person:
                for button in _buttons(line.notice.buttons):
                    if button.action.partition(":")[0] == verb:
                        return button
        raise SlaError(f"{person} was shown no button {verb!r}")


def _buttons(rows: Sequence[Sequence[Button]]) -> Iterator[Button]:
    for row in rows:
        yield from row


def _addressee(row: OutboxRow) -> str:
    address = row.address or Address("", "")
    return row.notice.person or address.address
