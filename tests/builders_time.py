"""Waiting in tests for what happens beside them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

PATIENCE = 20.0
"""Seconds that anything may take before a test fails: many times what it takes, for machines with other work to do."""


async def until(condition: Callable[[], Awaitable[object]], seconds: float = PATIENCE) -> None:
    """Wait until `condition` holds."""
    end = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < end, f"not within {seconds} s"
        await asyncio.sleep(0.002)
