"""What scores are asked of texts: 1 in a text's own column and 0 in all others, or more than right if that comes easily.

A plain ridge pulls every score towards 1 or 0, from both sides. With two hundred classes it spends itself on texts that
are far beyond doubt. Here a score above 1 in the own column, or below 0 in another, counts as reached (the squared hinge
of a support vector machine). Asking for exactly what a text scores already changes nothing, so each round is one more
ridge over the same features with the same factor, and what a model without some texts would say stays a closed form.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.matching.encoder import Floats

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class OneHot:
    """A row for each text: 1 in the column that is its own, 0 elsewhere. Made when needed; most of it is 0."""

    width: int
    place: Rows

    @classmethod
    def of(cls, columns: Sequence[str], labels: Sequence[str]) -> OneHot:
        """Return the rows of texts with these labels; a label without a column has no 1."""
        places = {column: at for at, column in enumerate(columns)}
        return cls(len(columns), np.array([places.get(label, -1) for label in labels], np.intp))

    def __getitem__(self, some: Rows) -> Floats:
        rows: Floats = np.zeros((len(some), self.width), np.float32)
        own = self.place[some]
        rows[own >= 0, own[own >= 0]] = 1
        return rows


@dataclass(frozen=True, eq=False)
class Targets:
    """What is asked of each text, given the weights (features x columns) by which it scores now; None asks for 1 and 0."""

    own: OneHot
    guess: Floats | None = None

    def of(self, some: Rows, rows: Floats) -> Floats:
        """Return the targets of some texts, whose features are `rows`."""
        own = self.own[some]
        if self.guess is None:
            return own
        said = rows @ self.guess
        asked: Floats = np.where(own > 0, np.maximum(said, 1), np.minimum(said, 0))
        return asked


@dataclass(frozen=True, eq=False)
class Ahead:
    """A guess at the weights of the round to come: the present ones, carried on in their direction (Nesterov)."""

    learned: Floats
    guess: Floats
    momentum: float = 1.0

    @classmethod
    def from_(cls, learned: Floats) -> Ahead:
        """Begin where there is no direction yet."""
        return cls(learned, learned)

    def then(self, learned: Floats) -> Ahead:
        """Return the guess after one more round."""
        momentum = (1 + math.sqrt(1 + 4 * self.momentum**2)) / 2
        return Ahead(learned, learned + (self.momentum - 1) / momentum * (learned - self.learned), momentum)
