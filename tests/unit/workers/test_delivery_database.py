"""A database that was away is gone on with, and nothing is sent twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from bot.errors import StoreUnavailable
from bot.ports import Transaction
from bot.storage.unit_of_work import SqlStore
from bot.workers import delivery
from tests.builders_store import ANA, Watch, meet, owe, owing
from tests.unit.workers.scripted import Scripted, Shaky, row, rows, sending, until_called, until_state


async def test_a_database_that_was_away_is_gone_on_with(
    store: SqlStore, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "IDLE_POLL", 0.01)
    channel, shaky = Scripted(), Shaky(store)
    await owe(store, owing("a", await meet(store)))
    shaky.down = True

    async with sending(channel, shaky, watch):
        await asyncio.sleep(0.05)
        meanwhile, looks = list(channel.calls), shaky.looks
        shaky.down = False
        await until_state(store, "a", "sent")

    assert (meanwhile, channel.to(ANA)) == ([], ["a"])
    assert 2 <= looks < 20


async def test_how_a_send_ended_is_written_down_as_soon_as_it_can_be_and_nothing_is_sent_twice(
    store: SqlStore, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "IDLE_POLL", 0.01)
    gate = asyncio.Event()
    channel, shaky, person = Scripted(gate=gate), Shaky(store), await meet(store)
    await owe(store, owing("a", person), owing("a2", person))

    async with sending(channel, shaky, watch):
        await until_called(channel, 1)
        shaky.down = True
        gate.set()
        await asyncio.sleep(0.05)
        still = (await row(store, "a")).state
        shaky.down = False
        await until_state(store, "a2", "sent")

    assert still == "sending"
    assert (await row(store, "a")).state == "sent"
    assert channel.to(ANA) == ["a", "a2"]


class Unanswered(Shaky):
    """A database that does what it is told, once without saying so."""

    silent_at = 0

    @asynccontextmanager
    async def _silent(self) -> AsyncIterator[Transaction]:
        async with self._store.begin() as tx:
            yield tx
        raise StoreUnavailable("connection lost")

    def begin(self) -> AbstractAsyncContextManager[Transaction]:
        """See `ports.Store.begin`."""
        self.looks += 1
        return self._silent() if self.looks == self.silent_at else self._store.begin()


@pytest.mark.parametrize("silent_at", range(1, 8))
async def test_a_commit_whose_answer_is_lost_loses_no_message_and_sends_none_twice(
    store: SqlStore, watch: Watch, monkeypatch: pytest.MonkeyPatch, silent_at: int
) -> None:
    monkeypatch.setattr(delivery, "IDLE_POLL", 0.01)
    channel, unanswered, person = Scripted(), Unanswered(store), await meet(store)
    unanswered.silent_at = silent_at
    await owe(store, *(owing(f"a{n}", person) for n in range(4)))

    async with sending(channel, unanswered, watch):
        await until_state(store, "a3", "sent")

    assert channel.to(ANA) == ["a0", "a1", "a2", "a3"]
    assert {one.state for one in await rows(store)} == {"sent"}
