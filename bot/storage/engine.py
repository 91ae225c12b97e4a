"""The engine, and the few differences between the two databases."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sqlalchemy import event, make_url
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    ProgrammingError,
    SQLAlchemyError,
    StatementError,
)
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool, StaticPool

from bot.errors import SettingsInvalid, StoreAway, StoreRefused, StoreTaken, StoreUnavailable

if TYPE_CHECKING:
    from sqlalchemy import URL

BUSY_TIMEOUT_MS = 10_000
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # NORMAL may lose the last acknowledged messages when the power fails
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
)

POOL = 5
"""Connections to PostgreSQL that stay open: poller, answerer, sender and timers have one each. As many more may come."""
CONNECT_TIMEOUT = timedelta(seconds=10)
ANSWER_TIMEOUT = timedelta(seconds=30)
"""How long a server may stay silent; without it a connection whose other end vanished is waited for by the hour."""
LIMITS = {
    "statement_timeout": timedelta(seconds=20),  # less than ours: the server tells what was too slow
    "lock_timeout": timedelta(seconds=5),
    # A process that hangs in the middle of a transaction holds what it locked; the sender's lease is among it.
    "idle_in_transaction_session_timeout": timedelta(seconds=10),
}
_SESSION = {
    "application_name": "tiltas",
    "synchronous_commit": "on",  # what is acknowledged survives a power cut, whatever the server's default is
    "jit": "off",  # compiling takes longer than any statement of ours
}


_EXAMPLE = "postgresql://name:password@host/database, with %40 for an @ in the password and so on"


def database_url(text: str) -> URL:
    """Return a URL with the asynchronous driver. Raises SettingsInvalid for a database we do not support."""
    try:
        url = make_url(text)
    except Exception:  # noqa: BLE001  whatever a library says to a broken address
        # What it says may repeat half of a password: what comes behind an unquoted "@" in one is read as a host and port.
        msg = f"TILTAS_DATABASE_URL is no database address; it should be like {_EXAMPLE}"
        raise SettingsInvalid(msg) from None
    match url.get_backend_name():
        case "sqlite":
            return url.set(drivername="sqlite+aiosqlite")
        case "postgresql":
            return url.set(drivername="postgresql+asyncpg")
    msg = f"TILTAS_DATABASE_URL names {url.get_backend_name()!r}; databases are: sqlite, postgresql"
    raise SettingsInvalid(msg)


def connect(url: URL, *, read_only: bool = False, patient: bool = False) -> AsyncEngine:
    """Return an engine; nothing is opened yet. A `patient` one waits as long as a migration takes."""
    if url.get_backend_name() == "postgresql":
        return _connect_postgresql(url, read_only=read_only, patient=patient)
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


def _connect_postgresql(url: URL, *, read_only: bool, patient: bool) -> AsyncEngine:
    # The driver reads the address itself: it knows what PostgreSQL's own programs know, sslmode and passfile for example.
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    limits = {name: str(int(limit.total_seconds() * 1000)) for name, limit in LIMITS.items() if not patient}
    session = {**_SESSION, **limits, "default_transaction_read_only": "on" if read_only else "off"}

    async def opened() -> Any:  # Any: the driver's connection, which SQLAlchemy wraps
        # Who uses SQLite does not wait for it.
        import asyncpg  # type: ignore[import-untyped]  # noqa: PLC0415  # ships no types

        try:
            return await asyncpg.connect(
                address,
                timeout=CONNECT_TIMEOUT.total_seconds(),
                command_timeout=None if patient else ANSWER_TIMEOUT.total_seconds(),
                server_settings=session,
            )
        except (asyncpg.ClientConfigurationError, ValueError) as error:
            msg = f"TILTAS_DATABASE_URL cannot be used: {error}"
            raise SettingsInvalid(msg) from None

    # READ COMMITTED: who has waited for a row sees what became of it, which `hold` and the lease live by. Stricter levels
    # would make everybody who waited begin anew. A reader wants one moment for all its figures.
    level = "REPEATABLE READ" if read_only else "READ COMMITTED"
    pool: dict[str, Any] = (  # Any: options of two pools
        {"poolclass": NullPool}
        if patient
        else {"pool_size": POOL, "max_overflow": POOL, "pool_timeout": CONNECT_TIMEOUT.total_seconds()}
    )
    return create_async_engine(
        "postgresql+asyncpg://", async_creator=opened, isolation_level=level, pool_pre_ping=True, **pool
    )


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
            raise not_opened(error, f"cannot write beside the database {database}: {error.strerror}") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._file)
            msg = f"another Tiltas already works on {database}; stop it first, or set TILTAS_DATA to another folder"
            raise StoreTaken(msg) from error

    def release(self) -> None:
        """Let go."""
        os.close(self._file)


_WITHOUT_VALUES = frozenset({"08", "0A", "25", "28", "3D", "3F", "40", "42", "53", "54", "55", "57", "58", "XX"})
"""Classes of PostgreSQL's errors whose texts name connections, rights, tables, columns, limits, and nothing of a row."""


_OF_VALUES = "22"
"""The class of PostgreSQL's errors that are about values; SQLAlchemy does not tell them from others."""


def unavailable(error: SQLAlchemyError | OSError) -> StoreUnavailable:
    """Return what we raise for an error: StoreRefused where the same would be refused again, whatever the disk is like."""
    return (StoreRefused if _is_for_good(error) else StoreUnavailable)(in_short(error))


def _is_for_good(error: SQLAlchemyError | OSError) -> bool:
    if isinstance(error, DBAPIError):
        about_values = str(getattr(error.orig, "sqlstate", "")).startswith(_OF_VALUES)
        return about_values or isinstance(error, IntegrityError | DataError | ProgrammingError)
    return isinstance(error, StatementError)  # a value that never got as far as the database


_AWAY_ON_FILES = frozenset(
    {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN}
)
"""SQLite's errors that say nothing against the file."""
_AWAY_ON_SERVERS = ("08", "53", "57")
"""Classes of PostgreSQL's errors: no connection, no room for one more or for anything, starting or shutting down."""
_NOT_FOR_US = (PermissionError, NotADirectoryError, IsADirectoryError, FileExistsError)


def not_opened(error: SQLAlchemyError | OSError, msg: str) -> StoreUnavailable:
    """Return what we raise where a database cannot be opened: StoreAway if waiting may help, which no wrong setting is."""
    return (StoreAway if _may_come_back(error) else StoreUnavailable)(msg)


def _may_come_back(error: SQLAlchemyError | OSError) -> bool:
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in _AWAY_ON_FILES
    if isinstance(cause, OSError):
        return not isinstance(cause, _NOT_FOR_US)
    return str(getattr(cause, "sqlstate", "")).startswith(_AWAY_ON_SERVERS)


def in_short(error: BaseException) -> str:
    """Return what went wrong, without any value: SQLAlchemy's own text repeats the statement with people's words in it.

    SQLite's does not. PostgreSQL's may, by its class; its details often do.
    """
    cause: BaseException | None = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return str(cause)
    if isinstance(cause, OSError) and cause.strerror:
        return f"{type(cause).__name__}: {cause.strerror}"
    told = cause.__cause__ if isinstance(error, DBAPIError) and cause is not None else None
    state = getattr(told, "sqlstate", None)
    if told is None or state is None:
        return type(cause).__name__
    what = getattr(told, "message", None) if state[:2] in _WITHOUT_VALUES else getattr(told, "constraint_name", None)
    return f"{type(told).__name__}: {what}" if what else type(told).__name__
