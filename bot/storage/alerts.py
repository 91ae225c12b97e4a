"""Who is called about danger, and how far the calls for a case have come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cases.alerting import Alert, Duty, Rung
from bot.cases.model import CaseId, SpecialistId
from bot.conversation.model import Address, ConversationId
from bot.ports import OnList, Specialist
from bot.storage.dialect import upsert
from bot.storage.tables import addresses, alerts, cases, conversations, duties, specialists


class AlertRows:
    """The tables `duties` and `alerts`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def duties(self, group: ConversationId) -> list[OnList]:
        """See `ports.Alerts.duties`."""
        here = addresses.alias("here")
        own = addresses.alias("own")
        query: Select[Any] = (  # Any: columns of several tables
            select(specialists.c.id, specialists.c.alias, *duties.c, own.c.conversation_id.label("chat"))
            .join(here, here.c.conversation_id == specialists.c.conversation_id)
            .outerjoin(duties, duties.c.specialist_id == specialists.c.id)
            .outerjoin(own, and_(own.c.channel == here.c.channel, own.c.chat == specialists.c.author))
            .where(specialists.c.conversation_id == group, specialists.c.left_at.is_(None))
            .order_by(specialists.c.id)
        )
        return [_on_list(row) for row in await self._connection.execute(query)]

    async def keep_duty(self, duty: Duty) -> None:
        """See `ports.Alerts.keep_duty`."""
        begins, ends = duty.hours or (None, None)
        values = {"is_on": duty.on, "place": duty.place, "lead": duty.lead, "begins": begins, "ends": ends}
        await self._keep(duty.specialist, values, {"in_private": False})

    async def link(self, address: Address, *, linked: bool) -> list[Specialist]:
        """See `ports.Alerts.link`."""
        found = await self.working_as(address)
        new = {"is_on": False, "place": 0, "lead": False, "begins": None, "ends": None}
        for one in found:
            await self._keep(one.id, {"in_private": linked}, new)
        return found

    async def _keep(
        self, specialist: SpecialistId, values: dict[str, Any], new: dict[str, Any]
    ) -> None:  # Any: columns
        insert_ = upsert(self._connection, duties)
        await self._connection.execute(
            insert_.on_conflict_do_update(index_elements=["specialist_id"], set_=values),
            {"specialist_id": specialist, **new, **values},
        )

    async def working_as(self, address: Address) -> list[Specialist]:
        """See `ports.Alerts.working_as`."""
        query = (
            select(specialists)
            .join(addresses, addresses.c.conversation_id == specialists.c.conversation_id)
            .where(
                addresses.c.channel == address.channel,
                specialists.c.author == address.chat,
                specialists.c.left_at.is_(None),
            )
            .order_by(specialists.c.id)
        )
        found = await self._connection.execute(query)
        return [Specialist(SpecialistId(row.id), ConversationId(row.conversation_id), row.alias) for row in found]

    async def of(self, case: CaseId) -> Alert:
        """See `ports.Alerts.of`."""
        row = (await self._connection.execute(select(alerts).where(alerts.c.case_id == case))).one_or_none()
        if row is None:
            return Alert(case)
        rung = Rung(row.rung) if row.rung else None
        return Alert(case, row.step, rung, tuple(SpecialistId(one) for one in row.told), row.due_at)

    async def save(self, alert: Alert, at: datetime, by: SpecialistId | None = None) -> None:
        """See `ports.Alerts.save`."""
        values = {
            "step": alert.step,
            "rung": alert.rung,
            "told": list(alert.told),
            "due_at": alert.due_at,
            "ended_at": None if alert.runs else at,
            "ended_by": by,
        }
        # The case is locked by whoever comes here: no other transaction can write this row meanwhile.
        saved = await self._connection.execute(update(alerts).where(alerts.c.case_id == alert.case).values(values))
        if not saved.rowcount:
            await self._connection.execute(insert(alerts), {"case_id": alert.case, "began_at": at, **values})

    async def due(self, at: datetime, limit: int) -> list[CaseId]:
        """See `ports.Alerts.due`."""
        query = (
            select(alerts.c.case_id)
            .join(cases, cases.c.id == alerts.c.case_id)
            .join(conversations, conversations.c.id == cases.c.conversation_id)
            .where(alerts.c.due_at <= at)
            .order_by(alerts.c.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True, key_share=True, of=conversations)  # see `CaseRows.load`
        )
        return [CaseId(row.case_id) for row in await self._connection.execute(query)]


def _on_list(row: Row[Any]) -> OnList:  # Any: columns of several tables
    hours = (row.begins, row.ends) if row.begins is not None and row.ends is not None else None
    duty = Duty(SpecialistId(row.id), row.alias, bool(row.is_on), row.place or 0, bool(row.lead), hours)
    private = ConversationId(row.chat) if row.in_private and row.chat is not None else None
    return OnList(duty, private)
