"""A notice that changes an earlier message instead of being one: words in the place of its buttons."""

from collections.abc import Awaitable, Callable

from bot.channels.base import ChannelError, House
from storage.base import Earlier, OutboxRow, StorageError

Change = Callable[[Earlier], Awaitable[None]]
"""Show the words in the place of the buttons under one message, or take these off. Raises ChannelError."""


async def change(row: OutboxRow, house: House, make: Change) -> str:
    """Change the message that the row is about, where it got through and has an id; "", since nothing new was sent.
    Raises ChannelError: who presses a button that is left is told how things stand."""
    try:
        earlier = await house.earlier(row.notice.changes)
    except StorageError as error:
        raise ChannelError("not_sent", "the database could not be asked") from error
    if earlier is not None and earlier.provider_id:
        await make(earlier)
    return ""
