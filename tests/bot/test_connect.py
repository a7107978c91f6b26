"""Channels that cannot start, or whose provider says no: tried again, seen at /readyz, and told once."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.base import Channel
from bot.channels.telegram import TelegramChannel
from bot.connect import Connect
from bot.tables.telegram import Telegram
from tests.bot.running import Running, running
from tests.support.botapi import BotApi
from tests.support.botapi_world import TOKEN
from tests.support.waiting import PATIENCE

WITHDRAWN = "7000001:AAwithdrawn-token"


async def ready(bot: Running, part: str, wanted: bool) -> None:
    """Let time go by until /readyz says so of a part."""
    async with asyncio.timeout(PATIENCE):
        while (json.loads((await bot.get("/readyz"))[1])).get(part) is not wanted:
            bot.moved.steady_offset += 1
            bot.jump(timedelta(seconds=1))


async def test_a_token_that_is_none_is_told_at_once_and_only_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(tmp_path, telegram=Telegram(token="nonsense")) as bot:
        admin = await bot.person("admin")
        assert "telegram" in (await admin.hears("WARDLINE_TELEGRAM_TOKEN"))["text"]
        (first, *_) = [record for record in caplog.records if record.getMessage() == "channel_failed"]
        assert "WARDLINE_TELEGRAM_TOKEN" in vars(first)["why"]  # whoever has nothing but the log learns it as well
        await ready(bot, "telegram", False)
        assert not bot.app.well()
        for _ in range(3):
            bot.moved.steady_offset += 400
            await bot.app.connect.turn()
        assert len([m for m in await admin.history() if "telegram" in m["text"]]) == 1


async def test_a_token_that_is_refused_is_told_when_that_lasts_and_again_when_it_is_over(tmp_path: Path) -> None:
    async with BotApi() as server:
        settings = Telegram(api=server.url, token=WITHDRAWN)
        async with running(tmp_path, telegram=settings) as bot:
            admin = await bot.person("admin")
            await ready(bot, "telegram", False)
            async with asyncio.timeout(PATIENCE):
                while not (isinstance(c := bot.app.channels.get("telegram"), TelegramChannel) and c.problem()):
                    await bot.get("/healthz")
            await bot.app.connect.turn()
            bot.moved.steady_offset += 30
            await bot.app.connect.turn()
            assert not [m for m in await admin.history() if "telegram" in m["text"]]
            bot.moved.steady_offset += 40
            await bot.app.connect.turn()
            told = (await admin.hears("telegram"))["text"]
            assert "不被接受" in told
            assert "401" in told  # what the provider said stands behind it


async def test_a_channel_that_could_not_start_is_there_after_a_pause(tmp_path: Path) -> None:
    async with BotApi() as server, running(tmp_path) as bot:
        tries = []

        def make() -> Channel:
            tries.append(bot.app.clock.steady())
            if len(tries) < 3:
                raise OSError("no such library yet")
            return TelegramChannel(Telegram(api=server.url, token=TOKEN))

        app = bot.app
        run, clock = app.store.writer.run, app.clock
        connect = Connect(
            {"telegram": make}, app.channels, lambda: app.house, run, app.reload.rules, clock, app.loops[0].nudge
        )
        await connect.turn()
        await connect.turn()
        assert len(tries) == 1
        assert connect.parts() == {"telegram": False, "webchat": True}
        assert not connect.started()
        for _ in range(2):
            bot.moved.steady_offset += 31
            await connect.turn()
        assert len(tries) == 3
        assert connect.started()
        await (await bot.person("admin")).hears("渠道 telegram 已恢复")
