"""The right to send: one process has it, and another follows."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.actions.delivering import Again, LeaseLost, Lost, Sent, Unknown
from bot.conversation.model import ConversationId
from bot.ports import Owed
from bot.storage.tables import outbox
from tests.builders_post import ONE, OTHER, TTL, Post
from tests.builders_store import load, owe, owing, states


async def test_only_one_process_sends(post: Post) -> None:
    post.store.alone = False

    first = await post.held(ONE)
    other = await post.lease(OTHER)

    assert (first.owner, first.epoch, first.expires_at) == (ONE, 1, post.clock.at + TTL)
    assert other is None


async def test_who_sends_may_go_on_under_the_same_number(post: Post) -> None:
    post.store.alone = False
    first = await post.held(ONE)
    post.clock.forward(TTL / 2)

    longer = await post.held(ONE)

    assert (longer.epoch, longer.expires_at) == (first.epoch, first.expires_at + TTL / 2)
    assert await post.turn(first) == []


async def test_a_silent_sender_is_followed_when_its_time_is_over(post: Post) -> None:
    post.store.alone = False
    await post.held(ONE)

    post.clock.forward(TTL)

    assert (await post.held(OTHER)).epoch == 2


async def test_where_nobody_else_can_be_a_dead_sender_is_followed_at_once(post: Post) -> None:
    await post.held(ONE)

    assert (await post.held(OTHER)).epoch == 2


async def test_who_lost_the_lease_claims_and_writes_nothing(
    post: Post, ana: ConversationId, borys: ConversationId
) -> None:
    lease = await post.held(ONE)
    await owe(post.store, owing("a", ana))
    (row,) = await post.turn(lease)
    await owe(post.store, owing("b", borys))
    await post.held(OTHER)
    looked: list[Sequence[Owed]] = []

    def look(due: Sequence[Owed]) -> Sequence[Owed]:
        looked.append(due)
        return due

    for outcome in (Sent("900"), Unknown(), Again(TTL), Lost("blocked", gone=True)):
        with pytest.raises(LeaseLost):
            await post.turn(lease, (row, outcome), choose=look)

    assert looked == []
    assert await states(post.store, outbox) == {"a": "sending", "b": "new"}
    assert not (await load(post.store, ana)).blocked
