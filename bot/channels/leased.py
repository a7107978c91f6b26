"""Work that only one of the processes that share a database may do at a time: whoever holds its lease does it, the
others wait for it.

While the database cannot be asked who works goes on, until another one has the lease. Whatever breaks the work off,
foreseen or not, the lease is given up, so that another process can take it, and it is asked for anew after a pause.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.channels.base import House
from storage.base import StorageError
from storage.replicas import Lease

LEASE = timedelta(seconds=10)
RENEW_SECONDS = 3.0
WAIT_SECONDS = 2.0
"""How often who waits looks whether the lease is free. After a crash nobody works until it has run out."""
RELEASE_SECONDS = 2.0
STEADY_SECONDS = 60.0
"""Work that lasted so long went well: after it the pauses begin anew."""
OFTEN = 2
"""After so many breaks in a row something is wrong although it works just now."""

log = logging.getLogger(__name__)

Sure = Callable[[], Awaitable[bool]]
"""Whether the lease is still ours. Raises StorageError."""


class Sharing(Protocol):
    """What shares a database: a process with its house, or a command beside it."""

    @property
    def owner(self) -> str: ...
    @property
    def lease(self) -> Lease: ...
    @property
    def now(self) -> Callable[[], datetime]: ...


class Turn:
    """The lease of that name, for one who does work by it; `duration` is how long it is ours without being renewed."""

    def __init__(self, name: str, house: Sharing, duration: timedelta = LEASE) -> None:
        self._name, self._house, self._duration = name, house, duration
        self._owner = f"{house.owner}/{id(self)}"

    async def take(self) -> int | None:
        """Its fence, None while another one has it; given back when we are stopped while it is taken. Raises what the
        database does."""
        house = self._house
        taking = asyncio.ensure_future(house.lease.acquire(self._name, self._owner, house.now(), self._duration))
        try:
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            await self._give_back_what(taking)
            raise

    async def renew(self, fence: int) -> bool:
        """Whether it is still ours. Raises StorageError."""
        return await self._house.lease.renew(self._name, self._owner, fence, self._house.now(), self._duration)

    async def give_back(self, fence: int) -> None:
        """Let others have it at once. One that cannot be released runs out."""
        try:
            async with asyncio.timeout(RELEASE_SECONDS):
                await self._house.lease.release(self._name, self._owner, fence)
        except (StorageError, TimeoutError) as error:
            log.warning("lease_not_released", extra=self.about(error))
        except Exception as error:  # the fence: it must neither keep us from stopping nor from going on
            log.exception("lease_not_released", extra=self.about(error))

    def about(self, error: Exception) -> dict[str, str]:
        """What a line of the log says of an error."""
        return {"lease": self._name, "why": type(error).__name__}

    async def _give_back_what(self, taking: "asyncio.Future[int | None]") -> None:
        """What is being taken while we are stopped; that it cannot be taken keeps us from stopping no more."""
        try:
            fence = await taking
        except Exception as error:  # the fence, as above: it is said
            foreseen = isinstance(error, StorageError)
            log.warning("lease_not_taken", exc_info=None if foreseen else error, extra=self.about(error))
            return
        if fence is not None:
            await self.give_back(fence)


class Leased:
    """Does `work` for as long as this process holds the lease of that name; work that returns found that it does not.

    `pauses` are those after work that broke off, in seconds, the last one over and over; `wait` is the time between two
    looks whether the lease is free, `renew` that after which it is renewed. `elsewhere`: another process works.
    """

    def __init__(
        self,
        name: str,
        house: House,
        work: Callable[[Sure], Awaitable[None]],
        pauses: Sequence[float],
        wait: float = WAIT_SECONDS,
        renew: float = RENEW_SECONDS,
        steady: float = STEADY_SECONDS,
    ) -> None:
        self._name, self._work = name, work
        self._pauses, self._wait, self._every, self._steady = pauses, wait, renew, steady
        self._turn = Turn(name, house)
        self._fence: int | None = None
        self._untaken, self._why, self._breaks, self._began = "", "", 0, 0.0
        self.elsewhere = False

    def holds(self) -> bool:
        """Whether it is ours just now."""
        return self._fence is not None

    def problem(self) -> str:
        """Why the work is not done, or broke off again and again; "" where it is done, here or elsewhere."""
        works = self.elsewhere or (self.holds() and (self._breaks < OFTEN or self._lasts()))
        return "" if works else self._untaken or self._why

    async def run(self) -> None:
        """Hold the lease and work; wait where another process does."""
        while True:
            self._fence = await self._acquire()
            if self._fence is None:
                await asyncio.sleep(self._wait)
                continue
            self._began, why = asyncio.get_running_loop().time(), ""
            try:
                why = await self._hold(self._fence)
            finally:
                fence, self._fence = self._fence, None
                await self._turn.give_back(fence)
            if why:
                await asyncio.sleep(self._broken(why))

    async def _acquire(self) -> int | None:
        try:
            fence = await self._turn.take()
        except Exception as error:  # noqa: BLE001 - the fence: whatever one try raises, the next is made
            self._not_taken(error)
            return None
        if fence is None and not self.elsewhere:
            log.info("lease_waits", extra={"lease": self._name, "why": "another process works"})
        self._untaken, self.elsewhere = "", fence is None
        return fence

    def _not_taken(self, error: Exception) -> None:
        """Nobody can tell whose it is: say so once in a row."""
        foreseen = isinstance(error, StorageError)
        why = "the database cannot be asked whose turn it is" if foreseen else type(error).__name__
        if why != self._untaken:
            log.warning("lease_not_taken", exc_info=None if foreseen else error, extra=self._turn.about(error))
        self._untaken, self.elsewhere = why, False

    async def _hold(self, fence: int) -> str:
        """Work until the lease is lost; what broke the work off, "" where it is only that."""
        sure = lambda: self._turn.renew(fence)  # noqa: E731  # a word for it
        tasks = [asyncio.ensure_future(self._work(sure)), asyncio.create_task(self._keep(fence))]
        ended: set[asyncio.Future[None]] = set()
        try:
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            broken = await self._end(tasks, ended)
        if not broken:
            log.warning("lease_lost", extra={"lease": self._name})
        return broken

    async def _end(self, tasks: Sequence[asyncio.Future[None]], ended: set[asyncio.Future[None]]) -> str:
        """End what still runs. Every error is logged; what the first one is, or who stopped by itself ("" for none)."""
        stopped = ["stopped from within" for task in tasks if task in ended and task.cancelled()]
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        errors = [result for result in results if isinstance(result, Exception)]
        for error in errors:
            log.error("lease_work_broke_off", exc_info=error, extra=self._turn.about(error))
        if stopped:
            log.error("lease_work_stopped", extra={"lease": self._name})
        return next(iter([*(type(error).__name__ for error in errors), *stopped]), "")

    def _broken(self, why: str) -> float:
        """What follows from work that broke off; seconds until it is asked for anew."""
        self._breaks = 1 if self._lasts() else self._breaks + 1
        self._why = f"broke off: {why}"
        return self._pauses[min(self._breaks, len(self._pauses)) - 1]

    def _lasts(self) -> bool:
        return asyncio.get_running_loop().time() - self._began >= self._steady

    async def _keep(self, fence: int) -> None:
        """Renew the lease until it is somebody else's."""
        while True:
            await asyncio.sleep(self._every)
            try:
                if not await self._turn.renew(fence):
                    return
            except StorageError as error:
                log.warning("lease_not_renewed", extra=self._turn.about(error))
