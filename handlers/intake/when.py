"""Which instant a message names."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class When:
    """An instant that a text names: `span` the words, how precise it is, and whether it looks back or ahead.

    `precision`: minute, hour, part (of a day), day, period (a week, a month). `kind`: onset or future. `instant` is
    aware, in the zone of the message, with seconds 00.
    """

    instant: datetime
    span: str
    precision: str
    kind: str


def when(text: str, now: datetime) -> When | None:
    """The onset that a text names, or a future time, or None. Never raises; linear in the length of the text."""
    return None


def deadline(text: str, now: datetime) -> When | None:
    """The time to come that a text names ("限期10月3日18:00"), or None. Never raises."""
    return None
