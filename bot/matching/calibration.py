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
from bot.matching.signals import NAMES, Said, signals
from bot.matching.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.matching.corpus import Text
    from bot.matching.encoder import Floats
    from bot.matching.learning import Lesson, Trials

FAMILIES = ("entry", "human", "talk")
"""What may be claimed of a message; each has its own calibration. Background is never claimed."""

_CANDIDATES = 3
_UNANSWERABLE = 1.0
"""Assumed messages that no entry answers, for each that one does: half of real traffic, as in the HINT3 sets."""

_TALK = 0.25
"""Assumed messages of small talk, or asking for a person, for each that an entry answers."""

_AMBER_ALARMS, _RED_ALARMS = 0.15, 0.02
"""Share of a language's ordinary texts that may sound amber or red to the learned detector, each left out. On the tuning
half, with the patterns' own alarms, those are the largest at which no more than .15 of ordinary messages of the four languages
are amber (.14), and .015 red (.01). A line about 112 too many costs little, silence does not."""
_AMBER_ALARMS_ABROAD = 0.12
"""The same in languages without content, where more messages sound like danger."""
_MISTAKEN = (0.03, 0.005, 0.003)
"""Share of ordinary texts that may be taken for each of `corpus.SIGNS`, each left out. An offer of help costs little; an adult
spoken to as a child is hurt. The patterns see the rest."""

_NEVER = Logistic(np.array([0.0] * len(NAMES) + [-5.0]))
_NO_DANGER = 9.0
_FEWEST_ALARMS = 200
"""Calm messages of languages without content that a level of their own needs: two in a hundred must be several."""
_LEAST_ALARM = 0.01
"""A text of which nothing is known has an alarm of 0, and is no danger."""
_DECIMALS = 2
"""Of a level, so that it is the same on all processors, whatever they make of the last bits."""


@dataclass(frozen=True, slots=True)
class Levels:
    """From which score on the learned detector sees danger, perhaps and surely."""

    amber: float
    red: float


@dataclass(frozen=True, eq=False)
class Calibration:
    """How scores become probabilities, and what is danger; `foreign` is for languages without content.

    There the detector has seen little that is calm, and everything sounds louder. `by_language` has the levels of languages
    with content enough to have their own. `signs` are the scores above which
    a message has one of `corpus.SIGNS`.
    """

    families: dict[str, Logistic]
    levels: Levels
    foreign: Levels
    by_language: Mapping[str, Levels]
    signs: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Trial:
    """A text as if it came as a message: what tells about its candidates, and which class is right (None: no entry)."""

    said: Said
    label: str | None
    weight: float


def family_of(column: str) -> str:
    """Return the family that a class column belongs to."""
    return column.split(":", 1)[0]


def calibrate(lesson: Lesson) -> Calibration:
    """Fit the probabilities of all families, and the detector's levels."""
    classes = [column for column in lesson.columns if family_of(column) in (*FAMILIES, "background")]
    trials = list(_trials(lesson))
    families = {family: _fit_family(family, trials, classes) for family in FAMILIES}
    native = _danger_levels(lesson.harmless_alarms)
    foreign = native
    if len(lesson.foreign_alarms) >= _FEWEST_ALARMS:
        foreign = _danger_levels(lesson.foreign_alarms, _AMBER_ALARMS_ABROAD)
    return Calibration(families, native, foreign, _levels_by_language(lesson), _sign_levels(lesson.unsigned))


def _trials(lesson: Lesson) -> Iterator[_Trial]:
    alone = list(_said(lesson, lesson.alone))
    orphaned = list(_said(lesson, lesson.orphaned))
    by_family: dict[str, list[tuple[Said, str]]] = defaultdict(list)
    for said, text in alone:
        by_family[family_of(text.label)].append((said, text.label))
    for said, text in orphaned:
        if text.role is Role.PHRASING:
            by_family[f"no {family_of(text.label)}"].append((said, text.label))
    total = max(1, len(by_family["entry"]))
    for said, label in by_family["entry"]:
        yield _Trial(said, label, 1.0)
    for family in ("no entry", "no background"):
        for said, _ in by_family[family]:
            yield _Trial(said, None, _UNANSWERABLE / 2 * total / len(by_family[family]))
    talk = by_family["talk"] + by_family[HUMAN]
    for said, label in talk:
        yield _Trial(said, label, _TALK * total / len(talk))


def _said(lesson: Lesson, trials: Trials) -> Iterator[tuple[Said, Text]]:
    for at, row in enumerate(trials.rows):
        text = lesson.texts[row]
        by_meaning = None if trials.by_meaning is None else trials.by_meaning[at]
        yield Said(trials.scores[at], by_meaning, trials.words_known[at], len(fold(text.text).split())), text


def _fit_family(family: str, trials: Sequence[_Trial], classes: Sequence[str]) -> Logistic:
    entries = sum(family_of(column) == "entry" for column in classes)
    own = np.array([at for at, column in enumerate(classes) if family_of(column) == family], dtype=np.intp)
    if not own.size or not trials:
        return _NEVER
    table, truths, weights = [], [], []
    for trial in trials:
        for column in own[np.argsort(-trial.said.scores[own], kind="stable")[:_CANDIDATES]]:
            table.append(signals(trial.said, int(column), entries))
            truths.append(classes[column] == trial.label)
            weights.append(trial.weight)
    if not any(truths) or all(truths):
        return _NEVER
    return fit(np.array(table), np.array(truths, dtype=np.float64), np.array(weights))


def _levels_by_language(lesson: Lesson) -> dict[str, Levels]:
    languages = np.array(lesson.harmless_languages)
    alarms = {str(one): lesson.harmless_alarms[languages == one] for one in sorted(set(lesson.harmless_languages))}
    return {language: _danger_levels(some) for language, some in alarms.items() if len(some) >= _FEWEST_ALARMS}


def _sign_levels(unsigned: Floats) -> tuple[float, ...]:
    if not len(unsigned):
        return (_NO_DANGER,) * len(_MISTAKEN)
    levels = (np.quantile(column, 1 - share) for column, share in zip(unsigned.T, _MISTAKEN, strict=True))
    return tuple(map(_as_level, levels))


def _danger_levels(alarms: Floats, amber_alarms: float = _AMBER_ALARMS) -> Levels:
    """Return the scores above which the allowed share of ordinary texts lies."""
    if not len(alarms):
        return Levels(_NO_DANGER, _NO_DANGER)
    amber, red = np.quantile(alarms, [1 - amber_alarms, 1 - _RED_ALARMS])
    return Levels(_as_level(amber), _as_level(red))


def _as_level(alarm: float) -> float:
    return max(round(float(alarm), _DECIMALS), _LEAST_ALARM)
