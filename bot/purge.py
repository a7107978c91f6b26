"""What is kept for a while only goes here, once an hour: raw mails, marks about who wrote and was written to, and which
calls were made. What was said, its files and all that was done about it stay: they are the record."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from bot.channels.mailbox.ageing import (
    ASIDE,
    CAME,
    CROWD,
    CROWD_LIFE,
    LINK_LIFE,
    LOOKED,
    OLD_RAW,
    RAW,
    SENT,
    USED,
    is_old_raw,
    marked_at,
)
from bot.channels.once import LIFE, ONCE, said_at
from bot.clock import Clock
from bot.web.desk import Run
from storage.base import UnitOfWork

EVERY = timedelta(hours=1)
FILES_MANY, MARKS_MANY = 50, 500
"""So many at a time, so that messages are handled in between."""

EVER = datetime(1970, 1, 1, tzinfo=UTC)

Place = tuple[datetime, str]
"""When a file was kept, and its ref."""
When = Callable[[str, str], datetime | None]
"""When what a mark of this name and value says was last so; None for one that is not of ours."""

log = logging.getLogger(__name__)


class Purge:
    """`keep` is for how long raw mails are kept, and whom mails were exchanged with."""

    def __init__(self, run: Run, keep: timedelta, clock: Clock) -> None:
        self._run, self._keep, self._clock = run, keep, clock
        self._next = clock.steady()

    async def turn(self) -> timedelta:
        """The loop's turn: let go of what is old, if that was not done within the hour."""
        left = self._next - self._clock.steady()
        if left > 0:
            return timedelta(seconds=left)
        before = self._clock.now() - self._keep
        mails = await self._files(before) + await self._old_files(before)
        marks = [await self._marks(begins, before) for begins in (SENT, CAME, f"{ASIDE}:")]
        marks.append(await self._marks(CROWD, self._clock.now() - CROWD_LIFE))
        marks.append(await self._marks(USED, self._clock.now() - LINK_LIFE - EVERY))
        marks.append(await self._marks(ONCE, self._clock.now() - LIFE, lambda name, _: said_at(name)))
        if mails or any(marks):
            log.info("purged", extra={"mails": mails, "marks": sum(marks)})
        self._next = self._clock.steady() + EVERY.total_seconds()
        return EVERY

    async def _files(self, before: datetime) -> int:
        count = 0
        while went := await self._run(lambda uow: uow.files.purge(RAW, before, FILES_MANY)):
            count += went
        return count

    async def _old_files(self, before: datetime) -> int:
        """Files of older versions; each is looked at once, when it is old enough to be let go."""
        since = await self._run(lambda uow: uow.marks.get(LOOKED))
        last, count = (datetime.fromisoformat(since) if since else EVER, ""), 0
        while page := await self._run(partial(_old_page, after=last, before=before)):
            last, went = page
            count += went
        if before > last[0]:
            await self._run(lambda uow: uow.marks.put(LOOKED, before.isoformat()))
        return count

    async def _marks(self, begins: str, before: datetime, when: When = marked_at) -> int:
        last, count = "", 0
        while page := await self._run(partial(_page, begins=begins, after=last, before=before, when=when)):
            last, went = page
            count += went
        return count


def _old_page(uow: UnitOfWork, after: Place, before: datetime) -> tuple[Place, int] | None:
    """Look at some files of the type that raw mails had, and let go of those that are such; as `_page`."""
    found, went = uow.files.older(OLD_RAW, before, after, FILES_MANY), 0
    for file in found:
        if is_old_raw(file.name):
            uow.files.remove(file.ref)
            went += 1
    return ((found[-1].at, found[-1].ref), went) if found else None


def _page(uow: UnitOfWork, begins: str, after: str, before: datetime, when: When) -> tuple[str, int] | None:
    """Look at some marks, and let go of the old ones; the last that was looked at, and how many went."""
    found, went = uow.marks.named(begins, after, MARKS_MANY), 0
    for name, value in found:
        at = when(name, value)
        if at is not None and at < before:
            uow.marks.remove(name)
            went += 1
    return (found[-1][0], went) if found else None
