"""How many mails whose senders nothing proves are taken in an hour: anybody can put any address into From, and each
such mail may open a ticket and have somebody called at night. Counted by all processes together, by the hour in which
a mail reached the own server: what came in while nobody read is no crowd."""

import asyncio
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bot.channels.base import House
from bot.channels.mailbox.ageing import CROWD, HOUR_SECONDS


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a mail is one too many, "" where it is none; and then whether its sender is to hear of it."""

    why: str = ""
    is_to_hear: bool = False


@dataclass(frozen=True, slots=True)
class Caps:
    """At most `in_all` in an hour, of one sender `each`."""

    each: int
    in_all: int

    def counted(self, kept: str, sender: str, key: str) -> tuple[str, Verdict]:
        """What is to be kept of an hour ("" for nothing yet), and what becomes of the mail of that key, which is the
        same however often it is read. What is one too many counts for nothing; its sender is to hear of it once, and no
        more senders than mails are taken, since most of them did not write it."""
        taken, told = json.loads(kept) if kept else ({}, {})
        if key in taken:
            return kept, Verdict()
        if sum(each == sender for each in taken.values()) >= self.each:
            why = f"more than {self.each} unproven mails of one sender in an hour"
        elif len(taken) >= self.in_all:
            why = f"more than {self.in_all} unproven mails in an hour"
        else:
            return json.dumps([taken | {key: sender}, told]), Verdict()
        if sender not in told and len(told) < self.in_all:
            told |= {sender: key}
            kept = json.dumps([taken, told])
        return kept, Verdict(why, told.get(sender) == key)


class Crowd:
    """Admits mails by `caps`; what was counted lies in a mark for each hour."""

    def __init__(self, house: House, caps: Caps) -> None:
        self._house, self._caps = house, caps
        self._alone = asyncio.Lock()

    async def admits(self, sender: str, key: str, at: datetime) -> Verdict:
        """Count the mail that reached the own server at that instant. Raises StorageError."""
        name = f"{CROWD}{int(at.timestamp()) // HOUR_SECONDS}"
        count = partial(self._caps.counted, sender=_short(sender), key=_short(key))
        if self._house.turns is not None:
            return await self._house.turns.change(name, count)
        async with self._alone:
            kept = await self._house.get_mark(name) or ""
            changed, verdict = count(kept)
            if changed != kept:
                await self._house.put_mark(name, changed)
        return verdict


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
