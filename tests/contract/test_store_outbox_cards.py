"""Nothing about a case overtakes its card in the same group, and nobody else waits for that."""

from __future__ import annotations

import pytest

from bot.cases.model import CaseId
from bot.conversation.model import Address, Channel, ConversationId, OutgoingKind
from bot.storage.unit_of_work import SqlStore
from tests.builders_store import BORYS, SOON, about, claim, due, keys, meet, open_case, owe


@pytest.mark.parametrize("priority", [0, 80, 100])
async def test_nothing_of_a_case_overtakes_its_card(
    store: SqlStore, group: ConversationId, case_id: CaseId, priority: int
) -> None:
    other = await open_case(store, await meet(store, BORYS), by=48)
    await owe(
        store,
        about("earlier", group, None, OutgoingKind.TOAST),
        about("card", group, case_id, OutgoingKind.CASE_CARD),
        about("desk", group, case_id, priority=priority),
        about("edit", group, case_id, OutgoingKind.CARD_EDIT, priority=priority),
        about("others", group, other, priority=priority + 1),
    )
    order = []

    while rows := await claim(store):
        order += keys(rows)
        for row in rows:
            async with store.begin() as tx:
                await tx.outbox.sent(row.id, 1, None, SOON)

    assert order.index("card") < min(order.index("desk"), order.index("edit"))
    assert sorted(order) == ["card", "desk", "earlier", "edit", "others"]


@pytest.mark.parametrize("ended", ["sent", "refused", "uncertain", "dropped"])
async def test_what_is_urgent_waits_for_its_card_only_until_that_has_ended(
    store: SqlStore, group: ConversationId, case_id: CaseId, ended: str
) -> None:
    await owe(store, about("card", group, case_id, OutgoingKind.CASE_CARD), about("desk", group, case_id, priority=90))
    (row,) = await claim(store)
    on_its_way = await due(store)

    async with store.begin() as tx:
        await tx.outbox.end(row.id, 1, ended, "because", SOON)

    assert on_its_way == []
    assert keys(await due(store)) == ["desk"]


async def test_the_family_does_not_wait_for_the_card_in_the_group(
    store: SqlStore, group: ConversationId, case_id: CaseId
) -> None:
    await owe(store, about("card", group, case_id, OutgoingKind.CASE_CARD))
    await claim(store)

    await owe(store, about("reply", await meet(store), case_id, OutgoingKind.REPLY))

    assert keys(await due(store)) == ["reply"]


async def test_two_groups_wait_each_for_its_own_card(store: SqlStore, group: ConversationId, case_id: CaseId) -> None:
    other = await meet(store, Address(Channel.TELEGRAM, "-100501"))
    await owe(store, about("card", group, case_id, OutgoingKind.CASE_CARD), about("others edit", other, case_id))

    assert keys(await due(store)) == ["card", "others edit"]
