"""Copies of a SQLite database: made while the bot runs, checked, and brought back. PostgreSQL has tools of its own."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sla.worded import Worded
from storage.base import StorageError
from storage.connect import FileLock
from storage.migrate import HEAD

SUFFIXES = ("", "-wal", "-shm")
"""A SQLite database is its file and, while it is in use, these beside it."""


def back_up(database: Path, target: Path) -> None:
    """Write a consistent copy of `database` to the file `target`; the bot may run, and goes on writing meanwhile.

    Raises StorageError when there is no database, the target exists, or the copy is not sound: then there is no target.
    """
    if not database.is_file():
        raise StorageError(Worded("there is no database at {database}: name its folder with --data", database=database))
    if target.exists():
        raise StorageError(Worded("{target} exists already, and is left as it is: name another file", target=target))
    with _part(target) as part:
        _copy(database, part)
        check_copy(part)
        part.rename(target)
        _sync(target.parent)


def restore(copy: Path, database: Path) -> Path | None:
    """Put a copy in the place of `database`; where the old one, kept aside, lies now (None when there was none).

    Raises StorageError while another process uses the database, or when the copy is not sound: then nothing changed.
    """
    if not copy.is_file():
        raise StorageError(Worded("there is no file {copy}", copy=copy))
    database.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(database)
    try:
        with _part(database) as part:
            _copy(copy, part)
            check_copy(part)
            aside = _put_aside(database)
            part.rename(database)
            _sync(database.parent)
            return aside
    finally:
        lock.release()


def check_copy(file: Path) -> None:
    """Raise StorageError unless the file is a sound database of this version of wardline, or an earlier one."""
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                raise StorageError(Worded("the copy is damaged: {found}", found=found))
            versions = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    except sqlite3.Error as error:
        raise StorageError(Worded("this is no database of wardline, or a damaged one: {error}", error=error)) from error
    if not versions or versions[0][0] > HEAD:
        at = versions[0][0] if versions else "nothing"
        raise StorageError(Worded("the copy was made by a later version of wardline (its tables are at {at})", at=at))


def _copy(source: Path, target: Path) -> None:
    """One consistent state of `source`, as one file without anything beside it, on the disk when this returns."""
    try:
        with (
            closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            # All pages in one step: in steps it would begin again whenever the bot writes. Nobody waits for it.
            old.backup(new, pages=-1)
            new.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise StorageError(Worded("{source} could not be copied: {error}", source=source, error=error)) from error
    _sync(target)


@contextmanager
def _part(target: Path) -> Iterator[Path]:
    """A file beside `target` that is for its owner alone; gone afterwards unless it was renamed."""
    part = target.with_name(f"{target.name}.part-{os.getpid()}")
    try:
        os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise StorageError(
            Worded("{part} cannot be written: {strerror}", part=part, strerror=Worded(error.strerror or "?"))
        ) from error
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def _put_aside(database: Path) -> Path | None:
    if not database.exists():
        return None
    number = 1
    while (aside := database.with_name(f"{database.name}.old-{number}")).exists():
        number += 1
    # What lies beside it goes first: the new database must never be taken for the owner of an old -wal.
    for suffix in reversed(SUFFIXES):
        beside = database.with_name(database.name + suffix)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + suffix))
    return aside


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
