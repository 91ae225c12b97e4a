"""The databases that keep the promises of `ports.Store`: every contract test runs on each of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext

import pytest
import pytest_asyncio

from bot.storage.unit_of_work import SqlStore
from tests.builders_store import IN_MEMORY, opened

DATABASES: Mapping[str, Callable[[pytest.FixtureRequest], AbstractContextManager[str]]] = {
    "sqlite-in-memory": lambda _: nullcontext(IN_MEMORY),
    "sqlite-on-disk": lambda request: nullcontext(f"sqlite:///{request.getfixturevalue('tmp_path') / 'tiltas.db'}"),
    "postgresql": lambda request: request.getfixturevalue("postgres").one(),
}
"""Name and address of each database; another one joins the suite by a line here."""


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the address of an empty database."""
    with DATABASES[str(request.param)](request) as address:
        yield address


@pytest_asyncio.fixture
async def store(database: str) -> AsyncIterator[SqlStore]:
    """Return a database with the present schema."""
    async with opened(database) as store:
        yield store
