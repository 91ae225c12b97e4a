"""A group that becomes a supergroup has a new address; nobody loses anything."""

from __future__ import annotations

import pytest
import pytest_asyncio

from bot.actions.delivering import Lost, Sent
from bot.cases.model import CaseId
from bot.conversation.model import Kind, OutgoingKind, Verb
from tests.builders_dialogue import SUPPORT, words_of
from tests.builders_store import ANA, BORYS
from tests.builders_teams import GROUP, NEW_GROUP, RASA, Office, office, to_family


async def test_a_group_with_a_new_address_keeps_its_team_its_people_and_its_questions(
    desk: Office, mine: CaseId
) -> None:
    rasa, before = await desk.specialist(RASA), await desk.id_of(GROUP)
    desk.forums[NEW_GROUP.chat] = True
    await desk.tells(Kind.MIGRATED, moved_to=NEW_GROUP.chat)
    await desk.deliver()

    assert await desk.id_of(NEW_GROUP) == before
    assert (await desk.group(NEW_GROUP)).team == SUPPORT
    assert await desk.specialist(RASA, NEW_GROUP) == rasa
    assert (await desk.place(mine, NEW_GROUP)).thread is not None
    await desk.says(RASA, "Show the certificate.", mine, at=NEW_GROUP)
    assert len(await to_family(desk)) == 1


async def test_a_group_is_followed_once_whoever_learns_of_its_new_address_first(desk: Office, mine: CaseId) -> None:
    await desk.writes("it is in Kaunas")
    moved = Lost("migrated", moved_to=NEW_GROUP.chat)
    arrived = await desk.deliver(lambda row: moved if row.address == GROUP else None)

    again = await desk.tells(Kind.MIGRATED, at=NEW_GROUP, moved_to=NEW_GROUP.chat)

    cards = [row for row in arrived if row.address == NEW_GROUP and row.outgoing.kind is OutgoingKind.CASE_CARD]
    assert [row.case for row in cards] == [mine]
    assert again == []


async def test_a_group_that_nobody_connected_may_move_without_us() -> None:
    async with office() as desk:
        assert await desk.tells(Kind.MIGRATED, moved_to=NEW_GROUP.chat) == []


@pytest_asyncio.fixture
async def topicless(desk: Office) -> CaseId:
    """Return a case that Rasa has, in a group that has no topics, neither before it moves nor after."""
    desk.forums[GROUP.chat] = desk.forums[NEW_GROUP.chat] = False
    await desk.says(RASA, "/help")
    case_id = await desk.asks()
    await desk.deliver()
    await desk.says(RASA, "/claim", case_id)
    return case_id


async def test_at_a_new_address_the_numbers_of_messages_begin_anew_and_no_reply_is_lost(
    desk: Office, topicless: CaseId
) -> None:
    await desk.says(RASA, "first", topicless, message="30")
    await desk.tells(Kind.MIGRATED, moved_to=NEW_GROUP.chat)
    await desk.deliver()

    await desk.says(RASA, "second", topicless, at=NEW_GROUP, message="30")

    assert [words.rsplit("\n", 1)[1] for words in await to_family(desk)] == ["first", "second"]


@pytest.mark.usefixtures("topicless")
async def test_at_a_new_address_no_old_number_leads_to_another_familys_question(desk: Office) -> None:
    await desk.writes("old words of Ana")
    await desk.deliver()
    (old,) = [one for one in await desk.told(GROUP) if "old words" in one.words and one.kind is OutgoingKind.DESK]
    await desk.tells(Kind.MIGRATED, moved_to=NEW_GROUP.chat)
    borys = await desk.asks(address=BORYS)
    await desk.deliver()
    await desk.says(RASA, "/claim", borys, at=NEW_GROUP)
    await desk.writes("new words of Borys", BORYS)
    # In the new group our message gets a number that one in the old group had.
    await desk.deliver(lambda row: Sent(old.message) if "new words" in words_of(row.outgoing) else None)

    await desk.says(RASA, "for Borys", at=NEW_GROUP, reply_to=old.message)

    assert await to_family(desk, ANA) == []
    assert len(await to_family(desk, BORYS)) == 1


async def test_at_a_new_address_no_old_card_is_edited(desk: Office, topicless: CaseId) -> None:
    await desk.says(RASA, "/close helped", topicless)
    await desk.deliver()
    old = (await desk.place(topicless)).card
    await desk.tells(Kind.MIGRATED, moved_to=NEW_GROUP.chat)

    await desk.presses(Verb.NO)
    arrived = [row for row in await desk.deliver() if row.address == NEW_GROUP and row.case == topicless]

    assert old not in {row.place.card for row in arrived if row.place and row.outgoing.kind is OutgoingKind.CARD_EDIT}
    assert OutgoingKind.CASE_CARD in [row.outgoing.kind for row in arrived]
