"""What was owed and is taken back, dropped or pruned."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from bot.conversation.model import OutgoingKind
from bot.storage.tables import outbox
from bot.storage.unit_of_work import SqlStore
from tests.builders_dialogue import NOW, told
from tests.builders_store import ANA, BORYS, EARLIER, SOON, all_rows, card, claim, meet, owe, owing, states


async def test_what_waits_for_a_lost_chat_is_dropped_and_nothing_else(store: SqlStore) -> None:
    ana, borys = await meet(store, ANA), await meet(store, BORYS)
    await owe(store, owing("a1", ana), owing("a2", ana), owing("a3", ana))
    await claim(store)
    await owe(store, owing("b1", borys))

    async with store.begin() as tx:
        gone = await tx.outbox.drop(ana, "blocked", [OutgoingKind.TALK], SOON)

    assert gone == 2
    assert await states(store, outbox) == {"a1": "sending", "a2": "dropped", "a3": "dropped", "b1": "new"}
    assert {row["reason"] for row in await all_rows(store, outbox) if row["state"] == "dropped"} == {"blocked"}


async def test_only_the_kinds_that_nobody_waits_for_are_dropped(store: SqlStore) -> None:
    ana = await meet(store)
    await owe(store, *(owing(kind.value, ana, told("words", kind)) for kind in OutgoingKind))

    async with store.begin() as tx:
        gone = await tx.outbox.drop(ana, "blocked", [OutgoingKind.ANSWER, OutgoingKind.NOTICE], SOON)
        nothing = await tx.outbox.drop(ana, "blocked", [], SOON)

    dropped = {key for key, state in (await states(store, outbox)).items() if state == "dropped"}
    assert (gone, nothing) == (2, 0)
    assert dropped == {"answer", "notice"}


async def test_only_what_waits_is_taken_back_and_neither_danger_nor_deletions(store: SqlStore) -> None:
    ana, borys = await meet(store, ANA), await meet(store, BORYS)
    await owe(store, owing("sending", ana))
    await claim(store)
    gone = owing("deletion", ana, told("", OutgoingKind.DELETION))
    await owe(store, owing("waits", ana), card("danger", ana), gone, owing("theirs", borys))

    async with store.begin() as tx:
        back = await tx.outbox.recall(ana, "hidden", SOON)
        on_their_way = await tx.outbox.on_their_way(ana)

    assert [row.outgoing.lines[0].text for row in back] == ["waits"]
    assert on_their_way == [row["id"] for row in await all_rows(store, outbox) if row["key"] == "sending"]
    left = {"deletion": "new", "danger": "new", "theirs": "new", "waits": "dropped", "sending": "sending"}
    assert await states(store, outbox) == left


async def test_a_row_that_cannot_be_read_keeps_no_other_from_being_taken_back(store: SqlStore) -> None:
    ana = await meet(store)
    await owe(store, owing("broken", ana), owing("waits", ana))
    async with store.begin() as tx:
        await tx.connection.execute(update(outbox).where(outbox.c.key == "broken").values(payload={"no": "message"}))

    async with store.begin() as tx:
        back = await tx.outbox.recall(ana, "hidden", SOON)

    assert [row.outgoing.lines[0].text for row in back] == ["waits"]
    assert await states(store, outbox) == {"broken": "refused", "waits": "dropped"}


async def test_only_what_was_owed_before_an_instant_is_taken_back(store: SqlStore) -> None:
    ana = await meet(store)
    await owe(store, owing("before", ana), at=EARLIER)
    await owe(store, owing("after", ana), at=NOW)

    async with store.begin() as tx:
        await tx.outbox.recall(ana, "hidden", SOON, before=NOW)

    assert await states(store, outbox) == {"before": "dropped", "after": "new"}


async def test_only_what_ended_long_ago_is_pruned(store: SqlStore) -> None:
    ana, borys = await meet(store, ANA), await meet(store, BORYS)
    await owe(store, owing("old", ana), owing("waits", ana), at=EARLIER)
    (row,) = await claim(store, at=EARLIER)
    async with store.begin() as tx:
        await tx.outbox.sent(row.id, 1, None, EARLIER)
    await owe(store, owing("new", borys))
    for one in await claim(store):
        if one.conversation_id == borys:
            async with store.begin() as tx:
                await tx.outbox.sent(one.id, 1, None, NOW)

    async with store.begin() as tx:
        gone = await tx.outbox.prune(NOW - timedelta(days=30))

    assert gone == 1
    assert await states(store, outbox) == {"waits": "sending", "new": "sent"}
