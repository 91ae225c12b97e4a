"""From replies to figures, counted as `tiltas evaluate` counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.actions.measuring import Question
from bot.content.model import MAIN_LANGUAGES, Catalogue
from tests.bench.matching.task import NEVER, Reply

PRECISION = 0.95
_COUNTED = frozenset({"in", "oos", "human", "not-crisis"})
"""Kinds of messages whose answers make up precision. What is in danger or has two needs is not measured here."""


@dataclass(frozen=True)
class Answering:
    """Under one rule: share of `in` answered rightly, share of answers that are right, share of `oos` answered."""

    rightly: float
    precision: float | None
    oos: float


@dataclass(frozen=True)
class Figures:
    """One peer in one language. `hindsight` is under the loosest threshold that keeps the precision; `own` its rule."""

    top_1: float
    top_3: float
    hindsight: Answering
    own: Answering | None


@dataclass(frozen=True)
class _Told:
    kind: str
    right: tuple[bool, ...]
    reply: Reply

    @property
    def rightly(self) -> bool:
        return self.kind == "in" and self.right[:1] == (True,)


def figures(questions: Sequence[Question], replies: Sequence[Reply], catalogue: Catalogue) -> dict[str, Figures]:
    """Return the figures of one peer by language. An old id of an entry counts as the entry."""
    owners = {alias: entry.id for entry in catalogue.entries.values() for alias in entry.facts.aliases}
    by_language: dict[str, list[_Told]] = {language: [] for language in MAIN_LANGUAGES}
    for one, reply in zip(questions, replies, strict=True):
        gold = {owners.get(entry, entry) for entry in one.gold}
        by_language[one.lang].append(_Told(one.kind, tuple(entry in gold for entry in reply.entries), reply))
    return {language: _figures(told) for language, told in by_language.items() if told}


def _figures(told: Sequence[_Told]) -> Figures:
    inside = [one for one in told if one.kind == "in"]
    limit = loosest([(one.reply.score, one.rightly) for one in told if one.kind in _COUNTED])
    has_rule = any(one.reply.answers is not None for one in told)
    return Figures(
        _share(inside, lambda one: one.rightly),
        _share(inside, lambda one: any(one.right)),
        _answering(told, lambda one: one.reply.score >= limit),
        _answering(told, lambda one: bool(one.reply.answers)) if has_rule else None,
    )


def loosest(scored: Iterable[tuple[float, bool]], precision: float = PRECISION) -> float:
    """Return the lowest score from which on at least this share is right; infinity if there is none."""
    limit, right, answered = float("inf"), 0, 0
    best_first = sorted((one for one in scored if one[0] > NEVER), key=lambda one: -one[0])
    for score, group in groupby(best_first, key=lambda one: one[0]):
        rights = [is_right for _, is_right in group]
        right, answered = right + sum(rights), answered + len(rights)
        if right >= precision * answered:
            limit = score
    return limit


def _answering(told: Sequence[_Told], answers: Callable[[_Told], bool]) -> Answering:
    answered = [one for one in told if one.kind in _COUNTED and answers(one)]
    return Answering(
        _share([one for one in told if one.kind == "in"], lambda one: one.rightly and answers(one)),
        _share(answered, lambda one: one.rightly) if answered else None,
        _share([one for one in told if one.kind == "oos"], answers),
    )


def _share(some: Sequence[_Told], test: Callable[[_Told], bool]) -> float:
    return sum(map(test, some)) / len(some) if some else float("nan")


def worst(by_language: Mapping[str, Figures]) -> Figures:
    """Return the worst of the languages, figure by figure."""
    every = list(by_language.values())
    own = [one.own for one in every if one.own is not None]
    return Figures(
        min(one.top_1 for one in every),
        min(one.top_3 for one in every),
        _worst([one.hindsight for one in every]),
        _worst(own) if own else None,
    )


def _worst(every: Sequence[Answering]) -> Answering:
    precisions = [one.precision for one in every if one.precision is not None]
    return Answering(min(one.rightly for one in every), min(precisions, default=None), max(one.oos for one in every))
