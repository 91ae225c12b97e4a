"""The page for machines: what it answers, and that asking often costs nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from bot.actions.health import Database, Health, Loop
from bot.actions.reporting import store_state
from bot.errors import StoreUnavailable
from bot.web.health import Lately, health_app
from tests.builders_dialogue import NOW
from tests.builders_store import opened
from tests.builders_time import until


@pytest_asyncio.fixture
async def well() -> Health:
    async with opened() as store:
        database = Database("1", await store_state(store=store, clock=lambda: NOW), writes=True)
    return Health(database, "1", "abc", 0, {"poll": Loop(1.0, lives=True, failing=False)}, NOW)


@asynccontextmanager
async def client(health: Health) -> AsyncIterator[httpx.AsyncClient]:
    async def look() -> Health:
        await asyncio.sleep(0)
        return health

    transport = httpx.ASGITransport(health_app(look))
    async with httpx.AsyncClient(transport=transport, base_url="http://tiltas") as asking:
        yield asking


# The page -------------------------------------------------------------------------------------------------------------


async def test_well_is_200(well: Health) -> None:
    async with client(well) as asking:
        answer = await asking.get("/health")

    assert (answer.status_code, answer.json()) == (200, well.as_json())
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json"


async def test_what_needs_a_look_is_503_and_tells_what(well: Health) -> None:
    async with client(replace(well, findings=2)) as asking:
        answer = await asking.get("/health")

    assert (answer.status_code, answer.json()["well"]) == (503, False)
    assert answer.json()["content"]["findings"] == 2
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [("HEAD", "/health", 200), ("POST", "/health", 405), ("GET", "/", 404), ("GET", "/health/../docs", 404)],
)
async def test_nothing_else_is_there(well: Health, method: str, path: str, code: int) -> None:
    async with client(well) as asking:
        answer = await asking.request(method, path)

    assert answer.status_code == code
    assert "well" not in answer.text


# Lately ---------------------------------------------------------------------------------------------------------------


class Looks:
    """Counts looks; each waits until it may end."""

    def __init__(self) -> None:
        self.number = 0
        self.may_end = asyncio.Event()
        self.may_end.set()

    async def __call__(self) -> int:
        self.number += 1
        number = self.number
        await self.may_end.wait()
        return number


async def test_many_who_ask_at_once_share_one_look() -> None:
    looks = Looks()
    lately = Lately(looks)

    assert await asyncio.gather(*(lately() for _ in range(50))) == [1] * 50
    assert await lately() == 1


async def test_what_was_found_long_ago_is_looked_at_again() -> None:
    looks = Looks()
    lately = Lately(looks, keep=0)

    assert [await lately(), await lately()] == [1, 2]


async def test_a_look_that_hangs_keeps_nobody_waiting_and_is_not_begun_twice() -> None:
    looks = Looks()
    looks.may_end.clear()
    lately = Lately(looks, keep=0, patience=0.01)

    assert [await lately(), await lately()] == [None, None]
    assert looks.number == 1

    looks.may_end.set()
    await lately.close()
    assert await lately() == 2


@pytest.mark.parametrize(
    ("fault", "logged"), [(ValueError("words of somebody"), ["health.failed"]), (StoreUnavailable("disk full"), [])]
)
async def test_a_look_that_breaks_found_nothing(fault: Exception, logged: list[str]) -> None:
    async def broken() -> int:
        await asyncio.sleep(0)
        raise fault

    with capture_logs() as logs:
        assert await Lately(broken)() is None

    assert [line["event"] for line in logs] == logged


async def test_one_who_asks_and_leaves_does_not_end_the_look_of_others() -> None:
    looks = Looks()
    looks.may_end.clear()
    lately = Lately(looks)
    leaving = asyncio.create_task(lately())

    async def begun() -> bool:
        return looks.number == 1

    await until(begun)
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    looks.may_end.set()

    assert await lately() == 1


async def test_closing_waits_for_the_look_that_is_going_on() -> None:
    looks = Looks()
    looks.may_end.clear()
    lately = Lately(looks, patience=0.01)
    await lately()
    closing = asyncio.create_task(lately.close())
    await asyncio.sleep(0.01)

    assert not closing.done()
    looks.may_end.set()
    await closing


async def test_what_was_never_asked_needs_no_closing() -> None:
    await Lately(Looks()).close()
