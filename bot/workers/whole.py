"""Stops that wait for the end of a transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def whole(work: Coroutine[Any, Any, T]) -> T:  # Any: what a coroutine may be sent, and yields, is asyncio's own
    """Do `work` to its end, also when the caller is cancelled meanwhile; then the cancellation goes on.

    A transaction that is cancelled in its middle may keep SQLite locked as long as its connection lives, and what the
    sender has to write down in the end does not get through (measured: 10 s, then three messages uncertain).
    """
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.gather(task, return_exceptions=True)
        raise
