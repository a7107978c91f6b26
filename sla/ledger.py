"""违约台账: the breach entries, each chained to the one before by SHA-256.

Each entry holds the hash of the one before, so that nothing in it can be changed, taken out, put in or moved without a
trace up to its end. Its end is guarded twice: by the head, which storage keeps beside the entries, and by a hash that
somebody noted elsewhere (on a signed statement, say), against a chain that was written anew from one entry on.

A breach, once recorded, is never taken out: a correction says that the facts were others, a waiver that the hospital
forgives it. A waiver belongs to the one entry that it names. Where that breach is corrected and the clock runs over
again after all, the new breach is another entry, and not waived.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sla.clock import Clock, ClockState, is_overdue, overrun
from sla.errors import Refused
from sla.ticket import Ticket

GENESIS = "0" * 64
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
BREACH, CORRECTION, CLOSED, WAIVER, UNWAIVED = "breach", "correction", "closed", "waiver", "unwaived"
JUDGED = (BREACH, CORRECTION, CLOSED)
"""What is judged by clocks alone; waivers are people's."""
GONE = "gone"
"""The reason of a correction where that clock runs no more."""
QUOTA = "quota:"
"""How the clock of an entry begins that is no clock of its ticket but the excess of a quota: "quota:<name>/…"."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger. `kind`: "breach" (a clock ran over), "correction" (facts that came late show that it did
    not), "closed" (the overrun is final), "waiver" (the hospital forgives it: `by` and `reason` say who and why),
    "unwaived" (a waiver taken back). `refers_to` is the seq of the breach that is corrected, waived or waived no more.
    `due` and `recorded_at` are aware; `overrun` is in whole seconds, as known when it was recorded. `seq` counts from
    1; `prev` and `hash` are filled by `chain`.
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
        (entry.due - EPOCH) // MICROSECOND, (entry.recorded_at - EPOCH) // MICROSECOND, entry.overrun,
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


# whether the chain is whole

Head = tuple[int, str]
"""The number of an entry and its hash; of one noted elsewhere the hash may be its beginning."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a walk found. `head` is the hash of the last entry, `first` and `last` when the first and the last entry
    were recorded; `problem` is "" for a chain that is whole. What follows the first problem was not looked at."""

    count: int
    head: str
    first: datetime | None
    last: datetime | None
    problem: str = ""


class Misfit(str):
    """What is wrong with a chain, as an English sentence; `key` and `fields` for those who say it otherwise."""

    __slots__ = ("fields", "key")
    key: str
    fields: Mapping[str, object]

    @classmethod
    def of(cls, key: str, **fields: object) -> "Misfit":
        """The sentence of MISFITS with its fields filled in."""
        found = cls(MISFITS[key].format_map(fields))
        found.key, found.fields = key, fields
        return found


MISFITS = {
    "changed": "entry {place} was changed",
    "renumbered": "entry {place} was changed: it says that it is entry {seq}",
    "put_in": "entry {place} was put in, or put in the place of another: entry {seq} follows the one before",
    "reordered": "entries were reordered: entry {follower} belongs before entry {seq}, at place {place}",
    "missing": "entry {place} is missing",
    "some_missing": "entries {place} to {last} are missing",
    "between": "an entry is missing between entry {before} and entry {place}, or one of the two was replaced",
    "unlinked": "entry {place} was changed: it does not follow entry {before}",
    "unlike": "entry {place} is not the one that was noted: the chain was written anew up to it, or from before it",
    "end_missing": "entry {place} is missing at the end",
    "some_end_missing": "entries {place} to {last} are missing at the end",
    "head": "the head kept beside the ledger names entry {place} with the hash {hash}…: it was changed",
    "no_head": "the head that is kept beside the entries is missing",
    "instants": "entry {place} was changed: its instants are none",
}


def verify(entries: Iterable[Entry]) -> str:
    """ "" when the chain is whole, else what is wrong with the first entry that does not fit."""
    return inspect(entries).problem


def inspect(entries: Iterable[Entry], head: Head | None = None, noted: Iterable[Head] = ()) -> Finding:
    """Walk the entries, in the order of their numbers. `head` is what storage says the last one is."""
    wanted = dict(noted)
    walk = iter(entries)
    count, prev, before = 0, GENESIS, ""
    first = last = None
    problem = ""
    for entry in walk:
        problem = _misfit(entry, count + 1, prev, before, walk) or _unlike(entry, wanted.get(entry.seq))
        if problem:
            break
        count, before, prev = count + 1, prev, entry.hash
        first, last = first or entry.recorded_at, entry.recorded_at
    return Finding(count, prev, first, last, problem or _end(count, prev, head, wanted))


def _misfit(entry: Entry, place: int, prev: str, before: str, rest: Iterator[Entry]) -> str:
    """What is wrong with the entry at a place, whose predecessor has the hash `prev`, and that one's `before`."""
    if (entry.seq, entry.prev) == (place, prev):
        return "" if entry.hash == digest(entry) else Misfit.of("changed", place=place)
    if entry.prev == prev:
        return Misfit.of("renumbered", place=place, seq=entry.seq)
    if before and entry.prev == before:
        return Misfit.of("put_in", place=place - 1, seq=entry.seq)
    follower = next((other for other in rest if other.prev == prev), None)
    if follower is not None:
        return Misfit.of("reordered", follower=follower.seq, seq=entry.seq, place=place)
    if entry.seq > place:
        last = entry.seq - 1
        return Misfit.of("missing" if last == place else "some_missing", place=place, last=last)
    if entry.hash == digest(entry):
        return Misfit.of("between", before=place - 1, place=place)
    return Misfit.of("unlinked", place=place, before=place - 1)


def _unlike(entry: Entry, noted: str | None) -> str:
    if noted is None or entry.hash.startswith(noted):
        return ""
    return Misfit.of("unlike", place=entry.seq)


def _end(count: int, prev: str, head: Head | None, wanted: dict[int, str]) -> str:
    """What is wrong with the end of a chain that is whole as far as it goes."""
    furthest = max([*wanted, head[0] if head else 0])
    if furthest > count:
        key = "end_missing" if furthest == count + 1 else "some_end_missing"
        return Misfit.of(key, place=count + 1, last=furthest)
    if head is not None and head != (count, prev):
        return Misfit.of("head", place=head[0], hash=head[1][:12])
    return ""


# what the clocks say


def reconcile(ticket: Ticket, clocks: Iterable[Clock], entries: Iterable[Entry], now: datetime) -> tuple[Entry, ...]:
    """What the ledger lacks, given the ticket's clocks and its `entries` so far (by seq).

    A breach for each clock that ran over and has none; a correction where the facts now show that it was kept, fell
    away or no longer applies, or that it was another clause's, which is then a breach of its own; "closed" with the
    final overrun, once a clock that ran over stops. Internal targets never come here, and excesses of quotas are not
    judged here.
    """
    judged = {(clock.round, name_of(clock)): clock for clock in clocks if not clock.internal}
    last = _last(entries)
    added: list[Entry] = []
    for key, clock in judged.items():
        added += _about(ticket, clock, last.get(key, ()), now)
    for key, known in last.items():
        if key not in judged and known[-1].kind != CORRECTION:
            added.append(_corrected(known[0], now, GONE))
    return tuple(added)


def _last(entries: Iterable[Entry]) -> dict[tuple[int, str], tuple[Entry, ...]]:
    """By round and clock: the latest breach, and the latest entry about it where that is another one."""
    found: dict[tuple[int, str], tuple[Entry, ...]] = {}
    for entry in entries:
        if entry.kind in JUDGED and not entry.clock.startswith(QUOTA):
            key = (entry.round, entry.clock)
            found[key] = (entry,) if entry.kind == BREACH or key not in found else (found[key][0], entry)
    return found


def name_of(clock: Clock) -> str:
    """A clock's name in the ledger: its own, with the number of the plan where it belongs to one."""
    return clock.key.partition("/")[2]


def _about(ticket: Ticket, clock: Clock, known: Sequence[Entry], now: datetime) -> list[Entry]:
    stands = bool(known) and known[-1].kind != CORRECTION
    if not is_overdue(clock, now):
        return [_corrected(known[0], now, str(clock.state))] if stands else []
    found: list[Entry] = []
    if stands and (known[0].contract, known[0].clause, known[0].group) != (clock.contract, clock.clause, clock.group):
        # As it was put right, another promise was broken: that of another clause, or of another contract.
        found, known, stands = [_corrected(known[0], now, GONE)], (), False
    if not stands:
        found.append(_entry(BREACH, ticket, clock, now))
    if clock.state is ClockState.MISSED:
        closed = _entry(CLOSED, ticket, clock, now)
        if not known or known[-1].kind != CLOSED or known[-1].overrun != closed.overrun:
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
    return _after(entry, CORRECTION, now, reason)


def _after(entry: Entry, kind: str, now: datetime, reason: str, by: str = "") -> Entry:
    """An entry about that breach."""
    bare = replace(entry, seq=0, prev="", hash="")
    return replace(bare, kind=kind, recorded_at=now, overrun=0, reason=reason, refers_to=entry.seq, by=by)


# waivers


def waive(entries: Iterable[Entry], seq: int, by: str, reason: str, now: datetime) -> Entry:
    """The waiver (豁免) of breach `seq` among the entries of its ticket, by a manager of the hospital.

    Raises Refused where there is no such breach, where it was corrected, or is waived already.
    """
    breach = _breach(entries, seq)
    if breach.waiver:
        raise Refused("waived_before", seq=seq)
    return _after(breach.entry, WAIVER, now, reason, by)


def unwaive(entries: Iterable[Entry], seq: int, by: str, reason: str, now: datetime) -> Entry:
    """The waiver of breach `seq` taken back: it counts again. Raises Refused where it is not waived."""
    breach = _breach(entries, seq)
    if not breach.waiver:
        raise Refused("not_waived", seq=seq)
    return _after(breach.entry, UNWAIVED, now, reason, by)


def _breach(entries: Iterable[Entry], seq: int) -> "Breach":
    found = next((breach for breach in breaches(entries) if breach.entry.seq == seq), None)
    if found is None:
        raise Refused("no_such_breach", seq=seq)
    if found.correction:
        raise Refused("breach_is_corrected", seq=seq)
    return found


# what stands


@dataclass(frozen=True, slots=True)
class Breach:
    """A breach and what became of it. `entry` is as it was recorded, with the deadline and the overrun that are known
    by now; `final`: the clock has stopped."""

    entry: Entry
    final: bool = False
    correction: Entry | None = None
    waiver: Entry | None = None

    @property
    def counts(self) -> bool:
        """Whether it is neither corrected nor waived."""
        return self.correction is None and self.waiver is None


def breaches(entries: Iterable[Entry]) -> tuple[Breach, ...]:
    """Every breach among these entries (by seq) with what became of it, in the order of their recording."""
    found: dict[int, Breach] = {}
    latest: dict[tuple[int, int, str], int] = {}
    for entry in entries:
        key = (entry.ticket, entry.round, entry.clock)
        if entry.kind == BREACH:
            found[entry.seq], latest[key] = Breach(entry), entry.seq
        elif (seq := latest.get(key)) is None:
            continue
        elif entry.kind == CLOSED:
            latest_known = replace(found[seq].entry, due=entry.due, overrun=entry.overrun)
            found[seq] = replace(found[seq], entry=latest_known, final=True)
        elif entry.kind == CORRECTION:
            found[seq] = replace(found[seq], correction=found[seq].correction or entry)
        elif entry.refers_to in found:
            waiver = entry if entry.kind == WAIVER else None
            found[entry.refers_to] = replace(found[entry.refers_to], waiver=waiver)
    return tuple(found.values())


def standing(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The breaches that count (neither corrected nor waived), each with its latest overrun, in the order of their
    recording."""
    return tuple(breach.entry for breach in breaches(entries) if breach.counts)
