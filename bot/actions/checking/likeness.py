"""Phrasings too alike: two of one entry teach nothing new, two of different entries make the bot guess.

They are compared folded, as messages are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from rapidfuzz.fuzz import ratio
from rapidfuzz.process import cdist

from bot.content.check.view import Text, View
from bot.content.findings import Finding
from bot.matching.text import fold

ALIKE_WITHIN, ALIKE_ACROSS = 80, 90
"""Percent of letters shared, in order."""
_CHUNK = 256

folded = lru_cache(maxsize=1 << 15)(fold)
"""`fold`, remembered: several rules look at the same phrasings."""


@dataclass(frozen=True)
class _Phrasing:
    text: Text
    place: int
    folded: str

    @property
    def words(self) -> str:
        return self.text.text.phrasings[self.place]


def _phrasings(view: View) -> Iterator[_Phrasing]:
    for text in view.texts:
        for place, words in enumerate(text.text.phrasings):
            yield _Phrasing(text, place, folded(words))


def within_an_entry(view: View) -> Iterator[Finding]:
    """Find phrasings of one entry and language that differ too little."""
    for text in view.texts:
        for first, second, score in alike([folded(words) for words in text.text.phrasings], ALIKE_WITHIN):
            one, other = text.text.phrasings[first], text.text.phrasings[second]
            yield view.warning(
                text.file,
                text.path("phrasings", second),
                f'"{other}" is {score} % like "{one}".',
                "Other ways to ask are not learned, so fewer families are understood.",
                "Replace one of them by a truly different one.",
            )


def across_entries(view: View) -> Iterator[Finding]:
    """Find phrasings of different entries that are nearly the same, in whatever language."""
    owners: dict[str, list[_Phrasing]] = defaultdict(list)
    for phrasing in _phrasings(view):
        if phrasing.folded:
            owners[phrasing.folded].append(phrasing)
    for first_of_all, *same in owners.values():
        yield from _clashes(view, [first_of_all], same, 100)
    distinct = list(owners)
    for first, second, score in alike(distinct, ALIKE_ACROSS):
        yield from _clashes(view, owners[distinct[first]], owners[distinct[second]], score)


def _clashes(view: View, ones: Sequence[_Phrasing], others: Sequence[_Phrasing], score: int) -> Iterator[Finding]:
    for one in ones:
        for other in others:
            if one.text.id != other.text.id:
                yield view.error(
                    other.text.file,
                    other.text.path("phrasings", other.place),
                    f'"{other.words}" is {score} % like "{one.words}" of {one.text.id} ({_where(view, one)}).',
                    "A family that asks so gets the answer of one entry, or of the other.",
                    "Change one of the two phrasings, or make one entry of both.",
                )


def _where(view: View, phrasing: _Phrasing) -> str:
    path = phrasing.text.path("phrasings", phrasing.place)
    return f"faq/{phrasing.text.file}:{view.reading.line(phrasing.text.file, *path)}"


def alike(texts: Sequence[str], cutoff: int) -> Iterator[tuple[int, int, int]]:
    """Yield pairs of places, the lower first, and their likeness in percent, from `cutoff` on.

    10 000 texts take less than a second: alphabets are compared apart, and only texts of similar length.
    """
    share = [_cyrillic(text) for text in texts]
    # The groups overlap by as much as two alike texts can differ in their share of an alphabet (the shorter one wholly
    # contained in the longer), so each pair is together in at least one of them.
    overlap = 1 - cutoff / (200 - cutoff)
    groups = (
        [place for place, part in enumerate(share) if part <= (1 + overlap) / 2],
        [place for place, part in enumerate(share) if part >= (1 - overlap) / 2],
    )
    yield from dict.fromkeys(pair for group in groups for pair in _alike(texts, group, cutoff))


def _cyrillic(text: str) -> float:
    return sum("\u0400" <= char <= "\u04ff" for char in text) / (len(text) or 1)


def _alike(texts: Sequence[str], group: list[int], cutoff: int) -> Iterator[tuple[int, int, int]]:
    group.sort(key=lambda place: len(texts[place]))
    lengths = [len(texts[place]) for place in group]
    for start in range(0, len(group), _CHUNK):
        rows = group[start : start + _CHUNK]
        # Of two texts with m and n letters, m <= n, at most m can be shared: 200 m / (m + n) percent.
        end = bisect_right(lengths, len(texts[rows[-1]]) * (200 - cutoff) / cutoff)
        columns = group[start:end]
        scores = cdist(
            [texts[place] for place in rows],
            [texts[place] for place in columns],
            scorer=ratio,
            score_cutoff=cutoff,
            dtype=np.float32,
            workers=-1 if len(columns) > _CHUNK else 1,
        )
        for row, column in zip(*map(np.ndarray.tolist, np.nonzero(scores)), strict=True):
            if row < column:
                first, second = sorted((rows[row], columns[column]))
                yield first, second, int(scores[row, column])
