"""Transactions: all repositories on one connection, committed together."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StoreAway, StoreUnavailable
from bot.ports import StoreState
from bot.storage.alerts import AlertRows
from bot.storage.cases import CaseRows
from bot.storage.conversations import ConversationRows
from bot.storage.counts import CountRows
from bot.storage.engine import FileLock, connect, database_url, not_opened, unavailable
from bot.storage.inbox import InboxRows
from bot.storage.outbox import OutboxRows
from bot.storage.places import PlaceRows
from bot.storage.state import state
from bot.storage.teams import TeamRows
from bot.storage.timers import LeaseRows, TimerRows
from bot.storage.verdicts import VerdictRows


class SqlTransaction:
    """See `ports.Transaction`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.inbox = InboxRows(connection)
        self.conversations = ConversationRows(connection)
        self.outbox = OutboxRows(connection)
        self.cases = CaseRows(connection)
        self.places = PlaceRows(connection)
        self.teams = TeamRows(connection)
        self.alerts = AlertRows(connection)
        self.counts = CountRows(connection)
        self.verdicts = VerdictRows(connection)
        self.timers = TimerRows(connection)
        self.leases = LeaseRows(connection)

    async def state(self, at: datetime) -> StoreState:
        """See `ports.Transaction.state`."""
        return await state(self.connection, at)


class SqlStore:
    """See `ports.Store`."""

    def __init__(self, url: str, *, beside: bool = False) -> None:
        """Open nothing yet: `migrate` does. Raises SettingsInvalid.

        With `beside` another process may work on it: for one short transaction, such as a command's.
        """
        address = self._address = database_url(url)
        self.alone = address.get_backend_name() == "sqlite"
        on_disk = self.alone and address.database not in {None, "", ":memory:"}
        self._file = Path(str(address.database)) if on_disk and not beside else None
        self._lock: FileLock | None = None
        self.away = False
        """Whether `migrate` has not found it yet: meanwhile no transaction begins."""
        self.engine = connect(address)
        # SQLite has one writer. Waiting for our own turn here is fair and costs nothing; its busy timeout is neither.
        self._turn = asyncio.Lock() if self.alone else None

    def take(self) -> None:
        """Keep other processes off, where the database is a file. Raises StoreTaken, StoreUnavailable."""
        if self._file is not None:
            self._lock = self._lock or FileLock(self._file)
            _make_private(self._file)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[SqlTransaction]:
        """See `ports.Store.begin`."""
        if self.away:
            msg = "it was away at the start"
            raise StoreAway(msg)
        async with AsyncExitStack() as stack:
            if self._turn is not None:
                await stack.enter_async_context(self._turn)
            try:
                async with self.engine.begin() as connection:
                    yield SqlTransaction(connection)
            except (SQLAlchemyError, OSError) as error:
                raise unavailable(error) from error

    @asynccontextmanager
    async def patiently(self) -> AsyncIterator[AsyncConnection]:
        """Start a transaction for a migration: it may take long. What the database says comes as it is.

        On SQLite it may also make a table anew: to drop the old one takes nothing along that refers to it.
        """
        if self.alone:
            async with self.engine.connect() as connection, _without_references(connection), connection.begin():
                yield connection
            return
        engine = connect(self._address, patient=True)
        try:
            async with engine.begin() as connection:
                yield connection
        finally:
            await engine.dispose()

    async def close(self) -> None:
        """Close all connections and let others at the file."""
        await self.engine.dispose()
        if self._lock is not None:
            self._lock.release()


@asynccontextmanager
async def _without_references(connection: AsyncConnection) -> AsyncIterator[None]:
    # SQLite changes this setting outside of transactions only, hence past SQLAlchemy, which would begin one.
    driver: Any = (await connection.get_raw_connection()).driver_connection  # Any: the driver's own, untyped here
    await driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        await driver.execute("PRAGMA foreign_keys=ON")


def _make_private(database: Path) -> None:
    """Make the file, if it is not there: what families wrote is nobody else's on this machine.

    SQLite gives its side files the same mode. A file that is there is not opened: to close it again would take away all
    locks that SQLite has on it in this process, and who opens it beside us would throw away what was just written.
    """
    if database.is_file():
        return
    try:
        os.close(os.open(database, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise not_opened(error, f"cannot write the database {database}: {error.strerror}") from error


class SqlReader:
    """Looks at a database beside the process that works on it; its transactions only read."""

    alone = False

    def __init__(self, url: str) -> None:
        """Open nothing yet. Raises SettingsInvalid."""
        address = database_url(url)
        self._file = Path(str(address.database)) if address.get_backend_name() == "sqlite" else None
        self.engine = connect(address, read_only=True)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[SqlTransaction]:
        """See `ports.Store.begin`."""
        if self._file is not None and not self._file.exists():
            msg = f"there is none at {self._file} yet; `tiltas run` or `tiltas migrate` makes it"
            raise StoreUnavailable(msg)
        try:
            async with self.engine.connect() as connection:
                yield SqlTransaction(connection)
        except (SQLAlchemyError, OSError) as error:
            raise unavailable(error) from error

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()
