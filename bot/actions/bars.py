"""A specialist limits a person until a date, and the date comes. Danger goes on as if there were no limit."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.actions import showing
from bot.actions.casework import family_of, tell_family
from bot.cases import lifecycle
from bot.cases.model import CaseId
from bot.conversation import bar_notices, limit_notices
from bot.conversation.model import Conversation
from bot.conversation.notices import Voice
from bot.conversation.numbers import alias_of
from bot.conversation.replies import World
from bot.errors import CaseNotFound
from bot.ports import KeptCase, Specialist, Timer, Transaction

log = structlog.get_logger()

BAR = "bar"
"""The kind of timer that ends a bar. Each bar has its own, so that a newer one is never ended by an older."""


async def bar(tx: Transaction, case_id: CaseId, by: Specialist, days: int, why: str, w: World) -> datetime:
    """Limit the person whose case it is, from now on for so many days; return until when. A newer bar replaces one."""
    kept = await tx.cases.load(case_id)
    family, until = await family_of(tx, kept), w.now + timedelta(days=days)
    await tx.cases.record(case_id, lifecycle.bar(by.id, w.now, until), text=why)
    allowance = replace(family.allowance, reminded_at=w.now)
    await tx.conversations.save([replace(family, allowance=allowance, barred_until=until, barred_by=by.id)])
    await tx.timers.set(Timer(f"{BAR}:{family.id}:{until.isoformat()}", BAR, until, {"case": str(case_id)}))
    told, key = limit_notices.barred(_voice(family, kept, w), until), f"bar:{family.id}:{w.now.isoformat()}"
    await tell_family(tx, family, case_id, [told], key, w)
    await _tell_others(tx, family, case_id, until, w)
    return until


async def unbar(tx: Transaction, case_id: CaseId, by: Specialist, w: World) -> None:
    """End a bar before its time; where there is none, nothing changes."""
    kept = await tx.cases.load(case_id)
    family = await family_of(tx, kept)
    if family.barred_until is None:
        return
    await tx.cases.record(case_id, lifecycle.unbar(w.now, by.id))
    await tx.conversations.save([replace(family, barred_until=None, barred_by=None)])
    told, key = limit_notices.unbarred(_voice(family, kept, w)), f"unbar:{family.id}:{w.now.isoformat()}"
    await tell_family(tx, family, case_id, [told], key, w)


async def end(tx: Transaction, timer: Timer, w: World) -> None:
    """End a bar whose time has come and ask its group to look again; one that was ended or replaced is let be."""
    await tx.timers.drop(timer.key)
    try:
        kept = await tx.cases.load(CaseId(int(timer.payload["case"])))
    except CaseNotFound:  # erased, and the person with it
        return
    family = await family_of(tx, kept)
    if family.barred_until is None or family.barred_until > w.now:
        return
    await tx.cases.record(kept.case.id, lifecycle.unbar(w.now))
    await tx.conversations.save([replace(family, barred_until=None, barred_by=None)])
    v = await showing.voice_for(tx, kept, w)
    if v is not None:
        await showing.tell(tx, kept.case.id, [(timer.key, bar_notices.ended(v, alias_of(family.id)))], w)
    log.info("bar.ended", case=kept.case.number)


def _voice(family: Conversation, kept: KeptCase, w: World) -> Voice:
    return w.voice(family.language or kept.case.language)


async def _tell_others(tx: Transaction, family: Conversation, barred_in: CaseId, until: datetime, w: World) -> None:
    """Tell whoever has another question of the same person, where their words will be missed."""
    for case_id in await tx.cases.open_of(family.id):
        kept = await tx.cases.load(case_id)
        v = await showing.voice_for(tx, kept, w)
        if v is None or case_id == barred_in:
            continue
        told = bar_notices.barred_elsewhere(v, alias_of(family.id), kept.case.number, until)
        await showing.tell(tx, case_id, [(f"bar:{case_id}:{until.isoformat()}", told)], w)
