"""One connection, and statements of SQLAlchemy Core compiled once for it.

Core defines a statement; its text is compiled when it is first used and then goes straight to the driver, which saves
most of Core's cost a statement (it would be half of a unit's). SQLite is driven by sqlite3, PostgreSQL by psycopg.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import dml as postgresql_dml
from sqlalchemy.dialects.postgresql import psycopg as postgresql_dialect
from sqlalchemy.dialects.sqlite import dml as sqlite_dml
from sqlalchemy.dialects.sqlite import pysqlite as sqlite_dialect
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import Executable

from storage.base import StorageError
from storage.crypt import Crypt

if TYPE_CHECKING:
    from storage.quick import Asked

Row: TypeAlias = tuple[Any, ...]
Upsert: TypeAlias = "sqlite_dml.Insert | postgresql_dml.Insert"

SQLITE: DefaultDialect = sqlite_dialect.dialect(paramstyle="qmark")
# SQLAlchemy leaves the constructor untyped
POSTGRESQL: DefaultDialect = postgresql_dialect.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = 1_000_000
_DAY = 86_400 * _MICRO


def micros(at: datetime) -> int:
    """Microseconds since 1970-01-01 UTC. Raises TypeError for a datetime without a time zone."""
    passed = at - EPOCH
    return passed.days * _DAY + passed.seconds * _MICRO + passed.microseconds


def instant(value: int) -> datetime:
    """The inverse of `micros`, in UTC."""
    return EPOCH + timedelta(microseconds=value)


def micros_or_none(at: datetime | None) -> int | None:
    """`micros`, None for None."""
    return None if at is None else micros(at)


def instant_or_none(value: int | None) -> datetime | None:
    """`instant`, None for None."""
    return None if value is None else instant(value)


class Astray(StorageError):
    """A statement failed that was queued by a unit which has ended: the transaction is lost for all in it."""


class _Ahead(Exception):
    """No error: what was looked up ahead is asked for by now."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement as text; `pick` takes its parameters, in their order, out of named values. `looks`: it changes
    nothing and locks nothing."""

    text: str
    pick: Callable[[Mapping[str, Any]], Row]
    looks: bool = False


def _picker(names: Sequence[str], constants: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], Row]:
    if constants:
        pick = _picker(names, {})
        return lambda values: pick({**constants, **values})
    if not names:
        return lambda _values: ()
    if len(names) == 1:
        return lambda values: (values[names[0]],)
    return itemgetter(*names)


class Database:
    """A connection with its statements. One thread at a time.

    `locks`: rows that are read for a change are locked (PostgreSQL); connections for reading alone do not.
    """

    def __init__(
        self, raw: Any, dialect: DefaultDialect, crypt: Crypt, *, locks: bool
    ) -> None:  # a driver's connection
        self.raw, self.dialect, self.crypt, self.locks = raw, dialect, crypt, locks
        self.is_sqlite = dialect is SQLITE
        self.state = 0
        """Counts up whenever what was read may no longer hold: a transaction begins, or one unit of it is undone."""
        self._prepared: dict[object, Prepared] = {}
        self._number: Asked | None = None
        self._ahead: dict[tuple[str, Row], Asked] = {}
        self._is_ahead = False

    def begin(self, text: str) -> None:
        """Begin a transaction by this statement."""
        self.state += 1
        self._number = None
        self._ahead.clear()
        self.queue(text)

    def number(self) -> str | None:
        """Under which number the server knows the transaction (PostgreSQL); None where it is not known here."""
        if self._number is None or self._number.result is None:
            return None
        return str(self._number.result.fetchall()[0][0])

    def upsert(self, table: sa.Table) -> Upsert:
        """An INSERT that knows ON CONFLICT."""
        return sqlite_dml.insert(table) if self.is_sqlite else postgresql_dml.insert(table)

    def prepare(self, statement: Executable, columns: Sequence[str] | None = None) -> Prepared:
        """Compile a statement; `columns` are those that an INSERT or UPDATE sets from its values."""
        keys = None if columns is None else list(columns)
        compiled = cast(SQLCompiler, cast(sa.ClauseElement, statement).compile(dialect=self.dialect, column_keys=keys))
        constants = {name: value for name, value in compiled.params.items() if isinstance(value, int | str)}
        text = str(compiled)
        looks = text.startswith(("SELECT", "WITH")) and not any(lock in text for lock in ("FOR UPDATE", "pg_advisory"))
        return Prepared(text, _picker(tuple(compiled.positiontup or ()), constants), looks)

    def insert(self, table: sa.Table, *columns: str) -> Prepared:
        """A plain INSERT of these columns (all, when none is named)."""
        return self.prepare(sa.insert(table).inline(), columns or [column.name for column in table.columns])

    def many(self, key: object, size: int, make: Callable[[Sequence[sa.BindParameter[Any]]], Executable]) -> Prepared:
        """A statement over a list of `size` values, named "i0", "i1", ...; compiled once a `key` and size."""
        found = self._prepared.get((key, size))
        if found is None:
            found = self._prepared[key, size] = self.prepare(make([sa.bindparam(f"i{n}") for n in range(size)]))
        return found

    def rows(self, prepared: Prepared, **values: Any) -> list[Row]:  # what a database takes
        """All rows of a query."""
        return self._found(prepared, prepared.pick(values))

    def one(self, prepared: Prepared, **values: Any) -> Row | None:
        """The first row of a query, None when there is none."""
        found = self._found(prepared, prepared.pick(values))
        return found[0] if found else None

    def ahead(self, looks: Iterable[Callable[[], object]]) -> None:
        """Ask by now for the first query of each; the same query is answered by that, unless something is changed or
        locked before: then it is asked again. PostgreSQL alone, where each question costs a wait."""
        if self.is_sqlite:
            return
        self._is_ahead = True
        try:
            for look in looks:
                with suppress(_Ahead):
                    look()
        finally:
            self._is_ahead = False

    def _found(self, prepared: Prepared, values: Row) -> list[Row]:
        if self._is_ahead:
            if not prepared.looks:
                self._ahead.clear()  # what was asked before a lock is older than the lock
            self._ahead[prepared.text, values] = self.raw.ask(prepared.text, values)
            raise _Ahead
        if self._ahead:
            asked = self._ahead.pop((prepared.text, values), None)
            if asked:
                return cast(list[Row], self.raw.answer(asked).fetchall())
            if not prepared.looks:
                self._ahead.clear()
        return cast(list[Row], self.raw.execute(prepared.text, values).fetchall())

    def ask(self, prepared: Prepared, **values: Any) -> Callable[[], list[Row]]:
        """A query whose rows are looked at later. Those that are asked one after the other cost PostgreSQL one wait;
        SQLite answers when they are looked at."""
        if self.is_sqlite:
            return lambda: self.rows(prepared, **values)
        if not prepared.looks:
            self._ahead.clear()
        asked = self.raw.ask(prepared.text, prepared.pick(values))
        return lambda: cast(list[Row], self.raw.answer(asked).fetchall())

    def run(self, prepared: Prepared, **values: Any) -> int:
        """How many rows a statement changed."""
        self._ahead.clear()
        count: int = self.raw.execute(prepared.text, prepared.pick(values)).rowcount
        return count

    def put(self, prepared: Prepared, **values: Any) -> None:
        """Run a statement whose result nobody needs. PostgreSQL does it when it likes before the next result."""
        self._ahead.clear()
        self.queue(prepared.text, prepared.pick(values))
        if self._number is None and not self.is_sqlite:
            # By the first change: whoever commits need not ask for it, and wait, then.
            self._number = self.raw.ask("SELECT pg_current_xact_id()::text")

    def must(self, prepared: Prepared, unless: Exception, **values: Any) -> None:
        """`put` for a statement that must change something: `unless` is raised when it did not, and on PostgreSQL not
        before the next result. It has to be one that takes the whole transaction back."""
        if self.is_sqlite:
            if not self.run(prepared, **values):
                raise unless
        else:
            self._ahead.clear()
            self.raw.queue(prepared.text, prepared.pick(values), unless)

    def counts(self, prepared: Prepared, values: Iterable[Mapping[str, Any]]) -> list[int]:
        """A statement once for each set of values; how many rows each changed."""
        if self.is_sqlite:
            return [self.run(prepared, **one) for one in values]
        self._ahead.clear()
        asked = [self.raw.ask(prepared.text, prepared.pick(one)) for one in values]
        return [self.raw.answer(one).rowcount for one in asked]

    def insert_all(self, key: str, insert: Upsert, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert some rows; `key` names the statement. PostgreSQL takes them a few at a time."""
        if self.is_sqlite:
            single = self._prepared.get((key, 0))
            if single is None:
                single = self._prepared[key, 0] = self.prepare(insert, columns)
            self.run_all(single, rows)
            return
        for start in range(0, len(rows), ROWS_AT_ONCE):
            piece = rows[start : start + ROWS_AT_ONCE]
            found = self._prepared.get((key, len(piece)))
            if found is None:
                places = range(len(piece))
                named: list[Mapping[str, Any]]
                named = [{name: sa.bindparam(f"{name}_{n}") for name in columns} for n in places]
                found = self._prepared[key, len(piece)] = self.prepare(insert.values(named))
            self.put(found, **{f"{name}_{n}": row[name] for n, row in enumerate(piece) for name in columns})

    def run_all(self, prepared: Prepared, values: Iterable[Mapping[str, Any]]) -> None:
        """A statement once for each set of values."""
        if self.is_sqlite:
            self.raw.executemany(prepared.text, [prepared.pick(one) for one in values])
        else:
            self._ahead.clear()
            for one in values:
                self.raw.queue(prepared.text, prepared.pick(one))

    def execute(self, text: str) -> list[Row]:
        """Plain SQL, its rows if it has any."""
        cursor = self.raw.execute(text)
        return cursor.fetchall() if cursor.description else []

    def queue(self, text: str, values: Sequence[Any] = ()) -> None:
        """SQL whose result nobody needs."""
        if self.is_sqlite:
            self.raw.execute(text, values)
        else:
            self.raw.queue(text, values)

    def unit_begins(self) -> None:
        """Errors of what was queued until now are not those of the unit that begins."""
        if not self.is_sqlite:
            self._ahead.clear()
            self.raw.mark()

    def settle(self) -> None:
        """Wait for all that is queued; raise what was wrong with it."""
        if not self.is_sqlite:
            self.raw.settle()

    def forget(self) -> None:
        """A unit is undone. Wait for all that is queued, right or wrong; raise Astray when another unit's was wrong."""
        self.state += 1
        self._ahead.clear()
        if not self.is_sqlite:
            self.raw.forget()


ROWS_AT_ONCE = 8
LIST_SIZES = tuple(1 << power for power in range(10))


def filled(values: Sequence[Any]) -> Iterable[dict[str, Any]]:
    """A list as parameters "i0"...: in pieces, each filled up to one of few sizes by its last value again."""
    for start in range(0, len(values), LIST_SIZES[-1]):
        piece = values[start : start + LIST_SIZES[-1]]
        size = next(size for size in LIST_SIZES if size >= len(piece))
        yield {f"i{n}": piece[min(n, len(piece) - 1)] for n in range(size)}
