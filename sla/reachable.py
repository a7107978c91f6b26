"""Where somebody is reached first, given what is known of their addresses, and when they want to be left in peace.

The rule of the order: what the person wants, but behind all others goes an address that is unlikely to be seen at once:

* it refused what was sent to it (blocked, gone, a mail that came back) in the last 30 days, and neither did anything
  get through to it since nor did the person write from it;
* or its channel writes first only for some time after the person's last message there, and that time is over; unless
  the channel has a message of another kind for then, by which it may always write (WeChat's template messages).

Nothing is ever left out: an address behind is still tried after those before it.

The rule of quiet hours: they hold back what can wait until the morning, as `waits` says.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from sla.labels import Priority
from sla.message import Address, Purpose

WINDOWS: Mapping[str, timedelta] = {"wechat": timedelta(hours=48)}
"""How long after somebody's last message a channel may still write to them; the others may at any time."""
LATELY = timedelta(days=30)
"""For how long an address that refused goes behind the others; after that it is tried again in its place."""
AWAKE = timedelta(minutes=30)
"""Whoever wrote so lately is awake: their quiet hours hold nothing back."""
URGENT = frozenset({Priority.CRITICAL, Priority.HIGH})
EVERY_DAY = frozenset(range(7))
WAITING = frozenset({Purpose.INFO, Purpose.BREACH})
"""What quiet hours may hold back at all: never a page, a reminder or an answer."""


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of one address; None for what never happened. All instants are aware.

    `sent_at`: something got through. `failed_at`, `why`: the latest failure of any kind. `refused_at`: it said that it
    takes nothing. `heard_at`: its person wrote from there.
    """

    sent_at: datetime | None = None
    failed_at: datetime | None = None
    why: str = ""
    refused_at: datetime | None = None
    heard_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Quiet:
    """Quiet hours from `start` to `end` on the site's wall clock, over midnight where `end` is not after `start`, on
    the `days` (0 is Monday) on which they begin. `on` False keeps them without observing them."""

    start: time
    end: time
    days: frozenset[int] = EVERY_DAY
    on: bool = True

    def until(self, at: datetime) -> datetime | None:
        """The end of the quiet hours that hold at an instant, in the zone of `at` (the site's); None outside them."""
        if not self.on:
            return None
        for back in (0, 1):
            day = (at - timedelta(days=back)).date()
            begins = datetime.combine(day, self.start, at.tzinfo)
            last = day if self.end > self.start else day + timedelta(days=1)
            ends = datetime.combine(last, self.end, at.tzinfo)
            # As instants: two clocks of one zone would be compared by their hands where summer time begins or ends.
            if day.weekday() in self.days and begins.timestamp() <= at.timestamp() < ends.timestamp():
                return ends
        return None


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a person wants: `first` are addresses in their order, those that are not named follow; quiet hours."""

    first: tuple[Address, ...] = ()
    quiet: Quiet | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """All that decides where a person is reached: the addresses they bound, the latest first, what they want, and what
    is known of each address (one of which nothing is known is left out). `always`: channels that may write although
    their window is closed."""

    bound: tuple[Address, ...] = ()
    wants: Preferences = field(default_factory=Preferences)
    known: Mapping[Address, Health] = field(default_factory=dict)
    always: frozenset[str] = frozenset()

    def heard_at(self) -> datetime | None:
        """When the person last wrote, from wherever; None where that is not known."""
        return max((health.heard_at for health in self.known.values() if health.heard_at), default=None)


NOTHING_KNOWN = Health()


def wanted(addresses: Iterable[Address], first: Iterable[Address]) -> tuple[Address, ...]:
    """The addresses, each once: those of `first` that are among them, then the others in their own order."""
    there = dict.fromkeys(addresses)
    return tuple(dict.fromkeys((*(each for each in first if each in there), *there)))


def likely_first(addresses: Iterable[Address], reach: Reach, now: datetime) -> tuple[Address, ...]:
    """The addresses in the order in which they are tried at `now`: as wanted, those unlikely to be seen last."""
    ordered = wanted(addresses, reach.wants.first)
    return tuple(sorted(ordered, key=lambda one: is_behind(one, reach.known.get(one), now, reach.always)))


def is_behind(address: Address, health: Health | None, now: datetime, always: Collection[str] = frozenset()) -> bool:
    """Whether an address goes behind the others: it refused lately, or its window is closed, and it is of none of the
    channels that may `always` write."""
    health = health or NOTHING_KNOWN
    until = open_until(address, health)
    is_windowed = address.channel in WINDOWS and address.channel not in always
    return is_refusing(health, now) or (is_windowed and (until is None or until <= now))


def is_refusing(health: Health, now: datetime) -> bool:
    """Whether it refused lately and there was no sign of life since."""
    refused = health.refused_at
    if refused is None or now - refused >= LATELY:
        return False
    return not any(sign is not None and sign > refused for sign in (health.sent_at, health.heard_at))


def open_until(address: Address, health: Health) -> datetime | None:
    """Until when the channel may write first: None where it always may, and where the person never wrote there."""
    window = WINDOWS.get(address.channel)
    return health.heard_at + window if window is not None and health.heard_at else None


def waits(purpose: Purpose, priority: Priority | None) -> bool:
    """Whether a notice is held back by quiet hours: news and breaches, of a ticket that is neither critical nor high or
    of no ticket at all (`priority` None)."""
    return purpose in WAITING and priority not in URGENT


def held_until(reach: Reach, local: datetime) -> datetime | None:
    """Until when what can wait is held back from a person; None where it is sent at once. `local` is now, in the zone
    of the site."""
    quiet, heard = reach.wants.quiet, reach.heard_at()
    if quiet is None or (heard is not None and local - heard < AWAKE):
        return None
    return quiet.until(local)
