"""Access tokens: shared between processes, fetched by one of them at a time, and anew where one is no longer taken."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.channels.base import ChannelError, House

Fetch = Callable[[str], Awaitable[tuple[str, timedelta]]]
"""Ask the platform for a token, another one than that given: it, and for how long it is good. Raises ChannelError."""

EARLY = timedelta(minutes=5)
"""A token is fetched anew so long before its end."""
LEASE = timedelta(seconds=30)
PAUSE = timedelta(minutes=1)
"""When a new token is not taken either, so long passes before the next one is fetched."""
LOOK_SECONDS, LOOKS = 0.1, 100
"""How often somebody who waits for another's refresh looks whether it is there."""


def lease_name(name: str) -> str:
    """The lease under which the token that is kept under `name` is fetched."""
    return f"token:{name}"


class Tokens:
    """The token of one application, kept in the house's vault under `name`."""

    def __init__(self, name: str, fetch: Fetch, house: House) -> None:
        self._name, self._fetch, self._house = name, fetch, house
        self._token, self._until = "", datetime.min.replace(tzinfo=house.now().tzinfo)
        self._one = asyncio.Lock()
        self._fetched_at, self._proved = self._until, ""

    async def get(self, failed: str = "") -> str:
        """A token that is good; another one than `failed`, which the platform did not take. Raises ChannelError, also
        where `failed` is new and was never taken: then a third one would help no more."""
        if not self._is_good(failed):
            async with self._one:
                if not self._is_good(failed):
                    await self._renew(failed)
        return self._token

    def proved(self, token: str) -> None:
        """The platform took it."""
        self._proved = token

    def _is_good(self, failed: str) -> bool:
        return self._token not in ("", failed) and self._house.now() < self._until - EARLY

    async def _renew(self, failed: str) -> None:
        """Take the one that another process fetched meanwhile; else fetch it, while others wait."""
        for _ in range(LOOKS):
            await self._read()
            if self._is_good(failed):
                return
            lease, owner = lease_name(self._name), f"{self._house.owner}/{id(self)}"
            fence = await self._house.lease.acquire(lease, owner, self._house.now(), LEASE)
            if fence is not None:
                try:
                    await self._read()
                    if not self._is_good(failed):
                        await self._ask(failed)
                finally:
                    await self._house.lease.release(lease, owner, fence)
                return
            await asyncio.sleep(LOOK_SECONDS)
        raise ChannelError("not_sent", "another process has been fetching the token for too long")

    async def _ask(self, failed: str) -> None:
        wait = self._fetched_at + PAUSE - self._house.now()
        if failed not in ("", self._proved) and failed == self._token and wait > timedelta():
            raise ChannelError("not_sent", "a new access token is not taken either", wait)
        try:
            token, good_for = await self._fetch(failed)
        except ChannelError as error:
            if error.result == "unknown":  # of the token, perhaps; no message went out
                raise ChannelError("not_sent", error.reason, error.retry_after) from error
            raise
        self._fetched_at = self._house.now()
        self._token, self._until = token, self._fetched_at + good_for
        kept = {"token": token, "until": self._until.isoformat()}
        await self._house.vault.put(self._name, json.dumps(kept))

    async def _read(self) -> None:
        kept = await self._house.vault.get(self._name)
        if kept is not None:
            found = json.loads(kept)
            self._token, self._until = found["token"], datetime.fromisoformat(found["until"])
