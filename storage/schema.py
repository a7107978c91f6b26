"""The tables, once for SQLite and PostgreSQL.

Instants are integers: microseconds since 1970-01-01 UTC. Columns of bytes hold texts encrypted by `storage.crypt`; the
others are what the database must search by. A change here needs a migration; a test compares the two.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
)
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeEngine

from sla.labels import Kind
from sla.ticket import OPEN, WORKING, State

NEVER = 1 << 62
"""Sorts after every instant: a ticket without a next deadline, without NULLs that each database sorts its own way."""

metadata = MetaData()

Number = BigInteger
RowId: TypeEngine[int] = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts by itself only an INTEGER


def quoted(*states: str) -> str:
    """Words as SQL literals. A partial index is used only where the query spells its condition out."""
    return ", ".join(f"'{state}'" for state in states)


def _in(states: frozenset[State]) -> str:
    return f"({quoted(*sorted(states))})"


def condition(text: str) -> ColumnElement[bool]:
    """A condition of this module as SQL, literally the same in an index and in a query."""
    return literal_column(text)


IS_OPEN = f"state IN {_in(OPEN)}"
IS_WORKING = f"state IN {_in(WORKING)}"
LEADING = (IS_WORKING, "incident IS NULL", f"kind = '{Kind.FAULT.value}'")
IS_JOINED = "incident IS NOT NULL"
IS_NEW = "state = 'new'"
IS_WAITING = "state = 'waiting'"
IS_SENT = "state = 'sent'"


def _partial(name: str, *columns: str, where: str) -> Index:
    return Index(name, *columns, sqlite_where=condition(where), postgresql_where=condition(where))


inbox = Table(
    "inbox",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("channel", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("received_at", Number, nullable=False),
    Column("state", Text, nullable=False),
    Column("handled_at", Number),
    Column("reason", Text, nullable=False),
    Column("ticket", Number),
    UniqueConstraint("channel", "key", name="inbox_key"),
    Index("inbox_sender", "channel", "sender", "id"),
    _partial("inbox_new", "id", where=IS_NEW),
)

tickets = Table(
    "tickets",
    metadata,
    Column("number", RowId, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("system", Text),
    Column("department", Text),
    Column("priority", Text, nullable=False),
    Column("contract", Text),
    Column("reporter", Text, nullable=False),
    Column("reported_at", Number, nullable=False),
    Column("next_due", Number, nullable=False),
    Column("incident", Number),
    Column("version", Integer, nullable=False),
    Index("tickets_reporter", "reporter", "state", "number"),
    Index("tickets_department", "department", "state", "number"),
    Index("tickets_reported_at", "reported_at"),
    _partial("tickets_working", "next_due", "number", where=IS_WORKING),
    _partial("tickets_leading", "system", "number", where=" AND ".join(LEADING)),
    _partial("tickets_joined", "incident", "number", "reporter", "department", "reported_at", "state", where=IS_JOINED),
)

ticket_number = Sequence("ticket_number", metadata=metadata)
"""PostgreSQL only; on SQLite the one writer counts."""

events = Table(
    "events",
    metadata,
    Column("ticket", Number, ForeignKey("tickets.number", name="events_ticket"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", Number, nullable=False),
    Column("recorded_at", Number),
    Column("by", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    PrimaryKeyConstraint("ticket", "seq", name="events_key"),
    sqlite_with_rowid=False,
)

steps = Table(
    "steps",
    metadata,
    Column("ticket", Number, nullable=False),
    Column("key", Text, nullable=False),
    Column("at", Number, nullable=False),
    PrimaryKeyConstraint("ticket", "key", name="steps_key"),
    sqlite_with_rowid=False,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("person", Text, nullable=False),
    Column("ticket", Number),
    Column("channel", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("created_at", Number, nullable=False),
    Column("state", Text, nullable=False),
    Column("next_at", Number, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("owner", Text, nullable=False),
    Column("sent_at", Number),
    Column("provider_id", Text),
    UniqueConstraint("key", name="outbox_key"),
    _partial("outbox_waiting", "next_at", where=IS_WAITING),
    _partial("outbox_turn", "channel", "rank", "id", "next_at", where=IS_WAITING),
    Index("outbox_ticket", "ticket"),
    _partial("outbox_dead", "id", where="state IN ('dead', 'unknown')"),
    _partial("outbox_sent", "channel", "address", "id", where=IS_SENT),
    _partial("outbox_provider", "channel", "address", "provider_id", where=IS_SENT),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("outbox", Number, ForeignKey("outbox.id", name="attempts_outbox"), nullable=False),
    Column("fence", Integer, nullable=False),
    Column("at", Number, nullable=False),
    Column("result", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("address", Text, nullable=False),
    Index("attempts_outbox_id", "outbox"),
)

watched = Table(
    "watched",
    metadata,
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("next_look", Number, nullable=False),
    PrimaryKeyConstraint("kind", "subject", name="watched_key"),
    Index("watched_next_look", "next_look"),
    sqlite_with_rowid=False,
)

ledger = Table(
    "ledger",
    metadata,
    Column("seq", RowId, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("ticket", Number, nullable=False),
    Column("contract", Text, nullable=False),
    Column("clause", Text, nullable=False),
    Column("clock", Text, nullable=False),
    Column("round", Integer, nullable=False),
    Column("due", Number, nullable=False),
    Column("recorded_at", Number, nullable=False),
    Column("overrun", Number, nullable=False),
    Column("group", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("refers_to", Number),
    Column("by", Text, nullable=False, server_default=""),
    Column("prev", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index("ledger_ticket", "ticket"),
    Index("ledger_recorded_at", "recorded_at"),
)

outages = Table(
    "outages",
    metadata,
    Column("ticket", RowId, primary_key=True, autoincrement=False),
    Column("began", Number, nullable=False),
    Column("ended", Number, nullable=False),
    Index("outages_began", "began"),
)
"""An index of the tickets whose fault was an outage; `ended` is NEVER while it goes on."""

records = Table(
    "records",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("contract", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("at", Number, nullable=False),
    Column("recorded_at", Number, nullable=False),
    Column("by", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Index("records_at", "at"),
    Index("records_subject", "contract", "kind", "subject"),
)

ledger_head = Table(
    "ledger_head",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("seq", Number, nullable=False),
    Column("hash", Text, nullable=False),
)

drafts = Table(
    "drafts",
    metadata,
    Column("channel", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("expires_at", Number, nullable=False),
    PrimaryKeyConstraint("channel", "address", name="drafts_key"),
)

bindings = Table(
    "bindings",
    metadata,
    Column("channel", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("at", Number, nullable=False),
    PrimaryKeyConstraint("channel", "address", name="bindings_key"),
    Index("bindings_person", "person"),
)

failures = Table(
    "failures",
    metadata,
    Column("channel", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("at", Number, nullable=False),
    Column("why", Text, nullable=False),
    Column("refused_at", Number),
    PrimaryKeyConstraint("channel", "address", name="failures_key"),
)
"""The latest failure of each address that ever failed, and when it last refused."""

preferences = Table(
    "preferences",
    metadata,
    Column("person", Text, nullable=False),
    Column("value", Text, nullable=False),
    PrimaryKeyConstraint("person", name="preferences_key"),
)

codes = Table(
    "codes",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("staff_number", Text, nullable=False),
    Column("code_hash", Text, nullable=False),
    Column("expires_at", Number, nullable=False),
    Column("tries", Integer, nullable=False),
    Index("codes_staff_number", "staff_number"),
)

files = Table(
    "files",
    metadata,
    Column("ref", Text, nullable=False),
    Column("name", LargeBinary, nullable=False),
    Column("type", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("at", Number, nullable=False),
    PrimaryKeyConstraint("ref", name="files_key"),
    Index("files_at", "type", "at"),
)

passwords = Table(
    "passwords",
    metadata,
    Column("person", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("at", Number, nullable=False),
    PrimaryKeyConstraint("person", name="passwords_key"),
)

links = Table(
    "links",
    metadata,
    Column("token_hash", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("expires_at", Number, nullable=False),
    PrimaryKeyConstraint("token_hash", name="links_key"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("expires_at", Number, nullable=False),
    PrimaryKeyConstraint("token_hash", name="sessions_key"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("at", Number, nullable=False),
    Column("by", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
)

versions = Table(
    "versions",
    metadata,
    Column("version", Text, nullable=False),
    Column("files", LargeBinary, nullable=False),
    Column("at", Number, nullable=False),
    PrimaryKeyConstraint("version", name="versions_key"),
)

marks = Table(
    "marks",
    metadata,
    Column("name", Text, nullable=False),
    Column("value", Text, nullable=False),
    PrimaryKeyConstraint("name", name="marks_key"),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("fence", Number, nullable=False),
    Column("until", Number, nullable=False),
    PrimaryKeyConstraint("name", name="leases_key"),
)

keys = Table(
    "keys",
    metadata,
    Column("id", Text, nullable=False),
    Column("proof", LargeBinary, nullable=False),
    PrimaryKeyConstraint("id", name="keys_key"),
)
