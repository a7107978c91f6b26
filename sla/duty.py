"""Duties (职责): what a contract demands in a rhythm of its own, whoever asks.

`sla.duty_reader` reads them, `sla.rhythm` says when each is due.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sla.labels import Side

STAFF_CHANGE, CHANGE_LIVE = "staff_change", "change_live"
"""Events that a duty may follow, beside another duty that was done: a person of the provider's team is replaced (on the
day on which the old one leaves); a change went live."""
EVENTS = (STAFF_CHANGE, CHANGE_LIVE)


class Rhythm(StrEnum):
    """How often a duty comes back. Weeks begin on Monday."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"
    EVERY = "every"
    """At least once in so many days, counted from the last time it was done."""
    ONCE = "once"
    """Once, by the contract's start or end."""
    EVENT = "event"
    """Each time something happens."""


MONTHS = {Rhythm.MONTHLY: 1, Rhythm.QUARTERLY: 3, Rhythm.HALF_YEARLY: 6, Rhythm.YEARLY: 12}
"""The rhythms whose periods are made of months, and of how many."""


class Year(StrEnum):
    """What months, quarters and years are counted from: 1 January, or the contract's first day (合同年度)."""

    CALENDAR = "calendar"
    CONTRACT = "contract"


class Unit(StrEnum):
    """What an amount counts."""

    DAYS = "days"
    WORKING_DAYS = "working days"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True, slots=True)
class Count:
    """So many days, working days, months or years."""

    number: int
    unit: Unit


class Place(StrEnum):
    """Where the last day lies: at the end of the period, or so much before or after a day that is not counted itself
    (民法典 第201条)."""

    END = "end"
    BEFORE_END = "before_end"
    AFTER_END = "after_end"
    AFTER_START = "after_start"
    BEFORE_EVENT = "before_event"
    AFTER_EVENT = "after_event"


class DayOff(StrEnum):
    """What becomes of a last day that is a day off: the next working day stands for it (民法典 第203条第1款), the one
    before it does, it stays, or nothing is due."""

    NEXT = "next"
    PREVIOUS = "previous"
    STAYS = "stays"
    FALLS_AWAY = "falls_away"


class Closing(StrEnum):
    """When the last day is over: at the close of service (民法典 第203条第2款), or at 24:00."""

    SERVICE = "service"
    MIDNIGHT = "midnight"


@dataclass(frozen=True, slots=True)
class Duty:
    """One [[duty]] of a contract.

    `side`: who has to do it. `every`: days, for that rhythm. `after`: the event, or the id of another duty of this
    contract, that it follows. `count`: how much before or after, by `place`; None for Place.END. `may`: it is a right,
    not an obligation, and the day is the first on which it may be done. `reminders`: how long before, longest first.
    `proof_*`: what shows that it was done, "" where nothing is asked for.
    """

    id: str
    clause: str
    name_zh: str
    name_en: str
    rhythm: Rhythm
    side: Side = Side.PROVIDER
    every: int = 0
    year: Year = Year.CALENDAR
    after: str = ""
    place: Place = Place.END
    count: Count | None = None
    day_off: DayOff = DayOff.NEXT
    closing: Closing = Closing.SERVICE
    may: bool = False
    reminders: tuple[timedelta, ...] = ()
    proof_zh: str = ""
    proof_en: str = ""

    def name(self, language: str) -> str:
        """The name as it is written in a language."""
        return self.name_en if language == "en" else self.name_zh

    def proof(self, language: str) -> str:
        """What shows that it was done, in a language."""
        return self.proof_en if language == "en" else self.proof_zh

    @property
    def passes(self) -> bool:
        """Whether a time that was missed cannot be made good: yesterday's inspection is not done today."""
        return self.rhythm in (Rhythm.DAILY, Rhythm.EVERY)
