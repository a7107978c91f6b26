"""How many answers an address is sent in an hour, and when it was last written to: programs that answer each other
stop, whatever they say of themselves. And to which of our mailboxes somebody writes: answers leave by it."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.channels.base import ChannelError, House
from bot.channels.mailbox.ageing import CAME, SENT

HOUR = timedelta(hours=1)
RENEWED = timedelta(days=1)
"""So long after it was noted by which mailbox somebody writes, it is noted again: such marks go when they are old."""


class Answers:
    """Counts in marks, so that all processes and a restart know of it."""

    def __init__(self, house: House, most: int) -> None:
        self._house, self._most = house, most

    async def count(self, address: str, *, answer: bool) -> None:
        """Note that the address is written to. Raises ChannelError when it had its share of answers."""
        now, (since, count, _) = self._house.now(), await self._read(address)
        if now - since >= HOUR:
            since, count = now, 0
        if answer and count >= self._most:
            raise ChannelError("not_sent", f"more than {self._most} answers in an hour", since + HOUR - now)
        kept = [since.isoformat(), count + answer, now.isoformat()]
        await self._house.put_mark(_mark(address), json.dumps(kept))

    async def was_sent(self, address: str, within: timedelta) -> bool:
        """Whether something was sent there lately."""
        return self._house.now() - (await self._read(address))[2] <= within

    async def _read(self, address: str) -> tuple[datetime, int, datetime]:
        kept = await self._house.get_mark(_mark(address))
        if kept is None:
            never = datetime.min.replace(tzinfo=self._house.now().tzinfo)
            return never, 0, never
        since, count, last = json.loads(kept)
        return datetime.fromisoformat(since), count, datetime.fromisoformat(last)


class Ways:
    """By which of our mailboxes somebody last wrote, in marks; where there is one only, nothing is noted."""

    def __init__(self, house: House, boxes: Sequence[str]) -> None:
        self._house, self._boxes = house, boxes

    async def came(self, address: str, box: str) -> None:
        """Somebody wrote to this mailbox."""
        if len(self._boxes) < 2:
            return
        kept = await self._read(address)
        if kept is None or kept[0] != box or self._house.now() - kept[1] >= RENEWED:
            await self._house.put_mark(_way(address), json.dumps([box, self._house.now().isoformat()]))

    async def to(self, address: str) -> str:
        """The mailbox that a mail to the address leaves by: the one they wrote to, else the first."""
        kept = await self._read(address) if len(self._boxes) > 1 else None
        return kept[0] if kept and kept[0] in self._boxes else self._boxes[0]

    async def _read(self, address: str) -> tuple[str, datetime] | None:
        kept = await self._house.get_mark(_way(address))
        if kept is None:
            return None
        box, at = json.loads(kept)
        return str(box), datetime.fromisoformat(at)


def _mark(address: str) -> str:
    return f"{SENT}{_name(address)}"


def _way(address: str) -> str:
    return f"{CAME}{_name(address)}"


def _name(address: str) -> str:
    return hashlib.sha256(address.lower().encode()).hexdigest()[:24]
