"""Learns from the texts of a catalogue: features added up, one factorisation, everything else in closed form.

Each class (entry, kind of small talk, background theme …) gets a score that is 1 on its own texts and 0 on others.
Classes weigh the same, however many texts they have.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from bot.content.model import DangerKind
from bot.matching import ridge
from bot.matching.corpus import HARMLESS, HUMAN, ORDINARY, SIGNS, UNSIGNED, Role, Text
from bot.matching.features import stack, vocabulary
from bot.matching.meaning import NO_MEANING, meaning_of
from bot.matching.targets import Ahead, OneHot, Targets
from bot.matching.text import skeleton

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.content.model import Language
    from bot.matching.danger import Patterns
    from bot.matching.encoder import Encoder, Floats
    from bot.matching.features import SparseRows, Vocabulary
    from bot.matching.meaning import Meaning

Rows = npt.NDArray[np.intp]

LAMBDA, _LAMBDA_OF_DANGER = 1.0, 3.0
"""Of .3 and 1 the better on the tuning half. For danger, of .1 to 30, the best for its own examples, each left out: .93 of
what no pattern sees is seen instead of .90 with .3, and .82 of the red instead of .79. Higher ones lose red."""
_LAMBDA_OF_SIGNS = 3.0
"""Of .1 to 10, each example left out: .77 of strain is seen with 3 and .68 with .3, .36 of children who do not say so and .32."""
WORDS_BESIDE_MEANING = 0.4
"""How much the squares of spelling weigh beside those of meaning. Of .2, .4 and .8 the best on the tuning half."""

ROUNDS, ROUNDS_WITH_MEANING = 7, 3
"""Rounds of letting go (`targets`). On the tuning half they put the right entry first for .85 instead of .79 by spelling,
for .92 instead of .90 with meaning; more rounds add as many mistakes as they take away, and a second or three each."""
_MOST_WORK = 150_000_000
"""Texts x classes x rounds: what is too large for all its rounds gets as many as cost a minute or two, or none."""

_AT_ONCE = 1024
"""Texts whose features are spread out at a time (27 MB)."""

_DANGEROUS_SHARE = 0.1
"""An entry is about danger if this share of its phrasings fires a pattern; its texts are no examples of harmlessness."""

_MOST_ALONE, _MOST_ORPHANED, _MOST_ORDINARY = 3000, 1500, 6000
"""Phrasings of entries that are tried alone, without their whole entry, and for false alarms. More change the fit of a
dozen numbers little, and cost a millisecond each."""


@dataclass(frozen=True, eq=False)
class Trials:
    """Texts as if they came as messages: what a model that had not seen them would have said, class by class.

    `by_meaning` is the part of the scores that the encoder gave, None without one; `words_known` the share of each text
    that the vocabulary would have.
    """

    rows: Rows
    scores: Floats
    by_meaning: Floats | None
    words_known: tuple[tuple[float, float], ...]


@dataclass(frozen=True, eq=False)
class Lesson:
    """What was learned. `word_weights` and `meaning_weights` hold a column for each of `columns`.

    `alone` are texts tried by a model without them, `orphaned` by one without their whole class. `harmless_alarms` are
    the danger scores of ordinary texts, each left out, `foreign_alarms` those of calm messages in languages without content;
    `harmless_languages` are the languages of the first. `unsigned` are the scores of ordinary texts for each of `corpus.SIGNS`.
    """

    texts: tuple[Text, ...]
    vocabulary: Vocabulary
    meaning: Meaning
    columns: tuple[str, ...]
    word_weights: Floats
    meaning_weights: Floats
    alone: Trials
    orphaned: Trials
    harmless_alarms: Floats
    foreign_alarms: Floats
    unsigned: Floats
    harmless_languages: tuple[Language, ...] = ()


def learn(texts: Sequence[Text], patterns: Patterns, encoder: Encoder | None = None) -> Lesson:
    """Learn from texts ordered as `corpus.texts_of` does. Takes seconds for tens of thousands of texts."""
    design = _design(texts, encoder)
    competing = np.flatnonzero([_is_class(text.label) for text in texts])
    classes, languages, kinds = _columns(texts)
    own = OneHot.of(classes, [text.label for text in texts])
    tongues = OneHot.of(languages, [f"language:{text.language}" for text in texts])
    weights = _row_weights(texts)
    squares = ridge.Half(design.width)
    moments = _add_up(design, competing, weights, lambda some, _: np.hstack([own[some], tongues[some]]), squares)
    of_danger = _Danger(texts, kinds, patterns)
    danger_squares = squares.copy() if of_danger.exists else None
    solved = ridge.solve(squares, LAMBDA)
    learned = solved.times(moments)
    targets, learned[:, : len(classes)] = _let_go(design, competing, weights, solved, own, learned[:, : len(classes)])
    trying = _Trying(design, solved, weights, targets, learned[:, : len(classes)])
    alone = trying.alone(_spread_out(texts))
    orphaned = trying.orphaned(_whole_classes(texts))
    del squares, solved, trying  # most of the memory; danger needs as much again
    danger, alarms, foreign = of_danger.learn(design, weights, danger_squares)
    signed, unsigned = _signs(design, texts, of_danger.ordinary)
    every = np.hstack([learned, danger, signed])
    every[: design.vocabulary.width] *= design.word_scale
    return Lesson(
        tuple(texts),
        design.vocabulary,
        design.meaning,
        (*classes, *languages, *kinds, *SIGNS),
        every[: design.vocabulary.width],
        every[design.vocabulary.width :],
        alone,
        orphaned,
        alarms,
        foreign,
        unsigned,
        tuple(texts[row].language for row in of_danger.ordinary[: len(alarms)]),
    )


@dataclass(frozen=True, eq=False)
class _Design:
    """The features of all texts, made when they are needed: first those of spelling, then those of meaning."""

    skeletons: tuple[str, ...]
    vocabulary: Vocabulary
    sparse: SparseRows
    word_scale: np.float32
    meaning: Meaning
    vectors: Floats

    @property
    def width(self) -> int:
        return self.vocabulary.width + self.meaning.width

    def rows(self, some: Rows) -> Floats:
        words = self.vocabulary.placed(self.sparse, some) * self.word_scale
        return np.hstack([words, self.meaning.features(self.vectors[some])]) if self.meaning.width else words


def _design(texts: Sequence[Text], encoder: Encoder | None) -> _Design:
    skeletons = tuple(skeleton(text.text) for text in texts)
    known = vocabulary(skeletons)
    sparse = stack([known.row(one) for one in skeletons], len(known.terms))
    if encoder is None or not texts:
        return _Design(skeletons, known, sparse, np.float32(1), NO_MEANING, np.zeros((len(texts), 0), np.float32))
    vectors = encoder.encode([text.text[: encoder.max_chars] for text in texts])
    scale = np.float32(np.sqrt(WORDS_BESIDE_MEANING))
    # Directions in which what has to be told apart differs; danger in ten more languages would turn them.
    told_apart = vectors[[_is_class(text.label) for text in texts]]
    return _Design(skeletons, known, sparse, scale, meaning_of(told_apart if len(told_apart) else vectors), vectors)


def _add_up(
    design: _Design,
    some: Rows,
    weights: Floats,
    targets: Callable[[Rows, Floats], Floats],
    squares: ridge.Half | None = None,
) -> Floats:
    """Return weight x row x target summed over some texts (features x columns); add them to the squares, if given.

    `targets` gets texts and their rows of features, and returns a row of columns for each.
    """
    moments: Floats = np.zeros((design.width, 0), np.float32)
    for first in range(0, max(1, len(some)), _AT_ONCE):
        chunk = some[first : first + _AT_ONCE]
        rows = design.rows(chunk)
        if squares is not None:
            squares.add_squares(rows, weights[chunk])
        share = rows.T @ (targets(chunk, rows) * weights[chunk][:, None])
        moments = moments + share if moments.size else share
    return moments


def _let_go(
    design: _Design, some: Rows, weights: Floats, solved: ridge.Solved, own: OneHot, learned: Floats
) -> tuple[Targets, Floats]:
    """Return the last targets and what they give, after rounds of asking no more of what is right already."""
    rounds = ROUNDS_WITH_MEANING if design.meaning.width else ROUNDS
    targets, ahead = Targets(own), Ahead.from_(learned)
    for _ in range(min(rounds, int(_MOST_WORK / max(1, len(some) * own.width)))):
        targets = Targets(own, ahead.guess)
        learned = solved.times(_add_up(design, some, weights, targets.of))
        ahead = ahead.then(learned)
    return targets, learned


# Classes --------------------------------------------------------------------------------------------------------------


def blocks(texts: Sequence[Text]) -> Iterator[tuple[str, slice]]:
    """Yield each label and where its texts stand."""
    start = 0
    for label, group in groupby(texts, key=lambda text: text.label):
        end = start + len(list(group))
        yield label, slice(start, end)
        start = end


def _is_class(label: str) -> bool:
    return label not in {HARMLESS, ORDINARY, UNSIGNED, *SIGNS} and not label.startswith("danger:")


def _row_weights(texts: Sequence[Text]) -> Floats:
    weights: Floats = np.ones(len(texts), np.float32)
    for label, block in blocks(texts):
        if _is_class(label):
            weights[block] /= weights[block].sum()
    competing = np.array([_is_class(text.label) for text in texts], bool)
    if competing.any():
        weights[competing] *= competing.sum() / weights[competing].sum()
    return weights


def _columns(texts: Sequence[Text]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    labels = sorted({text.label for text in texts if _is_class(text.label)})
    entries = [label for label in labels if label.startswith("entry:")]
    others = [label for label in labels if not label.startswith("entry:")]
    languages = sorted({f"language:{text.language}" for text in texts if _is_class(text.label)})
    kinds = (*(f"danger:{kind}" for kind in DangerKind), "danger:red")
    return (*entries, *others), tuple(languages), kinds


# Texts as if they came as messages ------------------------------------------------------------------------------------


def _spread_out(texts: Sequence[Text]) -> Rows:
    """Return phrasings of all kinds; those of entries thinned evenly."""
    by_family: dict[str, list[int]] = defaultdict(list)
    for row, text in enumerate(texts):
        if text.role is Role.PHRASING:
            by_family[text.label.split(":", 1)[0]].append(row)
    entries = by_family["entry"][:: _step(len(by_family["entry"]), _MOST_ALONE)]
    return np.array([*entries, *by_family["talk"], *by_family[HUMAN]], np.intp)


def _whole_classes(texts: Sequence[Text]) -> list[Rows]:
    """Return the texts of some entries, thinned evenly, and those of each background theme."""
    found = [(label, np.arange(block.start, block.stop)) for label, block in blocks(texts)]
    entries = [rows for label, rows in found if label.startswith("entry:")]
    step = _step(sum(map(len, entries)), _MOST_ORPHANED)
    return [*entries[::step], *(rows for label, rows in found if label.startswith("background:"))]


def _step(there: int, wanted: int) -> int:
    return max(1, -(-there // wanted))


@dataclass(frozen=True, eq=False)
class _Trying:
    """Asks models that never saw some texts; see `ridge.Solved` for how."""

    design: _Design
    solved: ridge.Solved
    weights: Floats
    targets: Targets
    learned: Floats

    def alone(self, some: Rows) -> Trials:
        parts = [self._one_by_one(some[first : first + _AT_ONCE]) for first in range(0, len(some), _AT_ONCE)]
        known = tuple(self.design.vocabulary.row(self.design.skeletons[row]).known for row in some)
        return self._trials(some, parts, known)

    def orphaned(self, classes: Sequence[Rows]) -> Trials:
        parts = [self._together(rows) for rows in classes]
        some = np.concatenate([*classes, np.zeros(0, np.intp)])
        return self._trials(some, parts, self._known_without(classes))

    def _trials(
        self, some: Rows, parts: Sequence[tuple[Floats, Floats]], known: tuple[tuple[float, float], ...]
    ) -> Trials:
        none: Floats = np.zeros((0, self.targets.own.width), np.float32)
        scores, by_meaning = (np.vstack([none, *(part[which] for part in parts)]) for which in (0, 1))
        return Trials(some, scores, by_meaning if self.design.meaning.width else None, known)

    def _one_by_one(self, some: Rows) -> tuple[Floats, Floats]:
        rows, weights = self.design.rows(some), self.weights[some][:, None]
        first = self.design.vocabulary.width
        halfway = self.solved.halfway(rows)
        said, wanted = rows @ self.learned, self.targets.of(some, rows)
        missed = (wanted - said) / (1 - (halfway**2).sum(axis=1, keepdims=True) * weights)
        by_meaning = rows[:, first:] @ self.learned[first:]
        share = (rows[:, first:] * self.solved.rest_of_the_way(halfway, first)).sum(axis=1, keepdims=True)
        return wanted - missed, by_meaning - share * weights * missed

    def _together(self, some: Rows) -> tuple[Floats, Floats]:
        rows, weights = self.design.rows(some), self.weights[some][:, None]
        first = self.design.vocabulary.width
        halfway = self.solved.halfway(rows)
        said, wanted = rows @ self.learned, self.targets.of(some, rows)
        hat = (halfway @ halfway.T) * weights.T
        missed: Floats = np.linalg.solve(np.eye(len(some)) - hat, wanted - said).astype(np.float32)
        by_meaning = rows[:, first:] @ self.learned[first:]
        share = rows[:, first:] @ self.solved.rest_of_the_way(halfway, first).T
        return wanted - missed, by_meaning - share @ (weights * missed)

    def _known_without(self, classes: Sequence[Rows]) -> tuple[tuple[float, float], ...]:
        """Return how much of each text the vocabulary would know without its whole class."""
        sparse, all_ = self.design.sparse, self.design.vocabulary
        total = np.bincount(sparse.columns, minlength=sparse.width)
        known = []
        for rows in classes:
            own = sparse.columns[sparse.starts[rows[0]] : sparse.starts[rows[-1] + 1]]
            unseen = total <= np.bincount(own, minlength=sparse.width)
            known += [all_.known_without(self.design.skeletons[row], unseen) for row in rows]
        return tuple(known)


# Danger ---------------------------------------------------------------------------------------------------------------


class _Danger:
    """Learns danger from its examples, what resembles it, and all texts of entries that are not about danger."""

    def __init__(self, texts: Sequence[Text], kinds: Sequence[str], patterns: Patterns) -> None:
        self._kinds = kinds
        self._targets: Floats = np.zeros((len(texts), len(kinds)), np.float32)
        for row, text in enumerate(texts):
            if text.label.startswith("danger:"):
                _, kind, level = text.label.split(":")
                self._targets[row, list(DangerKind).index(DangerKind(kind))] = 1
                self._targets[row, -1] = level == "red"
        told = np.array([text.label in {HARMLESS, ORDINARY} or _is_calm(text, patterns) for text in texts], bool)
        self._own = np.flatnonzero(told | self._targets.any(axis=1))
        self.exists = bool(self._targets.any())
        self._silent = _dangerous_texts(texts, patterns) if self.exists else np.zeros(0, np.intp)
        # What only resembles danger is no measure of how alarming ordinary texts are, nor of who writes them.
        calm = np.array([text.label not in {HARMLESS, UNSIGNED, *SIGNS} for text in texts], bool)
        ordinary = np.setdiff1d(np.flatnonzero(calm & ~self._targets.any(axis=1)), self._silent)
        foreign = np.array([text.label == ORDINARY for text in texts], bool)
        native = ordinary[~foreign[ordinary]]
        self.ordinary = native[:: _step(len(native), _MOST_ORDINARY)]
        self._foreign = np.flatnonzero(foreign)

    def learn(self, design: _Design, weights: Floats, squares: ridge.Half | None) -> tuple[Floats, Floats, Floats]:
        """Return the weights of the danger columns, and the alarms of ordinary texts had they not been seen.

        The first alarms are those of texts in languages with content, the second of messages in languages without.
        """
        if squares is None:
            nothing = np.zeros(0, np.float32)
            return np.zeros((design.width, len(self._kinds)), np.float32), nothing, nothing
        moments = _add_up(design, self._own, weights, lambda some, _: self._targets[some], squares)
        _add_up(design, self._silent, -weights, lambda some, _: self._targets[some], squares)
        solved = ridge.solve(squares, _LAMBDA_OF_DANGER)
        learned = solved.times(moments)
        heard = [alarm(_unseen(design, weights, solved, learned, some)) for some in (self.ordinary, self._foreign)]
        return learned, heard[0], heard[1]


def _is_calm(text: Text, patterns: Patterns) -> bool:
    """Tell whether a message that was collected for its signs is an example of harmlessness."""
    return text.label in {UNSIGNED, *SIGNS} and patterns.worst(text.text) is None


def _unseen(design: _Design, weights: Floats, solved: ridge.Solved, learned: Floats, some: Rows) -> Floats:
    """Return the scores of texts that should have none, each by a detector that had not seen it (texts x columns)."""
    scores: list[Floats] = [np.zeros((0, learned.shape[1]), np.float32)]
    for first in range(0, len(some), _AT_ONCE):
        chunk = some[first : first + _AT_ONCE]
        scores.append(solved.unseen(design.rows(chunk), weights[chunk], learned))
    return np.vstack(scores)


def alarm(scores: Floats) -> Floats:
    """Return how alarming messages are, from the scores of the danger columns: the likeliest kind plus redness.

    Of seven ways to join them the best at telling crises from ordinary messages and from those that sound alarming.
    """
    loudest: Floats = scores[..., :-1].max(axis=-1) + scores[..., -1]
    return loudest


def _dangerous_texts(texts: Sequence[Text], patterns: Patterns) -> Rows:
    silent: list[int] = []
    for label, block in blocks(texts):
        if not label.startswith("entry:"):
            continue
        fired = [row for row in range(block.start, block.stop) if patterns.worst(texts[row].text)]
        whole = len(fired) >= _DANGEROUS_SHARE * (block.stop - block.start)
        silent += range(block.start, block.stop) if whole else fired
    return np.array(silent, dtype=np.intp)


# Signs ----------------------------------------------------------------------------------------------------------------


def _signs(design: _Design, texts: Sequence[Text], ordinary: Rows) -> tuple[Floats, Floats]:
    """Return the weights of the columns of signs, and the scores of ordinary texts had they not been seen.

    Texts with a sign and texts without weigh the same, however many they are. Texts of danger are no part of it: in danger
    nobody is told of day centres.
    """
    labels = np.array([text.label for text in texts])
    wanted: Floats = (labels[:, None] == np.array(SIGNS)).astype(np.float32)
    signed = wanted.any(axis=1)
    if not signed.any():
        return np.zeros((design.width, len(SIGNS)), np.float32), np.zeros((0, len(SIGNS)), np.float32)
    others = np.isin(labels, (UNSIGNED, HARMLESS))
    others[ordinary] = True
    half = (signed.sum() + others.sum()) / 2
    weights: Floats = (signed * half / signed.sum() + others * half / others.sum()).astype(np.float32)
    squares = ridge.Half(design.width)
    moments = _add_up(design, np.flatnonzero(weights), weights, lambda some, _: wanted[some], squares)
    solved = ridge.solve(squares, _LAMBDA_OF_SIGNS)
    learned = solved.times(moments)
    return learned, _unseen(design, weights, solved, learned, ordinary)
