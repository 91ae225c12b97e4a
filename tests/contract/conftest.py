"""The databases that keep the promises of `ports.Store`: every contract test runs on each of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import pytest
import pytest_asyncio

from bot.storage.unit_of_work import SqlStore
from tests.builders_store import IN_MEMORY, opened

DATABASES: Mapping[str, Callable[[Path], str]] = {
    "sqlite-in-memory": lambda _: IN_MEMORY,
    "sqlite-on-disk": lambda folder: f"sqlite:///{folder / 'tiltas.db'}",
}
"""Name and address of each database; another one joins the suite by a line here."""


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty database."""
    return DATABASES[str(request.param)](tmp_path)


@pytest_asyncio.fixture
async def store(database: str) -> AsyncIterator[SqlStore]:
    """Return a database with the present schema."""
    async with opened(database) as store:
        yield store
