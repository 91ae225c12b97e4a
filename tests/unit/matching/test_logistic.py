"""Probabilities from signals."""

from __future__ import annotations

import numpy as np
import pytest

from bot.matching.logistic import Logistic, fit


def test_it_learns_how_often_something_is_true() -> None:
    random = np.random.default_rng(7)
    signals = random.normal(size=(4000, 2))
    truths = (random.random(4000) < 1 / (1 + np.exp(-(2 * signals[:, 0] - 1)))).astype(np.float64)

    learned = fit(signals, truths, np.ones(4000))

    assert learned.p([1.0, 0.0]) == pytest.approx(1 / (1 + np.exp(-1)), abs=0.05)
    assert learned.p([0.0, 3.0]) == pytest.approx(learned.p([0.0, -3.0]), abs=0.1)


def test_a_weight_of_two_counts_like_two_rows() -> None:
    signals, truths = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([0.0, 1.0, 0.0, 1.0])

    weighted = fit(signals, truths, np.array([1.0, 2.0, 1.0, 1.0]))
    repeated = fit(signals[[0, 1, 1, 2, 3]], truths[[0, 1, 1, 2, 3]], np.ones(5))

    assert np.sign(weighted.weights[0]) == np.sign(repeated.weights[0])
    assert weighted.p([1.5]) == pytest.approx(repeated.p([1.5]), abs=0.05)


def test_perfectly_separable_signals_do_not_run_away() -> None:
    learned = fit(np.array([[0.0], [1.0]]), np.array([0.0, 1.0]), np.ones(2))

    assert 0.5 < learned.p([1.0]) < 0.99


def test_a_signal_that_never_varies_is_ignored() -> None:
    learned = fit(np.array([[0.0, 1.0], [1.0, 1.0], [0.0, 1.0], [1.0, 1.0]]), np.array([0.0, 1, 0, 1]), np.ones(4))

    assert learned.p([1.0, 1.0]) > 0.5


def test_extreme_signals_stay_strictly_between_zero_and_one() -> None:
    sure = Logistic(np.array([1.0, 0.0]))

    assert 0 < sure.p([-1e9]) < sure.p([1e9]) < 1
