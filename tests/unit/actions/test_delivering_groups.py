"""What goes to a group of specialists: topics are made, rights are lost, and nothing that matters goes with them."""

from __future__ import annotations

import pytest

from bot.actions import delivering
from bot.actions.delivering import Lost, Outcome
from bot.cases.model import CaseId
from bot.conversation.model import Kind, OutgoingKind
from bot.ports import Owed
from tests.builders_dialogue import words_of
from tests.builders_post import OTHER, Post
from tests.builders_store import BORYS, load
from tests.builders_teams import GROUP, RASA, Office, for_kind


async def test_a_topic_is_made_before_the_card_is_sent_into_it_and_both_are_remembered(desk: Office) -> None:
    case_id = await desk.asks()
    missing = await desk.place(case_id)

    await desk.deliver()

    place = await desk.place(case_id)
    (card,) = await desk.told(GROUP, kinds=[OutgoingKind.CASE_CARD])
    assert missing.is_missing
    assert not place.is_missing
    assert place.card == card.message
    assert card.state == "sent"


async def test_without_topics_none_is_made(desk: Office) -> None:
    desk.forums[GROUP.chat] = False
    await desk.says(RASA, "/help")
    case_id = await desk.asks()

    await desk.deliver()

    place = await desk.place(case_id)
    assert (place.thread, place.card is not None) == (None, True)


@pytest.mark.parametrize("reason", ["no_topics", "no_right_to_topics"])
async def test_where_no_topic_can_be_made_the_card_comes_without_and_the_group_is_told_once_a_day(
    desk: Office, reason: str
) -> None:
    def no_topics(row: Owed) -> Outcome | None:
        return Lost(reason) if row.place is not None and row.place.is_missing else None

    before = await desk.latest()
    cases_shown = [await desk.asks(), await desk.asks(address=BORYS)]

    await desk.deliver(no_topics)

    told = [one for one in await desk.told(GROUP, after=before, kinds=[OutgoingKind.DESK]) if one.case is None]
    assert not (await desk.group()).topics
    assert [(await desk.place(x)).card is not None for x in cases_shown] == [True, True]
    assert [(await desk.place(x)).thread for x in cases_shown] == [None, None]
    assert len(told) == 1


async def test_a_group_in_which_we_may_not_write_is_tried_again_after_ten_minutes(desk: Office, mine: CaseId) -> None:
    await desk.writes("it is in Kaunas")
    refused = await desk.deliver(for_kind(OutgoingKind.DESK, Lost("no_right_to_write")))
    too_early = await desk.deliver()
    desk.clock.forward(delivering.NO_RIGHT)

    arrived = await desk.deliver()

    assert [row for row in (*refused, *too_early) if row.case == mine and row.address == GROUP] == []
    assert [words_of(row.outgoing).endswith("Kaunas") for row in arrived] == [True]


async def test_a_group_that_has_put_us_out_loses_nothing(desk: Office, mine: CaseId) -> None:
    await desk.writes("it is in Kaunas")
    await desk.writes("near the river")

    await desk.deliver(for_kind(OutgoingKind.DESK, Lost("put_out", gone=True)))

    assert (await load(desk.store, await desk.id_of(GROUP))).blocked
    waiting = [one.words.rpartition("\n")[2] for one in await desk.told(GROUP) if one.state == "new"]
    assert waiting == ["it is in Kaunas", "near the river"]
    await desk.tells(Kind.RIGHTS, topics=True)
    assert [row.case for row in await desk.deliver() if row.address == GROUP] == [mine, mine]


async def test_whatever_else_a_group_will_not_take_is_marked_and_what_is_behind_it_goes_on(
    desk: Office, mine: CaseId
) -> None:
    await desk.writes("it is in Kaunas")
    await desk.writes("near the river")
    first = [one for one in await desk.told(GROUP) if one.words.endswith("Kaunas")][-1]

    arrived = await desk.deliver(lambda row: Lost("bad_request") if row.id == first.id else None)

    assert [words_of(row.outgoing).endswith("river") for row in arrived if row.case == mine and row.place] == [True]
    (ended,) = [one for one in await desk.told(GROUP) if one.id == first.id]
    assert ended.state == "refused"


async def test_a_dead_senders_messages_to_specialists_leave_again(desk: Office, mine: CaseId) -> None:
    await desk.writes("it is in Kaunas")
    post = Post(desk.store, desk.clock)
    await post.turn(await post.held())

    await post.recover(await post.held(OTHER))

    arrived = [row for row in await desk.deliver() if row.address == GROUP and row.case == mine]
    assert len(arrived) == 1
