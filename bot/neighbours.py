"""Other processes over the same database: each tells the others that there is work, over Redis.

Without Redis, or while it is away, they find the work by themselves, at most `bot.loops.LONGEST` later.
"""

import asyncio
import logging
from collections.abc import Callable

from redis import RedisError
from redis.asyncio import Redis

from storage.replicas import RedisNudge

TOPIC = "work"
PAUSE_SECONDS = 5.0

log = logging.getLogger(__name__)


class Neighbours:
    """`heard` is called when another process, or this one, says that there is work."""

    def __init__(self, url: str, heard: Callable[[], None]) -> None:
        self._redis = Redis.from_url(url)
        self._nudge = RedisNudge(self._redis)
        self._heard = heard
        self._to_tell = asyncio.Event()
        self._tasks: tuple[asyncio.Task[None], ...] = ()
        self._stopping = False  # a cancellation in the middle of a request to Redis may get lost in its library

    def start(self) -> None:
        """Begin to listen and to tell."""
        self._tasks = (asyncio.create_task(self._listen()), asyncio.create_task(self._tell()))

    async def stop(self) -> None:
        """End both."""
        self._stopping = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._redis.aclose()

    def __call__(self) -> None:
        """There is work; several calls are told as one."""
        self._to_tell.set()

    async def _tell(self) -> None:
        while not self._stopping:
            await self._to_tell.wait()
            self._to_tell.clear()
            try:
                await self._nudge.wake(TOPIC)
            except RedisError as error:
                log.warning("redis_away", extra={"reason": type(error).__name__})
                await asyncio.sleep(PAUSE_SECONDS)

    async def _listen(self) -> None:
        while not self._stopping:
            try:
                async with self._nudge.listening() as hearing:
                    while not hearing.done():
                        if await self._nudge.wait(TOPIC, PAUSE_SECONDS):
                            self._heard()
                    await hearing
            except RedisError as error:
                log.warning("redis_away", extra={"reason": type(error).__name__})
            await asyncio.sleep(PAUSE_SECONDS)
