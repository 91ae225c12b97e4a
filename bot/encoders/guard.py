"""What every encoder passes through: clean texts in, sound vectors out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.matching.encoder import Encoder, Floats

_ALIKE = ("How do I enrol my child in a school?", "How can I enrol my child in school?")
_OTHER = "The bus to the airport leaves at seven"
_TOLERANCE = 1e-2
"""How far a row may be from length 1, and a text alone from the same text among others."""


class Unusable(Exception):
    """An encoder cannot be used here; the text is a sentence that says why."""


class Guarded:
    """An encoder whose input is cut and cleaned, and whose output is looked at.

    Users' texts reach code that others wrote, some of it in C: it gets no NUL, at which such code stops reading, no lone
    surrogate, which has no UTF-8, and no long text. A vector that is no number would spoil an index, and stay in caches.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.id = str(encoder.id)
        self.dim = int(encoder.dim)
        self.max_chars = int(encoder.max_chars)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one unit row for each text. Raises RuntimeError when the encoder raises or gives anything else."""
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        try:
            vectors = self._encoder.encode([clean(text, self.max_chars) for text in texts])
        except Exception as error:
            raise RuntimeError(f"{self.id}: {type(error).__name__}") from error
        fault = _fault(vectors, (len(texts), self.dim))
        if fault:
            raise RuntimeError(f"{self.id}: {fault}")
        return vectors


def clean(text: str, max_chars: int) -> str:
    """Return the beginning of a text without what an encoder may stumble over."""
    return text[:max_chars].replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


def fault_of(encoder: Encoder) -> str:
    """Return what is wrong with an encoder, tried on a few texts; nothing if it is sound. Raises what it raises."""
    together = encoder.encode([*_ALIKE, _OTHER])
    alone = encoder.encode(_ALIKE[:1])
    fault = _fault(together, (3, encoder.dim)) or _fault(alone, (1, encoder.dim))
    if fault:
        return fault
    if not np.allclose(together[0], alone[0], atol=_TOLERANCE):
        return "a text has another vector alone than among others"
    if together[0] @ together[1] <= together[0] @ together[2]:
        return "texts that mean the same are no nearer to each other than texts that do not"
    return ""


def _fault(vectors: Floats, shape: tuple[int, int]) -> str:
    if not isinstance(vectors, np.ndarray) or vectors.shape != shape or vectors.dtype != np.float32:
        return f"its vectors have another form than {shape[0]} rows of {shape[1]} numbers in single precision"
    if not np.isfinite(vectors).all():
        return "a vector holds what is no number"
    if not np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=_TOLERANCE):
        return "a vector has another length than 1"
    return ""
