"""Brings a database to the present schema."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import StoreUnavailable
from bot.storage.unit_of_work import SqlReader, SqlStore

MIGRATIONS = Path(__file__).parent / "migrations"
NEWEST = "0001"
"""The revision this code works with; a test compares it with the folder."""


async def migrate(store: SqlStore) -> tuple[str | None, str]:
    """Bring the schema to the newest revision; return the revisions before and after.

    Raises StoreUnavailable where the database cannot be written, or is newer than this program.
    """
    try:
        async with store.engine.begin() as connection:
            before = await connection.run_sync(_revision)
            if before == NEWEST:
                return before, NEWEST
            if before is not None and before > NEWEST:
                msg = f"the database has schema {before}, this program knows only {NEWEST}; use a newer Tiltas"
                raise StoreUnavailable(msg)
            await connection.run_sync(_upgrade)
    except SQLAlchemyError as error:
        msg = f"the database cannot be opened or written: {getattr(error, 'orig', None) or type(error).__name__}"
        raise StoreUnavailable(msg) from error
    return before, NEWEST


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
