"""The loop that looks what is due goes on, whatever happens to one look."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.actions.timekeeping import OVERDUE, SOON
from bot.conversation.model import Address, Channel
from bot.errors import StoreUnavailable
from bot.ports import Transaction
from bot.storage.tables import cases, timers
from bot.storage.unit_of_work import SqlStore
from bot.workers import timers as loop
from tests.builders_dialogue import world
from tests.builders_logs import named
from tests.builders_store import Watch, meet, open_case
from tests.builders_time import until


class Flaky:
    """A database that fails for the first transactions."""

    def __init__(self, store: SqlStore, *faults: Exception) -> None:
        self._store = store
        self._faults = list(faults)
        self.alone = store.alone
        self.looks = 0

    def begin(self) -> AbstractAsyncContextManager[Transaction]:
        """See `ports.Store.begin`."""
        self.looks += 1
        if self._faults:
            raise self._faults.pop(0)
        return self._store.begin()


class Felt:
    """Counts the turns of a loop."""

    def __init__(self) -> None:
        self.turns = self.failures = self.moved = 0

    def turned(self) -> None:
        """See `Pulse.turned`."""
        self.turns += 1

    def failed(self) -> None:
        """See `Pulse.failed`."""
        self.failures += 1

    def move(self) -> None:
        """Count a call that there is something to send."""
        self.moved += 1


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the loop look all the time."""
    monkeypatch.setattr(loop, "LOOK_EVERY", 0.005)


@asynccontextmanager
async def looking(store: SqlStore | Flaky, watch: Watch) -> AsyncIterator[Felt]:
    """Run the loop, and end it as a stop of the program does."""
    felt = Felt()
    task = asyncio.create_task(loop.run(store=store, clock=watch, world=world, moved=felt.move, pulse=felt))
    try:
        yield felt
        assert not task.done(), task.exception()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()


async def turned(felt: Felt, times: int = 1) -> None:
    async def reached() -> bool:
        return felt.turns >= times

    await until(reached)


async def late_cases(store: SqlStore, watch: Watch, number: int) -> None:
    for n in range(number):
        family = await meet(store, Address(Channel.TELEGRAM, f"{5000 + n}"))
        await open_case(store, family, by=100 + n, due_at=watch.at, at=watch.at - timedelta(days=1))


async def test_the_standing_timers_are_set_and_ring(store: SqlStore) -> None:
    watch = Watch()

    async with looking(store, watch) as felt:
        await turned(felt)
        watch.forward(SOON)
        await turned(felt, felt.turns + 2)

    async with store.begin() as tx:
        (timer,) = (await tx.connection.execute(select(timers))).all()
    assert timer.due_at > watch.at


async def test_all_overdue_cases_are_moved_in_one_look_and_the_sender_is_called(store: SqlStore) -> None:
    watch = Watch()
    await late_cases(store, watch, OVERDUE + 2)

    async with looking(store, watch) as felt:
        await turned(felt)
        moved = felt.moved
        await turned(felt, felt.turns + 2)

    async with store.begin() as tx:
        promised = [row.due_at for row in await tx.connection.execute(select(cases))]
    assert min(promised) > watch.at
    assert (moved, felt.moved) == (2, 2)


async def test_nothing_overdue_calls_nobody(store: SqlStore) -> None:
    async with looking(store, Watch()) as felt:
        await turned(felt, 3)

    assert (felt.moved, felt.failures) == (0, 0)


@pytest.mark.parametrize("fault", [StoreUnavailable("disk full"), RuntimeError("a fault of ours")])
async def test_a_look_that_broke_is_told_and_followed_by_another(store: SqlStore, fault: Exception) -> None:
    watch = Watch()
    await late_cases(store, watch, 1)

    with capture_logs() as logs:
        async with looking(Flaky(store, fault), watch) as felt:
            await turned(felt)

    assert (felt.failures, felt.moved) == (1, 1)
    name = "timers.unavailable" if isinstance(fault, StoreUnavailable) else "timers.failed"
    assert len(named(logs, name)) == 1


async def test_a_stop_in_the_middle_of_a_look_leaves_no_half_of_it(store: SqlStore) -> None:
    watch = Watch()
    await late_cases(store, watch, 3)
    flaky = Flaky(store)

    async with looking(flaky, watch):

        async def begun() -> bool:
            return flaky.looks >= 4

        await until(begun)

    async with store.begin() as tx:
        promised = {row.due_at > watch.at for row in await tx.connection.execute(select(cases))}
    assert promised == {True}
