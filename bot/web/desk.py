"""What the web pages may ask of the process, and who is asking."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from aiohttp import web

from bot.channels.base import KeepFile
from bot.clock import Clock
from bot.settings import Settings
from sla.message import Address, Inbound
from sla.people import Person
from sla.rules import Rules
from storage.base import UnitOfWork

T = TypeVar("T")
CHANNEL = "webchat"


class Read(Protocol):
    """Looks at one consistent state, beside the writers."""

    def __call__(self, look: Callable[[UnitOfWork], T]) -> Awaitable[T]: ...


class Run(Protocol):
    """Runs one unit of work; returns when it is committed."""

    def __call__(self, unit: Callable[[UnitOfWork], T], order: str = "") -> Awaitable[T]: ...


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a message: its inbox row (None: it was there already) and its ticket, if it has one."""

    row: int | None
    ticket: int | None


@dataclass(frozen=True, slots=True)
class Desk:
    """The web's view of the process."""

    settings: Settings
    rules: Callable[[], Rules]
    run: Run
    read: Read
    take: Callable[[Inbound], Awaitable[Taken]]
    keep_file: KeepFile
    clock: Clock


DESK = web.AppKey("desk", Desk)


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody's place in the web chat: the address they write from, and the groups they read."""

    person: Person
    address: Address
    groups: tuple[Address, ...] = ()


def seat_of(person: Person, rules: Rules, bound: tuple[Address, ...] = ()) -> Seat:
    """The person's seat; without an address of this channel in people.toml or bound, their id is one."""
    own = [a for a in (*person.addresses, *bound) if a.channel == CHANNEL]
    groups = [
        address
        for team in rules.rota.teams
        if person.id in {*team.turn.engineers, team.lead}
        for address in team.group
        if address.channel == CHANNEL
    ]
    return Seat(person, own[0] if own else Address(CHANNEL, person.id), tuple(dict.fromkeys(groups)))


def all_seats(rules: Rules) -> tuple[Seat, ...]:
    """Everybody who has an address of this channel, in the order of people.toml."""
    people = rules.people.by_id.values()
    return tuple(seat_of(p, rules) for p in people if any(a.channel == CHANNEL for a in p.addresses))
