"""A connection on which units are run: transactions, savepoints, and what to make of the database's errors."""

import sqlite3
import sys
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.engine.default import DefaultDialect

from storage.base import StorageError
from storage.crypt import Crypt
from storage.database import SQLITE, Astray, Database
from storage.sql import SqlUnitOfWork
from storage.sql_tickets import Conflict

T = TypeVar("T")
DOUBT_TRIES = 50
DOUBT_PAUSE = 0.1  # seconds between two questions whether a commit came through


class Fault(StorageError):
    """The database failed under a unit, which is not to blame. `again`: it may well succeed when tried again.
    `in_doubt`: nobody knows whether it was kept, so that it must not be run again."""

    def __init__(self, message: str, *, again: bool, in_doubt: bool = False) -> None:
        super().__init__(message)
        self.again, self.in_doubt = again, in_doubt


class Session:
    """A connection and the stores on it, for one thread at a time."""

    def __init__(
        self, connect: Callable[[], Any], dialect: DefaultDialect, crypt: Crypt, *, read_only: bool = False
    ) -> None:
        self._connect = connect
        self.db = Database(connect(), dialect, crypt, locks=not read_only and dialect is not SQLITE)
        self.uow = SqlUnitOfWork(self.db)
        self._careful = False
        self._begin = _BEGIN[self.db.is_sqlite, read_only]

    @property
    def gone(self) -> bool:
        """Whether the server is not to be had."""
        return not self.db.is_sqlite and bool(self.db.raw.closed)

    def begin(self, *, careful: bool = False) -> None:
        """Begin a transaction, on a new connection where the old one broke. `careful`: what the database objects to is
        found out before a unit ends, and is its own error. Otherwise it may be found out later (PostgreSQL): then it
        is a Fault of the transaction, and who is to blame shows when each unit is run alone and carefully."""
        self._careful = careful
        try:
            if self.gone:
                self.db.raw = self._connect()
            self.db.begin(self._begin)
        except Exception as error:
            raise fault_of(error) or error from error

    def rollback(self) -> None:
        """Take everything back. Whatever state the connection is in, the next `begin` works."""
        try:
            if self.db.is_sqlite:
                self.db.raw.execute("ROLLBACK")
            else:
                self.db.raw.rollback()
        except Exception as error:
            if fault_of(error) is None:
                raise
            self._renew()  # no transaction is open any more, or the connection is gone

    def commit(self) -> None:
        """Commit, and be sure of it. Raises Fault when it was not committed."""
        if self.db.is_sqlite:
            self._commit_sqlite()
        else:
            self._commit_postgresql()

    def savepoint(self, unit: Callable[[SqlUnitOfWork], T]) -> T:
        """Run a unit within the transaction; if it raises, it alone is taken back. Raises Fault for the database's
        own errors: then the transaction is lost."""
        try:
            return self._within(unit)
        except Exception as error:
            fault = fault_of(error)
            if fault is None:
                raise
            raise fault from error

    def settle(self) -> None:
        """Find out by now what the database objects to in what was asked so far."""
        self.db.settle()

    def close(self) -> None:
        """End the connection."""
        self.db.raw.close()

    def _within(self, unit: Callable[[SqlUnitOfWork], T]) -> T:
        self.db.queue("SAVEPOINT unit")
        self.db.unit_begins()
        try:
            result = unit(self.uow)
            if self._careful:
                self.db.settle()
        except Exception as error:
            if fault_of(error) is None:
                self.db.forget()
                self.db.queue("ROLLBACK TO unit")
                self.db.queue("RELEASE unit")
            raise
        self.db.queue("RELEASE unit")
        return result

    def _renew(self) -> None:
        if self.db.is_sqlite:
            if self.db.raw.in_transaction:
                self.db.raw.close()
                self.db.raw = self._connect()
        else:
            self.db.raw.close()  # `begin` connects again, and says so if it cannot

    def _commit_sqlite(self) -> None:
        # A full disk may have rolled everything back under a unit that swallowed the error.
        if not self.db.raw.in_transaction:
            raise Fault("the database gave up the transaction", again=False)
        try:
            self.db.raw.execute("COMMIT")
        except sqlite3.Error as error:
            raise fault_of(error) or error from error
        if self.db.raw.in_transaction:
            raise Fault("the transaction was not committed", again=False)

    def _commit_postgresql(self) -> None:
        number = self.db.number()
        self.db.raw.mark()  # what the last unit left in the queue is not the commit's fault
        try:
            number = number or self.db.execute("SELECT pg_current_xact_id_if_assigned()::text")[0][0]
            if self.db.raw.commit().statusmessage != "COMMIT":
                raise Fault("the transaction was rolled back instead of committed", again=True)
        except Fault:
            raise
        except Exception as error:
            if number is None or not self.db.raw.closed:
                raise fault_of(error) or error from error
            self.ask_about(number, error)

    def ask_about(self, number: str, error: Exception) -> None:
        """The connection broke during the commit: ask the server, once it answers, what became of it."""
        pause = threading.Event()
        for _ in range(DOUBT_TRIES):
            try:
                self.db.raw.close()
                self.db.raw = self._connect()
                self.db.raw.execute(_END_OF_OLD, (number,))
                (found,) = self.db.raw.execute("SELECT pg_xact_status($1::text::xid8)", (number,)).fetchall()[0]
            except Exception as again:
                if fault_of(again) is None:
                    raise
            else:
                if found == "committed":
                    return
                if found == "aborted":
                    raise Fault("the connection broke, nothing was committed", again=True) from error
            pause.wait(DOUBT_PAUSE)
        why = "the connection broke during the commit; the server does not say what became of it"
        raise Fault(why, again=False, in_doubt=True)


# The old connection may still wait for a lock, with our COMMIT behind it: it would commit once we are told otherwise.
_END_OF_OLD = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_xid = ($1::text::xid8)::xid"
_BEGIN = {
    # (SQLite, for reading alone)
    (True, False): "BEGIN IMMEDIATE",
    (True, True): "BEGIN",
    (False, False): "BEGIN ISOLATION LEVEL READ COMMITTED",
    (False, True): "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
}


def fault_of(error: Exception) -> Fault | None:
    """The database's own failure in this error; None where the unit is to blame for it (a key twice, a wrong type)."""
    if isinstance(error, Fault):
        return error
    if isinstance(error, Conflict | Astray):
        return Fault(str(error), again=True)
    if isinstance(error, StorageError):
        return Fault(str(error), again=False)
    if isinstance(error, sqlite3.Error):
        ours = (
            isinstance(error, sqlite3.OperationalError | sqlite3.InternalError) or type(error) is sqlite3.DatabaseError
        )
        return Fault(f"the database failed: {error}", again="locked" in str(error)) if ours else None
    psycopg = sys.modules.get("psycopg")  # not imported: then it is not psycopg's
    if psycopg and isinstance(error, psycopg.OperationalError | psycopg.InternalError):
        full = isinstance(error, psycopg.errors.DiskFull)
        return Fault(f"the database failed: {error}", again=not full)
    return None
