"""Encoders for measuring: the real one, one that remembers the texts of the content, and a fast stand-in."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from bot.encoders import choose
from bot.encoders.guard import Unusable
from bot.matching.encoder import Encoder, Floats
from bot.storage.vectors import Vectors

STAND_IN = "random-projection"
WORKPLACE = Path(sys.prefix) / "bench"
"""What benchmarks install and keep, beside the packages and thrown away with them."""


def encoder(name: str) -> Encoder:
    """Return the stand-in, or the encoder that a setting of this name gives. Raises Unusable where there is none."""
    if name == STAND_IN:
        return RandomProjection()
    chosen = choose(name, WORKPLACE / "encoders")
    if chosen.encoder is None:
        raise Unusable(chosen.reason)
    return chosen.encoder


class RandomProjection:
    """Vectors of 384 signs that a hash gives to each word, added up: as wide as the real ones, made in no time.

    Texts that share words are alike to it, and nothing else is. It stands in where only cost is measured.
    """

    id = STAND_IN
    dim = 384
    max_chars = 400

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one unit row for each text; a text without words gets that of the empty word."""
        rows: Floats = np.zeros((len(texts), self.dim), np.float32)
        for row, text in enumerate(texts):
            for word in text.casefold().split() or [""]:
                rows[row] += _signs(word)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        units: Floats = rows / np.maximum(lengths, np.float32(1e-9))
        return units


@lru_cache(maxsize=100_000)
def _signs(word: str) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
    drawn = hashlib.blake2b(word.encode(), digest_size=RandomProjection.dim // 8).digest()
    return np.unpackbits(np.frombuffer(drawn, np.uint8)).astype(np.int8) * np.int8(2) - np.int8(1)


class Remembered:
    """An encoder of the content's texts whose vectors are kept on disk, as a running Tiltas keeps them."""

    def __init__(self, encoder: Encoder) -> None:
        self.id, self.dim, self.max_chars = encoder.id, encoder.dim, encoder.max_chars
        self._encoder, self._vectors = encoder, Vectors(WORKPLACE / "vectors", Path("faq/vectors"))

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return a row for each text."""
        return self._vectors.of(self._encoder, texts)
