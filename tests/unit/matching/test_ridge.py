"""Ridge regression over features, against the same thing written down plainly."""

from __future__ import annotations

import numpy as np
import pytest

from bot.matching import ridge

TEXTS, WIDTH, COLUMNS, PENALTY = 40, 300, 3, 0.3
GROUP = slice(5, 12)

numbers = np.random.default_rng(7)
ROWS = numbers.normal(size=(TEXTS, WIDTH)).astype(np.float32)
WEIGHTS = numbers.uniform(0.5, 2, TEXTS).astype(np.float32)
TARGETS = numbers.normal(size=(TEXTS, COLUMNS)).astype(np.float32)


def squares() -> ridge.Half:
    half = ridge.Half(WIDTH)
    half.add_squares(ROWS[:25], WEIGHTS[:25])
    half.add_squares(ROWS[25:], WEIGHTS[25:])
    return half


def whole() -> np.ndarray:
    return ROWS.T @ (ROWS * WEIGHTS[:, None]) + PENALTY * np.eye(WIDTH)


def moments() -> np.ndarray:
    return ROWS.T @ (TARGETS * WEIGHTS[:, None])


def test_squares_are_added_up_whatever_the_portions() -> None:
    half = squares()

    half.add_diagonal(PENALTY)

    for top, end, stripe in half.stripes():
        lower = np.tril(np.ones((end - top, end)), top)
        assert stripe * lower == pytest.approx(whole()[top:end, :end] * lower, abs=1e-3)


def test_a_copy_stays_as_it_was_when_the_other_is_solved() -> None:
    half = squares()
    other = half.copy()

    ridge.solve(half, PENALTY)

    assert ridge.solve(other, PENALTY).times(moments()) == pytest.approx(np.linalg.solve(whole(), moments()), abs=1e-3)


def test_solving_in_place_equals_the_plain_inverse() -> None:
    solved = ridge.solve(squares(), PENALTY)

    assert solved.times(moments()) == pytest.approx(np.linalg.solve(whole(), moments()), abs=1e-3)


def test_the_way_to_the_inverse_can_be_gone_in_two_steps() -> None:
    solved, inverse = ridge.solve(squares(), PENALTY), np.linalg.inv(whole())

    halfway = solved.halfway(ROWS)

    assert halfway @ halfway.T == pytest.approx(ROWS @ inverse @ ROWS.T, abs=1e-3)
    assert solved.rest_of_the_way(halfway, 270) == pytest.approx((ROWS @ inverse)[:, 270:], abs=1e-3)


def test_what_is_said_of_unseen_texts_is_what_a_model_without_them_says() -> None:
    solved = ridge.solve(squares(), PENALTY)
    kept = np.r_[0 : GROUP.start, GROUP.stop : TEXTS]
    without = ROWS[kept].T @ (ROWS[kept] * WEIGHTS[kept, None]) + PENALTY * np.eye(WIDTH)
    expected = ROWS[GROUP] @ np.linalg.solve(without, ROWS[kept].T @ (TARGETS[kept] * WEIGHTS[kept, None]))

    halfway = solved.halfway(ROWS[GROUP])
    hat = (halfway @ halfway.T) * WEIGHTS[GROUP]
    missed = np.linalg.solve(np.eye(len(hat)) - hat, TARGETS[GROUP] - ROWS[GROUP] @ solved.times(moments()))

    assert TARGETS[GROUP] - missed == pytest.approx(expected, abs=2e-3)


def test_what_is_said_of_one_unseen_text_that_should_get_nothing_is_what_a_model_without_it_says() -> None:
    targets = TARGETS.copy()
    targets[0] = 0
    solved = ridge.solve(squares(), PENALTY)
    others = ROWS[1:].T @ (ROWS[1:] * WEIGHTS[1:, None]) + PENALTY * np.eye(WIDTH)
    expected = ROWS[:1] @ np.linalg.solve(others, ROWS[1:].T @ (targets[1:] * WEIGHTS[1:, None]))

    learned = solved.times(ROWS.T @ (targets * WEIGHTS[:, None]))

    assert solved.unseen(ROWS[:1], WEIGHTS[:1], learned) == pytest.approx(expected, abs=3e-3)
