"""What we owe people leaves once, in order, by one sender; and danger overtakes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio
from sqlalchemy import update

from bot.cases.model import CaseId
from bot.conversation.model import Address, Channel, ConversationId, InboxId, Outgoing, OutgoingKind
from bot.ports import CasePlace, Group, NewOutgoing, Owed
from bot.storage.tables import outbox
from bot.storage.unit_of_work import SqlStore
from tests.builders_dialogue import NOW, SUPPORT, told
from tests.builders_store import (
    ANA,
    BORYS,
    CONSOLE,
    EARLIER,
    SOON,
    TELEGRAM,
    all_rows,
    arrive,
    claim,
    due,
    incoming,
    meet,
    open_case,
    owe,
    owing,
    row_id,
    states,
)


def keys(rows: list[Owed]) -> list[str]:
    return [row.outgoing.lines[0].text for row in rows]


def card(key: str, person: int) -> NewOutgoing:
    return owing(key, person, told(key, OutgoingKind.CARD))  # type: ignore[arg-type]  # a conversation's id


# Owed once ------------------------------------------------------------------------------------------------------------


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


# In order -------------------------------------------------------------------------------------------------------------


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


# On its way -----------------------------------------------------------------------------------------------------------


async def test_a_claimed_message_is_on_its_way_and_its_try_counted(store: SqlStore) -> None:
    ana = await meet(store)
    await owe(store, owing("a", ana))

    await claim(store, epoch=4)

    (row,) = await all_rows(store, outbox)
    assert (row["state"], row["epoch"], row["attempts"], row["changed_at"]) == ("sending", 4, 1, SOON)
    assert await due(store) == []


async def test_nothing_that_is_on_its_way_is_claimed_again(store: SqlStore) -> None:
    ana = await meet(store)
    await owe(store, owing("a", ana))
    (row,) = await claim(store, epoch=1)

    async with store.begin() as tx:
        await tx.outbox.begin([row.id], 2, SOON)

    (kept,) = await all_rows(store, outbox)
    assert (kept["epoch"], kept["attempts"]) == (1, 1)


async def test_a_delivered_message_keeps_the_id_the_channel_gave_it(store: SqlStore) -> None:
    ana = await meet(store)
    await owe(store, owing("a", ana))
    (row,) = await claim(store)

    async with store.begin() as tx:
        await tx.outbox.sent(row.id, 1, "900", SOON)

    (kept,) = await all_rows(store, outbox)
    assert (kept["state"], kept["message"]) == ("sent", "900")


async def test_a_message_put_back_leaves_again_with_its_tries_counted(store: SqlStore) -> None:
    ana = await meet(store)
    await owe(store, owing("a", ana))
    (row,) = await claim(store)

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
async def test_a_sender_that_was_replaced_changes_nothing(store: SqlStore, how: str, epoch: int) -> None:
    ana = await meet(store)
    await owe(store, owing("a", ana))
    (row,) = await claim(store, epoch=1)
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


async def test_what_has_ended_stays_as_it_ended(store: SqlStore) -> None:
    ana = await meet(store)
    await owe(store, owing("a", ana))
    (row,) = await claim(store)
    async with store.begin() as tx:
        await tx.outbox.sent(row.id, 1, "900", SOON)

        await tx.outbox.end(row.id, 1, "uncertain", "late", SOON)
        await tx.outbox.retry(row.id, 1, SOON, SOON)

    assert await states(store, outbox) == {"a": "sent"}


# Left behind ----------------------------------------------------------------------------------------------------------


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


# About a case, in a group ---------------------------------------------------------------------------------------------


@pytest_asyncio.fixture
async def group(store: SqlStore) -> ConversationId:
    """Return a group with topics that answers for the support team."""
    made = await meet(store, Address(Channel.TELEGRAM, "-100500"))
    async with store.begin() as tx:
        await tx.teams.connect(Group(made, SUPPORT, forum=True, topics=True), NOW)
    return made


@pytest_asyncio.fixture
async def case_id(store: SqlStore, group: ConversationId) -> CaseId:
    """Return a case that is seen in the group."""
    opened = await open_case(store, await meet(store))
    async with store.begin() as tx:
        await tx.places.put(CasePlace(opened, group, "47K", "5", "12"))
    return opened


def about(
    key: str, group: ConversationId, case: CaseId | None, kind: OutgoingKind = OutgoingKind.DESK, **changes: int
) -> NewOutgoing:
    return owing(key, group, told(key, kind), case=case, **changes)


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


# Dropped, again, counted, pruned --------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("kind", OutgoingKind)
async def test_every_kind_of_message_can_be_kept(store: SqlStore, kind: OutgoingKind) -> None:
    ana = await meet(store)
    what: Outgoing = told("words", kind)

    await owe(store, owing("a", ana, what))

    assert [row.outgoing for row in await due(store)] == [what]


# Late cards -----------------------------------------------------------------------------------------------------------


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


async def test_what_has_left_already_is_kept_with_its_id_and_owed_to_nobody(store: SqlStore) -> None:
    ana = await meet(store)

    async with store.begin() as tx:
        for at in (NOW, SOON):
            await tx.outbox.add_sent(card("a", ana), "900", at)
        found = await tx.outbox.messages(ana, NOW, NOW)

    assert found == ["900"]
    assert await states(store, outbox) == {"a": "sent"}
    assert await due(store) == []


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
