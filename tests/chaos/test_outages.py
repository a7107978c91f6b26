"""The provider fails for ten minutes; nobody was there for a while. On a clock that the test moves."""

import asyncio
import random
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from bot.settings import Webchat
from bot.tables.telegram import Telegram
from tests.bot.running import MovedClock, Running, running
from tests.chaos.stage import Crowd, furnish, gather
from tests.support.botapi import BotApi, Fault
from tests.support.botapi_world import TOKEN
from tests.support.waiting import PATIENCE

REPORT = "急诊所有电脑HIS都进不去，病人都在等"
STEP = timedelta(seconds=30)
LATE = "迟发"


def setting(tmp_path: Path, second: str = "") -> tuple[MovedClock, BotApi, Crowd]:
    """A clock, and people who have only the messenger; `second` has two addresses in it."""
    moved = MovedClock()
    server = BotApi(moved.clock.now)
    return moved, server, gather(server.world, furnish(tmp_path / "config", second), random.Random(1))


def telegram(server: BotApi) -> Telegram:
    """The settings of the channel."""
    return Telegram(api=server.url, token=TOKEN)


async def settled(bot: Running) -> None:
    """Until nothing is to be done now: no look is due, no notice either, and none is on its way."""

    async def is_left() -> bool:
        if sending := bot.app.delivery._sending:
            await asyncio.wait(sending)
            return True
        if bot.app.delivery._outcomes:
            return True
        now = bot.moved.clock.now()
        look, send, new = await bot.app.store.read(
            lambda uow: (uow.watched.next_look(), uow.outbox.next_at(), uow.inbox.unhandled(1))
        )
        return bool(new) or any(at is not None and at <= now for at in (look, send))

    async with asyncio.timeout(PATIENCE):
        for _ in range(3):
            while await is_left():
                await bot.get("/healthz")
            await bot.get("/healthz")


async def forward(bot: Running, span: timedelta) -> None:
    """Time goes on in steps; what falls due is done in between."""
    for _ in range(int(span / STEP)):
        await settled(bot)
        bot.jump(STEP)
    await settled(bot)


def attempts(tmp_path: Path, address: int) -> list[float]:
    """When it was tried to send to an address, in seconds."""
    query = "select at from attempts where address = ? order by at"
    with closing(sqlite3.connect(tmp_path / "wardline.sqlite3")) as database:
        return [at / 1e6 for (at,) in database.execute(query, (str(address),))]


def shown(crowd: Crowd, name: str) -> list[str]:
    """What somebody of the staff was sent."""
    return [message["text"] for message in crowd.world.shown(crowd.staff[name].id)]


async def reported(bot: Running, server: BotApi, crowd: Crowd) -> None:
    """The nurse reports, and what follows from it is done."""
    crowd.world.writes(crowd.staff["nurse"], REPORT)
    await server.until(lambda: not crowd.world.updates)
    await settled(bot)


async def test_ten_minutes_of_500_cost_nobody_a_message(tmp_path: Path) -> None:
    moved, server, crowd = setting(tmp_path, "engineer1")
    second = crowd.world.person(crowd.staff["engineer1"].id + 1000, "engineer1, second phone")
    async with server, running(tmp_path, moved, telegram=telegram(server), webchat=Webchat()) as bot:
        server.fails(Fault("sendMessage", times=None))
        await reported(bot, server, crowd)
        await forward(bot, timedelta(minutes=10))
        nurse, first = crowd.staff["nurse"].id, crowd.staff["engineer1"].id
        tried = attempts(tmp_path, nurse)
        assert 3 <= len(tried) <= 8, "the pauses do not grow"
        assert tried[-1] - tried[-2] >= 4 * 60
        assert len(attempts(tmp_path, first)) >= 3
        assert len(attempts(tmp_path, second.id)) >= 3, "the page did not go on to the next address"
        assert [call.status for call in server.called("sendMessage")] == [500] * len(server.called("sendMessage"))
        server.mended()
        await forward(bot, timedelta(minutes=6))
        dead = await bot.app.store.read(lambda uow: uow.outbox.dead(10))
        assert dead == []
        assert sum("W1" in text for text in shown(crowd, "nurse")) >= 1
        pages = Counter(m["text"] for id in (first, second.id) for m in crowd.world.shown(id))
        assert pages
        assert set(pages.values()) == {1}, "a message came twice"


async def test_an_address_that_is_blocked_is_left_for_the_next_at_once(tmp_path: Path) -> None:
    moved, server, crowd = setting(tmp_path, "engineer1")
    second = crowd.world.person(crowd.staff["engineer1"].id + 1000, "engineer1, second phone")
    crowd.staff["engineer1"].blocked = True
    async with server, running(tmp_path, moved, telegram=telegram(server), webchat=Webchat()) as bot:
        await reported(bot, server, crowd)
        await server.until(lambda: bool(crowd.world.shown(second.id)))
        assert shown(crowd, "engineer1") == []
        (page,) = crowd.world.shown(second.id)
        assert "W1" in page["text"]
        crowd.world.presses(second, page, "ack:1")
        await server.until(lambda: not crowd.world.updates)
        await settled(bot)


async def test_what_fell_due_while_nobody_was_there_comes_once_and_says_so(tmp_path: Path) -> None:
    moved, server, crowd = setting(tmp_path)
    async with server:
        async with running(tmp_path, moved, telegram=telegram(server), webchat=Webchat()) as bot:
            await reported(bot, server, crowd)
        before = {name: shown(crowd, name) for name in crowd.staff}
        assert not any(LATE in text for texts in before.values() for text in texts)
        moved.jump(timedelta(minutes=40))
        async with running(tmp_path, moved, telegram=telegram(server), webchat=Webchat()) as bot:
            await settled(bot)
            await forward(bot, timedelta(minutes=2))
        after = {name: shown(crowd, name)[len(before[name]) :] for name in crowd.staff}
        late = [name for name, texts in after.items() if any(LATE in text for text in texts)]
        assert {"engineer1", "engineer2", "lead", "provider-manager", "manager"} <= set(late)
        for name, texts in after.items():
            assert max(Counter(texts).values(), default=1) == 1, f"{name} was told twice"
