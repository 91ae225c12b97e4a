"""Copies of the database: whole, private, checked, never in the place of something else."""

from __future__ import annotations

import asyncio
import os
import resource
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import BackupFailed, SettingsInvalid, StoreTaken
from bot.storage import backup
from bot.storage.backup import back_up, last_backup, restore, sqlite_file
from bot.storage.migrate import NEWEST, migrate
from bot.storage.unit_of_work import SqlStore
from tests.builders_dialogue import ROOT
from tests.builders_store import ANA, BORYS, arrive, incoming

AT = datetime(2026, 11, 22, 3, 15, tzinfo=UTC)
FULL = b"\xff" * 4096


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "data" / "tiltas.db"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "copies").mkdir()
    return tmp_path / "copies" / "tiltas.db"


async def opened(database: Path) -> SqlStore:
    """Open a database as the program does."""
    store = SqlStore(f"sqlite:///{database}")
    await migrate(store)
    return store


def filled(database: Path, *words: str) -> None:
    """Make a database in which somebody has written."""

    async def write() -> None:
        store = await opened(database)
        await arrive(store, *(incoming(word, text=word) for word in words))
        await store.close()

    asyncio.run(write())


def words(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return [row[0] for row in connection.execute("SELECT text FROM inbox ORDER BY id")]


def size(path: Path) -> int:
    return path.stat().st_size


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def put(database: Path, statements: Iterable[str]) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


# Back up ----------------------------------------------------------------------------------------------------------


async def test_a_copy_holds_what_the_database_holds_also_what_is_only_in_its_journal(
    database: Path, target: Path
) -> None:
    store = await opened(database)
    await arrive(store, incoming("a", ANA, text="one"), incoming("b", BORYS, text="two"))

    copy = back_up(database, target)

    await store.close()
    assert (copy.path, copy.size, copy.schema) == (target, size(target), NEWEST)
    assert (copy.conversations, copy.cases) == (2, 0)
    assert words(target) == ["one", "two"]
    assert names(target.parent) == {"tiltas.db"}


async def test_a_copy_made_under_a_writer_is_one_moment_of_it(database: Path, target: Path) -> None:
    store = await opened(database)
    copying = asyncio.create_task(asyncio.to_thread(back_up, database, target))
    written = 0
    while not copying.done() or written < 50:
        await arrive(store, *(incoming(f"{written} {i}", text=f"{written}") for i in range(2)))
        written += 1
    await copying
    await store.close()

    found = words(target)
    assert found == [str(i // 2) for i in range(len(found))]
    assert len(found) % 2 == 0


def test_a_copy_is_readable_by_nobody_else_whatever_the_mask_of_who_makes_it(database: Path, target: Path) -> None:
    filled(database, "one")
    mask = os.umask(0)
    try:
        back_up(database, target)
    finally:
        os.umask(mask)

    assert stat.S_IMODE(target.stat().st_mode) == 0o600


@pytest.mark.parametrize("kind", ["file", "folder", "link to nothing"])
def test_what_is_there_already_is_left_alone(database: Path, target: Path, kind: str) -> None:
    filled(database, "one")
    match kind:
        case "file":
            target.write_text("yesterday's")
        case "folder":
            target.mkdir()
        case _:
            target.symlink_to("nowhere")

    with pytest.raises(BackupFailed, match=r"something at .*tiltas\.db already"):
        back_up(database, target)

    assert names(target.parent) == {"tiltas.db"}
    assert not target.is_file() or target.read_text() == "yesterday's"


def test_what_comes_in_between_is_left_alone_too(database: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(database, "one")
    check = backup._check

    def slow_check(path: Path, name: str) -> backup.Copy:
        target.write_text("somebody else's")
        return check(path, name)

    monkeypatch.setattr(backup, "_check", slow_check)
    with pytest.raises(BackupFailed, match="already"):
        back_up(database, target)

    assert target.read_text() == "somebody else's"
    assert names(target.parent) == {"tiltas.db"}


def test_no_database_is_told(database: Path, target: Path) -> None:
    with pytest.raises(BackupFailed, match=r"no database at .*tiltas\.db yet"):
        back_up(database, target)

    assert names(target.parent) == set()


def test_a_folder_that_is_not_there_is_told(database: Path, target: Path) -> None:
    filled(database, "one")

    with pytest.raises(BackupFailed, match=r"could not be copied to .*nowhere: No such file or directory\."):
        back_up(database, target.parent / "nowhere" / "tiltas.db")


def test_a_damaged_database_gives_no_copy(database: Path, target: Path) -> None:
    filled(database, *("x" * 3000 for _ in range(1)), *(f"{i}" * 1000 for i in range(99)))
    damage(database)

    with pytest.raises(BackupFailed, match=r"malformed|damaged"):
        back_up(database, target)

    assert names(target.parent) == set()


def damage(database: Path) -> None:
    """Overwrite the middle of a file, as a failing disk does."""
    with database.open("r+b") as file:
        for page in range(20, 40):
            file.seek(page * len(FULL))
            file.write(FULL)


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (["CREATE TABLE letters (words)"], "no database of Tiltas"),
        (["DROP TABLE cases"], "no database of Tiltas"),
        (["DELETE FROM alembic_version"], "no database of Tiltas"),
        (["UPDATE alembic_version SET version_num = '9999'"], "schema 9999"),
    ],
)
def test_what_is_no_database_of_this_program_is_neither_copied_nor_restored(
    database: Path, target: Path, statements: list[str], said: str
) -> None:
    if "CREATE" in statements[0]:
        database.parent.mkdir()
    else:
        filled(database, "one")
    put(database, statements)

    with pytest.raises(BackupFailed, match=said):
        back_up(database, target)
    with pytest.raises(BackupFailed, match=said):
        restore(database, target, replace=False, at=AT)

    assert names(target.parent) <= {"tiltas.db.lock"}


def test_a_letter_is_no_database(database: Path, target: Path) -> None:
    database.parent.mkdir()
    database.write_bytes(b"this is a letter, not a database" * 100)

    with pytest.raises(BackupFailed, match=r"could not be copied to .*: file is not a database\."):
        back_up(database, target)

    assert names(target.parent) == set()


def test_a_full_disk_is_told_and_leaves_nothing(database: Path, target: Path) -> None:
    filled(database, *(f"{i}" * 1000 for i in range(300)))
    code = f"""
import resource
from pathlib import Path
from bot.errors import BackupFailed
from bot.storage.backup import back_up
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, {resource.RLIM_INFINITY}))
try:
    back_up(Path({str(database)!r}), Path({str(target)!r}))
except BackupFailed as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.startswith(f"tiltas.db could not be copied to {target.parent}: ")
    assert "disk" in done.stdout
    assert names(target.parent) == set()


def test_when_the_last_copy_was_made_is_known(database: Path, target: Path) -> None:
    filled(database, "one")
    url = f"sqlite:///{database}"
    before = last_backup(url)
    back_up(database, target)
    made = last_backup(url)

    assert before is None
    assert made is not None
    assert abs(datetime.now(UTC) - made).total_seconds() < 60
    assert last_backup("postgresql://tiltas@db/tiltas") is None


# Restore ----------------------------------------------------------------------------------------------------------


def test_a_restored_database_holds_what_the_copy_holds(database: Path, target: Path) -> None:
    filled(database, "one", "two")
    back_up(database, target)

    restored = restore(target, database.parent / "other.db", replace=False, at=AT)

    assert restored.kept is None
    assert (restored.copy.path, restored.copy.conversations) == (database.parent / "other.db", 1)
    assert words(restored.copy.path) == words(target) == ["one", "two"]
    assert stat.S_IMODE(restored.copy.path.stat().st_mode) == 0o600
    assert not [name for name in names(database.parent) if name.endswith(".part")]


def test_folders_on_the_way_are_made(database: Path, target: Path, tmp_path: Path) -> None:
    filled(database, "one")
    back_up(database, target)

    restore(target, tmp_path / "new" / "server" / "tiltas.db", replace=False, at=AT)

    assert words(tmp_path / "new" / "server" / "tiltas.db") == ["one"]


def test_a_database_that_is_there_is_not_replaced_unasked(database: Path, target: Path) -> None:
    filled(database, "old")
    back_up(database, target)

    with pytest.raises(BackupFailed, match=r"database at .*tiltas\.db\. With --replace"):
        restore(target, database, replace=False, at=AT)

    assert words(database) == ["old"]


def test_a_database_that_is_replaced_is_kept_whole_beside(database: Path, target: Path) -> None:
    filled(database, "old")
    back_up(database, target)
    left_by_a_crash(database, "newest")

    restored = restore(target, database, replace=True, at=AT)

    assert restored.kept == database.with_name("tiltas.db.2026-11-22T03-15-00Z")
    assert f"{restored.kept.name}-wal" in names(database.parent)
    assert words(restored.kept) == ["old", "newest"]
    assert words(database) == ["old"]


def left_by_a_crash(database: Path, word: str) -> None:
    """Write something that is only in the journal beside the database, as a killed process leaves it."""

    async def write() -> dict[str, bytes]:
        store = await opened(database)
        await arrive(store, incoming(word, text=word))
        files = held(database)
        await store.close()
        return files

    for end, found in asyncio.run(write()).items():
        Path(f"{database}{end}").write_bytes(found)


def held(database: Path) -> dict[str, bytes]:
    return {end: Path(f"{database}{end}").read_bytes() for end in ("", "-wal")}


def test_a_journal_without_its_database_is_not_taken_for_a_part_of_the_copy(database: Path, target: Path) -> None:
    filled(database, "old")
    back_up(database, target)
    left_by_a_crash(database, "newest")
    database.unlink()

    restored = restore(target, database, replace=False, at=AT)

    assert restored.kept is None
    assert words(database) == ["old"]


def test_replacing_twice_in_a_second_keeps_both(database: Path, target: Path) -> None:
    filled(database, "old")
    back_up(database, target)

    kept = [restore(target, database, replace=True, at=AT).kept for _ in range(2)]

    assert [path and path.name for path in kept] == [
        "tiltas.db.2026-11-22T03-15-00Z",
        "tiltas.db.2026-11-22T03-15-00Z-2",
    ]


async def test_nothing_is_restored_beside_a_tiltas_at_work(database: Path, target: Path) -> None:
    store = await opened(database)
    await arrive(store, incoming("old", text="old"))
    back_up(database, target)
    try:
        with pytest.raises(StoreTaken, match="another Tiltas"):
            restore(target, database, replace=True, at=AT)
    finally:
        await store.close()

    assert words(database) == ["old"]


def test_a_database_can_be_opened_by_tiltas_after_it_was_restored_or_not(database: Path, target: Path) -> None:
    filled(database, "old")
    back_up(database, target)
    for source in (target, target.with_name("none.db"), target):
        with suppress(BackupFailed):
            restore(source, database, replace=True, at=AT)
        filled(database, "new")

    assert words(database) == ["old", "new"]


def test_a_damaged_copy_is_refused_and_the_database_stays(database: Path, target: Path) -> None:
    filled(database, *(f"{i}" * 1000 for i in range(99)))
    back_up(database, target)
    damage(target)

    with pytest.raises(BackupFailed, match=r"tiltas\.db (is damaged|cannot be used)"):
        restore(target, database, replace=True, at=AT)

    assert len(words(database)) == 99
    assert not [name for name in names(database.parent) if "2026" in name or name.endswith(".part")]


def test_half_a_copy_is_refused(database: Path, target: Path) -> None:
    filled(database, *(f"{i}" * 1000 for i in range(99)))
    back_up(database, target)
    target.write_bytes(target.read_bytes()[: target.stat().st_size // 2])

    with pytest.raises(BackupFailed, match=r"tiltas\.db (is damaged|cannot be used)"):
        restore(target, database, replace=True, at=AT)


def test_an_empty_file_is_no_copy(database: Path, target: Path) -> None:
    target.touch()

    with pytest.raises(BackupFailed, match="no database of Tiltas"):
        restore(target, database, replace=False, at=AT)

    assert not database.exists()


@pytest.mark.parametrize("name", ["nothing.db", "."])
def test_a_file_that_is_not_there_is_told(database: Path, target: Path, name: str) -> None:
    with pytest.raises(BackupFailed, match="There is no file"):
        restore(target.parent / name, database, replace=False, at=AT)


def test_the_database_is_no_copy_of_itself(database: Path) -> None:
    filled(database, "one")

    with pytest.raises(BackupFailed, match="the database itself"):
        restore(database, database, replace=True, at=AT)

    assert words(database) == ["one"]


# Which database ---------------------------------------------------------------------------------------------------


def test_the_file_of_a_database_is_known(tmp_path: Path) -> None:
    assert sqlite_file(f"sqlite:///{tmp_path}/tiltas.db") == tmp_path / "tiltas.db"


@pytest.mark.parametrize(
    ("url", "said"), [("postgresql://tiltas:secret@db/tiltas", "pg_dump"), ("sqlite://", "in memory only")]
)
def test_a_database_that_is_no_file_is_told_what_to_use_instead(url: str, said: str) -> None:
    with pytest.raises(BackupFailed, match=said) as caught:
        sqlite_file(url)

    assert "secret" not in str(caught.value)


def test_what_is_no_address_is_told() -> None:
    with pytest.raises(SettingsInvalid, match="TILTAS_DATABASE_URL"):
        sqlite_file("nonsense")
