"""From the commit that keeps a message to the commit that owes its reply, unloaded, in this process."""

from __future__ import annotations

import asyncio
from pathlib import Path
from time import perf_counter

from bot import log
from bot.actions.answering import Mind
from bot.actions.receiving import receive
from bot.app import content_folder, mind_of, now
from bot.conversation.model import Address, Channel, Incoming, Kind
from bot.settings import Settings
from bot.storage.migrate import migrate
from bot.storage.unit_of_work import SqlStore
from bot.workers.answers import Answerer
from tests.bench.databases import Database
from tests.bench.figures import Figure, quantile
from tests.bench.throughput import QUESTIONS

MESSAGES = 300


async def measure(data: Path, name: str, database: Database) -> list[Figure]:
    """Write one message after another; return quantiles of the milliseconds until its reply is owed."""
    log.configure("error")
    settings = Settings(data=data)
    mind = mind_of(content_folder(settings).load(now().date()))
    with database(data) as address:
        store = SqlStore(address)
        try:
            await migrate(store)
            taken = await _taken(store, mind)
        finally:
            await store.close()
    return [
        Figure(f"inbox commit to outbox commit, {name}, p50", quantile(taken, 0.5), "ms", 50),
        Figure(f"inbox commit to outbox commit, {name}, p95", quantile(taken, 0.95), "ms", 50),
    ]


async def _taken(store: SqlStore, mind: Mind) -> list[float]:
    owed = asyncio.Event()
    answerer = Answerer(store=store, clock=now, mind=lambda: mind, handled=owed.set)
    running = asyncio.create_task(answerer.run())
    taken = []
    for number in range(MESSAGES):
        text = QUESTIONS[number % len(QUESTIONS)]
        address = Address(Channel.TELEGRAM, str(number % 50))
        await receive([Incoming(f"bench:{number}", address, Kind.TEXT, text=text)], store=store, clock=now)
        owed.clear()
        started = perf_counter()
        answerer.nudge()
        await owed.wait()
        taken.append((perf_counter() - started) * 1000)
        await asyncio.sleep(0.005)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return taken
