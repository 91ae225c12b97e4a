"""Brings a database to the present schema."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import StoreAway, StoreUnavailable
from bot.storage.engine import in_short, not_opened
from bot.storage.unit_of_work import SqlReader, SqlStore

MIGRATIONS = Path(__file__).parent / "migrations"
NEWEST = "0007"
"""The revision this code works with; a test compares it with the folder."""
_LOCK = int.from_bytes(b"tiltas")
"""The key of an advisory lock, one for each database: any number will do, as long as it stays."""


async def migrate(store: SqlStore) -> tuple[str | None, str]:
    """Open the database and bring its schema to the newest revision; return the revisions before and after.

    Raises StoreTaken, StoreAway, or StoreUnavailable where it cannot be written, or is newer than this program.
    """
    try:
        store.take()
        before = await _brought(store)
    except StoreAway:
        store.away = True
        raise
    store.away = False
    return before, NEWEST


async def _brought(store: SqlStore) -> str | None:
    try:
        async with store.patiently() as connection:
            return await connection.run_sync(_bring)
    except (SQLAlchemyError, OSError) as error:
        raise not_opened(error, f"the database cannot be opened or written: {in_short(error)}") from error


def _bring(connection: Connection) -> str | None:
    if connection.dialect.name == "postgresql":
        # Two processes that start together would both make the tables. The second waits, and finds them made.
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    before = _revision(connection)
    if before is not None and before > NEWEST:
        msg = f"the database has schema {before}, this program knows only {NEWEST}; use a newer Tiltas"
        raise StoreUnavailable(msg)
    if before != NEWEST:
        _upgrade(connection)
        _check_references(connection)
    return before


def _check_references(connection: Connection) -> None:
    # A migration runs without SQLite's own check, which would take along what refers to a table that is made anew.
    if connection.dialect.name == "sqlite" and (lost := connection.execute(text("PRAGMA foreign_key_check")).all()):
        msg = f"the database has {len(lost)} rows that refer to nothing, the first in {lost[0][0]}; nothing was changed"
        raise StoreUnavailable(msg)


async def present_schema(reader: SqlReader) -> str | None:
    """Return the revision of a database's schema, None for an empty one. Raises StoreUnavailable."""
    async with reader.begin() as tx:
        return await tx.connection.run_sync(_revision)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return revision


def _upgrade(connection: Connection) -> None:
    # Alembic takes a third of a second to import; most starts have nothing to migrate.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
