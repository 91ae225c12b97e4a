"""What a test needs that looks at logs: the arrangement as it was before, and the lines as objects."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import structlog

NOISY = ("httpx", "httpcore", "telegram")

Line = dict[str, Any]
"""One line of log; Any because a field may hold anything."""


@contextmanager
def logging_as_before() -> Iterator[None]:
    """Let a test arrange logging for the whole process, and undo it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in NOISY}
    root.handlers[:] = []  # configuring closes those it finds
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        for name, before in levels.items():
            logging.getLogger(name).setLevel(before)
        structlog.reset_defaults()


def lines_of(text: str) -> list[Line]:
    """Return what was logged, one object a line."""
    return [json.loads(line) for line in text.splitlines()]


def named(events: Sequence[Any], name: str) -> list[Any]:  # Any: structlog's captured events
    """Return the events of a name."""
    return [event for event in events if event["event"] == name]
