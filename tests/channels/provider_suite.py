"""What every channel has to do whose messages go over a provider: the suite of all, and what providers do to us."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import pytest

from bot.delivery import LEASE
from sla.message import Purpose
from tests.channels.keeping import MAX_FILE
from tests.channels.outages import WHO, Ward
from tests.channels.rig import ProviderRig, failed_send, texts
from tests.channels.suite import Suite
from tests.support.standin import SILENCE, Standin
from tests.support.waiting import PATIENCE, until


class ProviderSuite(Suite):
    """The tests. Subclasses bring the fixture `rig`, which is started."""

    async def test_a_file_that_is_too_big_is_named_and_not_kept(self, rig: ProviderRig) -> None:
        rig.sends("file", b"x" * (MAX_FILE + 1), "录像")
        (found,) = await rig.keeper.until(1)
        (file,) = found.attachments
        assert found.text == ("录像" if rig.captions else "")
        assert (file.refused, file.ref, file.size) == ("too_big", None, MAX_FILE + 1)
        assert rig.keeper.files() == []

    async def test_a_refused_message_is_refused_for_good(self, rig: ProviderRig) -> None:
        rig.next_send("refused")
        error = await failed_send(rig)
        assert (error.result, error.retry_after, rig.shown()) == ("refused", None, [])

    async def test_a_message_without_an_answer_may_have_been_taken(self, rig: ProviderRig) -> None:
        rig.next_send("unanswered")
        assert (await failed_send(rig)).result == "unknown"
        assert len(rig.shown()) == 1

    async def test_a_busy_provider_says_when(self, rig: ProviderRig) -> None:
        rig.next_send("busy")
        error = await failed_send(rig)
        assert (error.result, error.retry_after, rig.shown()) == ("not_sent", rig.wait, [])

    async def test_a_provider_that_fails_has_not_sent(self, rig: ProviderRig) -> None:
        rig.next_send("failed")
        assert (await failed_send(rig)).result == "not_sent"
        assert rig.shown() == []
        await rig.send("W12 呼叫")
        assert [text for text, _ in rig.shown()] == ["W12 呼叫"]

    async def test_a_provider_that_is_down_has_not_sent_and_is_tried_again(self, rig: ProviderRig) -> None:
        rig.says("先来一条")
        await rig.keeper.until(1)
        await rig.down()
        assert (await failed_send(rig)).result == "not_sent"
        assert rig.channel.healthy()
        await rig.up()
        rig.says("又来一条")
        assert texts(await rig.keeper.until(2)) == ["先来一条", "又来一条"]
        await rig.send("恢复")
        assert [text for text, _ in rig.shown()] == ["恢复"]

    async def test_a_start_needs_no_provider(self, rig: ProviderRig) -> None:
        await rig.stop()
        await rig.down()
        await rig.start()
        assert rig.channel.healthy()
        await rig.up()
        rig.says("在吗")
        assert texts(await rig.keeper.until(1)) == ["在吗"]

    async def test_a_token_that_is_taken_no_more_costs_no_message(self, rig: ProviderRig) -> None:
        await rig.token_expires()
        if not rig.renews:
            assert (await failed_send(rig)).result == "not_sent"
            await until(lambda: bool(rig.channel.problem()))
            await rig.token_is_mended()
        await rig.send("W12 呼叫")
        assert [text for text, _ in rig.shown()] == ["W12 呼叫"]
        rig.says("收到")
        assert texts(await rig.keeper.until(1)) == ["收到"]
        await until(lambda: not rig.channel.problem())

    async def test_what_a_process_died_over_is_sent_by_the_next_one(self, rig: ProviderRig) -> None:
        ward = Ward(rig)
        await ward.says("W9 呼叫", only_there=True)
        now = rig.keeper.now
        leased = await rig.keeper.run(
            lambda uow: uow.outbox.claim("dead", now, now + LEASE, 9, [rig.channel.name, "webchat"])
        )
        assert [row.notice.text for row in leased] == ["W9 呼叫"]
        await ward.goes_on(seconds=50)
        assert rig.shown() == []
        await ward.restart()
        async with asyncio.timeout(PATIENCE):
            while not rig.shown():  # a connection takes its time, whatever the clock says
                await ward.goes_on(seconds=10)
        await ward.goes_on(minutes=2)
        assert [text for text, _ in rig.shown()] == ["W9 呼叫"]

    @pytest.mark.parametrize("how", ["refuses", "not there", "silent"])
    async def test_ten_minutes_without_a_provider_lose_nothing_and_double_nothing(
        self, rig: ProviderRig, how: str
    ) -> None:
        ward = Ward(rig)
        await ward.says("W9 先前的呼叫")
        await ward.goes_on(seconds=5)
        async with outage(rig, ward, how):
            await ward.says("W9 只有这里", only_there=True)
            await ward.says("W9 回答", Purpose.ANSWER, only_there=True)
            for minute in (0, 4, 8):
                await ward.says(f"W9 第{minute}分钟呼叫")
                asked_at = rig.keeper.now
                await ward.goes_on(seconds=30)
                elsewhere = dict(await ward.told(WHO))
                assert elsewhere[f"W9 第{minute}分钟呼叫"] - asked_at <= timedelta(seconds=20)
                await until(lambda: bool(rig.channel.problem()))
                await ward.goes_on(minutes=2 if minute == 8 else 3, seconds=30)
                if minute == 4:
                    await ward.restart()
            assert [text for text, _ in rig.shown()] == ["W9 先前的呼叫"]
        await ward.goes_on(minutes=6)
        await until(lambda: not rig.channel.problem())
        await ward.goes_on(minutes=6)
        left = [notice.text for notice in await ward.given_up()]
        shown = Counter(text for text, _ in rig.shown())
        assert shown == Counter({"W9 先前的呼叫": 1, "W9 只有这里": 1, "W9 回答": 1}) - Counter(left)
        assert set(left) <= ({"W9 回答"} if how == "silent" else set())  # nobody knows of it: a manager is told
        assert len([text for text, _ in await ward.told("manager")]) == len(left)
        alarms = [text for text, _ in await ward.told("admin")]
        assert [("恢复" in text, rig.channel.name in text) for text in alarms] == [(False, True), (True, True)]
        rig.says("又通了")
        assert texts(await rig.keeper.until(1)) == ["又通了"]


@asynccontextmanager
async def outage(rig: ProviderRig, ward: Ward, how: str) -> AsyncIterator[None]:
    """The provider is away: it refuses connections, a gateway says so, or it takes them and is silent."""
    rig.brief = how == "silent"
    if rig.brief:
        await ward.restart()
    await rig.down()
    async with AsyncExitStack() as stack:
        if how != "refuses":
            await stack.enter_async_context(Standin(rig.ports(), SILENCE if how == "silent" else rig.gateway))
        yield
        rig.brief = False
        if how == "silent":
            await ward.restart()
    await rig.up()
