"""Statements that the two databases spell alike but SQLAlchemy keeps apart."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def upsert(
    connection: AsyncConnection, table: Table
) -> Any:  # Any: both dialects' Insert, which share no base with on_conflict
    """Return an INSERT that takes `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def insert_once(connection: AsyncConnection, table: Table, *key: str) -> Any:  # Any: as above
    """Return an INSERT that leaves a row with the same key alone; without a `key` any unique one counts."""
    return upsert(connection, table).on_conflict_do_nothing(index_elements=list(key) or None)
