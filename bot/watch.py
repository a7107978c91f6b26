"""Time passes: what is due is claimed and looked at, each subject in a unit of its own, all in one commit."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.alarm import Alarm
from bot.clock import Clock
from bot.web.desk import Run
from handlers.time_passes import time_passes
from sla.labels import Role
from sla.rules import Rules
from storage.base import StorageError, UnitOfWork

BATCH = 200
PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60))
"""A subject that could not be looked at is looked at again after these, the last one over and over."""

log = logging.getLogger(__name__)


class Watch:
    """Looks at what is due. `due` is called after each batch, since notices may wait; `aside` counts failures."""

    def __init__(
        self, run: Run, rules: Callable[[], Rules], clock: Clock, due: Callable[[], None], aside: Callable[[], None]
    ) -> None:
        self._run, self._rules, self._clock, self._due, self._aside = run, rules, clock, due, aside
        self._failures: dict[tuple[str, str], int] = {}

    async def turn(self) -> datetime | None:
        """Look at up to BATCH subjects, earliest first; when to look again (at once while more are due)."""
        claimed, next_look = await self._run(self._claim)
        if not claimed:
            return next_look
        looks = [self._look(kind, subject) for kind, subject in claimed]
        results = await asyncio.gather(*looks, return_exceptions=True)
        self._due()
        for result in results:
            if isinstance(result, BaseException):
                raise result  # the database refuses: nothing is changed, the turn is taken again
        return await self._run(lambda uow: uow.watched.next_look())

    def _claim(self, uow: UnitOfWork) -> tuple[Sequence[tuple[str, str]], datetime | None]:
        """What is due, and when something will be."""
        return tuple(uow.watched.claim(self._clock.now(), BATCH)), uow.watched.next_look()

    async def _look(self, kind: str, subject: str) -> None:
        now, rules = self._clock.now(), self._rules()
        try:
            await self._run(lambda uow: time_passes(kind, subject, uow, rules, now), order=f"{kind}:{subject}")
        except StorageError:
            raise
        except Exception as error:
            log.exception("look_failed", extra={"kind": kind, "subject": subject})
            await self._run(partial(self._set_aside, kind=kind, subject=subject, reason=type(error).__name__))
        else:
            self._failures.pop((kind, subject), None)

    def _set_aside(self, uow: UnitOfWork, kind: str, subject: str, reason: str) -> None:
        """Look at it again later, so that it stops nothing else, and tell the administrators once."""
        now = self._clock.now()
        failures = self._failures.get((kind, subject), 0)
        self._failures[kind, subject] = failures + 1
        uow.watched.put(kind, subject, now + PAUSES[min(failures, len(PAUSES) - 1)])
        self._aside()
        Alarm(f"look:{kind}:{subject}:{reason}", "alarm_look_failed").tell(
            uow, self._rules(), (Role.ADMINISTRATOR,), now, kind=kind, subject=subject, reason=reason
        )
