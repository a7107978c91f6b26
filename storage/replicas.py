"""What several processes over one database need: leases, and nudges.

A Lease is a row with a fencing number in the database, the one truth about who does what must run once. A Nudge only
says "look now": without it everything is slower, and nothing is wrong.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from sla.message import Address
from storage.base import UnitOfWork
from storage.sql import SqlLeases, SqlUnitOfWork
from storage.writer import Writer, open_writer

if TYPE_CHECKING:
    from redis.asyncio import Redis

REDIS_PREFIX = "wardline:"
ALL_TURNS = Address("turns", "")
"""What is locked while a turn is changed. One lock for all: two that are taken in different orders would wait for each
other."""

T = TypeVar("T")


class Lease(Protocol):
    """Names that one owner at a time holds."""

    async def acquire(self, name: str, owner: str, now: datetime, duration: timedelta) -> int | None:
        """Hold `name` until `now` + `duration`, also when `owner` holds it already. The fence, higher each time; None
        while somebody else holds it. Whoever writes under a lease names its fence, so that a late one is refused."""

    async def renew(self, name: str, owner: str, fence: int, now: datetime, duration: timedelta) -> bool:
        """Hold it for longer under the same fence; False when it ran out or is somebody else's."""

    async def release(self, name: str, owner: str, fence: int) -> None:
        """Let others have it at once; nothing happens when it is somebody else's."""


class DatabaseLease(Lease):
    """The Lease of every installation: rows in the database."""

    def __init__(self, writer: Writer) -> None:
        self._run = writer.run

    async def acquire(self, name: str, owner: str, now: datetime, duration: timedelta) -> int | None:
        return await self._run(lambda uow: _leases(uow).acquire(name, owner, now, now + duration), order=name)

    async def renew(self, name: str, owner: str, fence: int, now: datetime, duration: timedelta) -> bool:
        return await self._run(lambda uow: _leases(uow).renew(name, owner, fence, now, now + duration), order=name)

    async def release(self, name: str, owner: str, fence: int) -> None:
        await self._run(lambda uow: _leases(uow).release(name, owner, fence), order=name)


def _leases(uow: UnitOfWork) -> SqlLeases:
    return cast(SqlUnitOfWork, uow).leases


class Turns(Protocol):
    """Small texts that processes share, each changed by one of them at a time."""

    async def change(self, name: str, make: Callable[[str], tuple[str, T]]) -> T:
        """`make` is given the text that is kept under this name ("" for none), and makes the one that is kept from now
        on, and an answer. It may be called again after an error. Raises StorageError."""


class DatabaseTurns(Turns):
    """Marks. The writer is one of its own: its groups hold one lock, and wait for nothing else while they do."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def change(self, name: str, make: Callable[[str], tuple[str, T]]) -> T:
        def work(uow: UnitOfWork) -> T:
            uow.inbox.alone(ALL_TURNS)
            kept, answer = make(uow.marks.get(name) or "")
            uow.marks.put(name, kept)
            return answer

        return await self._writer.run(work)

    def close(self) -> None:
        """Finish what was begun, and let go of the database."""
        self._writer.close()


def open_turns(url: str, keys: str) -> DatabaseTurns | None:
    """Turns over the database at this address; None for a file, which one process has for itself. Raises
    StorageError."""
    writer = open_writer(url, keys)
    return DatabaseTurns(writer) if writer else None


class Nudge(Protocol):
    """Wakes whoever waits for a topic ("deliver", "watch"), in this process or another. One that comes while nobody
    waits is kept for the next wait; several are one."""

    async def wake(self, topic: str) -> None: ...
    async def wait(self, topic: str, seconds: float | None) -> bool:
        """Whether a nudge came within `seconds` (None: however long it takes)."""


class LocalNudge(Nudge):
    """Within one process; the default."""

    def __init__(self) -> None:
        self._topics: dict[str, asyncio.Event] = {}

    async def wake(self, topic: str) -> None:
        self._topic(topic).set()

    async def wait(self, topic: str, seconds: float | None) -> bool:
        event = self._topic(topic)
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return False
        event.clear()
        return True

    def _topic(self, topic: str) -> asyncio.Event:
        return self._topics.setdefault(topic, asyncio.Event())


class RedisNudge(Nudge):
    """Between processes, over Redis; within this one it works without Redis as well."""

    def __init__(self, redis: "Redis") -> None:
        self._redis, self._local = redis, LocalNudge()

    async def wake(self, topic: str) -> None:
        """Raises redis.RedisError where Redis is not to be had; those in this process are woken all the same."""
        await self._local.wake(topic)
        await self._redis.publish(f"{REDIS_PREFIX}{topic}", b"")

    async def wait(self, topic: str, seconds: float | None) -> bool:
        return await self._local.wait(topic, seconds)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[asyncio.Task[None]]:
        """Hear other processes meanwhile. The task ends with redis.RedisError when Redis goes away: listen anew."""
        channel = self._redis.pubsub(ignore_subscribe_messages=False)
        await channel.psubscribe(f"{REDIS_PREFIX}*")
        await channel.get_message(timeout=None)  # the answer to the subscription: from here on nothing is missed
        task = asyncio.create_task(self._hear(channel.listen()))
        try:
            yield task
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await channel.aclose()  # type: ignore[no-untyped-call]  # redis leaves it untyped

    async def _hear(self, messages: AsyncIterator[dict[str, object]]) -> None:
        async for message in messages:
            if message["type"] == "pmessage":
                topic = cast(bytes, message["channel"]).decode()
                await self._local.wake(topic.removeprefix(REDIS_PREFIX))
