"""A connection to PostgreSQL with little between us and libpq: prepared statements in a pipeline, binary results.

psycopg's cursors cost a unit of ten statements some 500 µs of Python; its `pq` layer, used directly, a fifth of that.
psycopg still connects, and makes the exceptions.

A statement whose result nobody needs is only queued, and sent with the next one whose result is. The server works on
it meanwhile. What it objects to is found out later then, and may be the fault of somebody who has already left: such a
transaction is `Astray`.
"""

import select
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, cast

import psycopg
from psycopg import errors, pq

from storage.base import StorageError
from storage.database import Astray

_TEXT, _BINARY = 0, 1
_GOOD = frozenset({pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK})
_LAST_WORDS = frozenset({b"FATAL", b"PANIC"})  # after these the server hangs up
Value: TypeAlias = int | str | bytes | None
_INTEGERS = frozenset({20, 21, 23})  # int8, int2, int4
_BYTES = 17  # bytea
MOST_QUEUED = 256
"""So many statements are queued at most before their results are looked at."""
PUSHED = 8
"""After so many the server is given work while the next ones are still being made."""


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


class Asked:
    """A statement whose result is wanted later; `result` is None until the server was waited for."""

    __slots__ = ("result",)

    def __init__(self) -> None:
        self.result: Result | None = None


class Quick:
    """A connection. Statements take `$1` parameters that are None, int, str or bytes; rows come back as such."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self._connection = connection  # kept, since it owns what lies beneath
        self._pq = connection.pgconn
        self._names: dict[str, bytes] = {}
        self._named = 0
        # What was sent and not yet answered: a text that is being prepared, an error for a statement that must not
        # change nothing, what is wanted later, None for any other. Those before `_mark` are of units that have ended.
        self._queued: list[str | Exception | Asked | None] = []
        self._mark = 0
        self._lost: Exception | None = None
        self._pq.enter_pipeline_mode()
        self._pq.nonblocking = 1
        self._poll = select.poll()
        self._poll.register(self._pq.socket, select.POLLIN)

    @property
    def closed(self) -> bool:
        """Whether the server can no longer be asked."""
        return self._pq.status != pq.ConnStatus.OK

    def execute(self, text: str, values: Sequence[Value] = ()) -> Result:
        """Run a statement. Raises psycopg's errors, also those of statements that this unit queued before; Astray when
        one failed that an earlier unit queued."""
        self._send(text, values, None)
        return Result(self._answers())

    def queue(self, text: str, values: Sequence[Value] = (), unless: Exception | None = None) -> None:
        """Run a statement whose result nobody needs. `unless` is raised, sooner or later and then again and again until
        `rollback`, when it changed nothing."""
        self._send(text, values, unless)
        if len(self._queued) >= MOST_QUEUED:
            self._answers()
        elif not len(self._queued) % PUSHED:
            self._pq.flush()

    def ask(self, text: str, values: Sequence[Value] = ()) -> Asked:
        """Run a statement whose result is wanted later (`answer`): what is asked together is waited for once."""
        asked = Asked()
        self._send(text, values, asked)
        return asked

    def answer(self, asked: Asked) -> Result:
        """What was asked. Raises as `execute` does."""
        if asked.result is None:
            self._answers()
        if asked.result is None:
            raise Astray("a question was lost with a statement that failed before it")
        return asked.result

    def mark(self) -> None:
        """A unit begins: what was queued until now is none of its business."""
        self._mark = len(self._queued)

    def settle(self) -> None:
        """Wait until all that is queued is done. Raises as `execute` does."""
        if self._queued or self._lost:
            self._answers()

    def forget(self) -> None:
        """Wait until all that is queued is done. What this unit queued may have failed: it is taken back anyway."""
        try:
            self.settle()
        except psycopg.Error:
            if self.closed:
                raise

    def commit(self) -> Result:
        """End the transaction. What has to change something is waited for first, since the server would not object."""
        if self._lost or any(isinstance(about, Exception) for about in self._queued):
            self._answers()
        return self.execute("COMMIT")

    def rollback(self) -> None:
        """End the transaction, whatever became of it."""
        self._mark, self._lost = 0, None
        try:
            self.settle()
        except (psycopg.Error, StorageError):
            if self.closed:
                raise
        self._lost = None
        self.execute("ROLLBACK")

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def _send(self, text: str, values: Sequence[Value], about: Exception | Asked | None) -> None:
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
        if self.closed:
            raise self._gone()
        name = self._names.get(text) or self._prepare(text)
        # libpq takes NULL as None; the stub does not say so.
        self._pq.send_query_prepared(name, cast("list[bytes]", sent), formats, _BINARY)
        self._queued.append(about)

    def _prepare(self, text: str) -> bytes:
        self._named += 1
        name = b"w%d" % self._named
        self._pq.send_prepare(name, text.encode())
        self._queued.append(text)
        self._names[text] = name
        return name

    def _answers(self) -> pq.abc.PGresult:
        """Everything that was queued is answered; the last answer. Raises what the first that failed says."""
        if self.closed:
            raise self._gone()
        self._pq.pipeline_sync()
        queued, mark = self._queued, self._mark
        self._queued, self._mark = [], 0
        failed: Exception | None = None
        last: pq.abc.PGresult | None = None
        for place, about in enumerate(queued):
            last = result = self._next()
            if result.status not in _GOOD:
                failed = failed or self._failure(result, stray=place < mark)
                if isinstance(about, str):
                    del self._names[about]
            elif isinstance(about, Asked):
                about.result = Result(result)
            elif isinstance(about, Exception) and not result.command_tuples:
                self._lost = self._lost or about
            self._wait()
            self._pq.get_result()  # the end of one statement's answer
        sync = self._next()
        if self._lost or failed:
            raise self._lost or failed  # type: ignore[misc]  # one of them is there
        return last or sync

    def _next(self) -> pq.abc.PGresult:
        self._wait()
        result = self._pq.get_result()
        if result is None or self.closed:
            raise self._gone()
        if result.error_field(pq.DiagnosticField.SEVERITY_NONLOCALIZED) in _LAST_WORDS:
            raise self._gone()
        return result

    def _wait(self) -> None:
        """Until there is an answer, letting other threads work."""
        ours = self._pq
        while ours.is_busy():
            events = select.POLLIN | select.POLLOUT if ours.flush() else select.POLLIN
            self._poll.modify(ours.socket, events)
            self._poll.poll()
            try:
                ours.consume_input()
            except psycopg.OperationalError as error:
                raise self._gone() from error

    def _failure(self, result: pq.abc.PGresult, *, stray: bool) -> Exception:
        error = errors.error_from_result(result)
        if not stray:
            return error
        self._lost = self._lost or Astray(f"a statement of another unit failed: {error}")
        return self._lost

    def _gone(self) -> Exception:
        self._queued, self._mark = [], 0
        self._connection.close()
        return errors.OperationalError("the connection to the server is lost")
