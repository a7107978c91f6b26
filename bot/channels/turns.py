"""How much may be sent to whom, counted by all processes over one database together.

Where there is one process, its channels count by themselves. What was sent lies in small shared texts, the instants of
the latest messages, each changed by one process at a time.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bot.channels.base import ChannelError, House
from storage.base import StorageError

AHEAD_SECONDS = 60.0
"""Nobody books further ahead."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` messages in any `seconds`."""

    most: int
    seconds: float


def booked(kept: str, limits: Sequence[Limit], now: float, patience: float) -> tuple[str, float]:
    """What is to be kept, and in how many seconds it is the turn of one more message; that is booked unless they are
    more than `patience`. Who has some waits behind those who were booked before; who has none goes now or not at all.
    An instant that lies further ahead than anybody books comes of a clock that was put back, and is forgotten."""
    span = max(limit.seconds for limit in limits)
    times = [at for at in json.loads(kept or "[]") if now - span < at <= now + AHEAD_SECONDS]
    instant = max(now, times[-1]) if times and patience else now
    for limit in limits:
        if len(times) >= limit.most:
            instant = max(instant, times[-limit.most] + limit.seconds)
    wait = instant - now
    if wait > patience:
        return kept, wait
    most = max(limit.most for limit in limits)
    return json.dumps([round(at, 4) for at in sorted([*times[-most:], instant])]), wait


async def turn_of(house: House, whose: str, limits: Sequence[Limit], patience: float = 0.0) -> float:
    """Seconds until it is the turn of one more message to `whose`; booked unless they are more than `patience`. 0.0
    where this is the only process. Raises ChannelError where nobody can tell."""
    if house.turns is None:
        return 0.0
    now: datetime = house.now()
    try:
        return await house.turns.change(
            f"turns:{whose}", partial(booked, limits=limits, now=now.timestamp(), patience=patience)
        )
    except StorageError as error:
        raise ChannelError("not_sent", "the database could not be asked") from error
