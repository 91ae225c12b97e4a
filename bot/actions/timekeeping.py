"""A moment came due."""

from __future__ import annotations

from datetime import timedelta

import structlog

from bot.ports import Clock, Store, Timer

log = structlog.get_logger()

PRUNE = "prune"
PRUNE_EVERY = timedelta(hours=24)
KEEP = timedelta(days=30)
"""How long handled messages and their replies stay: a case can be taken up again for 30 days."""
KEEP_BUTTONS = KEEP
"""How long buttons work: as long as the words they may have to show again are there."""
SOON = timedelta(minutes=10)


async def set_standing_timers(*, store: Store, clock: Clock) -> None:
    """Set the timers that always run; those that are set already keep their time."""
    async with store.begin() as tx:
        await tx.timers.set(Timer(PRUNE, PRUNE, clock() + SOON, {}))


async def ring(*, store: Store, clock: Clock) -> int:
    """Do what is due, each with its next time in one transaction; return how many timers rang."""
    async with store.begin() as tx:
        due = await tx.timers.due(clock(), limit=20)
        for timer in due:
            if timer.kind == PRUNE:
                now = clock()
                messages = await tx.inbox.prune(now - KEEP)
                replies = await tx.outbox.prune(now - KEEP)
                buttons = await tx.conversations.prune_buttons(now - KEEP_BUTTONS)
                await tx.timers.move(timer.key, now + PRUNE_EVERY)
                log.info("store.pruned", messages=messages, replies=replies, buttons=buttons)
    return len(due)
