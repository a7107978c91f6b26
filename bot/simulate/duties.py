"""Duties as people do them: most in time, some late, some never. Each time of a duty has a chance of its own. And the
maintenance that is announced for a day."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from bot.simulate.cast import Cast
from handlers.duty_book import number_of, open_book
from sla.labels import Side
from sla.rhythm import Occurrence
from storage.base import UnitOfWork

IN_TIME, LATE = 0.75, 0.15
"""Shares of what is done in time, and too late; the rest never is."""
MAINTAINED, MOVED = 0.5, 0.4
"""How often a day something is maintained, and that is prolonged or taken back."""
LATEST = 30 * 60
"""Minutes: how late what is late is done at most."""
PROOFS = ("见附件记录", "已完成，记录存档", "报告已提交信息科")


class Doing(NamedTuple):
    """That somebody says at an instant that a duty was done."""

    at: datetime
    who: str
    words: str


def doings(cast: Cast, uow: UnitOfWork, seed: str, now: datetime) -> Iterator[Doing]:
    """What will be said of the duties that are due on the day of `now`, as far as anything is."""
    today = cast.rules.calendar.day_of(now)
    for contract in cast.rules.contracts.values():
        for one in open_book(contract, uow, cast.rules, now).all_times(today, today):
            chance = Random(f"{seed}/duty/{one.contract}/{one.subject}")  # noqa: S311  # a simulation
            at = _when(one, now, chance)
            if at is not None and not one.done and not one.duty.may:
                who = f"{one.contract}-lead" if one.duty.side is Side.PROVIDER else "manager-0"
                number = number_of(cast.rules, one.contract, one.duty.id)
                yield Doing(at, who, f"完成 {number} {one.period} {chance.choice(PROOFS)}")


def maintenance(cast: Cast, seed: str, now: datetime) -> Iterator[Doing]:
    """What is announced, moved and taken back on the day that begins at `now`."""
    day = now.astimezone(cast.rules.calendar.timezone)
    chance = Random(f"{seed}/maintenance/{day.date()}")  # noqa: S311  # a simulation
    if chance.random() > MAINTAINED:
        return
    at = day + timedelta(minutes=chance.randrange(20 * 60))
    begins, length = at + timedelta(minutes=chance.randrange(180)), timedelta(minutes=chance.randrange(30, 300))
    name = chance.choice(cast.systems).name.partition("（")[0]
    words = f"维护 {name} {begins.month}月{begins.day}日 {begins:%H:%M}-{begins + length:%H:%M} 升级"
    yield Doing(at, "manager-0", words)
    if chance.random() < MOVED:
        later = begins + length + timedelta(hours=1)
        yield Doing(begins + length / 2, "manager-0", f"延长维护 到 {later.month}月{later.day}日 {later:%H:%M}")
    elif chance.random() < MOVED:
        yield Doing(begins + length / 2, "manager-0", "取消维护")


def _when(one: Occurrence, now: datetime, chance: Random) -> datetime | None:
    """In time, late, or never."""
    draw, first = chance.random(), max(one.opens, now)
    if draw < IN_TIME and first < one.due:
        return one.due - (one.due - first) * chance.random()
    return one.due + timedelta(minutes=chance.randint(1, LATEST)) if draw < IN_TIME + LATE else None
