"""A stage: a store of its own, a clock that leaps, and everything that is said on it, in order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot.simulate.world import Heard, World
from sla.errors import SlaError
from sla.message import Button, Inbound, Notice
from sla.people import speaking
from sla.rules import Rules
from storage.crypt import generate_key
from storage.writer import open_store

CHANNEL = "webchat"


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


class Stage(World):
    """`folder` takes the database. `now` is aware and only moves forward: by `until`, and by nothing else."""

    def __init__(self, folder: Path, rules: Rules, now: datetime) -> None:
        self._store = open_store(f"sqlite:///{folder / 'stage.db'}", generate_key())
        super().__init__(self._store.writer.run_sync, rules, now)
        self.lines: list[Line] = []
        self._messages = 0

    def close(self) -> None:
        """End the store."""
        self._store.close()

    def write(self, person: str, text: str) -> int | None:
        """Somebody writes; the ticket that it was about."""
        return self._send(person, text, "")

    def press(self, person: str, verb: str) -> int | None:
        """Somebody presses the newest button they were shown whose action begins with `verb`."""
        button = self._button(person, verb)
        return self._send(person, button.label, button.action)

    def hear(self, heard: Heard) -> None:
        self.lines.append(Line(heard.at, heard.who, heard.notice.text, heard.notice))

    def _send(self, person: str, text: str, action: str) -> int | None:
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
        return self.take(inbound)

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
