"""Encoders that need no model."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from bot.matching.encoder import Floats


class Words:
    """Texts are alike that share words; remembers what it was given."""

    id = "words/1"
    dim = 64
    max_chars = 40

    def __init__(self, spoil: Callable[[Floats], Floats] = lambda rows: rows) -> None:
        self.given: list[str] = []
        self._spoil = spoil

    def encode(self, texts: Sequence[str]) -> Floats:
        self.given = list(texts)
        rows = np.zeros((len(texts), self.dim), np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[0] = 0.1
            for word in text.split():
                row[sum(word.encode()) % self.dim] += 1
        units: Floats = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return self._spoil(units)


class Constant(Words):
    """Holds all texts for the same one."""

    def encode(self, texts: Sequence[str]) -> Floats:
        return super().encode(["same"] * len(texts))
