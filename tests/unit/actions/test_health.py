"""Whether a running Tiltas is well, and that what is told of it holds nothing of anybody."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
import pytest_asyncio

from bot.actions.direct import DirectCards
from bot.actions.health import Database, Health, Loop, writes
from bot.actions.reporting import OLD, store_state
from bot.errors import StoreUnavailable
from bot.ports import Store, StoreState
from bot.storage.unit_of_work import SqlStore
from tests.builders_dialogue import NOW
from tests.builders_store import ANA, arrive, incoming

LIVELY = Loop(0.44, lives=True, failing=False)
LONG_AGO, JUST_NOW = NOW - OLD, NOW - OLD + timedelta(seconds=1)


@pytest_asyncio.fixture
async def empty(store: SqlStore) -> StoreState:
    return await store_state(store=store, clock=lambda: NOW)


@pytest.fixture
def well(empty: StoreState) -> Health:
    return Health(Database("0007", empty, writes=True), "0007", "abc", 0, {"answers": LIVELY, "poll": LIVELY}, NOW)


def test_all_is_well_where_nothing_needs_a_look(well: Health) -> None:
    assert well.well


def test_a_database_that_is_not_read_or_not_written_or_of_another_schema_needs_a_look(well: Health) -> None:
    for database in (
        Database(),
        replace(well.database, state=None),
        replace(well.database, writes=False),
        replace(well.database, schema=None),
        replace(well.database, schema="0006"),
    ):
        assert not replace(well, database=database).well


def test_a_loop_that_stands_still_needs_a_look_and_one_that_failed_just_now_does_not(well: Health) -> None:
    still, failing = replace(LIVELY, lives=False), replace(LIVELY, failing=True)

    assert not replace(well, loops={"answers": LIVELY, "poll": still}).well
    assert replace(well, loops={"answers": LIVELY, "poll": failing}).well


def test_refused_content_needs_a_look(well: Health) -> None:
    assert not replace(well, findings=1).well


@pytest.mark.parametrize("name", ["oldest_unhandled", "oldest_owed"])
def test_what_waits_for_five_minutes_needs_a_look(well: Health, empty: StoreState, name: str) -> None:
    def waiting(**since: Any) -> Health:  # Any: what `replace` takes
        return replace(well, database=replace(well.database, state=replace(empty, **since)))

    assert waiting(**{name: JUST_NOW}).well
    assert not waiting(**{name: LONG_AGO}).well


def test_what_may_have_arrived_or_was_refused_is_told_and_is_no_fault(well: Health, empty: StoreState) -> None:
    state = replace(empty, uncertain=3, refused=1, given_up=2, oldest_owed=NOW - timedelta(seconds=90))
    found = replace(well, database=replace(well.database, state=state))

    assert found.well
    assert found.as_json()["messages"] == {
        "oldest_unhandled_s": None,
        "oldest_owed_s": 90,
        "given_up": 2,
        "uncertain": 3,
        "refused": 1,
    }


def test_everything_told_is_a_number_a_yes_or_no_or_a_version(well: Health) -> None:
    told = json.loads(json.dumps(well.as_json()))

    del told["messages"]
    assert told == {
        "well": True,
        "database": {"reads": True, "writes": True, "schema": "0007", "schema_is_newest": True},
        "direct_cards": {"sent": 0, "last_s": None},
        "content": {"version": "abc", "findings": 0},
        "loops": {name: {"lives": True, "failing": False, "last_turn_s": 0.4} for name in ("answers", "poll")},
    }


def test_cards_that_left_past_the_database_are_told_and_are_no_fault_of_now(well: Health) -> None:
    found = replace(well, direct=DirectCards(sent=2, last=NOW - timedelta(seconds=14)))

    assert found.well
    assert found.as_json()["direct_cards"] == {"sent": 2, "last_s": 14}


def test_a_database_that_is_not_read_tells_nothing_of_messages(well: Health) -> None:
    told = replace(well, database=Database()).as_json()

    assert told["messages"] is None
    assert told["database"] == {"reads": False, "writes": False, "schema": None, "schema_is_newest": False}


async def test_a_look_at_whether_the_database_writes_changes_nothing_that_anybody_reads(store: SqlStore) -> None:
    await arrive(store, incoming("a", ANA))
    before = await store_state(store=store, clock=lambda: NOW)

    assert [await writes(store=store, clock=lambda: NOW) for _ in range(3)] == [True, True, True]
    assert await store_state(store=store, clock=lambda: NOW) == before


async def test_a_database_that_does_not_write_is_noticed() -> None:
    class Full:
        alone = True

        def begin(self) -> None:
            """Refuse."""
            raise StoreUnavailable("disk full")

    assert not await writes(store=cast(Store, Full()), clock=lambda: NOW)  # it lacks only what is never reached
