"""A sender at work: a channel on which everything is written down beforehand, and a database that may go away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, Table, select

from bot.actions.direct import DirectCards
from bot.conversation.model import Address, Channel, Outgoing
from bot.errors import StoreUnavailable
from bot.ports import CasePlace, Transaction
from bot.storage.tables import outbox
from bot.storage.unit_of_work import SqlStore
from bot.workers.delivery import Sender
from bot.workers.pacing import Pacer
from tests.builders_dialogue import words_of, world
from tests.builders_store import Watch
from tests.builders_time import until

SECOND = timedelta(seconds=1)

Script = Mapping[str, list[Exception | None]]
"""What happens to the messages of a chat, one after the other; when it is over, they arrive."""


class Scripted:
    """A channel on which everything happens as written down beforehand."""

    channel = Channel.TELEGRAM

    def __init__(self, script: Script | None = None, *, gate: asyncio.Event | None = None) -> None:
        self._script = {chat: list(events) for chat, events in (script or {}).items()}
        self._gate = gate
        self.calls: list[tuple[str, str]] = []
        self.places: list[CasePlace | None] = []
        self.made: list[tuple[str, str]] = []
        self.most_at_once = 0
        self._now = 0

    async def send(self, address: Address, outgoing: Outgoing, place: CasePlace | None = None) -> str | None:
        """See `ports.ChannelPort.send`."""
        self.places.append(place)
        self.calls.append((address.chat, words_of(outgoing)))
        number = len(self.calls)
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            await (self._gate.wait() if self._gate else asyncio.sleep(0))
        finally:
            self._now -= 1
        events = self._script.get(address.chat, [])
        event = events.pop(0) if events else None
        if event is not None:
            raise event
        return f"{900 + number}"

    async def make_place(self, address: Address, place: CasePlace) -> str:
        """See `ports.ChannelPort.make_place`."""
        self.made.append((address.chat, place.title))
        return f"{len(self.made)}"

    def to(self, chat: Address | str) -> list[str]:
        """Return the words that were sent to a chat, whatever became of them."""
        name = chat if isinstance(chat, str) else chat.chat
        return [words for one, words in self.calls if one == name]


class Shaky:
    """A database that cannot be used while `down`; counts how often somebody wanted to."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self.alone = store.alone
        self.down = False
        self.looks = 0

    def begin(self) -> AbstractAsyncContextManager[Transaction]:
        """See `ports.Store.begin`."""
        self.looks += 1
        if self.down:
            raise StoreUnavailable("disk full")
        return self._store.begin()


@asynccontextmanager
async def sending(
    channel: Scripted,
    store: SqlStore | Shaky,
    watch: Watch,
    *,
    in_flight: int = 3,
    cards: DirectCards | None = None,
) -> AsyncIterator[Sender]:
    """Run a sender without any pace of its own, and end it as a stop of the program does."""
    sender = Sender(
        {channel.channel: channel},
        store=store,
        clock=watch,
        world=world,
        pacer=Pacer(lambda: watch().timestamp(), per_second=0, chat_pause=0),
        in_flight=in_flight,
        cards=cards,
    )
    task = asyncio.create_task(sender.run())
    try:
        yield sender
        assert not task.done(), task.exception()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


# Looking at tables goes through the store: in memory there is one connection, and the sender may be in a transaction.
async def rows(store: SqlStore, table: Table = outbox) -> list[Row[Any]]:  # Any: columns
    """Return a table."""
    async with store.begin() as tx:
        return list(await tx.connection.execute(select(table)))


async def row(store: SqlStore, key: str) -> Row[Any]:  # Any: columns
    """Return one row of the outbox."""
    return next(one for one in await rows(store) if one.key == key)


async def until_state(store: SqlStore, key: str, state: str) -> Row[Any]:  # Any: columns
    """Wait until a row is in a state, and return it."""

    async def reached() -> bool:
        return bool((await row(store, key)).state == state)

    await until(reached)
    return await row(store, key)


async def until_tried(store: SqlStore, key: str, attempts: int) -> Row[Any]:  # Any: columns
    """Wait until a row waits for its next try, and return it."""

    async def reached() -> bool:
        one = await row(store, key)
        return bool(one.state == "new" and one.attempts == attempts)

    await until(reached)
    return await row(store, key)


async def until_called(channel: Scripted, calls: int) -> None:
    """Wait until the channel was asked so many times to send."""

    async def reached() -> bool:
        return len(channel.calls) >= calls

    await until(reached)


async def a_while(sender: Sender) -> None:
    """Let the sender look several times."""
    for _ in range(5):
        sender.nudge()
        await asyncio.sleep(0.005)
