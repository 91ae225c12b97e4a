"""Tiltas whose clock a test can set; the program has no such thing. `CLOCK_FILE` holds the seconds it is ahead."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import bot.app
from bot import cli
from bot.workers import timers

LOOK_EVERY = 0.2
"""Seconds between two looks at what is due."""


def clock(file: Path) -> Callable[[], datetime]:
    """Return a clock that is ahead by what the file says at that moment."""

    def now() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(file.read_text("utf-8")))

    return now


if __name__ == "__main__":
    bot.app.now = clock(Path(os.environ["CLOCK_FILE"]))
    timers.LOOK_EVERY = LOOK_EVERY
    cli.main(["run"])
