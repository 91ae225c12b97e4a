"""Starts: what cannot work is refused with 2 and with words that help; piped lines need no Telegram."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.fakes.bot_api import FakeTelegram, FaultKind
from tests.flow.conftest import Start
from tests.flow.harness import (
    PATIENCE,
    ROOT,
    SERVE,
    Person,
    Tiltas,
    copy_of_the_content,
    environment,
    replace_in,
    with_index,
    without_powers_of_root,
)
from tests.flow.texts import BANK_ACCOUNT, EN, LT, RU, UK, Texts

pytestmark = pytest.mark.asyncio(loop_scope="module")

# Refused --------------------------------------------------------------------------------------------------


async def _refuses(tiltas: Tiltas, *words: str) -> None:
    """Start, and check that it ends with 2 and says these words, without a trace of Python."""
    tiltas.begin()
    code = await tiltas.ends()

    said = tiltas.words()
    assert (code, [word for word in words if word not in said]) == (2, []), said
    assert "Traceback" not in said


async def test_a_token_that_is_none_is_refused_without_showing_it(prepared: Start) -> None:
    tiltas = prepared(TILTAS_TELEGRAM_TOKEN="my secret")

    await _refuses(tiltas, "TILTAS_TELEGRAM_TOKEN")

    assert "my secret" not in tiltas.words()


async def test_a_token_that_telegram_does_not_know_is_refused(telegram: FakeTelegram, prepared: Start) -> None:
    tiltas = prepared(telegram, TILTAS_TELEGRAM_TOKEN="77:somebody-elses")

    await _refuses(tiltas, "TILTAS_TELEGRAM_TOKEN", "@BotFather")

    assert "somebody-elses" not in tiltas.words()


async def test_nothing_to_serve_is_said(prepared: Start) -> None:
    await _refuses(prepared(), "TILTAS_TELEGRAM_TOKEN", "pipe")


async def test_a_second_process_on_the_same_database_is_refused_and_the_first_goes_on(
    person: Person, prepared: Start, texts: Texts
) -> None:
    second = prepared(person.telegram, TILTAS_DATABASE_URL=f"sqlite:///{person.tiltas.database}")

    await _refuses(second, "another Tiltas already works on", "TILTAS_DATA")

    assert len(await person.says(texts.question(BANK_ACCOUNT))) == 2


async def test_a_folder_that_cannot_be_written_is_refused_at_the_start(telegram: FakeTelegram, prepared: Start) -> None:
    tiltas = prepared(telegram)
    locked = tiltas.data / "locked"
    locked.mkdir(mode=0o555)
    tiltas.options["TILTAS_DATABASE_URL"] = f"sqlite:///{locked / 'tiltas.db'}"
    tiltas.program = without_powers_of_root(*SERVE)

    await _refuses(tiltas, "cannot write", "locked")


async def test_a_file_that_is_no_database_is_refused(telegram: FakeTelegram, prepared: Start) -> None:
    tiltas = prepared(telegram)
    tiltas.database.write_bytes(b"this is a letter, not a database" * 100)

    await _refuses(tiltas, "The database cannot be used")


async def test_a_database_of_a_later_tiltas_is_refused(telegram: FakeTelegram, prepared: Start) -> None:
    tiltas = prepared(telegram)
    with closing(sqlite3.connect(tiltas.database)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")
        connection.commit()

    await _refuses(tiltas, "9999", "newer Tiltas")


async def test_broken_content_is_refused_with_all_that_is_wrong(
    telegram: FakeTelegram, prepared: Start, tmp_path: Path
) -> None:
    faq = copy_of_the_content(tmp_path)
    replace_in(faq / "en" / "housing.yaml", "    short: >-\n", "    shorts: >-\n")
    replace_in(faq / "uk" / "benefits.yaml", "entries:\n", "entries: [\n")
    replace_in(faq / "topics.yaml", "team: support", "team: nobody")
    tiltas = prepared(telegram, TILTAS_FAQ=str(faq))

    await _refuses(tiltas, "en/housing.yaml:", "uk/benefits.yaml:", "topics.yaml:", "nothing was started")


async def test_another_process_with_the_same_token_is_noticed_after_some_patience(
    prepared: Start,
) -> None:
    async with FakeTelegram() as telegram:
        words = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
        await telegram.fault(FaultKind.REFUSE, "getUpdates", code=409, description=words, times=0)
        await telegram.say(5, "hello")
        tiltas = prepared(telegram)

        await _refuses(tiltas, "another process receives this bot's messages")

        assert len(await telegram.pending()) == 1


async def test_a_short_conflict_after_a_crash_is_waited_for(prepared: Start, texts: Texts) -> None:
    async with FakeTelegram() as telegram:
        words = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
        await telegram.fault(FaultKind.REFUSE, "getUpdates", code=409, description=words, times=2)
        tiltas = prepared(telegram)
        await tiltas.serve()

        assert len(await Person(telegram, tiltas).says(texts.question(BANK_ACCOUNT))) == 2


# Lines instead of Telegram --------------------------------------------------------------------------------------------


async def test_piped_lines_are_answered_in_four_languages_and_end_with_0(
    solved: Path, tmp_path: Path, texts: Texts
) -> None:
    languages = (LT, EN, RU, UK)
    lines = "".join(texts.question(BANK_ACCOUNT, language) + "\n" for language in languages)

    code, out, err = await _pipe(
        with_index(tmp_path / "data", solved), (lines + "\n \n").encode() + b"\xff\xfe broken\n"
    )

    assert code == 0, err
    assert [texts.short(BANK_ACCOUNT, language)[:40] in out for language in languages] == [True] * 4
    assert out.count("You:") == 5
    assert err == ""


async def _pipe(data: Path, lines: bytes) -> tuple[int, str, str]:
    def work() -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "bot", "run"],
            input=lines,
            capture_output=True,
            cwd=ROOT,
            env=environment({"TILTAS_DATA": str(data)}),
            timeout=PATIENCE,
            check=False,
        )

    done = await asyncio.to_thread(work)
    return done.returncode, done.stdout.decode(), done.stderr.decode()
