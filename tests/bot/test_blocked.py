"""Somebody blocks the bot in the middle of the night, and is back in the morning."""

from pathlib import Path

from bot.tables.telegram import Telegram
from storage.files import packaged_files
from tests.bot.running import running, sample
from tests.support.botapi import BotApi
from tests.support.botapi_world import TOKEN
from tests.support.waiting import until

LI, OWN = 42, "engineer1"
BOTH = f'"telegram:{LI}", "webchat:{OWN}"'


async def test_pages_go_to_the_next_address_and_who_is_back_is_told_once(tmp_path: Path) -> None:
    people = packaged_files()["people.toml"].replace(f'"webchat:{OWN}"', BOTH)
    sample(tmp_path / "config", **{"people.toml": people})
    async with BotApi() as server, running(tmp_path, telegram=Telegram(api=server.url, token=TOKEN)) as bot:
        account = server.world.person(LI, "李工")
        nurse, engineer = await bot.person("nurse"), await bot.person(OWN)
        await server.until(lambda: server.polls > 0)
        server.world.blocks(account)

        await nurse.say("急诊所有电脑HIS都进不去，病人都在等")
        page = await engineer.hears(lambda m: m["purpose"] == "page")
        await engineer.say("我的渠道")
        assert "Telegram（42）" in (await engineer.hears("暂时排在后面"))["text"]
        await engineer.press(page, "接单")

        server.world.unblocks(account)
        for words in ("工单", "值班"):
            server.world.writes(account, words)
        await said(server, "W1")
        back = [m["text"] for m in server.world.shown(LI) if "恢复" in m.get("text", "")]
        assert len(back) == 1
        assert "Telegram" in back[0]
        assert "停用" in back[0]


async def said(server: BotApi, words: str) -> None:
    """Wait until the account was told something with these words, and something after it."""
    await until(lambda: any(words in m.get("text", "") for m in server.world.shown(LI)[:-1]))
