"""Which language a message is in.

py3langid, restricted to languages that families here write, was the best of five on short texts (.90 at two words, .98
at four). It reads Russian or Ukrainian in Latin letters as anything: `romanised` knows better.
"""

from __future__ import annotations

import lzma
import math
import re
import shutil
from array import array
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

from bot.content.model import LITHUANIAN, MAIN_LANGUAGES, RUSSIAN, UKRAINIAN, Language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.matching.romanised import Heard

KNOWN = tuple(map(Language, ("lt", "en", "ru", "uk", "be", "pl", "ar", "fa", "tr", "uz", "hi", "zh", "ka", "vi")))
"""Languages told apart. More would cost accuracy on short texts."""

_CHOSEN_ODDS = 12.0
_HINT_ODDS = 4.0
"""How many times likelier the language a person chose, or their phone's, is before we read. Tuned; see the tests."""

_FEW_WORDS = 3
_HOME_ODDS = 3.0
_LEARNED_WEIGHT = 3.0
"""In few words: how many times likelier a language with content is before we read, and what a ridge score of 1 adds in logarithms of
odds: "спасибо" stands in one language's list of thanks, and py3langid alone takes it for Uzbek."""

_SURE = 0.85
_LEAD_OF_ROMANISED = 1.0
_SURELY_ROMANISED = 3.0
_LIKELIHOOD_OF_ROMANISED = -7.6
"""How far a romanised language must be ahead of Lithuanian and English, from which lead on to rely on it, and how likely
its pieces must be in themselves unless the person chose it (see `romanised.Heard`). All 71 romanised messages lead by more
than 2; of 588 Lithuanian and English ones none does, and two by more than 0."""

_CYRILLIC = frozenset((RUSSIAN, UKRAINIAN))
_OWN_SCRIPT = frozenset(map(Language, ("ar", "fa", "hi", "ka", "zh")))
_IN_LATIN_LETTERS = 0.08
"""Probability that Latin letters are the chosen language of another script, romanised: py3langid gives it none. With
the odds of the choice, clear English still wins. Tuned on 31 romanised messages in Hindi, Persian and Georgian."""

_OTHER_LATIN = tuple(map(Language, ("pl", "tr", "uz", "vi")))
_SURELY_FOREIGN = 0.95
"""Polish sounds like Ukrainian. py3langid is all but certain of real Polish, Turkish, Uzbek and Vietnamese (.95 to 1.00
on 113 messages), seldom of romanised Russian (3 of 74); then only those who chose Russian or Ukrainian write it."""

_ONLY_IN = (
    (re.compile("[ўЎ]"), Language("be")),
    (re.compile("[їЇєЄґҐ]"), UKRAINIAN),
    (re.compile("[ыЫэЭъЪёЁ]"), RUSSIAN),
    (re.compile("[іІ]"), UKRAINIAN),
    (re.compile("[ėĖįĮųŲ]"), LITHUANIAN),
    (re.compile("[łŁńŃśŚźŹżŻć]"), Language("pl")),
)
_LETTER_ODDS = 20.0


@dataclass(frozen=True, slots=True)
class Guess:
    """A language and whether to rely on it; `romanised` says that it was written in Latin letters against habit."""

    language: Language
    confident: bool
    romanised: bool = False


def load() -> None:
    """Load py3langid's model now (half a second, 95 MB), not when the first message comes."""
    _identifier()


@cache
def _identifier() -> LanguageIdentifier:
    # The library's own reading unpacks into a temporary file: with a full disk Tiltas could not start, and danger not be seen.
    unpacked = BytesIO()
    with lzma.open(MODEL_DIR / MODEL_FILE) as packed:
        shutil.copyfileobj(packed, unpacked)
    unpacked.seek(0)
    with np.load(unpacked) as model:
        identifier = LanguageIdentifier(
            model["ptc"],
            model["pc"],
            model["classes"].tolist(),
            _compact(model["nextmove"]),
            model["out_feat"].tolist(),
            norm_probs=True,
            tk_row=_compact(model["nextmove_row"]),
        )
    identifier.set_languages(list(KNOWN))
    return identifier


def _compact(numbers: npt.NDArray[np.unsignedinteger[Any]]) -> array[int]:  # Any: two bytes or four
    """Return numbers as the standard library keeps them: one by one they are found faster than in NumPy's arrays."""
    return array({2: "H", 4: "I"}[numbers.dtype.itemsize], numbers.tobytes())


def guess(
    text: str,
    learned: Mapping[Language, float],
    heard: Heard | None = None,
    *,
    chosen: Language | None = None,
    hint: Language | None = None,
) -> Guess:
    """Return the language of a cleaned, not folded message.

    `learned` are the ridge scores of the catalogue's languages, `heard` what it sounds like in Latin letters. `chosen` is what the person set, `hint` what their
    phone says. Few words trust the prior: a greeting or a name says little about its language.
    """
    prior = _prior(chosen, hint)
    if not any(char.isalpha() for char in text):
        return Guess(max(prior, key=lambda x: prior[x]) if prior else LITHUANIAN, confident=False)
    read = _read(text, chosen)
    if heard is not None and _is_romanised(text, read, heard, chosen):
        return Guess(heard.language, confident=heard.lead > _SURELY_ROMANISED, romanised=True)
    odds = {language: math.log(p + 1e-9) for language, p in read.items()}
    few = len(text.split()) <= _FEW_WORDS
    for language in odds:
        odds[language] += math.log(prior.get(language, 1.0)) + _letters(text, language)
        if few:
            odds[language] += _LEARNED_WEIGHT * learned.get(language, 0.0) + _home(language)
    best = max(odds, key=lambda language: odds[language])
    p = 1 / sum(math.exp(value - odds[best]) for value in odds.values())
    return Guess(best, confident=p >= _SURE)


def _read(text: str, chosen: Language | None) -> dict[Language, float]:
    read = {Language(tag): p for tag, p in _identifier().rank(text)}
    if chosen in _OWN_SCRIPT and _is_latin(text):
        read[chosen] = max(read.get(chosen, 0.0), _IN_LATIN_LETTERS)
    return read


def _prior(chosen: Language | None, hint: Language | None) -> dict[Language, float]:
    prior: dict[Language, float] = {}
    for language, odds in ((hint, _HINT_ODDS), (chosen, _CHOSEN_ODDS)):
        if language is not None:
            short = Language(language.split("-")[0])
            prior[short] = prior.get(short, 1.0) * odds
    return prior


def _home(language: Language) -> float:
    return math.log(_HOME_ODDS) if language in MAIN_LANGUAGES else 0.0


def _letters(text: str, language: Language) -> float:
    return sum(math.log(_LETTER_ODDS) for letters, owner in _ONLY_IN if owner == language and letters.search(text))


def _is_romanised(text: str, read: Mapping[Language, float], heard: Heard, chosen: Language | None) -> bool:
    """Tell whether a message is Russian or Ukrainian in Latin letters."""
    if not _is_latin(text) or heard.lead < _LEAD_OF_ROMANISED or chosen in _OWN_SCRIPT:
        return False
    foreign = max(read.get(language, 0.0) for language in _OTHER_LATIN) > _SURELY_FOREIGN
    return chosen in _CYRILLIC or (not foreign and heard.likelihood > _LIKELIHOOD_OF_ROMANISED)


def _is_latin(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    return sum(char < "\u0250" for char in letters) > 0.8 * len(letters)
