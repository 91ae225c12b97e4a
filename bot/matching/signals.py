"""What tells how sure we can be of one candidate: the same numbers when an index learns and when a message comes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from bot.matching.encoder import Floats
    from bot.matching.logistic import Doubles

NAMES = ("score", "ahead_of_entries", "ahead_of_others", "known_spelling", "known_words", "words", "share")


def signals(scores: Floats, column: int, entries: int, *, known: tuple[float, float], words: int) -> Doubles:
    """Return the signals of one candidate.

    `scores` are those of all entries, then of the other classes that compete; `entries` counts the former; `column` is
    the candidate's place in `scores`. `known` is the share of the text that the vocabulary has, `words` its length.

    Also tried, and of no help: rapidfuzz similarity to the nearest phrasing, and how much of the message occurs in
    the entry's own texts.
    """
    own = float(scores[column])
    rivals = scores.copy()
    rivals[column] = -1.0
    best_entry = float(rivals[:entries].max(initial=0.0))
    best_other = float(rivals[entries:].max(initial=0.0))
    positive = np.clip(scores, 0, None)
    share = float(positive[column] ** 2 / (float(positive @ positive) + 1e-6))
    return np.array([own, own - best_entry, own - best_other, *known, math.log(words + 1), share])
