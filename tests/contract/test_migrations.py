"""The schema that the migrations make is the one the code works with, and a reader may look beside the writer."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from bot.errors import StoreTaken, StoreUnavailable
from bot.storage.migrate import MIGRATIONS, NEWEST, migrate, present_schema
from bot.storage.tables import addresses, buttons, case_events, cases, conversations, inbox, metadata, outbox
from bot.storage.unit_of_work import SqlReader, SqlStore
from tests.builders_dialogue import NOW
from tests.builders_store import NOBODY, all_rows, arrive, incoming, owing


@pytest_asyncio.fixture
async def empty(database: str) -> AsyncIterator[SqlStore]:
    """Return a database without any schema."""
    store = SqlStore(database)
    yield store
    await store.close()


@pytest_asyncio.fixture
async def on_disk(tmp_path: Path) -> AsyncIterator[SqlStore]:
    """Return a migrated database in a file."""
    store = SqlStore(address(tmp_path))
    await migrate(store)
    yield store
    await store.close()


def address(folder: Path) -> str:
    return f"sqlite:///{folder / 'tiltas.db'}"


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def threads_ended() -> None:
    """Wait for the driver's threads: that of a connection which never came about tells its end to the event loop."""
    for thread in threading.enumerate():
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join)


async def ask(store: SqlStore, question: Callable[[Connection], Any]) -> Any:  # Any: whatever was asked for
    async with store.engine.begin() as connection:
        return await connection.run_sync(question)


def tables_of(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def schema_of(connection: Connection) -> dict[str, list[str]]:
    """Return how each table and index was made; the order of a table's columns and constraints means nothing."""
    query = _SCHEMA_OF_SQLITE if connection.dialect.name == "sqlite" else _SCHEMA_OF_POSTGRESQL
    # A table that was made anew under another name is quoted.
    made = {name: " ".join(sql.replace('"', "").split()) for name, sql in connection.execute(text(query))}
    return {name: _parts(sql) for name, sql in made.items() if not name.startswith("alembic_version")}


def _parts(sql: str) -> list[str]:
    if not sql.startswith("CREATE TABLE"):
        return [sql]
    head, _, body = sql.partition("(")
    return [head, *sorted(part.strip() for part in re.split(r",(?![^()]*\))", body.removesuffix(")")))]


_SCHEMA_OF_SQLITE = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"
_SCHEMA_OF_POSTGRESQL = """
SELECT table_name || '.' || column_name,
    concat_ws(' ', data_type, character_maximum_length, is_nullable, column_default)
    FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE relnamespace = 'public'::regnamespace
"""


def differences(connection: Connection) -> list[Any]:  # Any: Alembic's own tuples
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, metadata))


def alembic_config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


# The schema -----------------------------------------------------------------------------------------------------------


async def test_an_empty_database_gets_the_newest_schema_once(empty: SqlStore) -> None:
    assert await migrate(empty) == (None, NEWEST)
    assert await migrate(empty) == (NEWEST, NEWEST)


async def test_alembic_sees_no_difference_between_migrations_and_tables(empty: SqlStore) -> None:
    await migrate(empty)

    assert await ask(empty, differences) == []


async def test_migrations_and_tables_say_the_same_to_the_database(empty: SqlStore) -> None:
    # Alembic compares neither the conditions of indexes, nor counting up, nor what a removal takes along.
    await migrate(empty)
    migrated = await ask(empty, schema_of)

    await ask(empty, metadata.drop_all)
    await ask(empty, metadata.create_all)

    assert migrated == await ask(empty, schema_of)


def test_the_newest_revision_is_that_of_the_newest_file() -> None:
    files = sorted(path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))

    assert ScriptDirectory.from_config(alembic_config()).get_heads() == [NEWEST]
    assert files[-1].startswith(f"{NEWEST}_")


async def test_every_step_back_can_be_taken_again(empty: SqlStore) -> None:
    await migrate(empty)
    before = await ask(empty, schema_of)

    await ask(empty, lambda connection: command.downgrade(alembic_config(connection), "base"))
    left = await ask(empty, tables_of)
    again = await migrate(empty)

    assert left - {"alembic_version"} - {"sqlite_sequence"} == set()
    assert again == (None, NEWEST)
    assert await ask(empty, schema_of) == before


async def test_migrating_again_leaves_what_is_kept_alone(empty: SqlStore) -> None:
    await migrate(empty)
    await arrive(empty, incoming("a"))

    await migrate(empty)

    assert [row["key"] for row in await all_rows(empty, inbox)] == ["a"]


FIRST = """
INSERT INTO conversations (id, channel, chosen, noticed, clarified, blocked, last_entries, created_at)
    VALUES (7, 'telegram', true, true, true, false, '[]', '2026-11-21');
INSERT INTO addresses VALUES (7, 'telegram', '1001');
INSERT INTO buttons VALUES ('token', 7, '{}', '[]', '2026-11-21');
INSERT INTO inbox (key, conversation_id, kind, text, payload, state, attempts, received_at)
    VALUES ('in', 7, 'text', 'words', '{}', 'new', 0, '2026-11-21');
INSERT INTO outbox (key, conversation_id, channel, kind, priority, payload, state, attempts, due_at, created_at, changed_at)
    VALUES ('out', 7, 'telegram', 'answer', 0, '{}', 'new', 0, '2026-11-21', '2026-11-21', '2026-11-21');
INSERT INTO cases (id, number, conversation_id, opened_by, state, reason, team, language, danger, version, opened_at)
    VALUES (7, '7K', 7, 7, 'waiting', 'no_match', 'support', 'uk', 'none', 1, '2026-11-21');
INSERT INTO case_events (case_id, kind, at, payload) VALUES (7, 'opened', '2026-11-21', '{}')
""".replace("'2026-11-21'", "'2026-11-21 12:00:00'")
"""A row for each table of the first schema that refers to another, or is referred to."""


async def test_migrating_takes_nothing_along_that_was_kept_since_the_first_schema(empty: SqlStore) -> None:
    await ask(empty, lambda connection: command.upgrade(alembic_config(connection), "0001"))
    async with empty.engine.begin() as connection:
        for statement in FIRST.split(";"):
            await connection.execute(text(statement))

    await migrate(empty)

    for table in (conversations, addresses, inbox, outbox, buttons, cases, case_events):
        assert len(await all_rows(empty, table)) == 1, table.name


async def test_references_are_kept_after_a_migration_as_before(empty: SqlStore) -> None:
    await migrate(empty)

    with pytest.raises(StoreUnavailable):
        async with empty.begin() as tx:
            await tx.outbox.add([owing("out", NOBODY)], NOW)


async def test_a_newer_database_is_refused_in_clear_words(empty: SqlStore) -> None:
    await migrate(empty)
    await ask(empty, lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'")))

    with pytest.raises(StoreUnavailable) as refused:
        await migrate(empty)

    assert str(refused.value) == (f"the database has schema 9999, this program knows only {NEWEST}; use a newer Tiltas")


async def test_a_migration_that_fails_leaves_the_database_as_it_was(empty: SqlStore) -> None:
    await ask(empty, lambda connection: connection.execute(text("CREATE TABLE outbox (words TEXT)")))

    with pytest.raises(StoreUnavailable, match=r'outbox"? already exists'):
        await migrate(empty)

    assert await ask(empty, tables_of) == {"outbox"}


async def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tiltas.db").write_bytes(b"no database " * 500)
    store = SqlStore(address(tmp_path))

    with pytest.raises(StoreUnavailable, match="not a database"):
        await migrate(store)

    await store.close()
    await threads_ended()


# A reader beside the writer -------------------------------------------------------------------------------------------


async def test_a_reader_sees_what_is_committed_while_the_writer_is_at_work(on_disk: SqlStore, tmp_path: Path) -> None:
    await arrive(on_disk, incoming("a"))
    reader = SqlReader(address(tmp_path))

    async with on_disk.begin() as tx:
        await tx.inbox.add([incoming("b")], NOW)
        async with reader.begin() as looking:
            meanwhile = (await looking.state(NOW)).unhandled
    async with reader.begin() as looking:
        afterwards = (await looking.state(NOW)).unhandled
    schema = await present_schema(reader)
    await reader.close()

    assert (meanwhile, afterwards, schema) == (1, 2, NEWEST)


async def test_a_writer_does_not_wait_for_a_reader(on_disk: SqlStore, tmp_path: Path) -> None:
    reader = SqlReader(address(tmp_path))

    async with reader.begin() as looking:
        before = (await looking.state(NOW)).unhandled
        await arrive(on_disk, incoming("a"))
    await reader.close()

    assert before == 0
    assert len(await all_rows(on_disk, inbox)) == 1


async def test_a_reader_cannot_write(on_disk: SqlStore, tmp_path: Path) -> None:
    reader = SqlReader(address(tmp_path))

    with pytest.raises(StoreUnavailable, match="readonly"):
        async with reader.begin() as tx:
            await tx.inbox.add([incoming("a")], NOW)

    await reader.close()
    assert await all_rows(on_disk, inbox) == []


async def test_a_reader_makes_no_database_where_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="tiltas migrate"):
        await present_schema(SqlReader(address(tmp_path)))

    assert files_in(tmp_path) == []


async def test_a_reader_looks_at_a_database_nobody_works_on(tmp_path: Path) -> None:
    store = SqlStore(address(tmp_path))
    await migrate(store)
    await arrive(store, incoming("a"))
    await store.close()
    reader = SqlReader(address(tmp_path))

    async with reader.begin() as tx:
        assert (await tx.state(NOW)).unhandled == 1

    await reader.close()


async def test_a_reader_of_an_empty_database_finds_no_schema(tmp_path: Path) -> None:
    (tmp_path / "tiltas.db").touch()
    reader = SqlReader(address(tmp_path))

    assert await present_schema(reader) is None

    await reader.close()


@pytest.mark.parametrize("name", ["with blanks", "c#", "žmonės", "50%2520", "ampers&nd=1"])
async def test_reader_and_writer_find_the_same_file_whatever_its_folder_is_called(tmp_path: Path, name: str) -> None:
    store, reader = SqlStore(address(tmp_path / name)), SqlReader(address(tmp_path / name))

    await migrate(store)
    schema = await present_schema(reader)

    await reader.close()
    await store.close()
    assert schema == NEWEST


async def test_a_second_writer_is_told_what_to_do(on_disk: SqlStore, tmp_path: Path) -> None:
    assert on_disk.alone
    with pytest.raises(StoreTaken, match="another Tiltas already works on"):
        await migrate(SqlStore(address(tmp_path)))
