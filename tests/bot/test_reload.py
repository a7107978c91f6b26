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
        told = (await admin.hears("未启用"))["text"]
        assert told.splitlines()[1].startswith("rota.toml:10 [team[1].handover]: “8”不是时刻 -> ")
        assert bot.app.reload.rules().version == version
        rota.write_text(good, encoding="utf-8")
        bot.look()
        await admin.hears("配置已改正")
        # Each is said once, however often the folder is looked at until it changes again.
        rota.write_text(good.replace("days = 7", "days = 0"), encoding="utf-8")
        bot.look()
        await admin.hears(lambda message: "未启用" in message["text"] and "days" in message["text"])
        assert len([m for m in await admin.history() if "配置" in m["text"]]) == 3


async def test_a_name_that_two_systems_claim_is_refused_and_a_new_one_is_understood_at_once(tmp_path: Path) -> None:
    catalogue = sample(tmp_path / "config") / "catalogue.toml"
    good = catalogue.read_text(encoding="utf-8")
    before, _, _ = good.partition('"oa", "oa系统"')
    list_begins = before.count("\n")
    async with running(tmp_path) as bot:
        nurse, admin = await bot.person("nurse"), await bot.person("admin")
        await nurse.say("老黄牛打不开了")
        await nurse.hears("请问是哪个系统")
        catalogue.write_text(good.replace('"oa", "oa系统"', '"oa", "ＰＡＣＳ"'), encoding="utf-8")
        bot.look()
        assert f"catalogue.toml:{list_begins}" in (await admin.hears("未启用"))["text"]
        catalogue.write_text(good.replace('"oa", "oa系统"', '"oa", "老黄牛"'), encoding="utf-8")
        bot.look()
        await admin.hears("配置已改正")
        await nurse.say("老黄牛")
        await nurse.hears("办公自动化系统")
