"""A mailbox read for ever by one of the processes: over one lasting connection, some mails at a time, in their order.

A mail is dealt with before the cursor goes on; what dies in between is read again, and its key tells that it was there
before. Where UIDVALIDITY changed, ids mean nothing any more: the mails since the day before the last one are read
again, and known by their keys.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import TypeVar

from bot.channels.base import ChannelError, House
from bot.channels.leased import Turn
from bot.channels.mailbox.cursor import Cursor, read_cursor
from bot.channels.mailbox.handling import Come
from bot.channels.mailbox.imap import Imap, MailDown
from bot.channels.mailbox.oauth import Secret
from bot.tables.mail import Box
from storage.base import StorageError

LEASE = timedelta(seconds=60)
RENEW_SECONDS = 20.0
IDLE_SECONDS = 180.0
"""After so long IDLE is said anew: servers and firewalls give up who says nothing."""
FIRST_SECONDS = 1.0
"""Where mails come in a row, one may come right before IDLE; not every server tells of it then."""
PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Seconds after a connection that failed; the last one over and over, each more or less by a quarter."""
REFUSED_PAUSE = 120.0
"""A server that refuses a password locks the account of who goes on asking."""
STEADY_SECONDS = 60.0
"""A connection that lasted so long was a good one: after it the pauses begin anew."""
AGAIN = timedelta(days=1)
TOGETHER, TOGETHER_BYTES = 32, 8 << 20
"""So many mails, or bytes of them, are fetched and dealt with at a time."""

T = TypeVar("T")
log = logging.getLogger(__name__)


Handle = Callable[[Box, Sequence[Come]], Awaitable[Mapping[str, StorageError]]]
"""Deal with mails of a mailbox, in their order; which of them could not be kept, by their place."""


class BoxReader:
    """Reads one mailbox. `secret` opens it, `most` how many bytes of a mail are read.

    The loop is its own, and not that of `bot.channels.leased`: that a server fails is its daily bread, told in the
    server's words until the mailbox is open again and never as an error, and how long it waits hangs on what was said.
    """

    def __init__(
        self,
        box: Box,
        house: House,
        handle: Handle,
        secret: Secret,
        most: int,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        self._box, self._house, self._handle, self._secret = box, house, handle, secret
        self._most, self._pauses = most, pauses
        self._mark, self._turn = f"mail:{box.name}", Turn(f"mail:{box.name}:{box.address}", house, LEASE)
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=f"mail-{box.name}")
        self._task: asyncio.Task[None] | None = None
        self._failures, self._opened = 0, 0.0
        self.problem = ""

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._forever(), name=f"mail-{self._box.name}")

    async def stop(self) -> None:
        """End at once: what was not dealt with is read again."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._executor.shutdown(wait=False)  # what still waits there lets the socket go

    def healthy(self) -> bool:
        """Whether it goes on."""
        return self._task is not None and not self._task.done()

    async def _forever(self) -> None:
        while True:
            try:
                fence = await self._turn.take()
                if fence is not None:
                    await self._under_lease(fence)
                self.problem = ""
                wait = RENEW_SECONDS  # another process reads it
            except (MailDown, StorageError, ChannelError) as error:
                wait = self._failed(error.reason if isinstance(error, ChannelError) else str(error))
                if isinstance(error, MailDown) and error.refused:
                    wait = max(wait, REFUSED_PAUSE)
            except Exception as error:  # the fence: whatever one turn raises, the next is taken
                log.exception("mail_crashed", extra={"box": self._box.name})
                wait = self._failed(type(error).__name__)
            await asyncio.sleep(wait)

    def _failed(self, why: str) -> float:
        """Say what is wrong; seconds until the next try."""
        if not self.problem:
            log.warning("mail_failed", extra={"box": self._box.name, "why": why})
        self.problem = f"{self._box.name}: {why}"
        if self._opened and asyncio.get_running_loop().time() - self._opened >= STEADY_SECONDS:
            self._failures = 0
        pause = self._pauses[min(self._failures, len(self._pauses) - 1)]
        self._failures += 1
        self._opened = 0.0
        return pause * random.uniform(0.75, 1.25)  # noqa: S311 - no secret

    async def _under_lease(self, fence: int) -> None:
        """One connection, while the lease is ours. Raises MailDown when it ends, returns when the lease is lost."""
        imap = Imap(self._box)
        reading = asyncio.create_task(self._read(imap))
        keeping = asyncio.create_task(self._keep_lease(fence))
        try:
            done, _ = await asyncio.wait([reading, keeping], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # raises what went wrong
        finally:
            imap.close()
            for task in (reading, keeping):
                task.cancel()
            await asyncio.gather(reading, keeping, return_exceptions=True)
            self._executor.submit(imap.leave)
            await self._turn.give_back(fence)

    async def _keep_lease(self, fence: int) -> None:
        """Hold the lease; ends when it is lost."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            if not await self._turn.renew(fence):
                log.warning("mail_lease_lost", extra={"box": self._box.name})
                return

    async def _read(self, imap: Imap) -> None:
        """Read what is there, and wait for more, for ever."""
        await self._open(imap)
        self.problem = ""
        self._opened = asyncio.get_running_loop().time()
        log.info("mail_open", extra={"box": self._box.name, "idle": imap.tells})
        cursor, wait = await self._cursor(imap), FIRST_SECONDS
        while True:
            there = await self._call(partial(imap.newer, cursor.uid))
            if there:
                cursor = await self._some(imap, there[:TOGETHER], cursor)
                wait = FIRST_SECONDS
                continue  # others came meanwhile, and the server told of them in between
            if imap.tells:
                await self._call(partial(imap.wait, wait))
                wait = IDLE_SECONDS
            else:
                await asyncio.sleep(self._box.poll.total_seconds())
                await self._call(imap.look)

    async def _open(self, imap: Imap) -> None:
        """Open the mailbox. Where an access token is not taken, another one is tried, once."""
        secret = await self._secret.get()
        try:
            await self._call(partial(imap.open, secret))
        except MailDown as error:
            if not (error.refused and self._box.oauth):
                raise
            try:
                secret = await self._secret.get(secret)
            except ChannelError as none:
                raise MailDown(f"{error}; {none.reason}", refused=True) from none
            await self._call(partial(imap.open, secret))
        self._secret.proved(secret)

    async def _cursor(self, imap: Imap) -> Cursor:
        """Where to go on. At the first start, and when ids mean something else now, from the day before on."""
        kept = read_cursor(await self._house.get_mark(self._mark))
        if kept is not None and kept.validity == imap.validity:
            return kept
        at = kept.at if kept else self._house.now()
        if kept:
            log.warning("mail_renumbered", extra={"box": self._box.name})
        older = await self._call(lambda: imap.newer(0))  # asked first: what comes in between is not among them
        there = await self._call(lambda: imap.since((at - AGAIN).date()))
        before = there[0] - 1 if there else max(older, default=0)
        return Cursor(imap.validity, before, at)

    async def _some(self, imap: Imap, uids: Sequence[int], cursor: Cursor) -> Cursor:
        """Deal with the next mails, and move on as far as all were dealt with."""
        fetched = await self._call(partial(imap.mails, uids, self._most, TOGETHER_BYTES))
        place, now = f"{self._box.name}-{imap.validity}-", self._house.now()
        mails = [
            Come(f"{place}{mail.uid}", mail.at or now, mail.raw, mail.size <= self._most)
            for mail in fetched
            if mail.raw is not None
        ]
        for mail in fetched:
            if mail.raw is None and mail.size:  # it is there, and its server does not hand it out: not once, not later
                log.error("mail_not_handed_out", extra={"place": f"{place}{mail.uid}", "size": mail.size})
        failed = await self._handle(self._box, mails)
        done = [mail.uid for mail in fetched]
        if failed:
            unkept = min(int(each.removeprefix(place)) for each in failed)
            done = [uid for uid in done if uid < unkept]
        if done:
            cursor = Cursor(imap.validity, done[-1], self._house.now())
            await self._house.put_mark(self._mark, cursor.text())
        for error in failed.values():
            raise error
        return cursor

    async def _call(self, work: Callable[[], T]) -> T:
        """Have the mailbox's own thread do it."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)
