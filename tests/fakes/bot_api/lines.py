"""Two ways for orders to reach a server: a call in this process, or HTTP to another one."""

from typing import Protocol

import httpx

from tests.fakes.bot_api.errors import FakeTelegramError
from tests.fakes.bot_api.jsontypes import JsonObject, JsonValue
from tests.fakes.bot_api.server import BotApiServer

MARGIN = 30.0  # seconds an order may take beyond what it was told to wait


class Line(Protocol):
    """How orders reach the server."""

    async def carry_out(self, order: str, arguments: JsonObject) -> JsonValue:
        """Carry out one order and return its JSON result."""

    async def close(self) -> None:
        """Hang up."""


class LocalLine:
    """Orders to a server in this process."""

    def __init__(self, server: BotApiServer) -> None:
        """Talk to `server`, which is stopped at the end."""
        self._server = server

    async def carry_out(self, order: str, arguments: JsonObject) -> JsonValue:
        """Carry out one order and return its JSON result."""
        return await self._server.control.carry_out(order, arguments)

    async def close(self) -> None:
        """Stop the server."""
        await self._server.stop()


class HttpLine:
    """Orders to a server in another process, which goes on when this line is closed."""

    def __init__(self, url: str) -> None:
        """Talk to the server at `url`."""
        self._client = httpx.AsyncClient(base_url=url, timeout=MARGIN, trust_env=False)

    async def carry_out(self, order: str, arguments: JsonObject) -> JsonValue:
        """Carry out one order and return its JSON result."""
        patience = float(arguments.get("seconds") or 0.0) + MARGIN
        response = await self._client.post(f"/control/{order}", json=arguments, timeout=patience)
        answer = response.json()
        if response.status_code != httpx.codes.OK:
            raise FakeTelegramError(answer.get("error", response.text))
        return answer["result"]

    async def close(self) -> None:
        """Close the connection."""
        await self._client.aclose()
