"""Update to Incoming: only ids, kind, words, file ids and the language of the app leave this module."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import structlog
from telegram import Bot, ChatMember, Message, Update
from telegram.constants import ChatType
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.warnings import PTBDeprecationWarning, PTBUserWarning

from bot.channels.telegram.wire import read_press
from bot.content.model import Language
from bot.conversation.model import Address, Channel, Incoming, Kind
from bot.errors import ChannelRejected, ChannelTaken, StoreUnavailable

log = structlog.get_logger()

LONG_POLL = 30
"""Seconds that Telegram holds a request open when nothing is new."""
WANTED = ["message", "edited_message", "callback_query", "my_chat_member"]
CONFLICTS = 4
"""Refusals because of another poller before we believe that there is one: after a crash the old request lives on."""
_WAITS = (1, 2, 5, 10, 30)

# We ask for raw updates on purpose: one that the library cannot parse must not stop those behind it.
warnings.filterwarnings("ignore", message="Please use 'Bot.getUpdates'", category=PTBUserWarning)
# `seconds_of` reads both kinds of retry_after; the library would warn at each 429 that it will change.
warnings.filterwarnings("ignore", message=".*`retry_after`", category=PTBDeprecationWarning)

Raw = Mapping[str, Any]  # Any: a JSON object of somebody else's


class Poller:
    """Fetches updates, has them kept, and only then tells Telegram that it need not keep them any longer."""

    def __init__(self, bot: Bot, keep: Callable[[Sequence[Incoming]], Awaitable[None]]) -> None:
        self._bot = bot
        self._keep = keep
        self._offset: int | None = None

    async def run(self) -> None:
        """Poll until cancelled. Raises ChannelTaken if another process polls with the same token."""
        failures = conflicts = 0
        while True:
            try:
                updates = await self._fetch()
                await self._take(updates)
                failures = conflicts = 0
            except Conflict as error:
                conflicts += 1
                if conflicts > CONFLICTS:
                    msg = "another process receives this bot's messages; stop it, or use another token"
                    raise ChannelTaken(msg) from error
                await asyncio.sleep(_WAITS[min(conflicts, len(_WAITS)) - 1])
            except InvalidToken as error:
                msg = "Telegram does not accept TILTAS_TELEGRAM_TOKEN any more"
                raise ChannelRejected(msg) from error
            except RetryAfter as error:
                await asyncio.sleep(seconds_of(error))
            except (TelegramError, StoreUnavailable) as error:
                # Nothing was acknowledged: Telegram gives the same updates again.
                failures += 1
                log.warning("telegram.poll_failed", error_type=type(error).__name__, failures=failures)
                await asyncio.sleep(_WAITS[min(failures, len(_WAITS)) - 1])

    async def _fetch(self) -> Sequence[Raw]:
        wanted = {"offset": self._offset, "timeout": LONG_POLL, "allowed_updates": WANTED}
        updates: Sequence[Raw] = await self._bot.do_api_request(
            "getUpdates",
            api_kwargs={name: value for name, value in wanted.items() if value is not None},
            read_timeout=LONG_POLL + 10,
        )
        return updates

    async def _take(self, updates: Sequence[Raw]) -> None:
        if not updates:
            return
        messages = [read_update(raw, self._bot) for raw in updates]
        await self._keep([message for message in messages if message is not None])
        self._offset = max(int(raw["update_id"]) for raw in updates) + 1
        await self._answer_presses(updates)

    async def _answer_presses(self, updates: Sequence[Raw]) -> None:
        """Stop the waiting mark on pressed buttons. What the press does is in the inbox; this is only manners."""
        presses = [
            str(raw["callback_query"].get("id")) for raw in updates if isinstance(raw.get("callback_query"), dict)
        ]
        answers = (self._bot.answer_callback_query(press) for press in presses)
        await asyncio.gather(*answers, return_exceptions=True)


def seconds_of(error: RetryAfter) -> float:
    """Return how long Telegram wants us to wait."""
    after = error.retry_after
    return float(after) if isinstance(after, int | float) else after.total_seconds()


def read_update(raw: Raw, bot: Bot) -> Incoming | None:
    """Reduce an update to what we may keep; None for what is no message of a person to us (groups, unknown kinds)."""
    key = f"tg:{bot.id}:{raw.get('update_id')}"
    try:
        return _read(Update.de_json(dict(raw), bot), key)
    except Exception as error:  # noqa: BLE001  whatever an unknown shape breaks: those behind it must not wait for it
        log.warning("telegram.update_not_understood", error_type=type(error).__name__)
        return _not_understood(raw, key)


def _read(update: Update, key: str) -> Incoming | None:
    if update.callback_query is not None:
        return _press(update, key)
    if update.my_chat_member is not None:
        return _membership(update, key)
    message = update.message or update.edited_message
    if message is None or message.chat.type != ChatType.PRIVATE:
        return None
    return _message(message, key, edited=update.edited_message is not None)


def _message(message: Message, key: str, *, edited: bool) -> Incoming | None:
    kind, files = _kind_and_files(message)
    text = message.text or message.caption or ""
    if not isinstance(text, str):
        raise TypeError  # the library does not look; what comes after us relies on it
    if not text and message.effective_attachment is None:
        return None  # a service message: pinned, joined
    if kind is Kind.OTHER and edited:
        return None  # a shared location moves every few seconds, and was told of when it came
    if kind is Kind.TEXT and edited:
        kind = Kind.EDITED
    return Incoming(
        key=key,
        address=_address(message.chat.id),
        kind=kind,
        text=text,
        files=files,
        hint=_hint(message.from_user.language_code if message.from_user else None),
        at=message.edit_date or message.date,
    )


def _kind_and_files(message: Message) -> tuple[Kind, tuple[str, ...]]:
    if message.photo:
        return Kind.PHOTO, (message.photo[-1].file_id,)
    if message.voice or message.audio or message.video_note:
        sound = message.voice or message.audio or message.video_note
        return Kind.VOICE, (sound.file_id,) if sound else ()
    file = message.document or message.video
    if file:
        return Kind.FILE, (file.file_id,)
    return (Kind.TEXT if message.text else Kind.OTHER), ()


def _press(update: Update, key: str) -> Incoming | None:
    query = update.callback_query
    if query is None or query.message is None or query.message.chat.type != ChatType.PRIVATE:
        return None
    return Incoming(
        key=key,
        address=_address(query.message.chat.id),
        kind=Kind.PRESS,
        press=read_press(query.data or "", str(query.message.message_id)),
        hint=_hint(query.from_user.language_code),
    )


def _membership(update: Update, key: str) -> Incoming | None:
    change = update.my_chat_member
    if change is None or change.chat.type != ChatType.PRIVATE:
        return None
    gone = change.new_chat_member.status in {ChatMember.BANNED, ChatMember.LEFT}
    return Incoming(key, _address(change.chat.id), Kind.BLOCKED if gone else Kind.UNBLOCKED, at=change.date)


def _not_understood(raw: Raw, key: str) -> Incoming | None:
    for name in ("message", "edited_message"):
        message = raw.get(name)
        chat = message.get("chat") if isinstance(message, dict) else None
        if isinstance(chat, dict) and chat.get("type") == ChatType.PRIVATE and isinstance(chat.get("id"), int):
            text = message.get("text") if isinstance(message, dict) else None
            return Incoming(key, _address(chat["id"]), Kind.OTHER, text=text if isinstance(text, str) else "")
    return None


def _address(chat: int) -> Address:
    return Address(Channel.TELEGRAM, str(chat))


def _hint(code: str | None) -> Language | None:
    return Language(code.partition("-")[0].lower()) if code else None
