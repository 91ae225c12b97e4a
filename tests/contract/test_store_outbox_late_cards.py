"""Danger cards that do not leave are found."""

from __future__ import annotations

from dataclasses import replace

from bot.storage.unit_of_work import SqlStore
from tests.builders_dialogue import NOW
from tests.builders_store import (
    ANA,
    BORYS,
    EARLIER,
    SOON,
    TELEGRAM,
    arrive,
    card,
    claim,
    incoming,
    keys,
    meet,
    owe,
    owing,
)


async def test_cards_that_do_not_leave_are_found_by_the_key_of_the_message_they_answer(store: SqlStore) -> None:
    ana, borys = await meet(store), await meet(store, BORYS)
    red = (await arrive(store, incoming("red", ANA)))[0].id
    later = next(one.id for one in await arrive(store, incoming("red2", BORYS)) if one.incoming.key == "red2")
    async with store.begin() as tx:
        blocked = await tx.conversations.find([BORYS])
    await owe(store, replace(card("a", ana), source=red), owing("talk", ana, source=red), at=EARLIER)
    await owe(store, replace(card("b", borys), source=later), at=EARLIER)

    async with store.begin() as tx:
        found = await tx.outbox.late_cards(TELEGRAM, NOW, 10)
        too_early = await tx.outbox.late_cards(TELEGRAM, EARLIER, 10)
        await tx.conversations.block(blocked[BORYS])
        reachable = await tx.outbox.late_cards(TELEGRAM, NOW, 10)

    assert {key: row.address for key, (row, _) in found.items()} == {"red": ANA, "red2": BORYS}
    assert keys([row for row, _ in found.values()]) == ["a", "b"]
    assert too_early == {}
    assert list(reachable) == ["red"]


async def test_a_card_on_its_way_is_late_after_a_while_and_one_that_was_sent_is_not(store: SqlStore) -> None:
    red = (await arrive(store, incoming("red", ANA)))[0].id
    await owe(store, replace(card("a", await meet(store)), source=red), at=EARLIER)
    (row,) = await claim(store, at=NOW)

    async with store.begin() as tx:
        at_once = await tx.outbox.late_cards(TELEGRAM, NOW, 10)
        after_a_while = await tx.outbox.late_cards(TELEGRAM, SOON, 10)
        await tx.outbox.sent(row.id, 1, "900", NOW)
        sent = await tx.outbox.late_cards(TELEGRAM, SOON, 10)

    assert (list(at_once), list(after_a_while), list(sent)) == ([], ["red"], [])
