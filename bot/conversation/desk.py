"""What specialists mean by a message in their group: a note, a command, words for the family.

Whatever may be a note is not for the family: better one question too many than one leaked word.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from anyascii import anyascii

from bot.matching.text import clean, fold

DAYS, MOST_DAYS = 7, 30
"""How long a bar lasts if nobody says so, and at most: then somebody looks again."""


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
    GUIDE = "guide"
    LEVEL = "level"
    DUTY = "duty"
    BAR = "bar"
    UNBAR = "unbar"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Said:
    """A message in a group. `order` is None for plain words, `is_order` also holds for a slash that nobody knows."""

    order: Order | None
    is_order: bool
    rest: str
    maybe_note: bool = False


_ORDER = re.compile(r"\s*[/\\]\s*(?P<name>[^\W\d_]*)(?:@\w+)?\s*(?P<rest>.*)", re.DOTALL)
_NOTE_LATER = re.compile(r"(?<![\w/:])[/\\]\s*note", re.IGNORECASE)
"""The order behind a bullet, a number or a quotation mark; not the end of an address."""
_NOTES = {
    "note", "notes", "internal", "pastaba", "pastabos", "užrašas", "užrašai", "vidinis", "vidinė", "заметка", "заметки",
    "примечание", "внутреннее", "нотатка", "нотатки", "примітка", "внутрішнє", "notatka", "uwaga",
}  # fmt: skip
_FOLDED_NOTES = frozenset(fold(word) for word in _NOTES)
"""Words that somebody who forgot the slash begins a note with, in the languages of specialists."""
_HEADING = re.compile(r"\W*(?:\d+\W+)?(?:[^\W\d]+\s+){0,3}?(?P<word>[^\W\d]+)\s*[:–—-]")
"""A few words before a colon or a dash: "internal note:", "1. note -"."""
_NOT_FOR = ("not for family", "not for the family", "ne seimai", "не для семьи", "не для родини")
_SLIP = re.compile(r"\s*[./]\s*тщеу", re.IGNORECASE)
"""/note on a keyboard that still writes Cyrillic."""
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
"""Letters, marks and signs that nobody sees."""
ALIAS = 40
"""The longest name of a specialist that families see."""
_LINKING = re.compile(r"[@/\\#$:]|(?<=\w)\.(?=\w)")
_SLASHES = {"⁄": "/", "∕": "/", "÷": "/"}


def read(text: str) -> Said:
    """Return what a message in a group means. What begins with a slash is never for the family, known or not."""
    plain, places = _plain(text)
    if slip := _SLIP.match(plain):
        return Said(Order.NOTE, is_order=True, rest=text[places[slip.end() - 1] + 1 :].strip())
    found = _ORDER.match(plain)
    if found is None:
        return Said(None, is_order=False, rest=text.strip(), maybe_note=_may_be_a_note(plain))
    name, begins = found["name"].lower(), found.start("rest")
    order = next((one for one in Order if one == name), None)
    if name.startswith(Order.NOTE) and order is None:  # "/notes", "/noteHe said": begins with /note
        order, begins = Order.NOTE, found.start("name") + len(Order.NOTE)
    # The words are kept as they were written, not as they were read.
    return Said(order, is_order=True, rest=text[places[begins] :].strip() if begins < len(places) else "")


def days_and_reason(rest: str) -> tuple[int, str] | None:
    """Return for how many days somebody is to be limited, and why; None where no reason stands, or too many days."""
    whole = " ".join(rest.split())
    first, _, others = whole.partition(" ")
    days, why = (int(first[:3]), others) if first.isdecimal() else (DAYS, whole)
    return (days, why) if why and 0 < days <= MOST_DAYS else None


def as_alias(name: str) -> str:
    """Return the name that somebody chose as families may see it: an app makes no link, name or command of it."""
    return " ".join(_LINKING.sub(" ", clean(name)).split())[:ALIAS].strip()


def _may_be_a_note(plain: str) -> bool:
    folded = fold(plain).lstrip("0123456789 ")
    heading = _HEADING.match(plain)
    first = {folded.partition(" ")[0], *(_likenesses(heading["word"]) if heading else ())}
    return bool(first & _FOLDED_NOTES) or folded.startswith(_NOT_FOR) or _NOTE_LATER.search(plain) is not None


def _likenesses(word: str) -> tuple[str, str]:
    """Return a word folded, and as it looks: one Cyrillic letter in a Latin word is seen by nobody."""
    return fold(word), fold(anyascii(word))


def _plain(text: str) -> tuple[str, list[int]]:
    """Return a text without what nobody sees, full-width signs as plain ones, and where each of its characters stood.

    One character at a time: an accent behind "/note" must not make another word of it.
    """
    seen = [
        (one, place)
        for place, char in enumerate(text)
        if (unicodedata.category(char) not in {"Cf", "Cc"} or char == "\n") and not _BLANK.match(char)
        for one in _SLASHES.get(char) or unicodedata.normalize("NFKC", char)
    ]
    return "".join(one for one, _ in seen), [place for _, place in seen]
