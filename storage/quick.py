"""A connection to PostgreSQL with little between us and libpq: prepared statements, binary results, nothing else.

psycopg's cursors cost a unit of ten statements some 500 µs of Python; its `pq` layer, used directly, a fifth of that.
psycopg still connects, and makes the exceptions.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, cast

import psycopg
from psycopg import errors, pq

_TEXT, _BINARY = 0, 1
_GOOD = frozenset({pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK})
Value: TypeAlias = int | str | bytes | None
_INTEGERS = frozenset({20, 21, 23})  # int8, int2, int4
_BYTES = 17  # bytea


def _integer(value: bytes) -> int:
    return int.from_bytes(value, "big", signed=True)


def _text(value: bytes) -> str:
    return str(value, "utf-8")


class Result:
    """What a statement brought, as a cursor shows it."""

    def __init__(self, result: pq.abc.PGresult) -> None:
        self._result = result

    @property
    def rowcount(self) -> int:
        """How many rows a statement changed."""
        return self._result.command_tuples or 0

    @property
    def statusmessage(self) -> str:
        """The server's word for what it did."""
        return (self._result.command_status or b"").decode()

    @property
    def description(self) -> bool:
        """Whether there may be rows."""
        return self._result.nfields > 0

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows."""
        result = self._result
        columns = range(result.nfields)
        readers = [_reader(result.ftype(column)) for column in columns]
        value = result.get_value
        return [
            tuple(
                None if (found := value(row, column)) is None else read(found)
                for column, read in zip(columns, readers, strict=True)
            )
            for row in range(result.ntuples)
        ]


def _reader(oid: int) -> Callable[[bytes], object]:
    if oid in _INTEGERS:
        return _integer
    return bytes if oid == _BYTES else _text


class Quick:
    """A connection. Statements take `$1` parameters that are None, int, str or bytes; rows come back as such."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self._connection = connection  # kept, since it owns what lies beneath
        self._pq = connection.pgconn
        self._names: dict[str, bytes] = {}

    @property
    def closed(self) -> bool:
        """Whether the server can no longer be asked."""
        return self._pq.status != pq.ConnStatus.OK

    def execute(self, text: str, values: Sequence[Value] = ()) -> Result:
        """Run a statement. Raises psycopg's errors."""
        if not values:
            return Result(self._good(self._pq.exec_params(text.encode(), None, result_format=_BINARY)))
        sent: list[bytes | None] = []
        formats: list[int] = []
        for value in values:
            if isinstance(value, int):
                sent.append(b"%d" % value)
                formats.append(_TEXT)
            else:
                # As binary, text goes with its length: one with a NUL is refused instead of cut off.
                sent.append(value.encode() if isinstance(value, str) else value)
                formats.append(_BINARY)
        name = self._names.get(text) or self._prepare(text)
        # libpq takes NULL as None; the stub does not say so.
        return Result(self._good(self._pq.exec_prepared(name, cast("list[bytes]", sent), formats, _BINARY)))

    def at_once(self, text: str) -> None:
        """Several statements without parameters in one trip."""
        self._good(self._pq.exec_(text.encode()))

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def _prepare(self, text: str) -> bytes:
        name = b"w%d" % len(self._names)
        self._good(self._pq.prepare(name, text.encode()))
        self._names[text] = name
        return name

    def _good(self, result: pq.abc.PGresult) -> pq.abc.PGresult:
        if result.status in _GOOD:
            return result
        if self.closed:
            self._connection.close()
            raise errors.OperationalError("the connection to the server is lost")
        raise errors.error_from_result(result)
