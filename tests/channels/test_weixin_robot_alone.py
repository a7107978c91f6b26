"""Two processes share a robot: one is connected, the other takes its place; and a connection that does not last."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest_asyncio

from bot.channels.leased import LEASE
from bot.channels.weixin.robot import RobotChannel
from bot.clock import Nudge
from bot.delivery import Delivery
from bot.tables.wecom import WeCom
from sla.message import Address, Notice, Purpose
from storage.files import packaged_rules
from tests.bot.running import MovedClock
from tests.channels.rig import notice, texts
from tests.channels.robot_rig import ACK, BEAT, PAUSES, RobotRig, connected, robot
from tests.support.botapi import START
from tests.support.waiting import until
from tests.support.weixin_robot import BOT, SECRET

QUICK = 0.05


@pytest_asyncio.fixture
async def rig(tmp_path: Path) -> AsyncIterator[RobotRig]:
    async with robot(tmp_path) as rig:
        yield rig


async def other(rig: RobotRig, pauses: Sequence[float] = PAUSES, steady: float = 60.0) -> RobotChannel:
    """The robot of a second process."""
    settings = WeCom(bot_id=BOT, bot_secret=SECRET, ws_url=rig.platform.url)
    second = RobotChannel(settings, pauses, BEAT, ACK, steady, QUICK)
    await second.start(replace(rig.keeper.house(), owner="second"))
    return second


class TestTwoProcesses:
    async def test_one_is_connected_and_the_other_takes_its_place_when_it_ends(self, rig: RobotRig) -> None:
        second = await other(rig)
        await until(lambda: not second.problem())  # it waits, and nothing is wrong with that
        rig.says("一")
        await rig.keeper.until(1)
        assert (rig.channel.holds(), second.holds(), second.healthy()) == (True, False, True)
        assert rig.platform.connections == 1
        await rig.stop()
        rig.says("二")
        assert texts(await rig.keeper.until(2)) == ["一", "二"]
        assert (second.holds(), rig.platform.connections) == (True, 2)
        await second.stop()

    async def test_who_lost_the_lease_and_then_the_connection_does_not_take_it_back(self, rig: RobotRig) -> None:
        rig.keeper.now = START + LEASE + timedelta(seconds=1)  # the first could not reach the database for so long
        second = await other(rig)
        await rig.platform.until(lambda: rig.platform.connections == 2)
        await until(lambda: not rig.channel.holds())
        await rig.platform.until(lambda: rig.platform.pings >= 3)
        rig.says("之后的")
        await rig.keeper.until(1)
        assert (rig.channel.problem(), second.problem(), rig.platform.connections) == ("", "", 2)
        await second.stop()

    async def test_rows_are_sent_by_who_is_connected(self, rig: RobotRig) -> None:
        second = await other(rig)
        await until(lambda: not second.problem())
        page = Notice("k", Purpose.PAGE, (Address("wecom", rig.person),), "呼叫", (), "li", 1)
        await rig.keeper.run(lambda uow: uow.outbox.add([page], START))
        for channel, shown in ((second, []), (rig.channel, ["呼叫"])):
            turn = await _turn(rig, channel)
            assert [text for text, _ in rig.shown()] == shown
            assert turn is not None  # the other looks again, and so does who may have rows of others to send
        await second.stop()


async def _turn(rig: RobotRig, channel: RobotChannel) -> object:
    """One process's delivery; when it looks again."""
    rules, counted = packaged_rules(), list[tuple[str, str]]()
    clock = MovedClock(START + timedelta(seconds=1)).clock
    by = {"wecom": channel}
    delivery = Delivery(
        "w",
        by,
        rig.keeper.run,
        lambda: rules,
        clock,
        Nudge(),
        lambda row: None,
        lambda name, result: counted.append((name, result)),
    )
    when = await delivery.turn()
    await delivery.end()
    return when


class Recorded(list[float]):
    """Pauses that remember which were taken."""

    taken: list[int]

    def __getitem__(self, place: int) -> float:  # type: ignore[override]  # no slices are taken of it
        self.taken.append(place)
        return super().__getitem__(place)


class TestAConnectionThatDoesNotLast:
    async def test_pauses_grow_and_it_is_a_problem_until_one_lasted(self, rig: RobotRig) -> None:
        await rig.stop()
        pauses = Recorded((0.01, 0.02, 0.03, 0.04))
        pauses.taken = []
        rig.channel = await other(rig, pauses, steady=1.0)
        for times in range(2, 6):
            await connected_times(rig, times)
            await rig.platform.breaks()
        await connected_times(rig, 6)
        assert pauses.taken == [0, 1, 2, 3]
        assert f"lost again and again since {START.isoformat(timespec='seconds')}" in rig.channel.problem()
        await rig.channel.send(notice(rig, "呼叫"))  # what can be sent meanwhile is
        await until(lambda: not rig.channel.problem())  # it has lasted
        await rig.platform.breaks()
        await connected(rig, 7)
        assert pauses.taken[4:] == [0]


async def connected_times(rig: RobotRig, times: int) -> None:
    """Wait for a connection that is used, whatever is said of it."""
    await rig.platform.until(lambda: rig.platform.connections >= times)
    rig.says(f"第{times}次")
    await rig.keeper.until(times - 1)
