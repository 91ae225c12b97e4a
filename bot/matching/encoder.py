"""The seam for sentence vectors of meaning; without an encoder, matching compares spelling only. See `bot.encoders`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats = npt.NDArray[np.float32]


class Encoder(Protocol):
    """Turns texts into vectors whose dot product tells how alike their meaning is.

    Deterministic and safe to call from several threads. Prefixes that a model wants ("query: ") are its own business;
    the index subtracts the mean of its phrasings.
    """

    @property
    def id(self) -> str:
        """Name, version and variant; part of every cache key, because other vectors need another index."""
        ...

    @property
    def dim(self) -> int:
        """Length of a vector."""
        ...

    @property
    def max_chars(self) -> int:
        """How many characters of a text are read; the caller cuts."""
        ...

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one unit row of length `dim` for each text. May raise RuntimeError: then words alone are compared."""
        ...
