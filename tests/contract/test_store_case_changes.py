"""A case changes by what happens to it, and of two who change it at once one wins."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from bot.cases import lifecycle
from bot.cases.model import CaseState, Event, EventKind, Rating
from bot.errors import CaseChanged
from bot.matching.evidence import Level
from bot.storage.tables import case_events
from bot.storage.unit_of_work import SqlStore
from tests.builders_dialogue import NOW, PAPER, RASA, SCHOOL, TOMAS
from tests.builders_store import DUE, HOUR, all_rows, claimed, happen, kept_case, meet, open_case


async def test_whatever_changes_of_a_case_comes_back(store: SqlStore) -> None:
    case_id = await open_case(store, await meet(store))
    opened = (await kept_case(store, case_id)).case

    taken = await happen(store, opened, claimed())
    assert (await kept_case(store, case_id)).case == taken
    assert (taken.state, taken.claimed_by, taken.version) == (CaseState.CLAIMED, RASA, 2)

    moved = await happen(store, taken, Event(EventKind.TRANSFERRED, NOW, RASA, team=SCHOOL, due_at=DUE + HOUR))
    assert (await kept_case(store, case_id)).case == moved
    assert (moved.team, moved.claimed_by, moved.due_at) == (SCHOOL, None, DUE + HOUR)

    closed = await happen(store, moved, Event(EventKind.CLOSED, NOW + HOUR, TOMAS, reason="referred"))
    assert (await kept_case(store, case_id)).case == closed
    assert (closed.closed_at, closed.close_reason, closed.due_at) == (NOW + HOUR, "referred", None)

    rated = await happen(store, closed, Event(EventKind.RATED, NOW + HOUR, reason=Rating.PARTLY))
    again = await happen(store, rated, Event(EventKind.REOPENED, NOW + HOUR, due_at=DUE))
    assert (await kept_case(store, case_id)).case == again
    assert (again.state, again.closed_at, again.close_reason, again.rating) == (CaseState.WAITING, None, "", "partly")


async def test_the_second_of_two_who_change_the_same_case_is_told_and_changes_nothing(store: SqlStore) -> None:
    case_id = await open_case(store, await meet(store))
    seen_by_both = (await kept_case(store, case_id)).case
    rasas = await happen(store, seen_by_both, claimed(RASA))

    with pytest.raises(CaseChanged):
        await happen(store, seen_by_both, claimed(TOMAS))

    assert (await kept_case(store, case_id)).case == rasas
    assert [row["by"] for row in await all_rows(store, case_events)] == [None, RASA]


async def test_what_was_done_beside_a_change_that_came_too_late_is_undone(store: SqlStore) -> None:
    ana = await meet(store)
    case_id = await open_case(store, ana)
    before = (await kept_case(store, case_id)).case
    await happen(store, before, claimed(RASA))

    async def come_too_late() -> None:
        async with store.begin() as tx:
            await tx.conversations.block(ana)
            await tx.cases.save(lifecycle.after(before, claimed(TOMAS)), claimed(TOMAS))

    with pytest.raises(CaseChanged):
        await come_too_late()

    async with store.begin() as tx:
        assert not (await tx.conversations.load({ana}))[ana].blocked


async def test_an_event_tells_who_when_and_what(store: SqlStore) -> None:
    case_id = await open_case(store, await meet(store))
    before = (await kept_case(store, case_id)).case
    event = Event(
        EventKind.TRANSFERRED, NOW + HOUR, RASA, team=SCHOOL, reason="theirs", due_at=DUE, return_at=DUE + HOUR
    )

    async with store.begin() as tx:
        await tx.cases.save(lifecycle.after(before, event), event, text="words", files=[PAPER], ref="7:12")

    *_, row = await all_rows(store, case_events)
    payload = row.pop("payload")
    del row["id"]
    assert row == {"case_id": case_id, "kind": "transferred", "at": NOW + HOUR, "by": RASA, "ref": "7:12"}
    assert (payload["team"], payload["reason"], payload["text"]) == ("school", "theirs", "words")
    assert datetime.fromisoformat(payload["due_at"]) == DUE
    assert datetime.fromisoformat(payload["return_at"]) == DUE + HOUR
    assert [file["ref"] for file in payload["files"]] == ["paper"]


async def test_a_bar_is_kept_with_who_until_when_and_why_and_changes_nothing_of_the_case(store: SqlStore) -> None:
    case_id = await open_case(store, await meet(store))
    before = await kept_case(store, case_id)

    async with store.begin() as tx:
        await tx.cases.record(case_id, Event(EventKind.BARRED, NOW, RASA, until=NOW + HOUR), text="threats")

    *_, row = await all_rows(store, case_events)
    assert (row["kind"], row["by"], row["payload"]["text"]) == ("barred", RASA, "threats")
    assert datetime.fromisoformat(row["payload"]["until"]) == NOW + HOUR
    assert await kept_case(store, case_id) == before


async def test_danger_seen_later_raises_a_case(store: SqlStore) -> None:
    case_id = await open_case(store, await meet(store))

    await happen(store, case_id, Event(EventKind.RAISED, NOW, reason=Level.RED))

    kept = await kept_case(store, case_id)
    assert (kept.case.urgent, kept.danger) == (True, "red")


async def test_what_is_recorded_changes_nothing_of_the_case(store: SqlStore) -> None:
    case_id = await open_case(store, await meet(store))
    before = await kept_case(store, case_id)

    async with store.begin() as tx:
        await tx.cases.record(case_id, Event(EventKind.DANGER_OVER, NOW + HOUR))
        await tx.cases.record(case_id, Event(EventKind.CORRECTED, NOW, RASA), text="better", ref="7:12")

    rows = await all_rows(store, case_events)
    assert await kept_case(store, case_id) == before
    assert [(row["kind"], row["at"], row["by"], row["ref"], row["payload"]) for row in rows[1:]] == [
        ("danger_over", NOW + HOUR, None, None, {}),
        ("corrected", NOW, RASA, "7:12", {"text": "better"}),
    ]


async def test_who_works_on_a_case_has_more_time_and_nothing_else_changes(store: SqlStore) -> None:
    ana = await meet(store)
    case_id, other = await open_case(store, ana, by=47), await open_case(store, ana, by=48)
    before = await happen(store, case_id, claimed())
    untouched = await kept_case(store, other)

    async with store.begin() as tx:
        await tx.cases.touch(case_id, NOW + 9 * HOUR)

    assert (await kept_case(store, case_id)).case == replace(before, return_at=NOW + 9 * HOUR)
    assert await kept_case(store, other) == untouched
