"""The ladder of pages: whom to page next while nobody answers, and after how long.

Unless rota.toml says otherwise: in the service window the site team's group, then (off hours at once) the first on
call, the first again, the second, the lead, the provider's manager, the hospital's manager. From rung to rung passes
one step: a third of the respond clock, at least 3 and at most 15 minutes; 3 minutes for critical.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sla.labels import Priority, Window
from sla.rota import Rung, Team, Who, pair

SHORTEST = timedelta(minutes=3)
LONGEST = timedelta(minutes=15)

OFF_HOURS = tuple(
    Rung(who)
    for who in (Who.FIRST, Who.FIRST, Who.SECOND, Who.LEAD, Who.PROVIDER_MANAGER, Who.HOSPITAL_MANAGER)
)  # fmt: skip  # one glance
IN_WINDOW = (Rung(Who.GROUP), *OFF_HOURS)


@dataclass(frozen=True, slots=True)
class Step:
    """A rung with its offset: page `who` when `after` has passed since paging began. `name` is unique in the ladder."""

    name: str
    who: Who
    after: timedelta


def step_length(priority: Priority, respond: timedelta | None) -> timedelta:
    """The time from rung to rung; `respond` is the length of the respond clock, None where there is none."""
    if priority is Priority.CRITICAL:
        return SHORTEST
    return LONGEST if respond is None else min(max(respond / 3, SHORTEST), LONGEST)


def ladder(
    team: Team, priority: Priority, window: Window, respond: timedelta | None, filled: Callable[[Who], bool]
) -> tuple[Step, ...]:
    """The rungs in their order. One that nobody fills is left out and takes no time: those after it come sooner."""
    rungs = (team.ladders or {}).get((priority, window)) or (IN_WINDOW if window is Window.ONSITE else OFF_HOURS)
    return _steps(rungs, step_length(priority, respond), filled)


_ladders: dict[tuple[int, Priority, Window, timedelta | None, bool, bool], tuple[Team, tuple[Step, ...]]] = {}
_KEPT = 256


def ladder_at(
    team: Team, priority: Priority, window: Window, respond: timedelta | None, at: datetime
) -> tuple[Step, ...]:
    """The ladder with the rungs that somebody fills at an instant (aware). The latest ones are kept, by identity of
    the team: only who is on call changes what a team's ladder looks like."""
    first, second = pair(team, at)
    key = (id(team), priority, window, respond, bool(first), bool(second))
    known = _ladders.get(key)
    if known is None or known[0] is not team:
        if len(_ladders) >= _KEPT:
            _ladders.clear()
        known = _ladders[key] = (team, ladder(team, priority, window, respond, on_duty(team, at)))
    return known[1]


def on_duty(team: Team, at: datetime) -> Callable[[Who], bool]:
    """Whether anybody fills a rung at an instant (aware)."""
    first, second = pair(team, at)
    people = {
        Who.GROUP: team.group,
        Who.FIRST: first,
        Who.SECOND: second,
        Who.LEAD: team.lead,
        Who.PROVIDER_MANAGER: team.provider_managers,
        Who.HOSPITAL_MANAGER: team.hospital_managers,
    }
    return lambda who: bool(people[who])


def personal(steps: Iterable[Step], wait: timedelta, *, again: bool) -> tuple[Step, ...]:
    """The ladder where one person is paged in place of the group and the first on call: at once, after `wait` once more
    if `again`, and then those above, with the times between them as they were."""
    above = [step for step in steps if step.who not in (Who.GROUP, Who.FIRST)]
    own = [Step("first", Who.FIRST, timedelta())]
    if again:
        own.append(Step("first-2", Who.FIRST, wait))
    begin = own[-1].after + wait
    return (*own, *(Step(step.name, step.who, begin + step.after - above[0].after) for step in above))


def _steps(rungs: tuple[Rung, ...], step: timedelta, filled: Callable[[Who], bool]) -> tuple[Step, ...]:
    found: list[Step] = []
    after = timedelta()
    for rung, wait in zip(rungs, _waits(rungs, step), strict=True):
        if filled(rung.who):
            times = sum(1 for each in found if each.who is rung.who) + 1
            found.append(Step(rung.who.value if times == 1 else f"{rung.who.value}-{times}", rung.who, after))
            after += wait
    return tuple(found)


def _waits(rungs: tuple[Rung, ...], step: timedelta) -> list[timedelta]:
    """How long each rung is given before the next."""
    at: list[timedelta] = []
    for rung in rungs:
        default = at[-1] + step if at else timedelta()
        # A rung whose time is written before that of the one above it comes right after that one.
        at.append(default if rung.after is None else max(rung.after, at[-1] if at else timedelta()))
    return [*(later - sooner for sooner, later in pairwise(at)), step]
