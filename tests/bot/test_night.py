"""A night by the web chat: what is said by HTTP arrives over the stream, once, whatever happens to the process."""

from datetime import timedelta
from pathlib import Path

from tests.bot.running import MovedClock, running

REPORT = "急诊所有电脑HIS都进不去，病人都在等"


def pages(messages: list[dict[str, object]]) -> list[dict[str, object]]:
    return [m for m in messages if m["purpose"] == "page"]


async def test_a_report_pages_the_engineer_whose_button_tells_the_nurse(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        nurse, engineer = await bot.person("nurse"), await bot.person("engineer1")
        taken = await nurse.say(REPORT, client_key="k1")
        assert taken["ticket"] == 1
        await nurse.hears("W1")
        page = await engineer.hears(lambda m: m["purpose"] == "page")
        assert page["sound"] is True
        await engineer.press(page, "接单")
        await nurse.hears("接单")
        assert pages(engineer.heard) == [page]


async def test_the_same_key_again_is_the_same_message(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        nurse = await bot.person("nurse")
        first = await nurse.say(REPORT, client_key="k1")
        again = await nurse.say(REPORT, client_key="k1")
        other = await (await bot.person("icu-nurse")).say("ICU的PACS打不开图像", client_key="k1")
        assert (first["ticket"], again["id"], other["ticket"]) == (1, None, 2)
        await nurse.say("怎么样了", client_key="k2")
        await nurse.hears(lambda m: len(nurse.heard) == 2)
        assert [m["by"] for m in await nurse.history()] == ["me", "bot", "me", "bot"]


async def test_history_shows_both_sides_in_order_and_what_was_pressed(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        engineer = await bot.person("engineer1")
        await (await bot.person("nurse")).say(REPORT)
        page = await engineer.hears(lambda m: m["purpose"] == "page")
        await engineer.press(page, "接单")
        await engineer.hears("已由您接单")
        shown = await engineer.history()
        assert [m["by"] for m in shown] == ["bot", "me", "bot"]
        assert (shown[1]["action"], shown[1]["reply_to"]) == ("ack:1", str(page["id"]))
        assert shown[0]["settled"].endswith("已接单")
        assert shown[2]["settled"] == ""


async def test_a_page_that_comes_back_is_sent_what_it_missed_and_a_restart_loses_nothing(tmp_path: Path) -> None:
    moved = MovedClock()
    async with running(tmp_path, moved) as bot:
        await (await bot.person("nurse")).say(REPORT)
        first = await (await bot.person("engineer1")).hears(lambda m: m["purpose"] == "page")
    async with running(tmp_path, moved) as bot:
        engineer = await bot.person("engineer1")
        assert await engineer.hears(lambda m: m["purpose"] == "page") == first
        await engineer.press(first, "接单")
        await (await bot.person("nurse")).hears("接单")


async def test_what_fell_due_while_it_was_down_is_done_once_and_says_that_it_is_late(tmp_path: Path) -> None:
    moved = MovedClock()
    async with running(tmp_path, moved) as bot:
        await (await bot.person("nurse")).say(REPORT)
        await (await bot.person("engineer1")).hears(lambda m: m["purpose"] == "page")
    moved.jump(timedelta(hours=1))
    async with running(tmp_path, moved) as bot:
        lead = await bot.person("lead")
        late = await lead.hears(lambda m: m["purpose"] == "page")
        assert "本应" in late["text"] or "晚" in late["text"] or "迟" in late["text"]
        await (await bot.person("manager")).hears(lambda m: m["purpose"] == "breach")
        assert len(pages(lead.heard)) == 1


async def test_the_wall_clock_jumps_by_an_hour_both_ways(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        nurse, second = await bot.person("nurse"), await bot.person("engineer2")
        await nurse.say(REPORT)
        await (await bot.person("engineer1")).hears(lambda m: m["purpose"] == "page")
        bot.jump(timedelta(hours=-1))
        assert (await nurse.say("怎么样了", client_key="back"))["ticket"] == 1
        bot.jump(timedelta(hours=2))
        await second.hears(lambda m: m["purpose"] == "page")
        bot.jump(timedelta(hours=-1))
        bot.jump(timedelta(hours=1))
        await nurse.say("怎么样了", client_key="forth")
        await nurse.hears(lambda m: m["id"] > second.heard[0]["id"])
        assert len(pages(second.heard)) == 1
        assert all(loop.healthy for loop in bot.app.loops)
