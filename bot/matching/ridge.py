"""Kernel ridge regression in closed form, in the memory of half a square matrix.

For n texts the kernel is n x n and symmetric; only its lower half is kept (10 500 texts: 220 MB in single precision),
factored and inverted in place. Single precision is enough: the eigenvalues lie between lambda (0.3) and a few thousand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.matching.encoder import Floats
    from bot.matching.features import SparseRows

_BLOCK = 256
"""Rows handled at once: large enough for fast matrix products, small enough to add little memory."""

_COMMON = 0.01
"""Share of the texts from which a feature is handled in dense blocks instead of one by one."""

_FEW = 8
"""Texts with a feature up to which it is always handled one by one."""


class Half:
    """The lower half of a square matrix of `n` rows, in stripes: a stripe of rows has all columns up to its own last."""

    def __init__(self, n: int) -> None:
        """Begin with zeros."""
        self.n = n
        self.bounds = [(top, min(top + _BLOCK, n)) for top in range(0, n, _BLOCK)]
        widths = np.repeat([end for _, end in self.bounds], [end - top for top, end in self.bounds])
        self.starts = np.concatenate([[0], np.cumsum(widths)[:-1]]).astype(np.int64) if n else np.zeros(0, np.int64)
        self.values: Floats = np.zeros(int(widths.sum()), np.float32)
        self._stripes = [self._view(top, end) for top, end in self.bounds]

    def _view(self, top: int, end: int) -> Floats:
        start = int(self.starts[top])
        view: Floats = self.values[start : start + (end - top) * end].reshape(end - top, end)
        return view

    def stripes(self) -> Iterator[tuple[int, int, Floats]]:
        """Yield first row, end and values of each stripe; writing to the values writes to the matrix."""
        return ((top, end, stripe) for (top, end), stripe in zip(self.bounds, self._stripes, strict=True))

    def add_products(self, rows: Floats) -> None:
        """Add the dot products of all pairs of `n` dense rows."""
        for top, end, stripe in self.stripes():
            np.add(stripe, rows[top:end] @ rows[:end].T, out=stripe)

    def add_outer(self, owners: npt.NDArray[np.int32], values: Floats) -> None:
        """Add the products of all pairs of a few values, each of another row; `owners` go up."""
        later, earlier = np.tril_indices(len(owners))
        self.values[self.starts[owners[later]] + owners[earlier]] += values[later] * values[earlier]

    def add_diagonal(self, values: Floats) -> None:
        """Add to the diagonal."""
        rows = np.arange(self.n)
        self.values[self.starts + rows] += values


def kernel(rows: SparseRows) -> Half:
    """Return the dot products of all pairs of rows."""
    n = len(rows)
    order = np.argsort(rows.columns, kind="stable")
    owner = np.repeat(np.arange(n, dtype=np.int32), np.diff(rows.starts))[order]
    value = rows.values[order]
    bounds = np.searchsorted(rows.columns[order], np.arange(rows.width + 1))
    counts = np.diff(bounds)
    gram = Half(n)
    common = np.flatnonzero(counts > max(_FEW, _COMMON * n))
    for first in range(0, len(common), _BLOCK):
        chunk = common[first : first + _BLOCK]
        dense: Floats = np.zeros((n, len(chunk)), np.float32)
        for place, column in enumerate(chunk):
            here = slice(bounds[column], bounds[column + 1])
            dense[owner[here], place] = value[here]
        gram.add_products(dense)
    for column in np.flatnonzero((counts > 0) & (counts <= max(_FEW, _COMMON * n))):
        here = slice(bounds[column], bounds[column + 1])
        gram.add_outer(owner[here], value[here])
    return gram


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
    """The inverse of (kernel + lambda / weights), kept as the inverse of its Cholesky factor.

    Everything about leaving rows out follows from it in closed form: with a = inverse @ targets, the prediction for a
    group G by a model that never saw G is targets[G] - inverse[G, G]^-1 @ a[G].
    """

    half: Half

    def dual(self, targets: Floats) -> Floats:
        """Return the weights of the texts for these targets, one column each."""
        weights: Floats = np.zeros(targets.shape, np.float32)
        for _, end, stripe in self.half.stripes():
            weights[:end] += stripe.T @ (stripe @ targets[:end])
        return weights

    def inverse_of(self, group: slice | npt.NDArray[np.intp]) -> Floats:
        """Return the block of the inverse that belongs to a group of rows."""
        rows = np.arange(self.half.n)[group]
        block: Floats = np.zeros((len(rows), len(rows)), np.float32)
        for _, end, stripe in self.half.stripes():
            there = rows < end
            part = stripe[:, rows[there]]
            block[np.ix_(there, there)] += part.T @ part
        return block

    def diagonal(self) -> Floats:
        """Return the diagonal of the inverse."""
        diagonal: Floats = np.zeros(self.half.n, np.float32)
        for _, end, stripe in self.half.stripes():
            diagonal[:end] += np.einsum("ij,ij->j", stripe, stripe)
        return diagonal

    def unseen(self, group: slice | npt.NDArray[np.intp], targets: Floats, dual: Floats) -> Floats:
        """Return what a model that never saw the group predicts for it."""
        return targets[group] - np.linalg.solve(self.inverse_of(group), dual[group])


def solve(gram: Half, row_weights: Floats, penalty: float) -> Solved:
    """Solve for all targets to come; overwrites `gram`. A row of weight 2 counts like two equal rows."""
    gram.add_diagonal(penalty / row_weights)
    _factor_in_place(gram)
    _invert_lower_in_place(gram)
    return Solved(gram)


def primal(rows: SparseRows, dual: Floats) -> Floats:
    """Fold the weights of the texts into weights of the features: a query then costs the same at any size."""
    weights: Floats = np.zeros((rows.width, dual.shape[1]), np.float32)
    for row in range(len(rows)):
        here = slice(rows.starts[row], rows.starts[row + 1])
        weights[rows.columns[here]] += np.outer(rows.values[here], dual[row])
    return weights
