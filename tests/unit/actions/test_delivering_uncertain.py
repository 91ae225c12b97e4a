"""What may have arrived is asked about, and shown again to whom it was owed."""

from __future__ import annotations

import pytest

from bot.actions.answering import Mind, answer_ready
from bot.actions.delivering import EDIT_TRIES, RETRY_AFTER, Sent, Unknown
from bot.actions.receiving import receive
from bot.content.model import Language
from bot.conversation.model import TO_SPECIALISTS, ConversationId, Kind, OutboxId, OutgoingKind, Press, Verb
from bot.matching.evidence import Evidence
from bot.matching.find import Matcher
from bot.storage.tables import buttons, outbox
from tests.builders_dialogue import KINDERGARTEN, seen, told, words_of
from tests.builders_post import OTHER, Post, nothing
from tests.builders_store import TELEGRAM, all_rows, incoming, owe, owing, states

WORTH_ASKING = [
    OutgoingKind.ANSWER,
    OutgoingKind.CLARIFICATION,
    OutgoingKind.HAND_OVER,
    OutgoingKind.TALK,
    OutgoingKind.REPLY,
    OutgoingKind.CASE,
]
SAFE_TO_REPEAT = [OutgoingKind.CARD, OutgoingKind.EDIT, OutgoingKind.UNCERTAIN, *TO_SPECIALISTS]


@pytest.mark.parametrize("kind", WORTH_ASKING)
async def test_what_may_have_arrived_is_never_repeated_but_asked_about(
    post: Post, ana: ConversationId, kind: OutgoingKind
) -> None:
    (row,) = await post.end(owing("a", ana, told("words", kind)), outcome=Unknown())

    rows, owed = await post.rows(), await post.owed()
    assert (rows["a"]["state"], rows["a"]["reason"]) == ("uncertain", "outcome_unknown")
    assert list(owed) == [f"uncertain:{row.id}:0"]
    question = owed[f"uncertain:{row.id}:0"]
    assert question.kind is OutgoingKind.UNCERTAIN
    assert question.buttons is not None
    assert question.buttons.owed == (row.id,)
    assert [one["token"] for one in await all_rows(post.store, buttons)] == [question.buttons.token]


async def test_nobody_is_asked_about_a_notice_that_may_have_arrived(post: Post, ana: ConversationId) -> None:
    await post.end(owing("a", ana, told("words", OutgoingKind.NOTICE, silent=True)), outcome=Unknown())

    assert await states(post.store, outbox) == {"a": "uncertain"}


@pytest.mark.parametrize("kind", sorted(SAFE_TO_REPEAT))
async def test_cards_edits_our_own_question_and_whatever_specialists_get_are_sent_again_although_they_may_have_arrived(
    post: Post, ana: ConversationId, kind: OutgoingKind
) -> None:
    await post.end(owing("a", ana, told("words", kind)), outcome=Unknown())
    at_once = await post.turn(await post.held())
    post.clock.forward(RETRY_AFTER[0])
    again = await post.turn(await post.held())

    assert at_once == []
    assert [words_of(row.outgoing) for row in again] == ["words"]
    assert await states(post.store, outbox) == {"a": "sending"}


@pytest.mark.parametrize("kind", [OutgoingKind.EDIT, OutgoingKind.CARD_EDIT])
async def test_an_edit_whose_outcome_stays_unknown_lets_its_chat_go_on(
    post: Post, ana: ConversationId, kind: OutgoingKind
) -> None:
    await owe(post.store, owing("edit", ana, told("words", kind)), owing("answer", ana))

    for _ in range(EDIT_TRIES):
        sending = await post.turn(await post.held())
        assert len(sending) == 1
        await post.turn(await post.held(), *((row, Unknown()) for row in sending), choose=nothing)
        post.clock.forward(max(RETRY_AFTER))

    assert await states(post.store, outbox) == {"edit": "uncertain", "answer": "new"}


async def test_one_turn_asks_each_conversation_once(post: Post, ana: ConversationId, borys: ConversationId) -> None:
    lease = await post.held()
    await owe(post.store, owing("a1", ana), owing("a2", ana), owing("b", borys))
    (a1, b) = await post.turn(lease)
    async with post.store.begin() as tx:
        a2 = OutboxId(a1.id + 1)
        await tx.outbox.begin([a2], lease.epoch, post.clock())
        left = await tx.outbox.left_behind(TELEGRAM, lease.epoch + 1)
    later = await post.held(OTHER)
    assert later.epoch == lease.epoch + 1

    await post.turn(later, *((row, Unknown()) for row in left), choose=nothing)

    owed = await post.owed()
    assert list(owed) == [f"uncertain:{a1.id}:0", f"uncertain:{b.id}:0"]
    assert [one.buttons.owed for one in owed.values() if one.buttons] == [(a1.id, a2), (b.id,)]


class Knowing(Matcher):
    """Finds the same in all words."""

    encoder_id = ""

    def __init__(self) -> None:
        pass

    def find(self, text: str, *, chosen: Language | None = None, hint: Language | None = None) -> Evidence:
        del text, chosen, hint
        return seen((KINDERGARTEN, 0.95))


async def test_show_it_again_owes_the_same_words_once_more(post: Post) -> None:
    mind = Mind(Knowing(), post.world)
    await receive([incoming("a", text="kindergarten")], store=post.store, clock=post.clock)
    await answer_ready(store=post.store, mind=mind, clock=post.clock)
    lease = await post.held()
    (answer,) = await post.turn(lease)
    (notice,) = await post.turn(lease, (answer, Unknown()))
    (question,) = await post.turn(lease, (notice, Sent("901")))
    await post.turn(lease, (question, Sent("902")), choose=nothing)
    assert question.outgoing.buttons is not None

    press = Press(Verb.SHOW.value, question.outgoing.buttons.token, 0, "902")
    pressed = [incoming(key, text="", kind=Kind.PRESS, press=press) for key in ("press", "press again")]
    await receive(pressed, store=post.store, clock=post.clock)
    while await answer_ready(store=post.store, mind=mind, clock=post.clock):
        pass

    again, edit = (await post.owed()).values()
    assert again == answer.outgoing
    assert (edit.kind, edit.edits) == (OutgoingKind.EDIT, "902")
    (row,) = [row for key, row in (await post.rows()).items() if key.startswith("again:")]
    assert (row["source"], row["kind"], row["attempts"]) == (answer.source, "answer", 0)
    assert [one.id for one in await post.turn(lease)] == [row["id"]]
