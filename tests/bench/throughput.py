"""Durable messages a second beside a naive bot: same fake without limits, same questions, same matching."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter

from tests.bench.databases import Database
from tests.bench.figures import Figure, middle
from tests.bench.processes import bot_environment, child, fake_telegram
from tests.fakes.bot_api import FakeTelegram

CHATS = 60
ROUNDS = 10
QUESTIONS = ("how do i register my child for kindergarten", "kiek moka vaiko pinigų", "как записать ребёнка в школу")


async def compare(data: Path, runs: int, databases: Mapping[str, Database]) -> list[Figure]:
    """Run all bots in turn; return, for each latency of the fake and each database, the median of two figures."""
    figures = []
    for latency in (0.0, 40.0):
        rates: dict[str, list[float]] = {name: [] for name in ("naive", *databases)}
        for run in range(runs):
            rates["naive"].append(await _naive(data / f"naive-{latency}-{run}", data, latency))
            for name, database in databases.items():
                own = _own(data / f"{name}-{latency}-{run}", data)
                with database(own) as address:
                    rates[name].append(await _rate("bot", own, latency, TILTAS_DATABASE_URL=address))
            latest = ", ".join(f"{name} {found[-1]:6.1f}/s" for name, found in rates.items())
            print(f"  {latency:>3.0f} ms a send: {latest}")
        figures += [figure for name in databases for figure in _figures(name, latency, rates)]
    return figures


def _figures(name: str, latency: float, rates: Mapping[str, Sequence[float]]) -> list[Figure]:
    ratios = [ours / naive for ours, naive in zip(rates[name], rates["naive"], strict=True)]
    what = f"{name}, {latency:.0f} ms a send (median)"
    return [
        Figure(f"durable messages, {what}", middle(rates[name]), "/s", 25, at_least=True),
        Figure(f"durable ÷ naive, {what}", middle(ratios), "", 0.7, at_least=True),
    ]


def _own(folder: Path, data: Path) -> Path:
    (folder / "cache").mkdir(parents=True)
    for index in (data / "cache").glob("*.npz"):
        (folder / "cache" / index.name).write_bytes(index.read_bytes())
    return folder


async def _naive(folder: Path, data: Path, latency: float) -> float:
    return await _rate("tests.bench.naive", _own(folder, data), latency)


async def _rate(module: str, own: Path, latency: float, **options: str) -> float:
    async with fake_telegram(latency) as telegram:
        arguments = ("run",) if module == "bot" else ()
        async with child(module, *arguments, **bot_environment(telegram, own), **options):
            # Everybody has been greeted before the clock starts: the first notice is a second message.
            await _ask(telegram, 1)
            await _quiet(telegram)
            before = telegram_count(await telegram.stats())
            started = perf_counter()
            await _ask(telegram, ROUNDS)
            while telegram_count(await telegram.stats()) < before + CHATS * ROUNDS:  # noqa: ASYNC110  another process counts
                await asyncio.sleep(0.02)
            return CHATS * ROUNDS / (perf_counter() - started)


async def _ask(telegram: FakeTelegram, rounds: int) -> None:
    for number in range(rounds):
        for chat in range(1, CHATS + 1):
            await telegram.say(1000 + chat, QUESTIONS[(chat + number) % len(QUESTIONS)])


async def _quiet(telegram: FakeTelegram) -> None:
    """Wait until the first round is answered and nothing more comes."""
    last, since = -1, perf_counter()
    while perf_counter() - since < 1.5 or last < CHATS:
        count = telegram_count(await telegram.stats())
        if count != last:
            last, since = count, perf_counter()
        await asyncio.sleep(0.05)


def telegram_count(stats: object) -> int:
    """Return how many messages the fake has taken."""
    return stats.count("sendMessage", 200)  # type: ignore[attr-defined, no-any-return]  # Stats of the fake, in or out of process
