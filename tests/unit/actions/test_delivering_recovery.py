"""What a dead sender had on its way."""

from __future__ import annotations

import pytest

from bot.actions.delivering import Again, Lost, Outcome, Sent, Unknown
from bot.content.model import Language
from bot.conversation.model import Channel, ConversationId, OutboxId, OutgoingKind
from bot.errors import StoreUnavailable
from bot.storage.tables import outbox
from tests.builders_dialogue import told, words_of
from tests.builders_post import ONE, OTHER, TTL, Post, nothing
from tests.builders_store import break_off, claim, mend, owe, owing, states


async def test_what_a_dead_sender_had_on_its_way_is_asked_about_once_and_cards_leave_again(
    post: Post, ana: ConversationId, borys: ConversationId
) -> None:
    lease = await post.held(ONE)
    await owe(
        post.store,
        owing("answer", ana, told("x", OutgoingKind.ANSWER)),
        owing("card", ana, told("112", OutgoingKind.CARD)),
        owing("edit", borys, told("x", OutgoingKind.EDIT)),
        owing("later", borys),
    )
    answer = next(row for row in await post.turn(lease) if row.outgoing.kind is OutgoingKind.ANSWER)
    successor = await post.held(OTHER)

    recovered = [await post.recover(successor) for _ in range(2)]

    assert recovered == [3, 0]
    assert await states(post.store, outbox) == {
        "answer": "uncertain",
        "card": "new",
        "edit": "new",
        "later": "new",
        f"uncertain:{answer.id}:0": "new",
    }
    card, edit = await post.turn(successor)
    (question,) = await post.turn(successor, (card, Sent("900")))
    assert [words_of(row.outgoing) for row in (card, edit)] == ["112", "x"]
    assert question.outgoing.kind is OutgoingKind.UNCERTAIN


async def test_several_messages_of_one_chat_are_one_question_in_the_language_of_the_last(
    post: Post, ana: ConversationId
) -> None:
    await owe(
        post.store,
        owing("a1", ana, told("x", OutgoingKind.ANSWER)),
        owing("a2", ana, told("x", OutgoingKind.ANSWER, language=Language("lt"))),
        owing("a3", ana, told("x", OutgoingKind.NOTICE, silent=True)),
    )
    async with post.store.begin() as tx:
        await tx.outbox.begin([OutboxId(1), OutboxId(2), OutboxId(3)], 0, post.clock())

    await post.recover(await post.held())

    owed = await post.owed()
    (question,) = owed.values()
    assert list(owed) == ["uncertain:1:0"]
    assert question.language == "lt"
    assert question.buttons is not None
    assert question.buttons.owed == (1, 2)


async def test_a_sender_does_not_recover_what_it_has_on_its_way_itself(post: Post, ana: ConversationId) -> None:
    lease = await post.held()
    await owe(post.store, owing("a", ana))
    await post.turn(lease)

    assert await post.recover(lease) == 0
    assert await states(post.store, outbox) == {"a": "sending"}


async def test_messages_on_channels_of_other_processes_are_left_alone(post: Post, ana: ConversationId) -> None:
    await owe(post.store, owing("a", ana))
    await claim(post.store, epoch=0)

    assert await post.recover(await post.held(), (Channel.CONSOLE,)) == 0
    assert await states(post.store, outbox) == {"a": "sending"}


async def test_a_recovery_that_fails_is_made_whole_later(post: Post, ana: ConversationId) -> None:
    await owe(post.store, owing("a", ana), owing("card", ana, told("112", OutgoingKind.CARD)))
    await claim(post.store, epoch=0)
    lease = await post.held()
    await break_off(post.store, "INSERT ON outbox")

    with pytest.raises(StoreUnavailable):
        await post.recover(lease)
    assert await states(post.store, outbox) == {"a": "sending", "card": "sending"}
    await mend(post.store)

    assert await post.recover(lease) == 2
    assert len(await post.owed()) == 2


@pytest.mark.parametrize("late", [Sent("900"), Again(TTL), Unknown(), Lost("too_long")])
async def test_what_a_successor_took_over_is_not_ended_by_the_one_before(
    post: Post, ana: ConversationId, late: Outcome
) -> None:
    first = await post.held(ONE)
    await owe(post.store, owing("a", ana))
    (row,) = await post.turn(first)
    await post.recover(await post.held(OTHER))
    before = await post.rows()

    back = await post.held(ONE)
    await post.turn(back, (row, late), choose=nothing)

    assert back.epoch == 3
    assert await post.rows() == before


@pytest.mark.parametrize("late", [Sent("900"), Again(TTL), Unknown(), Lost("too_long")])
async def test_what_a_successor_sends_again_is_not_ended_by_the_one_before(
    post: Post, ana: ConversationId, late: Outcome
) -> None:
    first = await post.held(ONE)
    await owe(post.store, owing("a", ana, told("112", OutgoingKind.CARD)))
    (row,) = await post.turn(first)
    successor = await post.held(OTHER)
    await post.recover(successor)
    await post.turn(successor)
    before = await post.rows()

    await post.turn(await post.held(ONE), (row, late), choose=nothing)

    assert await post.rows() == before
    assert (before["a"]["state"], before["a"]["epoch"]) == ("sending", successor.epoch)
