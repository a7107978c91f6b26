"""收件箱 and the index of what to look at next, in SQL."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from sla.message import Address, Inbound, from_json_inbound, to_json_inbound
from storage import schema
from storage.base import InboxRow
from storage.database import Database, Row, instant, micros

PAYLOAD = b"inbox.payload"
_t = schema.inbox.c
_w = schema.watched.c
_COLUMNS = (_t.id, _t.payload, _t.received_at, _t.state, _t.reason, _t.ticket)


class SqlInbox:
    """`storage.base.Inbox`."""

    def __init__(self, db: Database) -> None:
        self._db = db
        kept = db.upsert(schema.inbox).on_conflict_do_nothing(index_elements=["channel", "key"]).returning(_t.id)
        columns = ("channel", "key", "sender", "payload", "received_at", "state", "reason")
        self._add = db.prepare(kept, columns)
        one = sa.select(*_COLUMNS).where(_t.id == sa.bindparam("id"))
        self._get = db.prepare(one.with_for_update() if db.locks else one)
        new = sa.select(*_COLUMNS).where(schema.condition(schema.IS_NEW)).order_by(_t.id)
        self._unhandled = db.prepare(new.limit(sa.bindparam("most")))
        change = sa.update(schema.inbox).where(_t.id == sa.bindparam("row"))
        self._handled = db.prepare(change, ("state", "handled_at", "reason", "ticket"))
        self._aside = db.prepare(change, ("state", "handled_at", "reason"))
        whose = sa.func.hashtextextended(sa.bindparam("whose", type_=sa.Text), 0)
        self._alone = db.prepare(sa.select(sa.func.pg_advisory_xact_lock(whose))) if db.locks else None
        here = sa.and_(_t.channel == sa.bindparam("channel"), _t.sender == sa.bindparam("sender"))
        latest = sa.select(*_COLUMNS).where(here).order_by(_t.id.desc()).limit(sa.bindparam("most"))
        self._of_sender = db.prepare(latest)

    def add(self, inbound: Inbound, received_at: datetime) -> int | None:
        found = self._db.one(
            self._add,
            channel=inbound.channel,
            key=inbound.key,
            sender=inbound.sender,
            payload=self._db.crypt.seal(PAYLOAD, to_json_inbound(inbound)),
            received_at=micros(received_at),
            state="new",
            reason="",
        )
        return None if found is None else int(found[0])

    def get(self, row: int) -> InboxRow | None:
        found = self._db.one(self._get, id=row)
        return None if found is None else self._row(found)

    def unhandled(self, limit: int) -> Sequence[InboxRow]:
        return [self._row(found) for found in self._db.rows(self._unhandled, most=limit)]

    def done(self, row: int, at: datetime, ticket: int | None) -> None:
        self._db.put(self._handled, row=row, state="done", handled_at=micros(at), reason="", ticket=ticket)

    def set_aside(self, row: int, at: datetime, reason: str) -> None:
        self._db.put(self._aside, row=row, state="aside", handled_at=micros(at), reason=reason)

    def alone(self, address: Address) -> None:
        if self._alone:  # elsewhere one process writes, one unit at a time
            self._db.put(self._alone, whose=f"{address.channel}:{address.address}")

    def of_sender(self, address: Address, limit: int) -> Sequence[InboxRow]:
        found = self._db.rows(self._of_sender, channel=address.channel, sender=address.address, most=limit)
        return [self._row(one) for one in reversed(found)]

    def _row(self, found: Row) -> InboxRow:
        id, payload, received_at, state, reason, ticket = found
        inbound = from_json_inbound(self._db.crypt.open_map(PAYLOAD, payload))
        return InboxRow(id, inbound, instant(received_at), state, reason, ticket)


class SqlWatched:
    """`storage.base.Watched`."""

    def __init__(self, db: Database) -> None:
        self._db = db
        put = db.upsert(schema.watched)
        put = put.on_conflict_do_update(index_elements=["kind", "subject"], set_={"next_look": put.excluded.next_look})
        self._put = db.prepare(put, ("kind", "subject", "next_look"))
        this = sa.and_(_w.kind == sa.bindparam("kind"), _w.subject == sa.bindparam("subject"))
        self._remove = db.prepare(sa.delete(schema.watched).where(this))
        due = sa.select(_w.kind, _w.subject).where(_w.next_look <= sa.bindparam("now"))
        ordered = due.order_by(_w.next_look).limit(sa.bindparam("most"))
        of_kind = due.where(_w.kind == sa.bindparam("kind")).order_by(_w.next_look).limit(sa.bindparam("most"))
        if db.locks:
            ordered, of_kind = ordered.with_for_update(skip_locked=True), of_kind.with_for_update(skip_locked=True)
        self._claim, self._claim_kind = db.prepare(ordered), db.prepare(of_kind)
        self._next = db.prepare(sa.select(sa.func.min(_w.next_look)))

    def put(self, kind: str, subject: str, next_look: datetime | None) -> None:
        if next_look is None:
            self._db.put(self._remove, kind=kind, subject=subject)
        else:
            self._db.put(self._put, kind=kind, subject=subject, next_look=micros(next_look))

    def claim(self, now: datetime, limit: int, kind: str | None = None) -> Sequence[tuple[str, str]]:
        if kind is None:
            found = self._db.rows(self._claim, now=micros(now), most=limit)
        else:
            found = self._db.rows(self._claim_kind, now=micros(now), most=limit, kind=kind)
        return [(of, subject) for of, subject in found]

    def next_look(self) -> datetime | None:
        found = self._db.rows(self._next)
        return None if found[0][0] is None else instant(found[0][0])
