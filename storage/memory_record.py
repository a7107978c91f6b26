"""What is only ever added to, in memory: the ledger, records, the audit trail, versions, files. And the marks."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import product

from sla.ledger import GENESIS, Entry, chain
from sla.records import Record, RecordKind
from storage.base import OldFile
from storage.memory_journal import Journal

_Audited = tuple[datetime, str, str, str, str]
_Sort = tuple[str | None, RecordKind | None]
"""Records of a contract and of a kind; None: of all."""


class MemoryLedger:
    """`storage.base.Ledger`."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._entries: dict[int, Entry] = {}
        self._of_ticket: dict[int, tuple[int, ...]] = {}
        self._head = (0, GENESIS)

    def append(self, entries: Iterable[Entry]) -> None:
        for entry in chain(entries, *self._head):
            self._journal.put(self._entries, entry.seq, entry)
            there = self._of_ticket.get(entry.ticket, ())
            self._journal.put(self._of_ticket, entry.ticket, (*there, entry.seq))
            self._journal.note(partial(setattr, self, "_head", self._head))
            self._head = (entry.seq, entry.hash)

    def get(self, seq: int) -> Entry | None:
        return self._entries.get(seq)

    def head(self) -> tuple[int, str]:
        return self._head

    def of_ticket(self, number: int) -> Sequence[Entry]:
        return [self._entries[seq] for seq in self._of_ticket.get(number, ())]

    def between(self, start: datetime, end: datetime, contract: str | None = None) -> Sequence[Entry]:
        return [e for e in self.all() if start <= e.recorded_at < end and contract in (None, e.contract)]

    def all(self) -> Iterator[Entry]:
        for seq in sorted(self._entries):
            yield self._entries[seq]

    def forget(self, ticket: int) -> None:
        """Remove the entries of a ticket. Whoever does so has verified the chain up to them."""
        for seq in self._journal.drop(self._of_ticket, ticket) or ():
            self._journal.drop(self._entries, seq)


class MemoryRecords:
    """`storage.base.Records`."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._records: dict[int, Record] = {}
        self._in_time: dict[_Sort, list[tuple[datetime, int]]] = {}

    def add(self, record: Record) -> int:
        number = len(self._records) + 1
        self._journal.put(self._records, number, replace(record, id=number))
        place = (record.at.astimezone(UTC), number)
        for sort in product((None, record.contract), (None, record.kind)):
            insort(self._in_time.setdefault(sort, []), place)
            self._journal.note(partial(self._take_out, sort, place))
        return number

    def between(
        self, start: datetime, end: datetime, contract: str | None = None, kind: RecordKind | None = None
    ) -> Sequence[Record]:
        rows = self._in_time.get((contract, kind), [])
        first, last = (bisect_left(rows, (instant.astimezone(UTC), 0)) for instant in (start, end))
        return [self._records[number] for _, number in rows[first:last]]

    def _take_out(self, sort: _Sort, place: tuple[datetime, int]) -> None:
        rows = self._in_time[sort]
        rows.remove(place)
        if not rows:
            del self._in_time[sort]

    def of(self, contract: str, kind: RecordKind, subject: str) -> Sequence[Record]:
        known = sorted(number for _, number in self._in_time.get((contract, kind), ()))
        return [self._records[number] for number in known if self._records[number].subject == subject]


class MemoryFiles:
    """`storage.base.Files`. References are counted: nobody but its own process sees this store."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._files: dict[str, tuple[str, str, bytes]] = {}
        self._kept_at: dict[str, datetime] = {}
        self._last = 0

    def add(self, name: str, type_: str, content: bytes, at: datetime) -> str:
        self._last += 1
        ref = f"file-{self._last}"
        self._journal.put(self._files, ref, (name, type_, content))
        self._journal.put(self._kept_at, ref, at)
        return ref

    def get(self, ref: str) -> tuple[str, str, bytes] | None:
        return self._files.get(ref)

    def purge(self, type_: str, before: datetime, limit: int) -> int:
        over = [ref for ref, at in self._kept_at.items() if at < before and self._files[ref][1] == type_]
        going = sorted(over, key=lambda ref: self._kept_at[ref])[:limit]
        for ref in going:
            self.remove(ref)
        return len(going)

    def older(self, type_: str, before: datetime, after: tuple[datetime, str], limit: int) -> Sequence[OldFile]:
        over = sorted((at, ref) for ref, at in self._kept_at.items() if at < before and (at, ref) > after)
        return [OldFile(at, ref, self._files[ref][0]) for at, ref in over if self._files[ref][1] == type_][:limit]

    def remove(self, ref: str) -> None:
        self._journal.drop(self._files, ref)
        self._journal.drop(self._kept_at, ref)


class MemoryAudit:
    """`storage.base.Audit`."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._entries: dict[int, _Audited] = {}

    def add(self, at: datetime, by: str, action: str, subject: str, detail: str = "") -> None:
        self._journal.put(self._entries, len(self._entries), (at, by, action, subject, detail))

    def entries(self, limit: int) -> Sequence[_Audited]:
        """The latest, newest first."""
        return [self._entries[number] for number in sorted(self._entries, reverse=True)[:limit]]


class MemoryVersions:
    """`storage.base.Versions`."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._versions: dict[str, tuple[datetime, Mapping[str, str]]] = {}

    def add(self, version: str, files: Mapping[str, str], at: datetime) -> None:
        if version not in self._versions:
            self._journal.put(self._versions, version, (at, dict(files)))

    def get(self, version: str) -> Mapping[str, str] | None:
        found = self._versions.get(version)
        return found[1] if found else None

    def all(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Oldest first."""
        for version in sorted(self._versions, key=lambda name: (self._versions[name][0], name)):
            yield version, self._versions[version][1]


class MemoryMarks:
    """`storage.base.Marks`."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._marks: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        return self._marks.get(name)

    def put(self, name: str, value: str) -> None:
        self._journal.put(self._marks, name, value)

    def keep(self, name: str, value: str) -> str:
        if name not in self._marks:
            self.put(name, value)
        return self._marks[name]

    def remove(self, name: str) -> None:
        self._journal.drop(self._marks, name)

    def named(self, begins: str, after: str, limit: int) -> Sequence[tuple[str, str]]:
        names = sorted(name for name in self._marks if name.startswith(begins) and name > after)
        return [(name, self._marks[name]) for name in names[:limit]]
