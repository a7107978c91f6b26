"""What every channel has to do, told once. A channel passes it with a Rig: its peer, and people who use it.

A subclass of Suite gives the fixture `rig`; nothing here knows which channel it is.
"""

from sla.message import Attachment
from tests.channels.rig import BUTTONS, PIECES, Rig, texts
from tests.support.botapi import START


class Suite:
    """The tests. Subclasses bring the fixture `rig`, which is started."""

    async def test_a_message_comes_in_once(self, rig: Rig) -> None:
        rig.says("ICU 3床呼吸机屏幕不亮 😀")
        (found,) = await rig.keeper.until(1)
        assert (found.channel, found.sender, found.conversation) == (rig.channel.name, rig.person, rig.person)
        assert (found.text, found.action, found.attachments) == ("ICU 3床呼吸机屏幕不亮 😀", "", ())
        assert (found.sent_at, found.group, found.sender_name) == (START if rig.dated else None, False, rig.name)

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
        sent = await rig.send("W12 呼叫：呼吸机", BUTTONS)
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
        await rig.send("\n".join(pieces), BUTTONS)
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
