"""Service contracts as values: clauses, clocks, windows. `sla.contract_reader.read_contract` makes them from TOML."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

from sla.calendar import ServiceWindows
from sla.duty import Duty
from sla.labels import Kind, Priority, Window
from sla.quota import Quota
from sla.terms import NO_TERMS, Terms
from sla.ticket import EventKind
from sla.worktime import IN_DAYS, Base

INTERNAL = "internal"
"""The id of the contract that is none: internal targets for systems without a contract."""
NO_GRACE = timedelta()
PLAN_AGAIN = "plan_again"
"""The name of the clock of a new plan after a refusal."""
PLAN_AGAIN_REMINDERS = (timedelta(hours=1), timedelta(minutes=30), timedelta(minutes=10))


ANSWERING = (EventKind.ACKNOWLEDGED, EventKind.ARRIVED, EventKind.SENIOR_ARRIVED)
SETTLING = (EventKind.RESOLVED, EventKind.LIVE, EventKind.DELIVERED)
"""Events that end the work on a ticket; the two latter are those of a change."""
CONFIRMING = (EventKind.CONFIRMED, EventKind.ACCEPTED)


class Start(StrEnum):
    """What sets a clock going: the first such event of a round."""

    REPORT = "report"
    REMOTE_FAILED = "remote_failed"
    ASSESSED = "assessed"
    APPROVED = "approved"
    """Both sides have approved the written plan."""
    ACKNOWLEDGED = "acknowledged"
    """A person has answered, by whatever: arrived, resolved."""
    ARRIVED = "arrived"
    """Somebody of the provider is on site, a senior developer too."""
    SOLUTION_GIVEN = "solution_given"
    BUILT = "built"
    RESOLVED = "resolved"
    """The work has ended: resolved, gone live, delivered. Such a clock runs on after the confirmation."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause in the contract's own words; `note` says how it is read, and where another clause is looser."""

    number: str
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ClockRule:
    """One clock that a contract sets.

    `kinds`, `priorities`, `systems`, `windows`, `seasons`: whom it is for; empty means all. `seasons` go by the local
    date of the report. `disaster`: None for all, else only for faults that are one (True) or are none (False).
    `amount` counts in minutes or days as `base` says. The first of `stops` stops it; one of `falls_away` before the
    deadline makes it moot. `group`: the breach group, "" for none. `reminders`: how long before the deadline, longest
    first.

    `grace`: what is done until so long after the deadline is still in time. People are told the deadline, and reminded
    of it; the breach is recorded when the grace is over.

    `internal` clocks are reminded of and never breached. `beside`: an internal target beside an obligation of the same
    name: the two run apart, neither replaces the other, and `key` tells them apart ("fix", "fix/internal"). Of several
    other rules of one name that fit a ticket, the stricter governs, and the looser are kept with it.
    """

    name: str
    clause: str
    base: Base
    amount: int
    starts: Start = Start.REPORT
    stops: tuple[EventKind, ...] = ()
    falls_away: tuple[EventKind, ...] = ()
    kinds: tuple[Kind, ...] = ()
    priorities: tuple[Priority, ...] = ()
    systems: tuple[str, ...] = ()
    windows: tuple[Window, ...] = ()
    disaster: bool | None = None
    group: str = ""
    internal: bool = False
    reminders: tuple[timedelta, ...] = ()
    why_zh: str = ""
    why_en: str = ""
    seasons: tuple[str, ...] = ()
    grace: timedelta = NO_GRACE
    beside: bool = False
    ending: frozenset[EventKind] = field(init=False, repr=False, compare=False)
    mooting: frozenset[EventKind] = field(init=False, repr=False, compare=False)
    key: str = field(init=False, repr=False, compare=False)
    length: timedelta = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Asked for each event of each ticket: made once. A confirmation says that all is done, save what only begins
        # with the end of the work.
        confirmed = () if self.starts is Start.RESOLVED else CONFIRMING
        object.__setattr__(self, "ending", frozenset((*self.stops, *confirmed)))
        object.__setattr__(self, "mooting", frozenset((*self.falls_away, EventKind.CANCELLED)))
        object.__setattr__(self, "key", f"{self.name}/internal" if self.beside else self.name)
        object.__setattr__(self, "length", timedelta(minutes=self.amount))

    @property
    def unit(self) -> str:
        """What `amount` counts: "minutes" or "days"."""
        return "days" if self.base in IN_DAYS else "minutes"

    def fits(
        self,
        system: str | None,
        kind: Kind,
        priority: Priority,
        window: Window,
        disaster: bool,
        seasons: tuple[str, ...] = (),
    ) -> bool:
        """Whether a ticket with these labels runs this clock. Only a fault can be a disaster. `seasons`: the names of
        those that the date of the report lies in."""
        return (
            (not self.kinds or kind in self.kinds)
            and (not self.priorities or priority in self.priorities)
            and (not self.systems or system in self.systems)
            and (not self.windows or window in self.windows)
            and (not self.seasons or any(season in seasons for season in self.seasons))
            and (self.disaster is None or self.disaster == (disaster and kind is Kind.FAULT))
        )


@dataclass(frozen=True, slots=True)
class PauseRule:
    """Time that the contract lets the provider's clocks stand still: while the hospital has to do something, say.

    It is for the clocks named; it ends when either side says so, with the work itself, with one of the events `ends`,
    and `at_most` so long after it began (None: not limited).
    """

    name: str
    clause: str
    clocks: tuple[str, ...]
    at_most: timedelta | None = None
    ends: tuple[EventKind, ...] = ()
    why_zh: str = ""
    why_en: str = ""


@dataclass(frozen=True, slots=True)
class BreachGroup:
    """Clocks of which one ticket counts at most one breach. `cost_*`: what it costs, in the clause's words."""

    name: str
    clocks: tuple[str, ...]
    clause: str
    cost_zh: str = ""
    cost_en: str = ""


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """Points for the five answers, best first (非常满意 … 非常不满意). Under `threshold` the provider adds people
    (`clause`); None where the contract names no threshold."""

    points: tuple[int, int, int, int, int] = (100, 90, 70, 40, 0)
    threshold: int | None = None
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Contract:
    """A service contract. `version`: the first 16 hex digits of the SHA-256 of its file. `plan_again`: the internal
    target for a new plan after a refusal, with its own reminders.

    `valid_from` and `valid_to` are its first and last day (None: not limited). A file with the same id and a later
    `valid_from` is its successor; where that one `takes_over`, open tickets go over to it. `cost_*`: what an overdue
    clock outside all breach groups costs. `name_en`: its name in English, "" where there is none.
    """

    id: str
    name: str
    hospital: str
    provider: str
    timezone: ZoneInfo
    version: str
    systems: tuple[str, ...]
    windows: ServiceWindows
    clauses: tuple[Clause, ...]
    clock_rules: tuple[ClockRule, ...]
    breach_groups: tuple[BreachGroup, ...] = ()
    satisfaction: Satisfaction = Satisfaction()
    plan_again: timedelta = timedelta(hours=2)
    valid_from: date | None = None
    valid_to: date | None = None
    takes_over: bool = False
    quotas: tuple[Quota, ...] = ()
    duties: tuple[Duty, ...] = ()
    terms: Terms = NO_TERMS
    cost_zh: str = ""
    cost_en: str = ""
    name_en: str = ""
    pauses: tuple[PauseRule, ...] = ()
    plan_again_reminders: tuple[timedelta, ...] = PLAN_AGAIN_REMINDERS
    _started: Mapping[Start, tuple[ClockRule, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        started = {start: tuple(rule for rule in self.clock_rules if rule.starts is start) for start in Start}
        object.__setattr__(self, "_started", started)

    def started_by(self, start: Start) -> tuple[ClockRule, ...]:
        """The clock rules that an event sets going, in the order of the file."""
        return self._started[start]

    def called(self, language: str) -> str:
        """Its name in a language."""
        return self.name_en or self.name if language == "en" else self.name

    def covers(self, system: str | None) -> bool:
        """Whether the contract names the system; a ticket whose system is not known yet (None) it covers."""
        return system is None or not self.systems or system in self.systems

    def is_valid(self, instant: datetime) -> bool:
        """Whether the instant (aware) lies from the first to the last day, in the contract's own time zone."""
        if self.valid_from is None and self.valid_to is None:
            return True
        day = instant.astimezone(self.timezone).date()
        return (self.valid_from or day) <= day <= (self.valid_to or day)

    def pause(self, name: str) -> PauseRule | None:
        """The pause of that name; None when the contract allows none such."""
        return next((pause for pause in self.pauses if pause.name == name), None)

    def clause(self, number: str) -> Clause:
        """The clause of that number, or of several ("2.3, 5.1(4)") one after the other; an empty one where there is
        none (internal targets)."""
        wanted = split_clauses(number)
        found = [clause for clause in self.clauses if clause.number in wanted]
        return Clause(number, "；".join(c.text for c in found), "；".join(c.note for c in found if c.note))


def split_clauses(numbers: str) -> tuple[str, ...]:
    """The single numbers in a list of clauses: "2.3, 5.1(4)" names two."""
    return tuple(part.strip() for part in numbers.split(",") if part.strip())


@cache
def internal_contract(timezone: ZoneInfo | None = None) -> Contract:
    """What a system without a contract gets: a target of 30 minutes to respond, reminded of, never breached.

    The same value each time: the service time of its windows is laid out once.
    """
    respond = ClockRule(
        name="respond",
        clause="",
        base=Base.ELAPSED,
        amount=30,
        stops=(*ANSWERING, *SETTLING),
        internal=True,
        reminders=(timedelta(minutes=10), timedelta(minutes=5)),
        why_zh="该系统没有服务合同，按内部目标 30 分钟内响应，不计违约。",
        why_en="No contract covers the system; the internal target is a response within 30 minutes, never a breach.",
    )
    return Contract(
        id=INTERNAL,
        name="内部目标",
        name_en="internal targets",
        hospital="",
        provider="",
        timezone=timezone or ZoneInfo("Asia/Shanghai"),
        version=INTERNAL,
        systems=(),
        windows=ServiceWindows(),
        clauses=(),
        clock_rules=(respond,),
    )
