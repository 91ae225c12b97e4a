"""Ridge regression in closed form: a weight for each feature, in the memory of half a square matrix of features.

What is solved has the size of the features (about 6 500), not of the texts, so that ten times the texts take ten times
as long to add up and no longer to solve. Only the lower half of the matrix is kept (6 560 features: 90 MB in single
precision), factored and inverted in place. Single precision is enough: the eigenvalues lie between the penalty (0.3)
and a few thousand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from bot.matching.encoder import Floats

_BLOCK = 256
"""Rows handled at once: large enough for fast matrix products, small enough to add little memory."""


class Half:
    """The lower half of a square matrix, in stripes: a stripe of rows has all columns up to its own last."""

    def __init__(self, width: int) -> None:
        """Begin with zeros."""
        self.width = width
        self._bounds = [(top, min(top + _BLOCK, width)) for top in range(0, width, _BLOCK)]
        self._stripes: list[Floats] = [np.zeros((end - top, end), np.float32) for top, end in self._bounds]

    def stripes(self) -> Iterator[tuple[int, int, Floats]]:
        """Yield first row, end and values of each stripe; writing to the values writes to the matrix."""
        return ((top, end, stripe) for (top, end), stripe in zip(self._bounds, self._stripes, strict=True))

    def copy(self) -> Half:
        """Return a matrix of its own with the same values."""
        other = Half(0)
        other.width, other._bounds = self.width, self._bounds
        other._stripes = [stripe.copy() for stripe in self._stripes]
        return other

    def add_squares(self, rows: Floats, weights: Floats) -> None:
        """Add the products of all pairs of features, summed over texts: a row and a weight for each text."""
        weighted = rows * weights[:, None]
        for top, end, stripe in self.stripes():
            np.add(stripe, weighted[:, top:end].T @ rows[:, :end], out=stripe)

    def add_diagonal(self, value: float) -> None:
        """Add to the diagonal."""
        for top, end, stripe in self.stripes():
            stripe[np.arange(end - top), np.arange(top, end)] += np.float32(value)


def _factor_in_place(matrix: Half) -> None:
    """Replace a symmetric positive definite matrix by its lower Cholesky factor, stripe by stripe."""
    done: list[tuple[int, int, Floats, Floats]] = []
    for top, end, stripe in matrix.stripes():
        for first, last, earlier, corner in done:
            block = stripe[:, first:last] - stripe[:, :first] @ earlier[:, :first].T
            stripe[:, first:last] = block @ corner.T
        square = stripe[:, top:end] - stripe[:, :top] @ stripe[:, :top].T
        # Only the half below the diagonal is meant; the rest of a stripe's square mirrors it.
        square = np.tril(square) + np.tril(square, -1).T
        factor = np.linalg.cholesky(square.astype(np.float64))
        stripe[:, top:end] = factor
        done.append((top, end, stripe, np.linalg.inv(factor).astype(np.float32)))


def _invert_lower_in_place(lower: Half) -> None:
    done: list[tuple[int, int, Floats]] = []
    for top, end, stripe in lower.stripes():
        corner = np.linalg.inv(stripe[:, top:end].astype(np.float64)).astype(np.float32)
        below: Floats = np.zeros((end - top, top), np.float32)
        for first, last, inverted in done:
            below[:, :last] += stripe[:, first:last] @ inverted
        stripe[:, :top] = -corner @ below
        stripe[:, top:end] = np.tril(corner)
        done.append((top, end, stripe))


@dataclass(frozen=True, eq=False)
class Solved:
    """The inverse of (squares + penalty), kept as the inverse of its Cholesky factor L.

    What a model that never saw some texts would say follows in closed form. With X their rows, W their weights,
    K = X inverse X' and e what the model misses on them, it would miss (1 - K W)^-1 e.
    """

    half: Half

    def times(self, right: Floats) -> Floats:
        """Return the inverse times `right` (features x columns): the weights, if `right` sums weight x row x target."""
        result: Floats = np.zeros(right.shape, np.float32)
        for _, end, stripe in self.half.stripes():
            result[:end] += stripe.T @ (stripe @ right[:end])
        return result

    def halfway(self, rows: Floats) -> Floats:
        """Return L^-1 times each row (texts x features): the dot products of two such rows are their entry of K."""
        result: Floats = np.empty_like(rows)
        for top, end, stripe in self.half.stripes():
            result[:, top:end] = rows[:, :end] @ stripe.T
        return result

    def unseen(self, rows: Floats, weights: Floats, learned: Floats) -> Floats:
        """Return what models that never saw one of these texts would say of it, where it should be 0 (texts x columns)."""
        own = (self.halfway(rows) ** 2).sum(axis=1) * weights
        said: Floats = rows @ learned / (1 - own)[:, None]
        return said

    def rest_of_the_way(self, halfway: Floats, first: int) -> Floats:
        """Return the inverse times each row from the feature `first` on, given what `halfway` returned for it."""
        result: Floats = np.zeros((len(halfway), self.half.width - first), np.float32)
        for top, end, stripe in self.half.stripes():
            if end > first:
                result[:, : end - first] += halfway[:, top:end] @ stripe[:, first:]
        return result


def solve(squares: Half, penalty: float) -> Solved:
    """Solve for all targets to come; overwrites `squares`."""
    squares.add_diagonal(penalty)
    _factor_in_place(squares)
    _invert_lower_in_place(squares)
    return Solved(squares)
