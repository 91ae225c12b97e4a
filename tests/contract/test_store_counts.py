"""Counts add up, and hold nobody."""

from __future__ import annotations

from datetime import date

from bot.conversation.model import Channel, Count
from bot.storage.tables import counts
from bot.storage.unit_of_work import SqlStore
from tests.builders_store import all_rows

TODAY, YESTERDAY = date(2026, 11, 21), date(2026, 11, 20)


async def count(store: SqlStore, day: date, channel: Channel, *happened: Count) -> None:
    async with store.begin() as tx:
        await tx.counts.add(day, channel, happened)


async def test_counts_add_up(store: SqlStore) -> None:
    answer, clarify = Count("uk", "health", "answer"), Count("uk", "", "clarify")

    await count(store, TODAY, Channel.TELEGRAM, answer, clarify, answer)
    await count(store, TODAY, Channel.TELEGRAM, answer)
    await count(store, TODAY, Channel.CONSOLE, answer)
    await count(store, YESTERDAY, Channel.TELEGRAM, answer)
    await count(store, TODAY, Channel.TELEGRAM)

    rows = [(row["day"], row["channel"], row["step"], row["n"]) for row in await all_rows(store, counts)]
    assert sorted(rows) == [
        (YESTERDAY, "telegram", "answer", 1),
        (TODAY, "console", "answer", 1),
        (TODAY, "telegram", "answer", 3),
        (TODAY, "telegram", "clarify", 1),
    ]


async def test_counts_are_apart_by_language_topic_and_step(store: SqlStore) -> None:
    await count(
        store,
        TODAY,
        Channel.TELEGRAM,
        Count("uk", "health", "answer"),
        Count("ru", "health", "answer"),
        Count("uk", "", "answer"),
        Count("uk", "health", "reason:no_match"),
    )

    assert [row["n"] for row in await all_rows(store, counts)] == [1, 1, 1, 1]
