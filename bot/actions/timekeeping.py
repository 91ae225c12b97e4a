"""A moment came due."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.actions import bars, hiding
from bot.actions.casework import alert, moved
from bot.cases import lifecycle
from bot.cases.model import CaseId, CaseState
from bot.cases.sla import WARNING
from bot.conversation.replies import World
from bot.ports import Clock, Store, Timer, Transaction

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


OVERDUE = 20
"""Cases moved in one transaction; what is left is moved at once after it."""


async def move_overdue(world: World, *, store: Store, clock: Clock) -> int:
    """Return untouched cases to their queue, and promise a new time where the old one is about to slip.

    Returns how many cases were looked at; call it again until that is none.
    """
    async with store.begin() as tx:
        w = replace(world, now=clock())
        overdue = await tx.cases.overdue(w.now, w.now + WARNING, OVERDUE)
        for case_id in overdue:
            await _move(tx, case_id, w)
    return len(overdue)


async def _move(tx: Transaction, case_id: CaseId, w: World) -> None:
    kept = await tx.cases.load(case_id)
    case = kept.case
    untouched = case.state is CaseState.CLAIMED and case.return_at is not None and case.return_at <= w.now
    event = lifecycle.give_back(case, w.now, w.promise) if untouched else lifecycle.postpone(case, w.now, w.promise)
    after = await moved(tx, kept, event, w)
    await alert(tx, replace(kept, case=after), event, w)
    log.info("case.overdue", case=case.number, became=event.kind.value, urgent=case.urgent)


async def ring(world: World, *, store: Store, clock: Clock) -> int:
    """Do what is due, each with its next time in one transaction; return how many timers rang."""
    async with store.begin() as tx:
        w = replace(world, now=clock())
        due = await tx.timers.due(w.now, limit=20)
        for timer in due:
            if timer.kind == PRUNE:
                await _prune(tx, timer, w.now)
            elif timer.kind == bars.BAR:
                await bars.end(tx, timer, w)
            elif timer.kind == hiding.FADE:
                await hiding.fade(tx, timer, w)
    return len(due)


async def _prune(tx: Transaction, timer: Timer, now: datetime) -> None:
    messages = await tx.inbox.prune(now - KEEP)
    replies = await tx.outbox.prune(now - KEEP)
    buttons = await tx.conversations.prune_buttons(now - KEEP_BUTTONS)
    await tx.timers.move(timer.key, now + PRUNE_EVERY)
    log.info("store.pruned", messages=messages, replies=replies, buttons=buttons)
