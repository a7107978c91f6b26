"""The one place where things are wired, and the only caller of the clock.

The order of a start: the store (a second process is refused here), the rules, what a crash left unhandled, the web
server, the loops; and last the channels with heavy libraries, which are imported after the port listens.
"""

import asyncio
import hashlib
import logging
import os
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from bot.alarm import Alarm
from bot.channels.base import Channel, House
from bot.channels.once import Once
from bot.channels.webchat import WebChat
from bot.clock import Clock, Nudge
from bot.connect import Connect
from bot.delivery import Delivery
from bot.heartbeat import Beat
from bot.intake import Intake
from bot.loops import Loop, end
from bot.metrics import Metrics
from bot.purge import Purge
from bot.reload import Reload
from bot.seen import look
from bot.settings import Settings, check_exposure
from bot.watch import Watch
from bot.ways import Called, ways_of
from bot.web.desk import Desk
from bot.web.health import Health
from bot.web.server import listen, make_application
from handlers.reach import address_failed
from handlers.wording import say
from sla.labels import Role
from sla.message import Address, Notice, Purpose
from storage.base import Earlier, InboxRow, OutboxRow, StorageError
from storage.files import Folder
from storage.replicas import DatabaseLease, DatabaseTurns, open_turns
from storage.vault import Vault
from storage.writer import Store, open_store

if TYPE_CHECKING:
    from bot.neighbours import Neighbours

DELIVER_GATHER = 0.004
"""Seconds that a notice may wait for others that are sent with it; pages are no later for it than anybody sees."""
WATCH_GATHER = 0.02
"""Seconds in which changes of what falls due are taken together; what is due itself waits for nothing."""

log = logging.getLogger(__name__)


def system_clock() -> Clock:
    """The clock of this machine. Tests and the demonstration bring their own."""
    return Clock(lambda: datetime.now(UTC), time.monotonic)


class App:
    """One process. `start` returns when it listens; `stop` when nothing is left half done."""

    def __init__(self, settings: Settings, config: Path, clock: Clock) -> None:
        self.settings, self.clock = settings, clock
        self.metrics = Metrics()
        self.webchat = WebChat()
        self.channels: dict[str, Channel] = {self.webchat.name: self.webchat} if settings.webchat.enabled else {}
        self.port = 0
        self._config = config
        self._runner: web.AppRunner | None = None
        self._turns: DatabaseTurns | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._ways = ways_of(settings)
        self._owner = f"{os.getpid()}-{secrets.token_hex(4)}"

    async def start(self) -> None:
        """Begin. Raises SlaError with the reason where that cannot be; then nothing is left open."""
        check_exposure(self.settings)
        folder = await asyncio.to_thread(Folder, self._config)
        self.store = await asyncio.to_thread(open_store, self.settings.database, self.settings.keys)
        try:
            self._turns = await asyncio.to_thread(open_turns, self.settings.database, self.settings.keys)
            self._wire(folder, self.store)
            await self.reload.keep()
            await self.intake.recover()
            application = make_application(self.desk, self.webchat, Health(self.ready, self.exposition))
            self._add_callbacks(application)
            self._runner, self.port = await listen(application, self.settings.web.host, self.settings.web.port)
        except BaseException:
            await asyncio.to_thread(self._close)
            raise
        self._tasks = [asyncio.create_task(loop.forever(), name=loop.name) for loop in self.loops]
        if self._neighbours:
            self._neighbours.start()
        log.info("started", extra={"port": self.port, "rules": self.reload.rules().version})

    async def stop(self) -> None:
        """End in the opposite order: nothing new comes in, then what is under way ends."""
        await self.connect.stop()
        if self._runner:
            await self._runner.cleanup()
        if self._neighbours:
            await self._neighbours.stop()
        await end(self.loops, self._tasks)
        await self.delivery.end()
        await asyncio.to_thread(self._close)
        log.info("stopped")

    def _close(self) -> None:
        if self._turns:
            self._turns.close()
        self.store.close()

    def _wire(self, folder: Folder, store: Store) -> None:
        run, clock = store.writer.run, self.clock
        deliver, watch = Nudge(), Nudge()

        def work() -> None:
            deliver()
            watch()

        self._neighbours, self._work = _neighbours(self.settings, work), work

        def handled() -> None:
            work()
            if self._neighbours:
                self._neighbours()

        self.metrics.watch_groups(store.writer.counted)
        self.reload = Reload(folder, run, clock, handled)
        rules = self.reload.rules
        self.intake = Intake(store, rules, clock, self.metrics, handled, self._said)
        makers = {way.name: way.make for way in self._ways}
        self.connect = Connect(makers, self.channels, lambda: self.house, run, rules, clock, deliver)
        self.delivery = Delivery(
            self._owner, self.channels, run, rules, clock, deliver, self._sent, self._count, self.connect.coming
        )
        self.watch = Watch(run, rules, clock, deliver, self.metrics.looks_aside.inc)
        beat = Beat(self.settings.heartbeat, self.well, clock)
        self.loops = (
            Loop("deliver", self.delivery.turn, clock, deliver, DELIVER_GATHER),
            Loop("watch", self.watch.turn, clock, watch, WATCH_GATHER),
            Loop("inbox", self.intake.turn, clock, self.intake.nudge),
            Loop("reload", self.reload.turn, clock),
            Loop("heartbeat", beat.turn, clock),
            Loop("channels", self.connect.turn, clock),
            Loop("purge", Purge(run, self.settings.mail.keep_raw, clock).turn, clock),
        )
        self.desk = Desk(self.settings, rules, run, store.read, self.intake.take, self._keep_file, clock)

    def _add_callbacks(self, application: web.Application) -> None:
        """The paths are there from the first moment; until the channel is, the provider is asked to come again."""
        for way in self._ways:
            for method in way.methods if way.callback else ():
                application.router.add_route(method, way.callback, partial(self._called, way.name))

    async def _called(self, name: str, request: web.Request) -> web.StreamResponse:
        channel = self.channels.get(name)
        if not isinstance(channel, Called):
            raise web.HTTPServiceUnavailable
        return await channel.webhook(request)

    # what channels and loops report

    def _sent(self, row: OutboxRow) -> None:
        if row.address and row.address.channel == self.webchat.name:
            self.webchat.sent(row)

    def _said(self, row: InboxRow) -> None:
        if row.inbound.channel == self.webchat.name:
            self.webchat.said(row)

    def _count(self, channel: str, result: str) -> None:
        self.metrics.sends.labels(channel, result).inc()

    def _refused(self, channel: str, why: str) -> None:
        self.metrics.refused.labels(channel, why).inc()

    # what channels may ask

    @property
    def house(self) -> House:
        """What a channel is handed."""
        most = self.reload.rules().site.max_file
        return House(
            take=self.intake.keep,
            keep_file=self._keep_file,
            read_file=self._read_file,
            get_mark=self._get_mark,
            put_mark=self._put_mark,
            max_file=most,
            now=self.clock.now,
            owner=self._owner,
            lease=DatabaseLease(self.store.writer),
            vault=Vault(self.store.writer),
            refused=self._refused,
            earlier=self._earlier,
            failed=self._failed,
            turns=self._turns,
            aside=self._aside,
            not_taken=self._not_taken,
            take_once=self.intake.keep,
            once=self._once,
        )

    async def _keep_file(self, name: str, kind: str, content: bytes) -> str:
        now = self.clock.now()
        return await self.store.writer.run(lambda uow: uow.files.add(name, kind, content, now))

    async def _read_file(self, ref: str) -> bytes | None:
        found = await self.store.read(lambda uow: uow.files.get(ref))
        return found[2] if found else None

    async def _earlier(self, row: int) -> Earlier | None:
        return await self.store.read(lambda uow: uow.outbox.earlier(row))

    async def _get_mark(self, name: str) -> str | None:
        return await self.store.read(lambda uow: uow.marks.get(name))

    async def _put_mark(self, name: str, value: str) -> None:
        await self.store.writer.run(lambda uow: uow.marks.put(name, value))

    async def _failed(self, address: Address, why: str) -> None:
        now = self.clock.now()
        await self.store.writer.run(lambda uow: address_failed(address, why, now, uow))

    async def _aside(self, channel: str, key: str, what: str, why: str) -> None:
        self.metrics.aside.inc()
        now, rules = self.clock.now(), self.reload.rules()
        alarm, roles = Alarm(f"aside:{channel}:{key}", "alarm_aside"), (Role.ADMINISTRATOR,)
        said = {"channel": channel, "what": what, "reason": why}
        await self.store.writer.run(lambda uow: alarm.tell(uow, rules, roles, now, **said))
        self._work()

    async def _once(self, once: Once) -> None:
        await self.store.writer.run(once.claim)

    async def _not_taken(self, address: Address, language: str) -> None:
        now, person = self.clock.now(), self.reload.rules().people.by_address.get(address)
        whose = hashlib.sha256(address.address.encode()).hexdigest()[:24]
        text = say("too_many_unproven", person.language if person else language)
        notice = Notice(f"not_taken:{address.channel}:{whose}:{now:%Y-%m-%dT%H}", Purpose.ANSWER, (address,), text)
        await self.store.writer.run(lambda uow: uow.outbox.add([notice], now))
        self._work()

    # how it is

    def well(self) -> bool:
        """Whether every loop and every channel is healthy."""
        channels = self.connect.started() and all(channel.healthy() for channel in self.channels.values())
        return channels and all(loop.healthy for loop in self.loops)

    async def ready(self) -> dict[str, bool]:
        """What has to be there for the work, each with whether it is."""
        now = self.clock.now()
        try:
            await self.store.writer.run(lambda uow: uow.marks.put("ready", now.isoformat()))
            writable = True
        except StorageError:
            writable = False
        parts = {loop.name: loop.healthy for loop in self.loops}
        return {"database": writable, "rules": True, **parts, **self.connect.parts()}

    async def exposition(self) -> bytes:
        """The text of /metrics."""
        seen = await self.store.read(partial(look, rules=self.reload.rules(), now=self.clock.now()))
        return self.metrics.text(seen, {loop.name: loop.healthy for loop in self.loops})


def _neighbours(settings: Settings, heard: Callable[[], None]) -> "Neighbours | None":
    """Who tells other processes that there is work, where Redis is set up."""
    if not settings.redis:
        return None
    from bot.neighbours import Neighbours

    return Neighbours(settings.redis, heard)
