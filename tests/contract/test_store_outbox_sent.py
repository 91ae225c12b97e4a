"""What has arrived is known by its id, and is owed once more to the same person only."""

from __future__ import annotations

from bot.conversation.model import InboxId
from bot.storage.tables import outbox
from bot.storage.unit_of_work import SqlStore
from tests.builders_dialogue import NOW
from tests.builders_store import ANA, BORYS, SOON, all_rows, card, claim, due, meet, owe, owing, row_id, states


async def test_what_arrived_of_some_rows_and_of_the_replies_to_a_message_is_known(store: SqlStore) -> None:
    ana, borys = await meet(store, ANA), await meet(store, BORYS)
    named, reply = owing("named", ana), owing("reply", ana, source=InboxId(7))
    await owe(store, named, owing("other", ana), reply, owing("theirs", borys, source=InboxId(7)))
    for _ in range(3):
        for row in await claim(store):
            async with store.begin() as tx:
                await tx.outbox.sent(row.id, 1, f"message of {row.outgoing.lines[0].text}", SOON)
    await owe(store, owing("reply that waits", ana, source=InboxId(7)))
    ids = [row["id"] for row in await all_rows(store, outbox) if row["key"] == "named"]

    async with store.begin() as tx:
        found = await tx.outbox.arrived(ana, ids, InboxId(7))

    assert sorted(found) == ["message of named", "message of reply"]


async def test_what_has_left_already_is_kept_with_its_id_and_owed_to_nobody(store: SqlStore) -> None:
    ana = await meet(store)

    async with store.begin() as tx:
        for at in (NOW, SOON):
            await tx.outbox.add_sent(card("a", ana), "900", at)
        found = await tx.outbox.messages(ana, NOW, NOW)

    assert found == ["900"]
    assert await states(store, outbox) == {"a": "sent"}
    assert await due(store) == []


async def test_words_are_owed_once_more_to_the_same_person_only(store: SqlStore) -> None:
    ana, borys = await meet(store, ANA), await meet(store, BORYS)
    await owe(store, owing("a", ana, source=InboxId(5)), card("danger", ana))
    await owe(store, owing("b", borys))
    ids = [row["id"] for row in await all_rows(store, outbox)]

    async with store.begin() as tx:
        await tx.outbox.add(await tx.outbox.again([*ids, row_id(999)], ana, "again:7"), SOON)

    rows = {row["key"]: row for row in await all_rows(store, outbox)}
    made = [rows[f"again:7:{ids[0]}"], rows[f"again:7:{ids[1]}"]]
    assert len(rows) == 5
    assert [row["payload"] for row in made] == [rows["a"]["payload"], rows["danger"]["payload"]]
    assert [(row["source"], row["priority"], row["state"]) for row in made] == [(5, 0, "new"), (None, 100, "new")]


async def test_words_asked_for_twice_by_one_press_are_owed_once_more_once(store: SqlStore) -> None:
    ana = await meet(store)
    await owe(store, owing("a", ana))
    (row,) = await all_rows(store, outbox)

    for _ in range(2):
        async with store.begin() as tx:
            await tx.outbox.add(await tx.outbox.again([row["id"]], ana, "again:7"), SOON)

    assert len(await all_rows(store, outbox)) == 2
