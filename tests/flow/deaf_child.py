"""Tiltas that never asks Telegram for messages, since only one process of a bot may; it answers and sends like any other."""

from __future__ import annotations

import asyncio

from bot import cli
from bot.channels.telegram.receive import Poller


async def _never(_poller: object) -> None:
    await asyncio.Event().wait()


if __name__ == "__main__":
    Poller.run = _never  # type: ignore[assignment, method-assign]  # the point of this program
    cli.main(["run"])
