"""The configuration folder while it runs: a good change comes into force, a broken one is refused with an alarm."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from bot.alarm import Alarm, Problems
from bot.clock import Clock
from bot.web.desk import Run
from handlers.duty_watch import watch_duties
from handlers.foresight import calendar_changed, watch_year
from handlers.intake.warm import warm
from handlers.reading import lexicon_of
from handlers.rota_gaps import watch_rota
from handlers.succession import watch_contracts
from sla.errors import ContractError, Problem
from sla.labels import Role
from sla.rules import Rules
from storage.base import UnitOfWork
from storage.files import Folder, version_of, with_older

EVERY = timedelta(seconds=2)
SHOWN = 5  # problems that an alert names; the check command shows all

log = logging.getLogger(__name__)


class Reload:
    """Holds the rules in force. `changed` is called when others came into force."""

    def __init__(self, folder: Folder, run: Run, clock: Clock, changed: Callable[[], None]) -> None:
        self._folder, self._run, self._clock, self._changed = folder, run, clock, changed
        self._rules = folder.rules
        self._refused = False

    def rules(self) -> Rules:
        """The rules in force, with the contracts of all earlier versions."""
        return self._rules

    async def keep(self) -> None:
        """Store the version that is in force, and take up the contracts of earlier ones."""
        folder = self._folder
        await asyncio.to_thread(
            lambda: warm(lexicon_of(folder.rules.catalogue))
        )  # here, so that no message waits for it
        older = await self._run(partial(_keep, folder=folder, now=self._clock.now()))
        self._rules = _with_older(folder.rules, older)

    async def turn(self) -> timedelta:
        """Look at the folder, and read it when it looks different."""
        if await asyncio.to_thread(self._folder.changed):
            before = self._folder.rules
            problems = await asyncio.to_thread(self._folder.reload)
            if problems:
                log.warning("configuration_refused", extra={"problems": len(problems)})
                await self._run(partial(self._refuse, problems=problems))
            elif self._folder.rules.version != before.version:
                await self.keep()
                if self._rules.calendar != before.calendar:
                    await self._run(lambda uow: calendar_changed(uow, self._clock.now()))
                log.info("configuration_changed", extra={"version": self._rules.version})
            if self._refused and not problems:
                await self._run(self._accept)
            self._refused = bool(problems)
            self._changed()
        return EVERY

    def _accept(self, uow: UnitOfWork) -> None:
        now = self._clock.now()
        alarm = Alarm(f"configuration-good:{now.isoformat()}", "alarm_configuration_good")
        alarm.tell(uow, self._rules, (Role.ADMINISTRATOR,), now)

    def _refuse(self, uow: UnitOfWork, problems: tuple[Problem, ...]) -> None:
        now = self._clock.now()
        Alarm(f"configuration:{now.isoformat()}", "alarm_configuration").tell(
            uow, self._rules, (Role.ADMINISTRATOR,), now, count=len(problems), problems=Problems(problems[:SHOWN])
        )


def _keep(uow: UnitOfWork, folder: Folder, now: datetime) -> list[dict[str, str]]:
    version = version_of(folder.files)
    if uow.versions.get(version) is None:
        uow.versions.add(version, folder.files, now)
    watch_year(uow, folder.rules, now)
    watch_rota(uow, folder.rules, now)
    watch_contracts(uow, folder.rules, now)
    watch_duties(uow, folder.rules, now)
    return [dict(files) for name, files in uow.versions.all() if name != version]


def _with_older(rules: Rules, older: list[dict[str, str]]) -> Rules:
    """The rules with the older contracts; one that cannot be read any more is named in the log, and left out."""
    for files in older:
        try:
            rules = with_older(rules, [files])
        except ContractError as error:
            log.warning("old_version_unreadable", extra={"problem": str(error.problems[0])})
    return rules
