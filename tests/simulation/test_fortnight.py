"""No case is lost and no promise broken in two weeks of forgetful people; `make simulate` plays and prints the long one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from random import SystemRandom
from time import perf_counter

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from bot.cases.alerting import Rung
from bot.cases.model import CaseState, EventKind
from tests.builders_store import opened
from tests.simulation.fortnight import Fortnight
from tests.simulation.habits import Habits

SHORT = 30
"""Cases that the default suite has time for; each is a dozen steps."""
LONG = 500
_SEED = 46
"""Of the short fortnight: in it everything happens that it is about."""
_RARE = frozenset({EventKind.BARRED, EventKind.UNBARRED})
"""What a fortnight of so few cases may pass without; the long one has all."""


def seed_from_outside() -> int | None:
    """Return the seed that somebody wants again."""
    wanted = os.environ.get("SEED", "")
    return int(wanted) if wanted else None


async def lives(seed: int, cases: int) -> Fortnight:
    """Play a fortnight; whatever goes wrong in it names the seed and the instant."""
    async with opened() as store:
        life = Fortnight(store, seed, cases)
        life.people = Habits(life)
        with capture_logs() as logs:
            try:
                await life.run()
            except AssertionError as wrong:
                wrong.add_note(f"seed {seed}, at {life.clock.at}; broken on the way: {broken(logs)}")
                raise
        assert not broken(logs)
        return life


def broken(logs: Sequence[EventDict]) -> list[EventDict]:
    """Return what the program logged as an error; that nobody answers a call is none of the program's."""
    logged = [event for event in logs if event["event"] != "alert.unanswered"]
    return [event for event in logged if event["log_level"] in {"error", "critical"} or "failed" in event["event"]]


async def test_nothing_is_lost_and_no_promise_is_broken_in_a_fortnight() -> None:
    life = await lives(seed_from_outside() or _SEED, SHORT)

    events = life.ledger.numbers.events
    assert events[EventKind.OPENED] >= SHORT
    assert {kind for kind in EventKind if events[kind]} >= set(EventKind) - _RARE
    assert set(life.ledger.calls.rungs) == set(Rung)
    assert life.ledger.numbers.notes
    assert life.ledger.numbers.danger
    assert life.curtains
    assert life.tally.hidden_in_danger
    assert life.tally.taken_up


@pytest.mark.slow
@pytest.mark.timeout(1800)
async def test_nothing_is_lost_and_no_promise_is_broken_in_a_long_fortnight() -> None:
    seed = seed_from_outside() or SystemRandom().randrange(1_000_000)
    print(f"\n18 to 31 December 2026, {LONG} questions. To play it again: make simulate SEED={seed}")
    began = perf_counter()
    life = await lives(seed, LONG)
    print(table(life), f"took {perf_counter() - began:.0f} s")

    events = life.ledger.numbers.events
    assert events[EventKind.OPENED] >= LONG
    assert {kind for kind in EventKind if not events[kind]} == set()
    assert set(life.ledger.calls.rungs) == set(Rung)
    assert life.curtains
    assert life.tally.hidden_in_danger
    assert life.tally.barred_in_danger
    assert life.tally.taken_up


def table(life: Fortnight) -> str:
    """Return what happened, line by line."""
    numbers, tally, calls = life.ledger.numbers, life.tally, life.ledger.calls
    events, states = numbers.events, [followed.case.state for followed in life.ledger.cases.values()]
    rows: list[tuple[str, object]] = [
        ("steps, looks at what is due", f"{tally.steps}, {tally.looks}"),
        ("opened", events[EventKind.OPENED]),
        ("  about danger", numbers.danger),
        ("  perhaps danger", numbers.amber),
        ("claimed", events[EventKind.CLAIMED]),
        ("  two at the same instant", tally.at_once),
        ("  forgotten, and returned to the queue", events[EventKind.RETURNED]),
        ("  released", events[EventKind.RELEASED]),
        ("transferred", events[EventKind.TRANSFERRED]),
        ("postponed: a new time told", events[EventKind.POSTPONED]),
        ("notes", numbers.notes),
        ("answered", events[EventKind.REPLIED]),
        ("  too late, so held back first", tally.held),
        ("written again by the family", events[EventKind.WRITTEN]),
        ("solved, taken back by the family", f"{events[EventKind.SOLVED]}, {events[EventKind.WITHDRAWN]}"),
        ("closed by specialists", events[EventKind.CLOSED]),
        ("rated", events[EventKind.RATED]),
        ("reopened", events[EventKind.REOPENED]),
        ("calls about danger", calls.rungs.total()),
        *((f"  {rung.value}", calls.rungs[rung]) for rung in Rung),
        ("  somebody had it, after the administrator", f"{calls.answered}, {calls.unanswered}"),
        ("level raised, lowered", f"{events[EventKind.RAISED]}, {events[EventKind.LOWERED]}"),
        ("perhaps danger, answered: shown, made a case", f"{tally.shown}, {tally.taken_up}"),
        (
            "hid the chat; in danger since; lines before words",
            f"{tally.hidden}, {tally.hidden_in_danger}, {life.curtains}",
        ),
        (
            "barred; at its date; in danger meanwhile",
            f"{events[EventKind.BARRED]}, {life.ledger.bars.ended}, {tally.barred_in_danger}",
        ),
        ("stopped the bot", tally.stopped),
        ("specialists on holiday, gone for good", f"{tally.holidays}, {tally.left}"),
        ("  cases they had claimed", tally.left_with_cases),
        ("changes of hands, each told once", numbers.told),
        ("worst time past the limit", f"{numbers.worst.total_seconds():.0f} s"),
        ("  of danger", f"{numbers.worst_in_danger.total_seconds():.0f} s"),
        ("shortest warning before a promise ended", f"{numbers.closest.total_seconds() / 60:.1f} min"),
        *((f"in the end {state.value}", states.count(state)) for state in CaseState),
        ("lost", 0),
    ]
    return "\n".join(f"{name:<44}{value!s:>12}" for name, value in rows)
