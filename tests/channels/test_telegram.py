"""What is special about the Bot API: groups, edits, conflicts, groups that move, webhooks; and what is never logged."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from bot.channels.base import ChannelError
from bot.channels.telegram import TelegramChannel
from bot.settings import SettingsError
from bot.tables.telegram import Telegram
from sla.message import Address, Button
from tests.channels.keeping import Keeper
from tests.channels.rig import BUTTONS, PIECES, notice, texts
from tests.channels.telegram_rig import GROUP, QUICK, SECRET, TelegramRig, WebhookRig, telegram
from tests.support.botapi import SECRET_HEADER, Fault
from tests.support.botapi_world import BOT_ID, TOKEN, Json


@pytest_asyncio.fixture
async def rig(tmp_path: Path) -> AsyncIterator[TelegramRig]:
    async with telegram(tmp_path) as rig:
        yield rig


@pytest_asyncio.fixture
async def hooked(tmp_path: Path) -> AsyncIterator[WebhookRig]:
    async with telegram(tmp_path, WebhookRig) as rig:
        assert isinstance(rig, WebhookRig)
        await rig.server.until(lambda: bool(rig.server.webhook))
        yield rig


def mark(text: str, words: str, kind: str) -> Json:
    """An entity over `words` in `text`, counted as the Bot API counts."""
    before = text[: text.index(words)]
    return {"type": kind, "offset": len(before.encode("utf-16-le")) // 2, "length": len(words)}


class TestGroups:
    async def test_talk_is_not_for_the_bot_unless_it_is_named(self, rig: TelegramRig) -> None:
        def say(text: str, **more: object) -> None:
            rig.world.writes(rig.account, text, chat=GROUP, **more)

        say("今天谁值班？")
        named = "😀 @wardlinebot ICU 网络断了"
        say(named, entities=[mark(named, "@wardlinebot", "mention")])
        say("@OtherBot 你好", entities=[mark("@OtherBot 你好", "@OtherBot", "mention")])
        say("/status@OtherBot", entities=[mark("/status@OtherBot", "/status@OtherBot", "bot_command")])
        say("/status@WardlineBot W12", entities=[mark("/status@WardlineBot", "/status@WardlineBot", "bot_command")])
        user = {"id": BOT_ID, "is_bot": True, "first_name": "Wardline"}
        say("小瓦 工单", entities=[mark("小瓦", "小瓦", "text_mention") | {"user": user}])
        found = await rig.keeper.until(3)
        assert texts(found) == ["😀 ICU 网络断了", "/status W12", "工单"]
        assert {(i.conversation, i.sender, i.group) for i in found} == {(str(GROUP), "41", True)}

    async def test_answers_to_the_bot_and_presses_count(self, rig: TelegramRig) -> None:
        row = notice(rig, "W12 呼叫", BUTTONS)
        sent = await rig.channel.send(replace(row, address=Address("telegram", str(GROUP))))
        message = rig.world.messages[GROUP, int(sent)]
        rig.world.writes(rig.account, "我去", chat=GROUP, reply_to_message=message)
        rig.world.presses(rig.account, message, "ack:12")
        answered, pressed = await rig.keeper.until(2)
        assert (answered.text, answered.reply_to, answered.group) == ("我去", sent, True)
        assert (pressed.action, pressed.conversation, pressed.sender) == ("ack:12", str(GROUP), "41")

    async def test_a_group_that_moved_is_followed(self, rig: TelegramRig) -> None:
        rig.world.group(-77, "旧群")
        rig.world.migrates(-77, -1_000_077)
        row = replace(notice(rig, "W12 呼叫"), address=Address("telegram", "-77"))
        await rig.channel.send(row)
        await rig.channel.send(replace(row, id=row.id + 1))
        assert [m["text"] for m in rig.world.shown(-1_000_077)] == ["W12 呼叫", "W12 呼叫"]
        assert [call.status for call in rig.server.called("sendMessage")] == [400, 200, 200]


class TestIn:
    async def test_an_edit_is_a_message_of_its_own(self, rig: TelegramRig) -> None:
        first = rig.world.writes(rig.account, "3楼打印机坏")
        rig.world.edits(first["message"], "4楼打印机坏")
        found = await rig.keeper.until(2)
        assert texts(found) == ["3楼打印机坏", "4楼打印机坏"]
        assert found[0].key != found[1].key

    async def test_a_press_is_answered_so_that_the_button_rests(self, rig: TelegramRig) -> None:
        sent = await rig.channel.send(notice(rig, "W12 呼叫", BUTTONS))
        rig.presses(sent, "ack:12")
        await rig.keeper.until(1)
        await rig.server.until(lambda: bool(rig.server.called("answerCallbackQuery")))
        assert [call.status for call in rig.server.called("answerCallbackQuery")] == [200]

    async def test_a_press_that_is_too_old_to_be_answered_counts(self, rig: TelegramRig) -> None:
        sent = await rig.channel.send(notice(rig, "W12 呼叫", BUTTONS))
        rig.server.fails(Fault("answerCallbackQuery", 400, "Bad Request: query is too old"))
        rig.presses(sent, "ack:12")
        rig.says("还在")
        assert [i.action for i in await rig.keeper.until(2)] == ["ack:12", ""]

    async def test_bots_and_news_of_the_chat_are_passed_over(self, rig: TelegramRig) -> None:
        chat = rig.world.chats[41]
        robot = {"id": 99, "is_bot": True, "first_name": "Other"}
        rig.world.injects({"message": {"message_id": 900, "date": 1, "chat": chat, "from": robot, "text": "hi"}})
        person = rig.account.user()
        rig.world.injects({"message": {"message_id": 901, "date": 1, "chat": chat, "from": person, "pinned": {}}})
        rig.says("我在")
        assert texts(await rig.keeper.until(1)) == ["我在"]

    async def test_nonsense_is_kept_for_somebody_to_look_at(self, rig: TelegramRig) -> None:
        number = rig.world.injects({"message": {"message_id": 5, "chat": {"id": "?"}, "text": "\ud83d"}})
        rig.says("我在")
        await rig.keeper.until(1)
        ((name, ref),) = rig.keeper.files()
        assert name == f"telegram-update-{number}.json"
        assert b'"text": "\\ud83d"' in rig.keeper.file(ref)

    async def test_half_a_sign_is_mended(self, rig: TelegramRig) -> None:
        rig.says("坏了\ud83d\x00")
        assert texts(await rig.keeper.until(1)) == ["坏了\ufffd"]

    async def test_a_file_that_cannot_be_had_is_said(self, rig: TelegramRig) -> None:
        rig.server.fails(Fault("file", 500, times=2))
        rig.sends("file", b"plan", "方案")
        (found,) = await rig.keeper.until(1)
        assert (found.text, found.attachments[0].refused) == ("方案", "unavailable")

    async def test_a_file_is_asked_for_once_more(self, rig: TelegramRig) -> None:
        rig.server.fails(Fault("getFile", 500))
        rig.sends("file", b"plan")
        (found,) = await rig.keeper.until(1)
        assert rig.keeper.file(found.attachments[0].ref or "") == b"plan"

    async def test_a_file_that_lies_about_its_size_is_cut_off(self, rig: TelegramRig) -> None:
        rig.world.sends(rig.account, "document", b"x" * 400_000, file_size=10, file_name="../..\\etc/计划\u202e.pdf")
        (found,) = await rig.keeper.until(1)
        (file,) = found.attachments
        assert (file.name, file.refused, file.ref) == ("计划.pdf", "too_big", None)


class TestPolling:
    async def test_the_offset_moves_only_over_what_was_kept(self, rig: TelegramRig) -> None:
        rig.says("一")
        await rig.keeper.until(1)
        await rig.server.until(lambda: not rig.world.updates)
        assert rig.keeper.mark(f"telegram:offset:{BOT_ID}") == "500000002"
        await rig.stop()
        rig.says("二")
        await rig.start()
        assert texts(await rig.keeper.until(2)) == ["一", "二"]
        polls = rig.server.called("getUpdates")
        assert [call.params.get("offset", "") for call in polls] == ["", "500000002"]

    async def test_two_that_poll_take_everything_once(self, rig: TelegramRig, tmp_path: Path) -> None:
        """Each takes itself for the one that may: their leases know nothing of each other."""
        other, elsewhere = TelegramChannel(rig.settings(), QUICK), Keeper(tmp_path / "elsewhere.db")
        await other.start(replace(rig.keeper.house(), lease=elsewhere.house().lease))
        await rig.server.until(lambda: any(call.status == 409 for call in rig.server.calls))
        rig.says("一")
        rig.says("二")
        assert texts(await rig.keeper.until(2)) == ["一", "二"]
        assert rig.channel.healthy()
        assert other.healthy()
        await other.stop()
        elsewhere.close()

    async def test_a_webhook_left_behind_is_taken_away(self, tmp_path: Path, rig: TelegramRig) -> None:
        await rig.stop()
        rig.server.webhook = {"url": "https://old.example.org/"}
        await rig.start()
        rig.says("一")
        assert texts(await rig.keeper.until(1)) == ["一"]

    async def test_a_wrong_token_is_tried_again_and_told(
        self, rig: TelegramRig, caplog: pytest.LogCaptureFixture
    ) -> None:
        wrong = TelegramChannel(replace(rig.settings(), token=f"{TOKEN}x"), QUICK)
        await wrong.start(rig.keeper.house())
        with pytest.raises(ChannelError, match="not_sent: HTTP 401: Unauthorized"):
            await wrong.send(notice(rig, "W12"))
        assert wrong.healthy()
        await wrong.stop()
        assert ["HTTP 401" in vars(record).get("why", "") for record in caplog.records] == [True]


class TestWebhook:
    async def test_who_does_not_know_the_secret_is_turned_away(
        self, hooked: WebhookRig, caplog: pytest.LogCaptureFixture
    ) -> None:
        url = hooked.settings().webhook
        update = {"update_id": 1, "message": {}}
        async with ClientSession() as session:
            for headers in ({}, {SECRET_HEADER: SECRET + "x"}, {SECRET_HEADER: "密"}):
                async with session.post(url, json=update, headers=headers) as response:
                    assert response.status == 403
            for malformed in (
                b"{",
                b"[" * 100_000,
                b"[]",
                b"\xff",
                b'{"message": "Zhang San"}',
                b'{"update_id": true}',
            ):
                async with session.post(url, data=malformed, headers={SECRET_HEADER: SECRET}) as response:
                    assert response.status == 400
            async with session.post(url, data=b" " * 1_000_001, headers={SECRET_HEADER: SECRET}) as response:
                assert response.status == 413
        assert hooked.keeper.inbounds() == []
        counted = ["secret"] * 3 + ["malformed"] * 6 + ["too_big"]
        assert hooked.keeper.refusals == [("telegram", why) for why in counted]
        told = [vars(record)["why"] for record in caplog.records if record.getMessage() == "telegram_call_refused"]
        assert told == counted
        assert "Zhang" not in caplog.text

    async def test_the_server_is_told_no_until_it_is_kept(self, hooked: WebhookRig) -> None:
        hooked.keeper.refuses()
        hooked.says("磁盘满的时候")
        await hooked.until_tried()
        hooked.keeper.keeps()
        await hooked.keeper.until(1)
        await hooked.server.until(lambda: not hooked.world.updates)
        statuses = [call.status for call in hooked.server.called("webhook")]
        assert statuses == [503] * (len(statuses) - 1) + [200]

    async def test_without_a_secret_one_is_made_that_every_replica_knows(self, hooked: WebhookRig) -> None:
        settings = replace(hooked.settings(), webhook_secret="")
        await hooked.stop()
        for _ in range(2):
            channel = TelegramChannel(settings, QUICK)
            hooked.server.webhook = {}
            await channel.start(hooked.keeper.house())
            await hooked.server.until(lambda: bool(hooked.server.webhook))
            await channel.stop()
        secrets = [call.params["secret_token"] for call in hooked.server.called("setWebhook")]
        assert secrets[0] == SECRET
        assert secrets[1] == secrets[2]
        assert len(secrets[1]) == 64
        assert TOKEN not in secrets[1]

    @pytest.mark.parametrize("secret", ["密码", "a b", "x" * 257])
    def test_a_secret_that_cannot_be_a_header_is_refused_at_once(self, secret: str) -> None:
        with pytest.raises(SettingsError, match="WARDLINE_TELEGRAM_WEBHOOK_SECRET"):
            TelegramChannel(Telegram(token=TOKEN, webhook_secret=secret))

    def test_a_token_that_cannot_be_one_is_refused_and_not_repeated(self) -> None:
        with pytest.raises(SettingsError, match="WARDLINE_TELEGRAM_TOKEN") as caught:
            TelegramChannel(Telegram(token="hunter2"))
        assert "hunter2" not in str(caught.value)


class TestOut:
    async def test_a_long_text_goes_on_where_it_failed(self, rig: TelegramRig) -> None:
        text = "\n".join(PIECES[:300])
        row = notice(rig, text, BUTTONS)
        rig.server.fails(Fault("sendMessage", skip=1))
        with pytest.raises(ChannelError, match="not_sent"):
            await rig.channel.send(row)
        assert len(rig.shown()) == 1
        await rig.channel.send(row)
        assert "\n".join(text for text, _ in rig.shown()) == text

    async def test_what_is_refused_is_told_apart_from_what_waits(self, rig: TelegramRig) -> None:
        async def result(address: str) -> str:
            with pytest.raises(ChannelError) as caught:
                await rig.channel.send(replace(notice(rig, "W12"), address=Address("telegram", address)))
            return f"{caught.value.result} {caught.value.reason}"

        rig.world.person(42, "王工", started=False)
        assert await result("42") == "refused HTTP 403: Forbidden: bot can't initiate conversation with a user"
        assert await result("4242") == "refused HTTP 400: Bad Request: chat not found"
        rig.server.fails(Fault("sendMessage", 502, gateway=True))
        assert await result("41") == "unknown HTTP 502 without an answer of the Bot API"
        rig.server.fails(Fault("sendMessage", 503, gateway=True))
        assert await result("41") == "not_sent HTTP 503 without an answer of the Bot API"

    async def test_a_button_that_is_too_long_does_not_cost_the_page(self, rig: TelegramRig) -> None:
        await rig.channel.send(notice(rig, "W12", ((Button("长", "报" * 22), Button("接单", "ack:12")),)))
        assert rig.shown() == [("W12", ["ack:12"])]

    async def test_messages_to_a_chat_keep_the_pace(self, rig: TelegramRig) -> None:
        for number in range(3):
            await rig.channel.send(notice(rig, f"W{number}"))
        assert [call.status for call in rig.server.called("sendMessage")] == [200, 200, 200]

    async def test_neither_token_nor_text_is_logged(self, rig: TelegramRig, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        rig.says("患者张三，电话13800000000")
        await rig.keeper.until(1)
        for status in (400, 403, 404, 429, 500, 502):
            rig.server.fails(Fault("sendMessage", status, gateway=status == 502))
            with pytest.raises(ChannelError) as caught:
                await rig.channel.send(replace(notice(rig, "患者张三"), address=Address("telegram", f"{status}")))
            assert TOKEN not in str(caught.value)
            assert "张三" not in str(caught.value)
        rig.sends_nonsense()
        rig.says("患者张三")
        await rig.keeper.until(2)
        await rig.down()
        with pytest.raises(ChannelError, match="not_sent: no connection"):
            await rig.channel.send(notice(rig, "患者张三"))
        logged = "\n".join(f"{record.getMessage()} {vars(record)} {record.exc_text}" for record in caplog.records)
        assert "telegram_malformed" in logged
        for secret in (TOKEN, TOKEN.partition(":")[2], "张三", "13800000000"):
            assert secret not in logged
