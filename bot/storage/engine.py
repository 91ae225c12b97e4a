"""The engine, and the few differences between the two databases."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sqlalchemy import event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool

from bot.errors import SettingsInvalid, StoreTaken, StoreUnavailable

if TYPE_CHECKING:
    from sqlalchemy import URL

BUSY_TIMEOUT_MS = 10_000
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # NORMAL may lose the last acknowledged messages when the power fails
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
)


def database_url(text: str) -> URL:
    """Return a URL with the asynchronous driver. Raises SettingsInvalid for a database we do not support."""
    try:
        url = make_url(text)
    except Exception as error:
        msg = f"TILTAS_DATABASE_URL is no database address: {error}"
        raise SettingsInvalid(msg) from error
    match url.get_backend_name():
        case "sqlite":
            return url.set(drivername="sqlite+aiosqlite")
        case "postgresql":
            return url.set(drivername="postgresql+asyncpg")
    msg = f"TILTAS_DATABASE_URL names {url.get_backend_name()!r}; databases are: sqlite, postgresql"
    raise SettingsInvalid(msg)


def connect(url: URL, *, read_only: bool = False) -> AsyncEngine:
    """Return an engine; nothing is opened yet."""
    if url.get_backend_name() != "sqlite":
        try:
            return create_async_engine(url, pool_pre_ping=True)
        except ModuleNotFoundError as error:
            msg = f"TILTAS_DATABASE_URL needs the package {error.name}, which is not installed"
            raise SettingsInvalid(msg) from error
    if url.database in {None, "", ":memory:"}:
        engine = create_async_engine(url, poolclass=StaticPool)
    elif read_only:
        # A reader neither makes the file nor waits for the writer; write-ahead logging lets both go on.
        return create_async_engine(
            url.set(database=f"file:{quote(str(url.database))}").update_query_dict({"mode": "ro", "uri": "true"})
        )
    else:
        engine = create_async_engine(url)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_immediate)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:  # Any: the driver's own adapter, untyped
    # The driver would open transactions lazily and as readers; "begin" below does it at once and as the one writer.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_immediate(connection: Any) -> None:  # Any: as above
    connection.exec_driver_sql("BEGIN IMMEDIATE")


class FileLock:
    """Keeps a second process off a SQLite file; the system lets go when the process ends, however it ends."""

    def __init__(self, database: Path) -> None:
        """Take the lock beside `database`. Raises StoreTaken, or StoreUnavailable where no file can be written."""
        self._path = database.with_name(database.name + ".lock")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            msg = f"cannot write beside the database {database}: {error.strerror}"
            raise StoreUnavailable(msg) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._file)
            msg = f"another Tiltas already works on {database}; stop it first, or set TILTAS_DATA to another folder"
            raise StoreTaken(msg) from error

    def release(self) -> None:
        """Let go."""
        os.close(self._file)
