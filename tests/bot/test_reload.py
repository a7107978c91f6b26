"""The configuration is broken and mended while the bot runs: the administrators hear of both."""

from pathlib import Path

from tests.bot.running import running, sample


async def test_the_administrator_hears_that_the_configuration_is_broken_and_that_it_is_mended(tmp_path: Path) -> None:
    rota = sample(tmp_path / "config") / "rota.toml"
    good = rota.read_text(encoding="utf-8")
    async with running(tmp_path) as bot:
        admin = await bot.person("admin")
        version = bot.app.reload.rules().version
        rota.write_text(good.replace('handover = "08:00"', 'handover = "8"'), encoding="utf-8")
        bot.look()
        assert "rota.toml:10" in (await admin.hears("未启用"))["text"]
        assert bot.app.reload.rules().version == version
        rota.write_text(good, encoding="utf-8")
        bot.look()
        await admin.hears("配置已改正")
        # Each is said once, however often the folder is looked at until it changes again.
        rota.write_text(good.replace("days = 7", "days = 0"), encoding="utf-8")
        bot.look()
        await admin.hears(lambda message: "未启用" in message["text"] and "days" in message["text"])
        assert len([m for m in await admin.history() if "配置" in m["text"]]) == 3
