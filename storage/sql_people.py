"""Open questions, bound addresses, and log-in, in SQL."""

import hmac
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from sla.message import Address
from storage import schema
from storage.base import Draft
from storage.database import Database, instant, micros

DATA = b"drafts.data"
WRONG_TRIES = 5
_d = schema.drafts.c
_b = schema.bindings.c
_c = schema.codes.c
_p = schema.passwords.c
_l = schema.links.c
_s = schema.sessions.c


class SqlDrafts:
    """`storage.base.Drafts`."""

    def __init__(self, db: Database) -> None:
        self._db = db
        here = sa.and_(_d.channel == sa.bindparam("channel"), _d.address == sa.bindparam("address"))
        found = sa.select(_d.kind, _d.data, _d.expires_at).where(here, _d.expires_at > sa.bindparam("now"))
        self._get = db.prepare(found)
        put = db.upsert(schema.drafts)
        changed = {name: put.excluded[name] for name in ("kind", "data", "expires_at")}
        put = put.on_conflict_do_update(index_elements=["channel", "address"], set_=changed)
        self._put = db.prepare(put, ("channel", "address", "kind", "data", "expires_at"))
        self._remove = db.prepare(sa.delete(schema.drafts).where(here))

    def get(self, address: Address, now: datetime) -> Draft | None:
        found = self._db.one(self._get, channel=address.channel, address=address.address, now=micros(now))
        if found is None:
            return None
        kind, data, expires_at = found
        return Draft(kind, self._db.crypt.open_map(DATA, data), instant(expires_at))

    def put(self, address: Address, draft: Draft) -> None:
        self._db.put(
            self._put,
            channel=address.channel,
            address=address.address,
            kind=draft.kind,
            data=self._db.crypt.seal(DATA, dict(draft.data)),
            expires_at=micros(draft.expires_at),
        )

    def remove(self, address: Address) -> None:
        self._db.put(self._remove, channel=address.channel, address=address.address)


class SqlBindings:
    """`storage.base.Bindings`."""

    def __init__(self, db: Database) -> None:
        self._db = db
        here = sa.and_(_b.channel == sa.bindparam("channel"), _b.address == sa.bindparam("address"))
        self._person_of = db.prepare(sa.select(_b.person).where(here))
        of_person = sa.select(_b.channel, _b.address).where(_b.person == sa.bindparam("person"))
        self._addresses_of = db.prepare(of_person.order_by(_b.at.desc(), _b.channel, _b.address))
        bind = db.upsert(schema.bindings)
        changed = {"person": bind.excluded.person, "at": bind.excluded.at}
        bind = bind.on_conflict_do_update(index_elements=["channel", "address"], set_=changed)
        self._bind = db.prepare(bind, ("channel", "address", "person", "at"))
        self._unbind = db.prepare(sa.delete(schema.bindings).where(here))
        self._prepare_codes(db)
        self._known: dict[str, Sequence[Address]] = {}  # in this transaction: the same few are paged by all its units
        self._known_in = -1

    def _prepare_codes(self, db: Database) -> None:
        self._add_code = db.insert(schema.codes, "staff_number", "code_hash", "expires_at", "tries")
        of_number = _c.staff_number == sa.bindparam("number")
        valid = sa.select(_c.id, _c.code_hash).where(of_number, _c.expires_at > sa.bindparam("now"))
        self._codes = db.prepare(valid.order_by(_c.id).with_for_update())
        self._use = db.prepare(sa.delete(schema.codes).where(_c.id == sa.bindparam("id")))
        self._wrong = db.prepare(sa.update(schema.codes).where(of_number).values(tries=_c.tries + 1))
        used_up = sa.or_(_c.tries >= sa.bindparam("most"), _c.expires_at <= sa.bindparam("now"))
        self._end = db.prepare(sa.delete(schema.codes).where(of_number, used_up))

    def person_of(self, address: Address) -> str | None:
        found = self._db.one(self._person_of, channel=address.channel, address=address.address)
        return None if found is None else str(found[0])

    def addresses_of(self, person: str) -> Sequence[Address]:
        """The latest bound first."""
        if self._known_in != self._db.state:
            self._known, self._known_in = {}, self._db.state
        found = self._known.get(person)
        if found is None:
            rows = self._db.rows(self._addresses_of, person=person)
            found = self._known[person] = tuple(Address(*row) for row in rows)
        return found

    def bind(self, person: str, address: Address, at: datetime) -> None:
        self._db.state += 1
        self._db.put(self._bind, channel=address.channel, address=address.address, person=person, at=micros(at))

    def unbind(self, address: Address) -> None:
        self._db.state += 1
        self._db.put(self._unbind, channel=address.channel, address=address.address)

    def add_code(self, staff_number: str, code_hash: str, expires_at: datetime) -> None:
        values = {"code_hash": code_hash, "expires_at": micros(expires_at), "tries": 0}
        self._db.put(self._add_code, staff_number=staff_number, **values)

    def take_code(self, staff_number: str, code_hash: str, now: datetime) -> bool:
        at = micros(now)
        codes = self._db.rows(self._codes, number=staff_number, now=at)
        for id, expected in codes:
            if hmac.compare_digest(expected.encode(), code_hash.encode()):
                self._db.put(self._use, id=id)
                return True
        self._db.put(self._wrong, number=staff_number)
        self._db.put(self._end, number=staff_number, most=WRONG_TRIES, now=at)
        return False


class SqlAccounts:
    """`storage.base.Accounts`."""

    def __init__(self, db: Database) -> None:
        self._db = db
        put = db.upsert(schema.passwords)
        put = put.on_conflict_do_update(
            index_elements=["person"], set_={"hash": put.excluded.hash, "at": put.excluded.at}
        )
        self._set_password = db.prepare(put, ("person", "hash", "at"))
        self._password_of = db.prepare(sa.select(_p.hash).where(_p.person == sa.bindparam("person")))
        self._add_link = db.insert(schema.links)
        taken = sa.delete(schema.links).where(_l.token_hash == sa.bindparam("token_hash"))
        self._take_link = db.prepare(taken.returning(_l.person, _l.expires_at))
        self._add_session = db.insert(schema.sessions)
        valid = sa.and_(_s.token_hash == sa.bindparam("token_hash"), _s.expires_at > sa.bindparam("now"))
        self._session = db.prepare(sa.select(_s.person).where(valid))
        self._end = db.prepare(sa.delete(schema.sessions).where(_s.token_hash == sa.bindparam("token_hash")))

    def set_password(self, person: str, password_hash: str, at: datetime) -> None:
        self._db.put(self._set_password, person=person, hash=password_hash, at=micros(at))

    def password_of(self, person: str) -> str | None:
        found = self._db.one(self._password_of, person=person)
        return None if found is None else str(found[0])

    def add_link(self, token_hash: str, person: str, expires_at: datetime) -> None:
        self._db.put(self._add_link, token_hash=token_hash, person=person, expires_at=micros(expires_at))

    def take_link(self, token_hash: str, now: datetime) -> str | None:
        found = self._db.one(self._take_link, token_hash=token_hash)
        return str(found[0]) if found and found[1] > micros(now) else None

    def add_session(self, token_hash: str, person: str, expires_at: datetime) -> None:
        self._db.put(self._add_session, token_hash=token_hash, person=person, expires_at=micros(expires_at))

    def session(self, token_hash: str, now: datetime) -> str | None:
        found = self._db.one(self._session, token_hash=token_hash, now=micros(now))
        return None if found is None else str(found[0])

    def end_session(self, token_hash: str) -> None:
        self._db.put(self._end, token_hash=token_hash)
