"""How fast the Bot API may be called: 30 messages a second in all, one a second to a chat, 20 a minute to a group.

(core.telegram.org/bots/faq, "My bot is hitting limits".) Slots are booked, so that of many who wait each has its own.
"""

from collections import OrderedDict, deque

ALL = (30, 1.05)
CHAT = (1, 1.05)
GROUP = (20, 60.5)
"""Messages, and the seconds they count for: a little more than the rule, since the way there takes unequal time."""
CHATS_MOST = 10_000


class Window:
    """At most `limit` messages in any `seconds`."""

    def __init__(self, limit: int, seconds: float) -> None:
        self._booked: deque[float] = deque(maxlen=limit)
        self._seconds = seconds

    def free_at(self, now: float) -> float:
        """The first instant, not before `now`, at which one more may go."""
        full = len(self._booked) == self._booked.maxlen
        return max(now, self._booked[0] + self._seconds) if full else now

    def book(self, instant: float) -> None:
        self._booked.append(instant)


class Pace:
    """The windows of one bot. Instants are seconds of a steady clock."""

    def __init__(self) -> None:
        self._all = Window(*ALL)
        self._chats: OrderedDict[str, tuple[Window, ...]] = OrderedDict()
        self._held: dict[str, float] = {}

    def book(self, chat: str, now: float, most: float) -> float:
        """Seconds to wait before a message to `chat`; its slot is booked unless they are more than `most`."""
        windows = (self._all, *self._of(chat))
        instant = max(now, self._held.get(chat, now), *(window.free_at(now) for window in windows))
        if instant - now <= most:
            self._held.pop(chat, None)
            for window in windows:
                window.book(instant)
        return instant - now

    def hold(self, chat: str, until: float) -> None:
        """The server asked for a pause in this chat."""
        self._held[chat] = max(until, self._held.get(chat, until))

    def _of(self, chat: str) -> tuple[Window, ...]:
        windows = self._chats.pop(chat, None) or _windows(chat)
        self._chats[chat] = windows
        if len(self._chats) > CHATS_MOST:
            self._held.pop(self._chats.popitem(last=False)[0], None)
        return windows


def _windows(chat: str) -> tuple[Window, ...]:
    is_group = chat.startswith(("-", "@"))
    return (Window(*CHAT), Window(*GROUP)) if is_group else (Window(*CHAT),)
