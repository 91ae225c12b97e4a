"""A logistic regression of a dozen weights, fitted by Newton's method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

Doubles = npt.NDArray[np.float64]

_STEPS = 50
_ENOUGH = 1e-8


@dataclass(frozen=True, eq=False)
class Logistic:
    """Turns signals into a probability: a weight for each signal, and one more for the constant."""

    weights: Doubles

    def p(self, signals: Sequence[float] | Doubles) -> float:
        """Return the probability, strictly between 0 and 1, for one row of signals."""
        z = float(np.dot(self.weights[:-1], signals) + self.weights[-1])
        return float(1 / (1 + np.exp(-np.clip(z, -30, 30))))


def fit(signals: Doubles, truths: Doubles, row_weights: Doubles, penalty: float = 1.0) -> Logistic:
    """Fit to rows of signals and truths (0 or 1). `penalty` shrinks all weights but the constant, in standard units."""
    mean, spread = signals.mean(axis=0), signals.std(axis=0) + 1e-9
    design = np.hstack([(signals - mean) / spread, np.ones((len(signals), 1))])
    ridge = np.append(np.full(signals.shape[1], penalty), 1e-3)
    weights = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (row_weights * (truths - p)) - ridge * weights
        bend = (design * (row_weights * p * (1 - p))[:, None]).T @ design + np.diag(ridge)
        step = np.linalg.solve(bend, slope)
        weights += step
        if float(np.abs(step).max()) < _ENOUGH:
            break
    plain = weights[:-1] / spread
    return Logistic(np.append(plain, weights[-1] - plain @ mean))
