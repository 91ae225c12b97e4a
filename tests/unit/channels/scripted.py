"""The real library's Bot, whose requests meet a script instead of a network."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx
from telegram import Bot, User
from telegram.request import HTTPXRequest

TOKEN = "123456:not-a-real-token"
BOT_ID = 123456

Json = dict[str, Any]
"""A JSON object; Any because JSON has no narrower type."""


@dataclass(frozen=True)
class Upload:
    """A file that went over the wire."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Call:
    """One request: method of the Bot API, its parameters and files as they went over the wire."""

    method: str
    params: Mapping[str, str]
    files: Mapping[str, Upload] = field(default_factory=dict)


class Script:
    """Answers one request after the other; an exception is a fault of the transport."""

    def __init__(
        self, *answers: httpx.Response | Exception, otherwise: Callable[[Call], httpx.Response] | None = None
    ) -> None:
        self._answers = list(answers)
        self._otherwise = otherwise
        self.calls: list[Call] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        await asyncio.sleep(0)  # as a network does: let others go on meanwhile
        call = Call(request.url.path.rpartition("/")[2], *_read(request))
        self.calls.append(call)
        if not self._answers:
            assert self._otherwise is not None, f"the script has no answer for {call}"
            return self._otherwise(call)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def files(self, method: str) -> list[Mapping[str, Upload]]:
        """Return the files of all calls of a method."""
        return [call.files for call in self.calls if call.method == method]

    def methods(self) -> list[str]:
        """Return the methods of all calls, in order."""
        return [call.method for call in self.calls]

    def of(self, method: str) -> list[Mapping[str, str]]:
        """Return the parameters of all calls of a method."""
        return [call.params for call in self.calls if call.method == method]


def _read(request: httpx.Request) -> tuple[dict[str, str], dict[str, Upload]]:
    """Return the parameters and the files of a request; with files each is a part of its own."""
    _, _, boundary = request.headers.get("content-type", "").partition("boundary=")
    if not boundary:
        return dict(parse_qsl(request.content.decode())), {}
    params, files = {}, {}
    for part in request.content.split(b"--" + boundary.encode())[1:-1]:
        head, _, body = part.partition(b"\r\n\r\n")
        named = dict(_NAMES.findall(head.decode()))
        content = body.removesuffix(b"\r\n")
        if "filename" in named:
            files[named["name"]] = Upload(named["filename"], content)
        else:
            params[named["name"]] = content.decode()
    return params, files


_NAMES = re.compile(r'\b(name|filename)="([^"]*)"')


def granted(result: Any = "done") -> httpx.Response:  # Any: JSON
    """Return what Telegram says when it did something; where it says only "true", what it says does not matter."""
    return httpx.Response(200, json={"ok": True, "result": result})


def refused(code: int, description: str = "", **parameters: int) -> httpx.Response:
    """Return what Telegram says when it did not."""
    body: Json = {"ok": False, "error_code": code, "description": description}
    return httpx.Response(code, json=body | ({"parameters": parameters} if parameters else {}))


def bot_with(script: Script) -> Bot:
    """Return a bot that has introduced itself already."""
    bot = Bot(TOKEN, request=_request(script), get_updates_request=_request(script))
    bot._bot_user = User(BOT_ID, "Tiltas", is_bot=True, username="tiltas_bot")
    return bot


def _request(script: Script) -> HTTPXRequest:
    return HTTPXRequest(httpx_kwargs={"transport": httpx.MockTransport(script)})
