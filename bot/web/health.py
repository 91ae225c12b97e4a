"""`GET /health`: 200 when all is well, 503 when something needs a look."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Generic, TypeVar

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.actions.health import Health
from bot.errors import StoreUnavailable

log = structlog.get_logger()

WELL, NEEDS_A_LOOK = 200, 503

T = TypeVar("T")


def health_app(look: Callable[[], Awaitable[Health]]) -> Starlette:
    """Return an application with the one page."""

    async def health(_: Request) -> JSONResponse:
        found = await look()
        status = WELL if found.well else NEEDS_A_LOOK
        return JSONResponse(found.as_json(), status, headers={"Cache-Control": "no-store"})

    return Starlette(routes=[Route("/health", health)])


class Lately(Generic[T]):
    """What a look has found lately, however many ask: one look at a time, and none more often than every `keep` seconds.

    So a flood of requests costs the database nothing, and a database that hangs keeps nobody waiting.
    """

    def __init__(self, look: Callable[[], Awaitable[T]], *, keep: float = 5.0, patience: float = 3.0) -> None:
        """Look at nothing yet; `keep` and `patience` are seconds."""
        self._look = look
        self._keep = keep
        self._patience = patience
        self._task: asyncio.Task[T | None] | None = None
        self._begun = 0.0

    async def __call__(self) -> T | None:
        """Return what was found; None when no look has ended within `patience`, or it broke."""
        if self._task is None or (self._task.done() and monotonic() - self._begun >= self._keep):
            self._begun = monotonic()
            self._task = asyncio.create_task(self._seen())
        task = self._task
        await asyncio.wait([task], timeout=self._patience)
        return task.result() if task.done() else None

    async def _seen(self) -> T | None:
        try:
            return await self._look()
        except StoreUnavailable:
            return None  # the loops log it
        except Exception:  # whatever it is, the page has to say that something needs a look
            log.exception("health.failed")
            return None

    async def close(self) -> None:
        """Wait for the look that is still going on: in the middle of a transaction it must not be left alone."""
        if self._task is not None:
            await asyncio.wait([self._task])
