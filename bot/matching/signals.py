"""What tells how sure we can be of one candidate: the same numbers when an index learns and when a message comes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import fuzz, process

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.matching.encoder import Floats
    from bot.matching.logistic import Doubles

NAMES = ("score", "ahead_of_entries", "ahead_of_others", "alike", "known", "words", "share")


def alike(folded: str, phrasings: Sequence[str]) -> float:
    """Return how close the nearest phrasing is, 0 to 1: rapidfuzz `token_ratio`, its best scorer in our measurement."""
    if not phrasings:
        return 0.0
    return float(process.cdist([folded], phrasings, scorer=fuzz.token_ratio, dtype=np.float32).max()) / 100


def signals(scores: Floats, column: int, entries: int, *, nearest: float, known: float, words: int) -> Doubles:
    """Return the signals of one candidate.

    `scores` are those of all entries, then of the other classes that compete; `entries` counts the former; `column` is
    the candidate's place in `scores`.
    """
    own = float(scores[column])
    rivals = scores.copy()
    rivals[column] = -1.0
    best_entry = float(rivals[:entries].max(initial=0.0))
    best_other = float(rivals[entries:].max(initial=0.0))
    positive = np.clip(scores, 0, None)
    share = float(positive[column] ** 2 / (float(positive @ positive) + 1e-6))
    return np.array([own, own - best_entry, own - best_other, nearest, known, math.log(words + 1), share])
