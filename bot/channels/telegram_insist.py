"""Calls that are tried until they go well, and what is wrong meanwhile."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from bot.channels.telegram_errors import ApiError
from bot.channels.telegram_fields import Malformed
from storage.base import StorageError

SERVER, HOUSE, WEBHOOK = "server", "house", "webhook"
"""Whose fault it may be: that a mark can be read says nothing of the server."""

T = TypeVar("T")

log = logging.getLogger(__name__)


class Insist:
    """Calls until it goes well, with growing pauses in seconds, the last one over and over."""

    def __init__(self, pauses: Sequence[float]) -> None:
        self._pauses = pauses
        self._problems: dict[str, str] = {}

    def problem(self) -> str:
        """What is wrong now, "" for nothing."""
        return next(iter(self._problems.values()), "")

    def note(self, whose: str, words: str) -> None:
        """What is wrong with one of them now; "" for nothing."""
        if words:
            self._problems[whose] = words
        else:
            self._problems.pop(whose, None)

    async def __call__(self, call: Callable[[], Awaitable[T]], whose: str = SERVER) -> T:
        """The result. The first failure and the end of a row are logged."""
        failures = 0
        while True:
            try:
                result = await call()
            except (ApiError, StorageError, Malformed) as error:
                wait = error.retry_after if isinstance(error, ApiError) else None
                why = str(error)
            except Exception:  # the fence: whatever one turn raises, the next is taken
                log.exception("telegram_crashed")
                wait, why = None, "crashed"
            else:
                self.note(whose, "")
                if failures:
                    log.info("telegram_back", extra={"failures": failures})
                return result
            self.note(whose, why)
            if not failures:
                log.warning("telegram_failed", extra={"why": why})
            pause = self._pauses[min(failures, len(self._pauses) - 1)]
            failures += 1
            await asyncio.sleep(max(pause, wait.total_seconds()) if wait else pause)
