"""The databases that keep the promises of `ports.Store`, on each of which every contract test runs; a case in a group."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext

import pytest
import pytest_asyncio

from bot.cases.model import CaseId
from bot.conversation.model import ConversationId
from bot.ports import CasePlace, Group
from bot.storage.unit_of_work import SqlStore
from tests.builders_dialogue import NOW, SUPPORT
from tests.builders_store import IN_MEMORY, meet, open_case, opened
from tests.builders_teams import GROUP

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


@pytest_asyncio.fixture
async def group(store: SqlStore) -> ConversationId:
    """Return a group with topics that answers for the support team."""
    made = await meet(store, GROUP)
    async with store.begin() as tx:
        await tx.teams.connect(Group(made, SUPPORT, forum=True, topics=True), NOW)
    return made


@pytest_asyncio.fixture
async def case_id(store: SqlStore, group: ConversationId) -> CaseId:
    """Return a case that is seen in the group."""
    opened = await open_case(store, await meet(store))
    async with store.begin() as tx:
        await tx.places.put(CasePlace(opened, group, "47K", "5", "12"))
    return opened
