"""Logs: an event name with fields, one line each, on standard error; never a person's words, name or address."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any

import structlog

PERSONAL = frozenset({
    "text", "words", "name", "first_name", "last_name", "username", "user", "phone", "email", "chat", "chat_id",
    "address", "payload", "update", "caption", "question", "token",
})  # fmt: skip
"""Field names that are dropped wherever they turn up; ids of our own rows are no people."""

_BOT_TOKEN = re.compile(r"\d{3,}:[\w-]{20,}")

Fields = MutableMapping[str, Any]  # Any: log fields are anything


def configure(level: str) -> None:
    """Send our events and the libraries' warnings to standard error, as JSON lines or, in a terminal, in colour."""
    number = logging.getLevelNamesMapping()[level.upper()]
    pretty = sys.stderr.isatty()
    renderer: Any = structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer(ensure_ascii=False)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        only_the_trace,
        without_personal_fields,
    ]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *_: _Printer(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler], force=True)
    # These write the address of each call, and with it the token; "telegram" also a whole answer that it cannot read,
    # people's words in it, as an error. What matters of theirs we log ourselves.
    for noisy in ("httpx", "httpcore", "telegram"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)


class _Printer(structlog.PrintLogger):
    """Prints lines. Where they cannot be written (disk full, reader gone) lines are lost, and nothing else."""

    def msg(self, message: str) -> None:
        with suppress(OSError):
            super().msg(message)

    debug = info = warning = error = critical = exception = msg


def only_the_trace(_logger: Any, _method: str, event: Fields) -> Fields:  # Any: structlog's own signature
    """Replace an exception by its type and the places it passed: its message may quote what a person wrote."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    elif isinstance(error, tuple):  # as libraries hand it over
        error = error[1]
    if isinstance(error, BaseException):
        event["error_type"] = type(error).__name__
        event["trace"] = [f"{x.filename.rpartition('/')[2]}:{x.lineno} {x.name}" for x in _frames(error)][-6:]
    return event


def _frames(error: BaseException) -> Any:  # Any: traceback.StackSummary
    import traceback  # noqa: PLC0415  only when something broke

    return traceback.extract_tb(error.__traceback__)


def without_personal_fields(_logger: Any, _method: str, event: Fields) -> Fields:  # Any: structlog's own signature
    """Drop personal fields, and bot tokens out of every text."""
    return {
        name: _BOT_TOKEN.sub("[token]", value) if isinstance(value, str) else value
        for name, value in event.items()
        if name not in PERSONAL
    }
