"""What happens with time: each loop is a turn that is taken again and again, fenced from another's crash.

A turn says when it wants to be taken next: at an instant, after a while, or only when nudged. At least every LONGEST it
is taken all the same, since another process may write into the database.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from bot.clock import Clock, Nudge

LONGEST = timedelta(seconds=30)
HEALTHY_SECONDS = 90.0
STOP_SECONDS = 8.0
PAUSES = tuple(timedelta(seconds=s) for s in (1, 2, 5, 10, 30))
"""After a turn that failed, the next is taken after these, the last one over and over."""

log = logging.getLogger(__name__)

When = datetime | timedelta | None
Turn = Callable[[], Awaitable[When]]


class Loop:
    """One loop. `healthy` while its last turn that went well is recent. Nudges within `gather` seconds are one."""

    def __init__(self, name: str, turn: Turn, clock: Clock, nudge: Nudge | None = None, gather: float = 0.0) -> None:
        self.name = name
        self.nudge = nudge or Nudge()
        self._gather = gather
        self._turn = turn
        self._clock = clock
        self._failures = 0
        self._well_at = clock.steady()
        self._stopping = False

    @property
    def healthy(self) -> bool:
        return self._clock.steady() - self._well_at < HEALTHY_SECONDS

    async def forever(self) -> None:
        """Take turns until `stop`."""
        while not self._stopping:
            when = await self.once()
            if isinstance(when, datetime):
                await self._clock.wait(when, LONGEST, self.nudge, self._gather)
            else:
                await self._clock.wait(None, min(when or LONGEST, LONGEST), self.nudge, self._gather)

    def stop(self) -> None:
        """Take no turn after this one."""
        self._stopping = True
        self.nudge()

    async def once(self) -> When:
        """Take one turn; when the next is wanted. What it raises is logged, and the loop goes on after a pause."""
        try:
            wanted = await self._turn()
        except Exception:  # the fence: whatever one turn raises, the next is taken
            log.exception("loop_failed", extra={"loop": self.name, "failures": self._failures + 1})
            pause = PAUSES[min(self._failures, len(PAUSES) - 1)]
            self._failures += 1
            return pause
        self._failures = 0
        self._well_at = self._clock.steady()
        return wanted


async def end(loops: Sequence[Loop], tasks: Sequence[asyncio.Task[None]]) -> None:
    """Let each loop end its turn, so that nothing is left half done; one that does not within seconds is cut off."""
    for loop in loops:
        loop.stop()
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=STOP_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
