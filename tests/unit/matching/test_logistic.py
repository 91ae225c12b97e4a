"""Probabilities from signals."""

from __future__ import annotations

import numpy as np
import pytest

from bot.matching.logistic import Logistic, fit, log_loss


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


# With a prior ---------------------------------------------------------------------------------------------------------

PRIOR = Logistic(np.array([2.0, -1.0, 0.5]))


def test_few_rows_move_a_prior_little_and_many_move_it_to_what_is_true() -> None:
    random = np.random.default_rng(7)
    signals = random.normal(size=(20_000, 2))
    truths = (random.random(20_000) < 1 / (1 + np.exp(-(signals[:, 0] - 1)))).astype(np.float64)

    few = fit(signals[:20], truths[:20], np.ones(20), 100.0, PRIOR)
    many = fit(signals, truths, np.ones(20_000), 100.0, PRIOR)

    assert few.weights[:-1] == pytest.approx(PRIOR.weights[:-1], abs=0.2)
    assert many.weights == pytest.approx([1.0, 0.0, -1.0], abs=0.1)


def test_a_prior_stands_where_the_rows_say_nothing_of_a_signal() -> None:
    signals = np.array([[0.0, 3.0], [1.0, 3.0], [0.0, 3.0], [1.0, 3.0]])

    learned = fit(signals, np.array([0.0, 1.0, 0.0, 1.0]), np.ones(4), 1.0, PRIOR)

    assert learned.weights[1] == pytest.approx(PRIOR.weights[1], abs=1e-6)


def test_a_prior_that_is_sure_of_what_is_wrong_is_given_up_and_nothing_runs_away() -> None:
    signals, sure = np.linspace(0, 1, 50)[:, None], Logistic(np.array([0.0, 25.0]))

    learned = fit(signals, np.zeros(50), np.ones(50), 1.0, sure)

    assert np.isfinite(learned.weights).all()
    assert learned.p([0.5]) < 0.01


def test_surprise_is_small_for_who_knows_and_that_of_a_coin_for_who_does_not() -> None:
    truths = np.array([1.0, 0.0])

    assert log_loss(np.array([0.99, 0.01]), truths) == pytest.approx(0.01005, abs=1e-5)
    assert log_loss(np.array([0.5, 0.5]), truths) == pytest.approx(np.log(2))
    assert log_loss(np.array([0.01, 0.99]), truths) > 4
