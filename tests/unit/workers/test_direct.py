"""Danger does not wait for a database that is locked, full or slow: real files, a real lock, a channel that listens."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.actions.health import writes
from bot.conversation import danger_notices
from bot.conversation.model import Address, Channel, Incoming, Outgoing
from bot.errors import StoreUnavailable
from bot.storage import engine
from bot.storage.unit_of_work import SqlReader, SqlStore
from bot.workers import direct
from bot.workers.direct import Direct
from tests.builders import UK
from tests.builders_dialogue import NOW, RED, world
from tests.builders_store import ANA, BORYS, Watch, arrive, incoming, meet, opened, owe, owing
from tests.builders_time import until
from tests.unit.actions.test_direct import CALM, HELP, Desk
from tests.unit.workers.scripted import Scripted, Shaky, sending, until_called

LONG = timedelta(minutes=1)


@pytest_asyncio.fixture
async def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SqlStore]:
    monkeypatch.setattr(engine, "_PRAGMAS", (*engine._PRAGMAS[:-1], "PRAGMA busy_timeout=50"))
    async with opened(f"sqlite:///{tmp_path / 'tiltas.db'}") as store:
        yield store


@contextmanager
def locked(tmp_path: Path) -> Iterator[None]:
    """Let somebody else keep the database locked."""
    other = sqlite3.connect(tmp_path / "tiltas.db", isolation_level=None)
    try:
        other.execute("BEGIN EXCLUSIVE")
        yield
    finally:
        other.close()


class Beside:
    """A direct way past a database, to a channel that listens."""

    def __init__(self, store: SqlStore, tmp_path: Path) -> None:
        self.desk, self.watch, self.stuck = Desk(), Watch(), False
        self.reader = SqlReader(f"sqlite:///{tmp_path / 'tiltas.db'}")
        self.way = Direct(
            {Channel.TELEGRAM: self.desk.channel},
            store=self.reader,
            clock=self.watch,
            mind=lambda: self.desk.mind,
            takes=lambda: writes(store=store, clock=self.watch),
            cards=self.desk.cards,
            stuck=lambda: self.stuck,
        )

    async def told(self) -> list[str]:
        """Return the chats that got a card, once none is on its way."""
        await asyncio.gather(*self.way.sends)
        return [chat for chat, _ in self.desk.channel.sent]


@pytest_asyncio.fixture
async def beside(store: SqlStore, tmp_path: Path) -> AsyncIterator[Beside]:
    beside = Beside(store, tmp_path)
    yield beside
    await beside.way.close()
    await beside.reader.close()


# What cannot be kept --------------------------------------------------------------------------------------------------


class Keeping:
    """Keeps messages when it may, and fails as often as it was told to."""

    def __init__(self, *faults: Exception) -> None:
        self.may = asyncio.Event()
        self.may.set()
        self.batches: list[list[str]] = []
        self.begun = 0
        self._faults = list(faults)

    async def __call__(self, messages: Sequence[Incoming]) -> None:
        self.begun += 1
        await self.may.wait()
        if self._faults:
            raise self._faults.pop(0)
        self.batches.append([message.key for message in messages])


async def test_what_is_kept_gets_no_card_past_the_database(beside: Beside) -> None:
    keeping = Keeping()

    await beside.way.keep([incoming("a", ANA, HELP)], keeping)

    assert keeping.batches == [["a"]]
    assert beside.desk.reading.read == []


async def test_what_cannot_be_kept_is_read_for_danger_once_and_refused_each_time(beside: Beside) -> None:
    keeping = Keeping(*[StoreUnavailable("disk full")] * 3)
    messages = [incoming("a", ANA, HELP), incoming("b", BORYS, CALM)]

    for _ in range(3):
        with pytest.raises(StoreUnavailable, match="disk full"):
            await beside.way.keep(messages, keeping)
    await beside.way.keep(messages, keeping)

    assert await beside.told() == [ANA.chat]
    assert keeping.batches == [["a", "b"]]


async def test_what_takes_long_to_be_kept_is_read_meanwhile_and_kept_once_at_a_time(
    beside: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(direct, "IN_TIME", 0.02)
    keeping = Keeping()
    keeping.may.clear()
    first, later = incoming("a", ANA, HELP), incoming("b", BORYS, HELP)

    for messages in ([first], [first, later]):
        with pytest.raises(StoreUnavailable):
            await beside.way.keep(messages, keeping)
    told, begun = await beside.told(), keeping.begun
    keeping.may.set()
    await beside.way.keep([first, later], keeping)

    assert (told, begun) == ([ANA.chat, BORYS.chat], 1)
    assert keeping.batches == [["a"], ["a", "b"]]
    assert await beside.told() == told


async def test_a_card_that_hangs_keeps_no_other_waiting(beside: Beside, monkeypatch: pytest.MonkeyPatch) -> None:
    hanging, send = asyncio.Event(), beside.desk.channel.send

    async def slow(address: Address, outgoing: Outgoing, place: object = None) -> str | None:
        if address == ANA:
            await hanging.wait()
        return await send(address, outgoing, place)

    monkeypatch.setattr(beside.desk.channel, "send", slow)
    keeping = Keeping(*[StoreUnavailable("disk full")] * 2)
    first, later = incoming("a", ANA, HELP), incoming("b", BORYS, HELP)

    async def borys_is_told() -> bool:
        return [chat for chat, _ in beside.desk.channel.sent] == [BORYS.chat]

    async with asyncio.timeout(5):
        for messages in ([first], [first, later]):
            with pytest.raises(StoreUnavailable):
                await beside.way.keep(messages, keeping)
        await until(borys_is_told)
    closing = asyncio.create_task(beside.way.close())
    await asyncio.sleep(0.01)
    assert not closing.done()
    hanging.set()
    await closing

    assert await beside.told() == [BORYS.chat, ANA.chat]


async def test_a_stop_waits_for_what_is_being_kept(beside: Beside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "IN_TIME", 0.01)
    keeping = Keeping()
    keeping.may.clear()
    with pytest.raises(StoreUnavailable):
        await beside.way.keep([incoming("a", ANA, CALM)], keeping)

    closing = asyncio.create_task(beside.way.close())
    await asyncio.sleep(0.01)
    assert not closing.done()
    keeping.may.set()
    await closing

    assert keeping.batches == [["a"]]


# What was kept and goes no further ------------------------------------------------------------------------------------


async def test_kept_words_of_danger_get_a_card_while_a_lock_keeps_them_from_being_handled(
    store: SqlStore, beside: Beside, tmp_path: Path
) -> None:
    await arrive(store, incoming("a", ANA, HELP), incoming("b", BORYS, CALM))
    beside.watch.forward(LONG)

    with locked(tmp_path):
        for _ in range(3):
            await beside.way.look()

    assert await beside.told() == [ANA.chat]


async def test_a_card_that_is_owed_leaves_in_other_words_while_a_lock_keeps_it_from_being_claimed(
    store: SqlStore, beside: Beside, tmp_path: Path
) -> None:
    (red,) = await arrive(store, incoming("a", ANA, HELP))
    told = danger_notices.danger_card(world().voice(UK), RED["danger_kind"], "47K", None, red.id)
    async with store.begin() as tx:
        await tx.inbox.finish([red.id], NOW)
    await owe(store, owing("card", await meet(store), told, source=red.id))
    beside.watch.forward(LONG)

    with locked(tmp_path):
        for _ in range(3):
            await beside.way.look()

    assert [card.buttons for _, card in beside.desk.channel.sent] == [None]


async def test_a_card_that_has_arrived_is_not_sent_past_a_database_that_cannot_be_told_so(
    store: SqlStore, beside: Beside
) -> None:
    gate, shaky = asyncio.Event(), Shaky(store)
    (red,) = await arrive(store, incoming("a", ANA, HELP))
    told = danger_notices.danger_card(world().voice(UK), RED["danger_kind"], "47K", None, red.id)
    async with store.begin() as tx:
        await tx.inbox.finish([red.id], NOW)
    await owe(store, owing("card", red.conversation_id, told, source=red.id))

    channel = Scripted(gate=gate)
    async with sending(channel, shaky, beside.watch, cards=beside.desk.cards):
        await until_called(channel, 1)
        shaky.down, looks = True, shaky.looks
        gate.set()
        await until(lambda: asyncio.sleep(0, shaky.looks > looks))
        beside.watch.forward(LONG)
        beside.stuck = True
        await beside.way.look()
        shaky.down = False

    assert await beside.told() == []


async def test_a_database_that_takes_something_is_left_to_its_ordinary_way(store: SqlStore, beside: Beside) -> None:
    await arrive(store, incoming("a", ANA, HELP))
    beside.watch.forward(LONG)

    await beside.way.look()

    assert await beside.told() == []


async def test_kept_words_of_danger_get_a_card_where_little_space_is_left_and_they_get_nowhere(
    store: SqlStore, beside: Beside
) -> None:
    await arrive(store, incoming("a", ANA, HELP), incoming("b", BORYS, CALM))
    beside.watch.forward(LONG)
    beside.stuck = True

    for _ in range(3):
        await beside.way.look()

    assert await beside.told() == [ANA.chat]


async def test_what_came_just_now_is_left_to_its_ordinary_way(store: SqlStore, beside: Beside, tmp_path: Path) -> None:
    await arrive(store, incoming("a", ANA, HELP))

    with locked(tmp_path):
        await beside.way.look()

    assert await beside.told() == []


async def test_the_loop_goes_on_whatever_happens_to_one_look(
    store: SqlStore, beside: Beside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(direct, "LOOK_EVERY", 0.01)
    faults = [StoreUnavailable("gone"), RuntimeError("a fault of ours")]
    look = beside.way.look

    async def shaky() -> None:
        if faults:
            raise faults.pop(0)
        await look()

    monkeypatch.setattr(beside.way, "look", shaky)
    await arrive(store, incoming("a", ANA, HELP))
    beside.watch.forward(LONG)

    async def told() -> bool:
        return await beside.told() == [ANA.chat]

    with locked(tmp_path):
        running = asyncio.create_task(beside.way.run())
        await until(told)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert running.cancelled()
