"""What is due when, and who may do alone what only one may do."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import Lease, Timer
from bot.storage.dialect import insert_once
from bot.storage.tables import leases, timers


class TimerRows:
    """The `timers` table."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def set(self, timer: Timer) -> None:
        """See `ports.Timers.set`."""
        row = {"key": timer.key, "kind": timer.kind, "due_at": timer.due_at, "payload": dict(timer.payload)}
        await self._connection.execute(insert_once(self._connection, timers, "key"), row)

    async def due(self, at: datetime, limit: int) -> list[Timer]:
        """See `ports.Timers.due`."""
        query = (
            select(timers)
            .where(timers.c.due_at <= at)
            .order_by(timers.c.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return [Timer(row.key, row.kind, row.due_at, row.payload) for row in await self._connection.execute(query)]

    async def move(self, key: str, due_at: datetime) -> None:
        """See `ports.Timers.move`."""
        await self._connection.execute(update(timers).where(timers.c.key == key).values(due_at=due_at))

    async def drop(self, key: str) -> None:
        """See `ports.Timers.drop`."""
        await self._connection.execute(delete(timers).where(timers.c.key == key))


class LeaseRows:
    """The `leases` table."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def take(self, name: str, owner: str, ttl: timedelta, at: datetime, *, alone: bool) -> Lease | None:
        """See `ports.Leases.take`."""
        expires = at + ttl
        held = (
            await self._connection.execute(select(leases).where(leases.c.name == name).with_for_update())
        ).one_or_none()
        if held is None:
            row = {"name": name, "owner": owner, "epoch": 1, "expires_at": expires}
            made = await self._connection.execute(insert_once(self._connection, leases, "name"), row)
            return Lease(name, owner, 1, expires) if made.rowcount == 1 else None
        if held.owner != owner and held.expires_at > at and not alone:
            return None
        epoch = held.epoch if held.owner == owner else held.epoch + 1
        taken = await self._connection.execute(
            update(leases)
            .where(leases.c.name == name, leases.c.epoch == held.epoch)
            .values(owner=owner, epoch=epoch, expires_at=expires)
        )
        return Lease(name, owner, epoch, expires) if taken.rowcount == 1 else None

    async def holds(self, lease: Lease) -> bool:
        """See `ports.Leases.holds`."""
        query = select(leases.c.epoch).where(leases.c.name == lease.name, leases.c.owner == lease.owner)
        # Locked until this transaction ends: who takes the lease over meanwhile must see all that we did by its right.
        query = query.with_for_update(read=True)
        return (await self._connection.execute(query)).scalar_one_or_none() == lease.epoch
