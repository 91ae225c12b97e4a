"""Phrasings too alike: two of one entry teach nothing new, two of different entries make the bot guess.

They are compared folded, as messages are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from rapidfuzz.fuzz import ratio
from rapidfuzz.process import cdist

from bot.actions.checking.phrases import Phrase
from bot.content.check.view import View
from bot.content.findings import Finding

ALIKE_WITHIN, ALIKE_ACROSS = 80, 90
"""Percent of letters shared, in order."""
_CHUNK = 256


def look(view: View, phrases: Sequence[Phrase]) -> Iterator[Finding]:
    """Find phrasings that are too alike."""
    phrasings = [phrase for phrase in phrases if phrase.kind == "entry" and phrase.folded]
    yield from _within_an_entry(view, phrasings)
    yield from _across_entries(view, phrasings)


def _within_an_entry(view: View, phrasings: Sequence[Phrase]) -> Iterator[Finding]:
    texts: dict[tuple[str, str], list[Phrase]] = defaultdict(list)
    for phrasing in phrasings:
        texts[phrasing.file, phrasing.name].append(phrasing)
    for text in texts.values():
        for first, second, score in alike([phrasing.folded for phrasing in text], ALIKE_WITHIN):
            yield view.warning(
                text[second].file,
                text[second].path,
                f'"{text[second].words}" is {score} % like "{text[first].words}".',
                "Other ways to ask are not learned, so fewer families are understood.",
                "Replace one of them by a truly different one.",
            )


def _across_entries(view: View, phrasings: Sequence[Phrase]) -> Iterator[Finding]:
    owners: dict[str, list[Phrase]] = defaultdict(list)
    for phrasing in phrasings:
        owners[phrasing.folded].append(phrasing)
    for first_of_all, *same in owners.values():
        yield from _clashes(view, [first_of_all], same, 100)
    distinct = list(owners)
    for first, second, score in alike(distinct, ALIKE_ACROSS):
        yield from _clashes(view, owners[distinct[first]], owners[distinct[second]], score)


def _clashes(view: View, ones: Sequence[Phrase], others: Sequence[Phrase], score: int) -> Iterator[Finding]:
    for one in ones:
        line = view.reading.line(one.file, *one.path)
        for other in others:
            if one.name != other.name:
                yield view.error(
                    other.file,
                    other.path,
                    f'"{other.words}" is {score} % like "{one.words}" of {one} (faq/{one.file}:{line}).',
                    "A family that asks so gets the answer of one entry, or of the other.",
                    "Change one of the two phrasings, or make one entry of both.",
                )


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
