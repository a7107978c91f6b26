"""What is done to a world, as dated lines that can be printed, read back and played again.

A line: the instant, the story it belongs to, who, what, and the words, between tabs. Tickets are named by their
story, #12, so that a story keeps its meaning when others are left out.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sla.errors import SlaError

STORY = re.compile(r"#(\d+)")


class Verb(StrEnum):
    """What can be done."""

    SAYS = "says"
    PRESSES = "presses"
    """`words` is the button's action."""
    LOOK_BREAKS = "look-breaks"
    """The next look at the story's ticket fails in its middle and is taken again a minute later."""
    SEND_DIES = "send-dies"
    """The process dies between the next sends and their being marked; it is back at once."""
    CHANNEL_FAILS = "channel-fails"
    """A channel takes nothing for so many seconds: `words` is "telegram 600", of all channels "* 600"."""
    RESTART = "restart"
    """The process is gone for so many seconds; what was in its memory is lost."""


@dataclass(frozen=True, slots=True, order=True)
class Act:
    """One line. `number` counts the acts of a story, which order those of one instant. `late`: seconds between the
    channel's timestamp and the receipt. `breaks`: the store at which handling the message first fails; it is handled
    again then."""

    at: datetime
    story: int
    number: int
    verb: Verb
    who: str = ""
    words: str = ""
    late: int = 0
    breaks: str = ""

    def __str__(self) -> str:
        place = f"#{self.story}.{self.number}"
        trouble = f"late={self.late};breaks={self.breaks}"
        return "\t".join((self.at.isoformat(), place, self.verb, self.who or "-", trouble, self.words or "-"))


def read_script(lines: Iterable[str]) -> list[Act]:
    """The acts of printed lines, in their order; lines that begin with anything but a date are passed over.

    Raises SlaError for a line that cannot be read.
    """
    return sorted(_read(line.rstrip("\n")) for line in lines if re.match(r"\d{4}-", line))


def _read(line: str) -> Act:
    try:
        at, place, verb, who, trouble, words = line.split("\t")
        story, number = place.removeprefix("#").split(".")
        late, breaks = (part.partition("=")[2] for part in trouble.split(";"))
        return Act(
            datetime.fromisoformat(at), int(story), int(number), Verb(verb), who.strip("-") and who,
            "" if words == "-" else words, int(late), breaks,
        )  # fmt: skip  # the order of the fields
    except ValueError as error:
        raise SlaError(f"no line of a simulation: {line!r} ({error})") from error
