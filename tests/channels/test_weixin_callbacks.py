"""Calls of the platform: who is let in, who is turned away, and what anybody learns of it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web

from bot.channels.weixin.wechat import WeChatChannel
from bot.channels.weixin.wecom import WeComChannel
from bot.settings import SettingsError
from bot.tables.wechat import WeChat
from bot.tables.wecom import WeCom
from tests.channels.keeping import Keeper
from tests.support.weixin import CALL_TOKEN, CORP, SECRET, Weixin
from tests.support.weixin_crypto import sealed, signed

WORDS = (
    "<xml><FromUserName>linlin</FromUserName><CreateTime>1760000000</CreateTime><MsgType>text</MsgType>"
    "<Content><![CDATA[{0}]]></Content><MsgId>{1}</MsgId></xml>"
)
Query = Mapping[str, str]


@dataclass
class Door:
    """A channel behind an HTTP server of its own, and a platform that makes calls without bringing them."""

    platform: Weixin
    keeper: Keeper
    channel: WeComChannel | WeChatChannel
    session: ClientSession
    url: str

    async def post(self, query: Query, body: bytes, **more: str) -> tuple[int, str]:
        """Bring a call; the answer."""
        async with self.session.post(self.url, params=query, data=body, headers=more) as response:
            return response.status, await response.text()

    async def get(self, query: Query) -> tuple[int, bytes]:
        """Ask for the echo."""
        async with self.session.get(self.url, params=query) as response:
            return response.status, await response.read()

    def texts(self) -> list[str]:
        return [inbound.text for inbound in self.keeper.inbounds()]

    def whys(self) -> list[str]:
        return [why for _, why in self.keeper.refusals]


def made(platform: Weixin) -> WeComChannel | WeChatChannel:
    """The channel that belongs to the platform's mode, as somebody would set it up."""
    callback = "https://wardline.example.org/hooks/weixin"
    if platform.mode == "wecom":
        return WeComChannel(WeCom("http://127.0.0.1:1", CORP, 1, callback, SECRET, CALL_TOKEN, platform.aes_key))
    key = "" if platform.mode == "plain" else platform.aes_key
    return WeChatChannel(WeChat("http://127.0.0.1:1", CORP, callback, SECRET, CALL_TOKEN, key))


@pytest_asyncio.fixture(params=["wecom", "plain", "compatible", "safe"])
async def door(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Door]:
    platform, keeper = Weixin(mode=request.param), Keeper(tmp_path / "house.sqlite3")
    channel = made(platform)
    application = web.Application()
    application.router.add_route("*", "/", channel.webhook)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with ClientSession() as session:
        yield Door(platform, keeper, channel, session, f"http://127.0.0.1:{runner.addresses[0][1]}/")
    await channel.stop()
    await runner.cleanup()
    keeper.close()


@pytest_asyncio.fixture
async def open_door(door: Door) -> Door:
    await door.channel.start(door.keeper.house())
    return door


async def test_what_comes_before_the_start_comes_again(door: Door) -> None:
    call = door.platform.enveloped(WORDS.format("早到的", 1))
    assert (await door.post(*call))[0] == 503
    assert (await door.get(call[0]))[0] == 503
    await door.channel.start(door.keeper.house())
    assert await door.post(*call) == (200, "success")
    assert door.texts() == ["早到的"]


async def test_a_call_is_taken_and_its_retry_is_no_second_one(open_door: Door) -> None:
    call = open_door.platform.enveloped(WORDS.format("ICU 3床", 1))
    assert [await open_door.post(*call) for _ in range(3)] == [(200, "success")] * 3
    assert (open_door.texts(), open_door.whys()) == (["ICU 3床"], [])


async def test_the_same_nonce_with_other_words_is_somebody_elses(open_door: Door) -> None:
    query, body = open_door.platform.enveloped(WORDS.format("先到的", 1))
    assert await open_door.post(query, body) == (200, "success")
    other, words = open_door.platform.enveloped(WORDS.format("冒充的", 2))
    again = {**query}
    if open_door.platform.mode != "plain":  # whoever has all keys signs anew, under the time and nonce of before
        hidden = sealed(WORDS.format("冒充的", 2), open_door.platform.aes_key, CORP)
        again["msg_signature"] = signed(CALL_TOKEN, query["timestamp"], query["nonce"], hidden)
        words = f"<xml><Encrypt>{hidden}</Encrypt></xml>".encode()
    assert (await open_door.post(again, words))[0] == 403
    assert (open_door.texts(), open_door.whys()) == (["先到的"], ["nonce_again"])
    assert other["nonce"] != query["nonce"]


async def test_a_question_that_was_overheard_lets_no_message_in(open_door: Door) -> None:
    """Without a key the signature covers neither echo nor message; a proxy's log has the address of every question."""
    query, body = open_door.platform.enveloped(WORDS.format("冒充的", 1))
    asked = {name: query[name] for name in ("timestamp", "nonce")} | {"echostr": "17"}
    asked["signature"] = signed(CALL_TOKEN, *_when(query))
    assert [(await open_door.get(asked))[0] for _ in range(3)] == [200] * 3
    if open_door.platform.mode == "plain":
        assert (await open_door.post(asked, body))[0] == 403
        assert (open_door.texts(), open_door.whys()) == ([], ["nonce_again"])


@pytest.mark.parametrize(("away", "status"), [(-301, 403), (-299, 200), (299, 200), (301, 403)])
async def test_a_call_is_good_for_five_minutes(open_door: Door, away: int, status: int) -> None:
    call = open_door.platform.enveloped(WORDS.format("报障", 1))
    open_door.keeper.now = open_door.platform.now + timedelta(seconds=away)
    assert (await open_door.post(*call))[0] == status
    assert open_door.whys() == ([] if status == 200 else ["old_timestamp"])


async def test_the_platform_is_shown_that_we_are_the_ones(open_door: Door) -> None:
    platform, stamp = open_door.platform, str(int(open_door.platform.now.timestamp()))
    query = {"timestamp": stamp, "nonce": "n1"}
    if platform.mode == "wecom":
        hidden = sealed("2375926571837465", platform.aes_key, CORP)
        query |= {"echostr": hidden, "msg_signature": signed(CALL_TOKEN, stamp, "n1", hidden)}
    else:
        query |= {"echostr": "2375926571837465", "signature": signed(CALL_TOKEN, stamp, "n1")}
    assert await open_door.get(query) == (200, b"2375926571837465")
    for name in set(query) - {"echostr", "nonce"}:
        assert (await open_door.get({**query, name: query[name][::-1]}))[0] == 403
        assert (await open_door.get({k: v for k, v in query.items() if k != name}))[0] == 403
    assert (await open_door.get({}))[0] == 403
    assert len(open_door.whys()) == 5


async def test_whoever_lacks_the_key_is_turned_away(open_door: Door) -> None:
    platform = open_door.platform
    words = WORDS.format("冒充的", 1)
    if platform.mode == "plain":
        query, body = platform.enveloped(words)
        assert (await open_door.post({**query, "signature": signed("guessed", *_when(query))}, body))[0] == 403
        return
    for stranger in (Weixin(mode=platform.mode), Weixin(mode="plain")):  # another key; the token alone
        assert (await open_door.post(*stranger.enveloped(words)))[0] == 403
    hidden = sealed(words, platform.aes_key, "ww-another")
    query = {"timestamp": str(int(platform.now.timestamp())), "nonce": "n2"}
    query["msg_signature"] = signed(CALL_TOKEN, *_when(query), hidden)
    assert (await open_door.post(query, f"<xml><Encrypt>{hidden}</Encrypt></xml>".encode()))[0] == 403
    guessed, *others = open_door.whys()
    assert guessed in {"bad_cipher", "not_for_us"}, "one of 256 wrong keys leaves what looks like padding"
    assert (open_door.texts(), others) == ([], ["not_encrypted", "not_for_us"])


def _when(query: Query) -> tuple[str, str]:
    return query["timestamp"], query["nonce"]


DEEP = "<xml>" + "<a>" * 9_000 + "</a>" * 9_000 + "</xml>"
NONSENSE = [
    b"",
    b"\x00\xff\xfe",
    b"<xml>",
    b"<xml/>",
    b"<xml>words</xml>",
    b"<html><xml/></html>",
    DEEP.encode(),
    b'<!DOCTYPE xml [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt><MsgType>&a;</MsgType></xml>',
    b"<xml><Encrypt>1</Encrypt><Encrypt>2</Encrypt></xml>",
    b"<xml><Encrypt>not base64</Encrypt></xml>",
    "<xml><Encrypt>中文</Encrypt></xml>".encode(),
    b"<xml><Encrypt></Encrypt><MsgType/></xml>",
    b"x" * 300_000,
]


async def test_nonsense_is_turned_away_and_counted(open_door: Door, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for body in NONSENSE:
            query, _ = open_door.platform.enveloped(WORDS.format("x", 1))
            for asked in (query, {}, {"timestamp": "１２", "nonce": "\x00"}):
                assert (await open_door.post(asked, body))[0] == 403
    count = len(NONSENSE) * 3
    assert len(open_door.whys()) == count
    assert [r.getMessage() for r in caplog.records if r.name.startswith("bot")] == ["call_refused"] * count
    assert [r.exc_info for r in caplog.records if r.levelno >= logging.ERROR] == []
    assert open_door.texts() == []


async def test_what_is_longer_than_any_call_or_unfolds_to_more_is_turned_away(open_door: Door) -> None:
    """Signed as it ought to be; so that nothing else turns it away."""
    assert (await open_door.post(*open_door.platform.enveloped(WORDS.format("长" * 30_000, 1))))[0] == 403
    unfolding = '<!DOCTYPE xml [<!ENTITY a "长长">]>' + WORDS.replace("<![CDATA[{0}]]>", "&a;&a;").format("", 2)
    assert (await open_door.post(*open_door.platform.enveloped(unfolding)))[0] == 403
    assert (open_door.texts(), open_door.whys()) == ([], ["too_long", "bad_xml"])


async def test_a_body_that_is_packed_wrongly_or_breaks_off_is_nonsense(
    open_door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    query, body = open_door.platform.enveloped(WORDS.format("秘密", 1))
    assert (await open_door.post(query, body, **{"Content-Encoding": "gzip"}))[0] == 403
    host, port = open_door.url.removeprefix("http://").rstrip("/").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n<xml>")
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert await open_door.post(query, body) == (200, "success")
    assert [r for r in caplog.records if r.levelno >= logging.ERROR] == []


async def test_neither_words_nor_keys_are_logged(open_door: Door, caplog: pytest.LogCaptureFixture) -> None:
    secrets = ("张秀英", SECRET, CALL_TOKEN, open_door.platform.aes_key)
    with caplog.at_level(logging.DEBUG):
        query, body = open_door.platform.enveloped(WORDS.format("张秀英的医嘱", 1))
        await open_door.post(query, body)
        await open_door.post({**query, "nonce": "张秀英"}, body)
        await open_door.post(*open_door.platform.enveloped("<xml><MsgType>张秀英</MsgType></xml>"))
    written = " ".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert [word for word in secrets if word in written] == []
    assert len(open_door.whys()) == 2


@pytest.mark.parametrize(
    ("token", "key", "words"), [("", "k" * 43, "WARDLINE_WECOM_TOKEN"), ("t", "short", "WARDLINE_WECOM_AES_KEY")]
)
def test_keys_that_cannot_be_any_stop_the_channel(token: str, key: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        WeComChannel(WeCom(corp_id=CORP, secret=SECRET, callback="https://x.example.org/", token=token, aes_key=key))
