"""All that follows from a message is kept once, or nothing of it, whatever breaks meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.conversation.model import OutgoingKind
from bot.errors import StoreUnavailable
from bot.storage.tables import buttons, case_events, cases, counts, inbox, outbox
from tests.builders_chats import BEATS, BENEFITS, Chats
from tests.builders_dialogue import NOW
from tests.builders_store import ANA, BORYS, all_rows, break_off, mend
from tests.builders_teams import kinds


async def test_everything_that_follows_is_written_together(chats: Chats) -> None:
    await chats.write(BEATS)
    chats.clock.forward(timedelta(seconds=3))

    await chats.answer()

    (message,) = await all_rows(chats.store, inbox)
    (row, *_) = await all_rows(chats.store, outbox)
    (case,) = await all_rows(chats.store, cases)
    assert (message["state"], message["done_at"]) == ("done", NOW + timedelta(seconds=3))
    assert (row["key"], row["source"], row["state"]) == (f"in:{message['id']}:0", message["id"], "new")
    assert (case["opened_by"], case["team"], case["danger"], case["state"]) == (
        message["id"],
        "support",
        "red",
        "waiting",
    )
    assert (await chats.somebody()).last_question == message["id"]
    assert await chats.happened() == {"danger": 1, "danger:violence": 1}


@pytest.mark.parametrize(
    "broken",
    [
        "INSERT ON outbox",
        "INSERT ON buttons",
        "INSERT ON cases",
        "INSERT ON case_events",
        "INSERT ON counts",
        "UPDATE OF latest_buttons ON conversations",
        "UPDATE OF done_at ON inbox",
    ],
)
async def test_a_failing_statement_leaves_nothing_and_later_all_is_done(chats: Chats, broken: str) -> None:
    await chats.write(BENEFITS, ANA)
    await chats.write(BEATS, BORYS)
    await break_off(chats.store, broken)

    with pytest.raises(StoreUnavailable, match="the disk is full"):
        await chats.answer()

    left = [await all_rows(chats.store, table) for table in (outbox, buttons, cases, case_events, counts)]
    assert left == [[], [], [], [], []]
    assert {row["state"] for row in await all_rows(chats.store, inbox)} == {"new"}
    assert (await chats.somebody()).language is None

    await mend(chats.store)

    assert await chats.answer_all() == [1, 1]
    assert OutgoingKind.ANSWER in kinds(await chats.owed(ANA))
    assert OutgoingKind.CARD in kinds(await chats.owed(BORYS))


async def test_an_unwritable_store_is_told_and_nothing_is_understood_for_nothing(chats: Chats) -> None:
    await chats.write(BENEFITS)
    await break_off(chats.store, "UPDATE OF attempts ON inbox")

    with pytest.raises(StoreUnavailable):
        await chats.answer()

    assert chats.matcher.asked == []


async def test_a_second_run_of_the_same_message_is_harmless(chats: Chats) -> None:
    await chats.write(BEATS)
    await chats.answer()
    first = await chats.owed()
    async with chats.store.engine.begin() as connection:
        await connection.execute(update(inbox).values(state="new", done_at=None, attempts=0))

    assert await chats.answer() == 1

    assert await chats.owed() == first
    assert len(await all_rows(chats.store, cases)) == 1
    assert [event["kind"] for event in await all_rows(chats.store, case_events)] == ["opened"]
