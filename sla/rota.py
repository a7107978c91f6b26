"""Who is on call when: weekly turns with fixed exceptions. Pure arithmetic that takes the instant.

Every stretch is half-open: at the hand-over itself the next one is on call. Turns follow the wall clock of the site, so
that a hand-over at 08:00 stays at 08:00 where summer time begins or ends. `sla.rota_reader` reads rota.toml.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
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
    """Weekly turns: `engineers` follow each other every `days` days from `since` (aware, in the site's zone: date plus
    hand-over time). Before `since` nobody has a turn. The second on call is the one whose turn comes next."""

    engineers: tuple[str, ...]
    since: datetime
    days: int = 7


@dataclass(frozen=True, slots=True)
class Shift:
    """A fixed exception to the turns, half-open: from `start` to `end` these people are on call.

    Where `second` is empty, whoever has the turn is second, or the turn's second where the former is first already.
    """

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
    exceptions: tuple[Shift, ...] = ()
    group: tuple[Address, ...] = ()
    lead: str = ""
    provider_managers: tuple[str, ...] = ()
    hospital_managers: tuple[str, ...] = ()
    handover: time = time(8)
    ladders: Mapping[tuple[Priority, Window], tuple[Rung, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Rota:
    """All teams. The one without contracts serves whatever no other team serves."""

    teams: tuple[Team, ...]
    _of_contract: Mapping[str, Team] = field(init=False, repr=False, compare=False)
    _default: Team | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        served = {contract: team for team in reversed(self.teams) for contract in team.contracts}
        object.__setattr__(self, "_of_contract", served)
        object.__setattr__(self, "_default", next((team for team in self.teams if not team.contracts), None))

    def team_of(self, contract: str | None) -> Team | None:
        """The team that serves a contract; None where there is no such team and no default one."""
        return self._of_contract.get(contract, self._default) if contract is not None else self._default


@dataclass(frozen=True, slots=True)
class OnCall:
    """Who is on call ("" for nobody) until `until` (None: without end); then `next_first` and `next_second` are."""

    first: str
    second: str
    until: datetime | None
    next_first: str = ""
    next_second: str = ""


def on_call(team: Team, at: datetime) -> OnCall:
    """Who is on call at an instant (aware), and who is next. `until` is in the zone of the turns."""
    return _stretch(team, at).on_call


def pair(team: Team, at: datetime) -> tuple[str, str]:
    """The first and the second on call at an instant (aware); "" for nobody."""
    duty = _stretch(team, at).on_call
    return duty.first, duty.second


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A time from `begin` to before `end` (None: without end) in which a team's `on_call` is the same."""

    team: Team
    begin: datetime
    end: datetime | None
    on_call: OnCall

    def holds(self, team: Team, at: datetime) -> bool:
        return self.team is team and self.begin <= at and (self.end is None or at < self.end)


_EVER = datetime.min.replace(tzinfo=UTC)
_KEPT = 64
_stretches: dict[int, _Stretch] = {}


def _stretch(team: Team, at: datetime) -> _Stretch:
    """The stretch of an instant. Each team's last one is kept, by identity: most are asked for again at once."""
    known = _stretches.get(id(team))
    if known is None or not known.holds(team, at):
        if len(_stretches) >= _KEPT:
            _stretches.clear()
        known = _stretches[id(team)] = _Stretch(team, _last_edge(team, at), _next_edge(team, at), _on_call(team, at))
    return known


def _on_call(team: Team, at: datetime) -> OnCall:
    first, second = _pair(team, at)
    until = _next_edge(team, at)
    while until and _pair(team, until) == (first, second):
        until = _next_edge(team, until)
    if until is None:
        return OnCall(first, second, None)
    return OnCall(first, second, until.astimezone(team.turn.since.tzinfo), *_pair(team, until))


def _pair(team: Team, at: datetime) -> tuple[str, str]:
    first, second = _turn(team.turn, at)
    for exception in team.exceptions:
        if exception.start <= at < exception.end:
            others = (exception.second, first, second)
            return exception.first, next((who for who in others if who and who != exception.first), "")
    return first, second


def gaps(team: Team, start: datetime, end: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """The stretches of [start, end) in which nobody is on call, joined where they touch."""
    found: list[tuple[datetime, datetime]] = []
    at = start
    while at < end:
        until = min(_next_edge(team, at) or end, end)
        if not pair(team, at)[0]:
            begins = found.pop()[0] if found and found[-1][1] == at else at
            found.append((begins, until))
        at = until
    return tuple(found)


def _turn(turn: Turn, at: datetime) -> tuple[str, str]:
    if not turn.engineers or at < turn.since:
        return "", ""
    number, count = _number(turn, at), len(turn.engineers)
    following = [turn.engineers[(number + step) % count] for step in range(count)]
    return following[0], next((who for who in following if who != following[0]), "")


def _number(turn: Turn, at: datetime) -> int:
    """Which turn `at` is in, from 0. A first guess by the date, mended by the instants of the hand-overs."""
    number = (at.astimezone(turn.since.tzinfo).date() - turn.since.date()).days // turn.days
    while at < _begins(turn, number):
        number -= 1
    while at >= _begins(turn, number + 1):
        number += 1
    return number


def _begins(turn: Turn, number: int) -> datetime:
    """The instant at which a turn begins, in UTC: the hand-over time on the wall clock of its day."""
    day: date = turn.since.date() + timedelta(days=number * turn.days)
    return datetime.combine(day, turn.since.time(), turn.since.tzinfo).astimezone(UTC)


def _next_edge(team: Team, at: datetime) -> datetime | None:
    """The next instant at which a turn or an exception begins or ends. One engineer alone has no hand-overs."""
    return min((edge for edge in _edges(team, at) if edge > at), default=None)


def _last_edge(team: Team, at: datetime) -> datetime:
    """The latest such instant that is not after `at`; the beginning of all time where there is none."""
    return max((edge for edge in _edges(team, at) if edge <= at), default=_EVER)


def _edges(team: Team, at: datetime) -> Iterator[datetime]:
    """Those next to `at`, before and after it, and perhaps others."""
    turn = team.turn
    yield turn.since
    if at >= turn.since and len(set(turn.engineers)) > 1:
        number = _number(turn, at)
        yield from (_begins(turn, number), _begins(turn, number + 1))
    for exception in team.exceptions:
        yield from (exception.start, exception.end)
