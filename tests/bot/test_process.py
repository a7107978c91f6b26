"""What may happen to a process, and what it says about itself."""

import asyncio
import logging
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession, web

from bot.channels.base import Capabilities, ChannelError, House
from bot.loops import HEALTHY_SECONDS
from bot.settings import Heartbeat, SettingsError, Web
from sla.errors import SlaError
from storage.base import OutboxRow
from tests.bot.running import KEY, Running, running, sample
from tests.support.waiting import PATIENCE

REPORT = "急诊所有电脑HIS都进不去，病人都在等"


@dataclass
class Provider:
    """A provider on loopback: takes what is posted, or answers with `status`; counts who calls."""

    status: int = 200
    taken: list[str] = field(default_factory=list)
    refused: int = 0
    url: str = ""
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def handle(self, request: web.Request) -> web.Response:
        async with self.news:
            if self.status == 200:
                self.taken.append(await request.text())
            else:
                self.refused += 1
            self.news.notify_all()
        return web.Response(status=self.status)

    async def until(self, taken: int = 0, refused: int = 0) -> None:
        async with asyncio.timeout(PATIENCE), self.news:
            await self.news.wait_for(lambda: len(self.taken) >= taken and self.refused >= refused)


@asynccontextmanager
async def provider() -> AsyncIterator[Provider]:
    own = Provider()
    application = web.Application()
    application.router.add_route("*", "/", own.handle)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    own.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        yield own
    finally:
        await runner.cleanup()


class Pager:
    """A third channel: it posts to a provider, and needed no change anywhere else."""

    name = "mail"
    capabilities = Capabilities(buttons=False, edit=False, text_limit=500, attachments=False)

    def __init__(self, url: str) -> None:
        self.url = url

    async def start(self, house: House) -> None:
        return None

    async def send(self, row: OutboxRow) -> str:
        try:
            async with ClientSession() as session, session.post(self.url, data=row.notice.text) as answer:
                status = answer.status
        except ClientError as error:
            raise ChannelError("unknown", type(error).__name__) from error
        if status == 410:
            raise ChannelError("refused", "gone")
        if status != 200:
            raise ChannelError("not_sent", str(status))
        return str(row.id)

    async def stop(self) -> None:
        return None

    def problem(self) -> str:
        return ""

    def healthy(self) -> bool:
        return True


def pager_folder(tmp_path: Path, addresses: str = 'addresses = ["mail:7", "webchat:engineer1"]') -> None:
    """A configuration in which the first engineer has a pager."""
    people = sample(tmp_path / "config") / "people.toml"
    own = 'addresses = ["webchat:engineer1"]'
    people.write_text(people.read_text(encoding="utf-8").replace(own, addresses), encoding="utf-8")


async def until_refused(bot: Running, down: Provider, times: int) -> None:
    """Let time go by until the provider was asked so often."""
    async with asyncio.timeout(PATIENCE):
        while down.refused < times:
            bot.jump(timedelta(seconds=5))
            await bot.get("/healthz")


async def test_a_provider_that_is_down_for_ten_minutes_gets_its_page_once_when_it_is_back(tmp_path: Path) -> None:
    pager_folder(tmp_path, 'addresses = ["mail:7"]')
    async with provider() as down, running(tmp_path, channels={"mail": Pager(down.url)}) as bot:
        down.status = 500
        await (await bot.person("nurse")).say(REPORT)
        until = bot.moved.clock.now() + timedelta(minutes=10)
        await until_refused(bot, down, 6)
        bot.jump(max(until - bot.moved.clock.now(), timedelta()))
        down.status = 200
        bot.jump(timedelta(minutes=1))
        await down.until(taken=1)
        assert all("W1" in text for text in down.taken)
        assert len(set(down.taken)) == len(down.taken)


async def test_while_a_provider_is_down_the_person_is_paged_another_way(tmp_path: Path) -> None:
    pager_folder(tmp_path)
    async with provider() as down, running(tmp_path, channels={"mail": Pager(down.url)}) as bot:
        down.status = 500
        await (await bot.person("nurse")).say(REPORT)
        await until_refused(bot, down, 3)
        page = await (await bot.person("engineer1")).hears(lambda m: m["purpose"] == "page")
        assert page["ticket"] == 1


async def test_an_address_that_refuses_is_left_at_once(tmp_path: Path) -> None:
    pager_folder(tmp_path)
    async with provider() as gone, running(tmp_path, channels={"mail": Pager(gone.url)}) as bot:
        gone.status = 410
        await (await bot.person("nurse")).say(REPORT)
        await (await bot.person("engineer1")).hears(lambda m: m["purpose"] == "page")
        assert gone.refused >= 1


async def test_a_channel_that_is_off_is_passed_over(tmp_path: Path) -> None:
    pager_folder(tmp_path)
    async with running(tmp_path) as bot:
        await (await bot.person("nurse")).say(REPORT)
        await (await bot.person("engineer1")).hears(lambda m: m["purpose"] == "page")


async def test_a_second_process_on_the_same_data_is_refused_with_the_reason(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        with pytest.raises(SlaError, match=r"(?i)another|already|in use"):
            async with running(tmp_path):
                raise AssertionError("it must not start")
        await (await bot.person("nurse")).say(REPORT)


async def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    async with running(tmp_path / "one") as bot:
        with pytest.raises(SettingsError, match=str(bot.app.port)):
            async with running(tmp_path / "two", web=Web(port=bot.app.port)):
                raise AssertionError("it must not start")


async def test_a_broken_configuration_is_refused_with_an_alarm_and_a_good_one_taken(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        admin, people = await bot.person("admin"), tmp_path / "config" / "people.toml"
        good, before = people.read_text(encoding="utf-8"), bot.app.reload.rules()
        people.write_text(good.replace('side = "hospital"', 'side = "nowhere"', 1), encoding="utf-8")
        bot.jump(timedelta())
        alarm = await admin.hears("people.toml")
        assert "nowhere" in alarm["text"]
        assert bot.app.reload.rules() is before
        people.write_text(good.replace("示例·林护士", "示例·林护士长"), encoding="utf-8")
        async with asyncio.timeout(PATIENCE):
            while bot.app.reload.rules() is before:
                bot.jump(timedelta())
                await bot.get("/healthz")
        assert bot.app.reload.rules().people.by_id["nurse"].name == "示例·林护士长"
        version = bot.app.reload.rules().version
        assert await bot.app.desk.run(lambda uow: uow.versions.get(version)) is not None


async def test_the_heart_beats_while_all_is_well_and_stops_with_a_loop(tmp_path: Path) -> None:
    async with provider() as outside, running(tmp_path, heartbeat=Heartbeat(outside.url)) as bot:
        await outside.until(taken=1)
        bot.moved.steady_offset += 61
        bot.jump(timedelta())
        await outside.until(taken=2)
        watch = next(task for task in bot.app._tasks if task.get_name() == "watch")
        watch.cancel()
        await asyncio.wait([watch])
        beats = len(outside.taken)
        bot.moved.steady_offset += HEALTHY_SECONDS + 1
        await turned(bot, {"deliver", "inbox", "reload"})
        await next(loop for loop in bot.app.loops if loop.name == "heartbeat").once()
        assert len(outside.taken) == beats
        status, body = await bot.get("/readyz")
        assert status == 503
        assert '"watch": false' in body


async def turned(bot: Running, names: set[str]) -> None:
    """Until these loops have taken a turn since the steady clock moved."""
    for loop in bot.app.loops:
        if loop.name in names:
            loop.nudge()
    async with asyncio.timeout(PATIENCE):
        while not all(loop.healthy for loop in bot.app.loops if loop.name in names):
            await bot.get("/healthz")


async def test_a_loop_that_crashes_is_logged_and_goes_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with running(tmp_path) as bot:
        nurse = await bot.person("nurse")
        await nurse.say(REPORT)
        await bot.app.desk.run(lambda uow: uow.watched.put("nothing", "x", bot.moved.clock.now()))
        with caplog.at_level(logging.CRITICAL, "bot.watch"):
            bot.jump(timedelta())
            await (await bot.person("admin")).hears("nothing")
        soon = bot.moved.clock.now() + timedelta(minutes=2)
        assert await bot.app.desk.run(lambda uow: list(uow.watched.claim(soon, 10, "nothing"))) == [("nothing", "x")]
        bot.jump(timedelta(hours=1))
        await (await bot.person("lead")).hears(lambda m: m["purpose"] == "page")


async def test_metrics_tell_what_happened(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        nurse = await bot.person("nurse")
        await nurse.say(REPORT)
        await nurse.hears("W1")
        await (await bot.person("engineer1")).hears(lambda m: m["purpose"] == "page")
        status, text = await bot.get("/metrics")
        lines = text.splitlines()
        assert status == 200
        for line in (
            'wardline_messages_total{channel="webchat"} 1.0',
            'wardline_tickets{state="reported"} 1.0',
            'wardline_clocks{clock="respond",state="running"} 1.0',
            "wardline_watch_lag_seconds 0.0",
            "wardline_tickets_opened 1.0",
            'wardline_loop_healthy{loop="watch"} 1.0',
        ):
            assert line in lines
        (sent,) = [x for x in lines if x.startswith('wardline_sends_total{channel="webchat",result="sent"}')]
        assert float(sent.split()[-1]) >= 2
        assert REPORT[:4] not in text


async def test_logs_hold_no_text_of_a_message(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with running(tmp_path) as bot:
            await (await bot.person("nurse")).say(REPORT)
            await (await bot.person("engineer1")).hears(lambda m: m["purpose"] == "page")
    assert "started" in caplog.text
    assert "急诊" not in caplog.text


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(line, capture_output=True, text=True, timeout=2 * PATIENCE, check=False)


def test_a_wrong_start_is_one_line_and_no_traceback(tmp_path: Path) -> None:
    found = command("run", "--config", str(tmp_path / "nowhere"), "--data", str(tmp_path))
    assert found.returncode in {1, 2}
    assert "Traceback" not in found.stderr
    assert "nowhere" in found.stderr


@pytest.mark.parametrize("name", ["password", "link", "bindcode"])
def test_nothing_is_made_for_a_person_where_there_is_no_configuration(tmp_path: Path, name: str) -> None:
    found = command(name, "nurse", "--data", str(tmp_path / "data"))
    assert (found.returncode, found.stdout, "no configuration" in found.stderr) == (2, "", True)
    assert not (tmp_path / "data").exists()


def test_a_password_that_is_too_short_and_a_person_nobody_knows_change_nothing(tmp_path: Path) -> None:
    sample(tmp_path / "data" / "config")
    (tmp_path / "data" / "keys").write_text(KEY, "utf-8")
    found = command("password", "nobody", "--data", str(tmp_path / "data"))
    assert (found.returncode, "nobody" in found.stderr) == (2, True)
    link = command("link", "nurse", "--data", str(tmp_path / "data"))
    assert link.returncode == 0
    assert link.stdout.startswith("http://127.0.0.1:8080/link/")


async def test_a_full_disk_is_answered_503_and_when_there_is_room_again_nothing_is_missing(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        nurse = await bot.person("nurse")
        await room(bot, 1)
        status, body = await bot.post(seat="nurse", text=REPORT + "。" * 20_000, client_key="k1")
        assert (status, body) == (503, {"error": "storage"})
        assert (await bot.get("/healthz"))[0] == 200
        await room(bot, 2**30)
        assert (await nurse.say(REPORT, client_key="k1"))["ticket"] == 1
        await (await bot.person("engineer1")).hears(lambda m: m["purpose"] == "page")
        assert len([m for m in await nurse.history() if m["by"] == "me"]) == 1
        assert (await bot.get("/readyz"))[0] == 200


async def room(bot: Running, pages: int) -> None:
    """Let the database file grow to this many pages at most; it never shrinks below what it has."""
    await bot.app.desk.run(lambda uow: vars(uow)["inbox"]._db.execute(f"PRAGMA max_page_count = {pages}"))


class Victim:
    """The bot as a process of its own, which may be killed."""

    def __init__(self, data: Path) -> None:
        line = [sys.executable, "-m", "bot", "run", "--data", str(data), "--port", "0"]
        self.process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.process.stdout
        self.address = next(x.split()[-1].rstrip("/") for x in self.process.stdout if "http://" in x)

    def end(self, *, kill: bool) -> int:
        self.process.kill() if kill else self.process.terminate()
        code = self.process.wait(timeout=PATIENCE)
        assert self.process.stdout
        self.process.stdout.close()
        return code


@pytest.mark.parametrize("kill", [True, False], ids=["SIGKILL", "SIGTERM"])
async def test_a_process_that_ends_loses_nothing_that_it_answered(tmp_path: Path, kill: bool) -> None:
    victim = await asyncio.to_thread(Victim, tmp_path)
    async with ClientSession(victim.address) as http:
        headers = {"X-CSRF-Token": (await (await http.get("/webchat/api/me")).json())["csrf"]}
        for number in range(20):
            said = {"seat": "nurse", "text": f"门诊{number}号诊室打印机坏了", "client_key": str(number)}
            assert (await http.post("/webchat/api/messages", json=said, headers=headers)).status == 200
    assert victim.end(kill=kill) == (-9 if kill else 0)
    again = await asyncio.to_thread(Victim, tmp_path)
    try:
        async with ClientSession(again.address) as http:
            found = (await (await http.get("/webchat/api/history", params={"seat": "nurse"})).json())["messages"]
        assert len([m for m in found if m["by"] == "me"]) == 20
    finally:
        again.end(kill=False)
