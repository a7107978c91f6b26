"""Mails that nobody dealt with: those that could not be read, and those that were held back as too many whom nothing
proves. Each is a mark of its own, so that replicas put none in another's place and a flood puts none out of sight."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.channels.mailbox.ageing import ASIDE

WHY_MOST = 200
PAGE = 500


@dataclass(frozen=True, slots=True)
class Aside:
    """`place` names the mail, `ref` its bytes; `noted` is when it was set aside. A mail that was `held` back can be
    taken later: `came` is when it reached the own server, `whole` whether these are all of its bytes."""

    place: str
    ref: str
    why: str
    noted: datetime
    held: bool = False
    came: datetime | None = None
    whole: bool = True

    @property
    def name(self) -> str:
        """The name of its mark."""
        return f"{ASIDE}:{self.place}"

    def text(self) -> str:
        """Its mark."""
        came = self.came.isoformat() if self.came else ""
        return json.dumps(
            [self.place, self.ref, self.why[:WHY_MOST], self.noted.isoformat(), self.held, came, self.whole]
        )


def asides_in(name: str, value: str) -> Iterator[Aside]:
    """The mails that a mark names: one, or the list that older versions kept."""
    noted = json.loads(value)
    for place, ref, why, at, *more in noted if name == ASIDE else [noted]:
        held, came, whole = more or (False, "", True)
        yield Aside(
            place, ref, why, datetime.fromisoformat(at), held, datetime.fromisoformat(came) if came else None, whole
        )
