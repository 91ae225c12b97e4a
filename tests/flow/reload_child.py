"""Tiltas that writes down how late its event loop is; the reload test starts it. The program has no such measure.

`LAG_FILE` gets a line for each hundredth of a second: the clock, and the seconds by which the loop was late.
"""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Any

from bot import cli
from bot.storage import faq_watch

EVERY = 0.01
"""Seconds between two looks."""


async def _measure(file: Path) -> None:
    with file.open("w", buffering=1) as lines:
        while True:
            due = time.monotonic() + EVERY
            await asyncio.sleep(EVERY)
            lines.write(f"{due:.4f} {time.monotonic() - due:.4f}\n")


def _beside(watch: Any, file: Path) -> Any:  # Any: as the wrapped function
    async def wrapped(*given: Any, **named: Any) -> None:  # Any: as the wrapped function
        measuring = asyncio.create_task(_measure(file))
        try:
            await watch(*given, **named)
        finally:
            measuring.cancel()

    return wrapped


if __name__ == "__main__":
    faq_watch.watch = _beside(faq_watch.watch, Path(os.environ["LAG_FILE"]))
    cli.main(["run"])
