"""Long polling by one process of those that share a database: whoever holds the lease polls, the others wait for it.

The offset moves on when everything below it is committed. Who lost the lease stops; what was polled twice meanwhile is
known by its key.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.channels.base import House
from bot.channels.telegram_errors import ApiError
from bot.channels.telegram_insist import HOUSE, Insist
from bot.channels.telegram_reading import update_id
from storage.base import StorageError

if TYPE_CHECKING:
    from bot.channels.telegram_api import BotApi

LEASE = timedelta(seconds=10)
RENEW_SECONDS = 3.0
WAIT_SECONDS = 2.0
"""How often who waits looks whether the lease is free. After a crash nobody polls until it has run out."""
RELEASE_SECONDS = 2.0

log = logging.getLogger(__name__)


class Poller:
    """Polls for ever under the lease and the mark of that name. `take` keeps updates, or raises StorageError."""

    def __init__(
        self,
        name: str,
        api: "BotApi",
        house: House,
        take: Callable[[Sequence[object]], Awaitable[None]],
        insist: Insist,
        wait: float = WAIT_SECONDS,
    ) -> None:
        self._name, self._api, self._house = name, api, house
        self._take, self._insist, self._wait = take, insist, wait

    async def run(self) -> None:
        """Hold the lease and poll; wait where another process does."""
        waits = False
        while True:
            fence = await self._insist(self._acquire, HOUSE)
            if fence is None:
                if not waits:
                    log.info("telegram_waits", extra={"why": "another process polls"})
                waits = True
                await asyncio.sleep(self._wait)
                continue
            waits = False
            try:
                await self._hold(fence)
            finally:
                await self._release(fence)

    async def _acquire(self) -> int | None:
        return await self._house.lease.acquire(self._name, self._house.owner, self._house.now(), LEASE)

    async def _renew(self, fence: int) -> bool:
        return await self._house.lease.renew(self._name, self._house.owner, fence, self._house.now(), LEASE)

    async def _release(self, fence: int) -> None:
        """Let another process have it at once. One that cannot be released runs out."""
        try:
            async with asyncio.timeout(RELEASE_SECONDS):
                await self._house.lease.release(self._name, self._house.owner, fence)
        except (StorageError, TimeoutError) as error:
            log.warning("telegram_lease_not_released", extra={"why": type(error).__name__})

    async def _hold(self, fence: int) -> None:
        """Poll until the lease is lost."""
        tasks = [asyncio.create_task(self._keep(fence)), asyncio.create_task(self._poll_on(fence))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        log.warning("telegram_lease_lost")

    async def _keep(self, fence: int) -> None:
        """Renew the lease until it is somebody else's."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                if not await self._renew(fence):
                    return
            except StorageError as error:
                log.warning("telegram_lease_not_renewed", extra={"why": type(error).__name__})

    async def _poll_on(self, fence: int) -> None:
        offset: int | None = int(await self._insist(lambda: self._house.get_mark(self._name), HOUSE) or 0)
        while offset is not None:
            offset = await self._insist(partial(self._poll, fence, offset))

    async def _poll(self, fence: int, offset: int) -> int | None:
        """Fetch what is new and keep it; the next offset, None when the lease was lost meanwhile."""
        try:
            updates = await self._api.updates(offset or None)
        except ApiError as error:
            if error.status == 409 and "webhook" in error.reason:
                log.warning("telegram_webhook_removed")
                await self._api.delete_webhook()
            raise
        if not updates:
            return offset
        await self._take(updates)
        numbers = [number for number in map(update_id, updates) if number is not None]
        if not numbers:
            raise ApiError("unknown", "updates without numbers")
        following = max(numbers) + 1
        if not await self._renew(fence):
            return None  # who holds it now has an offset of its own
        await self._house.put_mark(self._name, str(following))
        return following
