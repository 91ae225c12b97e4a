"""A copy made beside a Tiltas at work, lost data put back from it, and a Tiltas that goes on from there."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import pytest_asyncio

from tests.fakes.bot_api import FakeTelegram
from tests.flow.conftest import Start
from tests.flow.harness import PATIENCE, ROOT, Person, Tiltas, environment, without_powers_of_root
from tests.flow.texts import BANK_ACCOUNT, Texts

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def served(telegram: FakeTelegram, prepared: Start) -> Tiltas:
    """Return a Tiltas at work that a test may stop."""
    tiltas = prepared(telegram)
    await tiltas.serve()
    return tiltas


async def command(
    tiltas: Tiltas, *words: str, program: Sequence[str] = ("-m", "bot")
) -> subprocess.CompletedProcess[str]:
    """Run a command on the same data folder, in a process of its own."""

    def work() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *program, *words],
            cwd=ROOT,
            env=environment(tiltas.options),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    return await asyncio.to_thread(work)


def remove_the_database(data: Path) -> None:
    for path in data.glob("tiltas.db*"):
        path.unlink()


async def test_a_tiltas_goes_on_from_a_copy_of_its_lost_database(
    served: Tiltas, telegram: FakeTelegram, texts: Texts, tmp_path: Path
) -> None:
    tiltas, copy = served, str(tmp_path / "copy.db")
    person = Person(telegram, tiltas)
    await telegram.person(person.chat)
    await person.says(texts.question(BANK_ACCOUNT))
    await person.says("/human")
    before = [tuple(row) for row in tiltas.rows("SELECT * FROM outbox ORDER BY id")]

    copied = await command(tiltas, "backup", copy)
    refused = await command(tiltas, "restore", copy, "--replace")
    await tiltas.stop()
    remove_the_database(tiltas.data)
    restored = await command(tiltas, "restore", copy)

    assert (copied.returncode, copied.stderr) == (0, "")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "another Tiltas already works on" in refused.stderr
    assert (restored.returncode, restored.stderr) == (0, "")
    assert [tuple(row) for row in tiltas.rows("SELECT * FROM outbox ORDER BY id")] == before
    await tiltas.serve()
    assert len(await person.says(texts.question(BANK_ACCOUNT))) >= 1
    assert tiltas.number("SELECT count(*) FROM conversations") == 1
    assert await tiltas.stop() == 0


async def test_copies_made_while_people_write_lose_nothing_and_hold_nobody_up(
    served: Tiltas, telegram: FakeTelegram, texts: Texts, tmp_path: Path
) -> None:
    tiltas = served
    people = [Person(telegram, tiltas) for _ in range(20)]
    for person in people:
        await telegram.person(person.chat)

    async def write() -> None:
        for person in people:
            await telegram.say(person.chat, texts.question(BANK_ACCOUNT))

    writing = asyncio.create_task(write())
    copies = await asyncio.gather(*(command(tiltas, "backup", str(tmp_path / f"{i}.db")) for i in range(2)))
    await writing
    await tiltas.settles()

    assert [done.returncode for done in copies] == [0, 0], [done.stderr for done in copies]
    assert tiltas.number("SELECT count(*) FROM inbox WHERE state = 'done'") == len(people)
    assert not tiltas.logged("inbox.unavailable")
    assert not tiltas.logged("outbox.unavailable")


async def test_a_folder_that_may_not_be_written_is_told_in_a_sentence(prepared: Start, tmp_path: Path) -> None:
    tiltas = prepared()
    await command(tiltas, "migrate")
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)

    done = await command(tiltas, "backup", str(locked / "copy.db"), program=without_powers_of_root("-m", "bot"))

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"tiltas.db could not be copied to {locked}: Permission denied.\n"
