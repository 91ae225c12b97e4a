"""A message that cannot be handled holds nobody up and goes to people."""

from __future__ import annotations

import pytest

from bot.actions.answering import MAX_ATTEMPTS
from bot.conversation import notices
from bot.conversation.model import OutgoingKind
from bot.errors import StoreUnavailable
from bot.storage.tables import case_events, cases, conversations, inbox, outbox
from tests.builders import LT, UK
from tests.builders_chats import BENEFITS, DOG, UNHEARD, UNTHINKABLE, Chats
from tests.builders_store import ANA, BORYS, CONSOLE, all_rows, break_off, states
from tests.builders_teams import breaking, kinds


@pytest.mark.parametrize("poison", [UNHEARD, UNTHINKABLE])
async def test_a_message_that_cannot_be_handled_holds_nobody_up_and_goes_to_people(chats: Chats, poison: str) -> None:
    await chats.write(poison, ANA, hint=UK)
    await chats.write(BENEFITS, ANA)
    await chats.write(BENEFITS, BORYS)

    at_once = await chats.answer()
    assert OutgoingKind.ANSWER in kinds(await chats.owed(BORYS))
    assert await chats.owed(ANA) == []
    alone = [await chats.answer() for _ in range(MAX_ATTEMPTS)]

    (case,) = await all_rows(chats.store, cases)
    (event,) = await all_rows(chats.store, case_events)
    (told,) = await chats.owed(ANA)
    assert (at_once, alone) == (2, [1] * MAX_ATTEMPTS)
    assert (case["reason"], case["state"], case["language"], case["team"]) == ("failed", "waiting", UK, "support")
    assert event["payload"]["text"] == poison
    assert told == notices.failed(chats.mind.world.voice(UK), case["number"])
    assert (await states(chats.store, inbox))["written:1"] == "failed"
    assert (await chats.happened())["failed"] == 1

    assert await chats.answer_all() == [1]
    assert OutgoingKind.ANSWER in kinds(await chats.owed(ANA))


async def test_a_fault_that_is_mended_in_time_costs_nothing_but_time(chats: Chats) -> None:
    await chats.write(BENEFITS)

    await chats.answer(breaking(chats.mind))
    await chats.answer(breaking(chats.mind))
    await chats.answer()

    assert OutgoingKind.ANSWER in kinds(await chats.owed())
    assert await all_rows(chats.store, cases) == []


async def test_a_message_that_kills_the_process_is_known_by_its_attempts(chats: Chats) -> None:
    await chats.write(DOG)
    for _ in range(MAX_ATTEMPTS):
        async with chats.store.begin() as tx:
            await tx.inbox.begin([one.id for one in await tx.inbox.ready(1)])

    assert await chats.answer_all() == [1]

    assert chats.matcher.asked == []
    assert [row["reason"] for row in await all_rows(chats.store, cases)] == ["failed"]


async def test_what_was_tried_before_is_handled_alone_and_at_its_turn(chats: Chats) -> None:
    await chats.write(BENEFITS, ANA)
    await chats.write(BENEFITS, BORYS)
    await chats.answer(breaking(chats.mind))
    await chats.write(BENEFITS, CONSOLE)

    handled = await chats.answer_all()

    assert handled == [1, 1, 1]
    rows = await all_rows(chats.store, outbox)
    assert list(dict.fromkeys(row["source"] for row in rows)) == [1, 2, 3]


async def test_a_batch_that_one_message_spoils_is_handled_one_by_one(chats: Chats) -> None:
    # Its fault shows only when it is written down: then nobody's reply can be kept.
    await chats.write(DOG, ANA)
    await chats.write(BENEFITS, BORYS)
    await break_off(chats.store, "INSERT ON cases WHEN NEW.reason = 'no_match'")

    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(StoreUnavailable):
            await chats.answer()
    handled = await chats.answer_all()

    assert handled == [1, 1]
    assert [row["reason"] for row in await all_rows(chats.store, cases)] == ["failed"]
    assert OutgoingKind.ANSWER in kinds(await chats.owed(BORYS))


async def test_without_any_hint_a_broken_message_is_told_in_lithuanian(chats: Chats) -> None:
    await chats.write(UNHEARD)

    await chats.answer_all()

    assert [one.language for one in await chats.owed()] == [LT]
    assert [row["language"] for row in await all_rows(chats.store, conversations)] == [None]
