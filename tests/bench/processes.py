"""Child processes of the benchmark: the fake Bot API, the bot, a naive bot."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from tests.fakes.bot_api import FakeTelegram

ROOT = Path(__file__).resolve().parents[2]


@asynccontextmanager
async def fake_telegram(latency_ms: float) -> AsyncIterator[FakeTelegram]:
    """Run the fake without limits as its own process, so that it does not share our interpreter."""
    async with child("tests.fakes.bot_api", "--latency-ms", str(latency_ms)) as process:
        assert process.stdout is not None
        address = json.loads(await process.stdout.readline())
        async with FakeTelegram.connect(address["url"]) as telegram:
            yield telegram


@asynccontextmanager
async def child(module: str, *arguments: str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a module with extra environment; it is asked to stop at the end, and made to if it does not."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), 15)
            except TimeoutError:
                process.kill()
                await process.wait()


def bot_environment(telegram: FakeTelegram, data: Path) -> Mapping[str, str]:
    """Return the settings of a bot that talks to `telegram` unpaced, as many messages in flight as the naive one."""
    return {
        "TILTAS_TELEGRAM_TOKEN": telegram.token,
        "TILTAS_TELEGRAM_API": telegram.url,
        "TILTAS_DATA": str(data),
        "TILTAS_PACE": "no",
        "TILTAS_IN_FLIGHT": "32",
        "TILTAS_LOG_LEVEL": "error",
    }


def resident_mb(pid: int) -> float:
    """Return the resident memory of a process in MB."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
