"""A transaction is all of it or nothing, and what goes wrong is told without anybody's words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text

from bot.content.model import TeamId
from bot.conversation.model import Channel, ConversationId, Count, InboxId, NewCase, OutgoingKind
from bot.conversation.steps import Reason
from bot.errors import StoreRefused, StoreUnavailable
from bot.ports import Timer
from bot.storage.tables import counts, inbox, metadata, outbox
from bot.storage.unit_of_work import SqlStore, SqlTransaction
from tests.builders import EN
from tests.builders_dialogue import NOW
from tests.builders_store import ANA, NOBODY, all_rows, arrive, incoming, meet, owing

NAIVE = datetime(2026, 11, 21, 12, 0)  # noqa: DTZ001  the mistake is meant
SECRET = "my husband beats me"


async def test_what_a_transaction_did_is_kept_when_its_block_ends(store: SqlStore) -> None:
    async with store.begin() as tx:
        await tx.inbox.add([incoming("a")], NOW)

    assert len(await all_rows(store, inbox)) == 1


async def test_a_transaction_rolls_back_whole(store: SqlStore) -> None:
    ana = await meet(store)
    before = {table.name: await all_rows(store, table) for table in metadata.sorted_tables}

    async def fail_at_the_end() -> None:
        async with store.begin() as tx:
            await tx.inbox.add([incoming("a"), incoming("b", type(ANA)(ANA.channel, "new"))], NOW)
            await tx.outbox.add([owing("out", ana)], NOW)
            await tx.conversations.block(ana)
            case = NewCase(None, SECRET, Reason.FAILED, None, EN)
            await tx.cases.open(case, "1A", InboxId(1), ana, TeamId("support"), NOW, NOW)
            await tx.counts.add(NOW.date(), Channel.TELEGRAM, [Count("en", "", "answer")])
            await tx.timers.set(Timer("t", "t", NOW, {}))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_at_the_end()

    assert {table.name: await all_rows(store, table) for table in metadata.sorted_tables} == before


async def test_a_transaction_that_is_cancelled_rolls_back(store: SqlStore) -> None:
    reached = asyncio.Event()

    async def hang() -> None:
        async with store.begin() as tx:
            await tx.inbox.add([incoming("a")], NOW)
            reached.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(hang())
    await reached.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert await arrive(store) == []


async def test_after_a_transaction_that_failed_the_next_one_works(store: SqlStore) -> None:
    with pytest.raises(StoreUnavailable):
        async with store.begin() as tx:
            await tx.connection.execute(text("SELECT nothing FROM nowhere"))

    assert len(await arrive(store, incoming("a"))) == 1


async def test_transactions_that_start_together_come_one_after_the_other(store: SqlStore) -> None:
    async def add(n: int) -> None:
        async with store.begin() as tx:
            await tx.counts.add(NOW.date(), Channel.TELEGRAM, [Count("en", "", "answer")])
            await asyncio.sleep(0)
            await tx.inbox.add([incoming(f"{n}")], NOW)

    await asyncio.gather(*(add(n) for n in range(20)))

    (row,) = await all_rows(store, counts)
    assert row["n"] == 20


# What goes wrong ------------------------------------------------------------------------------------------------------

Work = Callable[[SqlTransaction], Coroutine[Any, Any, object]]  # Any: asyncio's own


async def test_an_error_of_the_database_is_told_without_the_words(store: SqlStore) -> None:
    statement = text("INSERT INTO inbox (key, text) VALUES (:key, :words)")

    with pytest.raises(StoreRefused) as caught:
        async with store.begin() as tx:
            await tx.connection.execute(statement, {"key": "k", "words": SECRET})

    assert SECRET not in str(caught.value)
    assert str(caught.value)


async def test_a_broken_promise_between_tables_is_told_without_the_words(store: SqlStore) -> None:
    with pytest.raises(StoreRefused) as caught:
        async with store.begin() as tx:
            await tx.outbox.add([owing(SECRET, NOBODY)], NOW)

    assert SECRET not in str(caught.value)
    assert await all_rows(store, outbox) == []


def naive_works() -> dict[str, Work]:
    someone = ConversationId(1)
    return {
        "inbox.add": lambda tx: tx.inbox.add([incoming("a", text=SECRET)], NAIVE),
        "inbox.add sent": lambda tx: tx.inbox.add([incoming("a", text=SECRET, at=NAIVE)], NOW),
        "inbox.finish": lambda tx: tx.inbox.finish([InboxId(1)], NAIVE),
        "inbox.prune": lambda tx: tx.inbox.prune(NAIVE),
        "outbox.add": lambda tx: tx.outbox.add([owing(SECRET, someone)], NAIVE),
        "outbox.due": lambda tx: tx.outbox.due([Channel.TELEGRAM], NAIVE, 1),
        "outbox.drop": lambda tx: tx.outbox.drop(someone, "gone", [OutgoingKind.TALK], NAIVE),
        "timers.set": lambda tx: tx.timers.set(Timer(SECRET, "kind", NAIVE, {})),
        "timers.due": lambda tx: tx.timers.due(NAIVE, 1),
    }


@pytest.mark.parametrize("name", naive_works())
async def test_an_instant_without_time_zone_is_refused(store: SqlStore, name: str) -> None:
    await meet(store)

    with pytest.raises(StoreRefused) as caught:
        async with store.begin() as tx:
            await naive_works()[name](tx)

    assert SECRET not in str(caught.value)


async def test_instants_come_back_aware_whatever_zone_they_were_in(store: SqlStore) -> None:
    vilnius = datetime.fromisoformat("2026-11-21T14:00:00+02:00")

    (one,) = await arrive(store, incoming("a", at=vilnius))

    assert one.incoming.at == NOW
    assert one.incoming.at is not None
    assert one.incoming.at.tzinfo is not None
