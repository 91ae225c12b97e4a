"""Outgoing to Bot API calls, and Telegram's errors to what they mean for the message."""

from __future__ import annotations

from datetime import timedelta

import httpx
from telegram import Bot, LinkPreviewOptions, Message
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.channels.telegram.receive import seconds_of
from bot.channels.telegram.wire import html, keyboard
from bot.conversation.model import Address, Channel, Outgoing
from bot.errors import ChannelError, NotSent, OutcomeUnknown, Refused, SlowDown

_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
"""Transport errors before the first byte: Telegram cannot have the message."""

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class TelegramChannel:
    """See `ports.ChannelPort`."""

    channel = Channel.TELEGRAM

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def send(self, address: Address, outgoing: Outgoing) -> str | None:
        """See `ports.ChannelPort.send`."""
        try:
            return await self._send(int(address.chat), outgoing)
        except TelegramError as error:
            if _already_so(error, outgoing):
                return outgoing.edits
            raise meaning(error) from error

    async def _send(self, chat: int, outgoing: Outgoing) -> str | None:
        markup = keyboard(outgoing.buttons)
        if outgoing.edits is None:
            message = await self._bot.send_message(
                chat,
                html(outgoing),
                parse_mode=ParseMode.HTML,
                reply_markup=markup,
                disable_notification=outgoing.silent,
                link_preview_options=_NO_PREVIEW,
            )
            return str(message.message_id)
        target = int(outgoing.edits)
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
        return str(edited.message_id) if isinstance(edited, Message) else outgoing.edits


def _already_so(error: TelegramError, outgoing: Outgoing) -> bool:
    return outgoing.edits is not None and isinstance(error, BadRequest) and "not modified" in error.message.lower()


def meaning(error: TelegramError) -> ChannelError:
    """Return what an error of the Bot API says about the message."""
    match error:
        case RetryAfter():
            return SlowDown(timedelta(seconds=seconds_of(error)))
        case ChatMigrated():
            return Refused("migrated", moved_to=str(error.new_chat_id))
        case Forbidden():
            return Refused("deactivated" if "deactivated" in error.message.lower() else "blocked")
        case BadRequest():
            return Refused("chat_not_found" if "chat not found" in error.message.lower() else "bad_request")
        case InvalidToken():
            return NotSent("token rejected")
        case NetworkError() if isinstance(error.__cause__, _NEVER_LEFT):
            return NotSent(type(error.__cause__).__name__)
    # A timeout while waiting, a 5xx, a broken answer: Telegram may have accepted the message.
    return OutcomeUnknown(type(error.__cause__ or error).__name__)
