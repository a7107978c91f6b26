"""How much one recipient may be sent: the platform drops the rest without a word, or refuses it."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta

from bot.channels.base import ChannelError

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
KNOWN_MOST = 10_000


class Pace:
    """What was sent to whom within the last hour, by this process."""

    def __init__(self) -> None:
        self._sent: OrderedDict[str, deque[datetime]] = OrderedDict()

    def take(self, to: str, now: datetime, a_minute: int, an_hour: int | None = None) -> None:
        """Count one message. Raises ChannelError, with the time after which there is room, where there is none."""
        times = self._sent.setdefault(to, deque())
        self._sent.move_to_end(to)
        while times and times[0] <= now - HOUR:
            times.popleft()
        for span, most in ((MINUTE, a_minute), (HOUR, an_hour)):
            if most is not None and len(times) >= most and times[-most] > now - span:
                raise ChannelError("not_sent", "so many messages at once are dropped", times[-most] + span - now)
        times.append(now)
        while len(self._sent) > KNOWN_MOST:
            self._sent.popitem(last=False)
