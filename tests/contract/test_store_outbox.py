"""What we owe people is owed once, and comes back as it was."""

from __future__ import annotations

import pytest

from bot.conversation.model import Channel, InboxId, Outgoing, OutgoingKind
from bot.storage.tables import outbox
from bot.storage.unit_of_work import SqlStore
from tests.builders_dialogue import told
from tests.builders_store import ANA, BORYS, CONSOLE, SOON, all_rows, claim, due, meet, owe, owing


async def test_a_message_with_the_same_key_is_owed_once(store: SqlStore) -> None:
    ana = await meet(store)

    await owe(store, owing("a", ana), owing("a", ana, told("other words")))
    await owe(store, owing("a", ana), owing("b", ana))

    assert [row["key"] for row in await all_rows(store, outbox)] == ["a", "b"]


async def test_nothing_owed_is_nothing(store: SqlStore) -> None:
    await owe(store)

    assert await due(store) == []


async def test_a_message_comes_back_as_it_was(store: SqlStore) -> None:
    ana = await meet(store)
    row = owing("a", ana, told("žodžiai\n<b>🙂", silent=True, edits="900"), source=InboxId(3))

    await owe(store, row)

    (found,) = await due(store)
    assert found.outgoing == row.outgoing
    assert (found.source, found.conversation_id, found.address, found.attempts) == (3, ana, ANA, 0)


@pytest.mark.parametrize("kind", OutgoingKind)
async def test_every_kind_of_message_can_be_kept(store: SqlStore, kind: OutgoingKind) -> None:
    ana = await meet(store)
    what: Outgoing = told("words", kind)

    await owe(store, owing("a", ana, what))

    assert [row.outgoing for row in await due(store)] == [what]


async def test_what_is_still_owed_to_one_person_is_counted(store: SqlStore) -> None:
    ana, borys, console = await meet(store, ANA), await meet(store, BORYS), await meet(store, CONSOLE)
    await owe(store, owing("a1", ana), owing("a2", ana), owing("c", console, channel=Channel.CONSOLE))
    rows = await claim(store)
    await owe(store, owing("b", borys))

    async with store.begin() as tx:
        counted = [await tx.outbox.unsent(address) for address in (ANA, BORYS, CONSOLE)]
        await tx.outbox.sent(rows[0].id, 1, None, SOON)
        assert await tx.outbox.unsent(ANA) == 1

    assert counted == [2, 1, 1]
