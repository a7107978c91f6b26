"""Telling those who answer for the bot that something is wrong with it: through the outbox, like everything else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from handlers.reach import addresses_for
from handlers.trouble import told
from handlers.wording import say
from handlers.wording.worded import in_words
from sla.errors import Problem
from sla.labels import Role
from sla.message import Notice, Purpose
from sla.rules import Rules
from storage.base import UnitOfWork


@dataclass(frozen=True, slots=True)
class Problems:
    """What is wrong with files, a line each."""

    found: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that is wrong. `key` names it for good: it is told once; `sentence` is a key of the wording. A field
    `reason` is what a channel or a provider said, and is told with what it means; Problems are told in words too."""

    key: str
    sentence: str
    ticket: int | None = None

    def tell(self, uow: UnitOfWork, rules: Rules, roles: Iterable[Role], now: datetime, **fields: object) -> None:
        """Tell everybody who has one of these roles, each in their language."""
        wanted = frozenset(roles)
        for person in rules.people.by_id.values():
            addresses = addresses_for(person, uow, now) if wanted & person.roles else ()
            if addresses:
                shown = {name: _shown(name, value, person.language) for name, value in fields.items()}
                text = say(self.sentence, person.language, **shown)
                key = f"alarm:{self.key}:{person.id}"
                notice = Notice(key, Purpose.INFO, addresses, text, person=person.id, ticket=self.ticket)
                uow.outbox.add([notice], now)


def _shown(name: str, value: object, language: str) -> object:
    if name == "reason":
        return told(str(value), language)
    if isinstance(value, Problems):
        return "\n".join(problem.told(partial(in_words, language=language)) for problem in value.found)
    return value
