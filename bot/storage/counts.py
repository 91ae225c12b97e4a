"""Numbers without people: how often what happened, by day, channel, language, topic and step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation.model import Channel, Count
from bot.storage.dialect import upsert
from bot.storage.tables import counts


class CountRows:
    """The `counts` table."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, day: date, channel: Channel, happened: Sequence[Count]) -> None:
        """See `ports.Counts.add`."""
        if not happened:
            return
        rows = [
            {"day": day, "channel": channel, "language": c.language, "topic": c.topic, "step": c.step, "n": n}
            # In order: two that add to the same rows must not each have what the other waits for.
            for c, n in sorted(Counter(happened).items(), key=lambda item: _key(item[0]))
        ]
        insert = upsert(self._connection, counts)
        more = insert.on_conflict_do_update(
            index_elements=["day", "channel", "language", "topic", "step"], set_={"n": counts.c.n + insert.excluded.n}
        )
        await self._connection.execute(more, rows)


def _key(count: Count) -> tuple[str, str, str]:
    return count.language, count.topic, count.step
