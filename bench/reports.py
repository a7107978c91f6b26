"""Tickets a second: from the request to the committed ticket with its notices, beside the baseline."""

import argparse
import asyncio
import itertools
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bench import servers
from bench.disk import fdatasync_ms
from bench.load import Body, Measured, closed_loop, open_loop
from bench.servers import REPORTERS, Server

CONNECTIONS = 32
OFFERED = 300
FAULTS = (
    "急诊所有电脑HIS都进不去，{n}号机报错，病人排队了",
    "我们科电子病历打不开，从今天早上八点开始一直转圈，大概影响{n}个人",
    "放射科PACS看不到片子，{n}诊室，旧的能看新的传不上来",
    "嘉和重症系统登录不上，四台电脑都试过了，编号{n}",
    "统一授权平台登录很慢，要等半分钟，{n}号窗口",
    "预约平台全院都打不开，各个诊区都来电话，{n}",
    "输血系统打血袋标签时好时坏，两台都这样 {n}",
    "OA公文打不开，附件下载失败 {n}",
    "不良事件上报系统提交不了，点保存就报错 {n}",
    "HIS is down on all computers in the emergency department, desk {n}",
)


def _body(headers: Mapping[str, str]) -> Body:
    """The n-th report: every reporter writes of one system after the other, so that each is a ticket of its own."""

    def nth(number: int) -> tuple[dict[str, object], dict[str, str]]:
        fault = FAULTS[number // REPORTERS % len(FAULTS)].format(n=number)
        return {"seat": f"n{number % REPORTERS}", "text": fault, "client_key": f"k{number}"}, dict(headers)

    return nth


async def _measure(server: Server, seconds: float) -> tuple[Measured, Measured]:
    body = _body(server.headers)
    warm = await closed_loop(server.port, server.path, body, CONNECTIONS, min(2.0, seconds))
    first = itertools.count(warm.requests + 1000)
    busy = await closed_loop(server.port, server.path, body, CONNECTIONS, seconds, next(first))
    calm = await open_loop(server.port, server.path, body, OFFERED, seconds, warm.requests + busy.requests + 2000)
    return busy, calm


def _row(name: str, busy: Measured, calm: Measured) -> str:
    closed = f"{busy.per_second:>6.0f}/s  p50 {busy.p50:>6.1f}  p99 {busy.p99:>6.1f}  worst {busy.worst:>6.0f} ms"
    opened = f"{OFFERED}/s offered: p50 {calm.p50:>6.1f}  p99 {calm.p99:>6.1f} ms"
    return f"{name:<9} {closed}  |  {opened}  |  failed {busy.failed + calm.failed}"


def measure(kind: str, seconds: float) -> float:
    """Measure both on one kind of database and print them; the ratio of their throughputs."""
    figures: dict[str, Measured] = {}
    for name, start in (("baseline", servers.baseline), ("wardline", servers.wardline)):
        with tempfile.TemporaryDirectory(prefix="bench-") as folder, servers.database(kind, Path(folder)) as url:
            if name == "baseline":
                print(f"{kind}: fdatasync median {fdatasync_ms(Path(folder))[0]:.2f} ms, {CONNECTIONS} connections")
            with start(Path(folder), url) as server:
                busy, calm = asyncio.run(_measure(server, seconds))
        figures[name] = busy
        print(_row(name, busy, calm), flush=True)
    ratio = figures["wardline"].per_second / figures["baseline"].per_second
    print(f"{'ratio':<9} {ratio:>6.1f}\n", flush=True)
    return ratio


def main(arguments: list[str]) -> None:
    """Measure on every database that was asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench reports")
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    options = parser.parse_args(arguments)
    for kind in options.database or ("sqlite", "postgresql"):
        measure(kind, options.seconds)
