"""How buttons and lines look on Telegram's wire. The one place where words become markup."""

from __future__ import annotations

import re
from html import escape

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.conversation.model import Button, ButtonSet, Line, Outgoing, Press, Token

_VERSION = "1"
_PRESS = re.compile(rf"{_VERSION}\.(?P<verb>[a-zA-Z0-9])\.(?P<token>[\w-]{{1,16}})\.(?P<choice>\d{{1,3}})", re.ASCII)


def write_press(button: Button, buttons: ButtonSet) -> str:
    """Return a button's data, at most 64 bytes: version, verb, token, choice; no words, no ids of ours."""
    return f"{_VERSION}.{button.verb}.{buttons.token}.{button.choice}"


def read_press(data: str, message: str) -> Press:
    """Return what a button's data says; what is not ours names no set, and so no button."""
    found = _PRESS.fullmatch(data)
    if found is not None:
        return Press(found["verb"], Token(found["token"]), int(found["choice"]), message)
    return Press("", Token(""), 0, message)


def html(outgoing: Outgoing) -> str:
    """Return a message as Telegram HTML; every word passes through `escape` here and nowhere else."""
    parts: list[str] = []
    for line in outgoing.lines:
        text = escape(line.text, quote=False)
        if line.quote:
            parts.append(f"\n<blockquote expandable>{text}</blockquote>\n")
        else:
            parts.append(f"<b>{text}</b>" if line.bold else text)
    return "\n".join(parts).strip("\n")


def plain(lines: tuple[Line, ...]) -> str:
    """Return a message without any markup."""
    return "\n".join(line.text for line in lines)


def keyboard(buttons: ButtonSet | None) -> InlineKeyboardMarkup | None:
    """Return the buttons under a message; an empty set takes them away."""
    if buttons is None:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(button.label, callback_data=write_press(button, buttons)) for button in row]
            for row in buttons.rows
        ]
    )
