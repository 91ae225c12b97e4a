"""Who is on duty and how they are reached, and how far the calls for a case of danger have come.

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def _number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "duties",
        sa.Column("specialist_id", _number(), autoincrement=False, nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("lead", sa.Boolean(), nullable=False),
        sa.Column("begins", sa.Time(), nullable=True),
        sa.Column("ends", sa.Time(), nullable=True),
        sa.Column("in_private", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["specialist_id"], ["specialists.id"], name=op.f("fk_duties_specialist_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("specialist_id", name=op.f("pk_duties")),
    )
    op.create_table(
        "alerts",
        sa.Column("case_id", _number(), autoincrement=False, nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("rung", sa.String(length=16), nullable=True),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_alerts_case_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_alerts")),
    )
    there = sa.text("due_at IS NOT NULL")
    op.create_index("ix_alerts_due_at", "alerts", ["due_at"], sqlite_where=there, postgresql_where=there)


def downgrade() -> None:
    """Undo."""
    op.drop_table("alerts")
    op.drop_table("duties")
