"""The codes by which cards that were sent can be changed: each once, within 72 hours. Kept among the shared secrets."""

import asyncio
import json
from datetime import datetime, timedelta

from bot.channels.base import House

VALID = timedelta(hours=72)
KEPT_MOST = 20
"""Cards of one member whose codes are kept."""


class Cards:
    """Codes by the tasks of cards, for each member of one application."""

    def __init__(self, name: str, house: House) -> None:
        self._name, self._house = name, house
        self._one = asyncio.Lock()

    async def keep(self, to: str, task: str, code: str) -> None:
        """Keep the latest code of a card. Raises StorageError."""
        async with self._one:
            codes = await self._read(to)
            codes.pop(task, None)
            codes[task] = (code, self._house.now().isoformat())
            await self._write(to, dict(list(codes.items())[-KEPT_MOST:]))

    async def take(self, to: str, task: str) -> str:
        """The code of a card, which is then used up; "" where there is none that is still good. Raises StorageError."""
        async with self._one:
            codes = await self._read(to)
            code, at = codes.pop(task, ("", ""))
            if not code:
                return ""
            await self._write(to, codes)
        return code if self._house.now() - datetime.fromisoformat(at) < VALID else ""

    async def _read(self, to: str) -> dict[str, tuple[str, str]]:
        kept = await self._house.vault.get(f"{self._name}:{to}")
        return {task: (code, at) for task, (code, at) in json.loads(kept).items()} if kept else {}

    async def _write(self, to: str, codes: dict[str, tuple[str, str]]) -> None:
        await self._house.vault.put(f"{self._name}:{to}", json.dumps(codes))
