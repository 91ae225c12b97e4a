"""A PostgreSQL that is away, at the start or later: only danger does not wait for it, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders_postgres import Server
from tests.fakes.bot_api import FakeTelegram
from tests.flow.conftest import Start
from tests.flow.harness import PATIENCE, Person
from tests.flow.texts import BANK_ACCOUNT, MINIMUM_WAGE, SCHOOL, Texts

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOBODY = "I cannot alert a person at this moment. Please call."


@pytest.fixture
def server() -> Iterator[Server]:
    """Return a running server of the test's own, which it may stop."""
    server = Server()
    try:
        server.start()
        yield server
    finally:
        server.close()


async def test_a_server_that_is_away_at_the_start_is_waited_for_and_told_without_the_password(
    telegram: FakeTelegram, prepared: Start, tmp_path: Path
) -> None:
    tiltas = prepared(telegram, TILTAS_DATABASE_URL=f"postgresql://tiltas:correcthorse@/tiltas?host={tmp_path}")

    await tiltas.serve()
    (away,) = tiltas.logged("store.away")
    await tiltas.logs("inbox.unavailable")
    stopped = await tiltas.stop()

    assert away["reason"] == ("the database cannot be opened or written: FileNotFoundError: No such file or directory")
    assert stopped == 0
    assert "correcthorse" not in tiltas.words()


async def test_whoever_is_in_danger_gets_a_card_from_a_tiltas_that_starts_without_its_server(
    telegram: FakeTelegram, prepared: Start, server: Server, texts: Texts
) -> None:
    tiltas = prepared(telegram, TILTAS_DATABASE_URL=server.address)
    person, parent = Person(telegram, tiltas), Person(telegram, tiltas)
    server.stop()

    await tiltas.serve()
    await telegram.say(person.chat, texts.question(SCHOOL))
    await telegram.say(parent.chat, texts.red())
    await telegram.wait_for_call(chat_id=parent.chat, timeout=timedelta(seconds=PATIENCE))
    meanwhile = [one.text for one in await parent.sees()]
    server.start()
    await tiltas.logs("store.opened")
    await tiltas.settles()

    assert [texts.says(NOBODY) in card for card in meanwhile] == [True]
    assert [texts.says(NOBODY) in one.text for one in await parent.sees()] == [True, False]
    (answer, *_) = await person.sees()
    assert answer.text.startswith(texts.short(SCHOOL))
    assert await tiltas.stop() == 0
    assert "Traceback" not in tiltas.words()


async def test_a_server_that_goes_away_and_comes_back_costs_nobody_an_answer(
    telegram: FakeTelegram, prepared: Start, server: Server, texts: Texts
) -> None:
    tiltas = prepared(telegram, TILTAS_DATABASE_URL=server.address)
    await tiltas.serve()
    person, parent = Person(telegram, tiltas), Person(telegram, tiltas)
    before, *_ = await person.says(texts.question(BANK_ACCOUNT))

    server.stop()
    await telegram.say(person.chat, texts.question(MINIMUM_WAGE))
    await tiltas.logs("inbox.unavailable")
    await tiltas.logs("telegram.poll_failed")
    await telegram.say(person.chat, texts.question(SCHOOL))
    await telegram.say(parent.chat, texts.red())
    await telegram.wait_for_call(chat_id=parent.chat, timeout=timedelta(seconds=PATIENCE))
    meanwhile = [one.text for one in await parent.sees()]
    server.start()
    await tiltas.settles()
    *_, second, third = await person.sees()
    cards = [one.text for one in await parent.sees()]
    stopped = await tiltas.stop()

    assert before.text.startswith(texts.short(BANK_ACCOUNT))
    assert second.text.startswith(texts.short(MINIMUM_WAGE))
    assert third.text.startswith(texts.short(SCHOOL))
    assert [texts.says(NOBODY) in card for card in meanwhile] == [True]
    assert [texts.says(NOBODY) in card for card in cards] == [True, False]
    assert stopped == 0
    assert "Traceback" not in tiltas.words()
