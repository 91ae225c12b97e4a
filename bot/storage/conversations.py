"""Who we talk with, and the buttons we gave them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, exists, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cases.model import CaseId, CaseState, SpecialistId
from bot.content.model import EntryId, Language, MunicipalityId, TeamId, TopicId
from bot.conversation.limits import Allowance
from bot.conversation.model import (
    Address,
    ButtonSet,
    Channel,
    ClosedCase,
    Conversation,
    ConversationId,
    InboxId,
    OpenCase,
    OutgoingKind,
    Token,
)
from bot.matching.evidence import Writer
from bot.storage.codec import ALLOWANCE, BUTTONS, dump, load
from bot.storage.dialect import upsert
from bot.storage.tables import addresses, buttons, case_places, cases, conversations, groups, inbox, outbox


class ConversationRows:
    """The tables `conversations`, `addresses` and `buttons`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def load(self, ids: Collection[ConversationId]) -> dict[ConversationId, Conversation]:
        """See `ports.Conversations.load`."""
        rows = (
            await self._connection.execute(
                # The weaker lock: what they write meanwhile refers to the row, and is kept at once.
                select(conversations)
                .where(conversations.c.id.in_(ids))
                .order_by(conversations.c.id)
                .with_for_update(key_share=True)
            )
        ).all()
        found = await self.buttons({Token(row.latest_buttons) for row in rows if row.latest_buttons})
        latest = {token: buttons for token, (_, buttons, _) in found.items()}
        kept = await self._cases(ids)
        return {
            ConversationId(row.id): _conversation(row, latest.get(row.latest_buttons), kept.get(row.id, []))
            for row in rows
        }

    async def _cases(self, ids: Collection[ConversationId]) -> dict[int, list[Row[Any]]]:  # Any: columns
        # Locked: a specialist may be acting on the same cases, and both must see what the other did.
        query = select(cases).where(cases.c.conversation_id.in_(ids)).order_by(cases.c.id)
        query = query.with_for_update(key_share=True)
        found: dict[int, list[Row[Any]]] = {}
        for row in await self._connection.execute(query):
            found.setdefault(row.conversation_id, []).append(row)
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

    async def unblock(self, conversation: ConversationId) -> None:
        """See `ports.Conversations.unblock`."""
        await self._connection.execute(
            update(conversations).where(conversations.c.id == conversation).values(blocked=False)
        )

    async def move(self, conversation: ConversationId, chat: str) -> bool:
        """See `ports.Conversations.move`."""
        mine = (
            await self._connection.execute(select(addresses).where(addresses.c.conversation_id == conversation))
        ).one_or_none()
        if mine is None:
            return False
        there = await self._connection.scalar(
            select(addresses.c.conversation_id).where(addresses.c.channel == mine.channel, addresses.c.chat == chat)
        )
        if there is not None and there != conversation:
            if not await self._is_a_stray_group(there, chat):
                return False
            await self._connection.execute(
                update(inbox).where(inbox.c.conversation_id == there).values(conversation_id=conversation)
            )
            await self._connection.execute(delete(conversations).where(conversations.c.id == there))
        await self._connection.execute(
            update(addresses).where(addresses.c.conversation_id == conversation).values(chat=chat)
        )
        await self._forget_message_ids(conversation)
        return True

    async def _forget_message_ids(self, conversation: ConversationId) -> None:
        mine = outbox.c.conversation_id == conversation
        await self._connection.execute(update(outbox).where(mine).values(message=None))
        await self._connection.execute(
            update(outbox)
            .where(mine, outbox.c.state == "new", outbox.c.kind == OutgoingKind.EDIT)
            .values(state="dropped", reason="moved")
        )
        await self._connection.execute(
            update(case_places).where(case_places.c.conversation_id == conversation).values(thread=None, card=None)
        )

    async def _is_a_stray_group(self, there: int, chat: str) -> bool:
        # Telegram numbers groups below zero. One with a team or with cases of its own is nobody's new address.
        bound = exists().where(groups.c.conversation_id == there)
        asked = exists().where(cases.c.conversation_id == there)
        return chat.startswith("-") and not await self._connection.scalar(select(or_(bound, asked)))

    async def talk(self, conversation: ConversationId, case: CaseId | None, latest: ButtonSet | None) -> None:
        """See `ports.Conversations.talk`."""
        values: dict[str, Any] = {"talking": case}  # Any: column values
        if latest is not None:
            values["latest_buttons"] = latest.token
        await self._connection.execute(update(conversations).where(conversations.c.id == conversation).values(values))

    async def find(self, addresses_: Collection[Address]) -> dict[Address, ConversationId]:
        """See `ports.Conversations.find`."""
        pairs = [(address.channel, address.chat) for address in addresses_]
        query = select(addresses).where(tuple_(addresses.c.channel, addresses.c.chat).in_(pairs))
        rows = (await self._connection.execute(query)).all()
        return {Address(Channel(row.channel), row.chat): ConversationId(row.conversation_id) for row in rows}

    async def address(self, conversation: ConversationId) -> Address:
        """See `ports.Conversations.address`."""
        query = select(addresses).where(addresses.c.conversation_id == conversation)
        row = (await self._connection.execute(query)).one()
        return Address(Channel(row.channel), row.chat)

    async def language(self, conversation: ConversationId) -> Language | None:
        """See `ports.Conversations.language`."""
        query = select(conversations.c.language).where(conversations.c.id == conversation)
        found = await self._connection.scalar(query)
        return Language(found) if found else None

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
    "answered_at",
    "talking",
    "files_for",
    "town",
    "town_at",
    "town_for",
    "ticked",
    "hidden_at",
    "phone_asked_at",
    "early_help_at",
    "writer",
    "writer_at",
    "allowance",
    "barred_until",
    "barred_by",
    "latest_buttons",
)


def _row(conversation: Conversation) -> dict[str, Any]:  # Any: column values
    kept = {f"b_{name}": getattr(conversation, name) for name in _KEPT}
    latest = conversation.latest_buttons
    return kept | {
        "b_id": conversation.id,
        "b_last_entries": list(conversation.last_entries),
        "b_ticked": list(conversation.ticked),
        "b_allowance": dump(ALLOWANCE, conversation.allowance),
        "b_latest_buttons": latest.token if latest else None,
    }


def _conversation(row: Row[Any], latest: ButtonSet | None, kept: Sequence[Row[Any]]) -> Conversation:  # Any: columns
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
        answered_at=row.answered_at,
        talking=CaseId(row.talking) if row.talking else None,
        files_for=CaseId(row.files_for) if row.files_for else None,
        town=MunicipalityId(row.town) if row.town else None,
        town_at=row.town_at,
        town_for=EntryId(row.town_for) if row.town_for else None,
        ticked=tuple(row.ticked or ()),
        hidden_at=row.hidden_at,
        phone_asked_at=row.phone_asked_at,
        early_help_at=row.early_help_at,
        writer=Writer(row.writer) if row.writer else None,
        writer_at=row.writer_at,
        allowance=load(ALLOWANCE, row.allowance) if row.allowance else Allowance(),
        barred_until=row.barred_until,
        barred_by=SpecialistId(row.barred_by) if row.barred_by else None,
        open_cases=tuple(_open_case(one) for one in kept if one.state != CaseState.CLOSED),
        closed_cases=tuple(_closed_case(one) for one in reversed(kept) if one.state == CaseState.CLOSED),
        latest_buttons=latest,
    )


def _open_case(row: Row[Any]) -> OpenCase:  # Any: as above
    return OpenCase(
        id=CaseId(row.id),
        number=row.number,
        topic=TopicId(row.topic) if row.topic else None,
        state=CaseState(row.state),
        question=InboxId(row.question) if row.question else None,
        opened_at=row.opened_at,
        due_at=row.due_at,
        team=TeamId(row.team),
        urgent=row.danger == "red",
    )


def _closed_case(row: Row[Any]) -> ClosedCase:  # Any: as above
    topic = TopicId(row.topic) if row.topic else None
    closed_at, reason = row.closed_at or row.opened_at, row.close_reason or ""
    return ClosedCase(CaseId(row.id), row.number, topic, closed_at, reason, row.opened_at)
