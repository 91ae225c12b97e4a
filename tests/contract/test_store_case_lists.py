"""Which cases are overdue, wait for a team, or are open for somebody."""

from __future__ import annotations

from bot.cases.model import Event, EventKind, SpecialistId
from bot.content.model import TeamId
from bot.matching.evidence import Level
from bot.storage.unit_of_work import SqlStore
from tests.builders_dialogue import NOW, RASA, SCHOOL, SUPPORT, TOMAS
from tests.builders_store import ANA, BORYS, DUE, HOUR, MINUTE, claimed, happen, meet, new_case, open_case


async def test_cases_that_nobody_touches_and_promises_about_to_slip_are_overdue(store: SqlStore) -> None:
    ana, warn_at = await meet(store), NOW + 30 * MINUTE
    cases_by_name = {
        name: await open_case(store, ana, by=n, due_at=due_at)
        for n, (name, due_at) in enumerate(
            {
                "untouched": DUE,
                "touched": DUE,
                "slips": warn_at,
                "slips in hand": warn_at,
                "has time": warn_at + MINUTE,
                "answered": warn_at,
                "closed": warn_at,
            }.items(),
            start=50,
        )
    }
    await happen(store, cases_by_name["untouched"], claimed(return_at=NOW))
    await happen(store, cases_by_name["touched"], claimed(return_at=NOW + MINUTE))
    await happen(store, cases_by_name["slips in hand"], claimed())
    await happen(store, cases_by_name["answered"], claimed(return_at=NOW - HOUR), Event(EventKind.REPLIED, NOW, RASA))
    await happen(store, cases_by_name["closed"], claimed(return_at=NOW - HOUR), Event(EventKind.CLOSED, NOW, RASA))

    async with store.begin() as tx:
        found = await tx.cases.overdue(NOW, warn_at, 20)
        first = await tx.cases.overdue(NOW, warn_at, 1)

    assert found == [cases_by_name[name] for name in ("untouched", "slips", "slips in hand")]
    assert first == found[:1]


async def test_the_open_cases_of_teams_come_danger_first_then_by_promise(store: SqlStore) -> None:
    ana, borys = await meet(store, ANA), await meet(store, BORYS)
    later = await open_case(store, ana, by=50, due_at=DUE + HOUR)
    soon = await open_case(store, borys, by=51, due_at=DUE)
    same = await open_case(store, ana, by=52, due_at=DUE)
    danger = await open_case(store, ana, new_case(danger=Level.RED), by=53, due_at=DUE + 2 * HOUR)
    amber = await open_case(store, ana, new_case(danger=Level.AMBER), by=54, due_at=DUE + 3 * HOUR)
    schools = await open_case(store, ana, by=55, team=SCHOOL, due_at=DUE)
    closed = await open_case(store, ana, by=56)
    await happen(store, closed, claimed(), Event(EventKind.CLOSED, NOW, RASA))
    await happen(store, soon, claimed())

    async with store.begin() as tx:
        assert await tx.cases.of_team([SUPPORT]) == [danger, soon, same, later, amber]
        assert await tx.cases.of_team([SUPPORT, SCHOOL]) == [danger, soon, same, schools, later, amber]
        assert await tx.cases.of_team([TeamId("nobody")]) == []
        assert await tx.cases.of_team([]) == []


async def test_the_open_cases_of_a_family_and_of_a_specialist_are_known(store: SqlStore) -> None:
    ana, borys = await meet(store, ANA), await meet(store, BORYS)
    one, other, closed = [await open_case(store, ana, by=n) for n in (50, 51, 52)]
    theirs = await open_case(store, borys, by=53)
    await happen(store, other, claimed(RASA))
    await happen(store, theirs, claimed(RASA), Event(EventKind.REPLIED, NOW, RASA))
    await happen(store, one, claimed(TOMAS))
    await happen(store, closed, claimed(RASA), Event(EventKind.SOLVED, NOW))

    async with store.begin() as tx:
        assert await tx.cases.open_of(ana) == [one, other]
        assert await tx.cases.open_of(borys) == [theirs]
        assert await tx.cases.claimed_by(RASA) == [other, theirs]
        assert await tx.cases.claimed_by(SpecialistId(9)) == []
