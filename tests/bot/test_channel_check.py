"""wardline channel check, against the providers on loopback: what is wrong is said in words that mend it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from bot.__main__ import main
from bot.app import system_clock
from bot.channels.weixin.wechat import WeChatChannel
from bot.channels.weixin.wecom import WeComChannel
from bot.tables.wechat import WeChat
from bot.tables.wecom import WeCom
from storage.replicas import DatabaseLease
from storage.writer import open_store
from tests.bot.running import KEY
from tests.channels.keeping import Keeper
from tests.support.botapi import BotApi
from tests.support.botapi_world import TOKEN
from tests.support.certificates import LONG_AGO, make_certificate
from tests.support.weixin import AGENT, CALL_TOKEN, CORP, SECRET, Fault, Weixin
from tests.support.weixin_robot import BOT, RobotPlatform
from tests.support.weixin_robot import SECRET as BOT_SECRET

Told = tuple[int, str]


class Desk:
    """A configuration, the platform, and a bot that runs behind a public address."""

    def __init__(self, folder: Path, platform: Weixin, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.platform, self.capsys = folder, platform, capsys
        self.keeper = Keeper(folder / "house.sqlite3")
        self.keeper.now = system_clock().now()
        self.url = ""
        self.answer: Callable[[web.Request], web.Response] | None = None
        self.channel: WeComChannel | WeChatChannel | None = None
        self.ready: dict[str, bool] = {}

    async def asked(self, _: web.Request) -> web.Response:
        return web.json_response(self.ready)

    async def called(self, request: web.Request) -> web.StreamResponse:
        if self.answer:
            return self.answer(request)
        assert self.channel
        return await self.channel.webhook(request)

    async def runs(self, channel: WeComChannel | WeChatChannel) -> None:
        self.channel = channel
        await channel.start(self.keeper.house())

    async def check(self, channel: str, table: str, language: str = "zh") -> Told:
        """The exit code and what is printed."""
        (self.folder / "wardline.toml").write_text(table, "utf-8")
        words = ["channel", "check", channel, "--config", str(self.folder), "--data", str(self.folder)]
        code = await asyncio.to_thread(main, [*words, "--lang", language])
        return code, self.capsys.readouterr().out

    def wecom(self, **changed: object) -> str:
        table = {"api": self.platform.url, "corp_id": CORP, "agent": AGENT, "callback": self.url} | changed
        return "[wecom]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in table.items())


@pytest_asyncio.fixture
async def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Desk]:
    async with Weixin(now=system_clock().now()) as platform:
        made = Desk(tmp_path, platform, capsys)
        application = web.Application()
        application.router.add_route("*", "/hooks", made.called)
        application.router.add_get("/readyz", made.asked)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hooks"
        for name in ("WECOM", "WECHAT"):
            monkeypatch.setenv(f"WARDLINE_{name}_SECRET", SECRET)
            monkeypatch.setenv(f"WARDLINE_{name}_TOKEN", CALL_TOKEN)
            monkeypatch.setenv(f"WARDLINE_{name}_AES_KEY", platform.aes_key)
        monkeypatch.setenv("WARDLINE_KEYS", "unused")
        yield made
        if made.channel:
            await made.channel.stop()
        await runner.cleanup()
        made.keeper.close()


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


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [
        ("gettoken", 40001, "WARDLINE_WECOM_SECRET"),
        ("gettoken", 40013, "[wecom] corp_id"),
        ("agent/get", 60020, "198.51.100.7 加入可信 IP"),
        ("agent/get", 301002, "[wecom] agent"),
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
    code, told = await desk.check("wecom", f'[wecom]\nbot_id = "{BOT}"\n')
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


def answered(status: int, _: web.Request) -> web.Response:
    return web.Response(status=status)


async def test_what_shows_without_the_network_is_told_first_and_all_of_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No way out: the certificate of the webhook is looked at all the same, and the rest is tried."""
    monkeypatch.setenv("WARDLINE_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("WARDLINE_TELEGRAM_WEBHOOK_SECRET", "no good")
    table = '[telegram]\napi = "http://127.0.0.1:1"\nwebhook = "https://127.0.0.1:1/t"\ncertificate = "hook.pem"\n'
    code, told = await desk.check("telegram", table)
    lines = told.splitlines()
    assert (code, [line[0] for line in lines]) == (1, ["✗"] * 4)
    wanted = (
        "WARDLINE_TELEGRAM_WEBHOOK_SECRET 只能",
        "hook.pem 不存在",
        "连不上 127.0.0.1:1：对方拒绝连接",
        "连不上回调",
    )
    assert [words in line for words, line in zip(wanted, lines, strict=True)] == [True] * 4
    make_certificate(desk.folder, "bot.example.org", last=LONG_AGO + timedelta(days=1))[1].rename(
        desk.folder / "hook.pem"
    )
    told = (await desk.check("telegram", table, "en"))[1]
    assert ("was over on 2020-01-02" in told, "is for bot.example.org, the webhook's host is 127.0.0.1" in told) == (
        True,
        True,
    )


async def test_a_webhook_with_a_certificate_of_its_own(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the certificate that is handed over may be shown; a file of no use hinders nobody from knocking."""
    monkeypatch.setenv("WARDLINE_TELEGRAM_TOKEN", TOKEN)
    context, file = make_certificate(desk.folder)
    (desk.folder / "hook.pem").write_bytes(file.read_bytes())
    application = web.Application()
    application.router.add_post("/t", partial(answering, 403))
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    url = f"https://127.0.0.1:{runner.addresses[0][1]}/t"
    async with BotApi() as server:
        server.webhook = {"url": url}
        table = f'[telegram]\napi = "{server.url}"\nwebhook = "{url}"\n'
        with_own = table + 'certificate = "hook.pem"\n'
        code, told = await desk.check("telegram", with_own)
        assert (code, f"回调地址 {url} 回答正确" in told) == (0, True)
        assert "证书不受信任" in (await desk.check("telegram", table))[1]
        make_certificate(desk.folder)[1].rename(desk.folder / "hook.pem")
        code, told = await desk.check("telegram", with_own)
        assert (code, "不是 [telegram] certificate 里的那一张" in told) == (1, True)
        (desk.folder / "hook.pem").unlink()
        code, told = await desk.check("telegram", with_own)
        assert (code, "hook.pem 不存在" in told, "回答正确" in told) == (1, True, True)
    await runner.cleanup()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("SSL error {error:0A000086:SSL routines::certificate verify failed}", "证书出错"),
        ("Wrong response from the webhook: 403 Forbidden", "X-Telegram-Bot-Api-Secret-Token"),
        ("Connection timed out", "从外面访问不到"),
        ("Bad Gateway", "出错：webhook: Bad Gateway"),
    ],
)
async def test_what_the_server_says_of_the_webhook_is_told_with_its_cause(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, said: str, words: str
) -> None:
    monkeypatch.setenv("WARDLINE_TELEGRAM_TOKEN", TOKEN)
    desk.answer = partial(answered, 403)
    async with BotApi() as server:
        server.webhook = {"url": desk.url}
        server.last_error = (int(system_clock().now().timestamp()), said)
        server.world.writes(server.world.person(7, "李护士"), "急诊HIS打不开")
        code, told = await desk.check("telegram", f'[telegram]\napi = "{server.url}"\nwebhook = "{desk.url}"\n')
        assert (code, words in told, said in told) == (1, True, True)


async def test_a_channel_that_is_switched_off_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDLINE_TELEGRAM_TOKEN", TOKEN)
    for channel in ("wecom", "wechat", "telegram", "mail"):
        code, told = await desk.check(channel, f"[{channel}]\nenabled = false\n")
        assert (code, told) == (1, f"✗ 这个渠道被 [{channel}] enabled = false 关闭了。\n")


async def test_what_wecoms_application_lacks_keeps_nobody_from_trying_the_rest(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WARDLINE_WECOM_TOKEN")
    monkeypatch.setenv("WARDLINE_WECOM_AES_KEY", "short")
    monkeypatch.setenv("WARDLINE_WECOM_ROBOTS", "ward=")
    code, told = await desk.check("wecom", desk.wecom())
    wanted = (
        "43 个字母和数字",
        "群机器人“ward”没有 key",
        "没有环境变量 WARDLINE_WECOM_TOKEN：",
        "账号和密钥正确",
        "应用“报障”",
    )
    assert (code, [words for words in wanted if words not in told]) == (1, [])
    code, told = await desk.check("wecom", desk.wecom(agent=0))
    assert (code, "没有设置 [wecom] agent" in told, "账号和密钥正确" in told) == (1, True, True)


async def test_both_kinds_of_wecom_at_once_are_told_and_both_are_tried(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARDLINE_WECOM_BOT_SECRET", BOT_SECRET)
    async with RobotPlatform() as platform:
        code, told = await desk.check("wecom", desk.wecom(bot_id=BOT, ws_url=platform.url))
    assert (code, "机器人启动不了" in told, told.count("账号和密钥正确")) == (1, True, 2)


async def test_an_official_account_without_its_token_is_tried_all_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WARDLINE_WECHAT_TOKEN")
    table = f'[wechat]\napi = "{desk.platform.url}"\napp_id = "{CORP}"\ncallback = "{desk.url}"\n'
    code, told = await desk.check("wechat", table)
    assert (code, "WARDLINE_WECHAT_TOKEN" in told, "账号和密钥正确" in told) == (1, True, True)


async def test_why_nobody_is_reached_is_told_apart(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDLINE_TELEGRAM_TOKEN", TOKEN)

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        for api, words in (
            ("http://bots.invalid", "域名解析不了"),
            ("http://127.0.0.1:1", "对方拒绝连接"),
            (f"http://127.0.0.1:{port}", "被对方断开"),
            (f"https://127.0.0.1:{desk.url.split(':')[2].partition('/')[0]}", "TLS 握手失败"),
        ):
            code, told = await desk.check("telegram", f'[telegram]\napi = "{api}"\n')
            assert (code, words in told) == (1, True), told
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    code, told = await desk.check("telegram", '[telegram]\napi = "http://bots.invalid"\n')
    assert (code, "代理连不上" in told) == (1, True)


async def test_a_robots_database_that_cannot_be_opened_hides_nothing_else(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WARDLINE_WECOM_SECRET")
    monkeypatch.setenv("WARDLINE_WECOM_BOT_SECRET", BOT_SECRET)
    monkeypatch.setenv("WARDLINE_KEYS", KEY)
    (desk.folder / "wardline.sqlite3").write_bytes(b"no database" * 1000)
    code, told = await desk.check("wecom", f'[wecom]\nbot_id = "{BOT}"\nws_url = "ws://127.0.0.1:1"\n')
    assert (code, "数据库打不开" in told) == (1, True)


async def answering(status: int, _: web.Request) -> web.Response:
    return web.Response(status=status)
