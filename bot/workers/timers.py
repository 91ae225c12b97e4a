"""The loop that looks what is due."""

from __future__ import annotations

import asyncio

import structlog

from bot.actions import timekeeping
from bot.errors import StoreUnavailable
from bot.ports import Clock, Store
from bot.workers.whole import whole

log = structlog.get_logger()

LOOK_EVERY = 30.0
"""Seconds between two looks; no timer of ours is about seconds."""


async def run(*, store: Store, clock: Clock) -> None:
    """Ring timers until cancelled."""
    while True:
        try:
            await whole(timekeeping.set_standing_timers(store=store, clock=clock))
            await whole(timekeeping.ring(store=store, clock=clock))
        except StoreUnavailable as error:
            log.error("timers.unavailable", error=str(error))
        except Exception:  # the loop must live; a timer that did not ring stays due
            log.exception("timers.failed")
        await asyncio.sleep(LOOK_EVERY)
