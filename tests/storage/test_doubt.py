"""A connection breaks while what it was sent, the commit behind it, waits for somebody else's lock: who is told that
nothing was kept is told the truth, also once the lock is free; and nothing is kept twice."""

import os
import socket
import threading
from collections.abc import Callable
from typing import cast

import psycopg
import pytest

from storage.base import UnitOfWork
from storage.sql import SqlUnitOfWork
from storage.writer import Store
from tests.storage.made import NOW
from tests.storage.test_pipeline import pipelined, together
from tests.storage.test_writer import put
from tests.support.databases import TestDatabase
from tests.support.waiting import PATIENCE

__all__ = ["pipelined"]

WAITS = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'"
IS_THERE = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s"


def until(postgresql: TestDatabase, question: str, pid: int, count: int) -> None:
    """Wait until the server says so of a process of its own. Raises AssertionError."""
    pause = threading.Event()
    with psycopg.connect(postgresql.url.replace("+psycopg", ""), autocommit=True) as link:
        for _ in range(int(PATIENCE / 0.02)):
            if link.execute(question.encode(), (pid,)).fetchone() == (count,):
                return
            pause.wait(0.02)
    raise AssertionError("it did not happen")


class Cut:
    """Our end of a connection hears nothing any more, once its server's process waits for a lock."""

    def __init__(self, postgresql: TestDatabase, uow: UnitOfWork) -> None:
        link = cast(SqlUnitOfWork, uow).db.raw._pq
        self.pid, self._postgresql, self._socket = link.backend_pid, postgresql, os.dup(link.socket)
        threading.Thread(target=self._run).start()

    def _run(self) -> None:
        with socket.socket(fileno=self._socket) as end:
            until(self._postgresql, WAITS, self.pid, 1)
            end.shutdown(socket.SHUT_RD)


@pytest.mark.parametrize("others", [0, 1])
async def test_what_waits_for_a_lock_when_its_connection_breaks_is_kept_as_often_as_it_is_told(
    pipelined: Store, postgresql: TestDatabase, others: int
) -> None:
    await pipelined.writer.run(put("locked"))
    cuts: list[Cut] = []

    def unit(uow: UnitOfWork) -> str:
        uow.audit.add(NOW, "li", "export", "W1")
        uow.marks.get("any")  # what was sent is answered
        if not cuts:
            cuts.append(Cut(postgresql, uow))
            uow.marks.put("locked", "2")
        return "done"

    units: list[Callable[[UnitOfWork], str]] = [unit, *[put("other")] * others]
    with psycopg.connect(postgresql.url.replace("+psycopg", "")) as holder:
        holder.execute("SELECT 1 FROM marks WHERE name = 'locked' FOR UPDATE")
        first, *_ = await together(pipelined, lambda: [pipelined.writer.run(each) for each in units])
        holder.commit()
    until(postgresql, IS_THERE, cuts[0].pid, 0)  # whatever it still did is done
    kept = pipelined.read_sync(lambda uow: uow.audit.entries(10))
    assert (len(kept), first) == (1, "done")
