"""What handlers may ask of storage: one UnitOfWork, made of small stores. One unit is one transaction.

Everything is synchronous: a unit runs whole in a thread of `storage.writer`. All instants are aware; texts are
encrypted at rest below this line, so that nothing above it has to think of it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from sla.errors import SlaError
from sla.incident import Size
from sla.ledger import Entry
from sla.message import Address, Inbound, Notice
from sla.reachable import Preferences, Reach
from sla.records import Record, RecordKind
from sla.ticket import Event, Outage, Ticket


class StorageError(SlaError):
    """The database said no (full, locked, gone). The unit was rolled back whole; it may be tried again."""


class Damaged(StorageError):
    """What is on record is not as it was ever written: somebody changed the database by hand."""


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A message as it came in. `state` is "new", "done" or "aside" (could not be handled; `reason` says why)."""

    id: int
    inbound: Inbound
    received_at: datetime
    state: str
    reason: str = ""
    ticket: int | None = None


class Inbox(Protocol):
    """收件箱: every message is kept here before its provider is answered."""

    def add(self, inbound: Inbound, received_at: datetime) -> int | None:
        """Keep it; None when (channel, key) is there already."""

    def get(self, row: int) -> InboxRow | None:
        """The row, locked until the unit ends: another process that handles it waits, and then sees that it was."""

    def unhandled(self, limit: int) -> Sequence[InboxRow]:
        """State "new", oldest first: what waits to be handled; not locked."""

    def done(self, row: int, at: datetime, ticket: int | None) -> None: ...
    def set_aside(self, row: int, at: datetime, reason: str) -> None: ...
    def alone(self, address: Address) -> None:
        """From here to the unit's end nobody else handles what this sender wrote: another process waits, and then sees
        what came of it."""

    def of_sender(self, address: Address, limit: int) -> Sequence[InboxRow]:
        """The latest messages of one sender, oldest first (for the web chat's history)."""


class Tickets(Protocol):
    """工单. Columns other than the events are an index that is rebuilt from them on every save."""

    def next_number(self) -> int: ...
    def save(self, ticket: Ticket, new_events: Sequence[Event], next_due: datetime | None) -> None:
        """Append `new_events` (the last ones of `ticket.events`) and bring the index up to date."""

    def load(self, number: int) -> Ticket | None:
        """The ticket, locked until the unit ends."""

    def load_many(self, numbers: Iterable[int]) -> dict[int, Ticket]:
        """Several at once, locked in the order of their numbers."""

    def open_of(self, reporter: str, system: str | None = None) -> Sequence[Ticket]:
        """The open tickets of a reporter (person id or "channel:address"), of one system where it is named, newest
        first."""

    def latest_of(self, reporter: str) -> Ticket | None:
        """The reporter's newest ticket, open or closed."""

    def lately(self, reporter: str, limit: int) -> Sequence[Ticket]:
        """The reporter's newest tickets, open or closed, newest first; not locked."""

    def open_in(self, department: str, limit: int) -> Sequence[Ticket]:
        """The newest open tickets of a department, whoever reported them, newest first; not locked."""

    def past_systems(self, limit: int, *, reporter: str = "", department: str = "") -> Sequence[str]:
        """The systems of the latest `limit` tickets of a reporter or of a department, newest first, each as often as it
        was reported; tickets without one are left out."""

    def open_on(
        self, system: str | None = None, contracts: Iterable[str] | None = None, limit: int = 50
    ) -> Sequence[Ticket]:
        """Tickets that are worked on (state not resolved), by next deadline, those without one last."""

    def leading_on(self, system: str | None, since: datetime | None) -> Sequence[Ticket]:
        """Faults that are worked on and joined to no other ticket, by number: on one system, or on any (None). Of those
        reported before `since` (None: of all) only what somebody has taken, or others are joined to."""

    def size_of(self, incident: int) -> Size | None:
        """How large an incident is, by its first ticket and those joined to it; None where all are withdrawn."""

    def size_with(self, incident: int, reporter: str, department: str | None) -> Size | None:
        """How large it will be with one more report of that person and department, counted in one go; `latest` is that
        of those that are there."""

    def joined_to(self, incident: int) -> Sequence[Ticket]:
        """Tickets joined to this one that are worked on, locked, by number."""

    def part_of(self, incident: int) -> Sequence[Ticket]:
        """Every ticket joined to this one, whatever its state, locked, by number."""

    def between(self, start: datetime, end: datetime, contract: str | None = None) -> Iterable[Ticket]:
        """Every ticket reported in [start, end), by number; not locked."""

    def outages(self, start: datetime, end: datetime, contract: str | None = None) -> Sequence[Outage]:
        """The outages that touch [start, end), by their beginning; not locked."""

    def steps(self, number: int) -> dict[str, datetime]:
        """What was already sent or recorded for a ticket: step key -> when."""

    def steps_many(self, numbers: Iterable[int]) -> dict[int, dict[str, datetime]]: ...
    def add_steps(self, number: int, steps: Mapping[str, datetime]) -> None: ...


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A notice on its way. `state`: waiting, sent, unknown, dead (given up; told to a manager), dropped (no longer
    needed). `tries` counts attempts, `position` which of the notice's addresses is used, `fence` the lease."""

    id: int
    notice: Notice
    created_at: datetime
    state: str
    tries: int
    position: int
    fence: int
    next_at: datetime | None = None
    sent_at: datetime | None = None
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """A notice that was sent, and the provider's id of its message."""

    provider_id: str
    notice: Notice


def unchanged(rows: Iterable[OutboxRow]) -> list[OutboxRow]:
    """Those of a ticket's rows with buttons that none of the others changes."""
    found = list(rows)
    changed = {row.notice.changes for row in found}
    return [row for row in found if row.notice.buttons and row.id not in changed]


class Outbox(Protocol):
    """待发箱: a notice is sent only from a committed row."""

    def add(self, notices: Iterable[Notice], at: datetime) -> None:
        """Keep them, in their order; a key that is there already is left as it is."""

    def claim(
        self, owner: str, now: datetime, lease_until: datetime, limit: int, channels: Iterable[str]
    ) -> Sequence[OutboxRow]:
        """Lease up to `limit` waiting rows whose time has come and whose current address is in one of `channels`,
        pages first, then oldest first; a row whose lease ran out is leased again under a higher fence."""

    def claim_each(
        self, owner: str, now: datetime, lease_until: datetime, wanted: Iterable[tuple[int, Iterable[str]]]
    ) -> Sequence[OutboxRow]:
        """`claim` for one limit and its channels after the other, in one go. No channel is named twice."""

    def take(self, now: datetime, limit: int, channels: Iterable[str]) -> Sequence[OutboxRow]:
        """The rows that `claim` would lease, marked as sent instead, under their own ids: for channels in which the row
        itself is the message."""

    def sent(self, row: OutboxRow, at: datetime, provider_id: str) -> bool:
        """Delivered. False when the lease was lost meanwhile (then another worker decides)."""

    def all_sent(self, deliveries: Sequence[tuple[OutboxRow, datetime, str]]) -> Sequence[bool]:
        """`sent` for several rows in one go: each with its instant and the provider's id."""

    def failed(
        self, row: OutboxRow, at: datetime, result: str, reason: str, retry_at: datetime | None, position: int
    ) -> bool:
        """An attempt failed: `result` is "not_sent", "unknown" or "refused". Try again at `retry_at` on the address at
        `position`; None gives up and makes it a dead letter. Every attempt is kept."""

    def drop(
        self, ticket: int, purposes: Iterable[str], at: datetime, person: str | None = None, begins: str = ""
    ) -> int:
        """Waiting notices of a ticket that nobody needs any more, of those to `person` whose keys begin so; how
        many."""

    def hasten(self, key: str, at: datetime) -> None:
        """The notice of that key need not wait longer than until `at`, where nobody has tried it yet."""

    def next_at(self) -> datetime | None:
        """When the next waiting row wants to be sent (leased ones: when their lease ends)."""

    def to_address(self, address: Address, after: int, limit: int) -> Sequence[OutboxRow]:
        """What was sent to one address, by id, after id `after`; the latest `limit` where `after` is 0."""

    def ticket_of(self, address: Address, provider_id: str) -> int | None:
        """The ticket that a sent message was about (for replies to it)."""

    def of_key(self, key: str) -> OutboxRow | None:
        """The notice of that key, whatever became of it."""

    def earlier(self, row: int) -> Earlier | None:
        """The message of the row of this id, where it was sent."""

    def standing(self, ticket: int, since: datetime) -> Sequence[OutboxRow]:
        """What was said about a ticket since then with buttons that no notice changes yet, and was sent or has been
        tried to; oldest first. Of what is on its way `next_at` says when its lease ends, or when it is tried again."""

    def dead(self, limit: int) -> Sequence[OutboxRow]: ...
    def lag(self, now: datetime) -> float:
        """Seconds that the oldest row whose time has come has been waiting; 0 when there is none."""


class Watched(Protocol):
    """What to look at next, and when. An index: it can be rebuilt from the facts."""

    def put(self, kind: str, subject: str, next_look: datetime | None) -> None:
        """Look at (kind, subject) at `next_look`; None: no more."""

    def claim(self, now: datetime, limit: int, kind: str | None = None) -> Sequence[tuple[str, str]]:
        """Up to `limit` that are due, earliest first; locked for this unit (others skip them)."""

    def next_look(self) -> datetime | None: ...


class Ledger(Protocol):
    """违约台账: append-only, each entry chained to the one before."""

    def append(self, entries: Iterable[Entry]) -> None:
        """Chain and keep them (Entry.seq, prev and hash are filled here)."""

    def get(self, seq: int) -> Entry | None:
        """The entry of that number."""

    def head(self) -> tuple[int, str]:
        """The number and the hash of the last entry, as they are kept beside the entries; (0, GENESIS) for none."""

    def of_ticket(self, number: int) -> Sequence[Entry]: ...
    def between(self, start: datetime, end: datetime, contract: str | None = None) -> Sequence[Entry]:
        """Entries recorded in [start, end), by seq."""

    def all(self) -> Iterable[Entry]: ...


class Records(Protocol):
    """Facts about contracts that belong to no ticket: append-only."""

    def add(self, record: Record) -> int:
        """Keep it; its id."""

    def between(
        self, start: datetime, end: datetime, contract: str | None = None, kind: RecordKind | None = None
    ) -> Sequence[Record]:
        """What happened in [start, end), in its order."""

    def of(self, contract: str, kind: RecordKind, subject: str) -> Sequence[Record]:
        """Everything on record of one subject, in the order of its recording."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A question that waits for an answer in one conversation: `kind` says which, `data` what it is about."""

    kind: str
    data: Mapping[str, Any]
    expires_at: datetime


class Drafts(Protocol):
    """Open questions, at most one an address."""

    def get(self, address: Address, now: datetime) -> Draft | None: ...
    def put(self, address: Address, draft: Draft) -> None: ...
    def remove(self, address: Address) -> None: ...


class Bindings(Protocol):
    """Addresses that people bound to themselves, beside those in people.toml."""

    def person_of(self, address: Address) -> str | None: ...
    def addresses_of(self, person: str) -> Sequence[Address]: ...
    def bind(self, person: str, address: Address, at: datetime) -> None: ...
    def unbind(self, address: Address) -> None: ...
    def add_code(self, staff_number: str, code_hash: str, expires_at: datetime) -> None: ...
    def take_code(self, staff_number: str, code_hash: str, now: datetime) -> bool:
        """Whether the code was right and unused; then it is used up. Five wrong tries end all codes of that number."""


class Reaching(Protocol):
    """Where people are reached: what they want, and what became of what was sent to their addresses."""

    def of(self, person: str, addresses: Sequence[Address], *, whole: bool = False) -> Reach:
        """What decides where a person is reached, of these addresses and those they bound (nothing where there are
        none); `whole`: also what decides nothing."""

    def prefer(self, person: str, wants: Preferences) -> None: ...
    def failed(self, address: Address, at: datetime, why: str, *, refused: bool) -> None:
        """Something that was sent to the address failed; `refused`: it will take nothing until a sign of life."""


class OldFile(NamedTuple):
    """When a file was kept, and which it is."""

    at: datetime
    ref: str
    name: str


class Files(Protocol):
    """Bytes of attachments, encrypted."""

    def add(self, name: str, type_: str, content: bytes, at: datetime) -> str: ...
    def get(self, ref: str) -> tuple[str, str, bytes] | None: ...
    def purge(self, type_: str, before: datetime, limit: int) -> int:
        """Let go of up to `limit` files of that type that were kept before an instant, the oldest first; how many
        went."""

    def older(self, type_: str, before: datetime, after: tuple[datetime, str], limit: int) -> Sequence[OldFile]:
        """Up to `limit` files of that type that were kept before an instant, the oldest first: those after the one of
        that instant and ref, "" for all from that instant on."""

    def remove(self, ref: str) -> None: ...


class Accounts(Protocol):
    """Log-in for the web chat: passwords as hashes, one-time links and sessions as hashes of their tokens."""

    def set_password(self, person: str, password_hash: str, at: datetime) -> None: ...
    def password_of(self, person: str) -> str | None: ...
    def add_link(self, token_hash: str, person: str, expires_at: datetime) -> None: ...
    def take_link(self, token_hash: str, now: datetime) -> str | None:
        """The person, once; None when it is unknown, used or over."""

    def add_session(self, token_hash: str, person: str, expires_at: datetime) -> None: ...
    def session(self, token_hash: str, now: datetime) -> str | None: ...
    def end_session(self, token_hash: str) -> None: ...


class Audit(Protocol):
    """Who looked at or changed what beside the tickets' own events."""

    def add(self, at: datetime, by: str, action: str, subject: str, detail: str = "") -> None: ...
    def entries(self, limit: int) -> Sequence[tuple[datetime, str, str, str, str]]: ...


class Versions(Protocol):
    """Every version of the configuration that ever was in force."""

    def add(self, version: str, files: Mapping[str, str], at: datetime) -> None: ...
    def get(self, version: str) -> Mapping[str, str] | None: ...
    def all(self) -> Iterable[tuple[str, Mapping[str, str]]]: ...


class Marks(Protocol):
    """Small named values: the Bot API's offset, the last heartbeat."""

    def get(self, name: str) -> str | None: ...
    def put(self, name: str, value: str) -> None: ...
    def keep(self, name: str, value: str) -> str:
        """Put it where there is none of that name; what is kept now. Of several processes one is first."""

    def remove(self, name: str) -> None: ...
    def named(self, begins: str, after: str, limit: int) -> Sequence[tuple[str, str]]:
        """Up to `limit` marks whose names begin so, in an order of the database's own, after the one of that name (""
        for the first)."""


class UnitOfWork(Protocol):
    """One transaction. Whatever a handler does through it is committed together, or not at all."""

    inbox: Inbox
    tickets: Tickets
    outbox: Outbox
    watched: Watched
    ledger: Ledger
    records: Records
    drafts: Drafts
    bindings: Bindings
    reach: Reaching
    files: Files
    accounts: Accounts
    audit: Audit
    versions: Versions
    marks: Marks

    def ahead(self, *looks: Callable[[], object]) -> None:
        """Each of these looks something up that is wanted soon: a server is asked for all of it in one go."""
