"""A store, its senders, people who write to it; an office with two groups of specialists, and a case in the first."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from structlog.testing import capture_logs

from bot.cases.model import CaseId
from bot.conversation.model import ConversationId
from bot.storage.unit_of_work import SqlStore
from tests.builders_chats import Chats
from tests.builders_post import Post
from tests.builders_store import ANA, BORYS, meet, opened
from tests.builders_teams import GROUP, OTHER_GROUP, RASA, Office, office


@pytest_asyncio.fixture
async def store() -> AsyncIterator[SqlStore]:
    async with opened() as store:
        yield store


@pytest_asyncio.fixture
async def post(store: SqlStore) -> AsyncIterator[Post]:
    with capture_logs():
        yield Post(store)


@pytest_asyncio.fixture
async def ana(store: SqlStore) -> ConversationId:
    return await meet(store, ANA)


@pytest_asyncio.fixture
async def borys(store: SqlStore) -> ConversationId:
    return await meet(store, BORYS)


@pytest_asyncio.fixture
async def chats(store: SqlStore) -> AsyncIterator[Chats]:
    # Unconfigured, the log would print a broken message with all around it, for seconds.
    with capture_logs() as logged:
        yield Chats(store, logged)


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
