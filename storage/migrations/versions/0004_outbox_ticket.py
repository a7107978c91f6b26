"""All that was sent about a ticket is found, not only what waits: its buttons go when somebody took it."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One index in the place of another."""
    op.drop_index("outbox_waiting_ticket", "outbox")
    op.create_index("outbox_ticket", "outbox", ["ticket"])


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError("restore a backup instead")
