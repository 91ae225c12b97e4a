"""One fake Telegram and one running Tiltas for each module; each test has people of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.storage.faq_files import Content
from tests.fakes.bot_api import FakeTelegram
from tests.flow.harness import Person, Tiltas, with_index
from tests.flow.texts import Texts


@pytest.fixture(scope="session")
def texts(content: Content) -> Texts:
    return Texts(content)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as telegram:
        yield telegram


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tiltas(
    telegram: FakeTelegram, solved: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Tiltas]:
    """Return a running Tiltas that no test of the module stops."""
    tiltas = Tiltas(with_index(tmp_path_factory.mktemp("tiltas") / "data", solved), telegram)
    try:
        await tiltas.serve()
        yield tiltas
        assert await tiltas.stop() == 0, tiltas.words()
    finally:
        tiltas.clean_up()


@pytest_asyncio.fixture(loop_scope="module")
async def person(telegram: FakeTelegram, tiltas: Tiltas) -> Person:
    return await _somebody(telegram, tiltas)


@pytest_asyncio.fixture(loop_scope="module")
async def other(telegram: FakeTelegram, tiltas: Tiltas) -> Person:
    return await _somebody(telegram, tiltas)


async def _somebody(telegram: FakeTelegram, tiltas: Tiltas) -> Person:
    somebody = Person(telegram, tiltas)
    await telegram.person(somebody.chat)
    return somebody


Start = Callable[..., Tiltas]


@pytest.fixture
def prepared(tmp_path: Path, solved: Path) -> Iterator[Start]:
    """Return a maker of further instances, each with an empty data folder; all are gone when the test ends."""
    made: list[Tiltas] = []

    def prepare(telegram: FakeTelegram | None = None, name: str = "data", **options: str) -> Tiltas:
        made.append(Tiltas(with_index(tmp_path / name, solved), telegram, **options))
        return made[-1]

    yield prepare
    for tiltas in made:
        tiltas.clean_up()
