"""uvicorn inside our own event loop: it takes no signals, writes no log of requests, and ends when we do."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import structlog
import uvicorn
from starlette.types import ASGIApp

from bot.errors import SettingsInvalid

log = structlog.get_logger()

MOST_AT_ONCE = 32
"""Requests at once; more get 503 without being read."""


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take none: the app has its own way to stop, and whoever sent the signal must not get it twice."""
        yield


@asynccontextmanager
async def serving(app: ASGIApp, address: tuple[str, int]) -> AsyncIterator[None]:
    """Serve at `address` (host, port) meanwhile. Raises SettingsInvalid where it cannot be listened at."""
    # Listened at before anything else begins: a port that is taken is a matter of the start.
    listener = _listen(address)
    server = _Server(
        uvicorn.Config(
            app,
            http="h11",
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            log_level="error",  # below that, strangers' broken requests fill the log
            access_log=False,
            proxy_headers=False,
            server_header=False,
            limit_concurrency=MOST_AT_ONCE,
            timeout_graceful_shutdown=2,
        )
    )
    task = asyncio.create_task(server.serve(sockets=[listener]))
    task.add_done_callback(_told)
    try:
        yield
    finally:
        server.should_exit = True
        await asyncio.gather(task, return_exceptions=True)
        listener.close()


def _told(task: asyncio.Task[None]) -> None:
    # Families are answered without the page as well; whoever watches it will notice that it is gone.
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("web.failed", exc_info=error)


def _listen(address: tuple[str, int]) -> socket.socket:
    host, port = address
    try:
        family, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(place[:2], family=family)
    except OSError as error:
        # The number alone: the library's own words repeat the address, in Python's spelling.
        reason = error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
        msg = f"TILTAS_WEB: nothing can listen at {host}:{port}: {reason}. Stop what has it, or name another place."
        raise SettingsInvalid(msg) from error
