"""Groups of the Bot API: topics, albums, edits, words of others, groups that move, people who block and unblock."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from bot.channels.base import ChannelError
from bot.channels.telegram import TelegramChannel
from sla.message import Address
from storage.base import OutboxRow
from tests.channels.rig import BUTTONS, notice, texts
from tests.channels.telegram_rig import GROUP, QUICK, TelegramRig, telegram
from tests.support.botapi_world import BOT_ID, Account, Json


@pytest_asyncio.fixture
async def rig(tmp_path: Path) -> AsyncIterator[TelegramRig]:
    async with telegram(tmp_path) as rig:
        rig.server.methods.pace.enforced = False
        yield rig


@pytest.fixture
def other(rig: TelegramRig) -> Account:
    return rig.world.person(42, "张医生")


def to(rig: TelegramRig, address: str, text: str = "W12 呼叫") -> OutboxRow:
    return replace(notice(rig, text, BUTTONS), address=Address("telegram", address))


def called(text: str, name: str = "@WardlineBot", marks: str = "entities") -> dict[str, list[Json]]:
    """The mark over the bot's name in a text."""
    before = text[: text.index(name)].encode("utf-16-le")
    return {marks: [{"type": "mention", "offset": len(before) // 2, "length": len(name)}]}


class TestTopics:
    async def test_what_is_said_in_a_topic_is_answered_there(self, rig: TelegramRig) -> None:
        topic = rig.world.topic(GROUP, "报障")
        text = "HIS打不开 @WardlineBot"
        rig.world.writes(rig.account, text, chat=GROUP, message_thread_id=topic, **called(text))
        (found,) = await rig.keeper.until(1)
        assert (found.conversation, found.text, found.reply_to) == (f"{GROUP}:{topic}", "HIS打不开", "")
        sent = await rig.channel.send(to(rig, found.conversation))
        shown = rig.world.messages[GROUP, int(sent)]
        assert shown["message_thread_id"] == topic
        rig.world.writes(rig.account, "我去", chat=GROUP, message_thread_id=topic, reply_to_message=shown)
        rig.world.presses(rig.account, shown, "ack:12")
        answered, pressed = (await rig.keeper.until(3))[1:]
        assert (answered.conversation, answered.reply_to) == (found.conversation, sent)
        assert (pressed.conversation, pressed.reply_to) == (found.conversation, sent)

    async def test_a_topic_that_is_begun_by_the_bot_is_not_spoken_to_it(self, rig: TelegramRig) -> None:
        topic = rig.world.topic(GROUP, "闲聊")
        rig.world.messages[GROUP, topic]["from"] = {"id": BOT_ID, "is_bot": True, "first_name": "Wardline"}
        rig.world.writes(rig.account, "中午吃什么", chat=GROUP, message_thread_id=topic)
        rig.says("我在")
        assert texts(await rig.keeper.until(1)) == ["我在"]

    @pytest.mark.parametrize("fate", ["closed", "deleted"])
    async def test_a_page_for_a_topic_that_is_gone_comes_to_the_group(self, rig: TelegramRig, fate: str) -> None:
        topic = rig.world.topic(GROUP, "报障")
        if fate == "closed":
            rig.world.closed.add((GROUP, topic))
        else:
            del rig.world.messages[GROUP, topic]
        sent = await rig.channel.send(to(rig, f"{GROUP}:{topic}"))
        assert "message_thread_id" not in rig.world.messages[GROUP, int(sent)]

    async def test_an_address_that_is_none_is_refused(self, rig: TelegramRig) -> None:
        with pytest.raises(ChannelError, match="refused"):
            await rig.channel.send(to(rig, f"{GROUP}:报障"))
        assert rig.server.broken == []


class TestAlbums:
    async def test_every_picture_comes_in_the_one_with_words_first(self, rig: TelegramRig) -> None:
        for number, caption in enumerate(["", "呼吸机黑屏", ""]):
            large = b"large" + bytes([number])
            rig.world.sends_photo(rig.account, b"s", large, caption=caption, media_group_id="1377")
        found = await rig.keeper.until(3)
        assert texts(found)[0] == "呼吸机黑屏"
        assert {inbound.album for inbound in found} == {"1377"}
        kept = sorted(rig.keeper.file(inbound.attachments[0].ref or "") for inbound in found)
        assert kept == [b"large\x00", b"large\x01", b"large\x02"]

    async def test_in_a_group_the_name_under_one_is_for_all(self, rig: TelegramRig) -> None:
        caption = "@WardlineBot 黑屏"
        for words in ("", caption, ""):
            marks = called(words, marks="caption_entities") if words else {}
            rig.world.sends_photo(rig.account, b"s", b"l", caption=words, chat=GROUP, media_group_id="1378", **marks)
        rig.world.sends_photo(rig.account, b"s", b"l", chat=GROUP, media_group_id="1379")
        rig.says("完")
        found = await rig.keeper.until(4)
        assert sorted(texts(found)) == ["", "", "完", "黑屏"]

    async def test_the_rest_of_an_album_may_come_in_a_later_poll(self, rig: TelegramRig) -> None:
        caption = "@WardlineBot 黑屏"
        marks = called(caption, marks="caption_entities")
        rig.world.sends_photo(rig.account, b"s", b"1", caption=caption, chat=GROUP, media_group_id="1", **marks)
        await rig.keeper.until(1)
        rig.world.sends_photo(rig.account, b"s", b"2", chat=GROUP, media_group_id="1")
        assert [inbound.album for inbound in await rig.keeper.until(2)] == ["1", "1"]

    async def test_or_to_another_process(self, rig: TelegramRig) -> None:
        caption = "@WardlineBot 黑屏"
        marks = called(caption, marks="caption_entities")
        rig.world.sends_photo(rig.account, b"s", b"1", caption=caption, chat=GROUP, media_group_id="1", **marks)
        await rig.keeper.until(1)
        await rig.stop()
        rig.world.sends_photo(rig.account, b"s", b"2", chat=GROUP, media_group_id="1")
        await rig.start()
        assert [inbound.album for inbound in await rig.keeper.until(2)] == ["1", "1"]


class TestWords:
    async def test_an_edit_names_the_message_that_it_changes(self, rig: TelegramRig) -> None:
        first = rig.world.writes(rig.account, "3楼打印机坏")["message"]
        rig.world.edits(first, "4楼打印机坏")
        photo = rig.world.sends_photo(rig.account, b"s", b"l", caption="黑屏")["message"]
        rig.world.edits(photo, "蓝屏")
        said, edited, shown, captioned = await rig.keeper.until(4)
        assert (edited.edits, captioned.edits) == (said.key, shown.key)
        assert (edited.text, captioned.text, captioned.attachments) == ("4楼打印机坏", "蓝屏", ())
        assert len({inbound.key for inbound in (said, edited, shown, captioned)}) == 4

    async def test_a_colleagues_message_is_pointed_at(self, rig: TelegramRig, other: Account) -> None:
        theirs = rig.world.sends_photo(other, b"s", b"large", caption="急诊HIS打不开", chat=GROUP)["message"]
        text = "@WardlineBot 帮忙报一下"
        rig.world.writes(rig.account, text, chat=GROUP, reply_to_message=theirs, **called(text))
        (found,) = await rig.keeper.until(1)
        assert (found.text, found.quoted, found.origin) == ("帮忙报一下", "急诊HIS打不开", "张医生")
        assert rig.keeper.file(found.attachments[0].ref or "") == b"large"
        assert found.sender == "41"

    async def test_the_name_alone_below_ones_own_message(self, rig: TelegramRig) -> None:
        own = rig.world.writes(rig.account, "急诊HIS打不开", chat=GROUP)["message"]
        rig.world.writes(rig.account, "@WardlineBot", chat=GROUP, reply_to_message=own, **called("@WardlineBot"))
        (found,) = await rig.keeper.until(1)
        assert (found.text, found.quoted, found.origin) == ("", "急诊HIS打不开", "")

    async def test_an_album_below_it_brings_it_once(self, rig: TelegramRig, other: Account) -> None:
        theirs = rig.world.sends_photo(other, b"s", b"theirs", caption="急诊HIS打不开", chat=GROUP)["message"]
        for caption in ("@WardlineBot 还有这些", ""):
            more = called(caption, marks="caption_entities") if caption else {}
            more |= {"reply_to_message": theirs}
            rig.world.sends_photo(rig.account, b"s", b"own", caption=caption, chat=GROUP, media_group_id="5", **more)
        found = await rig.keeper.until(2)
        assert [(inbound.quoted, len(inbound.attachments)) for inbound in found] == [("急诊HIS打不开", 2), ("", 1)]

    async def test_the_part_that_was_marked_is_what_is_meant(self, rig: TelegramRig, other: Account) -> None:
        theirs = rig.world.writes(other, "早上好。HIS打不开", chat=GROUP)["message"]
        quote = {"text": "HIS打不开", "position": 4}
        marks = called("@WardlineBot")
        rig.world.writes(rig.account, "@WardlineBot", chat=GROUP, reply_to_message=theirs, quote=quote, **marks)
        assert [inbound.quoted for inbound in await rig.keeper.until(1)] == ["HIS打不开"]

    async def test_what_is_forwarded_stays_whose_it_is(self, rig: TelegramRig, other: Account) -> None:
        theirs = rig.world.writes(other, "急诊HIS打不开", chat=GROUP)["message"]
        rig.world.forwards(rig.account, theirs)
        rig.world.forwards(rig.account, theirs, hidden=True)
        rig.world.forwards(rig.account, rig.world.writes(rig.account, "PACS慢", chat=GROUP)["message"])
        found = await rig.keeper.until(3)
        assert [(inbound.text, inbound.origin) for inbound in found] == [
            ("急诊HIS打不开", "张医生"),
            ("急诊HIS打不开", "张医生"),
            ("PACS慢", ""),
        ]

    async def test_in_privacy_mode_the_name_an_answer_and_a_command_are_heard(self, rig: TelegramRig) -> None:
        rig.world.privacy = True
        message = rig.world.messages[GROUP, int(await rig.channel.send(to(rig, str(GROUP))))]
        rig.world.writes(rig.account, "HIS打不开", chat=GROUP)
        named = "HIS打不开 @WardlineBot"
        rig.world.writes(rig.account, named, chat=GROUP, **called(named))
        rig.world.writes(rig.account, "我去", chat=GROUP, reply_to_message=message)
        command = {"type": "bot_command", "offset": 0, "length": 17}
        rig.world.writes(rig.account, "/help@WardlineBot", chat=GROUP, entities=[command])
        assert texts(await rig.keeper.until(3)) == ["HIS打不开", "我去", "/help"]

    async def test_a_link_with_a_code_binds(self, rig: TelegramRig) -> None:
        await rig.server.until(lambda: rig.server.polls > 0)
        assert rig.keeper.mark("telegram:link") == "https://t.me/WardlineBot?start="
        rig.says("/start N-20001_012345")
        rig.says("/start something-else")
        assert texts(await rig.keeper.until(2)) == ["bind N-20001 012345", "/start something-else"]


class TestMoves:
    async def test_a_move_is_remembered_after_a_restart(self, rig: TelegramRig) -> None:
        rig.world.group(-77, "旧群")
        rig.world.migrates(-77, -1_000_077)
        await rig.channel.send(to(rig, "-77"))
        await rig.stop()
        rig.channel = TelegramChannel(rig.settings(), QUICK)
        await rig.channel.start(rig.keeper.house())
        polls = rig.server.polls
        await rig.server.until(lambda: rig.server.polls > polls)
        await rig.channel.send(to(rig, "-77"))
        assert [call.status for call in rig.server.called("sendMessage")] == [400, 200, 200]

    async def test_news_of_a_move_spare_the_failure(self, rig: TelegramRig) -> None:
        rig.world.group(-77, "旧群")
        rig.world.migrates(-77, -1_000_077, told=True)
        rig.says("之后")
        await rig.keeper.until(1)
        await rig.channel.send(to(rig, "-77"))
        assert [call.status for call in rig.server.called("sendMessage")] == [200]

    async def test_answers_in_the_moved_group_find_what_was_sent_under_its_old_name(self, rig: TelegramRig) -> None:
        rig.world.group(-77, "旧群")
        rig.world.migrates(-77, -1_000_077)
        row = to(rig, "-77")
        message = rig.world.messages[-1_000_077, int(await rig.channel.send(row))]
        rig.world.writes(rig.account, "我去", chat=-1_000_077, reply_to_message=message)
        (found,) = await rig.keeper.until(1)
        assert (found.conversation, found.reply_to) == ("-77", str(message["message_id"]))

    async def test_the_new_id_in_the_configuration_becomes_the_name(self, rig: TelegramRig) -> None:
        rig.world.group(-77, "旧群")
        rig.world.migrates(-77, -1_000_077)
        await rig.channel.send(to(rig, "-77"))
        message = rig.world.messages[-1_000_077, int(await rig.channel.send(to(rig, "-1000077")))]
        rig.world.writes(rig.account, "我去", chat=-1_000_077, reply_to_message=message)
        (found,) = await rig.keeper.until(1)
        assert found.conversation == "-1000077"


class TestBlocked:
    async def test_who_blocks_is_refused_and_who_comes_back_is_greeted(self, rig: TelegramRig) -> None:
        rig.world.blocks(rig.account)
        with pytest.raises(ChannelError, match=r"refused: HTTP 403: Forbidden: bot was blocked by the user"):
            await rig.channel.send(notice(rig, "W12"))
        rig.world.unblocks(rig.account)
        (found,) = await rig.keeper.until(1)
        assert (found.action, found.sender, found.conversation) == ("hello", "41", "41")
        await rig.channel.send(notice(rig, "W12"))
        assert [text for text, _ in rig.shown()] == ["W12"]

    async def test_the_group_that_it_was_taken_into_is_named_in_the_log(
        self, rig: TelegramRig, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("INFO")
        rig.world.takes_in(GROUP)
        rig.says("我在")
        assert texts(await rig.keeper.until(1)) == ["我在"]
        assert [vars(r)["chat"] for r in caplog.records if r.message == "telegram_added_to_group"] == [str(GROUP)]
