"""Announced maintenance, folded from its records: what is worked on from when to when, whom it kept from work."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sla.records import Record, RecordKind

AHEAD = timedelta(days=60)
"""How long ahead it may be announced,"""
LONGEST = timedelta(days=7)
"""and how long it may last: what was announced earlier than both together is over."""


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Work on a system that was announced. `contract` is "" for one under no contract; `begins` and `ends` are aware;
    `tickets` are of those who said that it is why they cannot work. `is_over`: it was ended, at `ends`, or taken back
    before it began."""

    number: int
    contract: str
    system: str
    begins: datetime
    ends: datetime
    by: str
    text: str = ""
    is_over: bool = False
    tickets: tuple[int, ...] = ()

    def is_running(self, at: datetime) -> bool:
        """Whether it goes on at the instant."""
        return not self.is_over and self.begins <= at < self.ends

    def is_to_come(self, at: datetime) -> bool:
        """Whether it goes on at the instant, or will."""
        return not self.is_over and at < self.ends


def maintenances(records: Iterable[Record], system: str | None = None) -> dict[int, Maintenance]:
    """What is on record, by number, of one system alone where it is named; records of another kind, or of what was
    never announced, count for nothing."""
    found: dict[int, Maintenance] = {}
    for record in sorted(records, key=lambda each: each.id):
        number = int(record.subject) if record.kind is RecordKind.MAINTENANCE else 0
        data, known = record.data, found.get(number)
        if number and "begins" in data:
            if system not in (None, data["system"]):
                continue
            begins, ends = (datetime.fromisoformat(data[name]) for name in ("begins", "ends"))
            text = str(data.get("text", ""))
            found[number] = Maintenance(number, record.contract, data["system"], begins, ends, record.by, text)
        elif known and "ends" in data:
            found[number] = replace(known, ends=datetime.fromisoformat(data["ends"]))
        elif known and data.get("over"):
            found[number] = ended(known, record.at)
        elif known and "ticket" in data:
            found[number] = replace(known, tickets=(*known.tickets, data["ticket"]))
    return found


def ended(one: Maintenance, at: datetime) -> Maintenance:
    """It was ended at an instant (aware), or taken back where it had not begun: then it is as it was planned."""
    return replace(one, is_over=True, ends=min(one.ends, at) if one.begins <= at else one.ends)
