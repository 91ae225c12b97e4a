"""How much the store holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.cases.model import Event, EventKind
from bot.matching.evidence import Level
from bot.ports import Group, StoreState
from bot.storage.unit_of_work import SqlStore
from tests.builders import EN
from tests.builders_dialogue import NOW, RASA, SCHOOL, SUPPORT
from tests.builders_store import (
    ANA,
    BORYS,
    EMPTY,
    HOUR,
    MINUTE,
    arrive,
    claim,
    claimed,
    happen,
    incoming,
    meet,
    new_case,
    open_case,
    owe,
    owing,
)


async def state(store: SqlStore, at: datetime = NOW) -> StoreState:
    async with store.begin() as tx:
        return await tx.state(at)


async def test_an_empty_store_holds_nothing(store: SqlStore) -> None:
    assert await state(store) == EMPTY


async def test_a_store_tells_how_much_it_holds(store: SqlStore) -> None:
    earlier = NOW - timedelta(minutes=7)
    ana, borys = await meet(store, ANA), await meet(store, BORYS)
    waiting = await arrive(store, incoming("a1", ANA), incoming("a2", ANA), at=earlier)
    (given_up,) = [one for one in await arrive(store, incoming("b1", BORYS)) if one.incoming.address == BORYS]
    await owe(store, owing("out1", ana), owing("out2", ana), at=earlier)
    await claim(store)
    await owe(store, *(owing(f"b{n}", borys) for n in range(4)))
    for end in ("uncertain", "refused", "dropped"):
        for row in await claim(store):
            async with store.begin() as tx:
                await tx.outbox.end(row.id, 1, end, "because", NOW)
    await open_case(store, ana, by=47)
    await open_case(store, borys, new_case(danger=Level.RED, language=EN), by=48)

    async with store.begin() as tx:
        await tx.inbox.fail(given_up.id, NOW)

    assert len(waiting) == 1
    assert await state(store) == replace(
        EMPTY,
        conversations=2,
        unhandled=2,
        oldest_unhandled=earlier,
        given_up=1,
        owed=3,
        oldest_owed=earlier,
        uncertain=1,
        refused=1,
        waiting_cases=2,
        danger_cases=1,
    )


async def test_cases_are_counted_by_whose_turn_it_is_and_whether_their_promise_holds(store: SqlStore) -> None:
    ana, replied = await meet(store), Event(EventKind.REPLIED, NOW, RASA)
    _, _, taken, late, answered, closed, danger = [
        await open_case(store, ana, case, by=n, due_at=NOW + promised)
        for n, (case, promised) in enumerate(
            [
                (None, HOUR),
                (None, timedelta()),
                (None, HOUR),
                (None, -HOUR),
                (None, -HOUR),
                (None, -HOUR),
                (new_case(danger=Level.RED), HOUR),
            ],
            start=50,
        )
    ]
    for case_id in (taken, late, answered, closed, danger):
        await happen(store, case_id, claimed())
    await happen(store, answered, replied)
    await happen(store, closed, Event(EventKind.CLOSED, NOW, RASA))

    found = await state(store)

    assert (found.waiting_cases, found.claimed_cases, found.answered_cases) == (2, 3, 1)
    assert (found.late_cases, found.danger_cases) == (2, 0)
    assert (await state(store, NOW - MINUTE)).late_cases == 1


async def test_groups_and_whoever_works_there_now_are_counted(store: SqlStore) -> None:
    group, other = await meet(store, ANA), await meet(store, BORYS)
    async with store.begin() as tx:
        await tx.teams.connect(Group(group, SUPPORT, forum=True, topics=True), NOW)
        await tx.teams.connect(Group(other, SCHOOL, forum=False, topics=False), NOW)
        for author in ("71", "72", "73"):
            await tx.teams.join(group, author, f"#{author}", NOW)
        await tx.teams.leave(group, "72", NOW)

    found = await state(store)

    assert (found.groups, found.specialists) == (2, 2)


async def test_what_waits_for_somebody_out_of_reach_is_owed_but_makes_nothing_late(store: SqlStore) -> None:
    ana, borys = await meet(store, ANA), await meet(store, BORYS)
    await owe(store, owing("old", ana), at=NOW - 9 * HOUR)
    await owe(store, owing("young", borys), at=NOW)
    async with store.begin() as tx:
        await tx.conversations.block(ana)

    found = await state(store)

    assert (found.owed, found.oldest_owed) == (2, NOW)
