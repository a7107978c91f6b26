"""A rush: what waits to be sent is found in its order, which tickets lead on a system, and how large an incident is,
without looking through all that is open."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'waiting'")
LEADING = sa.text("state IN ('acknowledged', 'on_site', 'reported') AND incident IS NULL AND kind = 'fault'")
JOINED = sa.text("incident IS NOT NULL")


def upgrade() -> None:
    """Indexes."""
    op.drop_index("outbox_waiting", "outbox")
    _index("outbox_waiting", "outbox", ["next_at"], WAITING)
    _index("outbox_turn", "outbox", ["channel", "rank", "id", "next_at"], WAITING)
    _index("tickets_leading", "tickets", ["system", "number"], LEADING)
    op.drop_index("tickets_joined", "tickets")
    _index(
        "tickets_joined", "tickets", ["incident", "number", "reporter", "department", "reported_at", "state"], JOINED
    )


def _index(name: str, table: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError("restore a backup instead")
