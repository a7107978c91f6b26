"""What may be said once: whoever overheard a call can make it again, and where nothing signs its words with others.

What was said is kept with the message, in its commit, so that replicas and a restart know of it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sla.errors import SlaError
from storage.base import UnitOfWork

ONCE = "once:"
"""How the names of the marks begin; the second at which it was said follows, in ten digits."""
LIFE = timedelta(minutes=10)
"""What was said so long ago cannot be said again: calls are good for five minutes, whichever clock is ahead."""


class SaidOtherwise(SlaError):
    """It was said before, in other words."""


@dataclass(frozen=True, slots=True)
class Once:
    """`name` names what may be said once, said at `second` (since 1970, UTC); `words` is a hash of what was said."""

    name: str
    second: int
    words: str

    def claim(self, uow: UnitOfWork) -> None:
        """Note it. Raises SaidOtherwise where it was noted with other words."""
        if uow.marks.keep(f"{ONCE}{self.second:010}:{self.name}", self.words) != self.words:
            raise SaidOtherwise("said before, in other words")


def said_at(name: str) -> datetime | None:
    """When what such a mark stands for was said; None for a name that is not of ours."""
    second = name.removeprefix(ONCE)[:10]
    return datetime.fromtimestamp(int(second), UTC) if second.isascii() and second.isdigit() else None
