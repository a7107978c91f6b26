"""One of the processes that share a database has the robot: the platform keeps one connection a robot, and who connects
takes it from whoever had it.

While the database cannot be asked the connection that is there stays, since nothing that was said without one comes
again; but it is not opened anew, or two processes would take it from each other for ever.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.channels.base import House
from storage.base import StorageError

LEASE = timedelta(seconds=10)
RENEW_SECONDS = 3.0
WAIT_SECONDS = 2.0
"""How often who waits looks whether the lease is free. After a crash nobody is connected until it has run out."""
RELEASE_SECONDS = 2.0

log = logging.getLogger(__name__)

Sure = Callable[[], Awaitable[bool]]
"""Whether the lease is still ours; asked before each connection. Raises StorageError."""


def lease_of(bot_id: str) -> str:
    """The name of the lease for a robot's connection."""
    return f"wecom:robot:{bot_id}"


class Holding:
    """Does `work` for as long as this process holds the lease of that name. `elsewhere`: another one does."""

    def __init__(self, name: str, house: House, work: Callable[[Sure], Awaitable[None]], wait: float = WAIT_SECONDS):
        self._name, self._house, self._work, self._wait = name, house, work, wait
        self._owner = f"{house.owner}/{id(self)}"
        self._fence: int | None = None
        self.elsewhere = False

    def holds(self) -> bool:
        """Whether it is ours just now."""
        return self._fence is not None

    async def run(self) -> None:
        """Hold the lease and work; wait where another process does."""
        while True:
            self._fence = await self._acquire()
            if self._fence is None:
                await asyncio.sleep(self._wait)
                continue
            try:
                await self._hold(self._fence)
            finally:
                fence, self._fence = self._fence, None
                await self._release(fence)

    async def _acquire(self) -> int | None:
        """The lease; given back when we are stopped while it is taken."""
        lease = self._house.lease
        taking = asyncio.ensure_future(lease.acquire(self._name, self._owner, self._house.now(), LEASE))
        try:
            fence = await asyncio.shield(taking)
        except asyncio.CancelledError:
            if (fence := await taking) is not None:
                await self._release(fence)
            raise
        except StorageError as error:
            log.warning("robot_lease_not_taken", extra={"why": type(error).__name__})
            return None
        if fence is None and not self.elsewhere:
            log.info("robot_waits", extra={"why": "another process is connected"})
        self.elsewhere = fence is None
        return fence

    async def _hold(self, fence: int) -> None:
        tasks = [
            asyncio.ensure_future(self._work(lambda: self._renew(fence))),
            asyncio.create_task(self._keep(fence)),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # raises what nobody foresaw
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        log.warning("robot_lease_lost")

    async def _renew(self, fence: int) -> bool:
        return await self._house.lease.renew(self._name, self._owner, fence, self._house.now(), LEASE)

    async def _keep(self, fence: int) -> None:
        """Renew the lease until it is somebody else's."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                if not await self._renew(fence):
                    return
            except StorageError as error:
                log.warning("robot_lease_not_renewed", extra={"why": type(error).__name__})

    async def _release(self, fence: int) -> None:
        """Let others have it at once. One that cannot be released runs out."""
        try:
            async with asyncio.timeout(RELEASE_SECONDS):
                await self._house.lease.release(self._name, self._owner, fence)
        except (StorageError, TimeoutError) as error:
            log.warning("robot_lease_not_released", extra={"why": type(error).__name__})
