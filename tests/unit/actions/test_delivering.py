"""What we owe leaves in its turn: marked before the call, ended after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.actions.delivering import Again, Sent, wait_before_try
from bot.conversation.model import Channel, ConversationId, OutgoingKind
from bot.errors import StoreUnavailable
from bot.ports import Owed
from bot.storage.tables import outbox
from tests.builders_dialogue import told, words_of
from tests.builders_post import Post, nothing
from tests.builders_store import BORYS, break_off, owe, owing, states

# Taking a turn --------------------------------------------------------------------------------------------------------


async def test_what_is_chosen_is_marked_and_the_rest_waits(
    post: Post, ana: ConversationId, borys: ConversationId
) -> None:
    lease = await post.held()
    await owe(post.store, owing("to Ana", ana), owing("to Borys", borys))

    chosen = await post.turn(lease, choose=lambda due: due[1:])

    assert [row.address for row in chosen] == [BORYS]
    assert await states(post.store, outbox) == {"to Ana": "new", "to Borys": "sending"}
    assert (await post.rows())["to Borys"]["epoch"] == lease.epoch


async def test_who_chooses_nothing_marks_nothing(post: Post, ana: ConversationId) -> None:
    await owe(post.store, owing("to Ana", ana))

    assert await post.turn(await post.held(), choose=nothing) == []
    assert await states(post.store, outbox) == {"to Ana": "new"}


async def test_urgent_messages_are_offered_first_and_nothing_that_waits_for_an_earlier_one(
    post: Post, ana: ConversationId, borys: ConversationId
) -> None:
    offered: list[list[str]] = []
    await owe(
        post.store,
        owing("b1", borys, told("b1")),
        owing("b2", borys, told("b2")),
        owing("a1", ana, told("a1")),
        owing("a2", ana, told("card", OutgoingKind.CARD)),
    )

    def look(due: Sequence[Owed]) -> Sequence[Owed]:
        offered.append([words_of(row.outgoing) for row in due])
        return due

    await post.turn(await post.held(), choose=look)

    assert offered == [["card", "b1", "a1"]]


async def test_an_end_and_the_next_message_of_the_chat_need_one_turn(post: Post, ana: ConversationId) -> None:
    lease = await post.held()
    await owe(post.store, owing("first", ana), owing("second", ana))
    (first,) = await post.turn(lease)
    meanwhile = await post.turn(lease)

    (second,) = await post.turn(lease, (first, Sent("900")))

    assert meanwhile == []
    assert words_of(second.outgoing) == "second"
    assert await states(post.store, outbox) == {"first": "sent", "second": "sending"}


async def test_only_channels_of_this_process_are_sent_to(post: Post, ana: ConversationId) -> None:
    await owe(post.store, owing("to Ana", ana))

    assert await post.turn(await post.held(), channels=(Channel.CONSOLE,)) == []


async def test_a_turn_that_cannot_be_written_claims_nothing(post: Post, ana: ConversationId) -> None:
    lease = await post.held()
    await owe(post.store, owing("first", ana), owing("second", ana))
    (first,) = await post.turn(lease)
    await break_off(post.store, "UPDATE ON outbox WHEN NEW.state = 'sending'")

    with pytest.raises(StoreUnavailable):
        await post.turn(lease, (first, Sent("900")))

    assert await states(post.store, outbox) == {"first": "sending", "second": "new"}


# How sends end --------------------------------------------------------------------------------------------------------


async def test_what_arrived_is_sent_and_known_by_the_channels_id(post: Post, ana: ConversationId) -> None:
    await post.end(owing("a", ana), outcome=Sent("900"))

    row = (await post.rows())["a"]
    assert (row["state"], row["message"], row["attempts"]) == ("sent", "900", 1)


async def test_what_did_not_leave_waits_as_long_as_the_channel_asks(post: Post, ana: ConversationId) -> None:
    await post.end(owing("a", ana), outcome=Again(timedelta(seconds=17)))

    post.clock.forward(timedelta(seconds=16))
    too_early = await post.turn(await post.held())
    post.clock.forward(timedelta(seconds=1))
    again = await post.turn(await post.held())

    assert too_early == []
    assert [row.attempts for row in again] == [1]
    assert (await post.rows())["a"]["attempts"] == 2


async def test_a_later_message_does_not_overtake_one_that_waits_for_its_next_try(
    post: Post, ana: ConversationId
) -> None:
    await post.end(owing("a", ana), outcome=Again(timedelta(seconds=17)))
    await owe(post.store, owing("b", ana))

    assert await post.turn(await post.held()) == []


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 1), (1, 5), (2, 30), (3, 30), (100, 30)])
def test_waits_grow_up_to_the_last_which_repeats(attempts: int, seconds: int) -> None:
    assert wait_before_try(attempts) == timedelta(seconds=seconds)
