"""What specialists mean by a message in their group: a note, a command, words for the family.

Whatever may be a note is not for the family: better one question too many than one leaked word.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from bot.matching.text import fold


class Order(StrEnum):
    """What a specialist can order by a slash; each button of a card has its twin here."""

    CONNECT = "connect"
    WORK = "work"
    NAME = "name"
    LANGUAGE = "language"
    NOTE = "note"
    CLAIM = "claim"
    RELEASE = "release"
    TRANSFER = "transfer"
    CLOSE = "close"
    INSERT = "insert"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Said:
    """A message in a group. `order` is None for plain words, `is_order` also holds for a slash that nobody knows."""

    order: Order | None
    is_order: bool
    rest: str
    maybe_note: bool = False


_ORDER = re.compile(r"[/\\]\s*(?P<name>[^\W\d_]*)(?:@\w+)?\s*(?P<rest>.*)", re.DOTALL)
_NOTES = {"note", "notes", "pastaba", "pastabos", "заметка", "заметки", "нотатка", "нотатки", "примечание", "примітка"}
_FOLDED_NOTES = frozenset(fold(word) for word in _NOTES)
"""Words that somebody who forgot the slash begins a note with, in the languages of specialists."""


def read(text: str) -> Said:
    """Return what a message in a group means. What begins with a slash is never for the family, known or not."""
    plain = _plain(text)
    found = _ORDER.match(plain)
    if found is None:
        first = fold(plain.split(maxsplit=1)[0]) if plain else ""
        return Said(None, is_order=False, rest=text.strip(), maybe_note=first.strip(":;,.-") in _FOLDED_NOTES)
    name = found["name"].lower()
    if name.startswith(Order.NOTE):  # "/notes", "/noteHe said": begins with /note
        return Said(Order.NOTE, is_order=True, rest=(name.removeprefix(Order.NOTE) + " " + found["rest"]).strip())
    order = next((one for one in Order if one == name), None)
    return Said(order, is_order=True, rest=found["rest"].strip())


def _plain(text: str) -> str:
    """Return a text without what nobody sees before or inside it, and with full-width slashes as plain ones."""
    seen = "".join(c for c in text if unicodedata.category(c) not in {"Cf", "Cc"} or c == "\n")
    return unicodedata.normalize("NFKC", seen).replace("⁄", "/").replace("∕", "/").replace("÷", "/").strip()
