"""What the channel will never take, and chats that are gone or have moved."""

from __future__ import annotations

import pytest

from bot.actions.delivering import Lost
from bot.conversation import notices
from bot.conversation.model import (
    Address,
    ButtonSet,
    Channel,
    ConversationId,
    InboxId,
    Kind,
    OutgoingKind,
    Purpose,
    Token,
)
from bot.conversation.numbers import case_number
from bot.storage.tables import addresses, case_events, cases, outbox
from bot.storage.unit_of_work import SqlStore
from tests.builders import EN
from tests.builders_dialogue import told
from tests.builders_post import Post, nothing
from tests.builders_store import ANA, BORYS, Watch, all_rows, arrive, incoming, load, owe, owing, states

ANSWERS = [OutgoingKind.ANSWER, OutgoingKind.CLARIFICATION, OutgoingKind.CARD]
NO_ANSWERS = [kind for kind in OutgoingKind if kind not in ANSWERS]


async def asked(store: SqlStore, words: str = "my question", address: Address = ANA) -> tuple[InboxId, ConversationId]:
    """Return a handled question and its conversation."""
    waiting = await arrive(store, incoming("asked", address, words))
    (one,) = [x for x in waiting if x.incoming.key == "asked"]
    async with store.begin() as tx:
        await tx.inbox.finish([one.id], one.incoming.at or Watch().at)
    return one.id, one.conversation_id


@pytest.mark.parametrize("kind", ANSWERS)
async def test_an_answer_the_channel_will_never_take_goes_to_people(post: Post, kind: OutgoingKind) -> None:
    question, conversation = await asked(post.store)

    (row,) = await post.end(owing("a", conversation, told("x", kind), source=question), outcome=Lost("too_long"))

    (case,) = await all_rows(post.store, cases)
    (event,) = await all_rows(post.store, case_events)
    refused = (await post.rows())["a"]
    assert (refused["state"], refused["reason"]) == ("refused", "too_long")
    assert (case["question"], case["opened_by"], case["reason"]) == (question, question, "failed")
    assert (case["number"], case["team"], case["language"]) == (case_number(question), "support", EN)
    assert event["payload"]["text"] == "my question"
    assert await post.owed() == {
        f"failed:{row.id}:0": notices.failed(post.world.voice(EN), case["number"]),
    }
    assert not (await load(post.store, conversation)).blocked


async def test_a_refused_answer_to_a_press_goes_to_people_with_the_words_of_the_question(post: Post) -> None:
    question, conversation = await asked(post.store)
    (press,) = await arrive(post.store, incoming("press", text="", kind=Kind.PRESS))
    under = ButtonSet(Token("t"), Purpose.ANSWER, (), question=question)
    answer = told("x", OutgoingKind.ANSWER, buttons=under)

    await post.end(owing("a", conversation, answer, source=press.id), outcome=Lost("too_long"))

    (case,) = await all_rows(post.store, cases)
    (event,) = await all_rows(post.store, case_events)
    assert (case["question"], case["opened_by"], case["number"]) == (question, press.id, case_number(press.id))
    assert event["payload"]["text"] == "my question"


async def test_a_refused_card_opens_no_second_case(post: Post) -> None:
    question, conversation = await asked(post.store)
    card = owing("a", conversation, told("112", OutgoingKind.CARD), source=question)
    other = owing("b", conversation, told("112", OutgoingKind.CARD), source=question)

    await post.end(card, other, outcome=Lost("too_long"))

    assert len(await all_rows(post.store, cases)) == 1
    assert [event["kind"] for event in await all_rows(post.store, case_events)] == ["opened"]


@pytest.mark.parametrize("kind", NO_ANSWERS)
async def test_a_refused_message_without_an_answer_is_only_marked(post: Post, kind: OutgoingKind) -> None:
    question, conversation = await asked(post.store)

    await post.end(owing("a", conversation, told("x", kind), source=question), outcome=Lost("too_long"))

    assert await states(post.store, outbox) == {"a": "refused"}
    assert await all_rows(post.store, cases) == []


async def test_a_refused_answer_that_nobody_asked_for_is_only_marked(post: Post, ana: ConversationId) -> None:
    await post.end(owing("a", ana, told("x", OutgoingKind.ANSWER)), outcome=Lost("too_long"))

    assert await states(post.store, outbox) == {"a": "refused"}
    assert await all_rows(post.store, cases) == []


async def test_a_chat_out_of_reach_is_blocked_and_what_waits_for_it_dropped(post: Post, borys: ConversationId) -> None:
    question, ana = await asked(post.store)
    lease = await post.held()
    answer = owing("a1", ana, told("x", OutgoingKind.ANSWER), source=question)
    await owe(post.store, answer, owing("a2", ana), owing("a3", ana), owing("b", borys))
    first, *_ = await post.turn(lease, choose=lambda due: due[:1])

    await post.turn(lease, (first, Lost("blocked", gone=True)), choose=nothing)

    assert await states(post.store, outbox) == {"a1": "refused", "a2": "dropped", "a3": "dropped", "b": "new"}
    assert {row["reason"] for key, row in (await post.rows()).items() if key != "b"} == {"blocked"}
    assert (await load(post.store, ana)).blocked
    assert not (await load(post.store, borys)).blocked
    assert await all_rows(post.store, cases) == []


async def test_a_chat_that_moved_is_followed_at_once(post: Post, ana: ConversationId) -> None:
    await post.end(owing("a", ana), outcome=Lost("moved", moved_to="-100777"))

    (again,) = await post.turn(await post.held())

    assert again.address == Address(Channel.TELEGRAM, "-100777")
    assert again.conversation_id == ana


async def test_a_chat_that_moved_to_where_somebody_is_already_is_not_followed(
    post: Post, ana: ConversationId, borys: ConversationId
) -> None:
    await post.end(owing("a", ana), outcome=Lost("moved", moved_to=BORYS.chat))

    assert await states(post.store, outbox) == {"a": "refused"}
    chats = {row["conversation_id"]: row["chat"] for row in await all_rows(post.store, addresses)}
    assert chats == {ana: ANA.chat, borys: BORYS.chat}
