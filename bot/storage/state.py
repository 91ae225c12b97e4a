"""How much of what the store holds."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cases.alerting import EVERYBODY_WAS_CALLED
from bot.cases.model import CaseState
from bot.matching.evidence import Level
from bot.ports import StoreState
from bot.storage.tables import alerts, cases, conversations, groups, inbox, outbox, specialists


async def state(connection: AsyncConnection, at: datetime) -> StoreState:
    """Count rows by state at an instant; see `ports.StoreState`."""
    by_inbox = select(inbox.c.state, func.count(), func.min(inbox.c.received_at)).group_by(inbox.c.state)
    # What waits for somebody who cannot be reached waits on purpose: its age says nothing about us.
    reached = case((~conversations.c.blocked, outbox.c.created_at))
    by_outbox = (
        select(outbox.c.state, func.count(), func.min(reached))
        .join(conversations, conversations.c.id == outbox.c.conversation_id)
        .group_by(outbox.c.state)
    )
    received = {row[0]: row for row in await connection.execute(by_inbox)}
    owed = {row[0]: row for row in await connection.execute(by_outbox)}
    by_cases = select(cases.c.state, func.count()).group_by(cases.c.state)
    by_state = {row[0]: row[1] for row in await connection.execute(by_cases)}
    waiting = select(func.count()).select_from(cases).where(cases.c.state == CaseState.WAITING)
    late = select(func.count()).where(cases.c.state != CaseState.CLOSED, cases.c.due_at <= at)
    unanswered = select(func.count()).where(alerts.c.due_at.is_not(None), alerts.c.rung.in_(EVERYBODY_WAS_CALLED))
    unsent = [owed[name] for name in ("new", "sending") if name in owed]
    return StoreState(
        conversations=(await connection.execute(select(func.count()).select_from(conversations))).scalar_one(),
        unhandled=received["new"][1] if "new" in received else 0,
        oldest_unhandled=received["new"][2] if "new" in received else None,
        given_up=received["failed"][1] if "failed" in received else 0,
        owed=sum(row[1] for row in unsent),
        oldest_owed=min((row[2] for row in unsent if row[2] is not None), default=None),
        uncertain=owed["uncertain"][1] if "uncertain" in owed else 0,
        refused=owed["refused"][1] if "refused" in owed else 0,
        waiting_cases=by_state.get(CaseState.WAITING, 0),
        claimed_cases=by_state.get(CaseState.CLAIMED, 0),
        answered_cases=by_state.get(CaseState.ANSWERED, 0),
        late_cases=(await connection.execute(late)).scalar_one(),
        danger_cases=(await connection.execute(waiting.where(cases.c.danger == Level.RED))).scalar_one(),
        unanswered_alerts=(await connection.execute(unanswered)).scalar_one(),
        groups=(await connection.execute(select(func.count()).select_from(groups))).scalar_one(),
        specialists=(
            await connection.execute(
                select(func.count()).where(
                    specialists.c.left_at.is_(None),
                    specialists.c.conversation_id.in_(select(groups.c.conversation_id)),
                )
            )
        ).scalar_one(),
    )
