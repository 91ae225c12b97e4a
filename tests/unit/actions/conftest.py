"""An office with two groups of specialists, and a case in the first."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from bot.cases.model import CaseId
from tests.builders_teams import GROUP, OTHER_GROUP, RASA, Office, office


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Office]:
    async with office(GROUP, OTHER_GROUP) as desk:
        yield desk


@pytest_asyncio.fixture
async def case_id(desk: Office) -> CaseId:
    """Return a case that waits in the first group's topic."""
    case_id = await desk.asks()
    await desk.deliver()
    return case_id


@pytest_asyncio.fixture
async def mine(desk: Office, case_id: CaseId) -> CaseId:
    """Return that case after Rasa has claimed it."""
    await desk.says(RASA, "/claim", case_id)
    await desk.deliver()
    return case_id
