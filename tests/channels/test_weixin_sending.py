"""What goes out: which of the platform's codes means what, what is sent too much, and who hears of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientTimeout

from bot.channels.base import ChannelError
from bot.channels.weixin.wechat import WeChatChannel
from bot.channels.weixin.wecom import WeComChannel
from bot.tables.wechat import WeChat
from bot.tables.wecom import WeCom
from handlers.reach import always_mark
from sla.message import Address, Purpose
from sla.people import read_addresses
from sla.toml import Reader
from tests.channels.rig import BUTTONS, failed_send, notice
from tests.channels.weixin_rig import PATIENCE, WeChatRig, WeixinRig, weixin
from tests.support.dead_ends import full_port, proxy_that_refuses
from tests.support.weixin import AGENT, CALL_TOKEN, CORP, SECRET, Fault

MINUTE = timedelta(minutes=1)
TEN_MINUTES = timedelta(minutes=10)


@pytest_asyncio.fixture
async def wecom(tmp_path: Path) -> AsyncIterator[WeixinRig]:
    async with weixin(tmp_path) as rig:
        yield rig


@pytest_asyncio.fixture
async def wechat(tmp_path: Path) -> AsyncIterator[WeixinRig]:
    async with weixin(tmp_path, WeChatRig) as rig:
        yield rig


def later(rig: WeixinRig, **span: float) -> None:
    """Time goes on, for both sides."""
    rig.keeper.now += timedelta(**span)
    rig.platform.now += timedelta(**span)


def called(rig: WeixinRig, path: str) -> int:
    """How often the platform was called there."""
    return sum(place == path for place, _ in rig.platform.calls)


class TestCodes:
    @pytest.mark.parametrize(
        ("code", "result", "wait", "alarms"),
        [
            (-1, "not_sent", None, True),
            (45009, "not_sent", TEN_MINUTES, True),
            (43117, "not_sent", TEN_MINUTES, True),
            (45011, "not_sent", TEN_MINUTES, True),
            (45033, "not_sent", None, True),
            (46002, "not_sent", None, True),
            (48001, "refused", None, True),
            (40003, "refused", None, False),
            (43004, "refused", None, False),
            (81013, "refused", None, False),
            (45015, "refused", None, False),
            (45047, "refused", None, False),
            (40164, "refused", None, True),
            (60020, "refused", None, True),
            (99999, "refused", None, False),
        ],
    )
    async def test_each_code_is_treated_as_what_it_means(
        self, wecom: WeixinRig, code: int, result: str, wait: timedelta | None, alarms: bool
    ) -> None:
        wecom.platform.faults.append(Fault("message/send", code))
        error = await failed_send(wecom)
        assert (error.result, error.retry_after, wecom.shown()) == (result, wait, [])
        assert str(code) in error.reason
        assert (str(code) in wecom.channel.problem()) is alarms
        assert called(wecom, "message/send") == 1

    @pytest.mark.parametrize("code", [40001, 40014, 42001])
    async def test_a_stale_token_is_renewed_once_and_the_message_sent(self, wecom: WeixinRig, code: int) -> None:
        await wecom.channel.send(notice(wecom, "先"))
        wecom.platform.faults.append(Fault("message/send", code))
        wecom.platform.tokens.clear()
        await wecom.channel.send(notice(wecom, "后"))
        assert [text for text, _ in wecom.shown()] == ["先", "后"]
        assert (called(wecom, "gettoken"), wecom.channel.problem()) == (2, "")

    async def test_an_alarm_stays_until_the_same_call_goes_well(self, wecom: WeixinRig) -> None:
        wecom.platform.faults.append(Fault("message/send", 60020))
        await failed_send(wecom)
        row = replace(notice(wecom, "群里"), address=Address("wecom", "robot:ward"))
        await wecom.channel.send(row)
        wecom.platform.tokens.clear()
        assert "60020" in wecom.channel.problem()
        await wecom.channel.send(notice(wecom, "好了"))
        assert wecom.channel.problem() == ""

    async def test_that_the_platform_was_down_is_over_when_anything_goes_well(self, wecom: WeixinRig) -> None:
        await wecom.down()
        await failed_send(wecom)
        assert "cannot be reached" in wecom.channel.problem()
        await wecom.up()
        await wecom.channel.send(notice(wecom, "好了"))
        assert wecom.channel.problem() == ""

    async def test_what_no_connection_came_about_for_is_not_sent(
        self, wecom: WeixinRig, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The proxy opens no way to the platform; or a firewall drops every packet, and only time tells."""
        await wecom.channel.send(notice(wecom, "先"))  # the token is there, for all processes
        monkeypatch.setattr("bot.channels.weixin.calls.TIMEOUT", ClientTimeout(connect=0.1))
        async with proxy_that_refuses() as proxy:
            monkeypatch.setenv("https_proxy", proxy)
            assert (await failed_from(wecom, "https://platform.example")).result == "not_sent"
        with full_port() as port:
            assert (await failed_from(wecom, f"http://127.0.0.1:{port}")).result == "not_sent"

    async def test_a_used_up_quota_is_left_alone_until_it_is_over(self, wecom: WeixinRig) -> None:
        wecom.platform.faults.append(Fault("message/send", 45009))
        await failed_send(wecom)
        later(wecom, minutes=4)
        assert (await failed_send(wecom)).retry_after == timedelta(minutes=6)
        assert called(wecom, "message/send") == 1
        later(wecom, minutes=6)
        await wecom.channel.send(notice(wecom, "又通了"))
        assert [text for text, _ in wecom.shown()] == ["又通了"]
        assert wecom.channel.problem() == ""

    async def test_a_gateway_that_fails_has_not_sent(self, wecom: WeixinRig) -> None:
        wecom.platform.faults.append(Fault("message/send", status=502))
        assert (await failed_send(wecom)).result == "not_sent"

    async def test_nobody_of_that_id_is_refused_although_the_call_went_well(self, wecom: WeixinRig) -> None:
        row = replace(notice(wecom, "呼叫"), address=Address("wecom", "gone"))
        with pytest.raises(ChannelError, match="nobody of that id") as caught:
            await wecom.channel.send(row)
        assert caught.value.result == "refused"
        assert wecom.channel.problem() == ""


class TestTokens:
    async def test_fifty_sends_renew_a_withdrawn_token_once(self, wecom: WeixinRig) -> None:
        await wecom.channel.send(notice(wecom, "先"))
        wecom.platform.members |= {f"m{n}" for n in range(50)}
        wecom.platform.tokens.clear()
        rows = [replace(notice(wecom, f"第{n}条"), address=Address("wecom", f"m{n}")) for n in range(50)]
        await asyncio.gather(*(wecom.channel.send(row) for row in rows))
        assert called(wecom, "gettoken") == 2
        assert sum(len(wecom.platform.shown[f"m{n}"]) for n in range(50)) == 50

    async def test_two_processes_share_a_token(self, wecom: WeixinRig) -> None:
        other = wecom.made()
        await other.start(wecom.keeper.house())
        row = notice(wecom, "一")
        await asyncio.gather(wecom.channel.send(row), other.send(replace(row, id=row.id + 5000)))
        assert called(wecom, "gettoken") == 1
        wecom.platform.tokens.clear()
        await wecom.channel.send(notice(wecom, "二"))
        await other.send(replace(notice(wecom, "三"), id=9999))
        assert called(wecom, "gettoken") == 2
        await other.stop()

    async def test_a_token_is_renewed_before_it_ends(self, wecom: WeixinRig) -> None:
        await wecom.channel.send(notice(wecom, "一"))
        later(wecom, minutes=114)
        await wecom.channel.send(notice(wecom, "二"))
        later(wecom, minutes=2)
        await wecom.channel.send(notice(wecom, "三"))
        assert called(wecom, "gettoken") == 2

    @pytest.mark.parametrize("kind", ["wecom", "wechat"])
    async def test_tokens_that_are_never_taken_are_not_fetched_without_end(
        self, request: pytest.FixtureRequest, kind: str, tmp_path: Path
    ) -> None:
        async with weixin(tmp_path, WeixinRig if kind == "wecom" else WeChatRig) as rig:
            rig.platform.faults.append(Fault(rig.sends_by, 40001, times=1000))
            results = [(await failed_send(rig)).result for _ in range(20)]
            assert results == ["not_sent"] * 20
            asked = called(rig, "gettoken") + called(rig, "stable_token")
            assert asked <= 4
            assert called(rig, rig.sends_by) <= 22
            assert "not taken" in str(await failed_send(rig))
            assert rig.channel.problem() != ""
            rig.platform.faults.clear()
            later(rig, minutes=2)
            await rig.channel.send(notice(rig, "好了"))
            assert [text for text, _ in rig.shown()] == ["好了"]

    async def test_the_stable_token_is_made_anew_where_it_is_the_one_that_failed(self, wechat: WeixinRig) -> None:
        await wechat.channel.send(notice(wechat, "一"))
        wechat.platform.withdrawn.add(wechat.platform.tokens[-1].value)
        await wechat.channel.send(notice(wechat, "二"))
        assert [text for text, _ in wechat.shown()] == ["一", "二"]
        asked = [content for path, content in wechat.platform.calls if path == "stable_token"]
        assert [content.get("force_refresh", False) for content in asked] == [False, False, True]

    async def test_a_wrong_secret_is_told(self, wecom: WeixinRig) -> None:
        wecom.platform.faults.append(Fault("gettoken", 40001, times=10))
        assert (await failed_send(wecom)).result == "not_sent"
        assert "40001" in wecom.channel.problem()


class TestPace:
    async def test_no_member_is_sent_what_the_platform_would_drop(self, wecom: WeixinRig) -> None:
        for number in range(30):
            await wecom.channel.send(notice(wecom, f"第{number}条"))
            later(wecom, seconds=1)
        error = await failed_send(wecom)
        assert (error.result, error.retry_after) == ("not_sent", timedelta(seconds=30))
        later(wecom, seconds=30)
        await wecom.channel.send(notice(wecom, "第30条"))
        assert (len(wecom.shown()), wecom.platform.dropped) == (31, [])

    async def test_nor_more_than_a_thousand_an_hour(self, wecom: WeixinRig) -> None:
        wecom.platform.members |= {"other"}
        for number in range(1000):
            await wecom.channel.send(notice(wecom, f"第{number}条"))
            later(wecom, seconds=3)
        error = await failed_send(wecom)
        assert error.retry_after == timedelta(minutes=10)
        await wecom.channel.send(replace(notice(wecom, "别人"), address=Address("wecom", "other")))

    async def test_a_group_is_told_twenty_times_a_minute(self, wecom: WeixinRig) -> None:
        row = replace(notice(wecom, "W12 呼叫"), address=Address("wecom", "robot:ward"))
        for number in range(20):
            await wecom.channel.send(replace(row, id=row.id + number))
        with pytest.raises(ChannelError) as caught:
            await wecom.channel.send(replace(row, id=row.id + 20))
        assert (caught.value.result, caught.value.retry_after) == ("not_sent", MINUTE)
        assert len(wecom.platform.shown["robot"]) == 20

    async def test_a_robot_that_nobody_named_is_refused(self, wecom: WeixinRig) -> None:
        with pytest.raises(ChannelError, match="WARDLINE_WECOM_ROBOTS") as caught:
            await wecom.channel.send(replace(notice(wecom, "x"), address=Address("wecom", "robot:it")))
        assert caught.value.result == "refused"

    def test_a_team_may_name_a_robot_for_its_group(self) -> None:
        table = Reader('group = ["wecom:robot:ward"]', "rota.toml")
        assert read_addresses(table, "group") == (Address("wecom", "robot:ward"),)


class TestWeCom:
    async def test_a_retry_of_what_was_taken_is_shown_once(self, wecom: WeixinRig) -> None:
        wecom.platform.faults.append(Fault("message/send", taken=True))
        row = notice(wecom, "W12 呼叫")
        with pytest.raises(ChannelError) as caught:
            await wecom.channel.send(row)
        assert caught.value.result == "unknown"
        await wecom.channel.send(replace(row, tries=1, fence=2))
        assert [text for text, _ in wecom.shown()] == ["W12 呼叫"]
        later(wecom, minutes=3)
        await wecom.channel.send(notice(wecom, "W12 呼叫"))
        assert len(wecom.shown()) == 2  # the next page in the same words is none of these

    async def test_who_asks_the_same_twice_is_answered_twice(self, wecom: WeixinRig) -> None:
        for _ in range(2):
            await wecom.channel.send(notice(wecom, "W12 处理中，刘伟已接单", purpose=Purpose.ANSWER))
        assert len(wecom.shown()) == 2

    async def test_a_second_attempt_goes_on_where_the_first_failed(self, wecom: WeixinRig) -> None:
        row = notice(wecom, "W12 呼叫", BUTTONS)
        wecom.platform.faults.append(Fault("message/send", -1, after=1))
        with pytest.raises(ChannelError):
            await wecom.channel.send(row)
        assert wecom.shown() == [("W12 呼叫", [])]
        await wecom.channel.send(replace(row, tries=1, fence=2))
        assert wecom.shown() == [("W12 呼叫", ["ack:12", "handover:12"])]


class TestWeChat:
    async def test_the_sixth_message_is_refused_for_the_next_address(self, wechat: WeixinRig) -> None:
        for number in range(5):
            await wechat.channel.send(notice(wechat, f"第{number}条"))
        assert (await failed_send(wechat)).result == "refused"
        wechat.says("在")
        await wechat.keeper.until(1)
        await wechat.channel.send(notice(wechat, "又可以了"))
        assert len(wechat.shown()) == 6
        later(wechat, hours=49)
        error = await failed_send(wechat)
        assert (error.result, wechat.channel.problem()) == ("refused", "")
        assert "45015" in error.reason

    async def test_a_template_says_it_where_the_window_is_closed(self, wechat: WeixinRig) -> None:
        later(wechat, hours=49)
        async with templated(wechat) as channel:
            text = "【呼叫】W12 ICU 呼吸机黑屏，请立即查看，李护士在现场等候\n期限：03:57"
            assert await channel.send(notice(wechat, text, BUTTONS)) != ""
            (shown,) = wechat.platform.shown[wechat.person]
            assert shown["content"]["template_id"] == "TPL1"
            assert shown["content"]["data"] == {
                "character_string1": {"value": "W12"},
                "thing2": {"value": "【呼叫】W12 ICU 呼吸机黑屏，请立"},
            }
            wechat.platform.faults.append(Fault("custom/send", 45047))  # so many were sent since the person wrote
            await channel.send(notice(wechat, "W12 呼叫"))
            assert len(wechat.platform.shown[wechat.person]) == 2
            wechat.platform.members.clear()
            with pytest.raises(ChannelError, match="40003") as caught:
                await channel.send(notice(wechat, "呼叫"))
            assert caught.value.result == "refused"

    async def test_a_subscription_message_reaches_who_allowed_it(self, wechat: WeixinRig) -> None:
        later(wechat, hours=49)
        async with templated(wechat, subscription=True) as channel:
            with pytest.raises(ChannelError, match="43101") as caught:
                await channel.send(notice(wechat, "W12 呼叫"))
            assert (caught.value.result, channel.problem()) == ("refused", "")
            wechat.platform.subscribers.add(wechat.person)
            await channel.send(notice(wechat, "W12 呼叫"))
            (shown,) = wechat.platform.shown[wechat.person]
            assert shown["content"]["data"]["thing2"] == {"value": "W12 呼叫"}

    async def test_the_order_of_addresses_knows_of_a_template_and_does_not_build_on_subscriptions(
        self, wechat: WeixinRig
    ) -> None:
        assert not wechat.keeper.mark(always_mark("wechat"))
        async with templated(wechat):
            assert wechat.keeper.mark(always_mark("wechat"))
        async with templated(wechat, subscription=True):
            assert not wechat.keeper.mark(always_mark("wechat"))


@asynccontextmanager
async def templated(rig: WeixinRig, *, subscription: bool = False) -> AsyncIterator[WeChatChannel]:
    """The account with a template, started."""
    settings = WeChat(rig.platform.url, CORP, "", SECRET, CALL_TOKEN, "", "TPL1", subscription=subscription)
    channel = WeChatChannel(settings, PATIENCE)
    await channel.start(rig.keeper.house())
    yield channel
    await channel.stop()


async def failed_from(rig: WeixinRig, api: str) -> ChannelError:
    """The error of a send by another process, which looks for the platform at another place."""
    channel = WeComChannel(WeCom(api, CORP, AGENT, secret=SECRET))
    await channel.start(rig.keeper.house())
    with pytest.raises(ChannelError) as caught:
        await channel.send(notice(rig, "后"))
    await channel.stop()
    return caught.value
