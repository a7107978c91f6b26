"""A channel with its peer and the people who use it: what the suites of all channels are told on."""

import itertools
from abc import ABC, abstractmethod
from datetime import datetime, timedelta

import pytest

from bot.channels.base import Channel, ChannelError
from sla.message import Address, Button, Inbound, Notice, Purpose
from storage.base import OutboxRow
from tests.channels.keeping import Keeper
from tests.support.botapi import START
from tests.support.standin import NOT_THERE

BUTTONS = ((Button("接单", "ack:12"), Button("转交", "handover:12")),)
PIECES = [f"第{number}条：呼吸机报警，请到ICU看一下。" for number in range(1000)]


class Rig(ABC):
    """A channel, its peer, the house it hands messages to; one person, one group."""

    channel: Channel
    keeper: Keeper
    person: str
    name: str
    captions = True
    """Whether files come with words."""
    replies = True
    """Whether people can answer to one message."""
    stickers = True
    """Whether there are messages that are no words and no file."""
    splits = True
    """Whether a long text goes in parts."""
    longest = 4096
    """Signs that a person can write at once."""
    dated = True
    """Whether messages say when they were written."""
    wait = timedelta(seconds=7)
    """What a provider that is "busy" asks for, or what its code is known to mean."""
    renews = False
    """Whether the channel gets itself another token where one is no longer taken."""
    gateway = NOT_THERE
    """What stands for its servers says while they are not there."""
    brief = False
    """Whether the next start waits for no answer longer than a fraction of a second."""

    @abstractmethod
    async def start(self) -> None:
        """Start a new channel, as after a restart of the process."""

    async def stop(self) -> None:
        """End the channel."""
        await self.channel.stop()

    async def send(self, text: str, buttons: tuple[tuple[Button, ...], ...] = ()) -> str:
        """Send the person a page; the provider's id of it. Raises ChannelError."""
        return await self.channel.send(notice(self, text, buttons))

    def now_is(self, now: datetime) -> None:
        """Time has gone on, for both sides."""
        self.keeper.now = now

    @abstractmethod
    def says(self, text: str) -> str:
        """The person writes; the provider's id of the message."""

    @abstractmethod
    def says_again(self) -> None:
        """The provider brings the last message once more."""

    @abstractmethod
    def answers(self, provider_id: str, text: str) -> None:
        """The person answers to a message of the bot."""

    @abstractmethod
    def presses(self, provider_id: str, action: str) -> None:
        """The person presses a button under a message of the bot."""

    @abstractmethod
    def sends(self, kind: str, content: bytes, words: str = "") -> None:
        """The person sends a "file", "photo", "voice" or "sticker", with words where there can be some."""

    @abstractmethod
    def sends_nonsense(self) -> None:
        """The provider brings something that is not what it promises."""

    @abstractmethod
    def shown(self) -> list[tuple[str, list[str]]]:
        """What the person was sent: each text and the actions of its buttons."""

    @abstractmethod
    async def until_tried(self) -> None:
        """Wait until the provider has seen a try to hand a message over that could not be kept."""


class ProviderRig(Rig):
    """A channel whose messages go over a provider's servers, which may be down, slow or unwilling."""

    @abstractmethod
    async def down(self) -> None:
        """The provider refuses connections."""

    @abstractmethod
    async def up(self) -> None:
        """It listens again, on the same address."""

    @abstractmethod
    def next_send(self, result: str) -> None:
        """The next message of the bot is "refused", "busy" (come again after `wait`), "failed" (the provider's own
        error) or "unanswered" (taken, but no answer)."""

    @abstractmethod
    def ports(self) -> tuple[int, ...]:
        """Where its servers listen."""

    @abstractmethod
    async def token_expires(self) -> None:
        """What the channel shows the provider is taken no more."""

    @abstractmethod
    async def token_is_mended(self) -> None:
        """An administrator has seen to it."""


def notice(
    rig: Rig, text: str, buttons: tuple[tuple[Button, ...], ...] = (), purpose: Purpose = Purpose.PAGE
) -> OutboxRow:
    """An outbox row for the rig's person."""
    address = Address(rig.channel.name, rig.person)
    whole = Notice(f"W12:{text[:9]}", purpose, (address,), text, buttons, ticket=12)
    return OutboxRow(next(ROWS), whole, START, "waiting", 0, 0, 1, address=address)


ROWS = itertools.count(1)


def texts(inbounds: list[Inbound]) -> list[str]:
    return [inbound.text for inbound in inbounds]


async def failed_send(rig: "ProviderRig") -> ChannelError:
    """The error of a send that is to fail."""
    with pytest.raises(ChannelError) as caught:
        await rig.channel.send(notice(rig, "W12 呼叫：呼吸机", BUTTONS))
    return caught.value
