"""A channel in the process's own delivery, over minutes of a clock that the test moves: what goes out while its
provider is down, who hears of it, and what comes of it all when the provider is back.
"""

from datetime import datetime, timedelta

from bot.channels.base import Channel
from bot.channels.webchat import WebChat
from bot.clock import Clock, Nudge
from bot.connect import Connect
from bot.delivery import Delivery
from sla.message import Address, Notice, Purpose
from tests.channels.rig import ProviderRig
from tests.support.addresses import with_addresses
from tests.support.botapi import START

WHO = "engineer1"
STEP = timedelta(seconds=10)
TURNS_MOST = 30
"""Turns in a row without any time between them; more mean that something is tried without a pause."""


class Ward:
    """`engineer1` is reached by the rig's channel, and then by the web chat; administrators and managers there."""

    def __init__(self, rig: ProviderRig) -> None:
        self.rig, self.keeper = rig, rig.keeper
        self.there, self.spare = Address(rig.channel.name, rig.person), Address("webchat", WHO)
        self.rules = with_addresses(engineer1=(f"{rig.channel.name}:{rig.person}", f"webchat:{WHO}"))
        self.clock = Clock(self.now, self.steady)
        self.channels: dict[str, Channel] = {"webchat": WebChat(), rig.channel.name: rig.channel}
        self.begin()
        self.connect = Connect(
            {}, self.channels, self.keeper.house, self.keeper.run, lambda: self.rules, self.clock, lambda: None
        )

    def now(self) -> datetime:
        """The time."""
        return self.keeper.now

    def steady(self) -> float:
        """It in seconds."""
        return (self.keeper.now - START).total_seconds()

    def begin(self) -> None:
        """Delivery by a process that was started just now."""
        self.channels[self.rig.channel.name] = self.rig.channel
        self.delivery = Delivery(
            f"w{id(self.rig.channel)}",
            self.channels,
            self.keeper.run,
            lambda: self.rules,
            self.clock,
            Nudge(),
            lambda row: None,
            lambda name, result: None,
        )

    async def restart(self) -> None:
        """The process ends and another one begins."""
        await self.rig.stop()
        await self.rig.start()
        self.begin()

    async def says(self, text: str, purpose: Purpose = Purpose.PAGE, *, only_there: bool = False) -> None:
        """Something is to be said to the engineer; its words name it."""
        addresses = (self.there,) if only_there else (self.there, self.spare)
        notice = Notice(f"9:{text}", purpose, addresses, text, person=WHO, ticket=9)
        await self.keeper.run(lambda uow: uow.outbox.add([notice], self.keeper.now))

    async def goes_on(self, **span: float) -> None:
        """Time goes on, by `timedelta(**span)`: the loops take their turns when they are due."""
        end, still = self.keeper.now + timedelta(**span), 0
        while self.keeper.now < end:
            await self.delivery.turn()
            await self.delivery.end()
            await self.connect.turn()
            following = await self.keeper.run(lambda uow: uow.outbox.next_at())
            still = still + 1 if following and following <= self.keeper.now else 0
            assert still < TURNS_MOST, "tried again and again without a pause"
            if not still:
                self.rig.now_is(min(end, self.keeper.now + STEP, following or end))

    async def told(self, person: str) -> list[tuple[str, datetime]]:
        """What somebody was told by the web chat, and when."""
        here = Address("webchat", person)
        rows = await self.keeper.run(lambda uow: uow.outbox.to_address(here, 0, 100))
        return [(row.notice.text, row.sent_at) for row in rows if row.sent_at]

    async def given_up(self) -> list[Notice]:
        """What could not be delivered."""
        return [row.notice for row in await self.keeper.run(lambda uow: uow.outbox.dead(100))]
