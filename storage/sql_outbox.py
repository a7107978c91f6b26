"""待发箱 in SQL. `next_at` is when a waiting row wants to be looked at: for a leased one, when its lease ends."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sla.message import Address, Button, Notice, Purpose, from_json_attachments, to_json_attachments
from storage import schema
from storage.base import Earlier, OutboxRow, unchanged
from storage.database import Database, Row, filled, instant, instant_or_none, micros

PAYLOAD = b"outbox.payload"
WAITING, SENT, UNKNOWN, DEAD, DROPPED = "waiting", "sent", "unknown", "dead", "dropped"
_t = schema.outbox.c
_COLUMNS = (
    _t.id, _t.key, _t.purpose, _t.person, _t.ticket, _t.channel, _t.address, _t.position, _t.payload, _t.created_at,
    _t.state, _t.next_at, _t.tries, _t.fence, _t.sent_at,
)  # fmt: skip  # the order of `_row`
_NEW = (
    "key", "purpose", "rank", "person", "ticket", "channel", "address", "position", "payload", "created_at", "state",
    "next_at", "tries", "fence", "owner",
)  # fmt: skip  # one glance
_ATTEMPT = ("outbox", "fence", "at", "result", "reason", "channel", "address")


class SqlOutbox:
    """`storage.base.Outbox`."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._insert = db.upsert(schema.outbox).inline().on_conflict_do_nothing(index_elements=["key"])
        this = _t.id == sa.bindparam("row")
        held = sa.and_(this, _t.fence == sa.bindparam("held"))
        # Dropped while it was under way: it was delivered all the same, and may be replied to.
        delivered = sa.update(schema.outbox).where(held, _t.state.in_(_words(WAITING, DROPPED)))
        self._sent = db.prepare(delivered, ("state", "sent_at", "provider_id", "tries"))
        waiting = schema.condition(schema.IS_WAITING)
        columns = ("state", "next_at", "tries", "position", "channel", "address")
        self._failed = db.prepare(sa.update(schema.outbox).where(held, waiting), columns)
        untouched = sa.and_(_t.key == sa.bindparam("this"), waiting, _t.fence == 0, _t.next_at > sa.bindparam("new_at"))
        hastened = sa.update(schema.outbox).where(untouched).values(next_at=sa.bindparam("new_at"))
        self._hasten = db.prepare(hastened)
        self._attempt = db.insert(schema.attempts, *_ATTEMPT)
        self._attempts = db.upsert(schema.attempts).inline()
        self._prepare_queries(db)

    def _prepare_queries(self, db: Database) -> None:
        waiting = schema.condition(schema.IS_WAITING)
        self._next = db.prepare(sa.select(sa.func.min(_t.next_at)).where(waiting))
        here = sa.and_(_t.channel == sa.bindparam("channel"), _t.address == sa.bindparam("address"))
        sent = sa.and_(here, schema.condition(schema.IS_SENT))
        most: sa.BindParameter[int] = sa.bindparam("most")
        after = sa.select(*_COLUMNS).where(sent, _t.id > sa.bindparam("after")).order_by(_t.id).limit(most)
        self._after = db.prepare(after)
        self._latest = db.prepare(sa.select(*_COLUMNS).where(sent).order_by(_t.id.desc()).limit(most))
        about = sa.select(_t.ticket).where(sent, _t.provider_id == sa.bindparam("provider_id"))
        this = sa.select(*_COLUMNS, _t.provider_id).where(_t.id == sa.bindparam("row"))
        self._earlier = db.prepare(this.where(schema.condition(schema.IS_SENT)))
        tried = sa.and_(schema.condition(schema.IS_WAITING), _t.fence > 0)
        said = sa.select(*_COLUMNS).where(
            _t.ticket == sa.bindparam("ticket"),
            _t.created_at >= sa.bindparam("since"),
            sa.or_(schema.condition(schema.IS_SENT), tried),
        )
        self._said = db.prepare(said.order_by(_t.id))
        self._ticket_of = db.prepare(about.order_by(_t.id.desc()).limit(1))
        given_up = schema.condition(f"state IN ({schema.quoted(DEAD, UNKNOWN)})")
        self._of_key = db.prepare(sa.select(*_COLUMNS).where(_t.key == sa.bindparam("key")))
        self._dead = db.prepare(sa.select(*_COLUMNS).where(given_up).order_by(_t.id).limit(most))

    def add(self, notices: Iterable[Notice], at: datetime) -> None:
        now = micros(at)
        self._db.insert_all("outbox", self._insert, _NEW, [self._new(notice, now) for notice in notices])

    def _new(self, notice: Notice, now: int) -> dict[str, object]:
        first = notice.addresses[0] if notice.addresses else Address("", "")
        return {
            "key": notice.key,
            "purpose": notice.purpose.value,
            "rank": 0 if notice.purpose is Purpose.PAGE else 1,
            "person": notice.person,
            "ticket": notice.ticket,
            "channel": first.channel,
            "address": first.address,
            "position": 0,
            "payload": self._db.crypt.seal(PAYLOAD, _payload(notice)),
            "created_at": now,
            # A notice without an address can never be sent: it is kept among those that could not be delivered.
            "state": WAITING if notice.addresses else DEAD,
            "next_at": now if notice.not_before is None else max(now, micros(notice.not_before)),
            "tries": 0,
            "fence": 0,
            "owner": "",
        }

    def claim(
        self, owner: str, now: datetime, lease_until: datetime, limit: int, channels: Iterable[str]
    ) -> Sequence[OutboxRow]:
        return self.claim_each(owner, now, lease_until, [(limit, channels)])

    def claim_each(
        self, owner: str, now: datetime, lease_until: datetime, wanted: Iterable[tuple[int, Iterable[str]]]
    ) -> Sequence[OutboxRow]:
        until = micros(lease_until)
        rows = self._due_rows(now, wanted)
        for values in filled([row.id for row in rows]):
            self._db.put(self._db.many("lease", len(values), _lease), until=until, by=owner, **values)
        return [_leased(row, lease_until) for row in rows]

    def take(self, now: datetime, limit: int, channels: Iterable[str]) -> Sequence[OutboxRow]:
        rows, at = self._due_rows(now, [(limit, channels)]), micros(now)
        self._db.insert_all("attempts", self._attempts, _ATTEMPT, [_attempt(row, at, "delivered", "") for row in rows])
        for values in filled([row.id for row in rows]):
            self._db.put(self._db.many("taken", len(values), _taken), at=at, **values)
        return [replace(row, state=SENT, sent_at=now, tries=row.tries + 1) for row in rows]

    def _due_rows(self, now: datetime, wanted: Iterable[tuple[int, Iterable[str]]]) -> list[OutboxRow]:
        due = [
            self._db.ask(self._db.many("claim", len(values), self._due), **values, now=micros(now), most=limit)
            for limit, channels in wanted
            for values in filled(sorted(set(channels)))  # far fewer than fill two pieces
        ]
        return [self._row(row) for answer in due for row in answer()]

    def _due(self, binds: Sequence[sa.BindParameter[str]]) -> sa.Select[tuple[Any, ...]]:
        due = sa.select(*_COLUMNS).where(
            schema.condition(schema.IS_WAITING), _t.next_at <= sa.bindparam("now"), _t.channel.in_(binds)
        )
        ordered = due.order_by(_t.rank, _t.id).limit(sa.bindparam("most"))
        return ordered.with_for_update(skip_locked=True) if self._db.locks else ordered

    def sent(self, row: OutboxRow, at: datetime, provider_id: str) -> bool:
        self._db.put(self._attempt, **_attempt(row, micros(at), "delivered", ""))
        return self._db.run(self._sent, **_delivered(row, micros(at), provider_id)) == 1

    def all_sent(self, deliveries: Sequence[tuple[OutboxRow, datetime, str]]) -> Sequence[bool]:
        attempts = [_attempt(row, micros(at), "delivered", "") for row, at, _ in deliveries]
        self._db.insert_all("attempts", self._attempts, _ATTEMPT, attempts)
        counts = self._db.counts(self._sent, [_delivered(row, micros(at), id) for row, at, id in deliveries])
        return [count == 1 for count in counts]

    def failed(
        self, row: OutboxRow, at: datetime, result: str, reason: str, retry_at: datetime | None, position: int
    ) -> bool:
        self._db.put(self._attempt, **_attempt(row, micros(at), result, reason))
        given_up = UNKNOWN if result == "unknown" else DEAD
        address = row.notice.addresses[position]
        changed = self._db.run(
            self._failed,
            row=row.id,
            held=row.fence,
            state=given_up if retry_at is None else WAITING,
            next_at=micros(at if retry_at is None else retry_at),
            tries=row.tries + 1,
            position=position,
            channel=address.channel,
            address=address.address,
        )
        return changed == 1

    def drop(
        self, ticket: int, purposes: Iterable[str], at: datetime, person: str | None = None, begins: str = ""
    ) -> int:
        values: dict[str, object] = {"this": ticket, "new_state": DROPPED, "new_at": micros(at)}
        if person is not None:
            values["whom"] = person
        if begins:
            values |= {"begins": begins, "signs": len(begins)}
        count = 0
        for piece in filled(sorted(set(purposes))):
            count += self._db.run(self._dropping(len(piece), person is not None, bool(begins)), **values, **piece)
        return count

    def _dropping(self, size: int, of_person: bool, of_key: bool) -> Any:
        def make(binds: Sequence[sa.BindParameter[str]]) -> sa.Update:
            this = sa.update(schema.outbox).where(
                schema.condition(schema.IS_WAITING), _t.ticket == sa.bindparam("this"), _t.purpose.in_(binds)
            )
            this = this.where(_t.person == sa.bindparam("whom")) if of_person else this
            if of_key:  # not LIKE: a key has signs that mean something there
                signs: sa.BindParameter[int] = sa.bindparam("signs", type_=sa.Integer)
                this = this.where(sa.func.substr(_t.key, 1, signs) == sa.bindparam("begins"))
            return this.values(state=sa.bindparam("new_state"), next_at=sa.bindparam("new_at"))

        return self._db.many(("drop", of_person, of_key), size, make)

    def hasten(self, key: str, at: datetime) -> None:
        self._db.put(self._hasten, this=key, new_at=micros(at))

    def next_at(self) -> datetime | None:
        return instant_or_none(self._db.rows(self._next)[0][0])

    def to_address(self, address: Address, after: int, limit: int) -> Sequence[OutboxRow]:
        here: Mapping[str, object] = {"channel": address.channel, "address": address.address, "most": limit}
        if after:
            found = self._db.rows(self._after, **here, after=after)
        else:
            found = self._db.rows(self._latest, **here)[::-1]
        return [self._row(row) for row in found]

    def ticket_of(self, address: Address, provider_id: str) -> int | None:
        found = self._db.one(self._ticket_of, channel=address.channel, address=address.address, provider_id=provider_id)
        return None if found is None else found[0]

    def earlier(self, row: int) -> Earlier | None:
        found = self._db.one(self._earlier, row=row)
        return None if found is None else Earlier(str(found[-1] or ""), self._row(found[:-1]).notice)

    def standing(self, ticket: int, since: datetime) -> Sequence[OutboxRow]:
        found = [self._row(one) for one in self._db.rows(self._said, ticket=ticket, since=micros(since))]
        return unchanged(found)

    def of_key(self, key: str) -> OutboxRow | None:
        found = self._db.one(self._of_key, key=key)
        return None if found is None else self._row(found)

    def dead(self, limit: int) -> Sequence[OutboxRow]:
        return [self._row(row) for row in self._db.rows(self._dead, most=limit)]

    def lag(self, now: datetime) -> float:
        first = self.next_at()
        return max(0.0, (now - first).total_seconds()) if first else 0.0

    def _row(self, found: Row) -> OutboxRow:
        id, key, purpose, person, ticket, channel, address, position, payload = found[:9]
        created_at, state, next_at, tries, fence, sent_at = found[9:]
        kept = self._db.crypt.open_map(PAYLOAD, payload)
        notice = Notice(
            key=key,
            purpose=Purpose(purpose),
            addresses=tuple(Address(*one) for one in kept["addresses"]),
            text=kept["text"],
            buttons=tuple(tuple(Button(*button) for button in row) for row in kept["buttons"]),
            person=person,
            ticket=ticket,
            not_before=instant_or_none(kept["not_before"]),
            sound=kept["sound"],
            attachments=from_json_attachments(kept.get("attachments", ())),  # older rows have none
            changes=kept.get("changes", 0),
            settles=kept.get("settles", ""),
        )
        at = Address(channel, address) if notice.addresses else None
        return OutboxRow(
            id, notice, instant(created_at), state, tries, position, fence, instant(next_at),
            instant_or_none(sent_at), at,
        )  # fmt: skip  # the order of the columns


def _words(*states: str) -> list[sa.ColumnElement[str]]:
    return [sa.literal_column(f"'{state}'") for state in states]


def _leased(row: OutboxRow, until: datetime) -> OutboxRow:
    return OutboxRow(
        row.id, row.notice, row.created_at, row.state, row.tries, row.position, row.fence + 1, until, None, row.address
    )


def _attempt(row: OutboxRow, at: int, result: str, reason: str) -> dict[str, object]:
    address = row.address or row.notice.addresses[row.position]
    return {
        "outbox": row.id,
        "fence": row.fence,
        "at": at,
        "result": result,
        "reason": reason,
        "channel": address.channel,
        "address": address.address,
    }


def _delivered(row: OutboxRow, at: int, provider_id: str) -> dict[str, object]:
    return {
        "row": row.id,
        "held": row.fence,
        "state": SENT,
        "sent_at": at,
        "provider_id": provider_id,
        "tries": row.tries + 1,
    }


def _lease(binds: Sequence[sa.BindParameter[int]]) -> sa.Update:
    """Rows that this transaction has locked."""
    taken = sa.update(schema.outbox).where(_t.id.in_(binds))
    return taken.values(next_at=sa.bindparam("until"), fence=_t.fence + 1, owner=sa.bindparam("by"))


def _taken(binds: Sequence[sa.BindParameter[int]]) -> sa.Update:
    """Rows that this transaction has locked, and that are sent under their own ids."""
    taken = sa.update(schema.outbox).where(_t.id.in_(binds))
    own = sa.cast(_t.id, sa.Text)
    return taken.values(state=SENT, sent_at=sa.bindparam("at"), provider_id=own, tries=_t.tries + 1)


def _payload(notice: Notice) -> dict[str, object]:
    files = {"attachments": to_json_attachments(notice.attachments)} if notice.attachments else {}
    settles = {"changes": notice.changes, "settles": notice.settles} if notice.changes else {}
    return {
        "text": notice.text,
        "addresses": [[one.channel, one.address] for one in notice.addresses],
        "buttons": [[[button.label, button.action] for button in row] for row in notice.buttons],
        "not_before": micros(notice.not_before) if notice.not_before else None,
        "sound": notice.sound,
        **files,
        **settles,
    }
