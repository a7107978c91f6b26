"""What people write, say, show and press in WeCom and in an Official Account, and what comes of their files."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from sla.message import Attachment
from tests.channels.rig import notice, texts
from tests.channels.weixin_rig import WeChatRig, WeixinRig, weixin
from tests.support.waiting import PATIENCE
from tests.support.weixin import Fault

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


@pytest_asyncio.fixture(params=[WeixinRig, WeChatRig], ids=["wecom", "wechat"])
async def rig(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[WeixinRig]:
    async with weixin(tmp_path, request.param) as rig:
        yield rig


async def attachment(rig: WeixinRig) -> Attachment:
    """The file of the one message that was kept."""
    (found,) = await rig.keeper.until(1)
    (file,) = found.attachments
    return file


class TestWords:
    async def test_a_voice_is_words_where_the_platform_understood_it_and_a_file_in_any_case(
        self, rig: WeixinRig
    ) -> None:
        voice = rig.platform.gives(b"#!AMR voice")
        rig.calls(MsgType="voice", MediaId=voice, Format="amr", Recognition="ICU三床呼吸机黑屏", MsgId="1")
        rig.calls(MsgType="voice", MediaId=voice, Format="amr", MsgId="2")
        found = await rig.keeper.until(2)
        assert texts(found) == ["ICU三床呼吸机黑屏", ""]
        assert [inbound.attachments[0].type for inbound in found] == ["audio/amr"] * 2

    async def test_a_place_and_a_link_are_words(self, rig: WeixinRig) -> None:
        rig.calls(MsgType="location", Location_X="31.2", Location_Y="121.4", Scale="16", Label="门诊三楼", MsgId="1")
        rig.calls(MsgType="link", Title="通知", Description="系统维护", Url="https://oa.example.org/1", MsgId="2")
        assert texts(await rig.keeper.until(2)) == [
            "门诊三楼 (31.2, 121.4)",
            "通知\n系统维护\nhttps://oa.example.org/1",
        ]

    async def test_words_cannot_break_out_of_their_place(self, rig: WeixinRig) -> None:
        words = ']]></Content><FromUserName>admin</FromUserName><x>&lt; <![CDATA[ {} " \\'
        rig.says(words)
        (found,) = await rig.keeper.until(1)
        assert (found.text, found.sender) == (words, rig.person)
        await rig.channel.send(notice(rig, words))
        assert [text for text, _ in rig.shown()] == [words]

    async def test_no_words_are_shown_as_a_link_to_elsewhere(self, rig: WeixinRig) -> None:
        await rig.channel.send(notice(rig, 'W12 <a href="https://evil.example">点此登录</a> <A HREF=x> 3<a 4<b'))
        assert [text for text, _ in rig.shown()] == [
            'W12 ＜a href="https://evil.example">点此登录＜/a> ＜A HREF=x> 3＜a 4<b'
        ]

    async def test_half_a_sign_is_sent_as_a_question_mark(self, rig: WeixinRig) -> None:
        await rig.channel.send(notice(rig, "W12 \ud83d 报修"))
        assert [text for text, _ in rig.shown()] == ["W12 ? 报修"]


class TestEvents:
    async def test_whoever_begins_to_follow_says_hello_once(self, rig: WeixinRig) -> None:
        rig.calls(MsgType="event", Event="subscribe", EventKey="")
        rig.says_again()
        rig.says("报障")
        found = await rig.keeper.until(2)
        assert [(i.action, i.text, i.sender) for i in found] == [("hello", "", rig.person), ("", "报障", rig.person)]

    async def test_a_menu_says_its_key(self, rig: WeixinRig) -> None:
        rig.calls(MsgType="event", Event="CLICK", EventKey="工单")
        rig.calls(MsgType="event", Event="click", EventKey="")
        rig.says("报障")
        assert texts(await rig.keeper.until(2)) == ["工单", "报障"]

    async def test_what_merely_happens_is_no_message(self, rig: WeixinRig) -> None:
        for event in (
            "unsubscribe",
            "VIEW",
            "LOCATION",
            "enter_agent",
            "TEMPLATESENDJOBFINISH",
            "MASSSENDJOBFINISH",
            "",
        ):
            rig.calls(MsgType="event", Event=event, EventKey="https://example.org")
        rig.says("报障")
        assert texts(await rig.keeper.until(1)) == ["报障"]
        assert set(rig.platform.answers) == {200}


class TestFiles:
    async def test_a_file_is_what_its_bytes_are_not_what_it_is_called(self, rig: WeixinRig) -> None:
        media = rig.platform.gives(PNG)
        rig.calls(MsgType="file", MediaId=media, FileName="..\\..//etc/\u202egpj.exe\x7f", MsgId="1")
        file = await attachment(rig)
        assert (file.name, file.type, file.size) == ("gpj.exe.png", "image/png", len(PNG))

    @pytest.mark.parametrize("kind", ["video", "shortvideo"])
    async def test_a_video_is_fetched_and_its_thumbnail_is_not(self, rig: WeixinRig, kind: str) -> None:
        video = rig.platform.gives(b"\0\0\0\x18ftypmp42")
        rig.calls(MsgType=kind, MediaId=video, ThumbMediaId=rig.platform.gives(PNG), MsgId="1")
        file = await attachment(rig)
        assert (file.name, file.type, file.refused) == ("video.mp4", "video/mp4", "")

    async def test_a_text_file_is_a_file(self, rig: WeixinRig) -> None:
        rig.calls(MsgType="file", MediaId=rig.platform.gives(b"08:00 error 17", "a.log"), FileName="a.log", MsgId="1")
        file = await attachment(rig)
        assert (file.refused, file.name, rig.keeper.file(file.ref or "")) == ("", "a.log", b"08:00 error 17")

    async def test_a_file_that_is_no_longer_there_is_told(self, rig: WeixinRig) -> None:
        rig.calls(MsgType="image", MediaId="media-of-last-week", MsgId="1")
        file = await attachment(rig)
        await rig.platform.quiet()
        assert (file.refused, file.ref, rig.platform.answers) == ("unavailable", None, [200])

    async def test_a_file_is_asked_for_again_where_that_may_help(self, rig: WeixinRig) -> None:
        rig.platform.faults.append(Fault("media/get", -1))
        rig.sends("photo", PNG)
        assert (await attachment(rig)).refused == ""

    async def test_a_slow_file_is_there_for_the_next_call(self, rig: WeixinRig) -> None:
        rig.platform.media_there.clear()
        rig.sends("photo", PNG)
        await rig.until_tried()
        assert rig.keeper.inbounds() == []
        rig.platform.media_there.set()
        assert (await attachment(rig)).type == "image/png"
        await rig.platform.quiet()
        assert rig.platform.answers[-1] == 200
        assert len(rig.keeper.inbounds()) == 1
        assert len(rig.keeper.files()) == 1

    async def test_a_file_that_was_coming_when_the_process_ended_is_fetched_anew(self, rig: WeixinRig) -> None:
        rig.platform.media_there.clear()
        rig.sends("photo", PNG)
        await rig.until_tried()
        await rig.stop()
        rig.platform.media_there.set()
        assert rig.keeper.inbounds() == []
        await rig.start()
        assert (await attachment(rig)).type == "image/png"
        await rig.platform.quiet()
        assert len(rig.keeper.inbounds()) == 1


async def test_many_calls_of_one_file_are_one_message(rig: WeixinRig) -> None:
    rig.platform.media_there.clear()
    rig.sends("photo", PNG)
    await rig.until_tried()
    for _ in range(5):
        rig.says_again()
    rig.platform.media_there.set()
    await asyncio.wait_for(rig.platform.quiet(), PATIENCE)
    assert len(rig.keeper.inbounds()) == 1
    assert len(rig.keeper.files()) == 1
