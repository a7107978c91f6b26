"""Waiting for what must come: as long as a busy machine may need, and not a moment longer once it is there."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

Found = TypeVar("Found")

PATIENCE = 60.0
"""Seconds. No test waits them out when all is well; a shared machine that stands still for a while fails none."""
PAUSE_SECONDS = 0.01


async def until(true: Callable[[], object]) -> None:
    """Wait until something is so of which nothing tells. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(PAUSE_SECONDS)


async def until_change(changed: asyncio.Condition, true: Callable[[], object]) -> None:
    """Wait until something is so, as it may become with each change that is told, and with what nobody tells of.
    Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE), changed:
        while not true():
            with suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), PAUSE_SECONDS)


async def until_found(look: Callable[[], Awaitable[Found]]) -> Found:
    """The first that is found. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE):
        while not (found := await look()):  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(PAUSE_SECONDS)
    return found
