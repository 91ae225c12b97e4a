"""`/health` of a running Tiltas: open only when asked for, true, silent in the logs, and gone with the process."""

from __future__ import annotations

import asyncio
import json
import socket
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import httpx
import pytest

from tests.fakes.bot_api import FakeTelegram
from tests.flow.conftest import Start
from tests.flow.harness import PATIENCE, Person, Tiltas, TooLongError, copy_of_the_content, replace_in
from tests.flow.texts import BANK_ACCOUNT, EN, Texts

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEPT_S = 5.5
"""A little more than the seconds for which a look at the database is good."""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def watched(telegram: FakeTelegram, prepared: Start, port: int) -> Tiltas:
    """Return a Tiltas that will listen."""
    return prepared(telegram, TILTAS_WEB=f"127.0.0.1:{port}")


async def health(port: int) -> httpx.Response:
    async with httpx.AsyncClient() as asking:
        return await asking.get(f"http://127.0.0.1:{port}/health", timeout=PATIENCE)


async def until_it_is(port: int, code: int) -> httpx.Response:
    """Ask until the answer has a code."""
    for _ in range(int(PATIENCE / 0.2)):
        answer = await health(port)
        if answer.status_code == code:
            return answer
        await asyncio.sleep(0.2)
    raise TooLongError(f"not within {PATIENCE} s: {code}")


async def test_a_tiltas_at_work_is_well_and_tells_no_word_of_anybody(watched: Tiltas, port: int, texts: Texts) -> None:
    await watched.serve()
    assert watched.telegram is not None
    person = Person(watched.telegram, watched)
    await watched.telegram.person(person.chat)
    await person.says(texts.question(BANK_ACCOUNT))

    answer = await health(port)

    assert len(listening(watched.process.pid)) == 1
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert set(told["loops"]) == {"poll", "answers", "delivery", "direct", "timers", "content"}
    assert told["loops"]["poll"] == {**told["loops"]["poll"], "lives": True, "failing": False}
    assert told["loops"]["poll"]["last_turn_s"] < PATIENCE
    assert told["messages"] == {
        "oldest_unhandled_s": None,
        "oldest_owed_s": None,
        "given_up": 0,
        "uncertain": 0,
        "refused": 0,
    }
    words = [str(person.chat), watched.telegram.token, str(watched.data), *texts.question(BANK_ACCOUNT).split()]
    assert [word for word in words if len(word) > 4 and word in answer.text] == []


async def test_requests_are_not_logged_and_a_stop_is_clean_with_a_connection_open(watched: Tiltas, port: int) -> None:
    await watched.serve()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as asking:
        for path in ("/health", "/health?of=somebody", "/etc/passwd"):
            await asking.get(path)

        assert await watched.stop() == 0

    assert len(watched.logged("stopping")) == 1
    assert not [line for line in map(json.dumps, watched.log()) if "somebody" in line or "passwd" in line]
    assert "uvicorn" not in watched.words()


async def test_no_port_is_open_unless_asked_for(telegram: FakeTelegram, prepared: Start) -> None:
    tiltas = prepared(telegram)
    await tiltas.serve()

    assert listening(tiltas.process.pid) == []


def listening(process: int) -> list[str]:
    """Return the addresses at which a process listens."""
    place = Path(f"/proc/{process}")
    own = set()
    for file in (place / "fd").iterdir():
        with suppress(FileNotFoundError):  # closed between listing and looking
            own.add(str(file.readlink()))
    rows = [row.split() for name in ("tcp", "tcp6") for row in (place / "net" / name).read_text().splitlines()[1:]]
    return [row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in own]


async def test_a_port_that_is_taken_is_refused_at_the_start(watched: Tiltas, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        watched.begin()

        assert await watched.ends() == 2

    assert f"TILTAS_WEB: nothing can listen at 127.0.0.1:{port}: Address already in use." in watched.words()
    assert "Traceback" not in watched.words()


async def test_content_that_is_refused_is_seen_and_content_that_is_mended_too(
    watched: Tiltas, port: int, tmp_path: Path
) -> None:
    faq = copy_of_the_content(tmp_path)
    await watched.serve(TILTAS_FAQ=str(faq))
    replace_in(faq / EN / "housing.yaml", "    short: >-\n", "    shorts: >-\n")

    needs_a_look = await until_it_is(port, 503)
    replace_in(faq / EN / "housing.yaml", "    shorts: >-\n", "    short: >-\n")
    well = await until_it_is(port, 200)

    assert needs_a_look.json()["content"]["findings"] >= 1
    assert well.json()["content"] == {**needs_a_look.json()["content"], "findings": 0}


async def test_a_database_that_somebody_keeps_locked_is_seen_and_asking_goes_on(watched: Tiltas, port: int) -> None:
    await watched.serve()
    assert (await health(port)).status_code == 200
    await asyncio.sleep(KEPT_S)
    with closing(sqlite3.connect(watched.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        locked = await until_it_is(port, 503)

    await until_it_is(port, 200)
    assert locked.json()["database"] == {**locked.json()["database"], "reads": True, "writes": False}
    assert locked.json()["loops"]["poll"]["lives"]


async def test_a_telegram_that_cannot_be_reached_at_the_start_is_waited_for_with_the_page_open(
    watched: Tiltas, port: int
) -> None:
    watched.begin(TILTAS_TELEGRAM_API=f"http://127.0.0.1:{free_port()}")
    await watched.logs("telegram.unreachable")

    answer = await health(port)

    assert answer.json()["loops"]["poll"]["last_turn_s"] is None
    await watched.stop()
