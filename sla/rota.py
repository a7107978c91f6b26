"""Who is on call when: weekly turns with fixed exceptions. Pure arithmetic that takes the instant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from sla.labels import Priority, Window
from sla.message import Address


class Who(StrEnum):
    """Whom a rung of the ladder pages; `rota.toml` uses these words."""

    GROUP = "group"
    FIRST = "first"
    SECOND = "second"
    LEAD = "lead"
    PROVIDER_MANAGER = "provider_manager"
    HOSPITAL_MANAGER = "hospital_manager"


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung: whom to page, and how long after the page began. `after` None takes the default step (escalation)."""

    who: Who
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """Weekly turns: `engineers` follow each other every `days` days from `since` (aware: date plus hand-over time)."""

    engineers: tuple[str, ...]
    since: datetime
    days: int = 7


@dataclass(frozen=True, slots=True)
class Exception_:
    """A fixed exception to the turns, half-open: from `start` to `end` these people are on call."""

    start: datetime
    end: datetime
    first: str
    second: str = ""


@dataclass(frozen=True, slots=True)
class Team:
    """A provider's team on call for contracts (empty: for all that no other team serves).

    `ladders` maps (priority, window) to rungs; where a key is missing the default ladder holds.
    """

    id: str
    name: str
    contracts: frozenset[str]
    turn: Turn
    exceptions: tuple[Exception_, ...] = ()
    group: tuple[Address, ...] = ()
    lead: str = ""
    provider_managers: tuple[str, ...] = ()
    hospital_managers: tuple[str, ...] = ()
    handover: time = time(8)
    ladders: Mapping[tuple[Priority, Window], tuple[Rung, ...]] | None = None
