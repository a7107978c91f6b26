"""Another key for what is stored already: texts are encrypted anew under the first key of the ring, some at a time.

What is done is done: stopped half-way, each text is under one key or the other, both in the ring. When nothing is left
under the others, they are forgotten, and may leave the ring. A copy made before still needs them.
"""

from collections.abc import Iterator, Mapping
from typing import cast

import sqlalchemy as sa

from storage import schema
from storage.base import UnitOfWork
from storage.crypt import head
from storage.database import Database
from storage.sql import SqlUnitOfWork

AT_ONCE = 500
"""Texts of one unit of work."""


def count_by_key(uow: UnitOfWork) -> Mapping[str, int]:
    """How many texts lie under each key of this database, the first key of the ring first."""
    db = _database(uow)
    noted = [id for (id,) in db.rows(db.prepare(sa.select(schema.keys.c.id).order_by(schema.keys.c.id)))]
    ids = dict.fromkeys((*db.crypt.ids[:1], *noted))
    return {id: sum(_count(db, column, id) for column in _sealed()) for id in ids}


def encrypt_anew(uow: UnitOfWork, most: int = AT_ONCE) -> int:
    """Encrypt up to `most` texts that lie under another key than the first; how many were found. Raises KeyProblem for
    one that the ring does not open."""
    db = _database(uow)
    if db.is_sqlite:
        db.execute("PRAGMA secure_delete = ON")  # what lay there before is overwritten
    done = 0
    for column in _sealed():
        if done < most:
            done += _some_of(db, column, most - done)
    return done


def forget_other_keys(uow: UnitOfWork) -> tuple[str, ...]:
    """Strike out the keys under which nothing lies any more, but for the first of the ring: which they are."""
    db = _database(uow)
    unused = tuple(id for id, texts in count_by_key(uow).items() if not texts and id != db.crypt.ids[0])
    strike = db.prepare(sa.delete(schema.keys).where(schema.keys.c.id == sa.bindparam("unused")))
    for id in unused:
        db.run(strike, unused=id)
    return unused


def _database(uow: UnitOfWork) -> Database:
    return cast(SqlUnitOfWork, uow).db


def _sealed() -> Iterator["sa.Column[bytes]"]:
    """The columns that hold encrypted texts: all of bytes, but for the proofs of the keys themselves."""
    for table in schema.metadata.sorted_tables:
        if table is not schema.keys:
            yield from (column for column in table.columns if isinstance(column.type, sa.LargeBinary))


def _under(column: "sa.Column[bytes]", id: str) -> sa.ColumnElement[bool]:
    begins = head(id)
    return sa.func.substr(column, 1, len(begins), type_=sa.LargeBinary) == sa.bindparam("begins", type_=sa.LargeBinary)


def _count(db: Database, column: "sa.Column[bytes]", id: str) -> int:
    found = db.one(db.prepare(sa.select(sa.func.count()).where(_under(column, id))), begins=head(id))
    return int(found[0]) if found else 0


def _some_of(db: Database, column: "sa.Column[bytes]", most: int) -> int:
    keys, name = list(column.table.primary_key), f"{column.table.name}.{column.name}".encode()
    first = db.crypt.ids[0]
    query = sa.select(*keys, column).where(sa.not_(_under(column, first))).limit(sa.bindparam("most"))
    rows = db.rows(db.prepare(query), begins=head(first), most=most)
    this = sa.and_(*(key == sa.bindparam(f"old_{key.name}", type_=key.type) for key in keys))
    put = db.prepare(sa.update(column.table).where(this), (column.name,))
    for *place, stored in rows:
        anew = db.crypt.encrypt(name, db.crypt.decrypt(name, bytes(stored)))
        db.run(put, **{column.name: anew}, **{f"old_{key.name}": value for key, value in zip(keys, place, strict=True)})
    return len(rows)
