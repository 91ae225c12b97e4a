"""The pulse of each loop: when it last turned, and whether it has broken since."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any, cast

import pytest
import pytest_asyncio

from bot.actions.answering import Mind
from bot.actions.health import Loop
from bot.errors import StoreUnavailable
from bot.matching.find import Matcher
from bot.ports import Store
from bot.storage.unit_of_work import SqlStore
from bot.workers import timers
from bot.workers.answers import Answerer
from bot.workers.delivery import Sender
from bot.workers.pacing import Pacer
from bot.workers.pulse import Heart, Hearts
from tests.builders_dialogue import NOW, world
from tests.builders_store import opened
from tests.builders_time import until


class Time:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def heart(time: Time) -> Heart:
    return Heart(60, time)


# Hearts -----------------------------------------------------------------------------------------------------------


def test_a_loop_that_has_just_begun_lives_without_a_turn(heart: Heart, time: Time) -> None:
    time.now += 59

    assert heart.felt() == Loop(None, lives=True, failing=False)


def test_a_loop_that_never_turns_counts_as_standing_still_after_its_patience(heart: Heart, time: Time) -> None:
    time.now += 60

    assert heart.felt() == Loop(None, lives=False, failing=False)


def test_a_turn_is_dated(heart: Heart, time: Time) -> None:
    time.now += 50
    heart.turned()
    time.now += 30

    assert heart.felt() == Loop(30, lives=True, failing=False)


def test_a_loop_that_only_fails_stands_still_in_the_end(heart: Heart, time: Time) -> None:
    heart.turned()
    for _ in range(3):
        time.now += 20
        heart.failed()

    assert heart.felt() == Loop(60, lives=False, failing=True)


def test_a_turn_after_a_failure_forgets_it(heart: Heart) -> None:
    heart.failed()
    heart.turned()

    assert heart.felt() == Loop(0, lives=True, failing=False)


def test_each_loop_has_a_heart_of_its_own(time: Time) -> None:
    hearts = Hearts(time)
    time.now += 1
    hearts.poll.failed()

    felt = hearts.felt()

    assert set(felt) == {"poll", "answers", "delivery", "direct", "timers", "content"}
    assert [name for name, loop in felt.items() if loop.failing] == ["poll"]


def test_what_people_wrote_is_stuck_while_its_loop_breaks_or_stands_still(time: Time) -> None:
    hearts = Hearts(time)
    hearts.timers.failed()
    fine = hearts.stuck()
    hearts.answers.failed()
    broken = hearts.stuck()
    hearts.answers.turned()
    mended = hearts.stuck()
    time.now += 60

    assert [fine, broken, mended, hearts.stuck()] == [False, True, False, True]


# Loops ------------------------------------------------------------------------------------------------------------


class Broken:
    """A database that never works."""

    alone = True

    def __init__(self, fault: Exception) -> None:
        self._fault = fault

    def begin(self) -> None:
        """Fail."""
        raise self._fault


@pytest_asyncio.fixture
async def store() -> AsyncIterator[SqlStore]:
    async with opened() as store:
        yield store


def loops(store: Store, heart: Heart) -> list[Coroutine[Any, Any, None]]:  # Any: asyncio's own
    """Return each loop of this room."""
    pacer = Pacer(lambda: 0.0)

    def mind() -> Mind:
        return Mind(cast(Matcher, None), world())  # nothing is there to understand

    return [
        Answerer(store=store, clock=lambda: NOW, mind=mind, handled=lambda: None, pulse=heart).run(),
        Sender({}, store=store, clock=lambda: NOW, world=world, pacer=pacer, pulse=heart).run(),
        timers.run(store=store, clock=lambda: NOW, world=world, moved=lambda: None, pulse=heart),
    ]


async def first_felt(work: Coroutine[Any, Any, None], heart: Heart) -> Loop:  # Any: asyncio's own
    """Run a loop until it has told something of itself."""
    task = asyncio.create_task(work)

    async def told() -> bool:
        return heart.felt() != Loop(None, lives=True, failing=False)

    await until(told)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return heart.felt()


@pytest.mark.parametrize("number", range(3), ids=["answers", "delivery", "timers"])
async def test_a_loop_whose_turn_is_completed_tells_so(store: SqlStore, time: Time, number: int) -> None:
    heart = Heart(60, time)
    for i, work in enumerate(loops(store, heart)):
        if i != number:
            work.close()
            continue
        assert await first_felt(work, heart) == Loop(0, lives=True, failing=False)


@pytest.mark.parametrize("fault", [StoreUnavailable("disk full"), ValueError("a fault of ours")])
@pytest.mark.parametrize("number", range(3), ids=["answers", "delivery", "timers"])
async def test_a_loop_whose_turn_breaks_tells_so(time: Time, number: int, fault: Exception) -> None:
    heart = Heart(60, time)
    broken = cast(Store, Broken(fault))  # it lacks only what is never reached
    for i, work in enumerate(loops(broken, heart)):
        if i != number:
            work.close()
            continue
        assert await first_felt(work, heart) == Loop(None, lives=True, failing=True)
