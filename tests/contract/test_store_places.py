"""Where specialists see a case: one place in each group that ever saw it."""

from __future__ import annotations

import pytest
import pytest_asyncio

from bot.cases.model import CaseId
from bot.conversation.model import ConversationId
from bot.ports import CasePlace, Group
from bot.storage.unit_of_work import SqlStore
from tests.builders_dialogue import NOW, SCHOOL, SUPPORT
from tests.builders_store import ANA, BORYS, CONSOLE, meet, open_case

UNKNOWN = CaseId(999)


@pytest_asyncio.fixture
async def family(store: SqlStore) -> ConversationId:
    return await meet(store, CONSOLE)


@pytest_asyncio.fixture
async def group(store: SqlStore) -> ConversationId:
    return await meet(store, ANA)


@pytest_asyncio.fixture
async def other(store: SqlStore) -> ConversationId:
    return await meet(store, BORYS)


@pytest_asyncio.fixture
async def case_id(store: SqlStore, family: ConversationId) -> CaseId:
    return await open_case(store, family)


async def put(store: SqlStore, *places: CasePlace) -> None:
    async with store.begin() as tx:
        for place in places:
            await tx.places.put(place)


async def place_of(store: SqlStore, case_id: CaseId, group: ConversationId) -> CasePlace | None:
    async with store.begin() as tx:
        return await tx.places.of(case_id, group)


async def test_a_place_that_was_put_is_there_and_nowhere_else(
    store: SqlStore, case_id: CaseId, group: ConversationId, other: ConversationId
) -> None:
    await put(store, CasePlace(case_id, group, "47K · Health"))

    assert await place_of(store, case_id, group) == CasePlace(case_id, group, "47K · Health")
    assert await place_of(store, case_id, other) is None
    assert await place_of(store, UNKNOWN, group) is None


async def test_a_topic_and_a_card_that_were_made_are_found_by_their_names(
    store: SqlStore, case_id: CaseId, group: ConversationId, other: ConversationId
) -> None:
    await put(store, CasePlace(case_id, group, "47K"))

    async with store.begin() as tx:
        await tx.places.made(case_id, group, thread="5")
        await tx.places.made(case_id, group, card="12")

    assert await place_of(store, case_id, group) == CasePlace(case_id, group, "47K", "5", "12")
    async with store.begin() as tx:
        assert await tx.places.at(group, thread="5") == case_id
        assert await tx.places.at(group, card="12") == case_id
        nowhere = [
            await tx.places.at(group, thread="12"),
            await tx.places.at(group, card="5"),
            await tx.places.at(other, thread="5"),
            await tx.places.at(other, card="12"),
        ]
    assert nowhere == [None] * 4


async def test_nothing_made_is_nothing_forgotten(store: SqlStore, case_id: CaseId, group: ConversationId) -> None:
    await put(store, CasePlace(case_id, group, "47K", "5", "12"))

    async with store.begin() as tx:
        await tx.places.made(case_id, group)
        await tx.places.made(case_id, group, card=None)

    assert await place_of(store, case_id, group) == CasePlace(case_id, group, "47K", "5", "12")


async def test_a_place_put_again_forgets_what_was_there_in_that_group_only(
    store: SqlStore, case_id: CaseId, group: ConversationId, other: ConversationId
) -> None:
    await put(store, CasePlace(case_id, group, "47K", "5", "12"), CasePlace(case_id, other, "47K", "6", "13"))

    await put(store, CasePlace(case_id, group, "47K · Health"))

    assert await place_of(store, case_id, group) == CasePlace(case_id, group, "47K · Health")
    assert await place_of(store, case_id, other) == CasePlace(case_id, other, "47K", "6", "13")
    async with store.begin() as tx:
        assert await tx.places.at(group, thread="5") is None
        assert await tx.places.at(group, card="12") is None
        assert await tx.places.at(other, thread="6") == case_id


async def test_several_groups_may_have_seen_a_case(
    store: SqlStore, family: ConversationId, case_id: CaseId, group: ConversationId, other: ConversationId
) -> None:
    second = await open_case(store, family, by=48)
    await put(store, CasePlace(case_id, group, "47K"), CasePlace(case_id, other, "47K"), CasePlace(second, group, "48"))

    async with store.begin() as tx:
        assert sorted(await tx.places.groups(case_id)) == sorted([group, other])
        assert await tx.places.groups(second) == [group]
        assert await tx.places.groups(UNKNOWN) == []


async def test_two_cases_of_a_group_have_two_places(
    store: SqlStore, family: ConversationId, case_id: CaseId, group: ConversationId
) -> None:
    second = await open_case(store, family, by=48)
    await put(store, CasePlace(case_id, group, "47K", "5", "12"), CasePlace(second, group, "48L", "6", "13"))

    async with store.begin() as tx:
        assert [await tx.places.at(group, thread=thread) for thread in ("5", "6")] == [case_id, second]
        assert [await tx.places.at(group, card=card) for card in ("12", "13")] == [case_id, second]


@pytest.mark.parametrize(
    ("forum", "topics", "uses_topics"), [(True, True, True), (True, False, False), (False, True, False)]
)
async def test_a_place_tells_whether_its_group_has_topics_that_we_may_make(
    store: SqlStore, case_id: CaseId, group: ConversationId, *, forum: bool, topics: bool, uses_topics: bool
) -> None:
    await put(store, CasePlace(case_id, group, "47K"))
    async with store.begin() as tx:
        await tx.teams.connect(Group(group, SUPPORT, forum, topics), NOW)

    place = await place_of(store, case_id, group)

    assert place is not None
    assert (place.uses_topics, place.is_missing) == (uses_topics, uses_topics)


async def test_the_place_in_a_group_that_was_unbound_has_no_topics(
    store: SqlStore, case_id: CaseId, group: ConversationId, other: ConversationId
) -> None:
    await put(store, CasePlace(case_id, group, "47K", "5"))
    async with store.begin() as tx:
        await tx.teams.connect(Group(group, SCHOOL, forum=True, topics=True), NOW)
        await tx.teams.connect(Group(other, SCHOOL, forum=True, topics=True), NOW)

    place = await place_of(store, case_id, group)

    assert place == CasePlace(case_id, group, "47K", "5", uses_topics=False)
