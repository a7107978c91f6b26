"""What is reported when: more by day than by night and at weekends, and storms of many reports of one fault."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from bot.simulate import words
from bot.simulate.cast import Cast
from bot.simulate.story import Story
from sla.catalogue import System

FIRST_SATURDAY = 2
"""Of a year that begins on a Thursday, counted from nought."""
HOURS = (1, 1, 1, 1, 1, 2, 3, 6, 11, 11, 10, 9, 6, 6, 9, 10, 9, 8, 5, 4, 3, 3, 2, 1)
"""How much is reported in each hour of the day."""
IN_STORMS = 0.06
STORM = (15, 45)


class Arrival(NamedTuple):
    """A report to come, `after` so much time. `system`: of a storm; `follows`: others reported it before."""

    after: timedelta
    number: int
    system: System | None = None
    follows: bool = False


def arrivals(seed: str, days: int, tickets: int, cast: Cast) -> Iterator[Arrival]:
    """All that is reported, numbered from 1."""
    chance = Random(f"{seed}/arrivals")  # noqa: S311  # a simulation
    number = 0
    while number < tickets:
        after = _some_time(chance, days)
        if chance.random() < IN_STORMS / STORM[1] * 2:
            system = chance.choice(cast.systems)
            many = min(chance.randint(*STORM), tickets - number)
            for place in range(many):
                number += 1
                wait = timedelta(seconds=chance.randrange(1, 900) if place else 0)
                yield Arrival(after + wait, number, system, place > 0)
        else:
            number += 1
            yield Arrival(after, number)


def _some_time(chance: Random, days: int) -> timedelta:
    day = chance.randrange(days)
    while (day - FIRST_SATURDAY) % 7 < 2 and chance.random() < 0.5:
        day = chance.randrange(days)
    hour = chance.choices(range(24), HOURS)[0]
    return timedelta(days=day, hours=hour, seconds=chance.randrange(3600))


def story_of(arrival: Arrival, at: datetime, seed: str, cast: Cast) -> Story:
    """The story that begins with a report: all its chance is its own."""
    chance = Random(f"{seed}/{arrival.number}")  # noqa: S311  # a simulation
    place = chance.choice(tuple(cast.clinicians))
    who = chance.choice(cast.clinicians[place]) if chance.random() < 0.9 else f"guest-{chance.randrange(40)}"
    kind = "fault" if arrival.system else words.kind_of(chance)
    named = arrival.system or (chance.choice(cast.systems) if chance.random() < 0.9 else None)
    return Story(arrival.number, at, chance, who, place, kind, named)
