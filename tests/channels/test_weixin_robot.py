"""WeCom's smart robot: passes the suite of all channels; and what its connection does."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.channels.base import ChannelError
from bot.channels.weixin.robot import RobotChannel, opened
from bot.settings import SettingsError, read_settings
from bot.tables.wecom import WeCom
from bot.ways import ways_of
from sla.message import Address, Notice, Purpose
from tests.channels.provider_suite import ProviderSuite
from tests.channels.rig import BUTTONS, notice, texts
from tests.channels.robot_rig import PAUSES, RobotRig, connected, robot
from tests.support.weixin_robot import BOT

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


@pytest_asyncio.fixture
async def rig(tmp_path: Path) -> AsyncIterator[RobotRig]:
    async with robot(tmp_path) as rig:
        yield rig


class TestRobot(ProviderSuite):
    @pytest_asyncio.fixture
    async def rig(self, tmp_path: Path) -> AsyncIterator[RobotRig]:
        async with robot(tmp_path) as rig:
            yield rig

    async def test_what_could_not_be_kept_comes_again_after_a_restart(self, rig: RobotRig) -> None:  # type: ignore[override]  # a rig of its own
        """The platform brings nothing twice: the end waits for what is not kept yet, as long as it may."""
        rig.says("之前的")
        await rig.keeper.until(1)
        rig.keeper.refuses()
        rig.says("磁盘满的时候")
        await rig.until_tried()
        rig.keeper.keeps()
        await rig.stop()
        assert texts(rig.keeper.inbounds()) == ["之前的", "磁盘满的时候"]
        await rig.start()
        rig.says("之后的")
        assert texts(await rig.keeper.until(3)) == ["之前的", "磁盘满的时候", "之后的"]


class TestIn:
    async def test_groups_pictures_with_words_and_a_greeting(self, rig: RobotRig) -> None:
        url, key = rig.platform.gives(PNG)
        items = [
            {"msgtype": "text", "text": {"content": "@小瓦 ICU 黑屏"}},
            {"msgtype": "image", "image": {"url": url, "aeskey": key}},
        ]
        rig.brings("mixed", chattype="group", chatid="group-1", mixed={"msg_item": items})
        (mixed,) = await rig.keeper.until(1)
        assert (mixed.text, mixed.conversation, mixed.sender, mixed.group) == ("ICU 黑屏", "group-1", "linlin", True)
        assert [(file.name, file.type, file.size) for file in mixed.attachments] == [("picture.png", "image/png", 28)]
        rig.brings("voice", voice={"content": "呼吸机报警"})
        rig.brings("event", "aibot_event_callback", event={"eventtype": "enter_chat"})
        rig.brings("event", "aibot_event_callback", event={"eventtype": "feedback_event"})
        rig.says("完")
        found = (await rig.keeper.until(4))[1:]
        assert [(inbound.text, inbound.action) for inbound in found] == [("呼吸机报警", ""), ("", "hello"), ("完", "")]
        assert rig.keeper.refusals == [("wecom", "event")]

    async def test_a_file_that_cannot_be_had_or_opened_is_told(self, rig: RobotRig) -> None:
        url, key = rig.platform.gives(PNG)
        rig.brings("image", image={"url": url + "gone", "aeskey": key})
        rig.brings("image", image={"url": url, "aeskey": rig.platform.gives(b"")[1]})
        rig.brings("image", image={"url": url, "aeskey": "short"})
        rig.brings("image", image={"url": "nonsense:", "aeskey": key})
        found = await rig.keeper.until(4)
        assert [inbound.attachments[0].refused for inbound in found] == ["unavailable"] * 4

    async def test_messages_that_cannot_be_kept_are_a_problem_that_is_told(self, rig: RobotRig) -> None:
        rig.keeper.refuses()
        rig.says("一")
        rig.says("二")
        await rig.until_tried()
        assert "cannot be kept" in rig.channel.problem()
        rig.keeper.keeps()
        assert texts(await rig.keeper.until(2)) == ["一", "二"]
        await rig.platform.until(lambda: rig.channel.problem() == "")

    async def test_a_message_that_the_house_breaks_on_holds_up_no_other(
        self, rig: RobotRig, caplog: pytest.LogCaptureFixture
    ) -> None:
        rig.breaks_on = "坏的"
        for text in ("先", "坏的", "后"):
            rig.says(text)
        assert texts(await rig.keeper.until(2)) == ["先", "后"]
        rig.says("再后")
        assert texts(await rig.keeper.until(3)) == ["先", "后", "再后"]
        assert rig.keeper.refusals == [("wecom", "crashed")]
        assert [record.getMessage() for record in caplog.records if record.exc_info] == ["robot_crashed_on"]

    def test_a_file_opens_under_its_key_alone(self) -> None:
        for content, key in ((b"x" * 15, "A" * 43), (b"x" * 16, "A" * 43), (b"", "A" * 43), (b"x" * 16, "报")):
            with pytest.raises(ValueError, match="key"):
                opened(content, key)
        assert opened(b"bare", "") == b"bare"


class TestLink:
    async def test_it_connects_again_and_says_since_when_it_was_gone(self, rig: RobotRig) -> None:
        gone_at = rig.keeper.now
        await rig.down()
        with pytest.raises(ChannelError) as caught:
            await rig.channel.send(notice(rig, "呼叫"))
        assert caught.value.result == "not_sent"
        rig.keeper.now += timedelta(minutes=3)
        assert gone_at.isoformat(timespec="seconds") in rig.channel.problem()
        await rig.platform.up()
        await connected(rig, 2)
        await rig.channel.send(notice(rig, "恢复"))
        assert [text for text, _ in rig.shown()] == ["恢复"]

    async def test_a_connection_that_is_silent_is_opened_anew(self, rig: RobotRig) -> None:
        await rig.platform.until(lambda: rig.platform.pings >= 2)
        assert rig.platform.connections == 1
        rig.platform.silent = True
        await rig.platform.until(lambda: rig.platform.connections == 2)

    async def test_a_wrong_secret_is_told_and_tried_again(self, rig: RobotRig) -> None:
        wrong = RobotChannel(WeCom(bot_id=f"{BOT}0", bot_secret="wrong", ws_url=rig.platform.url), PAUSES)
        await wrong.start(rig.keeper.house())
        await rig.platform.until(lambda: "853000" in wrong.problem())
        assert wrong.healthy()
        await wrong.stop()


class TestOut:
    async def test_a_card_that_was_pressed_shows_who_took_it(self, rig: RobotRig) -> None:
        page = Notice("page", Purpose.PAGE, (Address("wecom", rig.person),), "W12 呼叫\n呼吸机", BUTTONS, "li", 12)
        task = await rig.keeper.delivers(rig.channel, page)
        rig.presses(task, "ack:12")
        await rig.keeper.until(1)
        for _ in range(2):
            await rig.keeper.settles(rig.channel, "page", "李工已接单")
        (updated,) = rig.platform.updated
        card = updated["template_card"]
        assert (card["task_id"], card["main_title"]) == (task, {"title": "W12 呼叫", "desc": "李工已接单"})

    async def test_words_are_words_and_no_markdown(self, rig: RobotRig) -> None:
        await rig.channel.send(notice(rig, "# 报警\n> 引用\n[点此](https://evil.example) <font color='red'>3<4</font>"))
        assert [text for text, _ in rig.shown()] == [
            "＃ 报警\n＞ 引用\n[点此] (https://evil.example) ＜font color='red'>3<4＜/font>"
        ]

    async def test_a_member_is_not_sent_more_than_is_shown(self, rig: RobotRig) -> None:
        for number in range(30):
            await rig.channel.send(notice(rig, f"第{number}条"))
        with pytest.raises(ChannelError) as caught:
            await rig.channel.send(notice(rig, "第30条"))
        assert (caught.value.result, caught.value.retry_after) == ("not_sent", timedelta(minutes=1))


class TestSettings:
    def settings(self, folder: Path, table: str, **secrets: str) -> list[str]:
        (folder / "wardline.toml").write_text(f"[wecom]\n{table}\n", "utf-8")
        return [way.name for way in ways_of(read_settings(folder, folder, {"WARDLINE_KEYS": "k", **secrets}))]

    def test_one_of_application_and_robot_is_the_channel(self, tmp_path: Path) -> None:
        bot, app = 'bot_id = "aib1"', 'corp_id = "ww1"\nagent = 1'
        assert self.settings(tmp_path, bot) == []
        assert self.settings(tmp_path, bot, WARDLINE_WECOM_BOT_SECRET="s") == ["wecom"]
        both = {"WARDLINE_WECOM_BOT_SECRET": "s", "WARDLINE_WECOM_SECRET": "s"}
        with pytest.raises(SettingsError, match="application or its smart robot"):
            self.settings(tmp_path, f"{bot}\n{app}", **both)
        assert self.settings(tmp_path, app, WARDLINE_WECOM_SECRET="s") == ["wecom"]
