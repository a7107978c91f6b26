"""A house for channels: what they hand in is kept in a real store, as the process keeps it."""

import asyncio
import itertools
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.channels.base import Channel, House
from bot.channels.once import Once
from sla.message import Address, Inbound, Notice, Purpose
from storage.base import Earlier, OutboxRow, UnitOfWork
from storage.crypt import generate_key
from storage.replicas import DatabaseLease
from storage.vault import Vault
from storage.writer import open_store
from tests.support.botapi import START
from tests.support.waiting import PATIENCE

MAX_FILE = 300_000
MANY = 10_000
LEASE = timedelta(minutes=1)


class Keeper:
    """Keeps inbounds, files and marks in an SQLite store, and tells when something was kept."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._store = open_store(f"sqlite:///{path}", generate_key())
        self.run, self.read = self._store.writer.run, self._store.read
        self._changed = asyncio.Condition()
        self._numbers = itertools.count(1)
        self._kept_files: list[str] = []
        self.now = START
        """What the channel takes for the time."""
        self.refusals: list[tuple[str, str]] = []
        """Calls that were turned away: channel, why."""
        self.failures: list[tuple[Address, str]] = []
        """Addresses that gave something back, each with why."""
        self.asides: list[tuple[str, str, str, str]] = []
        """What came in and could not be read: channel, its name for good, words for it, why."""
        self.told_off: list[tuple[Address, str]] = []
        """Who was told that nothing was done about what they wrote, and in which language."""

    def close(self) -> None:
        """Let the store go."""
        self._store.close()

    def house(self) -> House:
        """What a channel is handed."""
        return House(
            take=self._take,
            keep_file=self._keep_file,
            read_file=self._read_file,
            get_mark=self._get_mark,
            put_mark=self._put_mark,
            max_file=MAX_FILE,
            now=lambda: self.now,
            owner=f"keeper-{id(self)}",
            lease=DatabaseLease(self._store.writer),
            vault=Vault(self._store.writer),
            refused=lambda channel, why: self.refusals.append((channel, why)),
            earlier=self._earlier,
            failed=self._failed,
            aside=self._aside,
            not_taken=self._not_taken,
            take_once=self._take,
            once=self._once,
        )

    async def _once(self, once: Once) -> None:
        await self.run(once.claim)

    async def _not_taken(self, address: Address, language: str) -> None:
        self.told_off.append((address, language))

    async def _aside(self, channel: str, key: str, what: str, why: str) -> None:
        self.asides.append((channel, key, what, why))

    async def _failed(self, address: Address, why: str) -> None:
        self.failures.append((address, why))

    async def _earlier(self, row: int) -> Earlier | None:
        return await self.run(lambda uow: uow.outbox.earlier(row))

    async def settles(self, channel: Channel, key: str, words: str) -> None:
        """Have the message of a notice's key show words in the place of its buttons. Raises ChannelError."""
        page = await self.run(lambda uow: uow.outbox.of_key(key))
        assert page is not None
        assert page.address is not None
        number = next(self._numbers)
        about = replace(page.notice, key=f"change:{number}", text="", buttons=(), purpose=Purpose.INFO)
        await self.delivers(channel, replace(about, addresses=(page.address,), changes=page.id, settles=words))

    async def delivers(self, channel: Channel, notice: Notice) -> str:
        """Keep a notice, send it by the channel and mark it as sent; the provider's id."""
        now = self.now
        await self.run(lambda uow: uow.outbox.add([notice], now))
        (row,) = await self.run(lambda uow: uow.outbox.claim("k", now, now + LEASE, 1, [channel.name]))
        sent = await channel.send(row)
        assert await self.run(lambda uow: uow.outbox.sent(row, now, sent))
        return sent

    def refuses(self) -> None:
        """From now on the database refuses every message."""
        self._rename("inbox", "inbox_gone")

    def keeps(self) -> None:
        """It takes them again."""
        self._rename("inbox_gone", "inbox")

    def inbounds(self) -> list[Inbound]:
        """Every message that was kept, in order."""
        return [row.inbound for row in self._store.read_sync(lambda uow: uow.inbox.unhandled(MANY))]

    def file(self, ref: str) -> bytes:
        """The bytes of a kept file."""
        found = self._store.read_sync(lambda uow: uow.files.get(ref))
        assert found is not None
        return found[2]

    def files(self) -> list[tuple[str, str]]:
        """Name and ref of the kept files."""
        return [(found[0], ref) for ref in self._kept_files if (found := self._found(ref))]

    def mark(self, name: str) -> str | None:
        """A mark."""
        return self._store.read_sync(lambda uow: uow.marks.get(name))

    async def until(self, count: int, seconds: float = PATIENCE) -> list[Inbound]:
        """Wait until `count` messages are kept; all that are."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: len(self.inbounds()) >= count)
        return self.inbounds()

    def _found(self, ref: str) -> tuple[str, str, bytes] | None:
        return self._store.read_sync(lambda uow: uow.files.get(ref))

    async def take(self, inbound: Inbound, once: Once | None = None) -> int | None:
        """Keep a message; its row, None where it was there before."""

        def add(uow: UnitOfWork) -> int | None:
            if once:
                once.claim(uow)
            return uow.inbox.add(inbound, START)

        row = await self.run(add)
        async with self._changed:
            self._changed.notify_all()
        return row

    async def _take(self, inbound: Inbound, once: Once | None = None) -> None:
        await self.take(inbound, once)

    def told(self, address: Address) -> Sequence[OutboxRow]:
        """What was sent to an address."""
        return self._store.read_sync(lambda uow: uow.outbox.to_address(address, 0, MANY))

    async def _keep_file(self, name: str, kind: str, content: bytes) -> str:
        ref = await self.run(lambda uow: uow.files.add(name, kind, content, START))
        self._kept_files.append(ref)
        return ref

    async def _read_file(self, ref: str) -> bytes | None:
        found = self._found(ref)
        return found[2] if found else None

    async def _get_mark(self, name: str) -> str | None:
        return await self.run(lambda uow: uow.marks.get(name))

    async def _put_mark(self, name: str, value: str) -> None:
        await self.run(lambda uow: uow.marks.put(name, value))

    def _rename(self, old: str, new: str) -> None:
        database = sqlite3.connect(self._path, timeout=PATIENCE)
        with database:
            database.execute(f"alter table {old} rename to {new}")
        database.close()
