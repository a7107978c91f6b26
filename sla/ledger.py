"""违约台账: the breach entries, each chained to the one before by SHA-256."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

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
    seq, prev = 0, GENESIS
    for entry in entries:
        seq += 1
        if entry.seq != seq:
            return f"entry {seq} is missing: entry {entry.seq} follows entry {seq - 1}"
        if entry.prev != prev:
            return f"entry {seq} does not follow entry {seq - 1}"
        if entry.hash != digest(entry):
            return f"entry {seq} was changed"
        prev = entry.hash
    return ""
