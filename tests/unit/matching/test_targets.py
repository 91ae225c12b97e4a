"""Targets that let go of what is right already."""

import numpy as np

from bot.matching import ridge
from bot.matching.targets import Ahead, OneHot, Targets

ROWS = np.arange(3)
OWN = OneHot.of(["a", "b"], ["b", "a", "elsewhere"])


def test_a_text_has_a_one_in_its_own_column_and_one_without_a_column_has_none() -> None:
    assert OWN[ROWS].tolist() == [[0, 1], [1, 0], [0, 0]]


def test_at_first_exactly_one_and_zero_are_asked() -> None:
    assert Targets(OWN).of(ROWS, np.ones((3, 4), np.float32)).tolist() == OWN[ROWS].tolist()


def test_what_is_more_than_right_is_let_go_and_what_is_less_is_asked_for() -> None:
    scores = np.array([[-0.5, 1.5], [0.5, 0.5], [0.25, -2]], np.float32)
    asked = Targets(OWN, np.eye(2, dtype=np.float32)).of(ROWS, scores)
    assert asked.tolist() == [[-0.5, 1.5], [1, 0], [0, -2]]


def test_rounds_bring_the_squared_hinge_down_where_one_ridge_leaves_it() -> None:
    chance = np.random.default_rng(7)
    labels = [f"class {number % 12}" for number in range(240)]
    centres = {label: chance.normal(size=20) for label in labels}
    rows = np.array([centres[label] + chance.normal(size=20) for label in labels], np.float32)
    own = OneHot.of(sorted(centres), labels)
    every = np.arange(len(rows))
    squares = ridge.Half(rows.shape[1])
    squares.add_squares(rows, np.ones(len(rows), np.float32))
    solved = ridge.solve(squares, 1.0)
    first = learned = solved.times(rows.T @ own[every])
    ahead = Ahead.from_(learned)
    for _ in range(10):
        learned = solved.times(rows.T @ Targets(own, ahead.guess).of(every, rows))
        ahead = ahead.then(learned)

    def hinge(weights: np.ndarray) -> float:
        asked = Targets(own, weights).of(every, rows)
        return float(((asked - rows @ weights) ** 2).sum())

    assert hinge(learned) < 0.6 * hinge(first)
