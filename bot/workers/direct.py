"""Danger does not wait for the database: beside the poller, and beside what reads and sends, where that stands still."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import timedelta
from typing import Any

import structlog

from bot.actions import direct
from bot.actions.answering import Mind
from bot.actions.direct import Channels, DirectCards
from bot.conversation.model import Incoming
from bot.errors import StoreUnavailable
from bot.ports import Clock, Pulse, Store, Unfelt
from bot.workers.whole import whole

log = structlog.get_logger()

IN_TIME = 4.0
"""Seconds that keeping messages may take until they are read for danger meanwhile; a lock is waited for much longer."""
LATE = timedelta(seconds=IN_TIME)
"""So old are kept words and owed cards when somebody looks whether the database still takes anything."""
LOOK_EVERY = 1.0
"""Seconds between two looks; where nothing is late a look only reads."""

Receive = Callable[[Sequence[Incoming]], Coroutine[Any, Any, None]]  # Any: what coroutines yield is asyncio's own


class Direct:
    """Sends danger cards past a database that takes nothing; each message of people gets one from this process.

    `store` is only read; `takes` tells whether the database takes something, None where it keeps everybody waiting, and
    `stuck` whether the loops that handle and send get nowhere although it does: a little space is enough for the first.
    """

    def __init__(
        self,
        channels: Channels,
        *,
        store: Store,
        clock: Clock,
        mind: Callable[[], Mind],
        takes: Callable[[], Awaitable[bool | None]],
        cards: DirectCards,
        stuck: Callable[[], bool] = lambda: False,
        pulse: Pulse | None = None,
    ) -> None:
        self._channels = channels
        self._store = store
        self._clock = clock
        self._mind = mind
        self._takes = takes
        self._cards = cards
        self._stuck = stuck
        self._pulse = pulse or Unfelt()
        self._keeping: asyncio.Task[None] | None = None
        self.sends: set[asyncio.Task[None]] = set()
        """What is being read and sent; nobody waits for it: one chat that hangs must not keep another from its card."""

    # What cannot be kept ----------------------------------------------------------------------------------------------

    async def keep(self, messages: Sequence[Incoming], receive: Receive) -> None:
        """Keep messages by `receive`; where that fails or takes long, the red ones among them get their card at once.

        Raises StoreUnavailable, also while `receive` goes on: the channel delivers again, with what has come meanwhile.
        """
        if self._keeping is not None:
            await self._in_time(self._keeping, messages)
        self._keeping = asyncio.create_task(receive(messages))
        await self._in_time(self._keeping, messages)

    async def _in_time(self, keeping: asyncio.Task[None], messages: Sequence[Incoming]) -> None:
        await asyncio.wait([keeping], timeout=IN_TIME)
        if not keeping.done():
            self._warn(messages)
            msg = "the database keeps us waiting"
            raise StoreUnavailable(msg)
        self._keeping = None
        if keeping.exception() is not None:
            self._warn(messages)
        keeping.result()

    def _warn(self, messages: Sequence[Incoming]) -> None:
        self._start(direct.warn(messages, mind=self._mind(), channels=self._channels, cards=self._cards))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:  # Any: as above
        task = asyncio.create_task(work)
        self.sends.add(task)
        task.add_done_callback(self.sends.discard)

    # What was kept and goes no further --------------------------------------------------------------------------------

    async def run(self) -> None:
        """Look until cancelled whether anything is late because of the database."""
        while True:
            try:
                await self.look()
                self._pulse.turned()
            except StoreUnavailable:
                self._pulse.failed()  # it cannot even be read; the loops that write log it
            except Exception:  # the loop must live
                self._pulse.failed()
                log.exception("direct.failed")
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        """Send the cards of all that is late, if that gets no further by itself. Raises StoreUnavailable."""
        before, channels = self._clock() - LATE, self._channels.keys()
        messages, alarms = await whole(direct.late(channels, before, store=self._store, cards=self._cards))
        if not (messages or alarms) or (not self._stuck() and await self._takes()):
            return
        for one in alarms:
            self._start(direct.send(one, mind=self._mind(), channels=self._channels, cards=self._cards))
        self._warn(messages)

    async def close(self) -> None:
        """Wait for what is being kept, for a transaction must not be left alone in its middle, and for what is being sent."""
        keeping = [self._keeping] if self._keeping is not None else []
        await asyncio.gather(*keeping, *self.sends, return_exceptions=True)
