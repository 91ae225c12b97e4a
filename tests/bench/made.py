"""Content of any size, made from ours: for measuring cost, not quality.

Each made entry mixes the phrasings of two of ours, adds two words of its own, and drops, swaps and misspells words. Of
twelve languages four are ours; eight are made of them by exchanging letters, vowels for vowels, so that their spelling
is another while their words look like words.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from bot.content.model import MAIN_LANGUAGES, Catalogue, Entry, EntryId, EntryText, Language
from bot.matching.language import KNOWN
from bot.matching.text import fold

LANGUAGES = (*MAIN_LANGUAGES, *(language for language in KNOWN if language not in MAIN_LANGUAGES))[:12]
"""Real tags, because a language has to be one that we know; what stands under the last eight is none of these."""
PHRASINGS = 12

_VOWELS = ("aeiouy", "аеиоуыэюяіїє")
_CONSONANTS = ("bcdfghjklmnpqrstvwxz", "бвгджзйклмнпрстфхцчшщ")


class Made:
    """A catalogue of `size` made entries; danger, talk and places are ours. The same size gives the same content."""

    def __init__(self, ours: Catalogue, size: int) -> None:
        """Prepare the alphabets; `ours` needs phrasings in the main languages."""
        self._ours, self._size = ours, size
        self._entries = list(ours.entries.values())
        self._letters = {language: _letters(place) for place, language in enumerate(LANGUAGES)}

    def catalogue(self) -> Catalogue:
        """Return the content."""
        made = (self._entry(number) for number in range(self._size))
        return self._ours.model_copy(
            update={"version": f"made-{self._size}", "entries": {entry.id: entry for entry in made}}
        )

    def messages(self, count: int) -> list[tuple[EntryId, Language, str]]:
        """Return messages that were made like the phrasings and are none of them, each with its entry and language."""
        rng = random.Random(self._size)
        found = []
        for _ in range(count):
            number, language = rng.randrange(self._size), rng.choice(LANGUAGES)
            text = next(islice(self._texts(number, language), PHRASINGS + 1 + rng.randrange(PHRASINGS), None))
            found.append((_name(number), language, text))
        return found

    def _entry(self, number: int) -> Entry:
        like = self._entries[number % len(self._entries)]
        texts = {language: self._text(like, number, language) for language in LANGUAGES}
        return like.model_copy(update={"id": _name(number), "texts": texts})

    def _text(self, like: Entry, number: int, language: Language) -> EntryText:
        question, *phrasings = islice(self._texts(number, language), PHRASINGS + 1)
        label = f"{question[:20]} {number}"
        return like.texts[_base(language)].model_copy(
            update={"question": question, "label": label, "phrasings": tuple(phrasings)}
        )

    def _texts(self, number: int, language: Language) -> Iterator[str]:
        """Yield texts of an entry without end."""
        rng = random.Random(f"{number} {language}")
        one, other = (self._words_of(entry, language) for entry in self._parents(number))
        own = [_invented(rng, one), _invented(rng, other)]
        while True:
            head, tail = rng.choice(one), rng.choice(other)
            words = [*head[: 1 + len(head) // 2], *tail[len(tail) // 2 :]]
            text = " ".join(_perturbed(words, own, rng))
            yield text.lower().translate(self._letters[language]) if self._letters[language] else text

    def _parents(self, number: int) -> tuple[Entry, Entry]:
        """Return two entries; no two numbers below the square of their count have the same."""
        rounds, place = divmod(number, len(self._entries))
        return self._entries[place], self._entries[(place + 1 + rounds) % len(self._entries)]

    def _words_of(self, entry: Entry, language: Language) -> Sequence[Sequence[str]]:
        return [phrasing.split() for phrasing in entry.texts[_base(language)].phrasings]


def _name(number: int) -> EntryId:
    return EntryId(f"made-{number}")


def _base(language: Language) -> Language:
    return MAIN_LANGUAGES[LANGUAGES.index(language) % len(MAIN_LANGUAGES)]


def _letters(place: int) -> Mapping[int, str]:
    """Return which letter stands for which; the main languages keep theirs."""
    if place < len(MAIN_LANGUAGES):
        return {}
    rng = random.Random(place)
    exchanged: dict[str, str] = {}
    for letters in (*_VOWELS, *_CONSONANTS):
        exchanged |= dict(zip(letters, rng.sample(letters, len(letters)), strict=True))
    return str.maketrans(exchanged)


def _invented(rng: random.Random, like: Sequence[Sequence[str]]) -> str:
    """Return a word that nobody else has: the letters of the longest words, in another order."""
    longest = [max(words, key=len) for words in rng.sample(like, min(2, len(like)))]
    letters = [letter for letter in fold("".join(longest)) if letter.isalnum()]
    return "".join(rng.sample(letters, min(8, len(letters))))


def _perturbed(words: Sequence[str], own: Sequence[str], rng: random.Random) -> list[str]:
    changed = list(words)
    changed.insert(rng.randrange(len(changed) + 1), rng.choice(own))
    if len(changed) > 3 and rng.random() < 0.5:
        del changed[rng.randrange(len(changed))]
    if rng.random() < 0.3:
        at = rng.randrange(len(changed))
        changed.insert(0, changed.pop(at))
    at = rng.randrange(len(changed))
    changed[at] = _misspelt(changed[at], rng)
    return changed


def _misspelt(word: str, rng: random.Random) -> str:
    at = rng.randrange(len(word))
    return word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]
