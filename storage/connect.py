"""Connections: SQLite files set up for safety, held by one process at a time; PostgreSQL through psycopg."""

import fcntl
import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from sla.worded import Worded
from storage.base import StorageError
from storage.database import POSTGRESQL

if TYPE_CHECKING:
    from storage.quick import Quick

BUSY_SECONDS = 10.0
"""How long to wait for another process that writes to the same SQLite file, as the command line does."""
CONNECT_SECONDS = 5
SILENCE_MS = 20_000
"""After so long without a word from the server's machine the connection counts as lost."""


def read_url(url: str) -> sa.URL:
    """An SQLAlchemy address of a SQLite file or a PostgreSQL database. Raises StorageError for any other."""
    try:
        read = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise StorageError("the database's address is malformed: sqlite:///FILE or postgresql://...") from None
    name = read.get_backend_name()
    if name == "postgresql":
        return read.set(drivername="postgresql+psycopg")
    if name != "sqlite":
        raise StorageError(
            Worded('"{name}" databases are not supported: sqlite:///FILE or postgresql://...', name=name)
        )
    if not read.database or read.database == ":memory:":
        raise StorageError("a database in memory would lose everything: name a file, sqlite:///FILE")
    return read


def sqlite_file(url: sa.URL) -> Path:
    """The file of a SQLite address."""
    return Path(url.database or "")


class FileLock:
    """Holds a SQLite file for this process. The operating system lets go of it when the process ends, however."""

    def __init__(self, file: Path) -> None:
        path = file.with_name(file.name + ".lock")
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._handle)
            raise StorageError(
                Worded("{file} is in use by another wardline process: stop that one first", file=file)
            ) from None

    def release(self) -> None:
        """Let others have it."""
        os.close(self._handle)


def prepare_file(file: Path) -> None:
    """Make the file, readable for its owner alone, and its folder where they are missing."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        why = Worded(error.strerror or "?")
        raise StorageError(Worded("{file} cannot be opened: {strerror}", file=file, strerror=why)) from error


def open_sqlite(file: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection that commits only when told, and then to the disk. Raises StorageError where that cannot be."""
    connection = sqlite3.connect(
        file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=512
    )
    try:
        mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA cache_size = -32768")  # 32 MiB
        if read_only:
            connection.execute("PRAGMA query_only = ON")
    except sqlite3.Error as error:
        connection.close()
        raise StorageError(Worded("{file} cannot be used: {error}", file=file, error=error)) from error
    if mode != "wal":
        connection.close()
        raise StorageError(
            Worded("{file} lies where SQLite cannot share memory (a network drive?): use a local disk", file=file)
        )
    return connection


def open_postgresql(url: sa.URL) -> "Quick":
    """A connection that begins transactions only when told. Raises StorageError where the server is not to be had."""
    import psycopg  # noqa: PLC0415  # where SQLite is used, it is not needed

    from storage.quick import Quick  # noqa: PLC0415  # psycopg is loaded for PostgreSQL alone

    positional, named = POSTGRESQL.create_connect_args(url)
    named.setdefault("connect_timeout", CONNECT_SECONDS)
    named.setdefault("application_name", "wardline")
    named.setdefault("tcp_user_timeout", SILENCE_MS)
    try:
        return Quick(psycopg.connect(*positional, autocommit=True, **named))
    except psycopg.OperationalError as error:
        where = f"{url.host or 'the local server'}/{url.database}"
        raise StorageError(
            Worded("PostgreSQL at {where} cannot be reached: {error}", where=where, error=error)
        ) from error
