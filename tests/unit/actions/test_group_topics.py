"""A group's topics and rights, switched on and off while questions are open."""

from __future__ import annotations

import pytest

from bot.cases.model import CaseId, CaseState
from bot.conversation.model import Kind, OutgoingKind
from tests.builders_dialogue import words_of
from tests.builders_store import BORYS
from tests.builders_teams import GROUP, RASA, Office, kinds, office, said, to_family


async def test_topics_that_are_switched_on_are_used_for_every_open_question() -> None:
    async with office(GROUP, forum=False) as desk:
        case_id = await desk.asks()
        await desk.deliver()
        card = (await desk.place(case_id)).card

        desk.forums[GROUP.chat] = True
        await desk.says(RASA, "/help")
        await desk.deliver()

        place = await desk.place(case_id)
        assert place.thread is not None
        assert place.card not in {card, None}
        await desk.says(RASA, "/claim", case_id)
        assert (await desk.case(case_id)).state is CaseState.CLAIMED


async def test_topics_that_are_switched_off_leave_cards_to_reply_to(desk: Office, mine: CaseId) -> None:
    before = await desk.place(mine)
    desk.forums[GROUP.chat] = False

    told = await desk.says(RASA, "/help")
    await desk.deliver()

    place = await desk.place(mine)
    assert OutgoingKind.CASE_CARD not in kinds(told)  # what people have begun to write in is not made anew
    assert (place.card, place.uses_topics) == (before.card, False)
    await desk.says(RASA, "Show the certificate.", mine)
    assert len(await to_family(desk)) == 1


async def test_topics_switched_on_are_noticed_once() -> None:
    async with office(GROUP, forum=False) as desk:
        await desk.asks()
        await desk.deliver()
        desk.forums[GROUP.chat] = True

        first = await desk.says(RASA, "/help")
        second = await desk.says(RASA, "/help")

        assert kinds(first).count(OutgoingKind.CASE_CARD) == 1
        assert kinds(second).count(OutgoingKind.CASE_CARD) == 0


async def test_a_right_that_is_lost_is_told_and_a_right_regained_is_used(desk: Office, mine: CaseId) -> None:
    topic = (await desk.place(mine)).thread
    lost = await desk.tells(Kind.RIGHTS, topics=False)
    other = await desk.asks(address=BORYS)
    await desk.deliver()
    without = await desk.place(other)

    regained = await desk.tells(Kind.RIGHTS, topics=True)
    await desk.deliver()

    assert "may not make topics" in said(lost)
    assert (without.thread, without.uses_topics) == (None, False)
    assert without.card is not None
    assert [one.case for one in regained if one.case] == [other]
    assert (await desk.place(other)).thread is not None
    assert (await desk.place(mine)).thread == topic


@pytest.mark.usefixtures("mine")
async def test_rights_that_did_not_change_change_nothing(desk: Office) -> None:
    assert await desk.tells(Kind.RIGHTS, topics=True) == []


async def test_a_group_that_puts_the_bot_out_gets_everything_when_it_is_back(desk: Office, mine: CaseId) -> None:
    await desk.tells(Kind.BLOCKED)
    await desk.writes("it is in Kaunas")
    while_out = await desk.deliver()

    await desk.tells(Kind.RIGHTS, topics=True)
    back = await desk.deliver()

    assert [row for row in while_out if row.address == GROUP] == []
    assert ["Kaunas" in words_of(row.outgoing) for row in back if row.case == mine] == [True]
