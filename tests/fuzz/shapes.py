"""The shapes of Telegram's updates: who, where, what; every field of one; and what may stand in it that should not."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from tests.fuzz.texts import MARK

Json = dict[str, Any]
"""A JSON object; Any because JSON has no narrower type."""
AT = 1_790_000_000
"""When everything happens, until it is sent: then it is the bot's present."""
CHATS = 5880412
"""How the numbers of all chats of this run begin."""

JUNK: tuple[object, ...] = (
    None, True, False, 0, -1, 1.5, 2**70, -(2**63), "", "x", MARK, "\ud800", "\x00", "9" * 5000, [], [1], [[]], {}, {"id": 1},
    {"id": MARK}, [{}], "private", "<b>", 10**14, f"{CHATS}1001", [{"file_id": 5}], "en-<b>", "zz", "\u202e",
)  # fmt: skip


def places(within: object) -> Iterator[tuple[Json, str]]:
    """Yield every field of an update but its number, which Telegram itself counts by."""
    if isinstance(within, dict):
        for name in [name for name in within if name != "update_id"]:
            yield within, name
            yield from places(within[name])
    elif isinstance(within, list):
        for one in within:
            yield from places(one)


def is_readable(raw: Json) -> bool:
    message = raw.get("message", raw.get("edited_message"))
    if set(raw) - {"update_id"} not in ({"message"}, {"edited_message"}) or not isinstance(message, dict):
        return False
    chat = message.get("chat")
    words = message.get("text")
    in_private = isinstance(chat, dict) and chat.get("type") == "private" and type(chat.get("id")) is int
    return in_private and isinstance(words, str) and bool(words)


def private(chat: int) -> Json:
    return {
        "id": chat,
        "type": "private",
        "first_name": f"Olena{MARK}",
        "last_name": f"Koval{MARK}",
        "username": f"{MARK}_ok",
    }


def person(number: int, r: Random) -> Json:
    names = {"first_name": f"Olena{MARK}", "last_name": f"<b>Koval{MARK}</b>", "username": f"{MARK}_ok"}
    return {
        "id": number,
        "is_bot": False,
        **names,
        "language_code": r.choice(("en", "uk", "ru-RU", "lt", "fa", "zh-hans")),
    }
