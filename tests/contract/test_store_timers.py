"""What is due when, and who may do alone what only one may do."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.ports import Lease, Timer
from bot.storage.tables import timers
from bot.storage.unit_of_work import SqlStore
from tests.builders_dialogue import NOW
from tests.builders_store import all_rows

TTL = timedelta(seconds=5)
LATER = NOW + timedelta(hours=1)


async def take(
    store: SqlStore, owner: str, at: datetime = NOW, *, alone: bool = False, name: str = "sender"
) -> Lease | None:
    async with store.begin() as tx:
        return await tx.leases.take(name, owner, TTL, at, alone=alone)


async def holds(store: SqlStore, lease: Lease | None) -> bool:
    assert lease is not None
    async with store.begin() as tx:
        return await tx.leases.holds(lease)


async def set_timers(store: SqlStore, *new: Timer) -> None:
    async with store.begin() as tx:
        for timer in new:
            await tx.timers.set(timer)


async def due(store: SqlStore, at: datetime, limit: int = 9) -> list[Timer]:
    async with store.begin() as tx:
        return await tx.timers.due(at, limit)


# Timers ---------------------------------------------------------------------------------------------------------------


async def test_a_timer_comes_back_when_it_is_due_and_not_before(store: SqlStore) -> None:
    timer = Timer("prune", "prune", LATER, {"what": "words, žodžiai"})

    await set_timers(store, timer)

    assert await due(store, LATER - timedelta(seconds=1)) == []
    assert await due(store, LATER) == [timer]
    assert await due(store, LATER) == [timer]


async def test_a_timer_that_is_set_keeps_its_time(store: SqlStore) -> None:
    await set_timers(store, Timer("prune", "prune", LATER, {}), Timer("prune", "prune", NOW, {}))

    assert await due(store, NOW) == []
    assert len(await all_rows(store, timers)) == 1


async def test_timers_come_in_the_order_of_their_times(store: SqlStore) -> None:
    times = {"c": NOW + timedelta(hours=3), "a": NOW + timedelta(hours=1), "b": NOW + timedelta(hours=2)}
    await set_timers(store, *(Timer(key, "kind", at, {}) for key, at in times.items()))

    assert [timer.key for timer in await due(store, NOW + timedelta(days=1))] == ["a", "b", "c"]
    assert [timer.key for timer in await due(store, NOW + timedelta(days=1), limit=2)] == ["a", "b"]


async def test_a_timer_can_be_given_a_new_time(store: SqlStore) -> None:
    await set_timers(store, Timer("a", "kind", NOW, {}), Timer("b", "kind", NOW, {}))

    async with store.begin() as tx:
        await tx.timers.move("a", LATER)

    assert [timer.key for timer in await due(store, NOW)] == ["b"]
    assert {timer.key: timer.due_at for timer in await due(store, LATER)} == {"a": LATER, "b": NOW}


async def test_a_timer_that_rang_for_the_last_time_is_gone(store: SqlStore) -> None:
    await set_timers(store, Timer("a", "kind", NOW, {"case": "5"}), Timer("b", "kind", NOW, {}))

    async with store.begin() as tx:
        await tx.timers.drop("a")
        await tx.timers.drop("unknown")

    assert [timer.key for timer in await due(store, LATER)] == ["b"]


# Leases ---------------------------------------------------------------------------------------------------------------


async def test_the_first_to_ask_has_the_lease(store: SqlStore) -> None:
    lease = await take(store, "one")

    assert lease == Lease("sender", "one", 1, NOW + TTL)
    assert await holds(store, lease)


async def test_the_owner_prolongs_the_lease(store: SqlStore) -> None:
    first = await take(store, "one")

    second = await take(store, "one", NOW + timedelta(seconds=3))

    assert second == Lease("sender", "one", 1, NOW + timedelta(seconds=3) + TTL)
    assert await holds(store, first)


async def test_nobody_else_gets_a_lease_that_runs(store: SqlStore) -> None:
    lease = await take(store, "one")

    assert await take(store, "two", NOW + TTL - timedelta(seconds=1)) is None
    assert await holds(store, lease)


async def test_a_lease_that_has_expired_is_taken_over_with_a_higher_epoch(store: SqlStore) -> None:
    lost = await take(store, "one")

    taken = await take(store, "two", NOW + TTL)

    assert taken == Lease("sender", "two", 2, NOW + TTL + TTL)
    assert await holds(store, taken)
    assert not await holds(store, lost)


async def test_an_owner_who_was_replaced_does_not_get_the_lease_back_while_it_runs(store: SqlStore) -> None:
    await take(store, "one")
    await take(store, "two", NOW + TTL)

    assert await take(store, "one", NOW + TTL) is None

    again = await take(store, "one", NOW + TTL + TTL)
    assert again is not None
    assert again.epoch == 3


async def test_an_expired_lease_that_nobody_took_is_still_held(store: SqlStore) -> None:
    lease = await take(store, "one")

    again = await take(store, "one", LATER)

    assert await holds(store, lease)
    assert again is not None
    assert again.epoch == 1


async def test_who_is_alone_takes_over_at_once_what_a_dead_one_held(store: SqlStore) -> None:
    dead = await take(store, "one")

    taken = await take(store, "two", alone=True)

    assert taken is not None
    assert taken.epoch == 2
    assert not await holds(store, dead)


async def test_leases_of_other_names_are_apart(store: SqlStore) -> None:
    await take(store, "one", name="sender")

    other = await take(store, "two", name="other")

    assert other is not None
    assert other.epoch == 1


async def test_a_lease_that_was_never_taken_is_held_by_nobody(store: SqlStore) -> None:
    assert not await holds(store, Lease("sender", "one", 1, LATER))


@pytest.mark.parametrize(("owner", "epoch"), [("two", 1), ("one", 2), ("one", 0)])
async def test_a_lease_is_held_only_by_its_owner_in_its_epoch(store: SqlStore, owner: str, epoch: int) -> None:
    await take(store, "one")

    assert not await holds(store, Lease("sender", owner, epoch, LATER))
