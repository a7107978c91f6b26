"""What the tests of the process share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from bot.app import system_clock
from tests.bot.desk import Desk
from tests.support.weixin import CALL_TOKEN, SECRET, Weixin


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
