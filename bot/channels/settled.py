"""Buttons under earlier messages, when somebody took what they asked for: best effort, never in the way of a send."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.channels.base import ChannelError, House
from storage.base import Earlier, OutboxRow, StorageError

SECONDS = 4.0
"""How long a send may take longer for it."""

Change = Callable[[Earlier], Awaitable[None]]
"""Take the buttons off one message. Raises ChannelError."""

log = logging.getLogger(__name__)


async def settle(row: OutboxRow, house: House, change: Change) -> None:
    """Change what was sent before this row, where it settles that. What cannot be changed stays: who presses its button
    is told how things stand."""
    if not row.notice.settles:
        return
    channel = row.address.channel if row.address else ""
    try:
        async with asyncio.timeout(SECONDS):
            for earlier in await house.earlier(row):
                try:
                    await change(earlier)
                except ChannelError as error:
                    log.info("buttons_left", extra={"channel": channel, "why": error.reason})
    except (TimeoutError, StorageError) as error:
        log.info("buttons_left", extra={"channel": channel, "why": type(error).__name__})
