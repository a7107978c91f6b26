"""A configuration whose channels are checked from the command line, against the providers on loopback."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp import web

from bot.__main__ import main
from bot.app import system_clock
from bot.channels.weixin.wechat import WeChatChannel
from bot.channels.weixin.wecom import WeComChannel
from tests.channels.keeping import Keeper
from tests.support.weixin import AGENT, CORP, Weixin

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


def answered(status: int, _: web.Request) -> web.Response:
    return web.Response(status=status)
