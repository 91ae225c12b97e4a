"""What is on its way ends once, as the one who sends it says."""

from __future__ import annotations

import pytest
import pytest_asyncio

from bot.ports import Owed
from bot.storage.tables import outbox
from bot.storage.unit_of_work import SqlStore
from tests.builders_dialogue import NOW
from tests.builders_store import SOON, all_rows, claim, due, keys, meet, owe, owing, states


@pytest_asyncio.fixture
async def row(store: SqlStore) -> Owed:
    """Return a message to Ana that is on its way."""
    await owe(store, owing("a", await meet(store)))
    (row,) = await claim(store)
    return row


async def test_a_claimed_message_is_on_its_way_and_its_try_counted(store: SqlStore) -> None:
    ana = await meet(store)
    await owe(store, owing("a", ana))

    await claim(store, epoch=4)

    (row,) = await all_rows(store, outbox)
    assert (row["state"], row["epoch"], row["attempts"], row["changed_at"]) == ("sending", 4, 1, SOON)
    assert await due(store) == []


async def test_nothing_that_is_on_its_way_is_claimed_again(store: SqlStore, row: Owed) -> None:
    async with store.begin() as tx:
        await tx.outbox.begin([row.id], 2, SOON)

    (kept,) = await all_rows(store, outbox)
    assert (kept["epoch"], kept["attempts"]) == (1, 1)


async def test_a_delivered_message_keeps_the_id_the_channel_gave_it(store: SqlStore, row: Owed) -> None:
    async with store.begin() as tx:
        await tx.outbox.sent(row.id, 1, "900", SOON)

    (kept,) = await all_rows(store, outbox)
    assert (kept["state"], kept["message"]) == ("sent", "900")


async def test_a_message_put_back_leaves_again_with_its_tries_counted(store: SqlStore, row: Owed) -> None:
    async with store.begin() as tx:
        await tx.outbox.retry(row.id, 1, SOON, SOON)

    (again,) = await claim(store)
    assert (again.id, again.attempts) == (row.id, 1)


@pytest.mark.parametrize("state", ["uncertain", "refused", "dropped"])
async def test_a_message_that_ended_otherwise_keeps_the_reason(store: SqlStore, state: str) -> None:
    ana = await meet(store)
    await owe(store, owing("a", ana), owing("next", ana))
    (row,) = await claim(store)

    async with store.begin() as tx:
        await tx.outbox.end(row.id, 1, state, "because", SOON)

    first, _ = await all_rows(store, outbox)
    assert (first["state"], first["reason"]) == (state, "because")
    assert keys(await due(store)) == ["next"]


@pytest.mark.parametrize("how", ["sent", "retry", "end"])
@pytest.mark.parametrize("epoch", [0, 2])
async def test_a_sender_that_was_replaced_changes_nothing(store: SqlStore, row: Owed, how: str, epoch: int) -> None:
    before = await all_rows(store, outbox)

    async with store.begin() as tx:
        match how:
            case "sent":
                await tx.outbox.sent(row.id, epoch, "900", NOW)
            case "retry":
                await tx.outbox.retry(row.id, epoch, NOW, NOW)
            case _:
                await tx.outbox.end(row.id, epoch, "refused", "because", NOW)

    assert await all_rows(store, outbox) == before


async def test_what_has_ended_stays_as_it_ended(store: SqlStore, row: Owed) -> None:
    async with store.begin() as tx:
        await tx.outbox.sent(row.id, 1, "900", SOON)

        await tx.outbox.end(row.id, 1, "uncertain", "late", SOON)
        await tx.outbox.retry(row.id, 1, SOON, SOON)

    assert await states(store, outbox) == {"a": "sent"}
