"""Kills: victim after victim, at random points, while people go on talking; then one that may finish."""

import asyncio
import multiprocessing
import random
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from bot.delivery import LEASE
from storage.crypt import generate_key
from storage.database import micros
from storage.writer import open_store
from tests.chaos.audit import Report, audit
from tests.chaos.stage import Crowd, furnish, gather
from tests.chaos.victim import Life, live
from tests.support.botapi import BotApi

START = datetime.fromisoformat("2026-10-01T19:00:00+08:00")
LIFE_SECONDS = 1.6
"""The longest that a victim lives; its start is a part of that."""
WINDOW_SECONDS = 0.04
"""How long after the updates were handed over a victim dies that is to die while it keeps and handles them."""
DOWN_SECONDS = 60.0
"""How long nobody is there, on average, by the bot's clock."""
LONG_DOWN, LONG_DOWN_CHANCE = timedelta(minutes=50), 0.03
FINISH_SECONDS = 600.0
"""How long the last victim may take; one message a second goes to each chat."""
LOOK_SECONDS = 0.2
SOON = timedelta(seconds=5)
NEVER = sys.maxsize
FORKS = multiprocessing.get_context("forkserver")


@dataclass
class Chaos:
    """One run. `life` is what the next victim is told; `kinds` counts at which points victims died."""

    server: BotApi
    crowd: Crowd
    chance: random.Random
    life: Life
    kinds: Counter[str] = field(default_factory=Counter)

    async def kill_one(self) -> None:
        """Nobody is there for a while; then somebody comes up, takes what people say, and is killed."""
        self.time_passes(timedelta(seconds=self.chance.expovariate(1 / DOWN_SECONDS)))
        if self.chance.random() < LONG_DOWN_CHANCE:
            self.time_passes(LONG_DOWN)
        victim, died = self.spawn(), asyncio.Event()
        kind = self.chance.choice(("whenever", "sending", "sent", "taking"))
        self.server.watch = self._trap(kind, victim, died)
        longest = self.chance.uniform(0, LIFE_SECONDS) if kind == "whenever" else LIFE_SECONDS
        try:
            async with asyncio.timeout(longest):
                await self._talk(longest)
                await died.wait()
        except TimeoutError:
            kind = "whenever"
        self.server.watch = None
        end(victim)
        self.kinds[kind] += 1

    async def _talk(self, seconds: float) -> None:
        for _ in range(self.chance.randint(1, 3)):
            await asyncio.sleep(self.chance.uniform(0, seconds / 3))
            self.crowd.act()

    def _trap(self, kind: str, victim: ForkServerProcess, died: asyncio.Event) -> Callable[[str, str], None]:
        """What kills the victim at the point that `kind` names, on one of the first occasions."""
        left = self.chance.randint(1, 4)
        within = self.chance.uniform(0, WINDOW_SECONDS)
        point = {"sending": ("sendmessage", "asked"), "sent": ("sendmessage", "done"), "taking": ("getupdates", "done")}

        def kill() -> None:
            victim.kill()
            died.set()

        def watch(method: str, what: str) -> None:
            nonlocal left
            if (method, what) != point.get(kind):
                return
            left -= 1
            if left == 0 and kind == "taking":
                asyncio.get_running_loop().call_later(within, kill)
            elif left == 0:
                kill()

        return watch

    async def finish(self) -> None:
        """Let a last victim do all that is left, and see that it can. What the dead had in hand is free by then."""
        self.time_passes(LEASE + timedelta(seconds=1))
        victim = self.spawn()
        try:
            async with asyncio.timeout(FINISH_SECONDS):
                while True:
                    await asyncio.sleep(LOOK_SECONDS)
                    new, look, send = await asyncio.to_thread(self._left)
                    is_due = look < micros(self.life.now() + SOON)
                    if not (new or is_due or send != NEVER or self.server.world.updates):
                        break
        finally:
            end(victim)

    def _left(self) -> tuple[int, int, int]:
        """Messages not handled yet, when a ticket is to be looked at, when a notice is to be sent; seen from outside,
        as the database is the victim's alone."""
        with closing(sqlite3.connect(self.life.file, timeout=10)) as database:
            (new,) = database.execute("select count(*) from inbox where state = 'new'").fetchone()
            (look,) = database.execute("select min(next_look) from watched").fetchone()
            (send,) = database.execute("select min(next_at) from outbox where state = 'waiting'").fetchone()
        return new, NEVER if look is None else look, NEVER if send is None else send

    def now(self) -> datetime:
        """The instant by the clock of whoever lives."""
        return self.life.now()

    def time_passes(self, span: timedelta) -> None:
        """The clock of the victims to come is so much further ahead."""
        self.life = replace(self.life, ahead=self.life.ahead + span)

    def spawn(self) -> ForkServerProcess:
        """A victim, forked from the parent that has imported everything."""
        victim = FORKS.Process(target=live, args=(self.life,), daemon=True)
        victim.start()
        return victim


def end(victim: ForkServerProcess) -> None:
    """Kill a victim, and see it dead."""
    victim.kill()
    victim.join()
    victim.close()


async def chaos(folder: Path, kills: int, seed: int, tell: Callable[[str], None] = lambda _: None) -> Report:
    """Kill `kills` victims and let a last one finish; what became of everything. The seed decides who says what when,
    and where they die, as far as two processes can be repeated."""
    FORKS.set_forkserver_preload(["tests.chaos.victim"])
    chance = random.Random(seed)
    life = Life(folder, generate_key(), "", timedelta())
    server = BotApi()
    crowd = gather(server.world, furnish(life.config), chance)
    run = Chaos(server, crowd, chance, replace(life, ahead=START - life.now()))
    server.world.now = run.now
    async with server:
        run.life = replace(run.life, api=server.url)
        for number in range(1, kills + 1):
            await run.kill_one()
            if number % 25 == 0:
                tell(f"{number} kills, {len(crowd.keys)} messages, clock at {run.life.now():%m-%d %H:%M} UTC")
        tell("the last one finishes")
        await run.finish()
        store = open_store(life.database, life.keys)
        try:
            return audit(store, crowd, run.life, run.kinds)
        finally:
            store.close()
