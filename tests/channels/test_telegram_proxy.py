"""The Bot API behind the proxy of a hospital, and on a server of its own."""

import ssl
from pathlib import Path

import pytest
from aiohttp import web

from bot.channels.telegram_api import BotApi
from bot.channels.telegram_errors import ApiError
from tests.support.botapi_world import TOKEN
from tests.support.certificates import HOST, make_certificate
from tests.support.dead_ends import proxy_that_refuses


async def test_the_way_out_is_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []
    async with proxy_that_refuses(asked) as proxy:
        monkeypatch.setenv("https_proxy", proxy)
        api = BotApi("https://bots.example.org", TOKEN)
        with pytest.raises(ApiError) as caught:
            await api.me()
        await api.close()
    assert (asked, caught.value.result) == ([b"bots.example.org:443"], "not_sent")


async def test_a_server_is_trusted_that_this_machine_trusts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, pem = make_certificate(tmp_path)
    application = web.Application()
    application.router.add_post(f"/bot{TOKEN}/getMe", me)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0, ssl_context=context).start()
    for trusted, outcome in ((False, "not_sent"), (True, {"id": 7})):
        monkeypatch.setenv("SSL_CERT_FILE", str(pem) if trusted else ssl.get_default_verify_paths().openssl_cafile)
        api = BotApi(f"https://{HOST}:{runner.addresses[0][1]}", TOKEN)
        try:
            found: object = await api.me()
        except ApiError as error:
            found = error.result
        await api.close()
        assert found == outcome
    await runner.cleanup()


async def me(_: web.Request) -> web.Response:
    return web.json_response({"ok": True, "result": {"id": 7}})
