"""Waiting for an instant of the wall clock, or for a nudge, whichever comes first.

What is due is decided by the wall clock alone. It may jump, so nobody sleeps for longer than BOUND without looking at
it again; a jump thereby costs seconds, and neither loses nor repeats anything.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

BOUND_SECONDS = 5.0


class Nudge:
    """Wakes one waiting loop. A nudge that comes while nobody waits is kept for the next wait."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def __call__(self) -> None:
        self._event.set()

    async def wait(self, seconds: float | None) -> bool:
        """Whether a nudge came within `seconds` (None: however long it takes)."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True

    def forget(self) -> None:
        """What nudged until now is about to be looked at."""
        self._event.clear()


class Clock:
    """The wall clock `now` (aware) and a `steady` one in seconds that never jumps. Made in bot.app, moved by tests."""

    def __init__(self, now: Callable[[], datetime], steady: Callable[[], float]) -> None:
        self.now = now
        self.steady = steady

    async def wait(self, until: datetime | None, at_most: timedelta, nudge: Nudge, gather: float = 0.0) -> None:
        """Return at `until`, after `at_most` by the steady clock, or when nudged, whichever comes first. Nudges that
        come within the first `gather` seconds count as one: where much happens, much is done together."""
        begin = self.steady()
        end = begin + at_most.total_seconds()
        while (left := self._left(until, end)) > 0:
            if await nudge.wait(min(left, BOUND_SECONDS)):
                soon = min(begin + gather - self.steady(), self._left(until, end))
                if soon > 0:
                    await asyncio.sleep(soon)
                    nudge.forget()
                return

    def _left(self, until: datetime | None, end: float) -> float:
        left = end - self.steady()
        return left if until is None else min(left, (until - self.now()).total_seconds())
