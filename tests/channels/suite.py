"""What every channel has to do, told once. A channel passes it with a Rig: its peer, and people who use it.

A subclass of Suite gives the fixture `rig`; nothing here knows which channel it is.
"""

import itertools
from abc import ABC, abstractmethod
from datetime import timedelta

import pytest

from bot.channels.base import Channel, ChannelError
from sla.message import Address, Attachment, Button, Inbound, Notice, Purpose
from storage.base import OutboxRow
from tests.channels.keeping import MAX_FILE, Keeper
from tests.support.botapi import START

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
    wait = timedelta(seconds=7)
    """What a provider that is "busy" asks for, or what its code is known to mean."""

    @abstractmethod
    async def start(self) -> None:
        """Start a new channel, as after a restart of the process."""

    async def stop(self) -> None:
        """End the channel."""
        await self.channel.stop()

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
    async def until_tried(self) -> None:
        """Wait until the provider has seen a try to hand a message over that could not be kept."""


def notice(
    rig: Rig, text: str, buttons: tuple[tuple[Button, ...], ...] = (), purpose: Purpose = Purpose.PAGE
) -> OutboxRow:
    """An outbox row for the rig's person."""
    address = Address(rig.channel.name, rig.person)
    whole = Notice(f"W12:{text[:9]}", purpose, (address,), text, buttons, ticket=12)
    return OutboxRow(next(ROWS), whole, START, "waiting", 0, 0, 1, address=address)


ROWS = itertools.count(1)


class Suite:
    """The tests. Subclasses bring the fixture `rig`, which is started."""

    async def test_a_message_comes_in_once(self, rig: Rig) -> None:
        rig.says("ICU 3床呼吸机屏幕不亮 😀")
        (found,) = await rig.keeper.until(1)
        assert (found.channel, found.sender, found.conversation) == (rig.channel.name, rig.person, rig.person)
        assert (found.text, found.action, found.attachments) == ("ICU 3床呼吸机屏幕不亮 😀", "", ())
        assert (found.sent_at, found.group, found.sender_name) == (START, False, rig.name)

    async def test_a_duplicate_is_no_second_message(self, rig: Rig) -> None:
        rig.says("门诊系统打不开")
        await rig.keeper.until(1)
        rig.says_again()
        rig.says("还是打不开")
        assert texts(await rig.keeper.until(2)) == ["门诊系统打不开", "还是打不开"]

    async def test_follow_ups_keep_their_order(self, rig: Rig) -> None:
        for piece in PIECES[:20]:
            rig.says(piece)
        found = await rig.keeper.until(20)
        assert texts(found) == PIECES[:20]
        assert len({inbound.key for inbound in found}) == 20

    async def test_a_button_and_an_answer_name_the_message(self, rig: Rig) -> None:
        sent = await rig.channel.send(notice(rig, "W12 呼叫：呼吸机", BUTTONS))
        assert rig.shown() == [("W12 呼叫：呼吸机", ["ack:12", "handover:12"])]
        rig.presses(sent, "ack:12")
        (pressed,) = await rig.keeper.until(1)
        assert (pressed.action, pressed.text, pressed.reply_to, pressed.sender) == ("ack:12", "", sent, rig.person)
        if not rig.replies:
            return
        rig.answers(sent, "马上到")
        _, answered = await rig.keeper.until(2)
        assert (answered.action, answered.text, answered.reply_to) == ("", "马上到", sent)

    async def test_an_over_long_text_arrives_whole_with_its_buttons_last(self, rig: Rig) -> None:
        limit = rig.channel.capabilities.text_limit
        pieces = PIECES[: limit * 3 // 2 // len(PIECES[0])]
        await rig.channel.send(notice(rig, "\n".join(pieces), BUTTONS))
        shown = rig.shown()
        assert "\n".join(text for text, _ in shown) == "\n".join(pieces)
        assert [actions for _, actions in shown] == [[]] * (len(shown) - 1) + [["ack:12", "handover:12"]]
        assert len(shown) == (2 if rig.splits else 1)

    async def test_the_longest_text_comes_in_whole(self, rig: Rig) -> None:
        longest = "报" * rig.longest
        rig.says(longest)
        assert texts(await rig.keeper.until(1)) == [longest]

    async def test_files_are_fetched_when_they_come(self, rig: Rig) -> None:
        rig.sends("file", b"%PDF plan", "方案 W12")
        rig.sends("photo", b"a picture")
        rig.sends("voice", b"a voice")
        found = await rig.keeper.until(3)
        assert texts(found) == ["方案 W12" if rig.captions else "", "", ""]
        kept = [rig.keeper.file(inbound.attachments[0].ref or "") for inbound in found]
        assert kept == [b"%PDF plan", b"a picture", b"a voice"]
        assert [inbound.attachments[0].refused for inbound in found] == ["", "", ""]

    async def test_a_file_that_is_too_big_is_named_and_not_kept(self, rig: Rig) -> None:
        rig.sends("file", b"x" * (MAX_FILE + 1), "录像")
        (found,) = await rig.keeper.until(1)
        (file,) = found.attachments
        assert found.text == ("录像" if rig.captions else "")
        assert (file.refused, file.ref, file.size) == ("too_big", None, MAX_FILE + 1)
        assert rig.keeper.files() == []

    async def test_a_sticker_is_a_message_without_words(self, rig: Rig) -> None:
        if not rig.stickers:
            return
        rig.sends("sticker", b"webp")
        (found,) = await rig.keeper.until(1)
        assert (found.text, found.attachments) == ("", (Attachment("sticker", "sticker", 0, refused="type"),))

    async def test_nonsense_stops_nobody(self, rig: Rig) -> None:
        rig.says("第一条")
        rig.sends_nonsense()
        rig.says("第二条")
        assert texts(await rig.keeper.until(2)) == ["第一条", "第二条"]
        assert rig.channel.healthy()

    async def test_a_refused_message_is_refused_for_good(self, rig: Rig) -> None:
        rig.next_send("refused")
        error = await failed_send(rig)
        assert (error.result, error.retry_after, rig.shown()) == ("refused", None, [])

    async def test_a_message_without_an_answer_may_have_been_taken(self, rig: Rig) -> None:
        rig.next_send("unanswered")
        assert (await failed_send(rig)).result == "unknown"
        assert len(rig.shown()) == 1

    async def test_a_busy_provider_says_when(self, rig: Rig) -> None:
        rig.next_send("busy")
        error = await failed_send(rig)
        assert (error.result, error.retry_after, rig.shown()) == ("not_sent", rig.wait, [])

    async def test_a_provider_that_fails_has_not_sent(self, rig: Rig) -> None:
        rig.next_send("failed")
        assert (await failed_send(rig)).result == "not_sent"
        assert rig.shown() == []
        await rig.channel.send(notice(rig, "W12 呼叫"))
        assert [text for text, _ in rig.shown()] == ["W12 呼叫"]

    async def test_a_provider_that_is_down_has_not_sent_and_is_tried_again(self, rig: Rig) -> None:
        rig.says("先来一条")
        await rig.keeper.until(1)
        await rig.down()
        assert (await failed_send(rig)).result == "not_sent"
        assert rig.channel.healthy()
        await rig.up()
        rig.says("又来一条")
        assert texts(await rig.keeper.until(2)) == ["先来一条", "又来一条"]
        await rig.channel.send(notice(rig, "恢复"))
        assert [text for text, _ in rig.shown()] == ["恢复"]

    async def test_a_start_needs_no_provider(self, rig: Rig) -> None:
        await rig.stop()
        await rig.down()
        await rig.start()
        assert rig.channel.healthy()
        await rig.up()
        rig.says("在吗")
        assert texts(await rig.keeper.until(1)) == ["在吗"]

    async def test_what_could_not_be_kept_comes_again_after_a_restart(self, rig: Rig) -> None:
        rig.says("之前的")
        await rig.keeper.until(1)
        rig.keeper.refuses()
        rig.says("磁盘满的时候")
        await rig.until_tried()
        await rig.stop()
        rig.keeper.keeps()
        assert texts(rig.keeper.inbounds()) == ["之前的"]
        await rig.start()
        rig.says("之后的")
        assert texts(await rig.keeper.until(3)) == ["之前的", "磁盘满的时候", "之后的"]

    async def test_what_could_not_be_kept_comes_again_without_one(self, rig: Rig) -> None:
        rig.says("之前的")
        await rig.keeper.until(1)
        rig.keeper.refuses()
        rig.says("磁盘满的时候")
        await rig.until_tried()
        rig.keeper.keeps()
        assert texts(await rig.keeper.until(2)) == ["之前的", "磁盘满的时候"]


def texts(inbounds: list[Inbound]) -> list[str]:
    return [inbound.text for inbound in inbounds]


async def failed_send(rig: Rig) -> ChannelError:
    """The error of a send that is to fail."""
    with pytest.raises(ChannelError) as caught:
        await rig.channel.send(notice(rig, "W12 呼叫：呼吸机", BUTTONS))
    return caught.value
