"""Counts, never texts or names."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import update

from bot.actions.calibrating import OwnCalibration
from bot.actions.reporting import OLD, State, store_state
from bot.matching.evidence import Level
from bot.storage.tables import cases, outbox
from bot.storage.unit_of_work import SqlStore
from tests.builders_dialogue import NOW
from tests.builders_store import ANA, BORYS, CONSOLE, EMPTY, Watch, arrive, incoming, new_case, open_case, owe, owing

WELL = State("0001", EMPTY, entries=5, content_version="7", findings=0, encoder="none", at=NOW)
JUST_NOW, LONG_AGO = NOW - OLD + timedelta(seconds=1), NOW - OLD


# What the store holds -------------------------------------------------------------------------------------------------


async def test_messages_are_counted_by_what_became_of_them(store: SqlStore) -> None:
    await arrive(store, incoming("first", ANA), at=NOW - timedelta(hours=2))
    waiting = await arrive(store, incoming("a", ANA), incoming("b", BORYS), incoming("c", CONSOLE))
    async with store.begin() as tx:
        await tx.inbox.finish([waiting[1].id], NOW)
        await tx.inbox.fail(waiting[2].id, NOW)

    state = await store_state(store=store, clock=Watch())

    assert state == replace(EMPTY, conversations=3, unhandled=2, oldest_unhandled=NOW - timedelta(hours=2), given_up=1)


async def test_replies_are_counted_by_how_they_ended_and_owed_ones_together(store: SqlStore) -> None:
    (one,) = await arrive(store, incoming("a"))
    async with store.begin() as tx:
        await tx.inbox.finish([one.id], NOW)
    became = {"new": 3, "sending": 2, "sent": 4, "uncertain": 5, "refused": 1, "dropped": 6}
    for age, (end, n) in enumerate(became.items()):
        for i in range(n):
            await owe(store, owing(f"{end} {i}", one.conversation_id), at=NOW - timedelta(minutes=age))
        async with store.engine.begin() as connection:
            await connection.execute(update(outbox).where(outbox.c.key.like(f"{end} %")).values(state=end))

    state = await store_state(store=store, clock=Watch())

    assert state == replace(
        EMPTY, conversations=1, owed=5, oldest_owed=NOW - timedelta(minutes=1), uncertain=5, refused=1
    )


async def test_only_cases_that_wait_are_counted_and_those_of_danger_apart(store: SqlStore) -> None:
    waiting = await arrive(store, incoming("a", ANA), incoming("b", BORYS), incoming("c", CONSOLE))
    for one, level in zip(waiting, (Level.RED, Level.AMBER, Level.RED), strict=True):
        await open_case(store, one.conversation_id, new_case(danger=level), by=one.id)
    async with store.engine.begin() as connection:
        await connection.execute(update(cases).where(cases.c.opened_by == waiting[2].id).values(state="closed"))

    state = await store_state(store=store, clock=Watch())

    assert (state.waiting_cases, state.danger_cases) == (2, 1)


# Whether all is well --------------------------------------------------------------------------------------------------


def test_an_empty_store_with_sound_content_is_well() -> None:
    assert WELL.well


@pytest.mark.parametrize(
    ("unhandled", "owed", "well"),
    [
        (JUST_NOW, None, True),
        (None, JUST_NOW, True),
        (JUST_NOW, JUST_NOW, True),
        (LONG_AGO, None, False),
        (None, LONG_AGO, False),
        (LONG_AGO, JUST_NOW, False),
        (JUST_NOW, LONG_AGO, False),
    ],
)
def test_a_message_that_waits_for_five_minutes_needs_a_look(
    unhandled: datetime | None, owed: datetime | None, *, well: bool
) -> None:
    state = replace(WELL, store=replace(EMPTY, oldest_unhandled=unhandled, oldest_owed=owed))

    assert state.well is well


def test_findings_need_a_look() -> None:
    assert not replace(WELL, findings=1).well


def test_cases_that_wait_for_people_are_no_fault_of_the_bot() -> None:
    busy = replace(EMPTY, waiting_cases=9, claimed_cases=4, answered_cases=3, danger_cases=2, uncertain=3, refused=1)

    assert replace(WELL, store=busy).well


def test_a_broken_promise_needs_a_look() -> None:
    assert not replace(WELL, store=replace(EMPTY, late_cases=1)).well


def test_all_fields_are_told_as_json() -> None:
    state = replace(WELL, store=replace(EMPTY, unhandled=1, oldest_unhandled=LONG_AGO))

    told = json.loads(json.dumps(state.as_json()))

    assert told.pop("store") == asdict(EMPTY) | {"unhandled": 1, "oldest_unhandled": LONG_AGO.isoformat()}
    assert told == {
        "well": False,
        "schema": "0001",
        "entries": 5,
        "content_version": "7",
        "findings": 0,
        "encoder": "none",
        "last_backup": None,
        "calibration": None,
    }


def test_all_fields_are_told_as_lines() -> None:
    lines = WELL.as_text().splitlines()

    assert lines[:2] == ["well", "schema 0001"]
    assert [line.split()[-1] for line in lines[2:-3]] == [str(value) for value in asdict(EMPTY).values()]
    assert lines[-3:] == [
        "content 7: 5 entries, 0 errors, encoder none",
        "calibration shipped",
        "last backup unknown",
    ]
    assert replace(WELL, findings=2).as_text().startswith("needs a look\n")


def test_when_the_last_backup_was_made_is_told() -> None:
    state = replace(WELL, last_backup=NOW)

    assert state.as_text().splitlines()[-1] == "last backup 2026-11-21 12:00 UTC"
    assert state.as_json()["last_backup"] == NOW.isoformat()


def test_probabilities_from_own_presses_are_told() -> None:
    own = OwnCalibration((1.0,), "3", "", "7", date(2026, 11, 1), verdicts=312, right=201)
    state = replace(WELL, own=own)

    assert "calibration own of 2026-11-01, from 312 verdicts" in state.as_text().splitlines()
    assert state.as_json()["calibration"] == {"day": "2026-11-01", "verdicts": 312}
