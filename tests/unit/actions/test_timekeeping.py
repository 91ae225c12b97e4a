"""A moment came due."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from sqlalchemy import text, update

from bot.actions import timekeeping
from bot.actions.timekeeping import KEEP, KEEP_BUTTONS, PRUNE_EVERY, SOON
from bot.content.model import TeamId
from bot.conversation.model import ButtonSet, NewCase, Purpose, Token
from bot.conversation.steps import Reason
from bot.errors import StoreUnavailable
from bot.storage.tables import buttons, case_events, cases, conversations, inbox, outbox, timers
from bot.storage.unit_of_work import SqlStore
from tests.builders import EN
from tests.builders_dialogue import NOW
from tests.builders_store import (
    ANA,
    BORYS,
    CONSOLE,
    Watch,
    all_rows,
    arrive,
    incoming,
    meet,
    opened,
    owe,
    owing,
    states,
)

DAY = timedelta(days=1)


@pytest_asyncio.fixture
async def store() -> AsyncIterator[SqlStore]:
    async with opened() as store:
        yield store


@pytest.fixture
def clock() -> Watch:
    return Watch()


async def ring_when_due(store: SqlStore, clock: Watch) -> int:
    await timekeeping.set_standing_timers(store=store, clock=clock)
    clock.forward(SOON)
    return await timekeeping.ring(store=store, clock=clock)


# Timers ---------------------------------------------------------------------------------------------------------------


async def test_standing_timers_are_set_once_and_keep_their_time(store: SqlStore, clock: Watch) -> None:
    await timekeeping.set_standing_timers(store=store, clock=clock)
    clock.forward(SOON / 2)
    await timekeeping.set_standing_timers(store=store, clock=clock)

    assert [row["due_at"] for row in await all_rows(store, timers)] == [NOW + SOON]


async def test_nothing_rings_before_it_is_due(store: SqlStore, clock: Watch) -> None:
    await timekeeping.set_standing_timers(store=store, clock=clock)
    clock.forward(SOON - timedelta(seconds=1))

    assert await timekeeping.ring(store=store, clock=clock) == 0


async def test_what_rang_has_its_next_time(store: SqlStore, clock: Watch) -> None:
    first = await ring_when_due(store, clock)

    at_once = await timekeeping.ring(store=store, clock=clock)
    assert [row["due_at"] for row in await all_rows(store, timers)] == [clock.at + PRUNE_EVERY]
    clock.forward(PRUNE_EVERY)
    next_day = await timekeeping.ring(store=store, clock=clock)

    assert (first, at_once, next_day) == (1, 0, 1)


async def test_a_timer_missed_while_nobody_was_there_rings_once(store: SqlStore, clock: Watch) -> None:
    await timekeeping.set_standing_timers(store=store, clock=clock)
    clock.forward(10 * PRUNE_EVERY)

    rang = [await timekeeping.ring(store=store, clock=clock) for _ in range(2)]

    assert rang == [1, 0]


async def test_a_timer_whose_work_fails_stays_due_and_removes_nothing(store: SqlStore, clock: Watch) -> None:
    (one,) = await arrive(store, incoming("old"), at=NOW - KEEP - DAY)
    async with store.begin() as tx:
        await tx.inbox.finish([one.id], NOW - KEEP - DAY)
    async with store.engine.begin() as connection:
        await connection.execute(
            text("CREATE TRIGGER full BEFORE UPDATE ON timers BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
        )

    with pytest.raises(StoreUnavailable):
        await ring_when_due(store, clock)
    assert await states(store, inbox) == {"old": "done"}
    async with store.engine.begin() as connection:
        await connection.execute(text("DROP TRIGGER full"))

    assert await timekeeping.ring(store=store, clock=clock) == 1
    assert await states(store, inbox) == {}


# What is kept, and how long -------------------------------------------------------------------------------------------


async def test_handled_messages_stay_for_thirty_days_and_no_longer(store: SqlStore, clock: Watch) -> None:
    old, young, failed = await arrive(
        store, incoming("old", ANA), incoming("young", BORYS), incoming("given up", CONSOLE)
    )
    async with store.begin() as tx:
        await tx.inbox.finish([old.id], NOW + SOON - KEEP - timedelta(seconds=1))
        await tx.inbox.finish([young.id], NOW + SOON - KEEP + timedelta(seconds=1))
        await tx.inbox.fail(failed.id, NOW - 2 * KEEP)

    await ring_when_due(store, clock)

    assert await states(store, inbox) == {"young": "done"}


async def test_what_nobody_has_handled_stays_however_old(store: SqlStore, clock: Watch) -> None:
    await arrive(store, incoming("forgotten"), at=NOW - 10 * KEEP)

    await ring_when_due(store, clock)

    assert await states(store, inbox) == {"forgotten": "new"}


async def test_replies_stay_for_thirty_days_after_they_ended_and_owed_ones_until_they_leave(
    store: SqlStore, clock: Watch
) -> None:
    ended = {"sent", "uncertain", "refused", "dropped"}
    conversation = await meet(store)
    for state in ("new", "sending", *ended):
        await owe(store, owing(f"old {state}", conversation), at=NOW - 2 * KEEP)
        await owe(store, owing(f"young {state}", conversation), at=NOW - KEEP + DAY)
        async with store.engine.begin() as connection:
            await connection.execute(update(outbox).where(outbox.c.key.like(f"% {state}")).values(state=state))

    await ring_when_due(store, clock)

    left = set(await states(store, outbox))
    assert left == {"old new", "old sending", "young new", "young sending"} | {f"young {state}" for state in ended}


async def test_buttons_work_as_long_as_the_words_they_may_show_again(store: SqlStore, clock: Watch) -> None:
    conversation = await meet(store)
    async with store.begin() as tx:
        for name, age in (("old", KEEP_BUTTONS + DAY), ("young", KEEP_BUTTONS - DAY)):
            one = ButtonSet(Token(name), Purpose.OFFER, ())
            await tx.conversations.add_buttons([(conversation, one)], NOW - age)

    await ring_when_due(store, clock)

    assert [row["token"] for row in await all_rows(store, buttons)] == ["young"]


async def test_open_cases_and_whom_they_belong_to_stay_however_old(store: SqlStore, clock: Watch) -> None:
    long_ago = NOW - 10 * KEEP
    (one,) = await arrive(store, incoming("asked"), at=long_ago)
    async with store.begin() as tx:
        case = NewCase(one.id, "the question", Reason.NO_MATCH, None, EN)
        await tx.cases.open(case, "1B", one.id, one.conversation_id, TeamId("support"), long_ago, long_ago)
        await tx.inbox.finish([one.id], long_ago)

    await ring_when_due(store, clock)

    assert await all_rows(store, inbox) == []
    assert [row["state"] for row in await all_rows(store, cases)] == ["waiting"]
    assert [row["payload"]["text"] for row in await all_rows(store, case_events)] == ["the question"]
    assert len(await all_rows(store, conversations)) == 1
