"""Where messages go in the Bot API: a chat, in a group with topics a topic; and groups that have moved.

An address is "123", "-100123", or "-100123:45" for topic 45. A group that becomes a supergroup gets another id, and
keeps its old name in the house: addresses of the configuration and of open tickets stay good, and answers in the moved
group find what was sent under the old name.
"""

import json
import logging
from dataclasses import dataclass, replace

from bot.channels.base import House

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """A chat, and the topic in it; 0 for none."""

    chat: str
    topic: int = 0

    @property
    def general(self) -> "Place":
        """The chat without a topic."""
        return replace(self, topic=0)


def place_of(address: str) -> Place:
    """The place that an address names. What is no topic's number belongs to the chat, which nobody will know."""
    chat, _, topic = address.partition(":")
    return Place(chat, int(topic)) if topic.isascii() and topic.isdigit() else Place(address)


class Moves:
    """Groups that have moved, kept under a mark: old id -> new id. `_names`: new id -> what the house calls it."""

    def __init__(self, mark: str) -> None:
        self._mark = mark
        self._moved: dict[str, str] = {}
        self._names: dict[str, str] = {}

    async def load(self, house: House) -> None:
        """Read what is kept. Raises StorageError."""
        kept = json.loads(await house.get_mark(self._mark) or "{}")
        self._moved, self._names = dict(kept.get("moved", {})), dict(kept.get("names", {}))

    def now(self, address: str) -> Place:
        """Where an address is now."""
        place = place_of(address)
        return replace(place, chat=self._moved.get(place.chat, place.chat))

    def name_of(self, conversation: str) -> str:
        """What the house calls the place that a message came from."""
        chat, colon, topic = conversation.partition(":")
        return self._names.get(chat, chat) + colon + topic

    async def learn(self, house: House, old: str, new: str) -> None:
        """Keep that a group has moved. Raises StorageError."""
        if self._moved.get(old) == new:
            return
        log.warning("telegram_group_moved", extra={"from": old, "to": new})
        await self.load(house)
        name = self._names.get(old, old)
        self._moved |= {was: new for was, to in self._moved.items() if to == old} | {old: new}
        self._names[new] = name
        await self._keep(house)

    async def written_to(self, house: House, address: str) -> None:
        """Somebody has put the new id into the configuration: that is its name from now on. Raises StorageError."""
        if self._names.pop(place_of(address).chat, None) is not None:
            await self._keep(house)

    async def _keep(self, house: House) -> None:
        await house.put_mark(self._mark, json.dumps({"moved": self._moved, "names": self._names}))
