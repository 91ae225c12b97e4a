"""Teams' groups, the codes that connect them, and who works there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cases.model import SpecialistId
from bot.content.model import TeamId
from bot.conversation.model import ConversationId
from bot.ports import Group, Specialist
from bot.storage.dialect import insert_once, upsert
from bot.storage.tables import groups, invites, specialists


class TeamRows:
    """The tables `groups`, `invites` and `specialists`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def invite(self, code_hash: str, team: TeamId, expires_at: datetime) -> None:
        """See `ports.Teams.invite`."""
        row = {"code_hash": code_hash, "team": team, "expires_at": expires_at}
        await self._connection.execute(insert(invites), row)

    async def accept(self, code_hash: str, at: datetime) -> TeamId | None:
        """See `ports.Teams.accept`."""
        used = await self._connection.execute(
            update(invites)
            .where(invites.c.code_hash == code_hash, invites.c.used_at.is_(None), invites.c.expires_at > at)
            .values(used_at=at)
            .returning(invites.c.team)
        )
        team = used.scalar_one_or_none()
        return TeamId(team) if team is not None else None

    async def connect(self, group: Group, at: datetime) -> None:
        """See `ports.Teams.connect`."""
        await self._connection.execute(
            delete(groups).where(groups.c.team == group.team, groups.c.conversation_id != group.conversation_id)
        )
        row = {
            "conversation_id": group.conversation_id,
            "team": group.team,
            "forum": group.forum,
            "topics": group.topics,
            "connected_at": at,
        }
        insert_ = upsert(self._connection, groups)
        changed = {name: insert_.excluded[name] for name in row if name != "conversation_id"}
        await self._connection.execute(
            insert_.on_conflict_do_update(index_elements=["conversation_id"], set_=changed), row
        )

    async def change(self, group: Group) -> None:
        """See `ports.Teams.change`."""
        await self._connection.execute(
            update(groups)
            .where(groups.c.conversation_id == group.conversation_id)
            .values(forum=group.forum, topics=group.topics, digest_at=group.digest_at)
        )

    async def group(self, conversation: ConversationId) -> Group | None:
        """See `ports.Teams.group`."""
        query = select(groups).where(groups.c.conversation_id == conversation)
        return _group((await self._connection.execute(query)).one_or_none())

    async def group_of(self, team: TeamId) -> Group | None:
        """See `ports.Teams.group_of`."""
        query = select(groups).where(groups.c.team == team).limit(1)
        return _group((await self._connection.execute(query)).one_or_none())

    async def connected(self) -> frozenset[TeamId]:
        """See `ports.Teams.connected`."""
        return frozenset(TeamId(x) for x in await self._connection.scalars(select(groups.c.team)))

    async def join(self, group: ConversationId, author: str, alias: str, at: datetime) -> Specialist:
        """See `ports.Teams.join`."""
        row = {"conversation_id": group, "author": author, "alias": alias, "joined_at": at}
        await self._connection.execute(insert_once(self._connection, specialists, "conversation_id", "author"), row)
        back = await self._connection.execute(
            update(specialists)
            .where(specialists.c.conversation_id == group, specialists.c.author == author)
            .values(left_at=None)
            .returning(*specialists.c)
        )
        return _specialist(back.one())

    async def leave(self, group: ConversationId, author: str, at: datetime) -> Specialist | None:
        """See `ports.Teams.leave`."""
        gone = await self._connection.execute(
            update(specialists)
            .where(
                specialists.c.conversation_id == group, specialists.c.author == author, specialists.c.left_at.is_(None)
            )
            .values(left_at=at)
            .returning(*specialists.c)
        )
        row = gone.one_or_none()
        return _specialist(row) if row is not None else None

    async def rename(self, specialist: SpecialistId, alias: str) -> None:
        """See `ports.Teams.rename`."""
        await self._connection.execute(update(specialists).where(specialists.c.id == specialist).values(alias=alias))

    async def specialist(self, group: ConversationId, author: str) -> Specialist | None:
        """See `ports.Teams.specialist`."""
        query = select(specialists).where(
            specialists.c.conversation_id == group, specialists.c.author == author, specialists.c.left_at.is_(None)
        )
        row = (await self._connection.execute(query)).one_or_none()
        return _specialist(row) if row is not None else None

    async def aliases(self, ids: Collection[SpecialistId]) -> dict[SpecialistId, str]:
        """See `ports.Teams.aliases`."""
        if not ids:
            return {}
        query = select(specialists.c.id, specialists.c.alias).where(specialists.c.id.in_(ids))
        return {SpecialistId(row.id): row.alias for row in await self._connection.execute(query)}

    async def joined(self, group: ConversationId) -> int:
        """See `ports.Teams.joined`."""
        query = select(func.count()).where(specialists.c.conversation_id == group)
        return (await self._connection.execute(query)).scalar_one()


def _group(row: Row[Any] | None) -> Group | None:  # Any: columns
    if row is None:
        return None
    return Group(ConversationId(row.conversation_id), TeamId(row.team), row.forum, row.topics, row.digest_at)


def _specialist(row: Row[Any]) -> Specialist:  # Any: columns
    return Specialist(SpecialistId(row.id), ConversationId(row.conversation_id), row.alias)
