"""Update to Incoming: only ids, kind, words, file ids and the language of the app leave this module."""

from __future__ import annotations

import asyncio
import re
import warnings
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import structlog
from telegram import Bot, ChatMember, ChatMemberRestricted, Message, Update, VideoNote
from telegram.constants import ChatType
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.warnings import PTBDeprecationWarning, PTBUserWarning

from bot.channels.telegram.wire import read_press
from bot.content.model import Language
from bot.conversation.model import Address, Attachment, AttachmentKind, Channel, Incoming, InGroup, Kind
from bot.errors import ChannelRejected, ChannelTaken, StoreUnavailable
from bot.ports import Pulse, Unfelt

log = structlog.get_logger()

LONG_POLL = 30
"""Seconds that Telegram holds a request open when nothing is new."""
WANTED = ["message", "edited_message", "callback_query", "my_chat_member", "chat_member"]
CONFLICTS = 4
"""Refusals because of another poller before we believe that there is one: after a crash the old request lives on."""
_WAITS = (1, 2, 5, 10, 30)

# We ask for raw updates on purpose: one that the library cannot parse must not stop those behind it.
warnings.filterwarnings("ignore", message="Please use 'Bot.getUpdates'", category=PTBUserWarning)
# `seconds_of` reads both kinds of retry_after; the library would warn at each 429 that it will change.
warnings.filterwarnings("ignore", message=".*`retry_after`", category=PTBDeprecationWarning)

_GROUPS = frozenset({ChatType.GROUP, ChatType.SUPERGROUP})

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?![^\W_])")

Raw = Mapping[str, Any]  # Any: a JSON object of somebody else's


class Poller:
    """Fetches updates, has them kept, and only then tells Telegram that it need not keep them any longer."""

    def __init__(
        self, bot: Bot, keep: Callable[[Sequence[Incoming]], Awaitable[None]], pulse: Pulse | None = None
    ) -> None:
        self._bot = bot
        self._keep = keep
        self._pulse = pulse or Unfelt()
        self._offset: int | None = None

    async def run(self) -> None:
        """Poll until cancelled. Raises ChannelTaken if another process polls with the same token."""
        failures = conflicts = 0
        while True:
            try:
                updates = await self._fetch()
                await self._take(updates)
                failures = conflicts = 0
                self._pulse.turned()
            except Conflict as error:
                self._pulse.failed()
                conflicts += 1
                if conflicts > CONFLICTS:
                    msg = "another process receives this bot's messages; stop it, or use another token"
                    raise ChannelTaken(msg) from error
                await asyncio.sleep(_WAITS[min(conflicts, len(_WAITS)) - 1])
            except InvalidToken as error:
                msg = "Telegram does not accept TILTAS_TELEGRAM_TOKEN any more"
                raise ChannelRejected(msg) from error
            except RetryAfter as error:
                self._pulse.failed()
                await asyncio.sleep(seconds_of(error))
            except (TelegramError, StoreUnavailable) as error:
                # Nothing was acknowledged: Telegram gives the same updates again.
                self._pulse.failed()
                failures += 1
                log.warning("telegram.poll_failed", error_type=type(error).__name__, failures=failures)
                # Where only the database is away we ask again soon: among what has come meanwhile may be danger.
                tries = 1 if isinstance(error, StoreUnavailable) else failures
                await asyncio.sleep(_WAITS[min(tries, len(_WAITS)) - 1])

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
        """Stop the waiting mark on pressed buttons. What the press does is in the inbox; this is only manners.

        Presses in a group get an answer in words, once it is known.
        """
        presses = [
            str(raw["callback_query"].get("id"))
            for raw in updates
            if isinstance(raw.get("callback_query"), dict) and not _is_of_group(raw["callback_query"])
        ]
        answers = (self._bot.answer_callback_query(press) for press in presses)
        await asyncio.gather(*answers, return_exceptions=True)


def seconds_of(error: RetryAfter) -> float:
    """Return how long Telegram wants us to wait."""
    after = error.retry_after
    return float(after) if isinstance(after, int | float) else after.total_seconds()


def read_update(raw: Raw, bot: Bot) -> Incoming | None:
    """Reduce an update to what we may keep; None for what is no message of a person to us (channels, unknown kinds)."""
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
    if update.chat_member is not None:
        return _member(update, key)
    message = update.message or update.edited_message
    if message is None:
        return None
    if message.chat.type in _GROUPS:
        return _of_group(message, key, edited=update.edited_message is not None)
    if message.chat.type != ChatType.PRIVATE:
        return None
    return _message(message, key, edited=update.edited_message is not None)


def _is_of_group(query: Raw) -> bool:
    message = query.get("message")
    chat = message.get("chat") if isinstance(message, dict) else None
    return isinstance(chat, dict) and str(chat.get("type")) in _GROUPS


def _of_group(message: Message, key: str, *, edited: bool) -> Incoming | None:
    """Read a message of a group; what people do there beside writing is of interest where it moves or empties it."""
    if message.migrate_to_chat_id is not None:
        facts = InGroup(moved_to=_number(message.migrate_to_chat_id))
        return Incoming(key, _address(message.chat.id), Kind.MIGRATED, at=message.date, group=facts)
    if message.left_chat_member is not None:
        facts = replace(_facts(message), author=_number(message.left_chat_member.id))
        return Incoming(key, _address(message.chat.id), Kind.LEFT, at=message.date, group=facts)
    writer = message.from_user
    if writer is not None and writer.is_bot and message.sender_chat is None:
        return None
    read = _message(message, key, edited=edited)
    return None if read is None or read.kind is Kind.OTHER else replace(read, hint=None, group=_facts(message))


def _facts(message: Message) -> InGroup:
    # A message in the name of the group or a channel is an administrator's who does not want to be seen.
    known = message.from_user is not None and message.sender_chat is None
    return InGroup(
        author=_number(message.from_user.id) if known and message.from_user is not None else "",
        thread=_number(message.message_thread_id) if message.is_topic_message and message.message_thread_id else "",
        forum=bool(message.chat.is_forum),
    )


def _message(message: Message, key: str, *, edited: bool) -> Incoming | None:
    kind, files = _kind_and_files(message)
    text = _words(message.text or message.caption or "")
    if not text and message.effective_attachment is None:
        return None  # a service message: pinned, joined
    if edited:
        if not text:
            return None  # a shared location moves every few seconds; a caption that is gone says nothing
        kind, files = Kind.EDITED, ()  # the attachment itself was told of when it came
    return Incoming(
        key=key,
        address=_address(message.chat.id),
        kind=kind,
        text=text,
        files=files,
        hint=_hint(message.from_user.language_code if message.from_user else None),
        at=message.edit_date or message.date,
        message=_number(message.message_id),
        reply_to=_replied(message),
    )


def _replied(message: Message) -> str:
    # In a topic each message "replies" to the one that opened the topic; that tells nothing.
    replied = message.reply_to_message
    return _number(replied.message_id) if replied is not None and replied.forum_topic_created is None else ""


def _kind_and_files(message: Message) -> tuple[Kind, tuple[Attachment, ...]]:
    if message.photo:
        return Kind.PHOTO, (_attachment(message.photo[-1], AttachmentKind.PHOTO, "image/jpeg"),)
    sound = message.voice or message.audio or message.video_note
    if sound:
        mime = "" if isinstance(sound, VideoNote) else sound.mime_type or ""
        kind = AttachmentKind.VOICE if message.voice else AttachmentKind.FILE
        return Kind.VOICE, (_attachment(sound, kind, mime),)
    file = message.document or message.video
    if file:
        return Kind.FILE, (_attachment(file, AttachmentKind.FILE, file.mime_type or ""),)
    return (Kind.TEXT if message.text else Kind.OTHER), ()


def _attachment(file: Any, kind: AttachmentKind, mime: str) -> Attachment:  # Any: the library's kinds of files
    return Attachment(_words(file.file_id), kind, _words(mime), int(_number(file.file_size or 0)))


def _press(update: Update, key: str) -> Incoming | None:
    query = update.callback_query
    if query is None or query.message is None or query.message.chat.type not in {ChatType.PRIVATE, *_GROUPS}:
        return None
    if query.message.chat.type in _GROUPS:
        forum = bool(query.message.chat.is_forum)
        return Incoming(
            key=key,
            address=_address(query.message.chat.id),
            kind=Kind.PRESS,
            press=read_press(query.data or "", _number(query.message.message_id)),
            group=InGroup(author=_number(query.from_user.id), forum=forum, query=_words(query.id)),
        )
    return Incoming(
        key=key,
        address=_address(query.message.chat.id),
        kind=Kind.PRESS,
        press=read_press(query.data or "", _number(query.message.message_id)),
        hint=_hint(query.from_user.language_code),
    )


def _membership(update: Update, key: str) -> Incoming | None:
    change = update.my_chat_member
    if change is None or change.chat.type not in {ChatType.PRIVATE, *_GROUPS}:
        return None
    gone = _is_gone(change.new_chat_member)
    if change.chat.type == ChatType.PRIVATE:
        return Incoming(key, _address(change.chat.id), Kind.BLOCKED if gone else Kind.UNBLOCKED, at=change.date)
    topics = bool(getattr(change.new_chat_member, "can_manage_topics", False))
    facts = InGroup(forum=bool(change.chat.is_forum), topics=topics)
    return Incoming(key, _address(change.chat.id), Kind.BLOCKED if gone else Kind.RIGHTS, at=change.date, group=facts)


def _is_gone(member: ChatMember) -> bool:
    """Tell whether somebody is no longer in a chat; somebody restricted may have left and keeps the restriction."""
    if isinstance(member, ChatMemberRestricted):
        return not member.is_member
    return member.status in {ChatMember.BANNED, ChatMember.LEFT}


def _member(update: Update, key: str) -> Incoming | None:
    """Read that somebody left a group; that somebody came is told by their press."""
    change = update.chat_member
    if change is None or change.chat.type not in _GROUPS:
        return None
    if not _is_gone(change.new_chat_member):
        return None
    facts = InGroup(author=_number(change.new_chat_member.user.id), forum=bool(change.chat.is_forum))
    return Incoming(key, _address(change.chat.id), Kind.LEFT, at=change.date, group=facts)


def _not_understood(raw: Raw, key: str) -> Incoming | None:
    for name in ("message", "edited_message"):
        message = raw.get(name)
        chat = message.get("chat") if isinstance(message, dict) else None
        if isinstance(chat, dict) and chat.get("type") == ChatType.PRIVATE and type(chat.get("id")) is int:
            words = [message.get("text"), message.get("caption")] if isinstance(message, dict) else []
            text = next((one for one in words if isinstance(one, str)), "")
            return Incoming(key, _address(chat["id"]), Kind.OTHER, text=text)
    return None


def _address(chat: int) -> Address:
    return Address(Channel.TELEGRAM, _number(chat))


def _number(value: object) -> str:
    """Return a number of Telegram's. Raises TypeError: the library does not look, and what comes after us relies on it."""
    if type(value) is not int:
        raise TypeError
    return str(value)


def _words(value: object) -> str:
    """Return a text; see `_number`."""
    if not isinstance(value, str):
        raise TypeError
    return value


def _hint(code: str | None) -> Language | None:
    # Whoever builds an app of their own writes here what they like; it stands in logs and counts.
    found = _LANGUAGE.match(_words(code or ""))
    return Language(found[0].lower()) if found else None
