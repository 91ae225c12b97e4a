"""What people wrote: kept before anything else happens, handled in the order of each conversation."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.content.model import Language
from bot.conversation.model import Address, Channel, ConversationId, InboxId, Incoming, KeptMessage, Kind
from bot.ports import Waiting
from bot.storage.codec import FILES, IN_GROUP, PRESS, dump, files, load
from bot.storage.conversations import ConversationRows
from bot.storage.dialect import insert_once
from bot.storage.tables import addresses, conversations, inbox

OVERTAKES = 2
"""The urgency from which a message does not wait for earlier ones of the same person."""


class InboxRows:
    """The `inbox` table."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(
        self, messages: Sequence[Incoming], at: datetime, urgency: Mapping[str, int] = MappingProxyType({})
    ) -> int:
        """See `ports.Inbox.add`."""
        if not messages:
            return 0
        ids = await self._conversations({message.address: message for message in messages}, at)
        rows = [
            _row(message, ids[message.address], at) | {"priority": urgency.get(message.key, 0)} for message in messages
        ]
        added = await self._connection.execute(insert_once(self._connection, inbox, "key").returning(inbox.c.id), rows)
        return len(added.fetchall())

    async def _conversations(self, first: dict[Address, Incoming], at: datetime) -> dict[Address, ConversationId]:
        found = await ConversationRows(self._connection).find(first)
        for address in first:
            if address not in found:
                found[address] = await self._meet(address, at)
        return found

    async def _meet(self, address: Address, at: datetime) -> ConversationId:
        row = {"channel": address.channel, "last_entries": [], "created_at": at}
        made = await self._connection.execute(insert(conversations).returning(conversations.c.id), row)
        conversation = ConversationId(made.scalar_one())
        place = {"conversation_id": conversation, "channel": address.channel, "chat": address.chat}
        placed = await self._connection.execute(insert_once(self._connection, addresses, "channel", "chat"), place)
        if placed.rowcount == 1:
            return conversation
        # Another process has met this person just now.
        await self._connection.execute(delete(conversations).where(conversations.c.id == conversation))
        return (await ConversationRows(self._connection).find([address]))[address]

    async def ready(self, limit: int) -> list[Waiting]:
        """See `ports.Inbox.ready`."""
        other = inbox.alias()
        of_the_same = and_(other.c.conversation_id == inbox.c.conversation_id, other.c.state == "new")
        most_urgent = select(func.max(_urgency(other))).where(of_the_same).correlate(inbox).scalar_subquery()
        query = (
            select(inbox, addresses.c.channel, addresses.c.chat)
            .join(addresses, addresses.c.conversation_id == inbox.c.conversation_id)
            .where(
                inbox.c.state == "new",
                ~exists().where(
                    and_(
                        of_the_same,
                        or_(
                            _overtakes(other) > _overtakes(inbox),
                            and_(_overtakes(other) == _overtakes(inbox), other.c.id < inbox.c.id),
                        ),
                    )
                ),
            )
            .order_by(most_urgent.desc(), inbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=inbox)
        )
        return [_waiting(row) for row in await self._connection.execute(query)]

    async def begin(self, ids: Sequence[InboxId]) -> None:
        """See `ports.Inbox.begin`."""
        await self._connection.execute(update(inbox).where(inbox.c.id.in_(ids)).values(attempts=inbox.c.attempts + 1))

    async def hold(self, ids: Sequence[InboxId]) -> frozenset[InboxId]:
        """See `ports.Inbox.hold`."""
        query = select(inbox.c.id).where(inbox.c.id.in_(ids), inbox.c.state == "new")
        # In order: two that lock the same rows must not each have what the other waits for.
        query = query.order_by(inbox.c.id).with_for_update()
        return frozenset(InboxId(row.id) for row in await self._connection.execute(query))

    async def finish(self, ids: Sequence[InboxId], at: datetime, *, forget: bool = False) -> None:
        """See `ports.Inbox.finish`."""
        gone: dict[str, object] = {"text": "", "payload": {}} if forget else {}
        await self._connection.execute(
            update(inbox).where(inbox.c.id.in_(ids)).values(state="done", done_at=at, **gone)
        )

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

    async def late(self, channels: Collection[Channel], before: datetime, limit: int) -> list[Incoming]:
        """See `ports.Inbox.late`."""
        query = (
            select(inbox, addresses.c.channel, addresses.c.chat)
            .join(addresses, addresses.c.conversation_id == inbox.c.conversation_id)
            .where(
                inbox.c.state == "new",
                inbox.c.received_at < before,
                inbox.c.text != "",
                inbox.c.kind != Kind.PRESS,
                inbox.c.payload["group"].as_string().is_(None),
                addresses.c.channel.in_(channels),
            )
            .order_by(_urgency(inbox).desc(), inbox.c.id)
            .limit(limit)
        )
        return [_waiting(row).incoming for row in await self._connection.execute(query)]

    async def are_more_than(self, many: int) -> bool:
        """See `ports.Inbox.are_more_than`."""
        query = select(inbox.c.id).where(inbox.c.state == "new").offset(many).limit(1)
        return (await self._connection.execute(query)).first() is not None

    async def kept(self, ids: Collection[InboxId]) -> dict[InboxId, KeptMessage]:
        """See `ports.Inbox.kept`."""
        if not ids:
            return {}
        rows = await self._connection.execute(
            select(inbox.c.id, inbox.c.text, inbox.c.payload).where(inbox.c.id.in_(ids))
        )
        return {InboxId(row.id): KeptMessage(row.text, files(row.payload.get("files"))) for row in rows}

    async def earlier(
        self, messages: Collection[tuple[ConversationId, str]]
    ) -> dict[tuple[ConversationId, str], InboxId]:
        """See `ports.Inbox.earlier`."""
        if not messages:
            return {}
        first = func.min(inbox.c.id)
        query = (
            select(inbox.c.conversation_id, inbox.c.message, first)
            .where(tuple_(inbox.c.conversation_id, inbox.c.message).in_(messages))
            .group_by(inbox.c.conversation_id, inbox.c.message)
        )
        return {(ConversationId(row[0]), row[1]): InboxId(row[2]) for row in await self._connection.execute(query)}

    async def messages(self, conversation: ConversationId, since: datetime, until: datetime) -> list[str]:
        """See `ports.Inbox.messages`."""
        query = select(inbox.c.message).where(
            inbox.c.conversation_id == conversation,
            inbox.c.message.is_not(None),
            inbox.c.received_at.between(since, until),
        )
        return list((await self._connection.execute(query)).scalars())

    async def prune(self, before: datetime) -> int:
        """See `ports.Inbox.prune`."""
        gone = await self._connection.execute(delete(inbox).where(inbox.c.state != "new", inbox.c.done_at < before))
        return gone.rowcount


def _urgency(rows: FromClause) -> ColumnElement[int]:
    # Messages that an earlier version has kept have none.
    return func.coalesce(rows.c.priority, 0)


def _overtakes(rows: FromClause) -> ColumnElement[int]:
    return case((_urgency(rows) >= OVERTAKES, 1), else_=0)


def _row(message: Incoming, conversation: ConversationId, at: datetime) -> dict[str, Any]:  # Any: column values
    payload = {
        "press": dump(PRESS, message.press),
        "files": dump(FILES, message.files),
        "hint": message.hint,
        "reply_to": message.reply_to,
        "group": dump(IN_GROUP, message.group),
    }
    # A group's facts may all have their defaults; that they are there is what tells it from a person.
    kept = {name: value for name, value in payload.items() if value or (name == "group" and message.group is not None)}
    return {
        "key": message.key,
        "conversation_id": conversation,
        "kind": message.kind,
        "text": message.text,
        "payload": kept,
        "message": message.message or None,
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
        files=files(row.payload.get("files")),
        hint=Language(hint) if hint else None,
        at=row.sent_at,
        message=row.message or "",
        reply_to=row.payload.get("reply_to", ""),
        group=load(IN_GROUP, row.payload.get("group")),
    )
    return Waiting(InboxId(row.id), ConversationId(row.conversation_id), incoming, row.attempts)
