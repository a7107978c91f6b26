"""The heartbeat: an address outside is called while all is well, so that silence pages when the pager is dead."""

import logging
from collections.abc import Callable
from datetime import timedelta

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.clock import Clock
from bot.settings import Heartbeat

TIMEOUT = ClientTimeout(total=10)

log = logging.getLogger(__name__)


class Beat:
    """Calls the address. `well` says whether every loop is healthy."""

    def __init__(self, heartbeat: Heartbeat, well: Callable[[], bool], clock: Clock) -> None:
        self._heartbeat, self._well, self._clock = heartbeat, well, clock
        self._next = clock.steady()

    async def turn(self) -> timedelta:
        """One beat, if all is well and an address is set. A failed call is no fault of ours: it is logged."""
        left = self._next - self._clock.steady()
        if left > 0:
            return timedelta(seconds=left)
        self._next = self._clock.steady() + self._heartbeat.every.total_seconds()
        if self._heartbeat.url and not self._well():
            log.error("heartbeat_withheld")
        elif self._heartbeat.url:
            await self._call()
        return timedelta(seconds=max(0.0, self._next - self._clock.steady()))

    async def _call(self) -> None:
        try:
            async with ClientSession(timeout=TIMEOUT) as session, session.get(self._heartbeat.url) as answer:
                if answer.status >= 400:
                    log.warning("heartbeat_refused", extra={"status": answer.status})
        except (ClientError, TimeoutError, OSError) as error:
            log.warning("heartbeat_failed", extra={"reason": type(error).__name__})
