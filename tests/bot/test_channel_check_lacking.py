"""wardline channel check where something lacks or nobody is reached: the true cause is named, and the rest is tried."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest
from aiohttp import web

from bot.app import system_clock
from tests.bot.desk import Desk, answered
from tests.bot.running import KEY
from tests.support.botapi import BotApi
from tests.support.botapi_world import TOKEN
from tests.support.certificates import LONG_AGO, make_certificate
from tests.support.weixin import CORP
from tests.support.weixin_robot import BOT, RobotPlatform
from tests.support.weixin_robot import SECRET as BOT_SECRET


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
    application.router.add_post("/t", desk.called)
    desk.answer = partial(answered, 403)
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


async def test_without_the_secret_the_way_to_the_platform_is_tried_all_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Secret and firewall are mended by two people: both are told at once."""
    monkeypatch.delenv("WARDLINE_WECOM_SECRET")
    monkeypatch.delenv("WARDLINE_WECHAT_SECRET", raising=False)
    async with RobotPlatform() as platform:
        for channel, table, absent, there in (
            ("wecom", desk.wecom(callback=""), "WARDLINE_WECOM_SECRET", desk.platform.url),
            ("wecom", f'[wecom]\nbot_id = "{BOT}"\nws_url = "%s"\n', "WARDLINE_WECOM_BOT_SECRET", platform.url),
            ("wechat", '[wechat]\napp_id = "wx1"\napi = "%s"\n', "WARDLINE_WECHAT_SECRET", desk.platform.url),
        ):
            reached = there.partition("://")[2] if there.startswith("http") else there
            code, told = await desk.check(channel, table % there if "%s" in table else table)
            assert (code, f"没有环境变量 {absent}" in told, f"✓ 能连上 {reached}" in told) == (1, True, True), told
            gone = f"{there.partition('://')[0]}://127.0.0.1:1"
            code, told = await desk.check(channel, (table % gone if "%s" in table else table.replace(there, gone)))
            assert (code, f"没有环境变量 {absent}" in told, "连不上" in told) == (1, True, True), told
        assert platform.connections == 0, "nobody loses a connection by it"


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


async def test_an_address_that_is_none_is_told_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDLINE_TELEGRAM_TOKEN", TOKEN)
    told = (await desk.check("telegram", '[telegram]\napi = "api.telegram.org"\n'))[1]
    assert told == "✗ [telegram] api 写的“api.telegram.org”不是地址：应以 https:// 开头。\n"
    told = (await desk.check("wecom", desk.wecom(callback="wardline.example.org/wecom")))[1]
    assert [line[:15] for line in told.splitlines() if line[0] == "✗"] == ["✗ [wecom] callb"]
    monkeypatch.delenv("WARDLINE_WECOM_SECRET")
    monkeypatch.setenv("WARDLINE_WECOM_BOT_SECRET", BOT_SECRET)
    told = (await desk.check("wecom", f'[wecom]\nbot_id = "{BOT}"\nws_url = "https://openws.example"\n'))[1]
    assert told == "✗ [wecom] ws_url 写的“https://openws.example”不是地址：应以 wss:// 开头。\n"
