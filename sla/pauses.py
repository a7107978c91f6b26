"""Pauses of a ticket: time that its contract lets some of its clocks stand still (等待院方…).

Whether a pause counts, for which clocks, and for how long at most, is said by the contract that judges the clocks. One
pause at a time: a new one ends the one before. A pause ends when either side says so, with the end of the work, with
an event that its rule names, and by itself after `at_most`, whether somebody recorded that or not.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from sla.contract import CONFIRMING, SETTLING, Contract, PauseRule
from sla.ticket import Event, EventKind

E = EventKind
ENDING = frozenset({E.CONTINUED, E.PAUSED, E.CANCELLED, *SETTLING, *CONFIRMING})
"""Events that end every pause."""


@dataclass(frozen=True, slots=True)
class Pause:
    """One pause: the index and the instant of the event that began it, and of the one that ended it (None while no
    event has). `until`: when it is over by itself; None where the contract sets no limit."""

    rule: PauseRule
    index: int
    start: datetime
    end_index: int | None = None
    end: datetime | None = None
    until: datetime | None = None

    def is_open(self, index: int) -> bool:
        """Whether no event up to `index` has ended it."""
        return self.index < index and (self.end_index is None or index < self.end_index)


def pauses_of(events: tuple[Event, ...], contract: Contract) -> tuple[Pause, ...]:
    """The pauses among these events that the contract knows, in their order."""
    found = []
    for index, event in enumerate(events):
        rule = contract.pause(str(event.data["pause"])) if event.kind is E.PAUSED else None
        if rule is not None:
            found.append(_pause(rule, index, events))
    return tuple(found)


def open_pause(events: tuple[Event, ...], contract: Contract, now: datetime) -> Pause | None:
    """The pause that goes on at `now`, None where none does."""
    last = pauses_of(events, contract)[-1:]
    return next((p for p in last if p.end is None and (p.until is None or now < p.until)), None)


def _pause(rule: PauseRule, index: int, events: tuple[Event, ...]) -> Pause:
    start = events[index].at
    until = None
    if rule.at_most is not None:
        until = (start.astimezone(UTC) + rule.at_most).astimezone(start.tzinfo)
    for later in range(index + 1, len(events)):
        if events[later].kind in ENDING or events[later].kind in rule.ends:
            return Pause(rule, index, start, later, max(start, events[later].at), until)
    return Pause(rule, index, start, until=until)
