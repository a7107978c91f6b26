"""How much one recipient may be sent: the platform drops the rest without a word, or refuses it."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta

from bot.channels.base import ChannelError, House
from bot.channels.turns import Limit, turn_of

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
KNOWN_MOST = 10_000
TOO_MANY = "so many messages at once are dropped"


class Pace:
    """What was sent to whom within the last hour, by this process or, where there are several, by all of them. `whose`
    names the account that sends."""

    def __init__(self, whose: str) -> None:
        self._whose = whose
        self._sent: OrderedDict[str, deque[datetime]] = OrderedDict()

    async def take(self, house: House, to: str, a_minute: int, an_hour: int | None = None) -> None:
        """Count one message. Raises ChannelError, with the time after which there is room, where there is none."""
        if house.turns is None:
            self._take(to, house.now(), a_minute, an_hour)
            return
        limits = (Limit(a_minute, MINUTE.total_seconds()),)
        hour = (Limit(an_hour, HOUR.total_seconds()),) if an_hour else ()
        if wait := await turn_of(house, f"{self._whose}:{to}", (*limits, *hour)):
            raise ChannelError("not_sent", TOO_MANY, timedelta(seconds=wait))

    def _take(self, to: str, now: datetime, a_minute: int, an_hour: int | None) -> None:
        times = self._sent.setdefault(to, deque())
        self._sent.move_to_end(to)
        while times and times[0] <= now - HOUR:
            times.popleft()
        for span, most in ((MINUTE, a_minute), (HOUR, an_hour)):
            if most is not None and len(times) >= most and times[-most] > now - span:
                raise ChannelError("not_sent", TOO_MANY, times[-most] + span - now)
        times.append(now)
        while len(self._sent) > KNOWN_MOST:
            self._sent.popitem(last=False)
