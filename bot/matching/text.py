"""Three readings of a message: clean (as typed, made safe), folded (spelling), skeleton (sound, in Latin letters).

Families write on foreign keyboards: without accents, in the wrong alphabet, half in one language and half in another.
Folding forgives accents and punctuation; the skeleton also forgives the alphabet, so that `sadik`, `садик` and `sadyk`
are one word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from anyascii import anyascii

MAX_CHARS = 400
"""Characters of a message that are read; longer texts only cost time, and an encoder minutes (20 000 "a": 30 s)."""

_MAX_RAW = 4 * MAX_CHARS
"""Raw characters looked at: accents, marks and spaces may need several for one that stays."""

_APOSTROPHES = dict.fromkeys(map(ord, "\u00b4`\u2018\u2019\u201b\u02bc\u02b9\u2032\uff07"), "'")
_REMEMBERED = 8192
"""Characters: more than people write in, fewer than somebody can send to fill the memory."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r" ?\n\s*")

_FIRST_ACCENT = 10
"""Lowest combining class that is an accent. Below it stand virama, nukta and kana marks, which change the letter."""

_SAME_LETTER = {
    "\u0131": "i",  # Turkish dotless i, typed as i on other keyboards
    "\u0142": "l",  # Polish l with stroke does not decompose
    "\u0111": "d",  # nor does Vietnamese d with stroke
    "\u0491": "\u0433",  # Ukrainian g, missing on Russian keyboards
    "\u064a": "\u06cc",  # Arabic keyboards type U+064A where Persian spells U+06CC
    "\u0649": "\u06cc",
    "\u0643": "\u06a9",
}


_MASK = re.compile(r"\[(?:phone|e-mail|account|user|document|personal code|number)\]")
"""What stands in place of what was hidden: our word, not the writer's. A masked phone once sounded like a taken one."""


def clean(text: str) -> str:
    """Return `text` safe to handle: NFKC, no control, zero-width or bidi marks, no masks, at most 400 characters.

    Line breaks stay, because they end sentences. Halves of surrogate pairs are joined, lone ones become U+FFFD.
    """
    return _cleaned(text[:_MAX_RAW])[:MAX_CHARS].strip()


def _cleaned(text: str) -> str:
    whole = _MASK.sub(" ", _without_surrogates(text)).translate(_APOSTROPHES)
    plain = unicodedata.normalize("NFKC", whole).translate(_PLAIN)
    return _BLANK_LINES.sub("\n", _SPACES.sub(" ", plain)).strip()


def windows(text: str) -> tuple[str, ...]:
    """Return all of `text` as cleaned pieces of at most 400 characters; neighbours share a quarter.

    Questions stand at the beginning; a cry for help may stand anywhere, and must be read to the last word. Cleaned first,
    then cut: "…" becomes three dots, and what a piece is too short for would be in none.
    """
    step = MAX_CHARS - MAX_CHARS // 4
    whole = _cleaned(text.translate(_NO_SENTENCES))
    starts = range(0, max(len(whole) - MAX_CHARS // 4, 1), step)
    return tuple(whole[start : start + MAX_CHARS].strip() for start in starts)


def _without_surrogates(text: str) -> str:
    if _SURROGATE.search(text) is None:
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class _ByChar(dict[int, str]):
    """A table for `str.translate` that asks a rule about each character once: ten times as fast as asking each time."""

    def __init__(self, rule: Callable[[str], str]) -> None:
        super().__init__()
        self._rule = rule

    def __missing__(self, code: int) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
        self[code] = found = self._rule(chr(code))
        return found


def _plain(char: str) -> str:
    if char == "\n":
        return char
    category = unicodedata.category(char)
    if category in ("Zl", "Zp"):
        return "\n"
    if category in ("Cc", "Zs"):
        return " "
    return "" if category in ("Cf", "Co", "Cn", "Cs") else char


_PLAIN = _ByChar(_plain)


_LONGEST_SIGN = 4
"""Letters that one sign may stand for when a whole message is read: `㎏` two, `㏂` four. Those of a sentence cost only time."""
_NO_SENTENCES = _ByChar(lambda char: char if len(unicodedata.normalize("NFKC", char)) <= _LONGEST_SIGN else " ")


def fold(text: str) -> str:
    """Return the words of `text` in lower case without accents, one space between them.

    Punctuation becomes a space, an apostrophe nothing (`п'ять` and `пять` are one word). A text of symbols only, such
    as a thumbs-up, keeps its symbols. Folding twice changes nothing.
    """
    once = _fold_once(clean(text))
    # Rarely a stripped mark lets two letters compose anew; the second pass settles them.
    for _ in range(3):
        again = _fold_once(once)
        if again == once:
            break
        once = again
    return once


def _fold_once(text: str) -> str:
    lowered = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = lowered.translate(_FOLDED)
    if not kept.strip():
        kept = "".join(char if unicodedata.category(char) == "So" else " " for char in lowered)
    return " ".join(unicodedata.normalize("NFC", kept).split())


def _fold_char(char: str) -> str:
    if char == "'" or unicodedata.combining(char) >= _FIRST_ACCENT:
        return ""
    if unicodedata.category(char)[0] in "LNM":
        return _SAME_LETTER.get(char, char)
    return " "


_FOLDED = _ByChar(_fold_char)


_VARIANTS = (
    (re.compile(r"(?<=[a-z])4|4(?=[a-z])"), "ch"),  # 4to, ho4u: the digit looks like the letter
    (re.compile(r"sch|shch|shh|sh|sz"), "s"),
    (re.compile(r"zh"), "z"),
    (re.compile(r"tch|ch|cz|ts|tz"), "c"),
    (re.compile(r"kh"), "h"),
    (re.compile(r"ck|q"), "k"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"w"), "v"),
    (re.compile(r"[yje]"), "i"),  # e too: unstressed, and in wrong endings, it is heard and typed as i
    (re.compile(r"([a-z])\1+"), r"\1"),
)
"""Spellings of one sound, applied in this order. Found by romanising in three styles and comparing."""


def skeleton(text: str) -> str:
    """Return the sound of `text` in a-z, 0-9 and single spaces: the same for every alphabet and spelling habit."""
    return " ".join(filter(None, map(_skeleton_of_word, fold(text).split())))


@lru_cache(maxsize=65536)
def _skeleton_of_word(word: str) -> str:
    latin = re.sub(r"[^a-z0-9 ]", "", anyascii(word).lower())
    for pattern, sound in _VARIANTS:
        latin = pattern.sub(sound, latin)
    return latin


_AND = "and|also|plus|ir|bei|taip pat|и|а|ещё|еще|также|та|і|також|ще|eshe|takzhe"
_CLAUSE_END = re.compile(rf"[,;:!?.…\n]+(?=\s|$)|\s(?:{_AND})\s", re.IGNORECASE)
"""Where one need may end and another begin: punctuation, lines, and words for "and" in the main languages."""


def clauses(text: str) -> tuple[str, ...]:
    """Split a cleaned message where one need may end and another begin; empty pieces are dropped."""
    return tuple(piece.strip() for piece in _CLAUSE_END.split(text) if piece and fold(piece))
