"""Cases get a life, teams their groups.

Revision: 0002, after 0001.
"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _refers(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _instant(name: str, *, nullable: bool = True) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("conversations") as table:
        table.add_column(sa.Column("talking", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("files_for", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("inbox") as table:
        table.add_column(sa.Column("message", sa.String(length=32), nullable=True))
        table.create_index("ix_inbox_message", ["conversation_id", "message"], unique=False)
    with op.batch_alter_table("outbox") as table:
        table.add_column(sa.Column("case_id", sa.BigInteger(), nullable=True))
        table.create_index("ix_outbox_message", ["conversation_id", "message"], unique=False)
    with op.batch_alter_table("cases") as table:
        table.add_column(sa.Column("claimed_by", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("follows", sa.BigInteger(), nullable=True))
        table.add_column(_instant("due_at"))
        table.add_column(_instant("return_at"))
        table.add_column(_instant("closed_at"))
        table.add_column(sa.Column("close_reason", sa.String(length=16), nullable=True))
        table.add_column(sa.Column("rating", sa.String(length=8), nullable=True))
        table.create_index("ix_cases_team", ["team", "state"], unique=False)
        for name in ("return_at", "due_at"):
            there = sa.text(f"{name} IS NOT NULL")
            table.create_index(f"ix_cases_{name}", [name], unique=False, sqlite_where=there, postgresql_where=there)
    with op.batch_alter_table("case_events") as table:
        table.add_column(sa.Column("by", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("ref", sa.String(length=64), nullable=True))
        table.create_index("ix_case_events_ref", ["ref"], unique=False)
    _new_tables()


def _new_tables() -> None:
    op.create_table(
        "notes",
        _id(),
        _refers("case_id"),
        sa.Column("by", sa.BigInteger(), nullable=False),
        _instant("at", nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_notes_case_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notes_case_id", "notes", ["case_id"])
    op.create_index("ix_notes_ref", "notes", ["ref"])
    op.create_table(
        "case_places",
        _refers("case_id"),
        _refers("conversation_id"),
        sa.Column("title", sa.String(length=128), nullable=False),
        sa.Column("thread", sa.String(length=32), nullable=True),
        sa.Column("card", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_places_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_case_places_conversation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case_id", "conversation_id", name=op.f("pk_case_places")),
    )
    op.create_index("ix_case_places_thread", "case_places", ["conversation_id", "thread"])
    op.create_index("ix_case_places_card", "case_places", ["conversation_id", "card"])
    op.create_table(
        "groups",
        _refers("conversation_id"),
        sa.Column("team", sa.String(length=64), nullable=False),
        sa.Column("forum", sa.Boolean(), nullable=False),
        sa.Column("topics", sa.Boolean(), nullable=False),
        _instant("digest_at"),
        _instant("connected_at", nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_groups_conversation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_groups")),
    )
    op.create_index("ix_groups_team", "groups", ["team"])
    op.create_table(
        "specialists",
        _id(),
        _refers("conversation_id"),
        sa.Column("author", sa.String(length=32), nullable=False),
        sa.Column("alias", sa.String(length=64), nullable=False),
        _instant("joined_at", nullable=False),
        _instant("left_at"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_specialists_conversation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_specialists")),
        sa.UniqueConstraint("conversation_id", "author", name=op.f("uq_specialists_conversation_id_author")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "invites",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("team", sa.String(length=64), nullable=False),
        _instant("expires_at", nullable=False),
        _instant("used_at"),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_invites")),
    )


def downgrade() -> None:
    """Undo."""
    for name in ("invites", "specialists", "groups", "case_places", "notes"):
        op.drop_table(name)
    with op.batch_alter_table("case_events") as table:
        table.drop_index("ix_case_events_ref")
        table.drop_column("ref")
        table.drop_column("by")
    with op.batch_alter_table("cases") as table:
        for name in ("due_at", "return_at"):
            there = sa.text(f"{name} IS NOT NULL")
            table.drop_index(f"ix_cases_{name}", sqlite_where=there, postgresql_where=there)
        table.drop_index("ix_cases_team")
        for name in ("rating", "close_reason", "closed_at", "return_at", "due_at", "follows", "claimed_by"):
            table.drop_column(name)
    with op.batch_alter_table("outbox") as table:
        table.drop_index("ix_outbox_message")
        table.drop_column("case_id")
    with op.batch_alter_table("inbox") as table:
        table.drop_index("ix_inbox_message")
        table.drop_column("message")
    with op.batch_alter_table("conversations") as table:
        table.drop_column("files_for")
        table.drop_column("talking")
