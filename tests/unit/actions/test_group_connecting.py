"""The code that connects a group to a team."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.actions.invitations import VALID, invite
from bot.cases.model import CaseId
from bot.content.model import TeamId
from bot.conversation.model import OutgoingKind
from bot.storage.tables import groups
from tests.builders_dialogue import SUPPORT
from tests.builders_store import BORYS, all_rows
from tests.builders_teams import ADMINISTRATOR, GROUP, NEW_GROUP, OTHER_GROUP, RASA, TOMAS, Office, kinds, office


async def connected(desk: Office) -> frozenset[TeamId]:
    async with desk.store.begin() as tx:
        return await tx.teams.connected()


async def test_a_code_connects_a_group_and_shows_it_the_questions_that_wait() -> None:
    async with office() as desk:
        first, second = await desk.asks(), await desk.asks(address=BORYS)

        await desk.connects(GROUP)

        group, told = await desk.group(), await desk.told(GROUP)
        assert (group.team, group.forum, group.topics) == (SUPPORT, True, True)
        assert [(one.kind, one.case) for one in told] == [
            (OutgoingKind.DESK, None),
            (OutgoingKind.CASE_CARD, first),
            (OutgoingKind.CASE_CARD, second),
        ]


@pytest.mark.parametrize(("forum", "lines"), [(True, 2), (False, 5)])
async def test_a_group_without_topics_is_told_how_to_switch_them_on(*, forum: bool, lines: int) -> None:
    async with office() as desk:
        await desk.connects(GROUP, forum=forum)

        (told,) = await desk.told(GROUP)
        assert len(told.outgoing.lines) == lines


@pytest.mark.parametrize("words", ["/connect", "/connect WRONGCODE2", "/connect  "])
async def test_a_code_that_nobody_made_connects_nothing(words: str) -> None:
    async with office() as desk:
        told = await desk.says(ADMINISTRATOR, words)

        assert kinds(told) == [OutgoingKind.DESK]
        assert await connected(desk) == frozenset()


async def test_a_code_connects_one_group_only_and_no_other_later() -> None:
    async with office() as desk:
        code = await invite(SUPPORT, store=desk.store, clock=desk.clock)
        for group in (GROUP, OTHER_GROUP):
            await desk.says(ADMINISTRATOR, f"/connect {code}", at=group)

        assert await connected(desk) == {SUPPORT}
        assert (await desk.group(GROUP)).team == SUPPORT
        assert len(await all_rows(desk.store, groups)) == 1


@pytest.mark.parametrize(("late", "team"), [(VALID - timedelta(seconds=1), {SUPPORT}), (VALID, set())])
async def test_a_code_works_for_seven_days(late: timedelta, team: set[TeamId]) -> None:
    async with office() as desk:
        code = await invite(SUPPORT, store=desk.store, clock=desk.clock)
        desk.clock.forward(late)

        await desk.says(ADMINISTRATOR, f"/connect {code}")

        assert await connected(desk) == team


async def test_a_code_may_be_written_as_it_was_read_out() -> None:
    async with office() as desk:
        code = await invite(SUPPORT, store=desk.store, clock=desk.clock)

        await desk.says(ADMINISTRATOR, f"/connect@tiltas_bot  {code[:5].lower()} {code[5:]} ")

        assert await connected(desk) == {SUPPORT}


async def test_a_team_that_moves_to_another_group_takes_its_questions_along(desk: Office, case_id: CaseId) -> None:
    await desk.connects(NEW_GROUP, team=SUPPORT)
    await desk.joins(TOMAS, NEW_GROUP)
    await desk.deliver()

    old = await desk.says(RASA, "/claim", case_id)
    new = await desk.says(TOMAS, "/claim", case_id, at=NEW_GROUP)

    assert old == []  # a group that nobody has connected
    assert (await desk.case(case_id)).claimed_by == (await desk.specialist(TOMAS, NEW_GROUP)).id
    assert OutgoingKind.CARD_EDIT in kinds(new)
