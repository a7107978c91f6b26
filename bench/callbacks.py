"""Callbacks of WeCom, encrypted as the platform does it: how soon each is answered, with its ticket committed.

The platform wants its answer within 5 s and calls again without it; 1 s at 200 calls a second is what is asked for. A
platform on loopback takes what Wardline sends meanwhile.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import ClientSession, TCPConnector

from bench import servers
from bench.reports import FAULTS
from bench.servers import REPORTERS
from tests.support.weixin import AGENT, CALL_TOKEN, CORP, SECRET, Weixin

WITHIN_MS = 1000.0
PATH = "/hooks/wecom"
TABLE = """
[wecom]
api = "{api}"
corp_id = "{corp}"
agent = {agent}
callback = "https://wardline.example.org{path}"
"""


def _words(number: int, now: datetime) -> str:
    text = FAULTS[number // REPORTERS % len(FAULTS)].format(n=number)
    return (
        f"<xml><ToUserName>{CORP}</ToUserName><FromUserName>n{number % REPORTERS}</FromUserName>"
        f"<CreateTime>{int(now.timestamp())}</CreateTime><MsgType>text</MsgType>"
        f"<Content><![CDATA[{text}]]></Content><MsgId>{number}</MsgId><AgentID>{AGENT}</AgentID></xml>"
    )


async def _measure(port: int, platform: Weixin, rate: int, seconds: float, first: int) -> tuple[list[float], int]:
    """Milliseconds from when each call was due to its answer; how many were not taken."""
    waits: list[float] = []
    failed = 0
    async with ClientSession(connector=TCPConnector(limit=256)) as session:

        async def call(query: Mapping[str, str], body: bytes, due: float) -> None:
            nonlocal failed
            async with session.post(f"http://127.0.0.1:{port}{PATH}", params=query, data=body) as response:
                failed += (response.status, await response.text()) != (200, "success")
            waits.append((time.perf_counter() - due) * 1000)

        begin, tasks = time.perf_counter(), []
        for number in range(int(rate * seconds)):
            due = begin + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            platform.now = datetime.now(UTC)
            tasks.append(asyncio.create_task(call(*platform.enveloped(_words(first + number, platform.now)), due)))
        await asyncio.gather(*tasks)
    return waits, failed


async def measure(kind: str, rate: int, seconds: float) -> bool:
    """Measure on one kind of database and print it; whether all were answered in time."""
    async with Weixin(now=datetime.now(UTC)) as platform:
        platform.members |= {f"n{n}" for n in range(REPORTERS)}
        with tempfile.TemporaryDirectory(prefix="bench-") as name, servers.database(kind, Path(name)) as url:
            folder = Path(name)
            _configure(folder, platform)
            keys = {"SECRET": SECRET, "TOKEN": CALL_TOKEN, "AES_KEY": platform.aes_key}
            with servers.wardline(folder, url, {f"WARDLINE_WECOM_{k}": v for k, v in keys.items()}) as server:
                first = 10**6
                while (await _measure(server.port, platform, 20, 0.5, first))[1]:  # until the channel has started
                    first += 1000
                waits, failed = await _measure(server.port, platform, rate, seconds, 0)
    cuts = statistics.quantiles(waits, n=100)
    print(
        f"{kind:<10} {rate}/s for {seconds:g} s: p50 {cuts[49]:.1f}  p99 {cuts[98]:.1f}  worst {max(waits):.0f} ms, "
        f"not taken {failed}",
        flush=True,
    )
    return not failed and cuts[98] <= WITHIN_MS


def _configure(folder: Path, platform: Weixin) -> None:
    config = servers.sample(folder)
    people, settings = config / "people.toml", config / "wardline.toml"
    people.write_text(people.read_text("utf-8").replace('"webchat:n', '"wecom:n'), "utf-8")
    table = TABLE.format(api=platform.url, corp=CORP, agent=AGENT, path=PATH)
    settings.write_text(settings.read_text("utf-8") + table, "utf-8")


def main(arguments: list[str]) -> None:
    """Measure on every database that was asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench callbacks")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    options = parser.parse_args(arguments)
    for kind in options.database or ("sqlite", "postgresql"):
        asyncio.run(measure(kind, options.rate, options.seconds))
