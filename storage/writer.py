"""The store: units of work run in threads, committed in groups, and told to their callers once that is sure.

Whatever waits when a thread is free goes into one transaction, each unit in a SAVEPOINT of its own; one COMMIT serves
them all. There is one writing thread; where there are more, units of the same `order` go through the same one, in their
order. A group that the database refuses is run again, one unit a commit: units see nothing but the database,
so running one again does no harm.
"""

import asyncio
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

from storage.base import StorageError, UnitOfWork
from storage.connect import FileLock, open_postgresql, open_sqlite, prepare_file, read_url, sqlite_file
from storage.crypt import Crypt
from storage.database import POSTGRESQL, SQLITE
from storage.jobs import Job, Pair, PairJob, Transactions, run_group
from storage.keys import check_keys
from storage.migrate import migrate
from storage.session import Session, fault_of

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")
GROUP_SQLITE = 128
GROUP_POSTGRESQL = 64
THREADS_POSTGRESQL = 1
"""Statements go out in a pipeline, so that one connection keeps its server busy: more of them make smaller groups, more
commits, and threads that wait for each other. With two or three the throughput was the same within the noise, the p99
mostly longer."""
READERS = 2

log = logging.getLogger(__name__)


class Writer:
    """Runs units. Thread-safe; what is given to it is run in the order in which it came (a thread, an order)."""

    def __init__(self, sessions: Sequence[Transactions], group: int) -> None:
        self._lanes = [_Lane(session, group) for session in sessions]
        self._turn = count()

    def run(self, unit: Callable[[UnitOfWork], T], order: str = "") -> "asyncio.Future[T]":
        """Run a unit; awaitable in the running event loop. Raises what the unit raised, after taking it back, or
        StorageError when the database refused. A caller who stops waiting does not stop the unit."""
        waiting: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._lane(order).put(Job(unit, waiting))
        return waiting

    def run_pair(
        self,
        first: Callable[[UnitOfWork], A],
        second: Callable[[UnitOfWork, A], B],
        on_error: Callable[[UnitOfWork, A, Exception], object],
        order: str = "",
    ) -> "asyncio.Future[Pair[A, B]]":
        """Two units in one commit. When `second` raises, it is taken back, `first` stays, and `on_error` is run as a
        third unit. When the database refuses `second`, `first` is still kept: then the error is a StorageError and
        nothing was told. Raises only when `first` was not kept."""
        waiting: asyncio.Future[Pair[A, B]] = asyncio.get_running_loop().create_future()
        self._lane(order).put(PairJob(first, second, on_error, waiting))
        return waiting

    def run_sync(self, unit: Callable[[UnitOfWork], T], order: str = "") -> T:
        """`run` for threads without an event loop. Not to be called within a unit: it would wait for itself."""
        waiting: Future[T] = Future()
        self._lane(order).put(Job(unit, waiting))
        return waiting.result()

    def counted(self) -> tuple[int, int]:
        """(commits, units in them) since the start."""
        return sum(lane.commits for lane in self._lanes), sum(lane.units for lane in self._lanes)

    def close(self) -> None:
        """Finish what was given, then end."""
        for lane in self._lanes:
            lane.close()

    def _lane(self, order: str) -> "_Lane":
        lanes = self._lanes
        if len(lanes) == 1:
            return lanes[0]
        return lanes[hash(order) % len(lanes) if order else next(self._turn) % len(lanes)]


class _Lane:
    """One thread with one connection."""

    def __init__(self, session: Transactions, group: int) -> None:
        self.commits = self.units = 0
        self._session, self._group = session, group
        self._waiting: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._open = True
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    def put(self, job: Job) -> None:
        if not self._open:
            raise StorageError("the store is closed")
        if threading.current_thread() is self._thread:
            raise RuntimeError("a unit of work cannot wait for another one")
        self._waiting.put(job)

    def close(self) -> None:
        if self._open:
            self._open = False
            self._waiting.put(None)
            self._thread.join()
            self._session.close()

    def _work(self) -> None:
        while jobs := self._take():
            try:
                self.commits += run_group(self._session, jobs)
            except BaseException as error:  # a fault of this program: nobody is left waiting
                log.exception("writer_failed")
                for job in jobs:
                    job.error = StorageError(f"the writer failed: {error!r}")
            self.units += len(jobs)
            _settle(jobs)

    def _take(self) -> list[Job]:
        """Whatever waits, at most a group; empty when it is time to end."""
        first = self._waiting.get()
        jobs = [first] if first else []
        while jobs and len(jobs) < self._group:
            try:
                job = self._waiting.get_nowait()
            except queue.Empty:
                break
            if job is None:
                self._waiting.put(None)
                break
            jobs.append(job)
        return jobs


def _settle(jobs: Sequence[Job]) -> None:
    """Tell the callers: one call into each event loop, however many wait there."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Job]] = {}
    for job in jobs:
        if isinstance(job.waiting, Future):
            _finish(job)
        else:
            by_loop.setdefault(job.waiting.get_loop(), []).append(job)
    for loop, waiting in by_loop.items():
        try:
            loop.call_soon_threadsafe(_finish_all, waiting)
        except RuntimeError:  # the loop is closed, and nobody waits in it any more
            log.warning("nobody_waits", extra={"units": len(waiting)})


def _finish_all(jobs: Sequence[Job]) -> None:
    for job in jobs:
        if not job.waiting.done():  # cancelled: the caller went away
            _finish(job)


def _finish(job: Job) -> None:
    if job.error is None:
        job.waiting.set_result(job.result)
    else:
        job.waiting.set_exception(job.error)


class Store:
    """An open database: `writer` for units that change something, `read` for looking only."""

    def __init__(self, writer: Writer, reader: Callable[[], Transactions], lock: FileLock | None) -> None:
        self.writer = writer
        self._lock = lock
        self._reader = reader
        self._free: queue.SimpleQueue[Transactions] = queue.SimpleQueue()
        self._made: list[Transactions] = []
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="reader")

    def read(self, look: Callable[[UnitOfWork], T]) -> "asyncio.Future[T]":
        """Run `look` in another thread, on one consistent state, without waiting for the writers. Whatever it returns
        must be complete: a generator cannot be read on afterwards."""
        return asyncio.wrap_future(self._threads.submit(self.read_sync, look))

    def read_sync(self, look: Callable[[UnitOfWork], T]) -> T:
        """`read` in this thread. Raises StorageError when the database failed, or when `look` tried to write."""
        try:
            session = self._free.get_nowait()
        except queue.Empty:
            session = self._reader()
            self._made.append(session)
        try:
            session.begin()
            try:
                found = look(session.uow)
                session.settle()
                return found
            except Exception as error:
                raise fault_of(error) or error from error
            finally:
                session.rollback()
        finally:
            self._free.put(session)

    def close(self) -> None:
        """Finish what was begun and let go of the database."""
        self.writer.close()
        self._threads.shutdown()
        for session in self._made:
            session.close()
        if self._lock:
            self._lock.release()


def open_store(url: str, keys: str, *, alone: bool = True) -> Store:
    """Open the database at an SQLAlchemy address, made or upgraded where necessary.

    `keys` is the ring (`storage.crypt`). A SQLite file is held against other processes for as long as it is open; only
    commands that write a word beside a running bot come in all the same (`alone` False). Raises StorageError, with what
    to do, when another process has it or it cannot be used; KeyProblem when the keys are not those of this database.
    """
    crypt, read = Crypt(keys), read_url(url)
    if read.get_backend_name() == "sqlite":
        return _open_file(read, crypt, alone=alone)
    open_postgresql(read).close()  # says in plain words when it cannot be reached
    _migrated(read)
    sessions = [Session(lambda: open_postgresql(read), POSTGRESQL, crypt) for _ in range(THREADS_POSTGRESQL)]
    return _checked(sessions, GROUP_POSTGRESQL, lambda: _reader_postgresql(read, crypt), None)


def open_writer(url: str, keys: str) -> Writer | None:
    """Another writer beside that of an open store, for short units that must not wait for its groups, nor these for
    them; None for SQLite, which has one. Raises StorageError."""
    crypt, read = Crypt(keys), read_url(url)
    if read.get_backend_name() == "sqlite":
        return None
    return Writer([Session(lambda: open_postgresql(read), POSTGRESQL, crypt)], GROUP_POSTGRESQL)


def _open_file(url: sa.URL, crypt: Crypt, *, alone: bool) -> Store:
    file = sqlite_file(url)
    prepare_file(file)
    lock = _lock(file, needed=alone)
    try:
        open_sqlite(file).close()
        _migrated(url, allowed=lock is not None)
        session = Session(lambda: open_sqlite(file), SQLITE, crypt)
        return _checked([session], GROUP_SQLITE, lambda: _reader_sqlite(file, crypt), lock)
    except BaseException:
        if lock:
            lock.release()
        raise


def _lock(file: Path, *, needed: bool) -> FileLock | None:
    try:
        return FileLock(file)
    except StorageError:
        if needed:
            raise
        return None  # beside a bot that runs


def _checked(sessions: Sequence[Session], group: int, reader: Callable[[], Session], lock: FileLock | None) -> Store:
    try:
        check_keys(sessions[0])
    except BaseException:
        for session in sessions:
            session.close()
        raise
    return Store(Writer(sessions, group), reader, lock)


def _migrated(url: sa.URL, *, allowed: bool = True) -> None:
    try:
        migrate(url, allowed=allowed)
    except (sa.exc.DBAPIError, sqlite3.Error) as error:
        raise StorageError(f"the tables could not be made or upgraded: {error}") from error


def _reader_sqlite(file: Path, crypt: Crypt) -> Session:
    return Session(lambda: open_sqlite(file, read_only=True), SQLITE, crypt, read_only=True)


def _reader_postgresql(url: sa.URL, crypt: Crypt) -> Session:
    return Session(lambda: open_postgresql(url), POSTGRESQL, crypt, read_only=True)
