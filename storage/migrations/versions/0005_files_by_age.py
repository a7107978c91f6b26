"""Files that are kept for a while only are found by their age, without reading the others."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One index."""
    op.create_index("files_at", "files", ["type", "at"])


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError("restore a backup instead")
