"""Features of meaning, made of an encoder's vectors."""

from __future__ import annotations

import numpy as np
import pytest

from bot.matching.meaning import DIRECTIONS, NO_MEANING, meaning_of

numbers = np.random.default_rng(3)


def vectors(texts: int, dim: int) -> np.ndarray:
    rows = numbers.normal(size=(texts, dim)).astype(np.float32) + 2
    units: np.ndarray = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return units


def test_alike_texts_count_as_more_alike_than_their_cosine_says() -> None:
    rows = vectors(200, 32)

    features = meaning_of(rows).features(rows)

    units = (rows - rows.mean(axis=0)) / np.linalg.norm(rows - rows.mean(axis=0), axis=1, keepdims=True)
    cosines = units @ units.T
    # With all directions taken, the products add the square of the cosine.
    assert features @ features.T == pytest.approx(cosines + cosines**2, abs=1e-4)


def test_only_the_leading_directions_are_multiplied() -> None:
    found = meaning_of(vectors(300, 100))

    assert found.width == 100 + DIRECTIONS * (DIRECTIONS + 1) // 2
    assert found.features(vectors(4, 100)).shape == (4, found.width)


def test_a_text_that_is_just_the_mean_has_no_features() -> None:
    rows = vectors(50, 16)

    assert not meaning_of(rows).features(rows.mean(axis=0)[None]).any()


def test_without_an_encoder_there_are_none() -> None:
    assert NO_MEANING.features(np.zeros((3, 0), np.float32)).shape == (3, 0)
