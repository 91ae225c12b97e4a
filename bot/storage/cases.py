"""Questions kept for people, with everything that happened to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.content.model import TeamId
from bot.conversation.model import Addition, CaseId, ConversationId, InboxId, NewCase
from bot.storage.dialect import insert_once
from bot.storage.tables import case_events, cases


class CaseRows:
    """The tables `cases` and `case_events`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open(
        self, case: NewCase, number: str, opened_by: InboxId, conversation: ConversationId, team: TeamId, at: datetime
    ) -> CaseId:
        """See `ports.Cases.open`."""
        row = {
            "number": number,
            "conversation_id": conversation,
            "opened_by": opened_by,
            "question": case.question,
            "state": "waiting",
            "reason": case.reason,
            "topic": case.topic,
            "team": team,
            "language": case.language,
            "danger": case.danger,
            "danger_kind": case.danger_kind,
            "version": 1,
            "opened_at": at,
        }
        made = await self._connection.execute(
            insert_once(self._connection, cases, "opened_by").returning(cases.c.id), row
        )
        case_id = made.scalar_one_or_none()
        if case_id is None:
            query = select(cases.c.id).where(cases.c.opened_by == opened_by)
            return CaseId((await self._connection.execute(query)).scalar_one())
        await self._event(CaseId(case_id), "opened", _opened(case), at)
        return CaseId(case_id)

    async def add(self, addition: Addition, at: datetime) -> None:
        """See `ports.Cases.add`."""
        await self._event(addition.case, addition.kind, {"text": addition.text} if addition.text else {}, at)

    async def _event(self, case: CaseId, kind: str, payload: dict[str, object], at: datetime) -> None:
        await self._connection.execute(
            insert(case_events), {"case_id": case, "kind": kind, "at": at, "payload": payload}
        )


def _opened(case: NewCase) -> dict[str, object]:
    return {"text": case.text, "files": list(case.files), "nearest": [[entry_id, p] for entry_id, p in case.nearest]}
