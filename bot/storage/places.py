"""Where specialists see cases: topics and cards of their groups."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cases.model import CaseId
from bot.conversation.model import ConversationId
from bot.ports import CasePlace
from bot.storage.dialect import upsert
from bot.storage.tables import case_places, groups


class PlaceRows:
    """The `case_places` table."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put(self, place: CasePlace) -> None:
        """See `ports.Places.put`."""
        row = {
            "case_id": place.case,
            "conversation_id": place.group,
            "title": place.title,
            "thread": place.thread,
            "card": place.card,
        }
        insert = upsert(self._connection, case_places)
        put = insert.on_conflict_do_update(
            index_elements=["case_id", "conversation_id"],
            set_={name: insert.excluded[name] for name in ("title", "thread", "card")},
        )
        await self._connection.execute(put, row)

    async def of(self, case: CaseId, group: ConversationId) -> CasePlace | None:
        """See `ports.Places.of`."""
        query = (
            select(case_places, groups.c.forum, groups.c.topics)
            .outerjoin(groups, groups.c.conversation_id == case_places.c.conversation_id)
            .where(case_places.c.case_id == case, case_places.c.conversation_id == group)
        )
        row = (await self._connection.execute(query)).one_or_none()
        if row is None:
            return None
        return CasePlace(case, group, row.title, row.thread, row.card, uses_topics=bool(row.forum and row.topics))

    async def groups(self, case: CaseId) -> list[ConversationId]:
        """See `ports.Places.groups`."""
        query = select(case_places.c.conversation_id).where(case_places.c.case_id == case)
        return [ConversationId(x) for x in await self._connection.scalars(query)]

    async def at(self, group: ConversationId, *, thread: str = "", card: str = "") -> CaseId | None:
        """See `ports.Places.at`."""
        there = case_places.c.thread == thread if thread else case_places.c.card == card
        query = select(case_places.c.case_id).where(case_places.c.conversation_id == group, there).limit(1)
        found = await self._connection.scalar(query)
        return CaseId(found) if found is not None else None

    async def made(
        self, case: CaseId, group: ConversationId, *, thread: str | None = None, card: str | None = None
    ) -> None:
        """See `ports.Places.made`."""
        made: dict[str, Any] = {name: x for name, x in (("thread", thread), ("card", card)) if x}  # Any: column values
        if made:
            mine = (case_places.c.case_id == case) & (case_places.c.conversation_id == group)
            await self._connection.execute(update(case_places).where(mine).values(made))
