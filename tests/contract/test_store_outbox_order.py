"""What we owe leaves in order; and danger overtakes."""

from __future__ import annotations

from datetime import timedelta

from bot.conversation.model import Channel
from bot.storage.unit_of_work import SqlStore
from tests.builders_dialogue import NOW
from tests.builders_store import ANA, BORYS, CONSOLE, SOON, card, claim, due, keys, meet, owe, owing


async def test_of_each_chat_the_oldest_leaves_first(store: SqlStore) -> None:
    ana, borys = await meet(store, ANA), await meet(store, BORYS)

    await owe(store, owing("a1", ana), owing("a2", ana), owing("b1", borys), owing("a3", ana))

    assert keys(await due(store)) == ["a1", "b1"]


async def test_nothing_leaves_while_one_of_the_chat_is_on_its_way(store: SqlStore) -> None:
    ana, borys = await meet(store, ANA), await meet(store, BORYS)
    await owe(store, owing("a1", ana), owing("a2", ana))

    await claim(store)
    await owe(store, owing("b1", borys))

    assert keys(await due(store)) == ["b1"]


async def test_the_next_leaves_when_the_one_before_has_ended(store: SqlStore) -> None:
    ana = await meet(store)
    await owe(store, owing("a1", ana), owing("a2", ana), owing("a3", ana))
    order = []

    while rows := await claim(store):
        order += keys(rows)
        async with store.begin() as tx:
            await tx.outbox.sent(rows[0].id, 1, "900", SOON)

    assert order == ["a1", "a2", "a3"]


async def test_a_message_that_has_to_wait_holds_those_behind_it(store: SqlStore) -> None:
    ana = await meet(store)
    await owe(store, owing("a1", ana), owing("a2", ana))
    (first,) = await claim(store)

    async with store.begin() as tx:
        await tx.outbox.retry(first.id, 1, SOON + timedelta(seconds=30), SOON)

    assert keys(await due(store)) == []
    assert keys(await due(store, SOON + timedelta(seconds=30))) == ["a1"]


async def test_danger_overtakes_all_chats_and_its_own(store: SqlStore) -> None:
    ana, borys = await meet(store, ANA), await meet(store, BORYS)
    await owe(store, owing("b1", borys), owing("a1", ana), owing("a2", ana))

    await owe(store, card("danger", ana))

    assert keys(await due(store)) == ["danger", "b1", "a1"]
    assert keys(await due(store, limit=1)) == ["danger"]


async def test_danger_waits_for_nothing_that_is_on_its_way(store: SqlStore) -> None:
    ana = await meet(store)
    await owe(store, owing("a1", ana))
    await claim(store)

    await owe(store, card("danger", ana))

    assert keys(await due(store)) == ["danger"]


async def test_what_follows_a_card_waits_for_it(store: SqlStore) -> None:
    ana = await meet(store)
    await owe(store, card("danger", ana), owing("after", ana))

    assert keys(await claim(store)) == ["danger"]
    assert keys(await due(store)) == []


async def test_two_cards_leave_in_their_order(store: SqlStore) -> None:
    ana = await meet(store)
    await owe(store, card("one", ana), card("two", ana))

    assert keys(await due(store)) == ["one", "two"]


async def test_only_the_channels_asked_for_leave(store: SqlStore) -> None:
    ana, console = await meet(store, ANA), await meet(store, CONSOLE)
    await owe(store, owing("t", ana), owing("c", console, channel=Channel.CONSOLE))

    async with store.begin() as tx:
        assert keys(await tx.outbox.due([Channel.CONSOLE], SOON, 9)) == ["c"]
        assert keys(await tx.outbox.due([Channel.CONSOLE, Channel.TELEGRAM], SOON, 9)) == ["t", "c"]
        assert await tx.outbox.due([], SOON, 9) == []


async def test_no_more_leave_than_asked_for(store: SqlStore) -> None:
    for n in range(5):
        await owe(store, owing(f"{n}", await meet(store, type(ANA)(ANA.channel, f"{n}"))))

    assert keys(await due(store, limit=3)) == ["0", "1", "2"]


async def test_what_is_not_due_yet_does_not_leave(store: SqlStore) -> None:
    ana = await meet(store)

    await owe(store, owing("a", ana), at=SOON)

    assert await due(store, NOW) == []
    assert keys(await due(store, SOON)) == ["a"]


async def test_what_is_owed_to_somebody_who_cannot_be_reached_waits_until_they_can(store: SqlStore) -> None:
    ana, borys = await meet(store, ANA), await meet(store, BORYS)
    await owe(store, owing("a", ana), card("danger", ana), owing("b", borys))

    async with store.begin() as tx:
        await tx.conversations.block(ana)
    meanwhile = keys(await due(store))
    async with store.begin() as tx:
        await tx.conversations.unblock(ana)

    assert meanwhile == ["b"]
    assert keys(await due(store)) == ["danger", "a", "b"]
