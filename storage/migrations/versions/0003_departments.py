"""Tickets of a department are found: what it reported before, and what is open there. What people want of their
addresses, and which of those failed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An index and two tables."""
    op.create_index("tickets_department", "tickets", ["department", "state", "number"])
    op.create_table(
        "failures",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("refused_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("channel", "address", name="failures_key"),
    )
    op.create_table(
        "preferences",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person", name="preferences_key"),
    )


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError("restore a backup instead")
