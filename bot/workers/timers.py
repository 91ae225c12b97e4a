"""The loop that looks what is due."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from bot.actions import alerting, timekeeping
from bot.conversation.replies import World
from bot.errors import StoreUnavailable
from bot.ports import Clock, Pulse, Store, Unfelt
from bot.workers.whole import whole

log = structlog.get_logger()

LOOK_EVERY = 10.0
"""Seconds between two looks: a call about danger may be so much late, everything else is about minutes."""


async def run(
    *,
    store: Store,
    clock: Clock,
    world: Callable[[], World],
    moved: Callable[[], None],
    pulse: Pulse | None = None,
) -> None:
    """Ring timers until cancelled; `moved` is called when there is something to send."""
    felt = pulse or Unfelt()
    while True:
        try:
            await whole(timekeeping.set_standing_timers(store=store, clock=clock))
            if await whole(timekeeping.ring(world(), store=store, clock=clock)):
                moved()
            while await whole(alerting.call_due(world(), store=store, clock=clock)):
                moved()
            while await whole(timekeeping.move_overdue(world(), store=store, clock=clock)):
                moved()
            felt.turned()
        except StoreUnavailable as error:
            felt.failed()
            log.error("timers.unavailable", error=str(error))
        except Exception:  # the loop must live; a timer that did not ring stays due
            felt.failed()
            log.exception("timers.failed")
        await asyncio.sleep(LOOK_EVERY)
