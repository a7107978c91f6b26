"""A store in this process's memory, for simulations and tests: the same promises as a database's, and no disk.

Nothing is written as JSON or encrypted; what is taken back is undone by a journal. `Memory` runs units in the caller's
thread; `storage.memory_session.open_memory` puts the threads, groups and commits of every other store over it.
"""

from collections.abc import Callable
from typing import TypeVar

from storage.base import UnitOfWork
from storage.memory_inbox import MemoryInbox, MemoryWatched
from storage.memory_journal import Journal
from storage.memory_outbox import MemoryOutbox
from storage.memory_people import MemoryAccounts, MemoryBindings, MemoryDrafts, MemoryLeases
from storage.memory_reach import MemoryReaching
from storage.memory_record import MemoryAudit, MemoryFiles, MemoryLedger, MemoryMarks, MemoryRecords, MemoryVersions
from storage.memory_tickets import MemoryTickets

T = TypeVar("T")


class MemoryUnitOfWork(UnitOfWork):
    """All stores over one journal."""

    def __init__(self, journal: Journal) -> None:
        self.inbox = MemoryInbox(journal)
        self.tickets = MemoryTickets(journal)
        self.outbox = MemoryOutbox(journal)
        self.watched = MemoryWatched(journal)
        self.ledger = MemoryLedger(journal)
        self.records = MemoryRecords(journal)
        self.drafts = MemoryDrafts(journal)
        self.bindings = MemoryBindings(journal)
        self.reach = MemoryReaching(journal, self.bindings, self.outbox, self.inbox)
        self.files = MemoryFiles(journal)
        self.accounts = MemoryAccounts(journal)
        self.audit = MemoryAudit(journal)
        self.versions = MemoryVersions(journal)
        self.marks = MemoryMarks(journal)
        self.leases = MemoryLeases(journal)

    def ahead(self, *looks: Callable[[], object]) -> None:
        """Nothing is far away here."""


class Memory:
    """The store. Not thread-safe by itself."""

    def __init__(self) -> None:
        self.journal = Journal()
        self.uow = MemoryUnitOfWork(self.journal)

    def run(self, unit: Callable[[UnitOfWork], T]) -> T:
        """Run a unit and commit it; where it raises, everything in it is taken back."""
        try:
            result = unit(self.uow)
        except BaseException:
            self.journal.back_to(0)
            raise
        self.journal.keep()
        return result

    def savepoint(self, unit: Callable[[UnitOfWork], T]) -> T:
        """Run a unit within another one; where it raises, it alone is taken back."""
        mark = self.journal.mark()
        try:
            return unit(self.uow)
        except BaseException:
            self.journal.back_to(mark)
            raise
