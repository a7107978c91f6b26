"""How fast the Bot API may be called: 30 messages a second in all, one a second to a chat, 20 a minute to a group.

(core.telegram.org/bots/faq, "My bot is hitting limits".) A message first waits for its turn in its chat, and only then
for its turn among all, so that a chat with many messages keeps no other waiting.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass

from bot.channels.turns import Limit

ALL = (30, 1.05)
CHAT = (1, 1.05)
GROUP = (20, 60.5)
"""Messages, and the seconds they count for: a little more than the rule, since the way there takes unequal time."""
AHEAD_SECONDS = 50.0
"""How far those who cannot wait are told to come again at most, each at an instant of its own."""
CHATS_MOST = 10_000
ALL_TURNS = (Limit(*ALL),)
"""Among all processes, as among those of one."""


class Window:
    """At most `limit` messages in any `seconds`. Instants are booked in their order."""

    def __init__(self, limit: int, seconds: float) -> None:
        self._booked: deque[float] = deque(maxlen=limit)
        self._seconds = seconds

    def free_at(self, now: float) -> float:
        """The first instant, not before `now`, at which one more may go."""
        if not self._booked:
            return now
        full = len(self._booked) == self._booked.maxlen
        return max(now, self._booked[-1], self._booked[0] + self._seconds if full else now)

    def book(self, instant: float) -> None:
        self._booked.append(instant)


@dataclass(slots=True)
class _Chat:
    """`held`: the server asked for a pause until then. `told`: when the last who could not wait is to come again."""

    windows: tuple[Window, ...]
    held: float = 0.0
    told: float = 0.0


class Pace:
    """The windows of one bot. Instants are seconds of a steady clock."""

    def __init__(self) -> None:
        self._all = Window(*ALL)
        self._chats: OrderedDict[str, _Chat] = OrderedDict()

    def book(self, chat: str, now: float, most: float) -> float:
        """Seconds until a message to `chat` may go as far as the chat is concerned; its turn is booked.

        Where they are more than `most` nothing is booked, and they say when to ask again.
        """
        own = self._of(chat)
        instant = max(now, own.held, *(window.free_at(now) for window in own.windows))
        if instant - now > most:
            own.told = max(own.told + CHAT[1], instant)
            if own.told - now > AHEAD_SECONDS:
                own.told = instant
            return own.told - now
        for window in own.windows:
            window.book(instant)
        return instant - now

    def book_among_all(self, now: float) -> float:
        """Seconds until one more message may go, now that it is its turn in its chat; booked."""
        instant = self._all.free_at(now)
        self._all.book(instant)
        return instant - now

    def hold(self, chat: str, until: float) -> None:
        """The server asked for a pause in this chat."""
        own = self._of(chat)
        own.held = max(until, own.held)

    def _of(self, chat: str) -> _Chat:
        own = self._chats.pop(chat, None) or _Chat(_windows(chat))
        self._chats[chat] = own
        if len(self._chats) > CHATS_MOST:
            self._chats.popitem(last=False)
        return own


def limits_of(chat: str) -> tuple[Limit, ...]:
    """How much may be sent to a chat by all processes together."""
    return (Limit(*CHAT), Limit(*GROUP)) if _is_group(chat) else (Limit(*CHAT),)


def _is_group(chat: str) -> bool:
    return chat.startswith(("-", "@"))


def _windows(chat: str) -> tuple[Window, ...]:
    return (Window(*CHAT), Window(*GROUP)) if _is_group(chat) else (Window(*CHAT),)
