"""Several processes over one database tell each other that there is work."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.neighbours import Neighbours
from tests.bot.running import running
from tests.support.databases import redis_socket
from tests.support.waiting import PATIENCE

__all__ = ["redis_socket"]  # a fixture


@asynccontextmanager
async def neighbour(socket: str) -> AsyncIterator[tuple[Neighbours, asyncio.Event]]:
    heard = asyncio.Event()
    one = Neighbours(f"unix://{socket}", heard.set)
    one.start()
    try:
        yield one, heard
    finally:
        await one.stop()


async def told(teller: Neighbours, heard: asyncio.Event) -> None:
    """Tell until it is heard: who has not begun to listen yet cannot hear."""
    async with asyncio.timeout(PATIENCE):
        while not heard.is_set():
            teller()
            await asyncio.wait({asyncio.create_task(heard.wait())}, timeout=0.2)


async def test_what_one_process_says_wakes_the_other(redis_socket: str) -> None:
    async with neighbour(redis_socket) as (here, _), neighbour(redis_socket) as (_, there):
        await told(here, there)


async def test_a_report_here_wakes_a_process_elsewhere(tmp_path: Path, redis_socket: str) -> None:
    async with (
        neighbour(redis_socket) as (third, _),
        neighbour(redis_socket) as (_, there),
        running(tmp_path, redis=f"unix://{redis_socket}") as bot,
    ):
        await told(third, there)  # from here on it listens
        there.clear()
        nurse = await bot.person("nurse")
        await nurse.say("急诊所有电脑HIS都进不去")
        async with asyncio.timeout(PATIENCE):
            await there.wait()


async def test_without_its_redis_a_process_works_alone(tmp_path: Path) -> None:
    async with running(tmp_path, redis=f"unix://{tmp_path / 'nobody.socket'}") as bot:
        engineer = await bot.person("engineer1")
        nurse = await bot.person("nurse")
        await nurse.say("急诊所有电脑HIS都进不去")
        await engineer.hears("HIS")
