"""Tiltas that ends itself without warning at a named point; the kill tests start it. The program has no such points.

`KILL_AT` names the point, `KILL_PASSAGE` the passage at which it happens: 1 is the first.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import bot.app
from bot import cli
from bot.actions import delivering
from bot.channels.telegram.send import TelegramChannel
from bot.workers import answers

POINTS = {
    "after_inbox": "messages are kept, Telegram does not know it yet",
    "after_decision": "replies are kept, nothing is on its way",
    "after_sending": "rows are marked as on their way, Telegram has not been called",
    "after_accepted": "Telegram has the message, we have not written it down",
    "before_sent": "outcomes are about to be written down",
}

Function = Callable[..., Coroutine[Any, Any, Any]]  # Any: whatever the wrapped function takes and returns


class Fuse:
    """Counts passages of the one point that matters and ends the process at the right one."""

    def __init__(self, point: str, passage: int) -> None:
        self._point = point
        self._left = passage

    def passes(self, point: str) -> None:
        """End the process if it is time."""
        if point != self._point:
            return
        self._left -= 1
        if self._left == 0:
            os.write(2, b'{"event": "killed", "point": "%s"}\n' % point.encode())
            os.kill(os.getpid(), signal.SIGKILL)


def lay(fuse: Fuse) -> None:
    """Wrap the functions around which things are committed."""
    delivering.turn = _before(delivering.turn, "before_sent", fuse)
    for place, name, point in (
        (bot.app, "receive", "after_inbox"),
        (answers, "answer_ready", "after_decision"),
        (delivering, "turn", "after_sending"),
        (TelegramChannel, "send", "after_accepted"),
    ):
        setattr(place, name, _after(getattr(place, name), point, fuse))


def _before(turn: Function, point: str, fuse: Fuse) -> Function:
    async def wrapped(outcomes: Sequence[Any], *rest: Any, **named: Any) -> Any:  # Any: as the wrapped function
        if outcomes:
            fuse.passes(point)
        return await turn(outcomes, *rest, **named)

    return wrapped


def _after(function: Function, point: str, fuse: Fuse) -> Function:
    async def wrapped(*given: Any, **named: Any) -> Any:  # Any: as the wrapped function
        result = await function(*given, **named)
        if result:
            fuse.passes(point)
        return result

    return wrapped


if __name__ == "__main__":
    lay(Fuse(os.environ.get("KILL_AT", ""), int(os.environ.get("KILL_PASSAGE", "0"))))
    cli.main(["run"])
