"""From scores to probabilities: what the catalogue's own texts tell about how far a score can be trusted.

For each phrasing we know what a model without it would have said, and also what a model without its whole entry would
have said: then every candidate is wrong. The second stands for the many messages
that no entry answers, which in real traffic are a third and more.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.matching.corpus import HUMAN, Role
from bot.matching.logistic import Logistic, fit
from bot.matching.signals import NAMES, signals
from bot.matching.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.matching.encoder import Floats
    from bot.matching.learning import Lesson
    from bot.matching.logistic import Doubles

FAMILIES = ("entry", "human", "talk")
"""What may be claimed of a message; each has its own calibration. Background is never claimed."""

_MOST_MESSAGES = 3000
"""Phrasings that calibration looks at; more change the fit little and cost milliseconds each."""

_CANDIDATES = 3
_UNANSWERABLE = 1.0
"""Assumed messages that no entry answers, for each that one does: half of real traffic, as in the HINT3 sets."""

_TALK = 0.25
"""Assumed messages of small talk, or asking for a person, for each that an entry answers."""

_AMBER_ALARMS, _RED_ALARMS = 0.06, 0.005
"""Share of ordinary texts that may sound amber or red to the learned detector. Below the promised 10 % and 1.5 %,
because the patterns raise alarms of their own."""

_NEVER = Logistic(np.array([0.0] * len(NAMES) + [-5.0]))
_NO_DANGER = 9.0


@dataclass(frozen=True, eq=False)
class Calibration:
    """How scores become probabilities, and from which score on the learned detector sees danger."""

    families: dict[str, Logistic]
    amber: float
    red: float


@dataclass(frozen=True, slots=True)
class _Trial:
    """A text as if it came as a message: what would have been said, and which class is right (None: no entry)."""

    row: int
    scores: Floats
    known: tuple[float, float]
    label: str | None
    weight: float


def family_of(column: str) -> str:
    """Return the family that a class column belongs to."""
    return column.split(":", 1)[0]


def calibrate(lesson: Lesson) -> Calibration:
    """Fit the probabilities of all families, and the detector's levels."""
    classes = [column for column in lesson.columns if family_of(column) in (*FAMILIES, "background")]
    trials = list(_trials(lesson))
    return Calibration(
        {family: _fit_family(family, trials, classes, lesson) for family in FAMILIES}, *_danger_levels(lesson)
    )


def _trials(lesson: Lesson) -> Iterator[_Trial]:
    rows = [row for row, text in enumerate(lesson.texts) if text.role is Role.PHRASING]
    by_family: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        by_family[family_of(lesson.texts[row].label)].append(row)
    entries = _thinned(by_family["entry"])
    for row in entries:
        yield _Trial(row, lesson.alone[row], lesson.known_alone[row], lesson.texts[row].label, 1.0)
        yield _Trial(row, lesson.orphaned[row], lesson.known_orphaned[row], None, _UNANSWERABLE / 2)
    total = max(1, len(entries))
    background = by_family["background"]
    for row in background:
        yield _Trial(
            row, lesson.orphaned[row], lesson.known_orphaned[row], None, _UNANSWERABLE / 2 * total / len(background)
        )
    talk = by_family["talk"] + by_family[HUMAN]
    for row in talk:
        yield _Trial(
            row, lesson.alone[row], lesson.known_alone[row], lesson.texts[row].label, _TALK * total / len(talk)
        )


def _thinned(rows: Sequence[int]) -> list[int]:
    step = -(-len(rows) // _MOST_MESSAGES) or 1
    return list(rows[::step])


def _fit_family(family: str, trials: Sequence[_Trial], classes: Sequence[str], lesson: Lesson) -> Logistic:
    entries = sum(family_of(column) == "entry" for column in classes)
    own = np.array([at for at, column in enumerate(classes) if family_of(column) == family], dtype=np.intp)
    if not own.size or not trials:
        return _NEVER
    table, truths, weights = [], [], []
    for trial in trials:
        for column in own[np.argsort(-trial.scores[own], kind="stable")[:_CANDIDATES]]:
            table.append(_signals(trial, int(column), entries, lesson))
            truths.append(classes[column] == trial.label)
            weights.append(trial.weight)
    if not any(truths) or all(truths):
        return _NEVER
    return fit(np.array(table), np.array(truths, dtype=np.float64), np.array(weights))


def _signals(trial: _Trial, column: int, entries: int, lesson: Lesson) -> Doubles:
    words = len(fold(lesson.texts[trial.row].text).split())
    return signals(trial.scores, column, entries, known=trial.known, words=words)


def _danger_levels(lesson: Lesson) -> tuple[float, float]:
    """Return the scores above which the allowed share of ordinary texts lies."""
    ordinary = np.array([not text.label.startswith("danger:") for text in lesson.texts], bool)
    scores = lesson.danger[ordinary & ~np.isnan(lesson.danger)]
    if not len(scores) or ordinary.all():
        return _NO_DANGER, _NO_DANGER
    amber, red = np.quantile(scores, [1 - _AMBER_ALARMS, 1 - _RED_ALARMS])
    return float(amber), float(red)
