"""How many answers an address is sent in an hour, and when it was last written to: programs that answer each other
stop, whatever they say of themselves."""

import hashlib
import json
from datetime import datetime, timedelta

from bot.channels.base import ChannelError, House

HOUR = timedelta(hours=1)


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


def _mark(address: str) -> str:
    return f"mail:to:{hashlib.sha256(address.lower().encode()).hexdigest()[:24]}"
