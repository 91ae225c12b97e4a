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


def fit(
    signals: Doubles, truths: Doubles, row_weights: Doubles, penalty: float = 1.0, prior: Logistic | None = None
) -> Logistic:
    """Fit to rows of signals and truths (0 or 1).

    `penalty` draws all weights but the constant, in standard units, to those of `prior`; without one, to zero.
    """
    mean, spread = signals.mean(axis=0), signals.std(axis=0) + 1e-9
    design = np.hstack([(signals - mean) / spread, np.ones((len(signals), 1))])
    ridge = np.append(np.full(signals.shape[1], penalty), 1e-3)
    start = np.zeros(design.shape[1])
    if prior is not None:
        own, constant = prior.weights[:-1], prior.weights[-1]
        start = np.append(own * spread, constant + own @ mean)

    def loss(weights: Doubles) -> float:
        z = design @ weights
        return float(row_weights @ (np.logaddexp(0, z) - truths * z) + ridge @ (weights - start) ** 2 / 2)

    weights = start.copy()
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (row_weights * (truths - p)) - ridge * (weights - start)
        bend = (design * (row_weights * p * (1 - p))[:, None]).T @ design + np.diag(ridge)
        step = np.linalg.solve(bend, slope)
        # Where a prior is sure of what is wrong the curve is flat, and a whole step would go far past the mark.
        while loss(weights + step) > loss(weights) and float(np.abs(step).max()) > _ENOUGH:
            step /= 2
        weights += step
        if float(np.abs(step).max()) < _ENOUGH:
            break
    plain = weights[:-1] / spread
    return Logistic(np.append(plain, weights[-1] - plain @ mean))


def log_loss(probabilities: Doubles, truths: Doubles) -> float:
    """Return the mean surprise at what is true, in nats: 0 for who knew, .693 for who tossed a coin."""
    return float(-np.log(np.where(truths > 0, probabilities, 1 - probabilities)).mean())
