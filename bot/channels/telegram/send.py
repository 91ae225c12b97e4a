"""Outgoing to Bot API calls, and Telegram's errors to what they mean for the message."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any

import httpx
from telegram import Bot, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.channels.telegram.attachments import Parcel, parcel
from bot.channels.telegram.receive import seconds_of
from bot.channels.telegram.wire import html, keyboard
from bot.conversation.model import Address, Attachment, AttachmentKind, Channel, Outgoing, OutgoingKind
from bot.errors import ChannelError, NotSent, OutcomeUnknown, Refused, SlowDown
from bot.ports import CasePlace

_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
"""Transport errors before the first byte: Telegram cannot have the message."""

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_TOPIC_COLOR = 7322096
"""A calm blue of the six that Telegram allows; red is kept for danger, which the title says in words."""

Extra = dict[str, Any]  # Any: parameters of the Bot API


class TelegramChannel:
    """See `ports.ChannelPort`."""

    channel = Channel.TELEGRAM

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def send(self, address: Address, outgoing: Outgoing, place: CasePlace | None = None) -> str | None:
        """See `ports.ChannelPort.send`."""
        chat = int(address.chat)
        content = await self._fetch(outgoing.file) if outgoing.file is not None else None
        try:
            return await self._send(chat, outgoing, place, content)
        except TelegramError as error:
            if _already_so(error, outgoing):
                return outgoing.edits
            if _is_closed(error) and place is not None and place.thread is not None:
                return await self._send_in_closed(chat, outgoing, place, content)
            raise meaning(error) from error

    async def make_place(self, address: Address, place: CasePlace) -> str:
        """See `ports.ChannelPort.make_place`."""
        try:
            topic = await self._bot.create_forum_topic(int(address.chat), place.title, icon_color=_TOPIC_COLOR)
        except TelegramError as error:
            raise meaning(error) from error
        return str(topic.message_thread_id)

    async def _send_in_closed(
        self, chat: int, outgoing: Outgoing, place: CasePlace, content: Parcel | None
    ) -> str | None:
        """Open a topic that somebody closed by hand; what was refused certainly did not arrive."""
        try:
            await self._set_closed(chat, place, closed=False)
            return await self._send(chat, outgoing, place, content)
        except TelegramError as error:
            raise meaning(error) from error

    async def _send(self, chat: int, outgoing: Outgoing, place: CasePlace | None, content: Parcel | None) -> str | None:
        match outgoing.kind:
            case OutgoingKind.TOAST:
                await self._toast(outgoing)
                return None
            case OutgoingKind.CARD_EDIT:
                return await self._edit_card(chat, outgoing, place)
            case OutgoingKind.DELETION:
                await self._bot.delete_messages(chat, [int(message) for message in outgoing.deletes])
                return None
        if outgoing.edits is not None:
            return await self._edit(chat, outgoing, int(outgoing.edits))
        extra = _where(place) | {
            "reply_markup": keyboard(outgoing.buttons),
            "parse_mode": ParseMode.HTML,
            "disable_notification": outgoing.silent,
        }
        if content is not None:
            return await self._send_parcel(chat, outgoing, content, extra)
        message = await self._bot.send_message(chat, html(outgoing), link_preview_options=_NO_PREVIEW, **extra)
        return str(message.message_id)

    async def _send_parcel(self, chat: int, outgoing: Outgoing, content: Parcel, extra: Extra) -> str:
        caption = html(outgoing)
        match content.kind:
            case AttachmentKind.PHOTO:
                sent = await self._bot.send_photo(
                    chat, content.content, caption=caption, filename=content.name, **extra
                )
            case AttachmentKind.VOICE:
                sent = await self._bot.send_voice(
                    chat, content.content, caption=caption, filename=content.name, **extra
                )
            case AttachmentKind.FILE:
                sent = await self._bot.send_document(
                    chat,
                    content.content,
                    caption=caption,
                    filename=content.name,
                    disable_content_type_detection=True,
                    **extra,
                )
        return str(sent.message_id)

    async def _fetch(self, file: Attachment) -> Parcel:
        """Fetch an attachment and make it fit to go on. Nothing has been sent yet, whatever happens."""
        try:
            found = await self._bot.get_file(file.ref)
            content = bytes(await found.download_as_bytearray())
        except BadRequest as error:
            raise Refused("file_gone") from error
        except RetryAfter as error:
            raise SlowDown(timedelta(seconds=seconds_of(error))) from error
        except TelegramError as error:
            raise NotSent(type(error.__cause__ or error).__name__) from error
        return await asyncio.to_thread(parcel, content, file.kind)

    async def _edit(self, chat: int, outgoing: Outgoing, target: int) -> str:
        markup = keyboard(outgoing.buttons)
        if outgoing.lines:
            edited = await self._bot.edit_message_text(
                html(outgoing),
                chat_id=chat,
                message_id=target,
                parse_mode=ParseMode.HTML,
                reply_markup=markup,
                link_preview_options=_NO_PREVIEW,
            )
        else:
            edited = await self._bot.edit_message_reply_markup(chat_id=chat, message_id=target, reply_markup=markup)
        return str(edited.message_id) if isinstance(edited, Message) else str(target)

    async def _edit_card(self, chat: int, outgoing: Outgoing, place: CasePlace | None) -> str | None:
        """Bring a card up to date, and its topic: a case that ended is closed there too."""
        if place is None or place.card is None:
            return None  # the card that is still to come says it all
        try:
            card = await self._edit(chat, outgoing, int(place.card))
        except BadRequest as error:
            if "not modified" not in error.message.lower():
                raise
            card = place.card
        if place.uses_topics and place.thread is not None and outgoing.closes_topic is not None:
            with suppress(BadRequest):  # it is so already, or is gone: then the next message makes it anew
                await self._set_closed(chat, place, closed=outgoing.closes_topic)
        return card

    async def _set_closed(self, chat: int, place: CasePlace, *, closed: bool) -> None:
        change = self._bot.close_forum_topic if closed else self._bot.reopen_forum_topic
        await change(chat, int(place.thread or 0))

    async def _toast(self, outgoing: Outgoing) -> None:
        text = " ".join(line.text for line in outgoing.lines)
        with suppress(BadRequest):  # too late: whoever pressed has seen the card change
            await self._bot.answer_callback_query(outgoing.query, text or None)


def _where(place: CasePlace | None) -> Extra:
    """Return the parameters that put a message where specialists see its case."""
    if place is None:
        return {}
    if place.uses_topics:
        return {"message_thread_id": int(place.thread)} if place.thread else {}
    if place.card is None or place.thread is not None:
        return {}  # a card in a topic that we may no longer write in: everybody's place, where the number tells the case
    return {"reply_parameters": ReplyParameters(int(place.card), allow_sending_without_reply=True)}


def _already_so(error: TelegramError, outgoing: Outgoing) -> bool:
    return outgoing.edits is not None and isinstance(error, BadRequest) and "not modified" in error.message.lower()


def _is_closed(error: TelegramError) -> bool:
    return isinstance(error, BadRequest) and "topic_closed" in error.message.lower()


def meaning(error: TelegramError) -> ChannelError:
    """Return what an error of the Bot API says about the message."""
    match error:
        case RetryAfter():
            return SlowDown(timedelta(seconds=seconds_of(error)))
        case ChatMigrated():
            return Refused("migrated", moved_to=str(error.new_chat_id))
        case Forbidden():
            return Refused(_why_forbidden(error.message.lower()))
        case BadRequest():
            return Refused(_why_bad(error.message.lower()))
        case InvalidToken():
            return NotSent("token rejected")
        case NetworkError() if isinstance(error.__cause__, _NEVER_LEFT):
            return NotSent(type(error.__cause__).__name__)
    # A timeout while waiting, a 5xx, a broken answer: Telegram may have accepted the message.
    return OutcomeUnknown(type(error.__cause__ or error).__name__)


def _why_forbidden(message: str) -> str:
    if "deactivated" in message:
        return "deactivated"
    return "put_out" if "kicked" in message or "not a member" in message else "blocked"


_BAD = {
    "chat not found": "chat_not_found",
    "message thread not found": "topic_gone",
    "topic_deleted": "topic_gone",
    "topic_id_invalid": "topic_gone",
    "message to edit not found": "message_gone",
    "message_id_invalid": "message_gone",
    "message can't be edited": "message_gone",
    "not a forum": "no_topics",
    "not enough rights to create a topic": "no_right_to_topics",
    "not enough rights to reopen the topic": "no_right_to_topics",
    "not enough rights to send": "no_right_to_write",
    "have no rights to send": "no_right_to_write",
    "chat_write_forbidden": "no_right_to_write",
}
"""What Telegram says in words only, to the reasons that have a remedy."""


def _why_bad(message: str) -> str:
    return next((reason for words, reason in _BAD.items() if words in message), "bad_request")
