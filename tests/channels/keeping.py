"""A house for channels: what they hand in is kept in a real database, as the process keeps it."""

import asyncio
import json
import sqlite3
from pathlib import Path

from bot.channels.base import House
from sla.message import Inbound, from_json_inbound, to_json_inbound
from storage.base import StorageError

MAX_FILE = 300_000


class Keeper:
    """Keeps inbounds, files and marks in an SQLite file, and tells when something was kept."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._changed = asyncio.Condition()
        self._lock: sqlite3.Connection | None = None
        with sqlite3.connect(path) as database:
            database.executescript(
                "create table if not exists inbox (key text primary key, payload text);"
                "create table if not exists files (id integer primary key, name text, type text, content blob);"
                "create table if not exists marks (name text primary key, value text);"
            )
        database.close()

    def house(self) -> House:
        """What a channel is handed."""
        return House(self._take, self._keep_file, self._get_mark, self._put_mark, MAX_FILE)

    def refuses(self) -> None:
        """From now on nothing can be kept: somebody else holds the database."""
        self._lock = sqlite3.connect(self._path, isolation_level=None)
        self._lock.execute("begin exclusive")

    def keeps(self) -> None:
        """It can be kept again."""
        if self._lock:
            self._lock.close()
            self._lock = None

    def inbounds(self) -> list[Inbound]:
        """Every message that was kept, in order."""
        return [
            from_json_inbound(json.loads(str(row[0]))) for row in self._do("select payload from inbox order by rowid")
        ]

    def file(self, ref: str) -> bytes:
        """The bytes of a kept file."""
        content = self._do("select content from files where id = ?", int(ref))[0][0]
        assert isinstance(content, bytes)
        return content

    def files(self) -> list[str]:
        """The names of the kept files."""
        return [str(row[0]) for row in self._do("select name from files order by id")]

    def mark(self, name: str) -> str | None:
        found = self._do("select value from marks where name = ?", name)
        return str(found[0][0]) if found else None

    async def until(self, count: int, seconds: float = 10) -> list[Inbound]:
        """Wait until `count` messages are kept; all that are."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: len(self.inbounds()) >= count)
        return self.inbounds()

    async def _take(self, inbound: Inbound) -> None:
        payload = json.dumps(to_json_inbound(inbound))
        self._do("insert or ignore into inbox values (?, ?)", inbound.key, payload)
        async with self._changed:
            self._changed.notify_all()

    async def _keep_file(self, name: str, kind: str, content: bytes) -> str:
        self._do("insert into files (name, type, content) values (?, ?, ?)", name, kind, content)
        return str(self._do("select max(id) from files")[0][0])

    async def _get_mark(self, name: str) -> str | None:
        return self.mark(name)

    async def _put_mark(self, name: str, value: str) -> None:
        self._do("insert or replace into marks values (?, ?)", name, value)

    def _do(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        database = sqlite3.connect(self._path, timeout=0)
        try:
            with database:
                return list(database.execute(statement, values))
        except sqlite3.OperationalError as error:
            raise StorageError(str(error)) from error
        finally:
            database.close()
