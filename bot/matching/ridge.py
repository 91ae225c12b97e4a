"""Kernel ridge regression in closed form, in the memory of one square matrix.

For n texts the kernel is n x n (9 000 texts: 320 MB in single precision); it is factored and inverted in place.
Single precision is enough: the eigenvalues lie between lambda (0.3) and a few thousand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.matching.encoder import Floats
    from bot.matching.features import SparseRows

_BLOCK = 512
"""Rows handled at once: large enough for fast matrix products, small enough to add little memory."""

_COMMON = 0.01
"""Share of the texts from which a feature is handled in dense blocks instead of one by one."""

_FEW = 8
"""Texts with a feature up to which it is always handled one by one."""


def kernel(rows: SparseRows) -> Floats:
    """Return the dot products of all pairs of rows."""
    n = len(rows)
    order = np.argsort(rows.columns, kind="stable")
    owner = np.repeat(np.arange(n, dtype=np.int32), np.diff(rows.starts))[order]
    value = rows.values[order]
    bounds = np.searchsorted(rows.columns[order], np.arange(rows.width + 1))
    counts = np.diff(bounds)
    common = np.flatnonzero(counts > max(_FEW, _COMMON * n))
    gram = _product_of_common(common, bounds, owner, value, n)
    for column in np.flatnonzero((counts > 0) & (counts <= max(_FEW, _COMMON * n))):
        here = slice(bounds[column], bounds[column + 1])
        gram[np.ix_(owner[here], owner[here])] += np.outer(value[here], value[here])
    return gram


def _product_of_common(
    common: npt.NDArray[np.intp], bounds: npt.NDArray[np.intp], owner: npt.NDArray[np.int32], value: Floats, n: int
) -> Floats:
    gram: Floats = np.zeros((n, n), np.float32)
    for first in range(0, len(common), _BLOCK):
        chunk = common[first : first + _BLOCK]
        dense = np.zeros((n, len(chunk)), np.float32)
        for place, column in enumerate(chunk):
            here = slice(bounds[column], bounds[column + 1])
            dense[owner[here], place] = value[here]
        for top in range(0, n, _BLOCK):
            gram[top : top + _BLOCK] += dense[top : top + _BLOCK] @ dense.T
    return gram


def _factor_in_place(matrix: Floats) -> None:
    """Replace a symmetric positive definite matrix by its lower Cholesky factor, block column by block column."""
    n = len(matrix)
    for top in range(0, n, _BLOCK):
        end = min(top + _BLOCK, n)
        matrix[top:, top:end] -= matrix[top:, :top] @ matrix[top:end, :top].T
        corner = np.linalg.cholesky(matrix[top:end, top:end].astype(np.float64))
        matrix[top:end, top:end] = corner
        matrix[end:, top:end] = matrix[end:, top:end] @ np.linalg.inv(corner).T.astype(np.float32)
        matrix[top:end, end:] = 0


def _invert_lower_in_place(lower: Floats) -> None:
    n = len(lower)
    for top in range(0, n, _BLOCK):
        end = min(top + _BLOCK, n)
        corner = np.linalg.inv(lower[top:end, top:end].astype(np.float64)).astype(np.float32)
        lower[top:end, :top] = -corner @ (lower[top:end, :top] @ lower[:top, :top])
        lower[top:end, top:end] = np.tril(corner)


@dataclass(frozen=True, eq=False)
class Solved:
    """The inverse of (kernel + lambda / weights), kept as the inverse of its Cholesky factor.

    Everything about leaving rows out follows from it in closed form: with a = inverse @ targets, the prediction for a
    group G by a model that never saw G is targets[G] - inverse[G, G]^-1 @ a[G].
    """

    half: Floats

    def dual(self, targets: Floats) -> Floats:
        """Return the weights of the texts for these targets, one column each."""
        return self.half.T @ (self.half @ targets)

    def inverse_of(self, group: slice | npt.NDArray[np.intp]) -> Floats:
        """Return the block of the inverse that belongs to a group of rows."""
        first = group.start if isinstance(group, slice) else int(group.min(initial=0))
        part = self.half[first:, group]
        return part.T @ part

    def diagonal(self) -> Floats:
        """Return the diagonal of the inverse."""
        diagonal: Floats = np.einsum("ij,ij->j", self.half, self.half)
        return diagonal

    def unseen(self, group: slice | npt.NDArray[np.intp], targets: Floats, dual: Floats) -> Floats:
        """Return what a model that never saw the group predicts for it."""
        return targets[group] - np.linalg.solve(self.inverse_of(group), dual[group])


def solve(gram: Floats, row_weights: Floats, penalty: float) -> Solved:
    """Solve for all targets to come; overwrites `gram`. A row of weight 2 counts like two equal rows."""
    gram[np.diag_indices_from(gram)] += penalty / row_weights
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
