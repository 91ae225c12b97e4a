"""Towns and ticked steps.

Revision: 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("conversations") as table:
        table.add_column(sa.Column("town", sa.String(length=32), nullable=True))
        table.add_column(sa.Column("town_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("town_for", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("ticked", sa.JSON(), nullable=True))
    with op.batch_alter_table("cases") as table:
        table.add_column(sa.Column("town", sa.String(length=32), nullable=True))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("cases") as table:
        table.drop_column("town")
    with op.batch_alter_table("conversations") as table:
        for name in ("ticked", "town_for", "town_at", "town"):
            table.drop_column(name)
