"""How buttons and lines look on Telegram's wire. The one place where words become markup."""

from __future__ import annotations

import re
from html import escape

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.conversation.model import Button, ButtonSet, Line, Outgoing, Press, Token

_VERSION = "1"
_TAPPABLE = re.compile(r"://|@|(?<!\w)[/#$]\w|\w\.[^\W\d_]{2}")
"""What an app makes a link, a name, a command or a tag of, in any text. A few harmless words too: "end.Begin"."""
_MOST_MARKED = 20
"""Words marked one by one; Telegram forgets all marks of a message behind the hundredth."""
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
        text = _untappable(line.text) if line.theirs else escape(line.text, quote=False)
        if line.quote:
            parts.append(f"\n<blockquote expandable>{text}</blockquote>\n")
        else:
            parts.append(f"<b>{text}</b>" if line.bold else text)
    return "\n".join(parts).strip("\n")


def _untappable(text: str) -> str:
    """Return words of which none can be tapped: a link of a stranger's, or `/release` in the hands of who has the case.

    As code they are read and copied as they were written; apps look for nothing in it.
    """
    words = re.split(r"(\s+)", text)
    marked = [_TAPPABLE.search(word) is not None for word in words]
    if sum(marked) > _MOST_MARKED:
        return f"<code>{escape(text, quote=False)}</code>"
    escaped = [escape(word, quote=False) for word in words]
    return "".join(f"<code>{word}</code>" if mark else word for word, mark in zip(escaped, marked, strict=True))


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
