"""Figures from other sides: by style, by what is confused, by how sure the matcher was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.actions.measuring_figures import ANSWERS_COUNT, Share, first_right, shares

if TYPE_CHECKING:
    from bot.actions.measuring import Tried
    from bot.content.model import EntryId, Language

STYLE_FIGURES = ("top-1", "top-3", "answered rightly", "reach")


def styles(tried: Iterable[Tried]) -> dict[str, dict[str, Share]]:
    """Return the figures of questions that an entry answers, by how they are written, the commonest style first."""
    by_style: dict[str, list[Tried]] = {}
    for one in tried:
        if one.question.kind == "in" and one.question.style:
            by_style.setdefault(one.question.style, []).append(one)
    commonest = sorted(by_style.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return {style: shares(some, STYLE_FIGURES) for style, some in commonest}


# What is confused -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Confusion:
    """An entry found first in the place of another one. `gold` is None where no entry answers, and `found` did."""

    gold: EntryId | None
    found: EntryId
    ids: Mapping[Language, tuple[str | int, ...]]
    """The questions, by language."""
    answered: int
    """Those of them that got `found` as the answer: the others were asked back, or went to a person."""

    @property
    def times(self) -> int:
        """How many questions in all languages."""
        return sum(map(len, self.ids.values()))


def confusions(tried: Iterable[Tried]) -> tuple[Confusion, ...]:
    """Return which entry steals from which, most often and most harmful first, all languages together.

    Of the right entries of a question the best one counts as robbed. A message that is not ours counts where it was
    answered.
    """
    pairs: dict[tuple[EntryId | None, EntryId], list[Tried]] = {}
    for one in tried:
        robbed = one.question.kind == "in" and bool(one.wanted) and bool(one.right) and not first_right(one)
        if robbed or (one.question.kind == "oos" and one.outcome.step == "answer"):
            gold = one.wanted[0] if robbed else None
            pairs.setdefault((gold, one.outcome.entries[0].entry_id), []).append(one)
    found = [_confusion(gold, thief, some) for (gold, thief), some in pairs.items()]
    return tuple(sorted(found, key=lambda one: (-one.times, -one.answered, one.gold or "", one.found)))


def _confusion(gold: EntryId | None, found: EntryId, tried: Sequence[Tried]) -> Confusion:
    ids: dict[Language, tuple[str | int, ...]] = {}
    for one in tried:
        ids[one.question.lang] = (*ids.get(one.question.lang, ()), one.question.id)
    return Confusion(gold, found, MappingProxyType(ids), sum(one.outcome.step == "answer" for one in tried))


# How sure the matcher was ---------------------------------------------------------------------------------------------

BINS = 10
STEP = 0.02
"""Between two thresholds of a coverage line."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Messages whose first candidate has a probability of `low` to below `high`; `right` counts those it answers."""

    low: float
    high: float
    right: Share
    mean_p: float


def calibration(tried: Iterable[Tried]) -> tuple[Bin, ...]:
    """Return ten bins over the probability of the first candidate, of messages that an entry answers or none does."""
    binned: list[list[Tried]] = [[] for _ in range(BINS)]
    for one in tried:
        if one.question.kind in ("in", "oos") and one.outcome.entries:
            binned[min(BINS - 1, int(_p(one) * BINS))].append(one)
    return tuple(_bin(at, some) for at, some in enumerate(binned))


def _bin(at: int, tried: Sequence[Tried]) -> Bin:
    right = Share(sum(first_right(one) for one in tried), len(tried))
    mean = sum(_p(one) for one in tried) / len(tried) if tried else (at + 0.5) / BINS
    return Bin(at / BINS, (at + 1) / BINS, right, mean)


def calibration_error(bins: Iterable[Bin]) -> float:
    """Return by how much probabilities are off, 0 to 1: the gap of each bin, weighted by its messages."""
    filled = [(one.right.of, abs((one.right.value or 0.0) - one.mean_p)) for one in bins if one.right.of]
    return sum(of * gap for of, gap in filled) / sum(of for of, _ in filled) if filled else 0.0


@dataclass(frozen=True, slots=True)
class Point:
    """What a threshold gives: the share of `in` questions that get an answer, and of all answers that are right."""

    threshold: float
    answered: Share
    precision: Share


def coverage(tried: Iterable[Tried]) -> tuple[Point, ...]:
    """Return the points of all thresholds from 0 on that answer anything, if all languages had that one.

    Whatever is decided before the probability is looked at stays as it is: danger, small talk, the wish for a person;
    and an entry that asks for a probability of its own.
    """
    counted = [one for one in tried if one.question.kind in ANSWERS_COUNT]
    able = [one for one in counted if one.answerable]
    thresholds = (round(at * STEP, 2) for at in range(round(1 / STEP)))
    points = (_point(least, counted, [one for one in able if _p(one) >= least]) for least in thresholds)
    return tuple(point for point in points if point.precision.of)


def present(tried: Iterable[Tried], threshold: float) -> Point:
    """Return what came of the threshold in use."""
    counted = [one for one in tried if one.question.kind in ANSWERS_COUNT]
    return _point(threshold, counted, [one for one in counted if one.outcome.step == "answer"])


def _point(threshold: float, counted: Sequence[Tried], answered: Sequence[Tried]) -> Point:
    inside = [one for one in answered if one.question.kind == "in"]
    return Point(
        threshold,
        Share(len(inside), sum(one.question.kind == "in" for one in counted)),
        Share(sum(map(first_right, answered)), len(answered)),
    )


def _p(one: Tried) -> float:
    return one.outcome.entries[0].p
