"""One UnitOfWork for SQLite and PostgreSQL, and the leases beside it."""

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from storage import schema
from storage.base import UnitOfWork
from storage.database import Database, micros
from storage.sql_inbox import SqlInbox, SqlWatched
from storage.sql_outbox import SqlOutbox
from storage.sql_people import SqlAccounts, SqlBindings, SqlDrafts
from storage.sql_reach import SqlReaching
from storage.sql_record import SqlAudit, SqlFiles, SqlLedger, SqlMarks, SqlVersions
from storage.sql_records import SqlRecords
from storage.sql_tickets import SqlTickets

_l = schema.leases.c


class SqlLeases:
    """Names that one owner at a time holds, each time under a higher fence."""

    def __init__(self, db: Database) -> None:
        self._db = db
        free = db.upsert(schema.leases)
        mine = sa.or_(_l.until <= sa.bindparam("now"), _l.owner == free.excluded.owner)
        changed = {"owner": free.excluded.owner, "fence": _l.fence + 1, "until": free.excluded.until}
        taken = free.on_conflict_do_update(index_elements=["name"], set_=changed, where=mine).returning(_l.fence)
        self._acquire = db.prepare(taken, ("name", "owner", "fence", "until"))
        mine = sa.and_(_l.name == sa.bindparam("this"), _l.owner == sa.bindparam("by"))
        held = sa.and_(mine, _l.fence == sa.bindparam("held"))
        still = sa.and_(held, _l.until > sa.bindparam("now"))
        self._renew = db.prepare(sa.update(schema.leases).where(still), ("until",))
        self._release = db.prepare(sa.update(schema.leases).where(held), ("until",))

    def acquire(self, name: str, owner: str, now: datetime, until: datetime) -> int | None:
        """The fence under which `owner` holds `name` from now on; None while somebody else does."""
        found = self._db.one(self._acquire, name=name, owner=owner, fence=1, until=micros(until), now=micros(now))
        return None if found is None else int(found[0])

    def renew(self, name: str, owner: str, fence: int, now: datetime, until: datetime) -> bool:
        """Hold it until `until`; False when it ran out or somebody else holds it."""
        return self._db.run(self._renew, this=name, by=owner, held=fence, now=micros(now), until=micros(until)) == 1

    def release(self, name: str, owner: str, fence: int) -> None:
        """Give it up; nothing happens where somebody else holds it."""
        self._db.run(self._release, this=name, by=owner, held=fence, until=0)


class SqlUnitOfWork(UnitOfWork):
    """All stores on one connection. Made once a connection: a unit costs nothing to begin."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.inbox = SqlInbox(db)
        self.tickets = SqlTickets(db)
        self.outbox = SqlOutbox(db)
        self.watched = SqlWatched(db)
        self.ledger = SqlLedger(db)
        self.records = SqlRecords(db)
        self.drafts = SqlDrafts(db)
        self.bindings = SqlBindings(db)
        self.reach = SqlReaching(db)
        self.files = SqlFiles(db)
        self.accounts = SqlAccounts(db)
        self.audit = SqlAudit(db)
        self.versions = SqlVersions(db)
        self.marks = SqlMarks(db)
        self.leases = SqlLeases(db)

    def ahead(self, *looks: Callable[[], object]) -> None:
        """`storage.base.UnitOfWork.ahead`."""
        self.db.ahead(looks)
