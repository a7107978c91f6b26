"""Albums in groups of which one part named the bot: the others are for it as well, whichever process they come to."""

import json
from collections import deque
from collections.abc import Container, Iterable, Mapping

from bot.channels.base import House

MOST = 100


def album_of(update: object) -> str:
    """The album that a new message is a part of; "" for none."""
    message = update.get("message") if isinstance(update, Mapping) else None
    album = message.get("media_group_id") if isinstance(message, Mapping) else None
    return album if isinstance(album, str) else ""


class Albums(Container[str]):
    """The latest of them, kept under a mark before a part is taken, so that a death in between loses none."""

    def __init__(self, mark: str) -> None:
        self._mark = mark
        self._known: deque[str] = deque(maxlen=MOST)

    def __contains__(self, album: object) -> bool:
        return album in self._known

    async def prepare(self, updates: Iterable[object], house: House) -> None:
        """Look at what other processes, or this one before its start, knew of these. Raises StorageError."""
        if any(album and album not in self for album in map(album_of, updates)):
            kept = json.loads(await house.get_mark(self._mark) or "[]")
            self._known.extend(album for album in kept if album not in self)

    async def learn(self, album: str, house: House) -> None:
        """Keep that an album is for the bot. Raises StorageError."""
        if album not in self:
            self._known.append(album)
            await house.put_mark(self._mark, json.dumps([*self._known]))
