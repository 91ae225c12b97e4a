"""A bot whose calls a test answers itself, and updates as Telegram words them."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any

from telegram import Bot
from telegram.request import BaseRequest, RequestData

TOKEN = "123456789:AAHfiqksKZ8WmR2zSjiQ7_v4TMAKdiHm9T0"

Json = dict[str, Any]
"""A JSON object of Telegram's; Any because JSON has no narrower type."""
Answer = Callable[[str, Json], tuple[int, Json] | Exception]
"""What a call, by method and parameters, is answered with: a status and a body, or an error of the transport."""

ME = {"id": 123456789, "is_bot": True, "first_name": "Tiltas", "username": "TiltasBot"}
OK: tuple[int, Json] = (200, {"ok": True, "result": True})


class Scripted(BaseRequest):
    """Stands where HTTP would be."""

    def __init__(self, answer: Answer) -> None:
        self.calls: list[tuple[str, Json]] = []
        self._answer = answer

    @property
    def read_timeout(self) -> float:
        return 5

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *timeouts: Any,  # Any: the library's own defaults
        **others: Any,  # Any: as above
    ) -> tuple[int, bytes]:
        """Note the call and answer it as the test says."""
        del method, timeouts, others
        name = url.rpartition("/")[2]
        parameters = dict(request_data.parameters) if request_data else {}
        self.calls.append((name, parameters))
        answer = (200, {"ok": True, "result": ME}) if name == "getMe" else self._answer(name, parameters)
        if isinstance(answer, Exception):
            raise answer
        return answer[0], json.dumps(answer[1]).encode()

    def named(self, *names: str) -> list[Json]:
        """Return the parameters of all calls of some methods."""
        return [parameters for name, parameters in self.calls if name in names]


def scripted_bot(answer: Answer = lambda *_: OK) -> tuple[Bot, Scripted]:
    """Return a bot and what it called."""
    request = Scripted(answer)
    return Bot(TOKEN, request=request, get_updates_request=request), request


def refusal(status: int, description: str, **parameters: object) -> tuple[int, Json]:
    """Return an answer that refuses."""
    body: Json = {"ok": False, "error_code": status, "description": description}
    return status, body | ({"parameters": parameters} if parameters else {})


# Updates --------------------------------------------------------------------------------------------------------------

ANA: Json = {
    "id": 1001,
    "is_bot": False,
    "first_name": "Anastasija",
    "last_name": "Petrenko",
    "username": "ana_petrenko",
    "language_code": "uk-UA",
}
CHAT: Json = {"id": 1001, "type": "private", "first_name": "Anastasija", "username": "ana_petrenko"}
GROUP: Json = {"id": -100200, "type": "supergroup", "title": "Families of Akmenė"}
PERSONAL = ("Anastasija", "Petrenko", "ana_petrenko", "Akmenė")
AT = 1795262400
"""21 November 2026, 12:00 UTC."""


def message(**content: object) -> Json:
    """Return a message of Ana's."""
    return {"message_id": 55, "date": AT, "chat": CHAT, "from": ANA, **content}


def update(number: int = 7, **content: object) -> Json:
    """Return an update; `content` is its one kind, `message=…` and the like."""
    return {"update_id": number, **content}


def press(data: str | None = "1.h.tok.0", **changes: object) -> Json:
    """Return a pressed button of Ana's."""
    query: Json = {"id": "4711", "from": ANA, "chat_instance": "1", "message": message(text="words")}
    return query | ({"data": data} if data is not None else {}) | changes
