"""One story: a fault, from its report to its end, and the chance by which everybody in it acts.

All chance of a story comes from its own stream, so that it stays what it is when other stories are left out.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Protocol

from bot.simulate.cast import Cast
from bot.simulate.script import Verb
from sla.catalogue import System
from sla.message import Button, Notice
from sla.ticket import Ticket

NUMBER = re.compile(r"\d+")
STORES = ("outbox", "watched", "inbox", "tickets", "drafts", "ledger")


@dataclass(slots=True)
class Story:
    """What is known of a story. `busy`: somebody works on the ticket; `asleep`: who did not hear the page."""

    number: int
    at: datetime
    chance: Random
    who: str
    place: str
    kind: str
    system: System | None
    acts: int = 0
    busy: str = ""
    plans: int = 0
    reopened: int = 0
    asked: set[str] = field(default_factory=set)

    @property
    def tag(self) -> str:
        """The ticket in words and actions."""
        return f"#{self.number}"

    def soon(self, median: float, spread: float = 0.8) -> timedelta:
        """A time by chance, around `median` minutes."""
        return timedelta(seconds=int(60 * median * self.chance.lognormvariate(0, spread)) + 1)

    def maybe(self, share: float) -> bool:
        """Whether it happens, once in 1/`share` times."""
        return self.chance.random() < share


class Stage(Protocol):
    """Where stories are played: what people may do, and what they see."""

    cast: Cast

    @property
    def now(self) -> datetime: ...
    def later(self, story: Story, wait: timedelta, do: Callable[[], None]) -> None:
        """Think again after a while."""

    def act(self, story: Story, who: str, words: str, verb: Verb = Verb.SAYS) -> None:
        """Somebody does something now."""

    def ticket(self, story: Story) -> Ticket | None:
        """The ticket as it is kept; None before it was opened, and for a report that became another story's."""

    def written(self, action: str) -> str:
        """A button's action as the script has it."""


def buttons(notice: Notice) -> dict[str, Button]:
    """The buttons of a notice by the verbs of their actions; of several with one verb the first."""
    found: dict[str, Button] = {}
    for row in notice.buttons:
        for button in row:
            found.setdefault(button.action.partition(":")[0], button)
    return found


def offered(notice: Notice, verb: str) -> list[Button]:
    """All buttons of a verb."""
    return [button for row in notice.buttons for button in row if button.action.partition(":")[0] == verb]
