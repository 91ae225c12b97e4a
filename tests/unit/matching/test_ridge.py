"""The closed forms, against the long way round."""

from __future__ import annotations

import numpy as np
import pytest

from bot.matching import ridge
from bot.matching.encoder import Floats
from bot.matching.features import stack, vocabulary

WORDS = ["sadik mesto", "sadik ocered", "skola ocered", "skola mesto gde", "gde sadik", "vrac ocered", "vrac gde mesto"]
PENALTY = 0.3


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ridge, "_BLOCK", 3)  # so that seven rows take several blocks


def dense() -> Floats:
    known = vocabulary(WORDS)
    table: Floats = np.zeros((len(WORDS), len(known.terms)), np.float32)
    for place, text in enumerate(WORDS):
        row = known.row(text)
        table[place, row.columns] = row.values
    return table


def half() -> ridge.Half:
    known = vocabulary(WORDS)
    return ridge.kernel(stack([known.row(text) for text in WORDS], len(known.terms)))


def gram() -> Floats:
    whole: Floats = np.zeros((len(WORDS), len(WORDS)), np.float32)
    for top, end, stripe in half().stripes():
        whole[top:end, :end] = np.tril(stripe, top)
    return whole + np.tril(whole, -1).T


def targets() -> Floats:
    return np.array([[1, 0], [1, 0], [0, 1], [0, 1], [1, 0], [0, 0], [0, 0]], np.float32)


def test_the_kernel_is_the_product_of_all_pairs() -> None:
    np.testing.assert_allclose(gram(), dense() @ dense().T, atol=1e-5)


def test_rare_and_common_features_are_added_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ridge, "_FEW", 0)
    all_common = gram()
    monkeypatch.setattr(ridge, "_FEW", 100)
    all_rare = gram()

    np.testing.assert_allclose(all_common, all_rare, atol=1e-5)


def test_solving_in_place_equals_the_plain_inverse() -> None:
    weights = np.array([1, 1, 2, 1, 0.5, 1, 1], np.float32)
    inverse = np.linalg.inv(gram().astype(np.float64) + np.diag(PENALTY / weights))

    solved = ridge.solve(half(), weights, PENALTY)

    np.testing.assert_allclose(solved.dual(targets()), inverse @ targets(), atol=1e-4)
    np.testing.assert_allclose(solved.diagonal(), np.diag(inverse), atol=1e-4)
    np.testing.assert_allclose(solved.inverse_of(slice(2, 5)), inverse[2:5, 2:5], atol=1e-4)
    scattered = np.array([5, 1])
    np.testing.assert_allclose(solved.inverse_of(scattered), inverse[np.ix_(scattered, scattered)], atol=1e-4)


def test_what_is_said_of_unseen_rows_is_what_a_model_without_them_says() -> None:
    left_out, kept = np.array([1, 4]), np.array([0, 2, 3, 5, 6])
    whole = gram().astype(np.float64)
    without = np.linalg.solve(whole[np.ix_(kept, kept)] + PENALTY * np.eye(5), targets()[kept])

    solved = ridge.solve(half(), np.ones(7, np.float32), PENALTY)
    unseen = solved.unseen(left_out, targets(), solved.dual(targets()))

    np.testing.assert_allclose(unseen, whole[np.ix_(left_out, kept)] @ without, atol=1e-4)


def test_feature_weights_score_like_text_weights() -> None:
    known = vocabulary(WORDS)
    rows = stack([known.row(text) for text in WORDS], len(known.terms))
    dual = ridge.solve(half(), np.ones(7, np.float32), PENALTY).dual(targets())

    np.testing.assert_allclose(dense() @ ridge.primal(rows, dual), gram() @ dual, atol=1e-4)
