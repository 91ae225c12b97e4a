"""Teams' groups, the codes that connect them, and who works there."""

from __future__ import annotations

from datetime import timedelta

import pytest
import pytest_asyncio

from bot.cases.model import SpecialistId
from bot.content.model import TeamId
from bot.conversation.model import ConversationId
from bot.ports import Group, Specialist
from bot.storage.tables import groups, invites, specialists
from bot.storage.unit_of_work import SqlStore
from tests.builders_dialogue import NOW, SCHOOL, SUPPORT
from tests.builders_store import ANA, BORYS, all_rows, meet

HOUR = timedelta(hours=1)
RASA, TOMAS = "71", "72"


@pytest_asyncio.fixture
async def group(store: SqlStore) -> ConversationId:
    return await meet(store, ANA)


@pytest_asyncio.fixture
async def other(store: SqlStore) -> ConversationId:
    return await meet(store, BORYS)


async def connect(store: SqlStore, where: ConversationId, team: TeamId = SUPPORT, *, forum: bool = True) -> Group:
    connected = Group(where, team, forum, topics=True)
    async with store.begin() as tx:
        await tx.teams.connect(connected, NOW)
    return connected


async def join(store: SqlStore, where: ConversationId, author: str = RASA, alias: str = "#1") -> Specialist:
    async with store.begin() as tx:
        return await tx.teams.join(where, author, alias, NOW)


# Codes ----------------------------------------------------------------------------------------------------------------


async def test_a_code_works_once(store: SqlStore) -> None:
    async with store.begin() as tx:
        await tx.teams.invite("hash", SCHOOL, NOW + HOUR)

    async with store.begin() as tx:
        first = await tx.teams.accept("hash", NOW)
        second = await tx.teams.accept("hash", NOW)

    assert (first, second) == (SCHOOL, None)
    assert [row["used_at"] for row in await all_rows(store, invites)] == [NOW]


@pytest.mark.parametrize(("late", "team"), [(timedelta(seconds=-1), SCHOOL), (timedelta(), None), (HOUR, None)])
async def test_a_code_works_until_it_is_too_old(store: SqlStore, late: timedelta, team: TeamId | None) -> None:
    async with store.begin() as tx:
        await tx.teams.invite("hash", SCHOOL, NOW)

        assert await tx.teams.accept("hash", NOW + late) == team


async def test_a_code_that_was_too_old_stays_unused(store: SqlStore) -> None:
    async with store.begin() as tx:
        await tx.teams.invite("hash", SCHOOL, NOW)
        await tx.teams.accept("hash", NOW + HOUR)

    assert [row["used_at"] for row in await all_rows(store, invites)] == [None]


async def test_nobody_gets_in_by_a_code_that_nobody_made(store: SqlStore) -> None:
    async with store.begin() as tx:
        await tx.teams.invite("hash", SCHOOL, NOW + HOUR)

        assert await tx.teams.accept("other", NOW) is None
        assert await tx.teams.accept("", NOW) is None


async def test_each_code_connects_its_own_team(store: SqlStore) -> None:
    async with store.begin() as tx:
        await tx.teams.invite("one", SCHOOL, NOW + HOUR)
        await tx.teams.invite("two", SUPPORT, NOW + HOUR)

        assert [await tx.teams.accept(code, NOW) for code in ("two", "one")] == [SUPPORT, SCHOOL]


# Groups ---------------------------------------------------------------------------------------------------------------


async def test_a_connected_group_is_found_by_itself_and_by_its_team(store: SqlStore, group: ConversationId) -> None:
    connected = await connect(store, group)

    async with store.begin() as tx:
        assert await tx.teams.group(group) == connected
        assert await tx.teams.group_of(SUPPORT) == connected
        assert await tx.teams.group_of(SCHOOL) is None
        assert await tx.teams.connected() == {SUPPORT}


async def test_a_group_that_nobody_connected_is_none(store: SqlStore, group: ConversationId) -> None:
    async with store.begin() as tx:
        assert await tx.teams.group(group) is None
        assert await tx.teams.connected() == frozenset()


async def test_a_team_that_connects_another_group_leaves_the_one_before(
    store: SqlStore, group: ConversationId, other: ConversationId
) -> None:
    await connect(store, group)
    moved = await connect(store, other)

    async with store.begin() as tx:
        assert await tx.teams.group(group) is None
        assert await tx.teams.group_of(SUPPORT) == moved
    assert len(await all_rows(store, groups)) == 1


async def test_a_group_may_change_its_team(store: SqlStore, group: ConversationId) -> None:
    await connect(store, group, SUPPORT)
    now = await connect(store, group, SCHOOL, forum=False)

    async with store.begin() as tx:
        assert await tx.teams.group(group) == now
        assert await tx.teams.connected() == {SCHOOL}


async def test_two_teams_have_two_groups(store: SqlStore, group: ConversationId, other: ConversationId) -> None:
    one, two = await connect(store, group, SUPPORT), await connect(store, other, SCHOOL)

    async with store.begin() as tx:
        assert [await tx.teams.group_of(team) for team in (SUPPORT, SCHOOL)] == [one, two]
        assert await tx.teams.connected() == {SUPPORT, SCHOOL}


async def test_what_changes_about_a_group_comes_back_and_of_no_other(
    store: SqlStore, group: ConversationId, other: ConversationId
) -> None:
    await connect(store, group, SUPPORT)
    untouched = await connect(store, other, SCHOOL)
    changed = Group(group, SUPPORT, forum=False, topics=False, digest_at=NOW)

    async with store.begin() as tx:
        await tx.teams.change(changed)

    async with store.begin() as tx:
        assert await tx.teams.group(group) == changed
        assert await tx.teams.group(other) == untouched


# Who works there ------------------------------------------------------------------------------------------------------


async def test_whoever_joined_works_in_that_group_and_in_no_other(
    store: SqlStore, group: ConversationId, other: ConversationId
) -> None:
    joined = await join(store, group)

    async with store.begin() as tx:
        assert await tx.teams.specialist(group, RASA) == joined
        assert await tx.teams.specialist(other, RASA) is None
        assert await tx.teams.specialist(group, TOMAS) is None
    assert (joined.group, joined.alias) == (group, "#1")


async def test_whoever_joins_twice_is_one_specialist_under_the_first_name(
    store: SqlStore, group: ConversationId
) -> None:
    first, second = await join(store, group, alias="#1"), await join(store, group, alias="#2")

    assert first == second
    assert len(await all_rows(store, specialists)) == 1


async def test_one_person_in_two_groups_is_two_specialists(
    store: SqlStore, group: ConversationId, other: ConversationId
) -> None:
    assert (await join(store, group)).id != (await join(store, other)).id


async def test_whoever_leaves_works_there_no_longer(store: SqlStore, group: ConversationId) -> None:
    joined, tomas = await join(store, group), await join(store, group, TOMAS, "#2")

    async with store.begin() as tx:
        gone = await tx.teams.leave(group, RASA, NOW + HOUR)

    async with store.begin() as tx:
        assert await tx.teams.specialist(group, RASA) is None
        assert await tx.teams.specialist(group, TOMAS) == tomas
    assert gone == joined
    assert [row["left_at"] for row in await all_rows(store, specialists)] == [NOW + HOUR, None]


async def test_nobody_leaves_twice_or_without_having_joined(
    store: SqlStore, group: ConversationId, other: ConversationId
) -> None:
    await join(store, group)

    async with store.begin() as tx:
        await tx.teams.leave(group, RASA, NOW)

        assert await tx.teams.leave(group, RASA, NOW + HOUR) is None
        assert await tx.teams.leave(group, TOMAS, NOW) is None
        assert await tx.teams.leave(other, RASA, NOW) is None
    assert [row["left_at"] for row in await all_rows(store, specialists)] == [NOW]


async def test_whoever_comes_back_is_the_same_specialist(store: SqlStore, group: ConversationId) -> None:
    joined = await join(store, group)
    async with store.begin() as tx:
        await tx.teams.rename(joined.id, "Rasa, lawyer")
        await tx.teams.leave(group, RASA, NOW)

    again = await join(store, group, alias="#7")

    assert again == Specialist(joined.id, group, "Rasa, lawyer")


async def test_a_new_name_is_that_persons_only(store: SqlStore, group: ConversationId) -> None:
    rasa, tomas = await join(store, group), await join(store, group, TOMAS, "#2")

    async with store.begin() as tx:
        await tx.teams.rename(rasa.id, "Rasa, lawyer")

    async with store.begin() as tx:
        assert await tx.teams.aliases([rasa.id, tomas.id]) == {rasa.id: "Rasa, lawyer", tomas.id: "#2"}


async def test_families_still_know_the_names_of_those_who_left(store: SqlStore, group: ConversationId) -> None:
    rasa = await join(store, group)

    async with store.begin() as tx:
        await tx.teams.leave(group, RASA, NOW)

        assert await tx.teams.aliases([rasa.id, SpecialistId(99)]) == {rasa.id: "#1"}
        assert await tx.teams.aliases([]) == {}


async def test_everybody_who_ever_joined_is_counted_once(
    store: SqlStore, group: ConversationId, other: ConversationId
) -> None:
    for author in (RASA, TOMAS, RASA):
        await join(store, group, author)
    await join(store, other)

    async with store.begin() as tx:
        await tx.teams.leave(group, RASA, NOW)

        assert [await tx.teams.joined(where) for where in (group, other)] == [2, 1]
