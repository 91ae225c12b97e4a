"""The schema: one for SQLite and PostgreSQL.

What lives where: `inbox` what people wrote, masked, until it is handled and pruned; `outbox` what we owe them;
`addresses` the only place that tells where a person is reached; `counts` numbers that never held a person; `notes` what
only specialists may read, in a table of its own so that no query for a family's words can find it; `verdicts` whether
entries were right, without words and, as soon as the question is gone from the inbox, without anything that leads to it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    Time,
    TypeDecorator,
    UniqueConstraint,
    text,
)


class Instant(TypeDecorator[datetime]):
    """An aware instant; SQLite keeps it as naive UTC, which sorts as text."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive instants; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"naive datetime {value!r}"
            raise ValueError(msg)
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return aware UTC."""
        del dialect
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[Any]:  # Any: the type depends on the dialect; SQLite counts up only in INTEGER
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True)


def _conversation() -> Column[Any]:  # Any: as above
    return Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False)


conversations = Table(
    "conversations",
    metadata,
    _id(),
    Column("channel", String(16), nullable=False),
    Column("language", String(16)),
    Column("chosen", Boolean, nullable=False, default=False),
    Column("noticed", Boolean, nullable=False, default=False),
    Column("clarified", Boolean, nullable=False, default=False),
    Column("blocked", Boolean, nullable=False, default=False),
    Column("awaiting", BigInteger),
    Column("last_question", BigInteger),
    Column("last_entries", JSON, nullable=False, default=list),
    Column("answered_at", Instant),
    Column("talking", BigInteger),
    Column("files_for", BigInteger),
    Column("town", String(32)),
    Column("town_at", Instant),
    Column("town_for", String(64)),
    Column("ticked", JSON),
    Column("writer", String(16)),  # a child, a child for a parent
    Column("writer_at", Instant),
    Column("hidden_at", Instant),
    Column("phone_asked_at", Instant),
    Column("early_help_at", Instant),
    Column("allowance", JSON),
    Column("barred_until", Instant),
    Column("barred_by", BigInteger),  # the specialist
    Column("latest_buttons", String(16)),
    Column("created_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)

addresses = Table(
    "addresses",
    metadata,
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("chat", String(64), nullable=False),
    UniqueConstraint("channel", "chat"),
)

inbox = Table(
    "inbox",
    metadata,
    _id(),
    Column("key", String(96), nullable=False, unique=True),
    _conversation(),
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("payload", JSON, nullable=False),  # the press, attachments, the language hint, what only groups have
    Column("message", String(32)),  # the channel's id of it
    Column("state", String(8), nullable=False),  # new, done, failed
    Column("attempts", Integer, nullable=False, default=0),
    Column("priority", Integer),  # what sounds urgent is handled before others
    Column("sent_at", Instant),
    Column("received_at", Instant, nullable=False),
    Column("done_at", Instant),
    Index(
        "ix_inbox_open",
        "conversation_id",
        "id",
        sqlite_where=text("state = 'new'"),
        postgresql_where=text("state = 'new'"),
    ),
    Index("ix_inbox_done_at", "done_at"),
    Index("ix_inbox_message", "conversation_id", "message"),
    sqlite_autoincrement=True,
)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    Column("key", String(128), nullable=False, unique=True),
    _conversation(),
    Column("source", BigInteger),  # the inbox row it answers
    Column("case_id", BigInteger),  # the case it is about
    Column("channel", String(16), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("state", String(12), nullable=False),  # new, sending, sent, uncertain, refused, dropped
    Column("attempts", Integer, nullable=False, default=0),
    Column("epoch", Integer),  # of the sender that claimed it
    Column("reason", String(64)),
    Column("message", String(64)),  # the channel's id of what was sent
    Column("due_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Index(
        "ix_outbox_open",
        "conversation_id",
        "id",
        sqlite_where=text("state IN ('new', 'sending')"),
        postgresql_where=text("state IN ('new', 'sending')"),
    ),
    Index(
        "ix_outbox_due", "priority", "id", sqlite_where=text("state = 'new'"), postgresql_where=text("state = 'new'")
    ),
    Index("ix_outbox_changed_at", "changed_at"),
    Index("ix_outbox_message", "conversation_id", "message"),
    sqlite_autoincrement=True,
)

buttons = Table(
    "buttons",
    metadata,
    Column("token", String(16), primary_key=True),
    _conversation(),
    Column("payload", JSON, nullable=False),
    Column("used", JSON, nullable=False, default=list),  # "verb.choice" of presses already obeyed
    Column("created_at", Instant, nullable=False),
    Index("ix_buttons_created_at", "created_at"),
)

cases = Table(
    "cases",
    metadata,
    _id(),
    Column("number", String(24), nullable=False, unique=True),
    _conversation(),
    Column("opened_by", BigInteger, nullable=False, unique=True),  # the inbox row: one message opens at most one case
    Column("question", BigInteger),
    Column("state", String(12), nullable=False),
    Column("reason", String(24), nullable=False),
    Column("topic", String(64)),
    Column("team", String(64), nullable=False),
    Column("language", String(16), nullable=False),
    Column("danger", String(8), nullable=False),
    Column("danger_kind", String(24)),
    Column("version", Integer, nullable=False, default=1),
    Column("claimed_by", BigInteger),
    Column("follows", BigInteger),  # an earlier case it belongs to
    Column("town", String(32)),
    Column("writer", String(16)),
    Column("opened_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("return_at", Instant),
    Column("closed_at", Instant),
    Column("close_reason", String(16)),
    Column("rating", String(8)),
    Index("ix_cases_conversation_id", "conversation_id"),
    Index("ix_cases_team", "team", "state"),
    Index(
        "ix_cases_return_at",
        "return_at",
        sqlite_where=text("return_at IS NOT NULL"),
        postgresql_where=text("return_at IS NOT NULL"),
    ),
    Index(
        "ix_cases_due_at",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)

case_events = Table(
    "case_events",
    metadata,
    _id(),
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", BigInteger),  # the specialist
    Column("ref", String(64)),  # the group's message that it came from
    Column("payload", JSON, nullable=False),
    Index("ix_case_events_case_id", "case_id"),
    Index("ix_case_events_ref", "ref"),
    sqlite_autoincrement=True,
)

notes = Table(
    "notes",
    metadata,
    _id(),
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), nullable=False),
    Column("by", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Column("ref", String(64)),
    Column("text", Text, nullable=False),
    Column("files", JSON, nullable=False),
    Column("held", Boolean, nullable=False),  # not sent, not a note: its writer still has to decide
    Index("ix_notes_case_id", "case_id"),
    Index("ix_notes_ref", "ref"),
    sqlite_autoincrement=True,
)

case_places = Table(
    "case_places",
    metadata,
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),  # the group
    Column("title", String(128), nullable=False),
    Column("thread", String(32)),
    Column("card", String(32)),
    Index("ix_case_places_thread", "conversation_id", "thread"),
    Index("ix_case_places_card", "conversation_id", "card"),
)

groups = Table(
    "groups",
    metadata,
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("team", String(64), nullable=False),
    Column("forum", Boolean, nullable=False),
    Column("topics", Boolean, nullable=False),  # whether we may make them
    Column("digest_at", Instant),
    Column("connected_at", Instant, nullable=False),
    Index("ix_groups_team", "team"),
)

specialists = Table(
    "specialists",
    metadata,
    _id(),
    _conversation(),  # the group
    Column("author", String(32), nullable=False),  # the channel's id of the person
    Column("alias", String(64), nullable=False),
    Column("joined_at", Instant, nullable=False),
    Column("left_at", Instant),
    UniqueConstraint("conversation_id", "author"),
    sqlite_autoincrement=True,
)

invites = Table(
    "invites",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("team", String(64), nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)

duties = Table(
    "duties",
    metadata,
    Column("specialist_id", ForeignKey("specialists.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("is_on", Boolean, nullable=False),
    Column("place", Integer, nullable=False),
    Column("lead", Boolean, nullable=False),
    Column("begins", Time),
    Column("ends", Time),
    Column("in_private", Boolean, nullable=False),  # whether calls also go to their own chat with the bot
)

alerts = Table(
    "alerts",
    metadata,
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("step", Integer, nullable=False),
    Column("rung", String(16)),
    Column("told", JSON, nullable=False),
    Column("due_at", Instant),
    Column("began_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", BigInteger),
    Index(
        "ix_alerts_due_at",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
)

timers = Table(
    "timers",
    metadata,
    _id(),
    Column("key", String(96), nullable=False, unique=True),
    Column("kind", String(24), nullable=False),
    Column("payload", JSON, nullable=False),
    Column("due_at", Instant, nullable=False),
    Index("ix_timers_due_at", "due_at"),
    sqlite_autoincrement=True,
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("expires_at", Instant, nullable=False),
)

counts = Table(
    "counts",
    metadata,
    Column("day", Date, primary_key=True),
    Column("channel", String(16), primary_key=True),
    Column("language", String(16), primary_key=True),
    Column("topic", String(64), primary_key=True),
    Column("step", String(48), primary_key=True),
    Column("n", Integer, nullable=False),
)

verdicts = Table(
    "verdicts",
    metadata,
    _id(),
    Column("question", ForeignKey("inbox.id", ondelete="SET NULL")),
    Column("language", String(16), nullable=False),
    Column("entry_id", String(64), nullable=False),
    Column("source", String(16), nullable=False),
    Column("is_right", Boolean, nullable=False),
    Column("p", Float),
    Column("signals", JSON, nullable=False),
    Column("encoder_id", Text, nullable=False),  # may name a folder
    Column("algorithm", String(16), nullable=False),
    Column("day", Date, nullable=False),
    UniqueConstraint("question", "entry_id"),
    Index("ix_verdicts_algorithm", "algorithm", "encoder_id"),
    sqlite_autoincrement=True,
)
