"""A question goes to another team, and comes back."""

from __future__ import annotations

import pytest

from bot.cases.model import CaseId, CaseState
from bot.conversation.model import OutgoingKind, Verb
from tests.builders_dialogue import SCHOOL, SUPPORT, words_of
from tests.builders_store import ANA
from tests.builders_teams import GROUP, IEVA, OTHER_GROUP, RASA, TOMAS, Office, office, said


async def test_a_question_goes_to_another_team_by_a_press(desk: Office, mine: CaseId) -> None:
    asked = await desk.pushes(RASA, Verb.TRANSFER, mine)
    (question,) = [one.outgoing for one in asked if one.kind is OutgoingKind.DESK]

    await desk.pushes(RASA, Verb.TEAM, mine)
    await desk.deliver()

    case = await desk.case(mine)
    assert question.buttons is not None
    assert question.buttons.teams == (SCHOOL,)
    assert (case.team, case.state, case.claimed_by) == (SCHOOL, CaseState.WAITING, None)
    assert (await desk.place(mine, OTHER_GROUP)).thread is not None
    old = [one.outgoing for one in await desk.told(GROUP, kinds=[OutgoingKind.CARD_EDIT])][-1]
    assert old.closes_topic is True
    assert "school team" in words_of(old)


async def test_a_question_goes_to_another_team_by_a_typed_order_with_its_reason(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, "/transfer School they know the rules", mine)

    told = await desk.told(OTHER_GROUP, kinds=[OutgoingKind.DESK])
    assert (await desk.case(mine)).team == SCHOOL
    assert told[-1].case == mine
    assert "they know the rules" in told[-1].words
    (family,) = [one for one in await desk.told(ANA, kinds=[OutgoingKind.CASE]) if "another team" in one.words]
    assert "school team" in family.words
    assert "they know" not in family.words


async def test_the_card_comes_before_the_reason_in_the_new_group(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, "/transfer school they know the rules", mine)

    arrived = [row.outgoing.kind for row in await desk.deliver() if row.address == OTHER_GROUP]

    assert arrived == [OutgoingKind.CASE_CARD, OutgoingKind.DESK]


async def test_a_question_that_waits_may_be_sent_on_by_anybody_who_works_here(desk: Office, case_id: CaseId) -> None:
    await desk.says(TOMAS, "/transfer school", case_id)

    assert (await desk.case(case_id)).team == SCHOOL


async def test_a_question_of_somebody_else_is_not_sent_on(desk: Office, mine: CaseId) -> None:
    told = await desk.says(TOMAS, "/transfer school", mine)

    assert "specialist 1" in said(told)
    assert (await desk.case(mine)).team == SUPPORT


@pytest.mark.parametrize("words", ["/transfer", "/transfer nobody", "/transfer support", "/transfer school-team x"])
async def test_a_team_that_is_not_there_or_the_same_is_asked_about(desk: Office, mine: CaseId, words: str) -> None:
    (asked,) = await desk.says(RASA, words, mine)

    assert asked.outgoing.buttons is not None
    assert asked.outgoing.buttons.teams == (SCHOOL,)
    assert (await desk.case(mine)).team == SUPPORT


async def test_without_another_group_there_is_nowhere_to_send_a_question() -> None:
    async with office(GROUP) as desk:
        case_id = await desk.asks()
        await desk.deliver()

        (asked,) = await desk.says(RASA, "/transfer school", case_id)

        assert asked.outgoing.buttons is None
        assert (await desk.case(case_id)).team == SUPPORT


async def test_a_question_that_comes_back_is_seen_where_it_was(desk: Office, mine: CaseId) -> None:
    place = await desk.place(mine)
    await desk.says(RASA, "/transfer school", mine)
    await desk.deliver()
    await desk.says(IEVA, "/transfer support", mine, at=OTHER_GROUP)

    await desk.deliver()

    assert await desk.place(mine) == place
    last = [one.outgoing for one in await desk.told(GROUP, kinds=[OutgoingKind.CARD_EDIT])][-1]
    assert last.closes_topic is False
    assert await desk.says(RASA, "/claim", mine) != []
    assert (await desk.case(mine)).claimed_by == (await desk.specialist(RASA)).id
