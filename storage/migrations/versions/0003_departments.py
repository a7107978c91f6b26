"""Tickets of a department are found: what it reported before, and what is open there."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An index."""
    op.create_index("tickets_department", "tickets", ["department", "state", "number"])


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError("restore a backup instead")
