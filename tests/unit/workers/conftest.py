"""A database and a clock that stands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.storage.unit_of_work import SqlStore
from tests.builders_store import Watch, opened


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    # On disk: a stop in the middle of a transaction closes the connection, and memory would be gone with it.
    async with opened(f"sqlite:///{tmp_path / 'tiltas.db'}") as store:
        yield store


@pytest.fixture
def watch() -> Watch:
    return Watch()
