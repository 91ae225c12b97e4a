"""The schema that migrations make, and who may look at a database beside the one that works on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from bot.errors import StoreTaken, StoreUnavailable
from bot.storage.migrate import MIGRATIONS, NEWEST, migrate, present_schema
from bot.storage.tables import metadata
from bot.storage.unit_of_work import SqlReader, SqlStore
from tests.builders_dialogue import NOW
from tests.builders_store import arrive, incoming


async def on(store: SqlStore, work: Callable[[Connection], Any]) -> Any:  # Any: what the work returns
    async with store.engine.begin() as connection:
        return await connection.run_sync(work)


def alembic(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


# Migration ------------------------------------------------------------------------------------------------------------


async def test_migrations_make_the_schema_that_the_code_works_with(database: str) -> None:
    store = SqlStore(database)
    try:
        await migrate(store)

        def compared(connection: Connection) -> Any:  # Any: Alembic's differences
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            return compare_metadata(context, metadata)

        assert await on(store, compared) == []
        indexes = await on(
            store, lambda c: {t: {i["name"] for i in inspect(c).get_indexes(t)} for t in metadata.tables}
        )
        assert indexes == {t.name: {i.name for i in t.indexes} for t in metadata.sorted_tables}
    finally:
        await store.close()


def test_the_newest_schema_is_that_of_the_newest_file() -> None:
    heads = ScriptDirectory(str(MIGRATIONS)).get_heads()

    assert heads == [NEWEST]


async def test_a_migration_tells_before_and_after_and_the_second_does_nothing(database: str) -> None:
    store = SqlStore(database)
    try:
        assert await migrate(store) == (None, NEWEST)

        assert await migrate(store) == (NEWEST, NEWEST)
        assert len(await arrive(store, incoming("a"))) == 1
    finally:
        await store.close()


async def test_every_step_can_be_taken_back(database: str) -> None:
    store = SqlStore(database)
    try:
        await migrate(store)

        await on(store, lambda connection: command.downgrade(alembic(connection), "base"))

        assert await on(store, lambda c: inspect(c).get_table_names()) == ["alembic_version"]
        assert await migrate(store) == (None, NEWEST)
    finally:
        await store.close()


async def test_a_database_that_is_newer_than_the_program_is_refused_and_left_alone(database: str) -> None:
    store = SqlStore(database)
    try:
        await migrate(store)
        await on(store, lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'")))

        with pytest.raises(StoreUnavailable, match="9999"):
            await migrate(store)

        version = await on(store, lambda c: c.execute(text("SELECT version_num FROM alembic_version")).scalar_one())
        assert version == "9999"
    finally:
        await store.close()


async def test_a_file_that_is_no_database_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "tiltas.db").write_bytes(b"no database at all" * 100)
    store = SqlStore(f"sqlite:///{tmp_path / 'tiltas.db'}")
    try:
        with pytest.raises(StoreUnavailable, match="not a database"):
            await migrate(store)
    finally:
        await store.close()


# Beside the one that works on it --------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Return the address of a file in a folder with a name that people give."""
    folder = tmp_path / "mano duomenys #1, 50% ą"
    folder.mkdir()
    return f"sqlite:///{folder / 'tiltas.db'}"


async def test_a_second_one_cannot_work_on_the_same_file(file: str) -> None:
    store = SqlStore(file)
    try:
        with pytest.raises(StoreTaken, match=r"tiltas\.db.*TILTAS_DATA"):
            SqlStore(file)
    finally:
        await store.close()

    again = SqlStore(file)
    await again.close()


async def test_a_reader_reads_beside_a_writer(file: str) -> None:
    store, reader = SqlStore(file), SqlReader(file)
    try:
        await migrate(store)
        await arrive(store, incoming("a"))
        async with store.begin() as tx:
            await tx.inbox.add([incoming("b")], NOW)

            async with asyncio.timeout(5), reader.begin() as seen:
                state = await seen.state()

        assert state.unhandled == 1
        assert await present_schema(reader) == NEWEST
        async with reader.begin() as seen:
            assert (await seen.state()).unhandled == 2
    finally:
        await reader.close()
        await store.close()


async def test_a_reader_cannot_write(file: str) -> None:
    store, reader = SqlStore(file), SqlReader(file)
    try:
        await migrate(store)

        with pytest.raises(StoreUnavailable, match="readonly"):
            async with reader.begin() as tx:
                await tx.inbox.add([incoming("a")], NOW)
    finally:
        await reader.close()
        await store.close()


async def test_a_reader_makes_no_database_where_there_is_none(file: str) -> None:
    reader = SqlReader(file)

    with pytest.raises(StoreUnavailable):
        await present_schema(reader)

    await reader.close()
    assert list(Path(file.removeprefix("sqlite:///")).parent.iterdir()) == []


async def test_a_reader_of_an_empty_database_finds_no_schema(file: str) -> None:
    store = SqlStore(file)
    await on(store, lambda c: c.execute(text("SELECT 1")))
    await store.close()
    reader = SqlReader(file)

    assert await present_schema(reader) is None

    await reader.close()
