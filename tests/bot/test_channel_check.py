"""wardline channel check, against the providers on loopback: what is wrong is said in words that mend it."""

from datetime import timedelta
from functools import partial

import pytest
from aiohttp import web

from bot.app import system_clock
from bot.channels.weixin.wechat import WeChatChannel
from bot.channels.weixin.wecom import WeComChannel
from bot.tables.wechat import WeChat
from bot.tables.wecom import WeCom
from storage.replicas import DatabaseLease
from storage.writer import open_store
from tests.bot.desk import Desk, answered
from tests.bot.running import KEY
from tests.support.botapi import BotApi
from tests.support.botapi_world import TOKEN
from tests.support.weixin import AGENT, CALL_TOKEN, CORP, SECRET, Fault
from tests.support.weixin_robot import BOT, RobotPlatform
from tests.support.weixin_robot import SECRET as BOT_SECRET


async def test_all_is_well_in_both_languages(desk: Desk) -> None:
    await desk.runs(WeComChannel(WeCom("http://x", CORP, AGENT, desk.url, SECRET, CALL_TOKEN, desk.platform.aes_key)))
    code, told = await desk.check("wecom", desk.wecom())
    assert (code, told.count("✓"), told.count("✗")) == (0, 4, 0)
    assert all(words in told for words in ("秒", "账号和密钥正确", "应用“报障”", "回答正确"))
    code, told = await desk.check("wecom", desk.wecom(), "en")
    assert (code, "The callback" in told, "answers rightly" in told) == (0, True, True)


async def test_an_official_account_is_well(desk: Desk) -> None:
    await desk.runs(WeChatChannel(WeChat("http://x", CORP, desk.url, SECRET, CALL_TOKEN, desk.platform.aes_key)))
    table = f'[wechat]\napi = "{desk.platform.url}"\napp_id = "{CORP}"\ncallback = "{desk.url}"\n'
    code, told = await desk.check("wechat", table)
    assert (code, told.count("✓"), "48 小时" in told) == (0, 4, True)
    desk.platform.faults.append(Fault("stable_token", 40164, words="invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9"))
    code, told = await desk.check("wechat", table)
    assert (code, "203.0.113.9 加入可信 IP" in told) == (1, True)
    desk.platform.faults.append(Fault("stable_token", 40243, words="invalid appsecret, frozen"))
    assert "已被冻结" in (await desk.check("wechat", table))[1]


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [
        ("gettoken", 40001, "WARDLINE_WECOM_SECRET"),
        ("gettoken", 40013, "[wecom] corp_id"),
        ("agent/get", 60020, "198.51.100.7 加入可信 IP"),
        ("agent/get", 301002, "[wecom] agent"),
        ("agent/get", 48002, "没有调用权限"),
        ("gettoken", 45009, "次数用完"),
        ("gettoken", -1, "对方系统繁忙"),
        ("gettoken", 12345, "12345：not allow from ip: 198.51.100.7"),
    ],
)
async def test_what_the_platform_says_is_told_in_words(desk: Desk, path: str, code: int, words: str) -> None:
    desk.platform.faults.append(Fault(path, code, words="not allow from ip: 198.51.100.7"))
    exit_code, told = await desk.check("wecom", desk.wecom(callback=""))
    assert (exit_code, words in told, "没有设置 callback" in told) == (1, True, True)


@pytest.mark.parametrize(
    ("status", "words"), [(403, "拒绝了校验"), (503, "还没有准备好"), (404, "反向代理是否"), (200, "反向代理是否")]
)
async def test_a_callback_that_does_not_answer_rightly(desk: Desk, status: int, words: str) -> None:
    desk.answer = lambda request: web.Response(status=status, text="<html>")
    code, told = await desk.check("wecom", desk.wecom())
    assert (code, words in told) == (1, True)


async def test_other_keys_than_those_of_the_bot_that_runs(desk: Desk) -> None:
    await desk.runs(WeComChannel(WeCom("http://x", CORP, AGENT, desk.url, SECRET, "other", desk.platform.aes_key)))
    code, told = await desk.check("wecom", desk.wecom())
    assert (code, "Token 或 EncodingAESKey" in told) == (1, True)


async def test_nothing_listens_or_nothing_is_set_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    code, told = await desk.check("wecom", desk.wecom(api="http://127.0.0.1:1", callback="http://127.0.0.1:1/x"))
    assert (code, told.count("✗")) == (1, 2)
    assert all(words in told for words in ("连不上 127.0.0.1:1", "连不上回调地址"))
    for channel, name in (("wecom", "corp_id"), ("wechat", "app_id"), ("telegram", "WARDLINE_TELEGRAM_TOKEN")):
        code, told = await desk.check(channel, "")
        assert (code, name in told) == (1, True)


async def test_a_clock_that_is_off_is_told(desk: Desk) -> None:
    async def late(request: web.Request) -> web.Response:
        return web.json_response({"errcode": 40001}, headers={"Date": "Sat, 01 Jan 2000 00:00:00 GMT"})

    application = web.Application()
    application.router.add_get("/cgi-bin/gettoken", late)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    code, told = await desk.check("wecom", desk.wecom(api=f"http://127.0.0.1:{runner.addresses[0][1]}"))
    await runner.cleanup()
    assert (code, "请校时" in told) == (1, True)


async def test_who_began_with_the_robot_is_told_what_the_robot_lacks(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WARDLINE_WECOM_SECRET")
    code, told = await desk.check("wecom", f'[wecom]\nbot_id = "{BOT}"\nws_url = "ws://127.0.0.1:1"\n')
    assert (code, "没有环境变量 WARDLINE_WECOM_BOT_SECRET" in told) == (1, True)
    code, told = await desk.check("wecom", "[wecom]\n")
    assert (code, "[wecom] corp_id, WARDLINE_WECOM_SECRET" in told) == (1, True)


async def test_the_smart_robot(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WARDLINE_WECOM_SECRET")
    async with RobotPlatform() as platform:
        table = f'[wecom]\nbot_id = "{BOT}"\nws_url = "{platform.url}"\n'
        for secret, outcome in ((BOT_SECRET, (0, "账号和密钥正确")), ("wrong", (1, "WARDLINE_WECOM_BOT_SECRET"))):
            monkeypatch.setenv("WARDLINE_WECOM_BOT_SECRET", secret)
            code, told = await desk.check("wecom", table)
            assert (code, outcome[1] in told) == (outcome[0], True)


async def test_the_smart_robot_is_left_to_the_bot_that_runs(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who subscribes takes the connection away: the bot is asked instead, and nobody holds it longer than needed."""
    monkeypatch.delenv("WARDLINE_WECOM_SECRET")
    monkeypatch.setenv("WARDLINE_WECOM_BOT_SECRET", BOT_SECRET)
    monkeypatch.setenv("WARDLINE_KEYS", KEY)
    store = open_store(f"sqlite:///{desk.folder / 'wardline.sqlite3'}", KEY)
    lease, now = DatabaseLease(store.writer), system_clock().now()
    host, _, port = desk.url.removeprefix("http://").removesuffix("/hooks").partition(":")
    async with RobotPlatform() as platform:
        table = f'[web]\nhost = "{host}"\nport = {port}\n[wecom]\nbot_id = "{BOT}"\nws_url = "{platform.url}"\n'
        assert (await desk.check("wecom", table))[0] == 0
        assert platform.connections == 1
        assert await lease.acquire(f"wecom:robot:{BOT}", "the bot", now, timedelta(minutes=5)) is not None
        for ready, outcome in (
            ({"wecom": True}, (0, "已经连上")),
            ({"wecom": False}, (1, "没有连上")),
            ({}, (0, "占用")),
        ):
            desk.ready = ready
            code, told = await desk.check("wecom", table)
            assert (code, outcome[1] in told) == (outcome[0], True)
        assert platform.connections == 1
    store.close()


async def test_a_bot_of_the_bot_api(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async with BotApi() as server:
        table = f'[telegram]\napi = "{server.url}"\n'
        for token, outcome in ((TOKEN, (0, "@WardlineBot")), ("1:wrong", (1, "WARDLINE_TELEGRAM_TOKEN"))):
            monkeypatch.setenv("WARDLINE_TELEGRAM_TOKEN", token)
            code, told = await desk.check("telegram", table)
            assert (code, outcome[1] in told) == (outcome[0], True)
        monkeypatch.setenv("WARDLINE_TELEGRAM_TOKEN", TOKEN)
        code, told = await desk.check("telegram", table + 'webhook = "https://bot.example.org/tg"\n')
        assert (code, "https://bot.example.org/tg" in told) == (1, True)


async def test_a_webhook_of_the_bot_api(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A knock without the secret is turned away by the bot alone; an old error of the server's is over."""
    monkeypatch.setenv("WARDLINE_TELEGRAM_TOKEN", TOKEN)
    async with BotApi() as server:
        server.webhook = {"url": desk.url}
        server.last_error = (1_000_000_000, "Connection timed out")
        table = f'[telegram]\napi = "{server.url}"\nwebhook = "{desk.url}"\n'
        answers = ((403, 0, "回答正确"), (503, 1, "还没有准备好"), (404, 1, "反向代理是否"), (200, 1, "反向代理是否"))
        for status, wanted, words in answers:
            desk.answer = partial(answered, status)
            code, told = await desk.check("telegram", table)
            assert (code, words in told, "timed out" in told) == (wanted, True, False)
        server.webhook = {"url": "http://127.0.0.1:1/x"}
        code, told = await desk.check("telegram", table.replace(desk.url, "http://127.0.0.1:1/x"))
        assert (code, "连不上回调地址 http://127.0.0.1:1/x" in told) == (1, True)
