"""What we owe about a case knows its place, is counted, and gives way to newer words."""

from __future__ import annotations

from bot.cases.model import CaseId
from bot.conversation.model import ConversationId, OutgoingKind
from bot.ports import CasePlace
from bot.storage.tables import outbox
from bot.storage.unit_of_work import SqlStore
from tests.builders_store import BORYS, SOON, about, all_rows, claim, due, meet, open_case, owe, states


async def test_what_is_about_a_case_comes_with_where_specialists_see_it(
    store: SqlStore, group: ConversationId, case_id: CaseId
) -> None:
    await owe(store, about("desk", group, case_id))

    (row,) = await due(store)

    assert (row.case, row.place) == (case_id, CasePlace(case_id, group, "47K", "5", "12", uses_topics=True))


async def test_what_is_about_a_case_and_for_its_family_has_no_place(store: SqlStore, case_id: CaseId) -> None:
    await owe(store, about("reply", await meet(store), case_id, OutgoingKind.REPLY))

    (row,) = await due(store)

    assert (row.case, row.place) == (case_id, None)


async def test_what_is_about_no_case_has_no_place(store: SqlStore, group: ConversationId, case_id: CaseId) -> None:
    assert case_id
    await owe(store, about("toast", group, None, OutgoingKind.TOAST))

    (row,) = await due(store)

    assert (row.case, row.place) == (None, None)


async def test_what_waits_about_a_case_gives_way_to_newer_words(
    store: SqlStore, group: ConversationId, case_id: CaseId
) -> None:
    other_group, other = await meet(store, BORYS), await open_case(store, await meet(store), by=48)
    await owe(store, about("on its way", group, case_id, OutgoingKind.CARD_EDIT))
    await claim(store)
    await owe(
        store,
        about("old edit", group, case_id, OutgoingKind.CARD_EDIT),
        about("older edit", group, case_id, OutgoingKind.CARD_EDIT),
        about("another kind", group, case_id),
        about("another group", other_group, case_id, OutgoingKind.CARD_EDIT),
        about("another case", group, other, OutgoingKind.CARD_EDIT),
    )

    async with store.begin() as tx:
        await tx.outbox.supersede(case_id, group, OutgoingKind.CARD_EDIT, SOON)

    assert await states(store, outbox) == {
        "on its way": "sending",
        "old edit": "dropped",
        "older edit": "dropped",
        "another kind": "new",
        "another group": "new",
        "another case": "new",
    }
    assert {row["reason"] for row in await all_rows(store, outbox)} == {None, "superseded"}


async def test_what_waits_of_one_kind_for_one_group_is_counted(
    store: SqlStore, group: ConversationId, case_id: CaseId
) -> None:
    await owe(store, about("leaving", group, case_id, OutgoingKind.CASE_CARD))
    await claim(store)
    await owe(
        store,
        about("card", group, case_id, OutgoingKind.CASE_CARD),
        about("card again", group, case_id, OutgoingKind.CASE_CARD),
        about("desk", group, case_id),
        about("elsewhere", await meet(store), case_id, OutgoingKind.CASE_CARD),
    )

    async with store.begin() as tx:
        assert await tx.outbox.waiting(group, OutgoingKind.CASE_CARD) == 2
        assert await tx.outbox.waiting(group, OutgoingKind.TOAST) == 0


async def test_whether_something_about_a_case_is_still_to_leave_is_known(
    store: SqlStore, group: ConversationId, case_id: CaseId
) -> None:
    other = await meet(store, BORYS)
    await owe(store, about("card", group, case_id, OutgoingKind.CASE_CARD))
    (row,) = await claim(store)

    async with store.begin() as tx:
        on_its_way = await tx.outbox.owes(case_id, group, OutgoingKind.CASE_CARD)
        nothing = [
            await tx.outbox.owes(case_id, group, OutgoingKind.DESK),
            await tx.outbox.owes(case_id, other, OutgoingKind.CASE_CARD),
            await tx.outbox.owes(CaseId(999), group, OutgoingKind.CASE_CARD),
        ]
        await tx.outbox.sent(row.id, 1, "900", SOON)
        nothing.append(await tx.outbox.owes(case_id, group, OutgoingKind.CASE_CARD))

    assert on_its_way
    assert nothing == [False] * 4


async def test_the_case_that_a_sent_message_was_about_is_known(
    store: SqlStore, group: ConversationId, case_id: CaseId
) -> None:
    borys = await meet(store, BORYS)
    await owe(store, about("desk", group, case_id), about("talk", borys, None))
    for number, row in enumerate(await claim(store), start=900):
        async with store.begin() as tx:
            await tx.outbox.sent(row.id, 1, f"{number}", SOON)

    async with store.begin() as tx:
        assert await tx.outbox.case_of(group, "900") == case_id
        assert await tx.outbox.case_of(borys, "900") is None
        assert await tx.outbox.case_of(borys, "901") is None
        assert await tx.outbox.case_of(group, "902") is None


async def test_what_is_shown_again_is_still_about_its_case(store: SqlStore, case_id: CaseId) -> None:
    ana = await meet(store)
    await owe(store, about("reply", ana, case_id, OutgoingKind.REPLY))
    (row,) = await all_rows(store, outbox)

    async with store.begin() as tx:
        await tx.outbox.add(await tx.outbox.again([row["id"]], ana, "again:7"), SOON)

    assert [row["case_id"] for row in await all_rows(store, outbox)] == [case_id, case_id]
