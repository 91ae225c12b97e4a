"""What tells how sure we can be of one candidate: the same numbers when an index learns and when a message comes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from bot.matching.encoder import Floats
    from bot.matching.logistic import Doubles

NAMES = (
    "score",
    "ahead_of_entries",
    "ahead_of_others",
    "known_spelling",
    "known_words",
    "words",
    "share",
    "agreement",
)


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What was said of a text: scores of all entries, then of the other classes that compete.

    `by_meaning` is the part of each score that the encoder gave, None without one; `known` the share of the text that the
    vocabulary has, `words` its length.
    """

    scores: Floats
    by_meaning: Floats | None
    known: tuple[float, float]
    words: int


def signals(said: Said, column: int, entries: int) -> Doubles:
    """Return the signals of one candidate: its place among the scores is `column`; `entries` counts the entries.

    Where meaning and words disagree about who is ahead, `agreement` is negative; without an encoder it is 0. With one,
    how much of the text is known is not looked at: a language without content has no known words.

    Also tried, and of no help: rapidfuzz similarity to the nearest phrasing, how much of the message occurs in the
    entry's own texts, both margins apart, and how near a message is to the middle of all texts.
    """
    own = float(said.scores[column])
    rivals = said.scores.copy()
    rivals[column] = -1.0
    positive = np.clip(said.scores, 0, None)
    share = float(positive[column] ** 2 / (float(positive @ positive) + 1e-6))
    return np.array(
        [
            own,
            own - float(rivals[:entries].max(initial=0.0)),
            own - float(rivals[entries:].max(initial=0.0)),
            *(said.known if said.by_meaning is None else (0.0, 0.0)),
            math.log(said.words + 1),
            share,
            _agreement(said, column, entries),
        ]
    )


def _agreement(said: Said, column: int, entries: int) -> float:
    """Return by how much a candidate leads the entries in meaning or in words, whichever is less."""
    if said.by_meaning is None:
        return 0.0
    by_words = said.scores - said.by_meaning
    return min(_ahead(part[:entries], column) for part in (said.by_meaning, by_words)) if column < entries else 0.0


def _ahead(scores: Floats, column: int) -> float:
    rivals = scores.copy()
    rivals[column] = -1.0
    return float(scores[column]) - float(rivals.max(initial=0.0))
