"""What we owe people, in the words it will have; only the sender takes rows from here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy import Row, Select, and_, delete, exists, func, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cases.model import CaseId
from bot.conversation.model import Address, Channel, ConversationId, InboxId, OutboxId, OutgoingKind
from bot.matching.evidence import Writer
from bot.ports import CasePlace, NewOutgoing, Owed
from bot.storage.codec import OUTGOING, dump, load
from bot.storage.dialect import insert_once
from bot.storage.tables import addresses, case_places, conversations, groups, inbox, outbox

Read = TypeVar("Read")
OPEN = ("new", "sending")
_SHOWN_AS_IT_IS = (OutgoingKind.CARD, OutgoingKind.DELETION)
"""What has no curtain in a hidden chat."""


class OutboxRows:
    """The `outbox` table."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, rows: Sequence[NewOutgoing], at: datetime) -> None:
        """See `ports.Outbox.add`."""
        if not rows:
            return
        values = [_values(row, at) for row in rows]
        await self._connection.execute(insert_once(self._connection, outbox, "key"), values)

    async def add_sent(self, row: NewOutgoing, message: str, at: datetime) -> None:
        """See `ports.Outbox.add_sent`."""
        values = _values(row, at) | {"state": "sent", "message": message}
        await self._connection.execute(insert_once(self._connection, outbox, "key"), values)

    async def supersede(self, case: CaseId, group: ConversationId, kind: str, at: datetime) -> None:
        """See `ports.Outbox.supersede`."""
        about = and_(outbox.c.case_id == case, outbox.c.conversation_id == group, outbox.c.kind == kind)
        await self._connection.execute(
            update(outbox)
            .where(about, outbox.c.state == "new")
            .values(state="dropped", reason="superseded", changed_at=at)
        )

    async def owes(self, case: CaseId, group: ConversationId, kind: str) -> bool:
        """See `ports.Outbox.owes`."""
        about = and_(outbox.c.case_id == case, outbox.c.conversation_id == group, outbox.c.kind == kind)
        query = select(exists().where(about, outbox.c.state.in_(OPEN)))
        return bool((await self._connection.execute(query)).scalar_one())

    async def waiting(self, conversation: ConversationId, kind: str) -> int:
        """See `ports.Outbox.waiting`."""
        query = select(func.count()).where(
            outbox.c.conversation_id == conversation, outbox.c.kind == kind, outbox.c.state == "new"
        )
        return (await self._connection.execute(query)).scalar_one()

    async def case_of(self, conversation: ConversationId, message: str) -> CaseId | None:
        """See `ports.Outbox.case_of`."""
        query = select(outbox.c.case_id).where(
            outbox.c.conversation_id == conversation, outbox.c.message == message, outbox.c.case_id.is_not(None)
        )
        found = (await self._connection.execute(query.limit(1))).scalar_one_or_none()
        return CaseId(found) if found is not None else None

    async def again(self, ids: Sequence[OutboxId], conversation: ConversationId, key: str) -> list[NewOutgoing]:
        """See `ports.Outbox.again`."""
        query = select(outbox).where(outbox.c.id.in_(ids), outbox.c.conversation_id == conversation)
        rows = (await self._connection.execute(query.order_by(outbox.c.id))).all()
        return [_owed_again(row, f"{key}:{row.id}") for row in rows]

    async def due(self, channels: Collection[Channel], at: datetime, limit: int) -> list[Owed]:
        """See `ports.Outbox.due`."""
        earlier = outbox.alias()
        waits_for_earlier = exists().where(
            and_(
                earlier.c.conversation_id == outbox.c.conversation_id,
                earlier.c.state.in_(OPEN),
                earlier.c.id < outbox.c.id,
            )
        )
        card = outbox.alias()
        waits_for_its_card = exists().where(
            and_(
                outbox.c.kind != OutgoingKind.CASE_CARD,
                card.c.kind == OutgoingKind.CASE_CARD,
                card.c.case_id == outbox.c.case_id,
                card.c.conversation_id == outbox.c.conversation_id,
                card.c.state.in_(OPEN),
            )
        )
        query = (
            _owed()
            .where(
                outbox.c.state == "new",
                ~waits_for_its_card,
                outbox.c.due_at <= at,
                outbox.c.channel.in_(channels),
                ~conversations.c.blocked,
                or_(outbox.c.priority > 0, ~waits_for_earlier),
            )
            .order_by(outbox.c.priority.desc(), outbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=outbox)
        )
        return await self._readable((await self._connection.execute(query)).all(), at, _row)

    async def _readable(
        self,
        rows: Sequence[Row[Any]],  # Any: columns of two tables
        at: datetime,
        of_row: Callable[[Row[Any]], Read],  # Any: as above
    ) -> list[Read]:
        """End rows that this program cannot read, so that they do not hold up all others; `status` counts them."""
        read, broken = [], []
        for row in rows:
            try:
                read.append(of_row(row))
            except ValidationError:
                broken.append(row.id)
        if broken:
            await self._connection.execute(
                update(outbox)
                .where(outbox.c.id.in_(broken))
                .values(state="refused", reason="unreadable", changed_at=at)
            )
        return read

    async def late_cards(
        self, channels: Collection[Channel], before: datetime, limit: int
    ) -> dict[str, tuple[Owed, Writer | None]]:
        """See `ports.Outbox.late_cards`."""
        query = (
            _owed()
            .add_columns(inbox.c.key.label("source_key"), conversations.c.writer)
            .join(inbox, inbox.c.id == outbox.c.source)
            .where(
                outbox.c.kind == OutgoingKind.CARD,
                outbox.c.state.in_(OPEN),
                outbox.c.due_at < before,
                outbox.c.changed_at < before,
                outbox.c.channel.in_(channels),
                ~conversations.c.blocked,
            )
            .order_by(outbox.c.id)
            .limit(limit)
        )
        rows = await self._connection.execute(query)
        return {row.source_key: (_row(row), Writer(row.writer) if row.writer else None) for row in rows}

    async def begin(self, ids: Sequence[OutboxId], epoch: int, at: datetime) -> None:
        """See `ports.Outbox.begin`."""
        await self._connection.execute(
            update(outbox)
            .where(outbox.c.id.in_(ids), outbox.c.state == "new")
            .values(state="sending", epoch=epoch, attempts=outbox.c.attempts + 1, changed_at=at)
        )

    async def sent(self, row: OutboxId, epoch: int, message: str | None, at: datetime) -> None:
        """See `ports.Outbox.sent`."""
        await self._end(row, epoch, at, state="sent", message=message)

    async def retry(self, row: OutboxId, epoch: int, due_at: datetime, at: datetime) -> None:
        """See `ports.Outbox.retry`."""
        await self._end(row, epoch, at, state="new", due_at=due_at)

    async def end(self, row: OutboxId, epoch: int, state: str, reason: str, at: datetime) -> None:
        """See `ports.Outbox.end`."""
        await self._end(row, epoch, at, state=state, reason=reason)

    async def _end(self, row: OutboxId, epoch: int, at: datetime, **values: object) -> None:
        # Fenced: a sender that lost its lease meanwhile must not overwrite what its successor did.
        await self._connection.execute(
            update(outbox)
            .where(outbox.c.id == row, outbox.c.state == "sending", outbox.c.epoch == epoch)
            .values(changed_at=at, **values)
        )

    async def forgotten(self, epoch: int, known: Collection[OutboxId], at: datetime) -> int:
        """See `ports.Outbox.forgotten`."""
        back = await self._connection.execute(
            update(outbox)
            .where(outbox.c.state == "sending", outbox.c.epoch == epoch, outbox.c.id.not_in(known))
            .values(state="new", changed_at=at)
        )
        return back.rowcount

    async def left_behind(self, channels: Collection[Channel], epoch: int) -> list[Owed]:
        """See `ports.Outbox.left_behind`."""
        query = _owed().where(outbox.c.state == "sending", outbox.c.epoch < epoch, outbox.c.channel.in_(channels))
        rows = (await self._connection.execute(query.order_by(outbox.c.id))).all()
        # Taken over: from now on only the present sender may end them.
        await self._connection.execute(
            update(outbox).where(outbox.c.id.in_([row.id for row in rows])).values(epoch=epoch)
        )
        return [_row(row) for row in rows]

    async def recall(
        self, conversation: ConversationId, reason: str, at: datetime, *, before: datetime | None = None
    ) -> list[NewOutgoing]:
        """See `ports.Outbox.recall`."""
        waiting = and_(
            outbox.c.conversation_id == conversation,
            outbox.c.state == "new",
            outbox.c.kind.not_in(_SHOWN_AS_IT_IS),
            outbox.c.created_at < before if before else true(),
        )
        query = select(outbox).where(waiting).order_by(outbox.c.id).with_for_update()
        rows = (await self._connection.execute(query)).all()
        await self._connection.execute(
            update(outbox)
            .where(outbox.c.id.in_([row.id for row in rows]))
            .values(state="dropped", reason=reason, changed_at=at)
        )
        return await self._readable(rows, at, lambda row: _owed_again(row, f"{reason}:{row.id}"))

    async def messages(self, conversation: ConversationId, since: datetime, until: datetime) -> list[str]:
        """See `ports.Outbox.messages`."""
        query = select(outbox.c.message).where(
            outbox.c.conversation_id == conversation,
            outbox.c.message.is_not(None),
            outbox.c.changed_at >= since,
            outbox.c.created_at <= until,
        )
        return list((await self._connection.execute(query)).scalars())

    async def on_their_way(self, conversation: ConversationId) -> list[OutboxId]:
        """See `ports.Outbox.on_their_way`."""
        query = select(outbox.c.id).where(
            outbox.c.conversation_id == conversation, outbox.c.state == "sending", outbox.c.kind != OutgoingKind.CARD
        )
        return [OutboxId(row) for row in (await self._connection.execute(query)).scalars()]

    async def arrived(self, conversation: ConversationId, rows: Collection[OutboxId], source: InboxId) -> list[str]:
        """See `ports.Outbox.arrived`."""
        query = select(outbox.c.message).where(
            outbox.c.conversation_id == conversation,
            outbox.c.message.is_not(None),
            or_(outbox.c.id.in_(rows), outbox.c.source == source),
        )
        return list((await self._connection.execute(query)).scalars())

    async def drop(self, conversation: ConversationId, reason: str, kinds: Collection[str], at: datetime) -> int:
        """See `ports.Outbox.drop`."""
        gone = await self._connection.execute(
            update(outbox)
            .where(outbox.c.conversation_id == conversation, outbox.c.state == "new", outbox.c.kind.in_(kinds))
            .values(state="dropped", reason=reason, changed_at=at)
        )
        return gone.rowcount

    async def unsent(self, address: Address) -> int:
        """See `ports.Outbox.unsent`."""
        query = (
            select(func.count())
            .select_from(outbox.join(addresses, addresses.c.conversation_id == outbox.c.conversation_id))
            .where(outbox.c.state.in_(OPEN), addresses.c.channel == address.channel, addresses.c.chat == address.chat)
        )
        return (await self._connection.execute(query)).scalar_one()

    async def prune(self, before: datetime) -> int:
        """See `ports.Outbox.prune`."""
        gone = await self._connection.execute(
            delete(outbox).where(outbox.c.state.not_in(OPEN), outbox.c.changed_at < before)
        )
        return gone.rowcount


def _values(row: NewOutgoing, at: datetime) -> dict[str, Any]:  # Any: column values
    return {
        "key": row.key,
        "conversation_id": row.conversation_id,
        "source": row.source,
        "case_id": row.case,
        "channel": row.channel,
        "kind": row.outgoing.kind,
        "priority": row.priority,
        "payload": dump(OUTGOING, row.outgoing),
        "state": "new",
        "attempts": 0,
        "due_at": at,
        "created_at": at,
        "changed_at": at,
    }


def _owed() -> Select[Any]:  # Any: columns of several tables
    seen = and_(case_places.c.case_id == outbox.c.case_id, case_places.c.conversation_id == outbox.c.conversation_id)
    uncovered = and_(outbox.c.created_at < conversations.c.hidden_at, outbox.c.kind.not_in(_SHOWN_AS_IT_IS))
    return (
        select(
            outbox,
            uncovered.label("uncovered"),
            addresses.c.chat,
            case_places.c.title,
            case_places.c.thread,
            case_places.c.card,
            groups.c.forum,
            groups.c.topics,
        )
        .join(addresses, addresses.c.conversation_id == outbox.c.conversation_id)
        .join(conversations, conversations.c.id == outbox.c.conversation_id)
        .outerjoin(case_places, seen)
        .outerjoin(groups, groups.c.conversation_id == outbox.c.conversation_id)
    )


def _owed_again(row: Row[Any], key: str) -> NewOutgoing:  # Any: columns of the table
    return NewOutgoing(
        key,
        ConversationId(row.conversation_id),
        Channel(row.channel),
        load(OUTGOING, row.payload),
        row.priority,
        row.source,
        CaseId(row.case_id) if row.case_id else None,
    )


def _row(row: Row[Any]) -> Owed:  # Any: as above
    return Owed(
        id=OutboxId(row.id),
        source=InboxId(row.source) if row.source else None,
        conversation_id=ConversationId(row.conversation_id),
        address=Address(Channel(row.channel), row.chat),
        outgoing=load(OUTGOING, row.payload),
        attempts=row.attempts,
        case=CaseId(row.case_id) if row.case_id else None,
        place=_place(row),
        priority=row.priority,
        uncovered=bool(row.uncovered),
    )


def _place(row: Row[Any]) -> CasePlace | None:  # Any: as above
    if row.title is None:
        return None
    return CasePlace(
        CaseId(row.case_id),
        ConversationId(row.conversation_id),
        row.title,
        row.thread,
        row.card,
        uses_topics=bool(row.forum and row.topics),
    )
