"""What of the quotas belongs in the ledger: the breach of an event, and a limit that was passed without being one.

The lines that are wanted follow from the account alone. After every change of an outage all events of its year are
judged anew, and the ledger is brought up to them by what it lacks: an outage that is withdrawn makes the third of the
year the second, so the third one's breach is corrected.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sla.account import Counted, Over
from sla.ledger import BREACH, CLOSED, CORRECTION, QUOTA, Entry
from sla.quota import Limit, Quota

MISSED = "missed"
"""A kind of entry: a limit was passed whose excess is no breach. It is on record and counts nowhere."""
IN_TIME = (Limit.RECOVERY, Limit.MONTH_MINUTES)
"""Limits that are passed by some time, which is known for good when the outage is over."""
KEPT, WITHDRAWN, MOVED = "kept", "withdrawn", "moved"
"""Reasons of a correction: the limit was kept after all, it was no outage, its line has other facts now."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that the ledger ought to have of an event: a breach, or a limit missed; `final` once it is over."""

    kind: str
    ticket: int
    clause: str
    clock: str
    group: str
    due: datetime
    overrun: int
    final: bool


def lines(quota: Quota, events: Iterable[Counted]) -> tuple[Line, ...]:
    """What ought to be in the ledger of these events: of each its one breach, and what it missed beside."""
    found = []
    for event in events:
        if event.breach:
            found.append(_line(BREACH, quota, event, event.breach))
        missed = (over for over in event.over if not quota.is_breach(over.limit))
        found += [_line(MISSED, quota, event, over) for over in missed]
    return tuple(found)


def clock_name(quota: Quota, over: Over) -> str:
    """The name of a limit in the ledger: "quota:downtime/recovery"; of a month's minutes with the month."""
    named = f"{QUOTA}{quota.name}/{over.limit}"
    return f"{named}/{over.period}" if over.limit is Limit.MONTH_MINUTES else named


def limit_of(entry: Entry) -> Limit:
    """The limit that an entry of a quota is about."""
    return Limit(entry.clock.split("/")[1])


def lacking(
    contract: str, wanted: Iterable[Line], entries: Iterable[Entry], now: datetime, outages: Iterable[int]
) -> tuple[Entry, ...]:
    """What the ledger lacks of the wanted lines, given the `entries` so far (by seq) of their tickets.

    `outages` are the tickets that are outages of this contract; of others, whatever stands is withdrawn. Only entries
    of `contract` are looked at. First what is corrected, by its number, then what is new.
    """
    standing = _standing(entry for entry in entries if entry.contract == contract)
    lines, known = {(line.ticket, line.clock): line for line in wanted}, set(outages)
    corrected, added = [], []
    for key, (entry, _) in standing.items():
        line = lines.get(key)
        if line is None:
            corrected.append(_about(entry, CORRECTION, now, KEPT if entry.ticket in known else WITHDRAWN))
        elif (entry.kind, entry.due) != (line.kind, line.due):
            corrected.append(_about(entry, CORRECTION, now, MOVED))
    gone = {(entry.ticket, entry.clock) for entry in corrected}
    for key, line in lines.items():
        stands, closed = standing.get(key, (None, None)) if key not in gone else (None, None)
        if stands is None:
            stands = _entry(contract, line, now)
            added.append(stands)
        if line.final and line.kind == BREACH and limit_of(stands) in IN_TIME and closed != line.overrun:
            added.append(replace(_about(stands, CLOSED, now, ""), overrun=line.overrun, refers_to=None))
    return (*sorted(corrected, key=lambda entry: entry.refers_to or 0), *added)


def _standing(entries: Iterable[Entry]) -> dict[tuple[int, str], tuple[Entry, int | None]]:
    """The lines that were not corrected, by ticket and clock, each with the overrun at which it was closed."""
    found: dict[tuple[int, str], tuple[Entry, int | None]] = {}
    for entry in entries:
        key = (entry.ticket, entry.clock)
        if not entry.clock.startswith(QUOTA):
            continue
        if entry.kind in (BREACH, MISSED):
            found[key] = (entry, None)
        elif entry.kind == CORRECTION:
            found.pop(key, None)
        elif entry.kind == CLOSED and key in found:
            found[key] = (found[key][0], entry.overrun)
    return found


def _line(kind: str, quota: Quota, event: Counted, over: Over) -> Line:
    return Line(
        kind=kind,
        ticket=event.outage.ticket,
        clause=quota.clause,
        clock=clock_name(quota, over),
        group=f"{QUOTA}{quota.name}",
        due=over.at,
        overrun=over.by // timedelta(seconds=1),
        final=event.outage.ended is not None,
    )


def _entry(contract: str, line: Line, now: datetime) -> Entry:
    return Entry(
        kind=line.kind,
        ticket=line.ticket,
        contract=contract,
        clause=line.clause,
        clock=line.clock,
        round=1,
        due=line.due,
        recorded_at=now,
        overrun=line.overrun,
        group=line.group,
    )


def _about(entry: Entry, kind: str, now: datetime, reason: str) -> Entry:
    bare = replace(entry, seq=0, prev="", hash="", by="")
    return replace(bare, kind=kind, recorded_at=now, overrun=0, reason=reason, refers_to=entry.seq)
