"""What families' presses say of entries: numbers, never words or people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.content.model import EntryId, Language
from bot.conversation.model import InboxId, VerdictSource
from bot.ports import KeptVerdict, Missed
from bot.storage.dialect import upsert
from bot.storage.tables import inbox, verdicts

_TOLD = (VerdictSource.HELPED, VerdictSource.CHOICE, VerdictSource.NEIGHBOUR)
"""What says that an entry was right, surest first."""
_MISSED = (VerdictSource.NOT_HELPED, VerdictSource.NONE_OF_THESE)
_MADE_ANEW = ("language", "source", "is_right", "p", "signals", "encoder_id", "algorithm", "day")


class VerdictRows:
    """The `verdicts` table."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, made: Sequence[KeptVerdict]) -> None:
        """See `ports.Verdicts.add`."""
        if not made:
            return
        # In order: two that change the same rows must not each have what the other waits for.
        rows = sorted(map(_row, made), key=lambda row: (row["question"] or 0, row["entry_id"]))
        statement = upsert(self._connection, verdicts)
        latest = statement.on_conflict_do_update(
            index_elements=["question", "entry_id"],
            set_={name: statement.excluded[name] for name in _MADE_ANEW},
            where=statement.excluded.source != VerdictSource.NEIGHBOUR,
        )
        await self._connection.execute(latest, rows)

    async def are(self, enough: int) -> bool:
        """See `ports.Verdicts.are`."""
        some = select(verdicts.c.id).where(verdicts.c.source != VerdictSource.NEIGHBOUR).limit(enough).subquery()
        return (await self._connection.execute(select(func.count()).select_from(some))).scalar_one() == enough

    async def made_by(self, algorithm: str, encoder_id: str) -> list[KeptVerdict]:
        """See `ports.Verdicts.made_by`."""
        query = select(verdicts).where(verdicts.c.algorithm == algorithm, verdicts.c.encoder_id == encoder_id)
        return [_verdict(row) for row in await self._connection.execute(query.order_by(verdicts.c.id))]

    async def missed(self) -> list[Missed]:
        """See `ports.Verdicts.missed`."""
        wrong = select(verdicts.c.question).where(verdicts.c.source.in_(_MISSED))
        query = (
            select(verdicts, inbox.c.text)
            .join(inbox, inbox.c.id == verdicts.c.question)
            .where(inbox.c.id.in_(wrong), inbox.c.text != "")
            .order_by(inbox.c.id.desc(), verdicts.c.id)
        )
        rows = (await self._connection.execute(query)).all()
        return [_missed(of_one) for _, of_one in groupby(rows, key=lambda row: row.question)]


def _row(made: KeptVerdict) -> dict[str, Any]:  # Any: column values
    return {
        "question": made.question,
        "language": made.language,
        "entry_id": made.entry_id,
        "source": made.source,
        "is_right": made.right,
        "p": made.p,
        "signals": list(made.signals),
        "encoder_id": made.encoder_id,
        "algorithm": made.algorithm,
        "day": made.day,
    }


def _verdict(row: Row[Any]) -> KeptVerdict:  # Any: columns
    return KeptVerdict(
        question=InboxId(row.question) if row.question else None,
        language=Language(row.language),
        entry_id=EntryId(row.entry_id),
        source=VerdictSource(row.source),
        right=row.is_right,
        p=row.p,
        signals=tuple(row.signals),
        encoder_id=row.encoder_id,
        algorithm=row.algorithm,
        day=row.day,
    )


def _missed(rows: Iterable[Row[Any]]) -> Missed:  # Any: as above
    of_one = list(rows)
    right = sorted((row for row in of_one if row.is_right), key=lambda row: _TOLD.index(row.source))
    return Missed(
        question=InboxId(of_one[0].question),
        language=Language(of_one[0].language),
        text=of_one[0].text,
        wrong=tuple(EntryId(row.entry_id) for row in of_one if row.source in _MISSED),
        right=EntryId(right[0].entry_id) if right else None,
        day=max(row.day for row in of_one),
    )
