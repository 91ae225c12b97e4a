"""Phrasings too alike: two of one entry teach nothing new, two of different entries make the bot guess.

They are compared folded, as messages are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt
from rapidfuzz.fuzz import ratio

from bot.actions.checking.phrases import Phrase
from bot.content.check.view import View
from bot.content.findings import Finding

ALIKE_WITHIN, ALIKE_ACROSS = 80, 90
"""Percent of letters shared, in order."""
_CHUNK = 256
_FEW = 64
"""Texts that are compared one by one: preparing them would take longer."""
_COLUMNS = 256
_MIX = np.uint32(31)
_ROUNDING = 1e-3


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

    10 000 texts take a fraction of a second: only those are compared that may be alike by their length, and by the pairs of
    letters that they share.
    """
    if len(texts) <= _FEW:
        yield from _compared(texts, combinations(range(len(texts)), 2), cutoff)
        return
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    lengths = np.array([len(texts[place]) for place in order], np.float32)
    letters = _pairs_of_letters([texts[place] for place in order])
    # A letter that is put in or left out changes three pairs of letters at most, and two alike texts of m and n letters
    # differ by (m + n)(1 - cutoff) letters at most. So many pairs at least must be shared; each text brings its half.
    brings = (letters.sum(axis=1) - 3 * (1 - cutoff / 100) * lengths) / 2 - _ROUNDING
    for start in range(0, len(order), _CHUNK):
        rows = slice(start, start + _CHUNK)
        # Of two texts with m and n letters, m <= n, at most m can be shared: 200 m / (m + n) percent.
        end = int(np.searchsorted(lengths, lengths[rows][-1] * (200 - cutoff) / cutoff + _ROUNDING, side="right"))
        columns = slice(start, end)
        shared = letters[rows] @ letters[columns].T
        near = np.argwhere(shared >= brings[rows, None] + brings[None, columns])
        places = ((order[start + row], order[start + column]) for row, column in near.tolist() if row < column)
        yield from _compared(texts, places, cutoff)


def _compared(texts: Sequence[str], pairs: Iterable[tuple[int, int]], cutoff: int) -> Iterator[tuple[int, int, int]]:
    for one, other in pairs:
        score = ratio(texts[one], texts[other], score_cutoff=cutoff)
        if score:
            yield min(one, other), max(one, other), int(score)


def _pairs_of_letters(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """Return which pairs of neighbouring letters each text has, as 0 and 1; some pairs share a column."""
    has = np.zeros((len(texts), _COLUMNS), np.float32)
    for row, text in enumerate(texts):
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        has[row, (codes[:-1] * _MIX + codes[1:]) % _COLUMNS] = 1
    return has
