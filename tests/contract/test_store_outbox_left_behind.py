"""What a sender had on its way when it ended, or claimed without knowing it."""

from __future__ import annotations

from bot.conversation.model import Address, Channel
from bot.storage.tables import outbox
from bot.storage.unit_of_work import SqlStore
from tests.builders_store import ANA, BORYS, CONSOLE, SOON, TELEGRAM, claim, keys, meet, owe, owing, states


async def test_what_an_earlier_sender_had_on_its_way_is_found_and_taken_over(store: SqlStore) -> None:
    ana, borys = await meet(store, ANA), await meet(store, BORYS)
    await owe(store, owing("a", ana), owing("a2", ana))
    await claim(store, epoch=1)
    await owe(store, owing("b", borys))
    await claim(store, epoch=3)

    async with store.begin() as tx:
        left = await tx.outbox.left_behind(TELEGRAM, 3)
        await tx.outbox.sent(left[0].id, 1, "late", SOON)
        await tx.outbox.end(left[0].id, 3, "uncertain", "outcome_unknown", SOON)

    assert keys(left) == ["a"]
    assert await states(store, outbox) == {"a": "uncertain", "a2": "new", "b": "sending"}


async def test_what_was_taken_over_is_not_left_behind_any_more(store: SqlStore) -> None:
    ana = await meet(store)
    await owe(store, owing("a", ana))
    await claim(store, epoch=1)

    async with store.begin() as tx:
        first = await tx.outbox.left_behind(TELEGRAM, 2)
        second = await tx.outbox.left_behind(TELEGRAM, 2)

    assert (keys(first), second) == (["a"], [])


async def test_other_channels_are_left_to_their_own_sender(store: SqlStore) -> None:
    console = await meet(store, CONSOLE)
    await owe(store, owing("c", console, channel=Channel.CONSOLE))
    async with store.begin() as tx:
        rows = await tx.outbox.due([Channel.CONSOLE], SOON, 9)
        await tx.outbox.begin([row.id for row in rows], 1, SOON)

        assert await tx.outbox.left_behind(TELEGRAM, 2) == []


async def test_what_a_sender_claimed_without_knowing_it_is_owed_again(store: SqlStore) -> None:
    ana, borys, other = await meet(store, ANA), await meet(store, BORYS), await meet(store, Address(ANA.channel, "3"))
    await owe(store, owing("others", other))
    await claim(store, epoch=1)
    await owe(store, owing("known", ana), owing("unknown", borys))
    rows = {row.outgoing.lines[0].text: row for row in await claim(store, epoch=2)}

    async with store.begin() as tx:
        back = await tx.outbox.forgotten(2, [rows["known"].id], SOON)

    assert back == 1
    assert await states(store, outbox) == {"others": "sending", "known": "sending", "unknown": "new"}


async def test_who_knows_all_that_is_on_its_way_forgets_nothing(store: SqlStore) -> None:
    await owe(store, owing("a", await meet(store)))
    (row,) = await claim(store)

    async with store.begin() as tx:
        assert await tx.outbox.forgotten(1, [row.id], SOON) == 0
    async with store.begin() as tx:
        assert await tx.outbox.forgotten(1, [], SOON) == 1
