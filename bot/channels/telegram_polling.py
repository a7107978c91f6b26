"""Long polling by one process of those that share a database: whoever holds the lease polls, the others wait for it.

The offset moves on when everything below it is committed. Who lost the lease stops; what was polled twice meanwhile is
known by its key.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from bot.channels.base import House
from bot.channels.leased import Sure
from bot.channels.telegram_errors import ApiError
from bot.channels.telegram_insist import HOUSE, SERVER, Insist
from bot.channels.telegram_reading import update_id

if TYPE_CHECKING:
    from bot.channels.telegram_api import BotApi

log = logging.getLogger(__name__)


class Poller:
    """Polls for ever under the mark of that name. `take` keeps updates, or raises StorageError."""

    def __init__(
        self,
        name: str,
        api: "BotApi",
        house: House,
        take: Callable[[Sequence[object]], Awaitable[None]],
        insist: Insist,
    ) -> None:
        self._name, self._api, self._house = name, api, house
        self._take, self._insist = take, insist

    async def run(self, sure: Sure) -> None:
        """Poll until the lease is lost."""
        try:
            offset: int | None = int(await self._insist(lambda: self._house.get_mark(self._name), HOUSE) or 0)
            while offset is not None:
                offset = await self._insist(partial(self._poll, sure, offset))
        finally:  # what was wrong is from now on for whoever polls to say
            self._insist.note(SERVER, "")
            self._insist.note(HOUSE, "")

    async def _poll(self, sure: Sure, offset: int) -> int | None:
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
        if not await sure():
            return None  # who holds it now has an offset of its own
        await self._house.put_mark(self._name, str(following))
        return following
