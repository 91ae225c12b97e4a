"""`FakeTelegram`: the handle tests hold, on a server in their own process or in another one."""

from types import TracebackType
from typing import Self

from tests.fakes.bot_api.api import Settings
from tests.fakes.bot_api.client_groups import GroupsClient
from tests.fakes.bot_api.clock import Clock
from tests.fakes.bot_api.errors import FakeTelegramError
from tests.fakes.bot_api.jsontypes import JsonObject
from tests.fakes.bot_api.limits import LimitSettings
from tests.fakes.bot_api.lines import HttpLine, Line, LocalLine
from tests.fakes.bot_api.server import BotApiServer


class FakeTelegram(GroupsClient):
    """A fake Telegram with one bot and as many people as a test needs.

    `async with FakeTelegram() as telegram:` runs a server in this process on a free loopback port;
    `async with FakeTelegram.connect(url) as telegram:` talks to one that runs elsewhere.
    """

    def __init__(
        self,
        *,
        settings: Settings | None = None,
        limits: LimitSettings | None = None,
        clock: Clock | None = None,
        line: Line | None = None,
        url: str = "",
    ) -> None:
        """Prepare a server with these settings; `line` and `url` are for `connect`. Limits are off by default."""
        self.server = None if line else BotApiServer(settings, limits or LimitSettings(enabled=False), clock)
        self._line = line or LocalLine(self._own_server())
        self.url = url
        self.token = ""
        self.bot: JsonObject = {}

    @classmethod
    def connect(cls, url: str) -> "FakeTelegram":
        """Return a handle on a server that runs in another process; closing it leaves the server alone."""
        return cls(line=HttpLine(url.rstrip("/")), url=url.rstrip("/"))

    async def start(self, port: int = 0) -> Self:
        """Open the port, unless the server runs elsewhere, and learn the token."""
        if self.server is not None:
            self.url = await self.server.start(port)
        info = await self.order("info")
        self.token, self.bot = info["token"], info["bot"]
        return self

    async def stop(self) -> None:
        """Close the port, or the connection to a server elsewhere."""
        await self._line.close()

    async def __aenter__(self) -> Self:
        """Start."""
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        await self.stop()

    def _own_server(self) -> BotApiServer:
        if self.server is None:
            raise FakeTelegramError("This handle is on a server in another process.")
        return self.server

    @property
    def base_url(self) -> str:
        """Return `base_url` for python-telegram-bot: the token goes right behind it."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        """Return `base_file_url` for python-telegram-bot."""
        return f"{self.url}/file/bot"
