"""Outages, facts that belong to no ticket, and who wrote an entry of the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Two tables and a column; entries so far were the bot's own."""
    op.add_column("ledger", sa.Column("by", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "outages",
        sa.Column("ticket", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("began", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("ticket"),
    )
    op.create_index("outages_began", "outages", ["began"])
    op.create_table(
        "records",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("contract", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("records_at", "records", ["at"])
    op.create_index("records_subject", "records", ["contract", "kind", "subject"])


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError("restore a backup instead")
