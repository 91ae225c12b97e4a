"""Two processes on one PostgreSQL: what only one may do, one does; what both may do, both do, and neither waits for long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

import pytest
import pytest_asyncio

from bot.cases.model import CaseId
from bot.content.model import TeamId
from bot.conversation.model import Channel, ConversationId, Count, InboxId, NewCase
from bot.conversation.steps import Reason
from bot.ports import Lease, Timer
from bot.storage.migrate import NEWEST, migrate
from bot.storage.tables import addresses, case_events, cases, conversations, counts, inbox, outbox, timers
from bot.storage.unit_of_work import SqlStore, SqlTransaction
from tests.builders import EN, UK
from tests.builders_dialogue import NOW
from tests.builders_postgres import Databases
from tests.builders_store import (
    ANA,
    BORYS,
    CONSOLE,
    SOON,
    TELEGRAM,
    all_rows,
    arrive,
    claim,
    incoming,
    load,
    meet,
    opened,
    owe,
    owing,
    states,
)

T = TypeVar("T")

TTL = timedelta(seconds=5)
LATER = NOW + 2 * TTL


@pytest.fixture
def address(postgres: Databases) -> Iterator[str]:
    with postgres.one() as address:
        yield address


@pytest_asyncio.fixture
async def store(address: str) -> AsyncIterator[SqlStore]:
    """Return the database as one process has it."""
    async with opened(address) as store:
        yield store


@pytest_asyncio.fixture
async def other(store: SqlStore, address: str) -> AsyncIterator[SqlStore]:
    """Return the same database as another process has it."""
    del store  # makes the schema
    found = SqlStore(address)
    yield found
    await found.close()


async def waiting(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:  # Any: asyncio's own
    """Start `work`, which must wait for somebody."""
    task = asyncio.create_task(work)
    done, _ = await asyncio.wait([task], timeout=0.2)
    assert not done, "did not wait"
    return task


def keys(found: list[Any]) -> list[str]:  # Any: what waits
    return [one.incoming.key for one in found]


# Messages -------------------------------------------------------------------------------------------------------------


async def test_two_workers_get_different_messages_at_once(store: SqlStore, other: SqlStore) -> None:
    await arrive(store, *(incoming(f"{n}", type(ANA)(ANA.channel, f"{n}")) for n in range(4)))

    async with store.begin() as mine, other.begin() as theirs:
        first = await mine.inbox.ready(2)
        second = await theirs.inbox.ready(9)

    assert (keys(first), keys(second)) == (["0", "1"], ["2", "3"])


async def test_a_message_behind_one_that_another_worker_has_is_not_ready(store: SqlStore, other: SqlStore) -> None:
    await arrive(store, incoming("a1", ANA), incoming("a2", ANA))

    async with store.begin() as mine, other.begin() as theirs:
        assert keys(await mine.inbox.ready(9)) == ["a1"]
        assert await theirs.inbox.ready(9) == []


async def test_who_holds_a_message_lets_the_other_wait_and_find_it_handled(store: SqlStore, other: SqlStore) -> None:
    a, b = await arrive(store, incoming("a", ANA), incoming("b", BORYS))

    async def hold() -> frozenset[int]:
        async with other.begin() as theirs:
            return frozenset(await theirs.inbox.hold([b.id, a.id]))

    async with store.begin() as mine:
        await mine.inbox.hold([a.id, b.id])
        second = await waiting(hold())
        await mine.inbox.finish([a.id], NOW)

    assert await second == {b.id}


async def test_what_a_worker_held_and_did_not_finish_is_held_by_the_next(store: SqlStore, other: SqlStore) -> None:
    (a,) = await arrive(store, incoming("a"))

    async def hold() -> frozenset[int]:
        async with other.begin() as theirs:
            return frozenset(await theirs.inbox.hold([a.id]))

    async def break_off() -> asyncio.Task[frozenset[int]]:
        async with store.begin() as mine:
            await mine.inbox.hold([a.id])
            await mine.inbox.finish([a.id], NOW)
            second.append(await waiting(hold()))
            raise ZeroDivisionError

    second: list[asyncio.Task[frozenset[int]]] = []
    with pytest.raises(ZeroDivisionError):
        await break_off()

    assert await second[0] == {a.id}


async def test_a_message_that_two_processes_get_is_kept_once(store: SqlStore, other: SqlStore) -> None:
    await meet(store, ANA)

    async def keep() -> int:
        async with other.begin() as theirs:
            return await theirs.inbox.add([incoming("a", text="again"), incoming("b")], NOW)

    async with store.begin() as mine:
        first = await mine.inbox.add([incoming("a")], NOW)
        second = await waiting(keep())

    assert (first, await second) == (1, 1)
    assert (await states(store, inbox)).keys() >= {"a", "b"}


async def test_what_somebody_writes_is_kept_while_their_conversation_is_at_work(
    store: SqlStore, other: SqlStore
) -> None:
    ana, borys = await meet(store, ANA), await meet(store, BORYS)
    case = await open_case(store, ana)

    async with store.begin() as mine:
        await mine.conversations.load({ana, borys})
        await mine.cases.load(case)
        async with asyncio.timeout(2), other.begin() as theirs:
            assert await theirs.inbox.add([incoming("b", BORYS), incoming("a", ANA)], NOW) == 2
            await theirs.outbox.add([owing("out", ana)], NOW)


async def test_a_conversation_is_at_work_in_one_place_at_a_time(store: SqlStore, other: SqlStore) -> None:
    ana = await meet(store)

    async with store.begin() as mine:
        was = (await mine.conversations.load({ana}))[ana]
        second = await waiting(load(other, ana))
        await mine.conversations.save([replace(was, language=UK)])

    assert (await second).language == UK


async def test_who_stopped_the_bot_stays_so_although_a_message_of_theirs_is_being_handled(
    store: SqlStore, other: SqlStore
) -> None:
    ana = await meet(store)

    async def block() -> None:
        async with other.begin() as theirs:
            await theirs.conversations.block(ana)

    async with store.begin() as mine:
        was = (await mine.conversations.load({ana}))[ana]
        second = await waiting(block())
        await mine.conversations.save([was])
    await second

    assert (await load(store, ana)).blocked


async def test_somebody_whom_two_processes_meet_at_once_has_one_conversation(store: SqlStore, other: SqlStore) -> None:
    async def keep() -> int:
        async with other.begin() as theirs:
            return await theirs.inbox.add([incoming("b", BORYS), incoming("a2", ANA), incoming("c", CONSOLE)], NOW)

    async with store.begin() as mine:
        await mine.inbox.add([incoming("a1", ANA)], NOW)
        second = await waiting(keep())

    assert await second == 3
    assert len(await all_rows(store, addresses)) == len(await all_rows(store, conversations)) == 3
    assert len({row["conversation_id"] for row in await all_rows(store, inbox)}) == 3


# Cases ----------------------------------------------------------------------------------------------------------------


async def open_case(store: SqlStore, conversation: ConversationId, by: int = 47) -> CaseId:
    async with store.begin() as tx:
        return await _open(tx, conversation, by)


async def _open(tx: SqlTransaction, conversation: ConversationId, by: int = 47) -> CaseId:
    case = NewCase(InboxId(by), "words", Reason.NO_MATCH, None, EN)
    return await tx.cases.open(case, f"{by}K", InboxId(by), conversation, TeamId("support"), LATER, NOW)


async def test_a_case_that_two_open_at_once_is_one(store: SqlStore, other: SqlStore) -> None:
    ana = await meet(store)

    async with store.begin() as mine:
        first = await _open(mine, ana)
        second = await waiting(open_case(other, ana))

    assert await second == first
    assert [row["id"] for row in await all_rows(store, cases)] == [first]
    assert len(await all_rows(store, case_events)) == 1


async def test_however_many_open_a_case_at_the_same_moment_there_is_one(store: SqlStore, other: SqlStore) -> None:
    ana = await meet(store)

    for by in range(1, 21):
        found = await asyncio.gather(*(open_case(where, ana, by) for where in (store, other) * 4))
        assert len(set(found)) == 1
    assert len(await all_rows(store, cases)) == len(await all_rows(store, case_events)) == 20


async def test_who_moves_overdue_cases_passes_over_families_that_are_being_answered(
    store: SqlStore, other: SqlStore
) -> None:
    ana, borys = await meet(store, ANA), await meet(store, BORYS)
    hers, his = await open_case(store, ana, 1), await open_case(store, borys, 2)

    async with store.begin() as mine:
        await mine.conversations.load({ana})
        async with asyncio.timeout(2), other.begin() as theirs:
            assert await theirs.cases.overdue(LATER, LATER, 9) == [his]
            await theirs.cases.load(his)

    async with store.begin() as mine:
        assert await mine.cases.overdue(LATER, LATER, 9) == [hers, his]


async def test_who_answers_waits_for_who_moves_overdue_cases_and_not_for_ever(store: SqlStore, other: SqlStore) -> None:
    ana = await meet(store)
    case = await open_case(store, ana)

    async with store.begin() as mine:
        await mine.cases.overdue(LATER, LATER, 9)
        second = await waiting(load(other, ana))
        await mine.cases.load(case)

    assert [one.id for one in (await second).open_cases] == [case]


# Sending --------------------------------------------------------------------------------------------------------------


async def take(store: SqlStore, owner: str, at: Any = NOW) -> Lease | None:  # Any: an instant
    async with store.begin() as tx:
        return await tx.leases.take("sender", owner, TTL, at, alone=store.alone)


async def test_nobody_is_alone_on_a_server(store: SqlStore) -> None:
    assert not store.alone


async def test_of_two_who_ask_for_a_lease_at_once_one_gets_it(store: SqlStore, other: SqlStore) -> None:
    leases = await asyncio.gather(take(store, "one"), take(other, "two"))

    assert sorted(lease is None for lease in leases) == [False, True]


async def test_of_two_who_take_over_at_once_one_gets_it(store: SqlStore, other: SqlStore) -> None:
    await take(store, "gone")

    leases = await asyncio.gather(take(store, "one", LATER), take(other, "two", LATER))

    assert sorted(lease.epoch if lease else 0 for lease in leases) == [0, 2]


async def test_who_asks_while_another_takes_it_waits_and_is_refused(store: SqlStore, other: SqlStore) -> None:
    await take(store, "gone")

    async with store.begin() as mine:
        mine_now = await mine.leases.take("sender", "one", TTL, LATER, alone=False)
        second = await waiting(take(other, "two", LATER))

    assert mine_now is not None
    assert await second is None


async def test_what_a_sender_claims_by_its_right_is_seen_by_whom_it_loses_it_to(
    store: SqlStore, other: SqlStore
) -> None:
    ana = await meet(store)
    await owe(store, owing("out", ana))
    old = await take(store, "one")
    assert old is not None

    async def take_over() -> list[int]:
        async with other.begin() as theirs:
            new = await theirs.leases.take("sender", "two", TTL, LATER, alone=False)
            assert new is not None
            return [row.id for row in await theirs.outbox.left_behind(TELEGRAM, new.epoch)]

    async with store.begin() as mine:
        # Its time is over, but it has not noticed: a slow machine, a long pause.
        assert await mine.leases.holds(old)
        second = await waiting(take_over())
        (row,) = await mine.outbox.due(TELEGRAM, SOON, 9)
        await mine.outbox.begin([row.id], old.epoch, SOON)

    assert await second == [row.id]


async def test_a_sender_that_was_replaced_ends_nothing_and_claims_nothing(store: SqlStore, other: SqlStore) -> None:
    ana = await meet(store)
    await owe(store, owing("out", ana))
    old = await take(store, "one")
    assert old is not None
    (row,) = await claim(store, epoch=old.epoch)
    new = await take(other, "two", LATER)
    assert new is not None
    async with other.begin() as theirs:
        await theirs.outbox.left_behind(TELEGRAM, new.epoch)

    async with store.begin() as mine:
        holds = await mine.leases.holds(old)
        await mine.outbox.sent(row.id, old.epoch, "900", SOON)

    assert not holds
    assert await states(store, outbox) == {"out": "sending"}


async def test_two_that_look_at_once_find_different_replies(store: SqlStore, other: SqlStore) -> None:
    for who in (ANA, BORYS):
        await owe(store, owing(who.chat, await meet(store, who)))

    async with store.begin() as mine, other.begin() as theirs:
        first = await mine.outbox.due(TELEGRAM, SOON, 1)
        second = await theirs.outbox.due(TELEGRAM, SOON, 9)

    assert [row.address for row in (*first, *second)] == [ANA, BORYS]


# The rest -------------------------------------------------------------------------------------------------------------


async def test_a_timer_that_one_rings_is_not_due_for_the_other(store: SqlStore, other: SqlStore) -> None:
    async with store.begin() as tx:
        await tx.timers.set(Timer("a", "kind", NOW, {}))

    async with store.begin() as mine, other.begin() as theirs:
        first = await mine.timers.due(NOW, 9)
        second = await theirs.timers.due(NOW, 9)
        await mine.timers.move("a", LATER)

    assert ([timer.key for timer in first], second) == (["a"], [])
    assert [row["due_at"] for row in await all_rows(store, timers)] == [LATER]


async def test_a_timer_that_both_set_is_set_once(store: SqlStore, other: SqlStore) -> None:
    async def set_it() -> None:
        async with other.begin() as theirs:
            await theirs.timers.set(Timer("a", "kind", LATER, {}))

    async with store.begin() as mine:
        await mine.timers.set(Timer("a", "kind", NOW, {}))
        second = await waiting(set_it())
    await second

    assert [row["due_at"] for row in await all_rows(store, timers)] == [NOW]


async def test_counts_of_two_at_once_add_up_whatever_their_order(store: SqlStore, other: SqlStore) -> None:
    happened = [Count("en", "health", f"step{n}") for n in range(30)]

    async def add(where: SqlStore, what: list[Count]) -> None:
        for _ in range(10):
            async with where.begin() as tx:
                await tx.counts.add(NOW.date(), Channel.TELEGRAM, what)

    await asyncio.gather(add(store, happened), add(other, happened[::-1]))

    assert {row["n"] for row in await all_rows(store, counts)} == {20}


async def test_of_two_processes_that_start_at_once_one_migrates(address: str) -> None:
    stores = [SqlStore(address) for _ in range(3)]

    done = await asyncio.gather(*map(migrate, stores))

    for store in stores:
        await store.close()
    assert sorted(done, key=str) == [(NEWEST, NEWEST), (NEWEST, NEWEST), (None, NEWEST)]
