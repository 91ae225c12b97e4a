"""What keeps a person safe in their chat: hiding, limits, who seems to write; and what is handled before all else.

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_NEW = (
    ("writer", sa.String(length=16)),
    ("writer_at", sa.DateTime(timezone=True)),
    ("hidden_at", sa.DateTime(timezone=True)),
    ("phone_asked_at", sa.DateTime(timezone=True)),
    ("early_help_at", sa.DateTime(timezone=True)),
    ("allowance", sa.JSON()),
    ("barred_until", sa.DateTime(timezone=True)),
    ("barred_by", sa.BigInteger()),
)


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("conversations") as table:
        for name, kind in _NEW:
            table.add_column(sa.Column(name, kind, nullable=True))
    with op.batch_alter_table("cases") as table:
        table.add_column(sa.Column("writer", sa.String(length=16), nullable=True))
    with op.batch_alter_table("inbox") as table:
        table.add_column(sa.Column("priority", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("inbox") as table:
        table.drop_column("priority")
    with op.batch_alter_table("cases") as table:
        table.drop_column("writer")
    with op.batch_alter_table("conversations") as table:
        for name, _ in reversed(_NEW):
            table.drop_column(name)
