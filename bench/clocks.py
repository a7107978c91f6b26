"""Clocks: 100,000 open, some due one after the other, then 2,000 at once; and a restart among them."""

import argparse
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from bench import servers
from bench.servers import Server
from sla.fold import fold
from sla.message import Address
from sla.ticket import Event, EventKind, Ticket
from storage.base import OutboxRow, UnitOfWork
from storage.files import load_folder
from storage.writer import Store, open_store

RESPONDERS = ("engineer1", "engineer2")
PER_SECOND, SECONDS, BURST = 50, 20, 2_000
BATCH = 1_000
TO_DUE = timedelta(hours=2, minutes=50)
"""From an off-hours report to its reminder 10 minutes before the 3 hours of smart-hospital 2.3 are over."""


def _ticket(number: int, reported: datetime, version: str) -> Ticket:
    """A fault that somebody is working on, on site, reported at `reported`: its next reminder is for its repair."""
    engineer = RESPONDERS[number % len(RESPONDERS)]
    data = {
        "kind": "fault",
        "system": "identity",
        "department": "emergency",
        "scope": "workstation",
        "severity": "down",
        "priority": "medium",
        "contract": "smart-hospital",
        "contract_version": version,
        "text": f"统一授权平台登录不上 {number}",
        "title": "统一授权平台登录不上",
        "channel": "webchat",
        "conversation": f"n{number % servers.REPORTERS}",
    }
    steps = ((EventKind.ACKNOWLEDGED, 5), (EventKind.ARRIVED, 60))
    acts = [Event(kind, reported + timedelta(minutes=m), engineer) for kind, m in steps]
    return fold(number, [Event(EventKind.REPORTED, reported, f"n{number % servers.REPORTERS}", data), *acts])


def _keep(uow: UnitOfWork, looks: Sequence[tuple[int, datetime]], version: str) -> None:
    for number, look in looks:
        ticket = _ticket(number, look - TO_DUE, version)
        uow.tickets.save(ticket, ticket.events, look)
        uow.watched.put("ticket", str(number), look)


def fill(config: Path, url: str, looks: Sequence[datetime]) -> None:
    """Open one ticket for each of `looks`, numbered from 1, whose reminder is due at that instant."""
    rules, _ = load_folder(config)
    version = rules.contracts["smart-hospital"].version
    numbered = list(enumerate(looks, 1))
    with _store(config, url) as store:
        for start in range(0, len(numbered), BATCH):
            store.writer.run_sync(partial(_keep, looks=numbered[start : start + BATCH], version=version))


@contextmanager
def _store(config: Path, url: str) -> Iterator[Store]:
    store = open_store(url, (config / "keys").read_text())
    try:
        yield store
    finally:
        store.close()


def _memory_mb(server: Server) -> float:
    pages = int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def _lags(config: Path, url: str, due: Mapping[int, datetime]) -> tuple[list[float], list[float]]:
    """Seconds from the instant that a ticket's reminder was due, sorted: until the unit that wrote its notice began,
    and until the notice stood in the record as delivered."""
    with _store(config, url) as store:
        written: list[float] = []
        sent: list[float] = []
        for who in RESPONDERS:
            address = Address("webchat", who)
            rows = store.writer.run_sync(partial(_all_sent, address=address))
            for row in rows:
                at = due.get(row.notice.ticket or 0)
                if at and row.sent_at:
                    written.append((row.created_at - at).total_seconds())
                    sent.append((row.sent_at - at).total_seconds())
    return sorted(written), sorted(sent)


def _all_sent(uow: UnitOfWork, address: Address) -> Sequence[OutboxRow]:
    return uow.outbox.to_address(address, 1, 10**6)


def _ms(seconds: Sequence[float], percent: int) -> float:
    return seconds[min(len(seconds) - 1, len(seconds) * percent // 100)] * 1000


def measure(kind: str, open_clocks: int) -> None:
    """One kind of database: start empty, start full, a steady stream of deadlines, a burst."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name, servers.database(kind, Path(name)) as url:
        folder = Path(name)
        config = servers.sample(folder)
        with servers.wardline(folder, url) as server:
            time.sleep(3)
            print(f"{kind}: empty     listens after {server.listened_after:.2f} s, {_memory_mb(server):.0f} MB")
        begin = datetime.now(UTC) + timedelta(seconds=20 + open_clocks / 4_000)
        steady = [begin + timedelta(seconds=n / PER_SECOND) for n in range(PER_SECOND * SECONDS)]
        burst = begin + timedelta(seconds=SECONDS + 3)
        far = begin + timedelta(days=1)
        looks = [*steady, *([burst] * BURST), *([far] * (open_clocks - len(steady) - BURST))]
        fill(config, url, looks)
        with servers.wardline(folder, url) as server:
            early = (begin - datetime.now(UTC)).total_seconds()
            print(f"{kind}: {open_clocks:,} open  listens after {server.listened_after:.2f} s", end=", ", flush=True)
            if early < 0:
                raise RuntimeError("the clocks were due before the server listened: give it more time")
            time.sleep(min(3, early))
            print(f"{_memory_mb(server):.0f} MB")
            time.sleep((burst - datetime.now(UTC)).total_seconds() + 8)
        _, lags = _lags(config, url, dict(enumerate(steady, 1)))
        written, after = _lags(config, url, {len(steady) + 1 + n: burst for n in range(BURST)})
        print(f"{kind}: {PER_SECOND}/s due    lag p50 {_ms(lags, 50):.1f}  p99 {_ms(lags, 99):.1f} ms ({len(lags)})")
        last = f"last in the outbox after {_ms(written, 100):.0f} ms, delivered after {_ms(after, 100):.0f} ms"
        print(f"{kind}: {BURST:,} at once  {last} ({len(after)} notices)\n", flush=True)


def main(arguments: list[str]) -> None:
    """Measure on every database that was asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench clocks")
    parser.add_argument("--open", type=int, default=100_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    options, _ = parser.parse_known_args(arguments)
    for kind in options.database or ("sqlite", "postgresql"):
        measure(kind, options.open)
