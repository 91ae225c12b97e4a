"""Two at work on the same messages answer each of them once."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from bot.actions.answering import MAX_ATTEMPTS, answer_ready
from bot.conversation.model import OutgoingKind
from bot.storage.tables import cases, inbox, outbox
from bot.storage.unit_of_work import SqlStore, SqlTransaction
from tests.builders_chats import BEATS, BENEFITS, Chats
from tests.builders_dialogue import NOW
from tests.builders_store import ANA, BORYS, all_rows, states
from tests.builders_teams import breaking, kinds


class Interrupted:
    """A store in whose way something comes before one of its transactions."""

    def __init__(self, store: SqlStore, transaction: int, meanwhile: Callable[[], Awaitable[object]]) -> None:
        self._store, self._left, self._meanwhile = store, transaction, meanwhile
        self.alone = False

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[SqlTransaction]:
        self._left -= 1
        if self._left == 0:
            await self._meanwhile()
        async with self._store.begin() as tx:
            yield tx


async def test_two_at_work_never_answer_twice(chats: Chats) -> None:
    await chats.write(BEATS, ANA)
    await chats.write(BENEFITS, BORYS)
    slow = Interrupted(chats.store, 2, chats.answer_all)

    await answer_ready(store=slow, mind=chats.mind, clock=chats.clock)

    sources = Counter((row["source"], row["kind"]) for row in await all_rows(chats.store, outbox))
    assert set(sources.values()) == {1}
    assert len(await all_rows(chats.store, cases)) == 1
    assert await chats.happened() == {"danger": 1, "danger:violence": 1, "answer": 1}
    assert set((await states(chats.store, inbox)).values()) == {"done"}


async def test_who_comes_late_handles_what_is_left(chats: Chats) -> None:
    await chats.write(BENEFITS, ANA)
    await chats.write(BENEFITS, BORYS)

    async def take_the_first() -> None:
        async with chats.store.begin() as tx:
            first, _ = await tx.inbox.ready(2)
            await tx.inbox.finish([first.id], NOW)

    await answer_ready(store=Interrupted(chats.store, 2, take_the_first), mind=chats.mind, clock=chats.clock)

    assert await chats.owed(ANA) == []
    assert OutgoingKind.ANSWER in kinds(await chats.owed(BORYS))


async def test_a_message_given_up_by_one_is_not_answered_by_a_slower_other(chats: Chats) -> None:
    await chats.write(BENEFITS)

    async def give_up() -> None:
        await chats.answer_all(breaking(chats.mind))

    await answer_ready(store=Interrupted(chats.store, 2, give_up), mind=chats.mind, clock=chats.clock)

    assert kinds(await chats.owed()) == [OutgoingKind.HAND_OVER]
    assert await states(chats.store, inbox) == {"written:1": "failed"}


async def test_a_message_answered_by_a_slower_one_is_not_given_up(chats: Chats) -> None:
    await chats.write(BENEFITS)
    async with chats.store.begin() as tx:
        (one,) = await tx.inbox.ready(1)
        for _ in range(MAX_ATTEMPTS):
            await tx.inbox.begin([one.id])

    async def answer_meanwhile() -> None:
        async with chats.store.begin() as tx:
            await tx.inbox.finish([one.id], NOW)

    await answer_ready(store=Interrupted(chats.store, 2, answer_meanwhile), mind=chats.mind, clock=chats.clock)

    assert await all_rows(chats.store, cases) == []
    assert await chats.owed() == []
    assert await states(chats.store, inbox) == {"written:1": "done"}
