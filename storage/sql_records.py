"""Facts about contracts that belong to no ticket, in SQL."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from sla.records import Record, RecordKind
from storage import schema
from storage.database import Database, Row, instant, micros

DATA = b"records.data"
_COLUMNS = ("contract", "kind", "subject", "at", "recorded_at", "by", "data")
_r = schema.records.c


class SqlRecords:
    """`storage.base.Records`."""

    def __init__(self, db: Database) -> None:
        self._db = db
        added = sa.insert(schema.records).inline().returning(_r.id)
        self._add = db.prepare(added, _COLUMNS)
        found = sa.select(*schema.records.columns).order_by(_r.at, _r.id)
        period = found.where(_r.at >= sa.bindparam("start"), _r.at < sa.bindparam("end"))
        of_contract = _r.contract == sa.bindparam("contract")
        of_kind = _r.kind == sa.bindparam("kind")
        self._between = {
            (False, False): db.prepare(period),
            (True, False): db.prepare(period.where(of_contract)),
            (False, True): db.prepare(period.where(of_kind)),
            (True, True): db.prepare(period.where(of_contract, of_kind)),
        }
        subject = sa.select(*schema.records.columns).order_by(_r.id)
        self._of = db.prepare(subject.where(of_contract, of_kind, _r.subject == sa.bindparam("subject")))

    def add(self, record: Record) -> int:
        [(number,)] = self._db.rows(
            self._add,
            contract=record.contract,
            kind=record.kind.value,
            subject=record.subject,
            at=micros(record.at),
            recorded_at=micros(record.recorded_at),
            by=record.by,
            data=self._db.crypt.seal(DATA, record.data),
        )
        return int(number)

    def between(
        self, start: datetime, end: datetime, contract: str | None = None, kind: RecordKind | None = None
    ) -> Sequence[Record]:
        values: dict[str, object] = {"start": micros(start), "end": micros(end)}
        if contract is not None:
            values["contract"] = contract
        if kind is not None:
            values["kind"] = kind.value
        query = self._between[contract is not None, kind is not None]
        return [self._record(row) for row in self._db.rows(query, **values)]

    def of(self, contract: str, kind: RecordKind, subject: str) -> Sequence[Record]:
        rows = self._db.rows(self._of, contract=contract, kind=kind.value, subject=subject)
        return [self._record(row) for row in rows]

    def _record(self, row: Row) -> Record:
        id_, contract, kind, subject, at, recorded_at, by, data = row
        return Record(
            contract=contract,
            kind=RecordKind(kind),
            subject=subject,
            at=instant(at),
            by=by,
            recorded_at=instant(recorded_at),
            data=self._db.crypt.open_map(DATA, data),
            id=int(id_),
        )
