"""Learns signs from few texts each: a family under strain, a child who writes, a child who writes for a parent.

Solved by the likeness of texts to each other, and not by features: there are fewer texts than features.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from bot.matching.encoder import Floats

LAMBDA = 0.3
"""That of danger, which is learned from texts of the same kind."""


def learn(rows: Floats, wanted: Floats) -> tuple[Floats, Floats]:
    """Return weights (features x signs), and the scores of each text by a detector that had not seen it (texts x signs).

    `rows` are texts x features, `wanted` is 1 where a text has a sign (texts x signs). Texts with a sign and texts without
    weigh the same, however many they are. For ridge regression the score without a text follows from the solution with
    it: what it misses, divided by its part of the inverse.
    """
    signed = wanted.any(axis=1)
    share = np.where(signed, 0.5 / max(1, signed.sum()), 0.5 / max(1, (~signed).sum())) * len(rows)
    likeness = (rows @ rows.T).astype(np.float64)
    likeness[np.diag_indices_from(likeness)] += LAMBDA / share
    inverse = np.linalg.inv(likeness)
    parts = inverse @ wanted
    weights: Floats = (rows.T @ parts).astype(np.float32)
    without: Floats = (wanted - parts / np.diag(inverse)[:, None]).astype(np.float32)
    return weights, without
