"""What is only ever added to: the ledger, the audit trail, versions of the configuration, files. And the marks."""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from sla.ledger import Entry, Misfit, chain
from storage import schema
from storage.base import Damaged, OldFile
from storage.database import Database, Row, instant, micros

NAME, CONTENT, FILES = b"files.name", b"files.content", b"versions.files"
AT_ONCE = 1000  # entries that are read together where all are wanted
HEAD = 1
_l = schema.ledger.c
_h = schema.ledger_head.c
_f = schema.files.c
_a = schema.audit.c
_v = schema.versions.c
_m = schema.marks.c


class SqlLedger:
    """`storage.base.Ledger`. The row in `ledger_head` is locked while entries are chained: one chain, one writer."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._add = db.insert(schema.ledger)
        self._head = db.prepare(sa.select(_h.seq, _h.hash).where(_h.id == sa.bindparam("id")).with_for_update())
        self._move = db.prepare(sa.update(schema.ledger_head).where(_h.id == sa.bindparam("this")), ("seq", "hash"))
        entries = sa.select(*schema.ledger.columns).order_by(_l.seq)
        self._of_ticket = db.prepare(entries.where(_l.ticket == sa.bindparam("ticket")))
        self._get = db.prepare(entries.where(_l.seq == sa.bindparam("seq")))
        self._read_head = db.prepare(sa.select(_h.seq, _h.hash).where(_h.id == sa.bindparam("id")))
        period = sa.and_(_l.recorded_at >= sa.bindparam("start"), _l.recorded_at < sa.bindparam("end"))
        self._between = db.prepare(entries.where(period))
        self._between_contract = db.prepare(entries.where(period, _l.contract == sa.bindparam("contract")))
        self._from = db.prepare(entries.where(_l.seq > sa.bindparam("after")).limit(sa.bindparam("most")))

    def append(self, entries: Iterable[Entry]) -> None:
        new = tuple(entries)
        if not new:
            return
        chained = chain(new, *self._db.rows(self._head, id=HEAD)[0])
        self._db.run_all(self._add, map(_values, chained))
        self._db.put(self._move, this=HEAD, seq=chained[-1].seq, hash=chained[-1].hash)

    def get(self, seq: int) -> Entry | None:
        return next(map(_entry, self._db.rows(self._get, seq=seq)), None)

    def head(self) -> tuple[int, str]:
        kept = self._db.rows(self._read_head, id=HEAD)
        if not kept:
            raise Damaged(Misfit.of("no_head"))
        return int(kept[0][0]), str(kept[0][1])

    def of_ticket(self, number: int) -> Sequence[Entry]:
        return [_entry(row) for row in self._db.rows(self._of_ticket, ticket=number)]

    def between(self, start: datetime, end: datetime, contract: str | None = None) -> Sequence[Entry]:
        period = {"start": micros(start), "end": micros(end)}
        if contract is None:
            return [_entry(row) for row in self._db.rows(self._between, **period)]
        return [_entry(row) for row in self._db.rows(self._between_contract, **period, contract=contract)]

    def all(self) -> Iterator[Entry]:
        last = 0
        while rows := self._db.rows(self._from, after=last, most=AT_ONCE):
            yield from map(_entry, rows)
            last = int(rows[-1][0])


def _values(entry: Entry) -> dict[str, object]:
    values = {column.name: getattr(entry, column.name) for column in schema.ledger.columns}
    return values | {"due": micros(entry.due), "recorded_at": micros(entry.recorded_at)}


def _entry(row: Row) -> Entry:
    values = dict(zip(schema.ledger.columns.keys(), row, strict=True))
    try:
        return Entry(**values | {"due": instant(values["due"]), "recorded_at": instant(values["recorded_at"])})
    except (TypeError, OverflowError) as error:
        raise Damaged(Misfit.of("instants", place=values["seq"])) from error


class SqlFiles:
    """`storage.base.Files`. A reference is random: whoever has it may be shown the file."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._add = db.insert(schema.files)
        self._get = db.prepare(sa.select(_f.name, _f.type, _f.content).where(_f.ref == sa.bindparam("ref")))
        over = sa.select(_f.ref).where(_f.type == sa.bindparam("kind"), _f.at < sa.bindparam("before"))
        over = over.order_by(_f.at).limit(sa.bindparam("most", type_=sa.Integer))
        self._purge = db.prepare(sa.delete(schema.files).where(_f.ref.in_(over)))
        older = sa.select(_f.at, _f.ref, _f.name).where(_f.type == sa.bindparam("kind"), _f.at < sa.bindparam("before"))
        older = older.where(
            _f.at >= sa.bindparam("since"), sa.or_(_f.at > sa.bindparam("since"), _f.ref > sa.bindparam("last"))
        )
        self._older = db.prepare(older.order_by(_f.at, _f.ref).limit(sa.bindparam("most", type_=sa.Integer)))
        self._remove = db.prepare(sa.delete(schema.files).where(_f.ref == sa.bindparam("this")))

    def add(self, name: str, type_: str, content: bytes, at: datetime) -> str:
        crypt, ref = self._db.crypt, secrets.token_urlsafe(18)
        sealed, kept = crypt.seal(NAME, name), crypt.encrypt(CONTENT, content)
        self._db.put(self._add, ref=ref, name=sealed, type=type_, content=kept, at=micros(at))
        return ref

    def get(self, ref: str) -> tuple[str, str, bytes] | None:
        found = self._db.one(self._get, ref=ref)
        if found is None:
            return None
        name, type_, content = found
        return self._db.crypt.open(NAME, name), type_, self._db.crypt.decrypt(CONTENT, content)

    def purge(self, type_: str, before: datetime, limit: int) -> int:
        return self._db.run(self._purge, kind=type_, before=micros(before), most=limit)

    def older(self, type_: str, before: datetime, after: tuple[datetime, str], limit: int) -> Sequence[OldFile]:
        since, last = after
        asked = {"kind": type_, "before": micros(before), "since": micros(since), "last": last, "most": limit}
        found = self._db.rows(self._older, **asked)
        return [OldFile(instant(at), str(ref), self._db.crypt.open(NAME, name)) for at, ref, name in found]

    def remove(self, ref: str) -> None:
        self._db.put(self._remove, this=ref)


class SqlAudit:
    """`storage.base.Audit`."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._add = db.insert(schema.audit, "at", "by", "action", "subject", "detail")
        columns = (_a.at, _a.by, _a.action, _a.subject, _a.detail)
        self._entries = db.prepare(sa.select(*columns).order_by(_a.id.desc()).limit(sa.bindparam("most")))

    def add(self, at: datetime, by: str, action: str, subject: str, detail: str = "") -> None:
        self._db.put(self._add, at=micros(at), by=by, action=action, subject=subject, detail=detail)

    def entries(self, limit: int) -> Sequence[tuple[datetime, str, str, str, str]]:
        """The latest, newest first."""
        rows = self._db.rows(self._entries, most=limit)
        return [(instant(at), by, action, subject, detail) for at, by, action, subject, detail in rows]


class SqlVersions:
    """`storage.base.Versions`."""

    def __init__(self, db: Database) -> None:
        self._db = db
        kept = db.upsert(schema.versions).on_conflict_do_nothing(index_elements=["version"])
        self._add = db.prepare(kept, ("version", "files", "at"))
        self._get = db.prepare(sa.select(_v.files).where(_v.version == sa.bindparam("version")))
        self._names = db.prepare(sa.select(_v.version).order_by(_v.at, _v.version))

    def add(self, version: str, files: Mapping[str, str], at: datetime) -> None:
        self._db.put(self._add, version=version, files=self._db.crypt.seal(FILES, dict(files)), at=micros(at))

    def get(self, version: str) -> Mapping[str, str] | None:
        found = self._db.one(self._get, version=version)
        return None if found is None else self._db.crypt.open_map(FILES, found[0])

    def all(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Oldest first."""
        for (version,) in self._db.rows(self._names):
            files = self.get(version)
            if files is not None:
                yield version, files


class SqlMarks:
    """`storage.base.Marks`."""

    def __init__(self, db: Database) -> None:
        self._db = db
        put = db.upsert(schema.marks)
        mine = put.on_conflict_do_update(index_elements=["name"], set_={"value": put.excluded.value})
        self._put = db.prepare(mine, ("name", "value"))
        first = put.on_conflict_do_update(index_elements=["name"], set_={"value": _m.value}).returning(_m.value)
        self._keep = db.prepare(first, ("name", "value"))
        self._get = db.prepare(sa.select(_m.value).where(_m.name == sa.bindparam("name")))
        self._remove = db.prepare(sa.delete(schema.marks).where(_m.name == sa.bindparam("this")))
        signs: sa.BindParameter[int] = sa.bindparam("signs", type_=sa.Integer)
        ours = sa.and_(sa.func.substr(_m.name, 1, signs) == sa.bindparam("begins"), _m.name > sa.bindparam("last"))
        found = sa.select(_m.name, _m.value).where(ours).order_by(_m.name)
        self._named = db.prepare(found.limit(sa.bindparam("most", type_=sa.Integer)))

    def get(self, name: str) -> str | None:
        found = self._db.one(self._get, name=name)
        return None if found is None else str(found[0])

    def put(self, name: str, value: str) -> None:
        self._db.put(self._put, name=name, value=value)

    def keep(self, name: str, value: str) -> str:
        return str(self._db.rows(self._keep, name=name, value=value)[0][0])

    def remove(self, name: str) -> None:
        self._db.put(self._remove, this=name)

    def named(self, begins: str, after: str, limit: int) -> Sequence[tuple[str, str]]:
        found = self._db.rows(self._named, begins=begins, signs=len(begins), last=after, most=limit)
        return [(str(name), str(value)) for name, value in found]
