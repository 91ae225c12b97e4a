"""What people wrote: kept before anything else happens, handled in the order of each conversation."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, delete, exists, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.content.model import Language
from bot.conversation.model import Address, Channel, ConversationId, InboxId, Incoming, Kind
from bot.ports import Waiting
from bot.storage.codec import PRESS, dump, load
from bot.storage.dialect import insert_once
from bot.storage.tables import addresses, conversations, inbox


class InboxRows:
    """The `inbox` table."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, messages: Sequence[Incoming], at: datetime) -> int:
        """See `ports.Inbox.add`."""
        if not messages:
            return 0
        ids = await self._conversations({message.address: message for message in messages}, at)
        rows = [_row(message, ids[message.address], at) for message in messages]
        added = await self._connection.execute(insert_once(self._connection, inbox, "key").returning(inbox.c.id), rows)
        return len(added.fetchall())

    async def _conversations(self, first: dict[Address, Incoming], at: datetime) -> dict[Address, ConversationId]:
        found = await self._find(first)
        for address in first.keys() - found.keys():
            row = {"channel": address.channel, "last_entries": [], "created_at": at}
            made = (
                await self._connection.execute(insert(conversations).returning(conversations.c.id), row)
            ).scalar_one()
            await self._connection.execute(
                insert(addresses), {"conversation_id": made, "channel": address.channel, "chat": address.chat}
            )
            found[address] = ConversationId(made)
        return found

    async def _find(self, wanted: Collection[Address]) -> dict[Address, ConversationId]:
        pairs = [(address.channel, address.chat) for address in wanted]
        query = select(addresses).where(tuple_(addresses.c.channel, addresses.c.chat).in_(pairs))
        rows = (await self._connection.execute(query)).all()
        return {Address(Channel(row.channel), row.chat): ConversationId(row.conversation_id) for row in rows}

    async def ready(self, limit: int) -> list[Waiting]:
        """See `ports.Inbox.ready`."""
        earlier = inbox.alias()
        query = (
            select(inbox, addresses.c.channel, addresses.c.chat)
            .join(addresses, addresses.c.conversation_id == inbox.c.conversation_id)
            .where(
                inbox.c.state == "new",
                ~exists().where(
                    and_(
                        earlier.c.conversation_id == inbox.c.conversation_id,
                        earlier.c.state == "new",
                        earlier.c.id < inbox.c.id,
                    )
                ),
            )
            .order_by(inbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=inbox)
        )
        return [_waiting(row) for row in await self._connection.execute(query)]

    async def begin(self, ids: Sequence[InboxId]) -> None:
        """See `ports.Inbox.begin`."""
        await self._connection.execute(update(inbox).where(inbox.c.id.in_(ids)).values(attempts=inbox.c.attempts + 1))

    async def hold(self, ids: Sequence[InboxId]) -> frozenset[InboxId]:
        """See `ports.Inbox.hold`."""
        query = select(inbox.c.id).where(inbox.c.id.in_(ids), inbox.c.state == "new").with_for_update()
        return frozenset(InboxId(row.id) for row in await self._connection.execute(query))

    async def finish(self, ids: Sequence[InboxId], at: datetime) -> None:
        """See `ports.Inbox.finish`."""
        await self._connection.execute(update(inbox).where(inbox.c.id.in_(ids)).values(state="done", done_at=at))

    async def fail(self, message: InboxId, at: datetime) -> None:
        """See `ports.Inbox.fail`."""
        await self._connection.execute(update(inbox).where(inbox.c.id == message).values(state="failed", done_at=at))

    async def unhandled(self, address: Address) -> int:
        """See `ports.Inbox.unhandled`."""
        query = (
            select(func.count())
            .select_from(inbox.join(addresses, addresses.c.conversation_id == inbox.c.conversation_id))
            .where(inbox.c.state == "new", addresses.c.channel == address.channel, addresses.c.chat == address.chat)
        )
        return (await self._connection.execute(query)).scalar_one()

    async def texts(self, ids: Collection[InboxId]) -> dict[InboxId, str]:
        """See `ports.Inbox.texts`."""
        if not ids:
            return {}
        rows = await self._connection.execute(select(inbox.c.id, inbox.c.text).where(inbox.c.id.in_(ids)))
        return {InboxId(row.id): row.text for row in rows}

    async def prune(self, before: datetime) -> int:
        """See `ports.Inbox.prune`."""
        gone = await self._connection.execute(delete(inbox).where(inbox.c.state != "new", inbox.c.done_at < before))
        return gone.rowcount


def _row(message: Incoming, conversation: ConversationId, at: datetime) -> dict[str, Any]:  # Any: column values
    payload = {"press": dump(PRESS, message.press), "files": list(message.files), "hint": message.hint}
    return {
        "key": message.key,
        "conversation_id": conversation,
        "kind": message.kind,
        "text": message.text,
        "payload": {name: value for name, value in payload.items() if value},
        "state": "new",
        "attempts": 0,
        "sent_at": message.at,
        "received_at": at,
    }


def _waiting(row: Row[Any]) -> Waiting:  # Any: columns of a joined row
    hint = row.payload.get("hint")
    incoming = Incoming(
        key=row.key,
        address=Address(Channel(row.channel), row.chat),
        kind=Kind(row.kind),
        text=row.text,
        press=load(PRESS, row.payload.get("press")),
        files=tuple(row.payload.get("files", ())),
        hint=Language(hint) if hint else None,
        at=row.sent_at,
    )
    return Waiting(InboxId(row.id), ConversationId(row.conversation_id), incoming, row.attempts)
