"""An HTTP load generator that costs little, so that two cores measure the server and not the client.

It speaks HTTP/1.1 over plain asyncio protocols with keep-alive; answers need a Content-Length.
"""

import asyncio
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

Body = Callable[[int], tuple[dict[str, object], dict[str, str]]]
"""The n-th request: its JSON and its extra headers."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run of requests showed: `per_second` answered, latencies in milliseconds, answers that were no 2xx."""

    per_second: float
    p50: float
    p99: float
    worst: float
    failed: int
    requests: int


class Connection(asyncio.Protocol):
    """One keep-alive connection that has at most one request under way."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.buffer = b""
        self.waiter: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, separator, rest = self.buffer.partition(b"\r\n\r\n")
        if not separator:
            return
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if len(rest) < length:
            return
        self.buffer = rest[length:]
        if self.waiter and not self.waiter.done():
            self.waiter.set_result(int(head[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        if self.waiter and not self.waiter.done():
            self.waiter.set_exception(exc or ConnectionResetError("the server closed the connection"))

    async def request(self, path: str, body: dict[str, object], headers: dict[str, str]) -> int:
        """Post `body` as JSON; the status of the answer."""
        payload = json.dumps(body, ensure_ascii=False).encode()
        extra = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(payload)}\r\n{extra}\r\n"
        )
        self.waiter = asyncio.get_running_loop().create_future()
        assert self.transport
        self.transport.write(head.encode() + payload)
        return await self.waiter


async def connect(port: int) -> Connection:
    """A connection to the server on loopback."""
    _, protocol = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", port)
    return protocol


def _measured(latencies: list[float], failed: int, elapsed: float) -> Measured:
    latencies.sort()
    cuts = statistics.quantiles(latencies, n=100) if len(latencies) > 1 else latencies * 99
    return Measured(len(latencies) / elapsed, cuts[49], cuts[98], latencies[-1], failed, len(latencies))


async def closed_loop(port: int, path: str, body: Body, connections: int, seconds: float, first: int = 0) -> Measured:
    """`connections` clients that each send their next request when the last one is answered."""
    latencies: list[float] = []
    failed = 0
    counter = iter(range(first, 10**9))
    begin = time.perf_counter()

    async def client() -> None:
        nonlocal failed
        connection = await connect(port)
        while (sent := time.perf_counter()) - begin < seconds:
            status = await connection.request(path, *body(next(counter)))
            latencies.append((time.perf_counter() - sent) * 1000)
            failed += not 200 <= status < 300

    await asyncio.gather(*(client() for _ in range(connections)))
    return _measured(latencies, failed, time.perf_counter() - begin)


async def open_loop(port: int, path: str, body: Body, rate: int, seconds: float, first: int = 0) -> Measured:
    """`rate` requests a second, come what may: a request that waits for a free connection has waited."""
    latencies: list[float] = []
    failed = 0
    free: list[Connection] = [await connect(port) for _ in range(32)]

    async def one(number: int, due: float) -> None:
        nonlocal failed
        connection = free.pop() if free else await connect(port)
        status = await connection.request(path, *body(number))
        latencies.append((time.perf_counter() - due) * 1000)
        failed += not 200 <= status < 300
        free.append(connection)

    begin = time.perf_counter()
    tasks = []
    for number in range(int(rate * seconds)):
        due = begin + number / rate
        if (pause := due - time.perf_counter()) > 0:
            await asyncio.sleep(pause)
        tasks.append(asyncio.create_task(one(first + number, due)))
    await asyncio.gather(*tasks)
    return _measured(latencies, failed, time.perf_counter() - begin)
