"""Questions kept for people, with everything that happened to them; notes in a table of their own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cases.model import Case, CaseId, CaseState, Event, EventKind, SpecialistId
from bot.content.model import EntryId, Language, MunicipalityId, TeamId, TopicId
from bot.conversation.model import Attachment, ConversationId, InboxId, NewCase
from bot.errors import CaseChanged, CaseNotFound
from bot.matching.evidence import Level, Writer
from bot.ports import KeptCase, Words
from bot.storage.codec import FILES, dump, files
from bot.storage.dialect import insert_once
from bot.storage.tables import case_events, cases, conversations, notes


class CaseRows:
    """The tables `cases`, `case_events` and `notes`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open(
        self,
        case: NewCase,
        number: str,
        opened_by: InboxId,
        conversation: ConversationId,
        team: TeamId,
        due_at: datetime,
        at: datetime,
    ) -> CaseId:
        """See `ports.Cases.open`."""
        row = {
            "number": number,
            "conversation_id": conversation,
            "opened_by": opened_by,
            "question": case.question,
            "state": CaseState.WAITING,
            "reason": case.reason,
            "topic": case.topic,
            "team": team,
            "language": case.language,
            "danger": case.danger,
            "danger_kind": case.danger_kind,
            "version": 1,
            "follows": case.follows,
            "town": case.town,
            "writer": case.writer,
            "opened_at": at,
            "due_at": due_at,
        }
        made = await self._connection.execute(insert_once(self._connection, cases).returning(cases.c.id), row)
        case_id = made.scalar_one_or_none()
        if case_id is None:
            query = select(cases.c.id).where(cases.c.opened_by == opened_by)
            return CaseId((await self._connection.execute(query)).scalar_one())
        await self._event(CaseId(case_id), Event(EventKind.OPENED, at, due_at=due_at), _opened(case), None)
        return CaseId(case_id)

    async def opened_by(self, message: InboxId) -> CaseId | None:
        """See `ports.Cases.opened_by`."""
        found = await self._connection.scalar(select(cases.c.id).where(cases.c.opened_by == message))
        return CaseId(found) if found is not None else None

    async def load(self, case: CaseId) -> KeptCase:
        """See `ports.Cases.load`."""
        # The family's conversation first, as everywhere: two who lock in different orders wait for each other for ever.
        whose = select(cases.c.conversation_id).where(cases.c.id == case).scalar_subquery()
        family = select(conversations.c.id).where(conversations.c.id == whose).with_for_update(key_share=True)
        await self._connection.execute(family)
        query = select(cases).where(cases.c.id == case).with_for_update(key_share=True)
        row = (await self._connection.execute(query)).one_or_none()
        if row is None:
            raise CaseNotFound
        opened = select(case_events.c.payload).where(
            case_events.c.case_id == case, case_events.c.kind == EventKind.OPENED
        )
        return _kept(row, (await self._connection.execute(opened.limit(1))).scalar_one_or_none() or {})

    async def save(
        self, case: Case, event: Event, *, text: str = "", files: Sequence[Attachment] = (), ref: str | None = None
    ) -> None:
        """See `ports.Cases.save`."""
        changed: dict[str, Any] = {  # Any: column values
            "state": case.state,
            "team": case.team,
            "version": case.version,
            "claimed_by": case.claimed_by,
            "due_at": case.due_at,
            "return_at": case.return_at,
            "closed_at": case.closed_at,
            "close_reason": case.close_reason or None,
            "rating": case.rating or None,
        }
        if event.kind in {EventKind.RAISED, EventKind.LOWERED}:
            changed["danger"] = event.reason
        saved = await self._connection.execute(
            update(cases).where(cases.c.id == case.id, cases.c.version == case.version - 1).values(changed)
        )
        if saved.rowcount != 1:
            raise CaseChanged
        await self.record(case.id, event, text=text, files=files, ref=ref)

    async def record(
        self, case: CaseId, event: Event, *, text: str = "", files: Sequence[Attachment] = (), ref: str | None = None
    ) -> None:
        """See `ports.Cases.record`."""
        await self._event(case, event, {"text": text, "files": dump(FILES, tuple(files))}, ref)

    async def _event(self, case: CaseId, event: Event, said: dict[str, Any], ref: str | None) -> None:  # Any: JSON
        facts = {
            "team": event.team,
            "reason": event.reason,
            "due_at": event.due_at.isoformat() if event.due_at else None,
            "return_at": event.return_at.isoformat() if event.return_at else None,
            "until": event.until.isoformat() if event.until else None,
        }
        payload = {name: value for name, value in {**said, **facts}.items() if value}
        await self._connection.execute(
            insert(case_events),
            {"case_id": case, "kind": event.kind, "at": event.at, "by": event.by, "ref": ref, "payload": payload},
        )

    async def touch(self, case: CaseId, return_at: datetime | None) -> None:
        """See `ports.Cases.touch`."""
        await self._connection.execute(update(cases).where(cases.c.id == case).values(return_at=return_at))

    async def note(
        self, case: CaseId, by: SpecialistId, text: str, files: Sequence[Attachment], ref: str | None, at: datetime
    ) -> None:
        """See `ports.Cases.note`."""
        await self._connection.execute(insert(notes), _note(case, by, text, files, ref, at, held=False))

    async def hold(
        self, case: CaseId, by: SpecialistId, text: str, files: Sequence[Attachment], ref: str, at: datetime
    ) -> None:
        """See `ports.Cases.hold`."""
        await self.let_go(ref)
        await self._connection.execute(insert(notes), _note(case, by, text, files, ref, at, held=True))

    async def held(self, ref: str) -> Words | None:
        """See `ports.Cases.held`."""
        query = select(notes).where(notes.c.ref == ref, notes.c.held)
        row = (await self._connection.execute(query.limit(1))).one_or_none()
        return Words(CaseId(row.case_id), SpecialistId(row.by), row.text, files(row.files)) if row is not None else None

    async def let_go(self, ref: str, *, as_note: bool = False) -> None:
        """See `ports.Cases.let_go`."""
        mine = and_(notes.c.ref == ref, notes.c.held)
        await self._connection.execute(
            update(notes).where(mine).values(held=False) if as_note else delete(notes).where(mine)
        )

    async def words(self, ref: str, kinds: Collection[str]) -> Words | None:
        """See `ports.Cases.words`."""
        query = select(case_events).where(case_events.c.ref == ref, case_events.c.kind.in_(kinds))
        row = (await self._connection.execute(query.order_by(case_events.c.id.desc()).limit(1))).one_or_none()
        if row is None:
            return None
        by = SpecialistId(row.by) if row.by else None
        return Words(CaseId(row.case_id), by, row.payload.get("text", ""), files(row.payload.get("files")))

    async def story(self, case: CaseId) -> list[tuple[str, str]]:
        """See `ports.Cases.story`."""
        query = select(case_events).where(case_events.c.case_id == case).order_by(case_events.c.id)
        return [(row.kind, row.payload.get("text", "")) for row in await self._connection.execute(query)]

    async def overdue(self, at: datetime, warn_at: datetime, limit: int) -> list[CaseId]:
        """See `ports.Cases.overdue`."""
        untouched = and_(cases.c.state == CaseState.CLAIMED, cases.c.return_at <= at)
        slipping = and_(cases.c.state.in_((CaseState.WAITING, CaseState.CLAIMED)), cases.c.due_at <= warn_at)
        query = (
            select(cases.c.id)
            .join(conversations, conversations.c.id == cases.c.conversation_id)
            .where(or_(untouched, slipping))
            .order_by(cases.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True, key_share=True, of=conversations)  # see `load`
        )
        return [CaseId(row.id) for row in await self._connection.execute(query)]

    async def of_team(self, teams: Collection[TeamId]) -> list[CaseId]:
        """See `ports.Cases.of_team`."""
        query = select(cases.c.id).where(cases.c.team.in_(teams), cases.c.state != CaseState.CLOSED)
        first = ((cases.c.danger == Level.RED).desc(), cases.c.writer.is_not(None).desc())
        return [CaseId(x) for x in await self._connection.scalars(query.order_by(*first, cases.c.due_at, cases.c.id))]

    async def claimed_by(self, specialist: SpecialistId) -> list[CaseId]:
        """See `ports.Cases.claimed_by`."""
        return await self._open(cases.c.claimed_by == specialist)

    async def open_of(self, conversation: ConversationId) -> list[CaseId]:
        """See `ports.Cases.open_of`."""
        return await self._open(cases.c.conversation_id == conversation)

    async def _open(self, whose: ColumnElement[bool]) -> list[CaseId]:
        query = select(cases.c.id).where(whose, cases.c.state != CaseState.CLOSED).order_by(cases.c.id)
        return [CaseId(x) for x in await self._connection.scalars(query)]


def _note(
    case: CaseId,
    by: SpecialistId,
    text: str,
    attached: Sequence[Attachment],
    ref: str | None,
    at: datetime,
    *,
    held: bool,
) -> dict[str, Any]:  # Any: column values
    kept = dump(FILES, tuple(attached))
    return {"case_id": case, "by": by, "at": at, "ref": ref, "text": text, "files": kept, "held": held}


def _opened(case: NewCase) -> dict[str, Any]:  # Any: JSON
    return {
        "text": case.text,
        "files": dump(FILES, case.files),
        "nearest": [[entry_id, p] for entry_id, p in case.nearest],
        "tried": list(case.tried),
    }


def _kept(row: Row[Any], opened: dict[str, Any]) -> KeptCase:  # Any: columns, JSON
    case = Case(
        id=CaseId(row.id),
        number=row.number,
        team=TeamId(row.team),
        topic=TopicId(row.topic) if row.topic else None,
        language=Language(row.language),
        state=CaseState(row.state),
        urgent=row.danger == Level.RED,
        opened_at=row.opened_at,
        due_at=row.due_at,
        town=MunicipalityId(row.town) if row.town else None,
        claimed_by=SpecialistId(row.claimed_by) if row.claimed_by else None,
        return_at=row.return_at,
        closed_at=row.closed_at,
        close_reason=row.close_reason or "",
        rating=row.rating or "",
        version=row.version,
    )
    return KeptCase(
        case,
        ConversationId(row.conversation_id),
        row.reason,
        row.danger,
        row.danger_kind,
        asked=opened.get("text", ""),
        files=files(opened.get("files")),
        nearest=tuple((EntryId(entry_id), p) for entry_id, p in opened.get("nearest", ())),
        tried=tuple(EntryId(x) for x in opened.get("tried", ())),
        follows=CaseId(row.follows) if row.follows else None,
        writer=Writer(row.writer) if row.writer else None,
    )
