"""Who we talk with, and the buttons we gave them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.content.model import EntryId, Language, TopicId
from bot.conversation.model import (
    ButtonSet,
    CaseId,
    Channel,
    Conversation,
    ConversationId,
    InboxId,
    OpenCase,
    Token,
)
from bot.storage.codec import BUTTONS, dump, load
from bot.storage.dialect import upsert
from bot.storage.tables import addresses, buttons, cases, conversations


class ConversationRows:
    """The tables `conversations`, `addresses` and `buttons`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def load(self, ids: Collection[ConversationId]) -> dict[ConversationId, Conversation]:
        """See `ports.Conversations.load`."""
        rows = (await self._connection.execute(select(conversations).where(conversations.c.id.in_(ids)))).all()
        found = await self.buttons({Token(row.latest_buttons) for row in rows if row.latest_buttons})
        latest = {token: buttons for token, (_, buttons, _) in found.items()}
        open_cases = await self._open_cases(ids)
        return {
            ConversationId(row.id): _conversation(row, latest.get(row.latest_buttons), open_cases.get(row.id, []))
            for row in rows
        }

    async def _open_cases(self, ids: Collection[ConversationId]) -> dict[int, list[OpenCase]]:
        query = select(cases).where(cases.c.conversation_id.in_(ids), cases.c.state != "closed").order_by(cases.c.id)
        found: dict[int, list[OpenCase]] = {}
        for row in await self._connection.execute(query):
            case = OpenCase(
                id=CaseId(row.id),
                number=row.number,
                topic=TopicId(row.topic) if row.topic else None,
                state=row.state,
                question=InboxId(row.question) if row.question else None,
                opened_at=row.opened_at,
            )
            found.setdefault(row.conversation_id, []).append(case)
        return found

    async def save(self, changed: Sequence[Conversation]) -> None:
        """See `ports.Conversations.save`."""
        if not changed:
            return
        statement = (
            update(conversations)
            .where(conversations.c.id == bindparam("b_id"))
            .values({name: bindparam(f"b_{name}") for name in _KEPT})
        )
        await self._connection.execute(statement, [_row(conversation) for conversation in changed])

    async def block(self, conversation: ConversationId) -> None:
        """See `ports.Conversations.block`."""
        await self._connection.execute(
            update(conversations).where(conversations.c.id == conversation).values(blocked=True)
        )

    async def move(self, conversation: ConversationId, chat: str) -> bool:
        """See `ports.Conversations.move`."""
        there = addresses.alias()
        taken = exists().where(there.c.channel == addresses.c.channel, there.c.chat == chat)
        moved = await self._connection.execute(
            update(addresses).where(addresses.c.conversation_id == conversation, ~taken).values(chat=chat)
        )
        return moved.rowcount == 1

    async def buttons(self, tokens: Collection[Token]) -> dict[Token, tuple[ConversationId, ButtonSet, frozenset[str]]]:
        """See `ports.Conversations.buttons`."""
        if not tokens:
            return {}
        rows = await self._connection.execute(select(buttons).where(buttons.c.token.in_(tokens)))
        return {
            Token(row.token): (ConversationId(row.conversation_id), load(BUTTONS, row.payload), frozenset(row.used))
            for row in rows
        }

    async def add_buttons(self, sets: Sequence[tuple[ConversationId, ButtonSet]], at: datetime) -> None:
        """See `ports.Conversations.add_buttons`."""
        if not sets:
            return
        rows = [
            {
                "token": s.token,
                "conversation_id": conversation,
                "payload": dump(BUTTONS, s),
                "used": [],
                "created_at": at,
            }
            for conversation, s in sets
        ]
        insert = upsert(self._connection, buttons)
        # A message whose buttons changed keeps its token; what they refer to is the same, only the rows are new.
        changed = insert.on_conflict_do_update(
            index_elements=["token"],
            set_={"payload": insert.excluded.payload},
            where=buttons.c.conversation_id == insert.excluded.conversation_id,
        )
        await self._connection.execute(changed, rows)

    async def use(self, token: Token, presses: frozenset[str]) -> None:
        """See `ports.Conversations.use`."""
        await self._connection.execute(update(buttons).where(buttons.c.token == token).values(used=sorted(presses)))

    async def prune_buttons(self, before: datetime) -> int:
        """See `ports.Conversations.prune_buttons`."""
        gone = await self._connection.execute(delete(buttons).where(buttons.c.created_at < before))
        return gone.rowcount


_KEPT = (
    "language",
    "chosen",
    "noticed",
    "clarified",
    "blocked",
    "awaiting",
    "last_question",
    "last_entries",
    "latest_buttons",
)


def _row(conversation: Conversation) -> dict[str, Any]:  # Any: column values
    kept = {f"b_{name}": getattr(conversation, name) for name in _KEPT}
    latest = conversation.latest_buttons
    return kept | {
        "b_id": conversation.id,
        "b_last_entries": list(conversation.last_entries),
        "b_latest_buttons": latest.token if latest else None,
    }


def _conversation(row: Row[Any], latest: ButtonSet | None, open_cases: list[OpenCase]) -> Conversation:  # Any: columns
    return Conversation(
        id=ConversationId(row.id),
        channel=Channel(row.channel),
        language=Language(row.language) if row.language else None,
        chosen=row.chosen,
        noticed=row.noticed,
        clarified=row.clarified,
        blocked=row.blocked,
        awaiting=CaseId(row.awaiting) if row.awaiting else None,
        last_question=InboxId(row.last_question) if row.last_question else None,
        last_entries=tuple(EntryId(x) for x in row.last_entries),
        open_cases=tuple(open_cases),
        latest_buttons=latest,
    )
