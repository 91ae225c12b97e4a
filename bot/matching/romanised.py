"""Russian and Ukrainian typed in Latin letters: how to know them, and how to read them in Cyrillic again.

py3langid takes them for anything. The detector learns from the catalogue's own phrasings, romanised in three styles, so
that it knows what families here write about; it counts pieces of words, whose shares are its probabilities. An encoder has seen little of them in Latin letters; read in Cyrillic, the right entry is the first for .88 of such
messages on our tuning half, as typed for .69. Spelling needs no such reading: its skeletons are Latin for every alphabet.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from bot.content.model import ENGLISH, LITHUANIAN, RUSSIAN, UKRAINIAN, Language
from bot.matching.text import fold

if TYPE_CHECKING:
    from bot.matching.corpus import Text

_LATIN, _ROMANISED = (LITHUANIAN, ENGLISH), (RUSSIAN, UKRAINIAN)
_PIECES = (1, 2, 3, 4)
_SLOTS = 1 << 15
_UNSEEN = 0.3
"""Counted for each piece before any text is seen."""
_FAVOUR = 1.0
"""What being the language that a person chose adds to a lead."""
_MOST_TEXTS = 1500
"""Texts of a language that the detector learns from; more find no more (71 of 71 romanised messages)."""

_BOTH = {
    "shch": "щ", "shh": "щ", "sch": "щ", "sh": "ш", "tch": "ч", "ch": "ч", "zh": "ж", "kh": "х", "ts": "ц", "tz": "ц",
    "ya": "я", "ja": "я", "yu": "ю", "ju": "ю", "a": "а", "b": "б", "c": "ц", "d": "д", "f": "ф", "g": "г", "j": "й",
    "k": "к", "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "q": "к", "r": "р", "s": "с", "t": "т", "u": "у",
    "v": "в", "w": "в", "x": "х", "z": "з", "'": "ь",
}  # fmt: skip
_RUSSIAN = {
    "yo": "ё", "jo": "ё", "ye": "е", "je": "е", "iy": "ий", "yy": "ый", "ij": "ий", "yj": "ый", "e": "е", "h": "х",
    "i": "и", "y": "ы",
}  # fmt: skip
_UKRAINIAN = {
    "yo": "йо", "jo": "йо", "ia": "я", "iu": "ю", "yi": "ї", "ji": "ї", "ye": "є", "je": "є", "ie": "є", "iy": "ий", "yy": "ий", "e": "е",
    "h": "г", "i": "і", "y": "и",
}  # fmt: skip
_DIGIT_CH = re.compile(r"(?<=[a-z])4|4(?=[a-z])")
_Y_AFTER_VOWEL = re.compile(r"(?<=[aeiou])y(?![aeiou])|\by(?![a-z])")


@lru_cache(maxsize=2)
def _letters(language: Language) -> tuple[re.Pattern[str], dict[str, str]]:
    letters = _BOTH | (_UKRAINIAN if language == UKRAINIAN else _RUSSIAN)
    longest_first = sorted(letters, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), letters


def in_cyrillic(text: str, language: Language) -> str:
    """Return a cleaned message in Latin letters as it would stand in Cyrillic, in lower case.

    Good enough for an encoder, which forgives spelling; not for people to read.
    """
    pattern, letters = _letters(language)
    latin = _Y_AFTER_VOWEL.sub("j", _DIGIT_CH.sub("ch", text.lower()))
    return pattern.sub(lambda found: letters[found[0]], latin)


# The detector ---------------------------------------------------------------------------------------------------------

_PLAIN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "ё": "e", "є": "ye", "ж": "zh", "з": "z",
    "и": "i", "і": "i", "ї": "yi", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "",
    "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip
_STYLES: tuple[dict[str, str], ...] = (
    {},
    {"ё": "yo", "х": "h", "ц": "c", "щ": "sch", "й": "j", "я": "ja", "ю": "ju", "є": "je", "ї": "ji", "ж": "j"},
    {"х": "x", "ч": "4", "ш": "w", "щ": "shh", "я": "ia", "ю": "iu", "ї": "i", "є": "ie", "й": "i", "в": "w"},
)
_IN_UKRAINIAN = {"и": "y", "г": "h"}


@dataclass(frozen=True, slots=True)
class Heard:
    """Which of the two languages a text in Latin letters sounds most like.

    `lead` is how much more than Lithuanian and English (logarithm of odds over the root of the text's pieces; 0: as much),
    `likelihood` the mean logarithm of its pieces' shares: real Polish or Turkish has less than -7.6, Russian more.
    """

    language: Language
    lead: float
    likelihood: float


@dataclass(frozen=True, eq=False)
class Detector:
    """Logarithms of the shares of pieces, by slot, for Lithuanian, English, Russian, Ukrainian; empty if one is missing."""

    shares: npt.NDArray[np.float16]

    def hear(self, text: str, favoured: Language | None = None) -> Heard | None:
        """Return what a text sounds like; None where there is nothing to go by. `favoured` is the likelier of the two."""
        slots = list(_slots(text))
        if not slots or not self.shares.size:
            return None
        sums = self.shares[slots].astype(np.float32).sum(axis=0)
        scale = len(slots) ** 0.5
        at = int((sums[2:] / scale + [_FAVOUR * (language == favoured) for language in _ROMANISED]).argmax())
        lead = float(sums[2 + at] - sums[:2].max()) / scale
        return Heard(_ROMANISED[at], lead, float(sums[2 + at]) / len(slots))


def detector_of(texts: Sequence[Text]) -> Detector:
    """Learn from texts in their own alphabets. Takes a second or two for thousands of them."""
    own: dict[Language, list[str]] = defaultdict(list)
    for text in texts:
        latin = not _CYRILLIC.search(text.text)
        if latin == (text.language in _LATIN):
            own[text.language].append(text.text)
    columns = []
    for language in (*_LATIN, *_ROMANISED):
        some = own[language][:: max(1, len(own[language]) // _MOST_TEXTS)]
        counts: Counter[int] = Counter()
        for typed in islice(some, _MOST_TEXTS):
            for spelled in [typed] if language in _LATIN else _romanised(typed, language):
                counts.update(_slots(spelled))
        if not counts:
            return NO_DETECTOR
        column = np.full(_SLOTS, _UNSEEN)
        column[list(counts)] += list(counts.values())
        columns.append(np.log(column / column.sum()))
    return Detector(np.stack(columns, axis=1).astype(np.float16))


NO_DETECTOR = Detector(np.zeros((0, 4), np.float16))
_CYRILLIC = re.compile("[а-яёіїєґ]", re.IGNORECASE)


def _romanised(text: str, language: Language) -> Iterator[str]:
    for style in _STYLES:
        letters = {**_PLAIN, **style, **(_IN_UKRAINIAN if language == UKRAINIAN else {})}
        yield "".join(letters.get(char, char) for char in text.lower())


def _slots(text: str) -> Iterator[int]:
    for word in fold(text).split():
        bounded = f" {word} "
        for length in _PIECES:
            for start in range(len(bounded) - length + 1):
                yield zlib.crc32(bounded[start : start + length].encode()) % _SLOTS
