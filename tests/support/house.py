"""A house to tell stories in: a real store, the sample rules, a clock that moves only when told, and everybody's ears.

People say things and press buttons; time goes forward from one next look to the next; whatever is sent is heard by whom
it was sent to. `expect` takes what somebody heard; a page or a breach that nobody expected fails the story at its end.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from handlers.receive import receive
from handlers.time_passes import time_passes
from sla.message import Attachment, Inbound, Notice, Purpose
from sla.rules import Rules
from sla.ticket import Ticket
from storage.base import UnitOfWork
from storage.crypt import generate_key
from storage.files import packaged_rules
from storage.writer import Writer, open_store

T = TypeVar("T")
ZONE = ZoneInfo("Asia/Shanghai")
NIGHT = datetime(2026, 10, 1, 3, 42, tzinfo=ZONE)
"""A holiday's small hours: the second engineer of the sample has the turn."""
CHANNELS = ("webchat", "telegram")
LOUD = (Purpose.PAGE, Purpose.BREACH)
STEPS_AT_MOST = 500


@dataclass(frozen=True, slots=True)
class Heard:
    """What somebody heard, and when. `who` is the person's id, or the address of somebody unknown."""

    at: datetime
    who: str
    notice: Notice
    id: str

    def __str__(self) -> str:
        return f"{self.at.astimezone(ZONE):%m-%d %H:%M} {self.notice.purpose} -> {self.who}: {self.notice.text}"


@dataclass(slots=True)
class House:
    """The stage. `heard` is what nobody has expected yet, `all` everything that was ever sent."""

    writer: Writer
    rules: Rules
    now: datetime
    heard: list[Heard] = field(default_factory=list)
    all: list[Heard] = field(default_factory=list)
    said: int = 0

    def run(self, work: Callable[[UnitOfWork], T]) -> T:
        """One unit of work: everything in it is committed together, or not at all."""
        return self.writer.run_sync(work)

    # people

    def says(
        self,
        who: str,
        text: str = "",
        *,
        action: str = "",
        channel: str = "webchat",
        group: str = "",
        sent_at: datetime | None = None,
        reply_to: str = "",
        attachments: tuple[Attachment, ...] = (),
        language: str = "",
    ) -> int | None:
        """Somebody writes; the number of the ticket that it belongs to."""
        self.said += 1
        inbound = Inbound(
            channel=channel,
            key=f"in-{self.said}",
            sender=who,
            conversation=group or who,
            text=text,
            sent_at=sent_at or self.now,
            action=action,
            reply_to=reply_to,
            attachments=attachments,
            group=bool(group),
            language=language,
        )
        row = self.run(lambda uow: uow.inbox.add(inbound, self.now))
        assert row is not None, "the same message twice"
        ticket = self.run(lambda uow: self._handle(uow, row))
        self.deliver()
        return ticket

    def _handle(self, uow: UnitOfWork, row: int) -> int | None:
        kept = uow.inbox.get(row)
        assert kept is not None
        return receive(kept, uow, self.rules, self.now)

    def presses(self, who: str, label: str, channel: str = "webchat") -> int | None:
        """Somebody presses the button of that label under the latest message that has one."""
        for heard in reversed(self.all):
            for button in (button for row in heard.notice.buttons for button in row):
                if heard.who == who and button.label == label:
                    return self.says(who, action=button.action, channel=channel)
        raise AssertionError(f"{who} was shown no button {label}")

    # time

    def forward(self, **span: float) -> None:
        """Time goes on, by `timedelta(**span)`, from one next look to the next."""
        end = self.now + timedelta(**span)
        for _ in range(STEPS_AT_MOST):
            at = self.run(lambda uow: uow.watched.next_look())
            if at is None or at > end:
                break
            self.now = max(self.now, at)
            self.run(self._look)
            self.deliver()
        else:
            raise AssertionError(f"time does not get on: {STEPS_AT_MOST} looks until {self.now}")
        self.now = end

    def _look(self, uow: UnitOfWork) -> None:
        for kind, subject in uow.watched.claim(self.now, 200):
            time_passes(kind, subject, uow, self.rules, self.now)

    def deliver(self) -> None:
        """Send what waits in the outbox."""
        for heard in self.run(lambda uow: list(self._deliver(uow))):
            self.heard.append(heard)
            self.all.append(heard)

    def _deliver(self, uow: UnitOfWork) -> Iterator[Heard]:
        for row in uow.outbox.claim("house", self.now, self.now + timedelta(minutes=1), 1000, CHANNELS):
            address = row.address or row.notice.addresses[row.position]
            assert uow.outbox.sent(row, self.now, f"out-{row.id}")
            yield Heard(self.now, row.notice.person or address.address, row.notice, f"out-{row.id}")

    # ears

    def expect(self, who: str, *words: str, purpose: Purpose | None = None) -> Notice:
        """Somebody heard these words; it is taken off what was heard."""
        for heard in self.heard:
            if (
                heard.who == who
                and purpose in (None, heard.notice.purpose)
                and all(w in heard.notice.text for w in words)
            ):
                self.heard.remove(heard)
                return heard.notice
        there = "\n".join(map(str, self.heard)) or "(nothing)"
        raise AssertionError(f"{who} did not hear {words} {purpose or ''}; what was heard:\n{there}")

    def expect_page(self, who: str, *words: str) -> Notice:
        """Somebody was paged with these words."""
        return self.expect(who, *words, purpose=Purpose.PAGE)

    def expect_silence(self, who: str, *words: str) -> None:
        """Nothing that somebody heard and nobody expected yet has these words."""
        found = [str(h) for h in self.heard if h.who == who and all(word in h.notice.text for word in words)]
        assert not found, found

    def forget(self) -> None:
        """What was heard so far is not the point of the story, pages and breaches included."""
        self.heard.clear()

    def no_surprises(self) -> None:
        """Fails for a page or a breach that nobody expected."""
        loud = [str(heard) for heard in self.heard if heard.notice.purpose in LOUD]
        assert not loud, "unexpected:\n" + "\n".join(loud)

    # records

    def ticket(self, number: int = 1) -> Ticket:
        """A ticket as it is kept."""
        found = self.run(lambda uow: uow.tickets.load(number))
        assert found is not None, f"no ticket W{number}"
        return found

    def count(self) -> int:
        """How many tickets there are."""
        start, end = NIGHT - timedelta(days=3650), NIGHT + timedelta(days=3650)
        return self.run(lambda uow: len(list(uow.tickets.between(start, end))))


@contextmanager
def open_house(folder: Path, start: datetime = NIGHT, rules: Rules | None = None) -> Iterator[House]:
    """A house over a fresh SQLite file in `folder`; at its end nobody may have been paged by surprise."""
    store = open_store(f"sqlite:///{folder / 'wardline.db'}", generate_key())
    try:
        house = House(store.writer, rules or packaged_rules(), start)
        yield house
        house.no_surprises()
    finally:
        store.close()
