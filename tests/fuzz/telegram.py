"""Telegram within this process: hands out updates, and looks at each call of the bot as the real one would.

No socket and no waiting: 200,000 updates go through in minutes. What a call may look like is what the fake Bot API of the
flow tests knows; here it is beside the message that was meant.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from telegram import Bot, User
from telegram.request import BaseRequest, RequestData

from bot.channels.telegram.send import TelegramChannel
from bot.conversation.model import TO_SPECIALISTS, Address, Line, Outgoing
from bot.ports import CasePlace
from tests.fakes.bot_api.errors import ApiError, forbidden
from tests.fakes.bot_api.keyboards import read_markup
from tests.fakes.bot_api.markup_html import parse_html
from tests.fakes.bot_api.methods.messages import read_caption, read_text
from tests.fakes.bot_api.params import Params
from tests.fuzz.files import content_of
from tests.fuzz.shapes import Json
from tests.fuzz.texts import MARK

BOT_ID = 123456
TOKEN = "123456:not-a-real-token"

_MEANT: ContextVar[Outgoing] = ContextVar("meant")
"""The message that the present call carries."""
_MAIL = 40
"""Messages that a chat is remembered to have got: old buttons, but not all of them."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A message that arrived: its number, the group's topic it stands in, what its buttons say when pressed."""

    message: int
    thread: int | None
    buttons: Sequence[str]


class Channel(TelegramChannel):
    """The real one; tells the connection which message a call is for."""

    async def send(self, address: Address, outgoing: Outgoing, place: CasePlace | None = None) -> str | None:
        """See `ports.ChannelPort.send`."""
        _MEANT.set(outgoing)
        return await super().send(address, outgoing, place)


@dataclass
class Telegram(BaseRequest):
    """What the library takes for its connection."""

    mail: dict[int, deque[Mail]] = field(default_factory=lambda: defaultdict(lambda: deque(maxlen=_MAIL)))
    blocked: set[int] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    """What Telegram would have refused, and what reads otherwise than it was meant."""
    calls: Counter[str] = field(default_factory=Counter)
    waiting: bytes = b"[]"
    """Updates for the next look."""

    def __post_init__(self) -> None:
        self._numbers: dict[int, count[int]] = defaultdict(lambda: count(1000))

    @property
    def read_timeout(self) -> float | None:
        """See the library."""
        return None

    async def initialize(self) -> None:
        """See the library."""

    async def shutdown(self) -> None:
        """See the library."""

    async def do_request(  # the library's own signature; waiting means nothing here
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        """Do what a call asks for."""
        if method == "GET":
            return 200, content_of(url.rpartition("/")[2])
        name = url.rpartition("/")[2]
        self.calls[name] += 1
        if name == "getUpdates":
            updates, self.waiting = self.waiting, b"[]"
            return 200, b'{"ok": true, "result": ' + updates + b"}"
        params = Params(request_data.json_parameters if request_data else {})
        try:
            return 200, json.dumps({"ok": True, "result": self._result(name, params)}).encode()
        except ApiError as error:
            if error.code != 403:
                self.wrong.append(f"{name}: {error.description}, {_MEANT.get(None)!r:.2000}")
            return error.code, json.dumps(error.body()).encode()

    def number(self, chat: int) -> int:
        """Return the number of a chat's next message, whoever writes it."""
        return next(self._numbers[chat])

    def _result(self, name: str, params: Params) -> Any:  # Any: JSON
        match name:
            case "getFile":
                ref = params.text("file_id")
                return {"file_id": ref, "file_unique_id": ref, "file_path": f"files/{ref}"}
            case "answerCallbackQuery":
                return True
            case "deleteMessages":
                return self._delete(params)
            case "createForumTopic":
                return {"message_thread_id": self.number(params.integer("chat_id")), "name": "", "icon_color": 0}
            case "closeForumTopic" | "reopenForumTopic":
                return True
        return self._message(name, params)

    def _delete(self, params: Params) -> bool:
        chat, gone = params.integer("chat_id"), set(json.loads(params.text("message_ids")))
        kept = [one for one in self.mail[chat] if one.message not in gone]
        self.mail[chat] = deque(kept, maxlen=_MAIL)
        return True

    def _message(self, name: str, params: Params) -> Json:
        chat = params.integer("chat_id")
        if chat in self.blocked:
            raise forbidden("bot was blocked by the user")
        markup = read_markup(params) or {"inline_keyboard": []}
        if name != "editMessageReplyMarkup":
            in_caption = name in {"sendPhoto", "sendVoice", "sendDocument"}
            shown = read_caption(params) if in_caption else read_text(params)
            self._compare(params.text("caption" if in_caption else "text"), shown)
        number = params.integer("message_id") or self.number(chat)
        buttons = [button["callback_data"] for row in markup["inline_keyboard"] for button in row]
        self.mail[chat].append(Mail(number, params.integer("message_thread_id") or None, buttons))
        return {"message_id": number, "date": 1_790_000_000, "chat": {"id": chat, "type": "private"}}

    def _compare(self, source: str, shown: Mapping[str, Any]) -> None:  # Any: JSON
        """Compare what people see with what was meant: the same words, marked only where we mark them."""
        meant, read = _MEANT.get(), parse_html(source)
        if squeezed(read.text) != squeezed("".join(line.text for line in meant.lines)):
            self.wrong.append(f"meant {meant.lines!r}, reads as {read.text!r}")
        ours = [kind for line in meant.lines if (kind := _mark_of(line))]
        marked = [entity.kind for entity in read.entities if entity.kind != "code"]
        if marked != ours:
            self.wrong.append(f"meant to mark {ours}, marked {marked} in {source!r}")
        if meant.kind in TO_SPECIALISTS:
            self.wrong += [f"to tap in {meant.kind}: {one}" for one in _theirs_to_tap(shown)]


def squeezed(text: str) -> str:
    """Return a text without what Telegram or an app may change about it: spaces and lines."""
    return "".join(text.split())


def _mark_of(line: Line) -> str:
    if not line.text:
        return ""
    return "expandable_blockquote" if line.quote else "bold" if line.bold else ""


def _theirs_to_tap(shown: Mapping[str, Any]) -> list[str]:  # Any: JSON
    """Return links, commands and names in a text that were made up by people of this run."""
    text = (shown.get("text") or shown.get("caption") or "").encode("utf-16-le")
    found = [
        (one["type"], text[2 * one["offset"] : 2 * (one["offset"] + one["length"])].decode("utf-16-le"))
        for one in shown.get("entities") or shown.get("caption_entities") or []
    ]
    return [f"{kind} {words}" for kind, words in found if kind not in _HARMLESS and MARK in words.lower()]


_HARMLESS = frozenset({"bold", "code", "expandable_blockquote"})


def bot_on(telegram: Telegram) -> Bot:
    """Return the real library's bot, introduced already, on this connection."""
    bot = Bot(TOKEN, request=telegram, get_updates_request=telegram)
    bot._bot_user = User(BOT_ID, "Tiltas", is_bot=True, username="tiltas_bot")
    return bot
