"""One process alone: matching, start, memory."""

from __future__ import annotations

import asyncio
from pathlib import Path
from time import perf_counter

from bot.app import content_folder, mind_of, now
from bot.settings import Settings
from tests.bench.figures import Figure, middle, quantile
from tests.bench.processes import bot_environment, child, fake_telegram, resident_mb

STARTS = 5


def matching(data: Path) -> list[Figure]:
    """Match every phrasing of the catalogue with two letters swapped, as a slip of the finger does."""
    mind = mind_of(content_folder(Settings(data=data)).load(now().date()))
    texts = [_slipped(x) for e in mind.world.catalogue.entries.values() for t in e.texts.values() for x in t.phrasings]
    texts = [text for text in texts if len(text) <= 120]
    mind.matcher.find(texts[0])
    taken = []
    for text in texts:
        started = perf_counter()
        mind.matcher.find(text)
        taken.append((perf_counter() - started) * 1000)
    name = f"matching {len(texts)} messages up to 120 characters"
    return [
        Figure(f"{name}, p50", quantile(taken, 0.5), "ms", 5),
        Figure(f"{name}, p95", quantile(taken, 0.95), "ms", 5),
    ]


def _slipped(text: str) -> str:
    middle_at = len(text) // 2
    return text[:middle_at] + text[middle_at : middle_at + 2][::-1] + text[middle_at + 2 :]


async def start(data: Path) -> list[Figure]:
    """Measure from starting the command to the first answer printed, with the index in the cache."""
    taken = []
    for _ in range(STARTS):
        started = perf_counter()
        process = await asyncio.create_subprocess_exec(
            str(Path(".venv/bin/tiltas")),
            "run",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={"PATH": "/usr/bin:/bin", "TILTAS_DATA": str(data)},
        )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"how do i register my child for kindergarten\n")
        process.stdin.write_eof()
        while b"Tiltas:" not in (line := await process.stdout.readline()):
            assert line, "the bot ended without an answer"
        taken.append(perf_counter() - started)
        await process.stdout.read()
        await process.wait()
    return [Figure(f"warm start to first answer (median of {STARTS})", middle(taken), "s", 2)]


async def memory(data: Path) -> list[Figure]:
    """Measure resident memory of a serving bot after one answer and five idle seconds."""
    async with fake_telegram(0) as telegram, child("bot", "run", **bot_environment(telegram, data)) as process:
        await telegram.say(1, "how do i register my child for kindergarten")
        await telegram.wait_for_call("sendMessage", chat_id=1)
        await asyncio.sleep(5)
        return [Figure("resident memory, idle", resident_mb(process.pid), "MB", 250)]
