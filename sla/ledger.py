"""违约台账: the breach entries, each chained to the one before by SHA-256."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sla.clock import Clock, ClockState, is_overdue, overrun
from sla.ticket import Ticket

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger. `kind`: "breach" (a clock ran over), "correction" (facts that came late show that it did
    not; `refers_to` is the seq of the entry corrected), "closed" (the overrun is final). `due` and `recorded_at` are
    aware; `overrun` is in whole seconds, as known when it was recorded. `seq` counts from 1; `prev` and `hash` are
    filled by `chain`.
    """

    kind: str
    ticket: int
    contract: str
    clause: str
    clock: str
    round: int
    due: datetime
    recorded_at: datetime
    overrun: int
    group: str = ""
    reason: str = ""
    refers_to: int | None = None
    by: str = ""
    seq: int = 0
    prev: str = ""
    hash: str = ""


def digest(entry: Entry) -> str:
    """SHA-256 over everything in the entry but its own hash, in a canonical form."""
    content = [
        entry.seq, entry.prev, entry.kind, entry.ticket, entry.contract, entry.clause, entry.clock, entry.round,
        int(entry.due.timestamp() * 1_000_000), int(entry.recorded_at.timestamp() * 1_000_000), entry.overrun,
        entry.group, entry.reason, entry.refers_to,
    ]  # fmt: skip  # the order is part of the hash
    if entry.by:
        content.append(entry.by)  # entries of the bot's own hash as they did before there were others
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def chain(entries: Iterable[Entry], seq: int, prev: str) -> tuple[Entry, ...]:
    """The entries numbered and chained on after entry `seq` whose hash is `prev` (0 and GENESIS for the first)."""
    chained = []
    for entry in entries:
        seq += 1
        linked = replace(entry, seq=seq, prev=prev)
        linked = replace(linked, hash=digest(linked))
        prev = linked.hash
        chained.append(linked)
    return tuple(chained)


def verify(entries: Iterable[Entry]) -> str:
    """ "" when the chain is whole, else what is wrong with the first entry that does not fit."""
    prev = GENESIS
    for seq, entry in enumerate(entries, 1):
        if entry.seq != seq:
            return f"entry {seq} is missing: entry {entry.seq} follows entry {seq - 1}"
        if entry.prev != prev:
            return f"entry {seq} does not follow entry {seq - 1}"
        if entry.hash != digest(entry):
            return f"entry {seq} was changed"
        prev = entry.hash
    return ""


BREACH, CORRECTION, CLOSED = "breach", "correction", "closed"


def reconcile(ticket: Ticket, clocks: Iterable[Clock], entries: Iterable[Entry], now: datetime) -> tuple[Entry, ...]:
    """What the ledger lacks, given the ticket's clocks and its `entries` so far (by seq).

    A breach for each clock that ran over and has none; a correction where the facts now show that it was kept, fell
    away or no longer applies; "closed" with the final overrun, once a clock that ran over stops. Internal targets never
    come here.
    """
    judged = {(clock.round, name_of(clock)): clock for clock in clocks if not clock.internal}
    last = {(entry.round, entry.clock): entry for entry in entries}
    added: list[Entry] = []
    for key, clock in judged.items():
        added += _about(ticket, clock, last.get(key), now)
    for key, entry in last.items():
        if key not in judged and entry.kind != CORRECTION:
            added.append(_corrected(entry, now, "gone"))
    return tuple(added)


def name_of(clock: Clock) -> str:
    """A clock's name in the ledger: its own, with the number of the plan where it belongs to one."""
    return clock.key.partition("/")[2]


def _about(ticket: Ticket, clock: Clock, last: Entry | None, now: datetime) -> list[Entry]:
    stands = last is not None and last.kind != CORRECTION
    if not is_overdue(clock, now):
        return [_corrected(last, now, str(clock.state))] if last is not None and stands else []
    found = [] if stands else [_entry(BREACH, ticket, clock, now)]
    if clock.state is ClockState.MISSED:
        closed = _entry(CLOSED, ticket, clock, now)
        if last is None or last.kind != CLOSED or last.overrun != closed.overrun:
            found.append(closed)
    return found


def _entry(kind: str, ticket: Ticket, clock: Clock, now: datetime) -> Entry:
    return Entry(
        kind=kind,
        ticket=ticket.number,
        contract=clock.contract,
        clause=clock.clause,
        clock=name_of(clock),
        round=clock.round,
        due=clock.due,
        recorded_at=now,
        overrun=int(overrun(clock, now).total_seconds()),
        group=clock.group,
    )


def _corrected(entry: Entry, now: datetime, reason: str) -> Entry:
    bare = replace(entry, seq=0, prev="", hash="")
    return replace(bare, kind=CORRECTION, recorded_at=now, overrun=0, reason=reason, refers_to=entry.seq)


def standing(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The breaches that were not corrected, each with its latest overrun, in the order of their recording."""
    found: dict[tuple[int, int, str], Entry] = {}
    for entry in entries:
        key = (entry.ticket, entry.round, entry.clock)
        if entry.kind == CORRECTION:
            found.pop(key, None)
        elif entry.kind == BREACH:
            found[key] = entry
        elif key in found:
            found[key] = replace(found[key], overrun=entry.overrun)
    return tuple(found.values())
