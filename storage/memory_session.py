"""The store in memory behind the writer of every other store: the same threads, groups, savepoints and readers."""

import threading
from collections.abc import Callable
from typing import TypeVar

from storage.base import StorageError, UnitOfWork
from storage.memory import Memory, MemoryUnitOfWork
from storage.session import Fault, fault_of
from storage.writer import GROUP_SQLITE, Store, Writer

T = TypeVar("T")


class MemorySession:
    """Transactions on a store in memory, one at a time: whoever begins waits for the one before."""

    gone = False

    def __init__(self, memory: Memory, turn: threading.Lock, *, read_only: bool = False) -> None:
        self._memory, self._turn, self._read_only = memory, turn, read_only

    @property
    def uow(self) -> MemoryUnitOfWork:
        """The stores."""
        return self._memory.uow

    def begin(self, *, careful: bool = False) -> None:  # noqa: ARG002  # a mistake is found at once here
        """Begin a transaction."""
        self._turn.acquire()

    def settle(self) -> None:
        """Raises StorageError where a reader wrote."""
        if self._read_only and self._memory.journal.mark():
            raise StorageError("the store is read-only here, and something was written")

    def savepoint(self, unit: Callable[[UnitOfWork], T]) -> T:
        """Run a unit within the transaction; if it raises, it alone is taken back."""
        try:
            return self._memory.savepoint(unit)
        except Exception as error:
            fault: Fault | None = fault_of(error)
            if fault is None:
                raise
            raise fault from error

    def commit(self) -> None:
        """Keep what was changed."""
        self._memory.journal.keep()
        self._turn.release()

    def rollback(self) -> None:
        """Take everything back."""
        self._memory.journal.back_to(0)
        self._turn.release()

    def close(self) -> None:
        """Nothing to let go of."""


def open_memory() -> Store:
    """An empty store, gone with the process."""
    memory, turn = Memory(), threading.Lock()
    writer = Writer([MemorySession(memory, turn)], GROUP_SQLITE)
    return Store(writer, lambda: MemorySession(memory, turn, read_only=True), None)
