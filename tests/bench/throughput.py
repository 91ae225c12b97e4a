"""Durable messages a second beside a naive bot: same fake without limits, same questions, same matching."""

from __future__ import annotations

import asyncio
from pathlib import Path
from time import perf_counter

from tests.bench.figures import Figure, middle
from tests.bench.processes import bot_environment, child, fake_telegram
from tests.fakes.bot_api import FakeTelegram

CHATS = 60
ROUNDS = 10
QUESTIONS = ("how do i register my child for kindergarten", "kiek moka vaiko pinigų", "как записать ребёнка в школу")


async def compare(data: Path, runs: int) -> list[Figure]:
    """Run both bots in turn; return the median ratio for each latency of the fake."""
    figures = []
    for latency in (0.0, 40.0):
        ratios = []
        for run in range(runs):
            naive = await _rate("tests.bench.naive", data / f"naive-{latency}-{run}", data, latency)
            durable = await _rate("bot", data / f"durable-{latency}-{run}", data, latency)
            ratios.append(durable / naive)
            print(
                f"  {latency:>3.0f} ms a send: naive {naive:6.1f}/s, durable {durable:6.1f}/s, ratio {ratios[-1]:.2f}"
            )
        figures.append(
            Figure(f"durable ÷ naive, {latency:.0f} ms a send (median)", middle(ratios), "", 0.7, at_least=True)
        )
    return figures


async def _rate(module: str, own: Path, data: Path, latency: float) -> float:
    (own / "cache").mkdir(parents=True)
    for index in (data / "cache").glob("*.npz"):
        (own / "cache" / index.name).write_bytes(index.read_bytes())
    async with fake_telegram(latency) as telegram:
        arguments = ("run",) if module == "bot" else ()
        async with child(module, *arguments, **bot_environment(telegram, own)):
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
