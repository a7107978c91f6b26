"""Channels are started here, and started again when they could not be; who answers for the bot hears of it once.

A channel's import is heavy, so that it happens after the port listens. One that cannot start stops no other: it is
tried again after growing pauses. One that runs and whose provider does not take it (a token that was withdrawn, a
network that is gone) goes on trying by itself; it is told of when that lasts.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.alarm import Alarm
from bot.channels.base import Channel, House
from bot.clock import Clock
from bot.web.desk import Run
from sla.errors import SlaError
from sla.labels import Role
from sla.rules import Rules

PAUSES = (10.0, 30.0, 60.0, 120.0, 300.0)
"""Seconds after a start that failed; the last one over and over."""
TOLD_AFTER_SECONDS = 60.0
"""A provider that is away for less is nobody's concern."""
EVERY = timedelta(seconds=10)

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Trouble:
    """What is wrong with a channel: `since` names it for good, `told` whether somebody heard of it."""

    reason: str
    since: datetime
    began: float
    failures: int = 0
    again: float = 0.0
    told: bool = False


class Connect:
    """Starts what `makers` make into `channels`. `started` is called when a channel's rows can be sent, or go on to
    the next address; `coming` holds those of which neither is known yet."""

    def __init__(
        self,
        makers: Mapping[str, Callable[[], Channel]],
        channels: MutableMapping[str, Channel],
        house: Callable[[], House],
        run: Run,
        rules: Callable[[], Rules],
        clock: Clock,
        started: Callable[[], None],
    ) -> None:
        self._makers, self._channels, self._house = makers, channels, house
        self._run, self._rules, self._clock, self._started = run, rules, clock, started
        self.coming = set(makers)
        self._troubles: dict[str, _Trouble] = {}
        self._stopping = False

    async def stop(self) -> None:
        """Start nothing any more, and stop what was started."""
        self._stopping = True
        for channel in self._channels.values():
            await channel.stop()

    async def turn(self) -> timedelta:
        """Start what is to be started, and look at how the others do."""
        for name, make in () if self._stopping else self._makers.items():
            trouble = self._troubles.get(name)
            if name not in self._channels and (trouble is None or trouble.again <= self._clock.steady()):
                await self._start(name, make)
        for name, channel in list(self._channels.items()):
            await self._look(name, channel.problem())
        return EVERY

    def started(self) -> bool:
        """Whether every channel is there, or has yet to be tried."""
        return all(name in self._channels or name in self.coming for name in self._makers)

    def parts(self) -> dict[str, bool]:
        """Each channel, with whether its messages come in and go out."""
        missing = {name: False for name in self._makers if name not in self._channels}
        return missing | {name: c.healthy() and not c.problem() for name, c in self._channels.items()}

    async def _start(self, name: str, make: Callable[[], Channel]) -> None:
        """One try. What fails is stopped again, so that nothing of it is left."""
        channel: Channel | None = None
        try:
            channel = await asyncio.to_thread(make)
            await channel.start(self._house())
        except Exception as error:  # the fence: a channel that cannot start stops no other
            why = str(error) if isinstance(error, SlaError) else type(error).__name__
            log.exception("channel_failed", extra={"channel": name, "why": why})
            if channel is not None:
                await channel.stop()
            await self._failed(name, why)
        else:
            if self._stopping:
                await channel.stop()
            self._channels[name] = channel
        self.coming.discard(name)
        self._started()

    async def _failed(self, name: str, reason: str) -> None:
        trouble = self._troubles.setdefault(name, self._trouble(reason))
        trouble.again = self._clock.steady() + PAUSES[min(trouble.failures, len(PAUSES) - 1)]
        trouble.failures += 1
        await self._tell(name, trouble)

    async def _look(self, name: str, problem: str) -> None:
        trouble = self._troubles.get(name)
        if problem:
            trouble = self._troubles.setdefault(name, self._trouble(problem))
            if self._clock.steady() - trouble.began >= TOLD_AFTER_SECONDS:
                await self._tell(name, trouble)
        elif trouble is not None:
            del self._troubles[name]
            if trouble.told:
                await self._say(f"channel-back:{name}:{trouble.since.isoformat()}", "alarm_channel_back", channel=name)

    def _trouble(self, reason: str) -> _Trouble:
        return _Trouble(reason, self._clock.now(), self._clock.steady())

    async def _tell(self, name: str, trouble: _Trouble) -> None:
        if not trouble.told:
            key = f"channel:{name}:{trouble.since.isoformat()}"
            await self._say(key, "alarm_channel", channel=name, reason=trouble.reason)
            trouble.told = True

    async def _say(self, key: str, sentence: str, **fields: object) -> None:
        now, rules = self._clock.now(), self._rules()
        alarm = Alarm(key, sentence)
        await self._run(lambda uow: alarm.tell(uow, rules, (Role.ADMINISTRATOR,), now, **fields))
        self._started()
