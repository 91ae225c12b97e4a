"""Learns from the texts of a catalogue: one kernel, one factorisation, everything else in closed form.

Each class (entry, kind of small talk, background theme …) gets a score that is 1 on its own texts and 0 on others.
Classes weigh the same, however many texts they have.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from bot.content.model import DangerKind
from bot.matching import ridge
from bot.matching.corpus import HARMLESS, Text
from bot.matching.features import stack, vocabulary
from bot.matching.text import skeleton

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from bot.matching.danger import Patterns
    from bot.matching.encoder import Encoder, Floats
    from bot.matching.features import SparseRows, Vocabulary

LAMBDA = 0.3
LEXICAL_WEIGHT_BESIDE_ENCODER = 0.25
"""Both chosen on the pooled development halves of 15 public sets."""

_DANGEROUS_SHARE = 0.1
"""An entry is about danger if this share of its phrasings fires a pattern; its texts are no examples of harmlessness."""


@dataclass(frozen=True, eq=False)
class Meaning:
    """Vectors of an encoder, minus their mean."""

    mean: Floats
    rows: Floats


@dataclass(frozen=True, eq=False)
class Lesson:
    """What was learned, and what a model that had not seen a text would have said about it.

    `weights` and `dense_weights` hold a column for each of `columns`. `alone` are scores with a text left out,
    `orphaned` with its whole class left out; `danger` with the text left out (NaN: text not used).
    """

    texts: tuple[Text, ...]
    vocabulary: Vocabulary
    columns: tuple[str, ...]
    weights: Floats
    dense_weights: Floats
    mean: Floats
    alone: Floats
    orphaned: Floats
    known_alone: tuple[tuple[float, float], ...]
    known_orphaned: tuple[tuple[float, float], ...]
    danger: Floats


def learn(texts: Sequence[Text], patterns: Patterns, encoder: Encoder | None = None) -> Lesson:
    """Learn from texts ordered as `corpus.texts_of` does. Takes seconds for thousands of texts; see `ridge`."""
    skeletons = [skeleton(text.text) for text in texts]
    known = vocabulary(skeletons)
    sparse = stack([known.row(text) for text in skeletons], len(known.terms))
    meaning = _meaning(texts, encoder)
    solved = ridge.solve(_kernel(sparse, meaning), _row_weights(texts), LAMBDA)
    classes, languages, kinds = _columns(texts)
    targets, dual = _class_targets(texts, classes, solved)
    alone, orphaned = _without(texts, targets, dual, solved)
    language_dual = solved.dual(_indicator(texts, languages, lambda text: f"language:{text.language}"))
    danger_dual, danger = _danger(texts, kinds, patterns, solved)
    every_dual = np.hstack([dual, language_dual, danger_dual])
    del solved  # most of the memory; what follows needs some of its own
    return Lesson(
        tuple(texts),
        known,
        (*classes, *languages, *kinds),
        ridge.primal(sparse, every_dual),
        meaning.rows.T @ every_dual,
        meaning.mean,
        alone,
        orphaned,
        *_known_without(texts, skeletons, sparse, known),
        danger,
    )


def _meaning(texts: Sequence[Text], encoder: Encoder | None) -> Meaning:
    if encoder is None or not texts:
        return Meaning(np.zeros(0, np.float32), np.zeros((len(texts), 0), np.float32))
    vectors = encoder.encode([text.text[: encoder.max_chars] for text in texts])
    mean = vectors.mean(axis=0)
    return Meaning(mean, vectors - mean)


def _kernel(sparse: SparseRows, meaning: Meaning) -> ridge.Half:
    """Return the lexical kernel; with an encoder a quarter of it, plus the dot products of the centred vectors."""
    gram = ridge.kernel(sparse)
    if meaning.mean.size:
        gram.values *= LEXICAL_WEIGHT_BESIDE_ENCODER
        gram.add_products(meaning.rows)
    return gram


def blocks(texts: Sequence[Text]) -> Iterator[tuple[str, slice]]:
    """Yield each label and where its texts stand."""
    start = 0
    for label, group in groupby(texts, key=lambda text: text.label):
        end = start + len(list(group))
        yield label, slice(start, end)
        start = end


def _is_class(label: str) -> bool:
    return label != HARMLESS and not label.startswith("danger:")


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
    languages = sorted({f"language:{text.language}" for text in texts})
    kinds = (*(f"danger:{kind}" for kind in DangerKind), "danger:red")
    return (*entries, *others), tuple(languages), kinds


def _indicator(texts: Sequence[Text], columns: Sequence[str], column_of: Callable[[Text], str]) -> Floats:
    place = {column: at for at, column in enumerate(columns)}
    targets: Floats = np.zeros((len(texts), len(columns)), np.float32)
    for row, text in enumerate(texts):
        at = place.get(column_of(text))
        if at is not None:
            targets[row, at] = 1
    return targets


def _class_targets(texts: Sequence[Text], classes: Sequence[str], solved: ridge.Solved) -> tuple[Floats, Floats]:
    """Return the targets of the competing classes and their dual weights.

    Examples of danger say nothing about which entry fits. Giving them as targets what a model without them predicts
    is the same as leaving them out, and needs no second factorisation.
    """
    targets = _indicator(texts, classes, lambda text: text.label)
    dual = solved.dual(targets)
    first = next((row for row, text in enumerate(texts) if not _is_class(text.label)), len(texts))
    if first < len(texts):
        silent = slice(first, len(texts))
        targets[silent] = solved.unseen(silent, targets, dual)
        dual = solved.dual(targets)
    return targets, dual


def _without(texts: Sequence[Text], targets: Floats, dual: Floats, solved: ridge.Solved) -> tuple[Floats, Floats]:
    alone = targets - dual / solved.diagonal()[:, None]
    orphaned = np.zeros_like(targets)
    for label, block in blocks(texts):
        if _is_class(label):
            orphaned[block] = solved.unseen(block, targets, dual)
    return alone, orphaned


Known = tuple[tuple[float, float], ...]


def _known_without(
    texts: Sequence[Text], skeletons: Sequence[str], rows: SparseRows, all_: Vocabulary
) -> tuple[Known, Known]:
    """Return how much of each text the vocabulary would know without that text, and without its whole class."""
    total = np.bincount(rows.columns, minlength=rows.width)
    alone, orphaned = [], []
    for _, block in blocks(texts):
        own = _frequency(rows, range(block.start, block.stop))
        for row in range(block.start, block.stop):
            alone.append(all_.known_without(skeletons[row], total <= _frequency(rows, [row])))
            orphaned.append(all_.known_without(skeletons[row], total <= own))
    return tuple(alone), tuple(orphaned)


def _frequency(rows: SparseRows, some: Iterable[int]) -> npt.NDArray[np.intp]:
    parts = [rows.columns[rows.starts[row] : rows.starts[row + 1]] for row in some]
    return np.bincount(np.concatenate(parts), minlength=rows.width)


def _danger(
    texts: Sequence[Text], kinds: Sequence[str], patterns: Patterns, solved: ridge.Solved
) -> tuple[Floats, Floats]:
    """Return dual weights of the danger columns, and each text's danger score had it not been seen."""
    targets: Floats = np.zeros((len(texts), len(kinds)), np.float32)
    for row, text in enumerate(texts):
        if text.label.startswith("danger:"):
            _, kind, level = text.label.split(":")
            targets[row, list(DangerKind).index(DangerKind(kind))] = 1
            targets[row, -1] = level == "red"
    dual = solved.dual(targets)
    silent = _dangerous_texts(texts, patterns)
    if silent.size:
        targets[silent] = solved.unseen(silent, targets, dual)
        dual = solved.dual(targets)
    scores = alarm(targets - dual / solved.diagonal()[:, None])
    scores[silent] = np.nan
    return dual, scores


def alarm(scores: Floats) -> Floats:
    """Return how alarming messages are, from the scores of the danger columns: the likeliest kind plus redness.

    Of seven ways to join them the best at telling crises from ordinary messages and from those that sound alarming.
    """
    loudest: Floats = scores[..., :-1].max(axis=-1) + scores[..., -1]
    return loudest


def _dangerous_texts(texts: Sequence[Text], patterns: Patterns) -> npt.NDArray[np.intp]:
    silent: list[int] = []
    for label, block in blocks(texts):
        if not label.startswith("entry:"):
            continue
        fired = [row for row in range(block.start, block.stop) if patterns.worst(texts[row].text)]
        whole = len(fired) >= _DANGEROUS_SHARE * (block.stop - block.start)
        silent += range(block.start, block.stop) if whole else fired
    return np.array(silent, dtype=np.intp)
