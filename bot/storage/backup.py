"""Copies of a SQLite database: made beside a running Tiltas, checked, and put back in its place."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from urllib.parse import quote

from bot.errors import BackupFailed
from bot.storage.engine import FileLock, database_url
from bot.storage.migrate import NEWEST

BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps in files of its own beside a database; without them the newest messages are missing."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A whole, sound copy; `size` in bytes."""

    path: Path
    size: int
    schema: str
    conversations: int
    cases: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put in place, and where the database lies that was there before."""

    copy: Copy
    kept: Path | None


def sqlite_file(url: str) -> Path:
    """Return the file of a SQLite database. Raises SettingsInvalid, and BackupFailed for a database that is no file."""
    address = database_url(url)
    if address.get_backend_name() == "postgresql":
        raise BackupFailed("This database is PostgreSQL: use its own pg_dump and pg_restore.")
    if address.database in {None, "", ":memory:"}:
        raise BackupFailed("This database is in memory only: there is no file to copy or to replace.")
    return Path(str(address.database))


def back_up(database: Path, target: Path) -> Copy:
    """Copy `database` to a new file, also while a Tiltas writes to it. Raises BackupFailed; then there is no new file.

    The copy has the mode 0600. It gets its name when it is whole and checked, so that half a copy never looks like one.
    """
    if not database.exists():
        raise BackupFailed(f"There is no database at {database} yet.")
    _refuse_existing(target)
    with _copied(database, target) as copy:
        _refuse_existing(target)
        _rename(copy.path, target)
    with suppress(OSError):  # the copy is what counts
        _mark(database).touch(mode=0o600)
    return Copy(target, copy.size, copy.schema, copy.conversations, copy.cases)


def last_backup(url: str) -> datetime | None:
    """Return when `back_up` made a copy of a database last, as far as that is known beside it."""
    try:
        return datetime.fromtimestamp(_mark(sqlite_file(url)).stat().st_mtime, UTC)
    except (OSError, BackupFailed):
        return None


def _mark(database: Path) -> Path:
    return database.with_name(f"{database.name}.last-backup")


def restore(source: Path, database: Path, *, replace: bool, at: datetime) -> Restored:
    """Put a copy in the place of `database`, which no Tiltas may use meanwhile. Raises StoreTaken, BackupFailed.

    With `replace` a database that is there is kept beside, named after the instant. `source` stays as it is.
    """
    if not source.is_file():
        raise BackupFailed(f"There is no file {source}.")
    lock = FileLock(database)
    try:
        if database.exists() and source.samefile(database):
            raise BackupFailed(f"{source} is the database itself, no copy of it.")
        if os.path.lexists(database) and not replace:
            raise BackupFailed(
                f"There is a database at {database}. With --replace it is kept beside, and the copy takes its place."
            )
        _check(source, source.name)
        with _copied(source, database) as copy:
            kept = _set_aside(database, at)
            _rename(copy.path, database)
        return Restored(Copy(database, copy.size, copy.schema, copy.conversations, copy.cases), kept)
    finally:
        lock.release()


@contextmanager
def _copied(source: Path, target: Path) -> Iterator[Copy]:
    """Yield a whole, checked copy in the folder of `target` under another name; it is removed if it is still there."""
    part = target.with_name(f".{target.name}.{token_hex(4)}.part")
    try:
        with _told(f"{source.name} could not be copied to {target.parent}"):
            # Made here, empty, because SQLite would make it readable for others.
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
            with closing(_opened(source)) as connection:
                connection.execute("VACUUM INTO ?", (str(part.absolute()),))
            _sync(part)
            yield _check(part, f"The copy of {source.name}")
    finally:
        for end in ("", *BESIDE):
            with suppress(OSError):
                Path(f"{part}{end}").unlink(missing_ok=True)


def _check(path: Path, name: str) -> Copy:
    """Look at the whole of a database. Raises BackupFailed where it is damaged or none that this program can use."""
    with _told(f"{name} cannot be used"), closing(_opened(path)) as connection:
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise BackupFailed(f"{name} is damaged: {found}.")
        schema = _schema(connection)
        if schema is None:
            raise BackupFailed(f"{name} is no database of Tiltas.")
        if schema > NEWEST:
            raise BackupFailed(f"{name} has schema {schema}, this program knows only {NEWEST}; use a newer Tiltas.")
        return Copy(path, path.stat().st_size, schema, _count(connection, "conversations"), _count(connection, "cases"))


def _schema(connection: sqlite3.Connection) -> str | None:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"alembic_version", "conversations", "cases"} <= tables:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def _count(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608  our own two names


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True, isolation_level=None, timeout=10)


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Say in one sentence what SQLite or the system has said: disk full, no rights, damaged, no database."""
    try:
        yield
    except sqlite3.Error as error:
        raise BackupFailed(f"{what}: {error}.") from error
    except OSError as error:
        raise BackupFailed(f"{what}: {error.strerror}.") from error


def _refuse_existing(target: Path) -> None:
    if os.path.lexists(target):
        raise BackupFailed(f"There is something at {target} already. Give the copy another name.")


def _set_aside(database: Path, at: datetime) -> Path | None:
    """Give a database that is there another name, with the files that belong to it."""
    name = f"{database.name}.{at:%Y-%m-%dT%H-%M-%SZ}"
    kept, number = database.with_name(name), 1
    while os.path.lexists(kept):
        number += 1
        kept = database.with_name(f"{name}-{number}")
    found = os.path.lexists(database)
    with _told("The old database could not be set aside"):
        # Also without a database: what an earlier one has left beside would be taken for a part of the new one.
        for end in ("", *BESIDE):
            if os.path.lexists(f"{database}{end}"):
                Path(f"{database}{end}").rename(f"{kept}{end}")
        _sync(database.parent)
    return kept if found else None


def _rename(path: Path, target: Path) -> None:
    path.rename(target)
    _sync(target.parent)


def _sync(path: Path) -> None:
    """Let the disk have it: a name or words that are only in memory are gone after a power cut."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
