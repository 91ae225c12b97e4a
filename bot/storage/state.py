"""How much of what the store holds."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import StoreState
from bot.storage.tables import cases, conversations, inbox, outbox


async def state(connection: AsyncConnection) -> StoreState:
    """Count rows by state; see `ports.StoreState`."""
    by_inbox = select(inbox.c.state, func.count(), func.min(inbox.c.received_at)).group_by(inbox.c.state)
    by_outbox = select(outbox.c.state, func.count(), func.min(outbox.c.created_at)).group_by(outbox.c.state)
    received = {row[0]: row for row in await connection.execute(by_inbox)}
    owed = {row[0]: row for row in await connection.execute(by_outbox)}
    waiting = select(func.count()).select_from(cases).where(cases.c.state == "waiting")
    unsent = [owed[name] for name in ("new", "sending") if name in owed]
    return StoreState(
        conversations=(await connection.execute(select(func.count()).select_from(conversations))).scalar_one(),
        unhandled=received["new"][1] if "new" in received else 0,
        oldest_unhandled=received["new"][2] if "new" in received else None,
        given_up=received["failed"][1] if "failed" in received else 0,
        owed=sum(row[1] for row in unsent),
        oldest_owed=min((row[2] for row in unsent), default=None),
        uncertain=owed["uncertain"][1] if "uncertain" in owed else 0,
        refused=owed["refused"][1] if "refused" in owed else 0,
        waiting_cases=(await connection.execute(waiting)).scalar_one(),
        danger_cases=(await connection.execute(waiting.where(cases.c.danger == "red"))).scalar_one(),
    )
