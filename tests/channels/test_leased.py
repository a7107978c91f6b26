"""Work that one process at a time does: what breaks off is said, given up, and begun anew, here or elsewhere."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.channels.base import House
from bot.channels.leased import LEASE, Leased, Sure
from bot.channels.telegram import TelegramChannel
from bot.channels.weixin.robot import RobotChannel
from bot.tables.wecom import WeCom
from storage.replicas import DatabaseLease, Lease
from storage.writer import Store
from tests.channels.keeping import Keeper
from tests.channels.rig import notice, texts
from tests.channels.robot_rig import ACK, BEAT, connected, robot
from tests.channels.telegram_rig import QUICK, telegram
from tests.support.botapi import START
from tests.support.botapi_world import TOKEN
from tests.support.databases import TestDatabase, database, postgresql, postgresql_server, sqlite, store
from tests.support.waiting import PATIENCE, until
from tests.support.weixin_robot import BOT, SECRET

__all__ = ["database", "postgresql", "postgresql_server", "sqlite", "store"]  # fixtures

NAME = "work"
SOON, LATE = (0.01,), (600.0,)


class Breaking(Lease):
    """A lease in the database; what is named in `breaks` breaks in a way that nobody foresaw."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self.breaks: set[str] = set()

    async def acquire(self, name: str, owner: str, now: datetime, duration: timedelta) -> int | None:
        self._look("acquire")
        return await self._lease.acquire(name, owner, now, duration)

    async def renew(self, name: str, owner: str, fence: int, now: datetime, duration: timedelta) -> bool:
        self._look("renew")
        return await self._lease.renew(name, owner, fence, now, duration)

    async def release(self, name: str, owner: str, fence: int) -> None:
        self._look("release")
        await self._lease.release(name, owner, fence)

    def _look(self, what: str) -> None:
        if what in self.breaks:
            raise ZeroDivisionError


class Slow(Breaking):
    """Answers who asks for it when it is told to, and then breaks."""

    def __init__(self, lease: Lease) -> None:
        super().__init__(lease)
        self.asked, self.answers = asyncio.Event(), asyncio.Event()

    async def acquire(self, name: str, owner: str, now: datetime, duration: timedelta) -> int | None:
        self.asked.set()
        await self.answers.wait()
        return await super().acquire(name, owner, now, duration)


class Given(Slow):
    """Has given it by the time somebody is stopped; the answer comes later."""

    async def acquire(self, name: str, owner: str, now: datetime, duration: timedelta) -> int | None:
        given = await self._lease.acquire(name, owner, now, duration)
        self.asked.set()
        await self.answers.wait()
        return given


class Ward:
    """Processes over one database, and what was begun by each."""

    def __init__(self, store: Store, house: House) -> None:
        self.store = store
        self.lease = Breaking(DatabaseLease(store.writer))
        self.now = START
        self._house = replace(house, now=lambda: self.now)
        self.begun: list[str] = []
        self.breaks: list[BaseException] = []
        """What the next works break off with, at once."""

    def process(self, name: str, pauses: Sequence[float] = SOON, steady: float = 60.0) -> Leased:
        house = replace(self._house, owner=name, lease=self.lease)
        return Leased(NAME, house, self._work(name), pauses, QUICK[0], QUICK[0], steady)

    def _work(self, name: str) -> Callable[[Sure], Awaitable[None]]:
        async def work(_: Sure) -> None:
            self.begun.append(name)
            if self.breaks:
                raise self.breaks.pop()
            await asyncio.Event().wait()

        return work


@pytest.fixture
def ward(store: Store, tmp_path: Path) -> Ward:
    keeper = Keeper(tmp_path / "house.sqlite3")
    house = keeper.house()
    keeper.close()  # of this house only the rest is asked
    return Ward(store, house)


@asynccontextmanager
async def running(*leased: Leased) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(each.run()) for each in leased]
    try:
        yield
        assert [task.done() for task in tasks] == [False] * len(tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def logged(caplog: pytest.LogCaptureFixture, message: str) -> list[str]:
    return [record.__dict__["why"] for record in caplog.records if record.getMessage() == message]


async def test_what_breaks_off_is_said_and_another_process_takes_over(
    ward: Ward, caplog: pytest.LogCaptureFixture
) -> None:
    ward.breaks.append(ZeroDivisionError())
    first, second = ward.process("first", LATE), ward.process("second")
    async with running(first):
        await until(first.problem)
        assert (first.problem(), first.holds()) == ("broke off: ZeroDivisionError", False)
        async with running(second):
            await until(second.holds)
            assert (second.problem(), ward.begun) == ("", ["first", "second"])
    assert logged(caplog, "lease_work_broke_off") == ["ZeroDivisionError"]


async def test_what_breaks_off_begins_anew_and_once_is_soon_forgotten(ward: Ward) -> None:
    ward.breaks.append(ZeroDivisionError())
    first = ward.process("first")
    async with running(first):
        await until(lambda: len(ward.begun) == 2)
        await until(first.holds)
        assert first.problem() == ""


async def test_again_and_again_is_a_problem(ward: Ward) -> None:
    ward.breaks += [KeyError(), ZeroDivisionError()]
    first = ward.process("first", steady=600.0)
    async with running(first):
        await until(lambda: len(ward.begun) == 3 and first.holds())
        assert first.problem() == "broke off: KeyError"


async def test_the_pauses_grow_with_the_breaks(ward: Ward) -> None:
    ward.breaks += [ZeroDivisionError(), ZeroDivisionError()]
    first, second = ward.process("first", (*SOON, *LATE)), ward.process("second")
    async with running(first):
        await until(lambda: len(ward.begun) == 2 and first.problem())
        for _ in range(100):  # takes longer than the first pause did
            assert await ward.lease.acquire("another", "somebody", ward.now, LEASE)
        async with running(second):
            await until(second.holds)
            assert ward.begun == ["first", "first", "second"]


async def test_who_waits_says_so_when_nobody_can_tell_any_more_whose_it_is(ward: Ward) -> None:
    first, second = ward.process("first"), ward.process("second")
    async with running(first):
        await until(first.holds)
        async with running(second):
            await until(lambda: second.elsewhere)
            ward.lease.breaks = {"acquire"}
            await until(second.problem)
            assert (second.elsewhere, first.problem()) == (False, "")


async def test_until_it_lasts(ward: Ward) -> None:
    ward.breaks += [KeyError(), ZeroDivisionError()]
    first = ward.process("first", steady=0.05)
    async with running(first):
        await until(lambda: len(ward.begun) == 3 and first.holds() and not first.problem())


async def test_a_renewal_that_breaks_unforeseen_ends_the_work_with_it(
    ward: Ward, caplog: pytest.LogCaptureFixture
) -> None:
    first = ward.process("first")
    async with running(first):
        await until(first.holds)
        ward.lease.breaks = {"renew"}
        await until(first.problem)
        ward.lease.breaks = set()
        await until(lambda: len(ward.begun) >= 2 and first.holds())
    assert set(logged(caplog, "lease_work_broke_off")) == {"ZeroDivisionError"}


async def test_whoever_cannot_ask_says_so_once_and_goes_on_asking(ward: Ward, caplog: pytest.LogCaptureFixture) -> None:
    ward.lease.breaks = {"acquire"}
    first = ward.process("first")
    async with running(first):
        await until(first.problem)
        assert first.problem() == "ZeroDivisionError"
        ward.lease.breaks = set()
        await until(first.holds)
        assert first.problem() == ""
    assert logged(caplog, "lease_not_taken") == ["ZeroDivisionError"]


async def test_a_table_that_is_gone_for_a_while_is_asked_for_until_it_is_back(
    ward: Ward, database: TestDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    """SQLite calls that its own failure, in which who works goes on; PostgreSQL says something that nobody foresaw."""
    first, second = ward.process("first"), ward.process("second")
    async with running(first):
        await until(first.holds)
        database.run("ALTER TABLE leases RENAME TO leases_gone")
        await until(lambda: len(logged(caplog, "lease_not_renewed")) >= 2 or first.problem())
        async with running(second):
            await until(second.problem)
            said = {"sqlite": "the database cannot be asked whose turn it is", "postgresql": "UndefinedTable"}
            assert second.problem() == said[database.kind]
            database.run("ALTER TABLE leases_gone RENAME TO leases")
            await until(lambda: {first.elsewhere, second.elsewhere} == {True, False})
            await until(lambda: first.holds() or second.holds())
            assert (first.problem(), second.problem()) == ("", "")
            if database.kind == "sqlite":
                assert (first.holds(), ward.begun) == (True, ["first"])
    assert bool(logged(caplog, "lease_work_broke_off")) == (database.kind == "postgresql")


async def test_who_lost_it_leaves_it_to_the_other(ward: Ward) -> None:
    first, second = ward.process("first"), ward.process("second")
    async with running(first):
        await until(first.holds)
        ward.lease.breaks = {"renew"}  # it cannot renew it, and is gone
    ward.lease.breaks = set()
    ward.now += LEASE + timedelta(seconds=1)
    async with running(second, first):
        await until(lambda: second.holds() or first.holds())
        await until(lambda: second.elsewhere or first.elsewhere)
        assert (first.problem(), second.problem()) == ("", "")


async def test_a_release_that_breaks_keeps_nobody_from_stopping(ward: Ward, caplog: pytest.LogCaptureFixture) -> None:
    first = ward.process("first")
    async with asyncio.timeout(PATIENCE):
        async with running(first):
            await until(first.holds)
            ward.lease.breaks = {"release"}
    assert logged(caplog, "lease_not_released") == ["ZeroDivisionError"]


@pytest.mark.parametrize(("kind", "breaks"), [(Slow, {"acquire"}), (Slow, set[str]()), (Given, set[str]())])
async def test_who_is_stopped_while_it_is_taken_stops_and_leaves_it_free(
    ward: Ward, kind: type[Slow], breaks: set[str]
) -> None:
    ward.lease = slow = kind(DatabaseLease(ward.store.writer))
    first = ward.process("first")
    task = asyncio.create_task(first.run())
    await slow.asked.wait()
    task.cancel()
    await asyncio.sleep(0)  # it is told
    slow.breaks = breaks
    slow.answers.set()
    done, _ = await asyncio.wait([task], timeout=PATIENCE)
    assert [each.cancelled() for each in done] == [True]
    slow.breaks = set()
    assert await slow.acquire(NAME, "second", ward.now, LEASE), "nobody has it"


async def test_work_that_something_within_it_stops_begins_anew(ward: Ward) -> None:
    ward.breaks.append(asyncio.CancelledError())
    first = ward.process("first")
    async with running(first):
        await until(lambda: len(ward.begun) == 2)


async def test_a_mark_that_is_none_stops_polling_until_it_is_mended(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mark = f"telegram:offset:{TOKEN.partition(':')[0]}"
    async with telegram(tmp_path) as rig:
        await rig.stop()
        await rig.keeper.run(lambda uow: uow.marks.put(mark, "twelve"))
        rig.channel = TelegramChannel(rig.settings(), QUICK)
        await rig.channel.start(rig.keeper.house())
        rig.says("一")
        await until(rig.channel.problem)
        assert rig.channel.problem() == "broke off: ValueError"
        assert rig.channel.healthy()
        await rig.keeper.run(lambda uow: uow.marks.remove(mark))
        assert texts(await rig.keeper.until(1)) == ["一"]
    assert set(logged(caplog, "lease_work_broke_off")) == {"ValueError"}


async def test_a_robot_whose_lease_breaks_is_connected_anew_and_sends_what_waits(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with robot(tmp_path) as rig:
        await rig.stop()
        lease = Breaking(rig.keeper.house().lease)
        rig.channel = RobotChannel(WeCom(bot_id=BOT, bot_secret=SECRET, ws_url=rig.platform.url), QUICK, BEAT, ACK, 0.5)
        await rig.channel.start(replace(rig.keeper.house(), lease=lease))
        await connected(rig, 2)
        lease.breaks = {"renew", "acquire"}
        await until(lambda: rig.channel.problem() == "ZeroDivisionError")
        assert logged(caplog, "lease_work_broke_off") == ["ZeroDivisionError"]
        lease.breaks = set()
        await connected(rig, 3)
        await until(lambda: rig.channel.holds() and not rig.channel.problem())
        await rig.channel.send(notice(rig, "呼叫"))
        assert [text for text, _ in rig.shown()] == ["呼叫"]
        assert rig.channel.healthy()
