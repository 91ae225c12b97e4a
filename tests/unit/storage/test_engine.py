"""Which databases there are, who may open one, and who may read it."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.errors import SettingsInvalid, StoreRefused, StoreTaken, StoreUnavailable
from bot.storage.engine import FileLock
from bot.storage.tables import inbox
from bot.storage.unit_of_work import SqlReader, SqlStore
from tests.builders_dialogue import NOW, ROOT
from tests.builders_store import arrive, incoming, opened


def address(folder: Path) -> str:
    return f"sqlite:///{folder / 'tiltas.db'}"


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


@asynccontextmanager
async def holding(folder: Path) -> AsyncIterator[SqlStore]:
    """Open a database as it is."""
    store = SqlStore(address(folder))
    try:
        store.take()
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def reader(url: str) -> AsyncIterator[SqlReader]:
    found = SqlReader(url)
    try:
        yield found
    finally:
        await found.close()


# Private ------------------------------------------------------------------------------------------------------------


async def test_what_families_wrote_is_readable_by_nobody_else_on_the_machine(tmp_path: Path) -> None:
    umask = os.umask(0o022)
    try:
        async with opened(address(tmp_path)) as store:
            await arrive(store, incoming("a"))
            files = modes(tmp_path)
    finally:
        os.umask(umask)

    assert files.keys() >= {"tiltas.db", "tiltas.db-wal", "tiltas.db.lock"}
    assert set(files.values()) == {0o600}


async def test_a_database_that_is_there_already_keeps_what_it_holds(tmp_path: Path) -> None:
    async with opened(address(tmp_path)) as store:
        await arrive(store, incoming("a"))

    async with holding(tmp_path) as store, store.begin() as tx:
        assert (await tx.state(NOW)).unhandled == 1


async def test_folders_on_the_way_are_made(tmp_path: Path) -> None:
    async with opened(address(tmp_path / "far" / "away")):
        assert (tmp_path / "far" / "away" / "tiltas.db").exists()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StoreUnavailable, match="cannot write beside the database"):
        SqlStore(address(tmp_path / "file")).take()


def test_a_folder_in_the_place_of_the_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "tiltas.db").mkdir()

    with pytest.raises(StoreUnavailable, match=r"cannot write the database .*tiltas\.db"):
        SqlStore(address(tmp_path)).take()


# Taken --------------------------------------------------------------------------------------------------------------


async def test_a_second_tiltas_on_the_same_file_is_refused_and_told_what_to_do(tmp_path: Path) -> None:
    async with opened(address(tmp_path)):
        with pytest.raises(StoreTaken, match=r"another Tiltas already works on .*tiltas\.db.*TILTAS_DATA"):
            SqlStore(address(tmp_path)).take()


async def test_a_file_that_was_closed_can_be_opened_again(tmp_path: Path) -> None:
    for _ in range(2):
        async with holding(tmp_path) as store:
            assert store.alone


def test_a_process_that_died_does_not_keep_the_file(tmp_path: Path) -> None:
    database = tmp_path / "tiltas.db"
    code = (
        f"from pathlib import Path; from bot.storage.engine import FileLock; lock = FileLock(Path({str(database)!r}))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", f"{code}; print('taken', flush=True); input()"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"taken\n"
        with pytest.raises(StoreTaken):
            FileLock(database)

        other.send_signal(signal.SIGKILL)
        other.wait()

    FileLock(database).release()


async def test_two_databases_in_memory_are_two(tmp_path: Path) -> None:
    del tmp_path
    async with opened() as one, opened() as two:
        await arrive(one, incoming("a"))

        assert await arrive(two) == []
        assert one.alone


# Beside a running Tiltas --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["data", "a b", "50% #1", "būstas"])
async def test_a_reader_looks_beside_the_process_that_writes(tmp_path: Path, name: str) -> None:
    url = address(tmp_path / name)
    async with opened(url) as store:
        await arrive(store, incoming("a"))

        async with reader(url) as beside, beside.begin() as tx:
            assert (await tx.state(NOW)).unhandled == 1


async def test_a_reader_cannot_write(tmp_path: Path) -> None:
    async with opened(address(tmp_path)), reader(address(tmp_path)) as beside:
        with pytest.raises(StoreUnavailable, match="readonly"):
            async with beside.begin() as tx:
                await tx.connection.execute(inbox.delete())


# What a database says when it fails ---------------------------------------------------------------------------------


async def test_a_failed_statement_is_told_without_the_words_of_people(tmp_path: Path) -> None:
    async with opened(address(tmp_path)) as store:
        with pytest.raises(StoreUnavailable, match="no such table") as told:
            async with store.begin() as tx:
                await tx.connection.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": "Olena Koval"})

    assert "Olena" not in str(told.value)


async def test_a_full_disk_is_no_fault_of_what_was_to_be_written(tmp_path: Path) -> None:
    async with opened(address(tmp_path)) as store:
        async with store.engine.begin() as connection:
            pages = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
            await connection.execute(text(f"PRAGMA max_page_count={pages}"))

        with pytest.raises(StoreUnavailable, match="full") as caught:
            async with store.begin() as tx:
                await tx.inbox.add([incoming("a", text="long " * 10_000)], NOW)

    assert not isinstance(caught.value, StoreRefused)


async def fail_after_adding(store: SqlStore) -> None:
    async with store.begin() as tx:
        await tx.inbox.add([incoming("a")], NOW)
        raise RuntimeError


async def test_a_failed_transaction_leaves_nothing_and_holds_nobody(tmp_path: Path) -> None:
    async with opened(address(tmp_path)) as store:
        with pytest.raises(RuntimeError):
            await fail_after_adding(store)

        assert await arrive(store) == []


# Which databases there are ------------------------------------------------------------------------------------------


def test_a_database_we_do_not_know_is_named_with_those_we_do() -> None:
    with pytest.raises(SettingsInvalid, match="TILTAS_DATABASE_URL names 'mysql'; databases are: sqlite, postgresql"):
        SqlStore("mysql://localhost/tiltas")


@pytest.mark.parametrize("url", ["", "tiltas.db", "://", "sqlite"])
def test_what_is_no_address_is_told(url: str) -> None:
    with pytest.raises(SettingsInvalid, match="TILTAS_DATABASE_URL is no database address"):
        SqlStore(url)
