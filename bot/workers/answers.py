"""The loop that handles what people wrote."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import structlog

from bot.actions.answering import Mind, answer_ready
from bot.actions.direct import DirectCards, write_down
from bot.conversation.model import InboxId
from bot.errors import StoreUnavailable
from bot.ports import Clock, Pulse, Store, Unfelt
from bot.workers.whole import whole

log = structlog.get_logger()

IDLE_POLL = 1.0
"""Seconds after which the inbox is looked at although nobody called."""


class Answerer:
    """Handles batches until nothing is left, then sleeps until called."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        mind: Callable[[], Mind],
        handled: Callable[[], None],
        cards: DirectCards | None = None,
        pulse: Pulse | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._mind = mind
        self._handled = handled
        self._cards = cards or DirectCards()
        self._pulse = pulse or Unfelt()
        self._wake = asyncio.Event()
        self._held_up: set[InboxId] = set()

    def nudge(self) -> None:
        """Say that there may be something to handle."""
        self._wake.set()

    async def run(self) -> None:
        """Handle until cancelled."""
        while True:
            self._wake.clear()
            try:
                handled = await whole(self._turn())
                self._pulse.turned()
                if handled:
                    self._handled()
                    continue
            except StoreUnavailable as error:
                self._pulse.failed()
                log.error("inbox.unavailable", error=str(error))
            except Exception:  # the loop must live; the messages are kept and their attempts counted
                self._pulse.failed()
                log.exception("inbox.failed")
            # Not wait_for: in Python 3.11 it forgets a cancellation that comes together with the wake-up.
            with suppress(TimeoutError):
                async with asyncio.timeout(IDLE_POLL):
                    await self._wake.wait()

    async def _turn(self) -> int:
        # First: whoever hides their chat in this turn loses these cards too.
        await write_down(store=self._store, cards=self._cards)
        return await answer_ready(store=self._store, mind=self._mind(), clock=self._clock, held_up=self._held_up)
