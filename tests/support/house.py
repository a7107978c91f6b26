"""A house to tell stories in: a real store, the sample rules, a clock that moves only when told, and everybody's ears.

People say things and press buttons; time goes forward from one next look to the next; whatever is sent is heard by whom
it was sent to. `expect` takes what somebody heard; a page or a breach that nobody expected fails the story at its end.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.simulate.world import Heard, World
from sla.message import Attachment, Inbound, Notice, Purpose
from sla.rules import Rules
from sla.ticket import Ticket
from storage.crypt import generate_key
from storage.files import packaged_rules
from storage.writer import Writer, open_store

ZONE = ZoneInfo("Asia/Shanghai")
NIGHT = datetime(2026, 10, 1, 3, 42, tzinfo=ZONE)
"""A holiday's small hours: the second engineer of the sample has the turn."""
LOUD = (Purpose.PAGE, Purpose.BREACH)


class House(World):
    """The stage. `heard` is what nobody has expected yet, `all` everything that was ever sent."""

    def __init__(self, writer: Writer, rules: Rules, now: datetime) -> None:
        super().__init__(writer.run_sync, rules, now)
        self.heard: list[Heard] = []
        self.all: list[Heard] = []
        self.said = 0

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
        return self.take(inbound)

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
        self.until(self.now + timedelta(**span))

    def hear(self, heard: Heard) -> None:
        self.heard.append(heard)
        self.all.append(heard)

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
        there = "\n".join(map(told, self.heard)) or "(nothing)"
        raise AssertionError(f"{who} did not hear {words} {purpose or ''}; what was heard:\n{there}")

    def expect_page(self, who: str, *words: str) -> Notice:
        """Somebody was paged with these words."""
        return self.expect(who, *words, purpose=Purpose.PAGE)

    def expect_silence(self, who: str, *words: str) -> None:
        """Nothing that somebody heard and nobody expected yet has these words."""
        found = [told(h) for h in self.heard if h.who == who and all(word in h.notice.text for word in words)]
        assert not found, found

    def forget(self) -> None:
        """What was heard so far is not the point of the story, pages and breaches included."""
        self.heard.clear()

    def no_surprises(self) -> None:
        """Fails for a page or a breach that nobody expected."""
        loud = [told(heard) for heard in self.heard if heard.notice.purpose in LOUD]
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


def told(heard: Heard) -> str:
    """What was heard, in one line."""
    return f"{heard.at.astimezone(ZONE):%m-%d %H:%M} {heard.notice.purpose} -> {heard.who}: {heard.notice.text}"


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
