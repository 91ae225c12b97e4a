"""The loop that handles what people wrote goes on, whatever happens to one round."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import cast

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.actions.answering import Mind
from bot.actions.direct import DirectCards, Left
from bot.content.model import Language
from bot.conversation.model import Outgoing, OutgoingKind
from bot.errors import StoreUnavailable
from bot.matching.evidence import Evidence
from bot.matching.find import Matcher
from bot.ports import Transaction
from bot.storage.tables import inbox, outbox
from bot.storage.unit_of_work import SqlStore
from bot.workers import answers
from bot.workers.answers import Answerer
from tests.builders import EN
from tests.builders_dialogue import BENEFIT, NOW, seen, world
from tests.builders_logs import named
from tests.builders_store import ANA, BORYS, Watch, all_rows, arrive, incoming
from tests.builders_time import until

WORDS = "How do I get child benefit?"


class Knowing:
    """Finds the same entry for every message; fails on what it was told to fail on."""

    encoder_id = ""

    def __init__(self, *too_hard: str) -> None:
        self._too_hard = too_hard

    def find(self, text: str, *, chosen: Language | None = None, hint: Language | None = None) -> Evidence:
        """See `Matcher.find`."""
        del chosen, hint
        if text in self._too_hard:
            raise ValueError(text)
        return seen((BENEFIT, 0.99))

    def gravest_pattern(self, text: str) -> None:
        """See `Matcher.gravest_pattern`."""


def mind(*too_hard: str) -> Mind:
    return Mind(cast(Matcher, Knowing(*too_hard)), world())  # a real one would have to learn first


class Flaky:
    """A database that fails for the first transactions."""

    def __init__(self, store: SqlStore, *faults: Exception) -> None:
        self._store = store
        self._faults = list(faults)
        self.alone = store.alone

    def begin(self) -> AbstractAsyncContextManager[Transaction]:
        """See `ports.Store.begin`."""
        if self._faults:
            raise self._faults.pop(0)
        return self._store.begin()


class Calls:
    """Counts how often it was told that something was handled."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self) -> None:
        self.number += 1


@asynccontextmanager
async def answering(
    store: SqlStore | Flaky,
    think: Callable[[], Mind] = mind,
    handled: Callable[[], None] = lambda: None,
    cards: DirectCards | None = None,
) -> AsyncIterator[Answerer]:
    answerer = Answerer(store=store, clock=Watch(), mind=think, handled=handled, cards=cards)
    task = asyncio.create_task(answerer.run())
    try:
        yield answerer
        assert not task.done(), task.exception()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()


async def states(store: SqlStore) -> dict[str, str]:
    async with store.begin() as tx:
        return {row.key: row.state for row in await tx.connection.execute(select(inbox))}


async def until_states(store: SqlStore, **wanted: str) -> None:
    async def reached() -> bool:
        return await states(store) == wanted

    await until(reached)


async def owed(store: SqlStore) -> int:
    async with store.begin() as tx:
        return len((await tx.connection.execute(select(outbox))).all())


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the loop look again soon."""
    monkeypatch.setattr(answers, "IDLE_POLL", 0.01)


async def test_what_is_there_already_is_handled_and_the_sender_is_told(store: SqlStore) -> None:
    await arrive(store, incoming("a", ANA, WORDS), incoming("a2", ANA, WORDS), incoming("b", BORYS, WORDS))
    handled = Calls()

    async with answering(store, handled=handled):
        await until_states(store, a="done", a2="done", b="done")

    assert await owed(store) >= 3
    assert handled.number == 2


async def test_a_call_is_answered_at_once(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "IDLE_POLL", 60)

    async with answering(store) as answerer:
        await asyncio.sleep(0.02)
        await arrive(store, incoming("a", text=WORDS))
        answerer.nudge()
        await until_states(store, a="done")

    assert await owed(store) >= 1


@pytest.mark.usefixtures("impatient")
async def test_what_nobody_called_for_is_found_too(store: SqlStore) -> None:
    async with answering(store):
        await asyncio.sleep(0.02)
        await arrive(store, incoming("a", text=WORDS))
        await until_states(store, a="done")


@pytest.mark.usefixtures("impatient")
async def test_a_database_that_was_away_is_gone_on_with(store: SqlStore) -> None:
    await arrive(store, incoming("a", text=WORDS))

    with capture_logs() as logs:
        async with answering(Flaky(store, *[StoreUnavailable("disk full")] * 2)):
            await until_states(store, a="done")

    assert [event["error"] for event in named(logs, "inbox.unavailable")] == ["disk full"] * 2


@pytest.mark.usefixtures("impatient")
async def test_a_fault_of_ours_ends_a_round_and_not_the_loop(store: SqlStore) -> None:
    await arrive(store, incoming("a", text=WORDS))
    faults = [RuntimeError("a fault"), KeyError("another")]

    def think() -> Mind:
        if faults:
            raise faults.pop()
        return mind()

    with capture_logs() as logs:
        async with answering(store, think):
            await until_states(store, a="done")

    assert len(named(logs, "inbox.failed")) == 2


@pytest.mark.usefixtures("impatient")
async def test_a_message_that_nobody_can_understand_is_given_up_and_holds_no_other(store: SqlStore) -> None:
    await arrive(store, incoming("a", ANA, "too hard"), incoming("b", BORYS, WORDS))

    async with answering(store, lambda: mind("too hard")):
        await until_states(store, a="failed", b="done")
        await arrive(store, incoming("a2", ANA, WORDS))
        await until_states(store, a="failed", b="done", a2="done")


async def test_a_card_that_left_past_the_database_goes_with_a_chat_that_is_hidden_at_once(store: SqlStore) -> None:
    cards = DirectCards()
    card = Outgoing(OutgoingKind.CARD, EN)
    cards.left.append(Left("a", ANA, card, "900", NOW))
    await arrive(store, incoming("a2", ANA, "/hide"))

    async with answering(store, cards=cards):
        await until_states(store, a2="done")

    rows = await all_rows(store, outbox)
    assert ["900"] in [row["payload"].get("deletes") for row in rows]


async def test_the_loop_ends_when_it_is_told_to(store: SqlStore) -> None:
    async with asyncio.timeout(5):
        async with answering(store):
            await asyncio.sleep(0.01)

    assert await states(store) == {}
