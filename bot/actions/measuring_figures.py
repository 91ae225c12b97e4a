"""What is counted of questions that were tried: shares with intervals, the worst of them, times."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from bot.content.model import MAIN_LANGUAGES, Language
from bot.matching.evidence import Level

if TYPE_CHECKING:
    from bot.actions.measuring import Part, Tried
    from bot.conversation.decide import Policy

Test = Callable[["Tried"], bool]
ANSWERS_COUNT = ("in", "oos", "human", "not-crisis")
"""Kinds of questions whose answers precision counts, right or wrong."""


def _kind(*kinds: str) -> Test:
    return lambda one: one.question.kind in kinds


def _step(*steps: str) -> Test:
    return lambda one: one.outcome.step in steps


def _level(*levels: Level) -> Test:
    return lambda one: one.outcome.evidence.danger in levels


def _always(one: Tried) -> bool:
    del one
    return True


def _answered(one: Tried) -> bool:
    return one.outcome.step == "answer" and one.question.kind in ANSWERS_COUNT


def _ordinary(one: Tried) -> bool:
    return one.question.kind in ("in", "oos", "plain") and not one.about_danger


def _seen(one: Tried) -> bool:
    return bool(one.question.crisis) and one.outcome.evidence.danger is not Level.NONE


def first_right(one: Tried) -> bool:
    """Tell whether the first entry found is a right one, whatever the step."""
    return bool(one.right) and one.right[0]


def answered_rightly(one: Tried) -> bool:
    """Tell whether a right entry was answered; what only sounds like danger may have one too."""
    return one.outcome.step == "answer" and first_right(one)


def _reached(one: Tried) -> bool:
    offered = not set(one.wanted).isdisjoint(one.outcome.choices)
    beside_the_card = one.outcome.step == "danger" and one.about_danger and any(one.right)
    return answered_rightly(one) or offered or beside_the_card


@dataclass(frozen=True, slots=True)
class _Figure:
    """A share: which questions count, and which of them are counted; which end of it is the bad one, if either is."""

    of: Test
    test: Test
    bad: Literal["low", "high"] | None = "low"


_INSIDE, _OUTSIDE, _CRISES = _kind("in"), _kind("oos"), _kind("crisis")

FIGURES: Mapping[str, _Figure] = MappingProxyType(
    {
        "top-1": _Figure(_INSIDE, first_right),
        "top-3": _Figure(_INSIDE, lambda one: any(one.right)),
        "answered rightly": _Figure(_INSIDE, answered_rightly),
        "precision": _Figure(_answered, answered_rightly),
        "reach": _Figure(_INSIDE, _reached),
        "clarified in": _Figure(_INSIDE, _step("clarify"), "high"),
        "clarified oos": _Figure(_OUTSIDE, _step("clarify"), "high"),
        "answered oos": _Figure(_OUTSIDE, _step("answer"), "high"),
        "person offered": _Figure(_kind("human"), _step("hand_off")),
        "both found": _Figure(_kind("multi"), lambda one: one.both),
        "language right": _Figure(_always, lambda one: one.outcome.evidence.language == one.question.lang),
        "any recall": _Figure(_CRISES, _level(Level.RED, Level.AMBER)),
        "red recall": _Figure(_CRISES, _level(Level.RED)),
        "danger kind right": _Figure(_seen, lambda one: one.outcome.evidence.danger_kind == one.question.crisis),
        "false red": _Figure(_ordinary, _level(Level.RED), "high"),
        "false amber": _Figure(_ordinary, _level(Level.AMBER), "high"),
        "red on not-crisis": _Figure(_kind("not-crisis"), _level(Level.RED), "high"),
        "red on danger entries": _Figure(lambda one: _INSIDE(one) and one.about_danger, _level(Level.RED), None),
    }
)


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    count: int
    of: int

    @property
    def value(self) -> float | None:
        """From 0 to 1; None of nothing."""
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Return where the share of all such questions lies, 19 times in 20 (Wilson): right also near 0 and 1."""
        if not self.of:
            return None
        share, weight = self.count / self.of, _Z * _Z / self.of
        middle = (share + weight / 2) / (1 + weight)
        half = math.sqrt(share * (1 - share) * weight + weight * weight / 4) / (1 + weight)
        return max(0.0, middle - half), min(1.0, middle + half)


_Z = 1.959964
"""Standard deviations on each side of the middle of a normal distribution that hold 95 % of it."""


def shares(tried: Sequence[Tried], names: Iterable[str] = FIGURES) -> dict[str, Share]:
    """Return the figures of these names."""
    found = {}
    for name in names:
        figure = FIGURES[name]
        tests = [figure.test(one) for one in tried if figure.of(one)]
        found[name] = Share(sum(tests), len(tests))
    return found


def shares_by_language(tried: Iterable[Tried]) -> Mapping[Language, Mapping[str, Share]]:
    """Return all figures of each language, in the order in which languages come up."""
    by_language: dict[Language, list[Tried]] = {}
    for one in tried:
        by_language.setdefault(one.question.lang, []).append(one)
    return MappingProxyType({language: MappingProxyType(shares(some)) for language, some in by_language.items()})


@dataclass(frozen=True, slots=True)
class Times:
    """How long messages took, in milliseconds."""

    messages: int
    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares by language, and what they were measured of."""

    shares: Mapping[Language, Mapping[str, Share]]
    encoder: str
    """The encoder's id; empty in lexical mode, where spelling is all that is compared."""
    content: str
    """The catalogue's version."""
    policy: Policy
    part: Part
    tried: tuple[Tried, ...] = field(repr=False)

    @property
    def by_language(self) -> dict[Language, dict[str, float | None]]:
        """The shares as numbers from 0 to 1, None where no question counts."""
        return {
            language: {name: share.value for name, share in figures.items()}
            for language, figures in self.shares.items()
        }

    @property
    def counts(self) -> dict[Language, int]:
        """Questions of each language."""
        return dict(Counter(one.question.lang for one in self.tried))

    @property
    def worst(self) -> dict[str, tuple[Language, Share]]:
        """Each figure in the main language where it is worst; nothing unless all of them were measured.

        Left out: a figure that not every one of them has, and one of which nobody can say what would be bad.
        """
        found = {}
        for name, figure in FIGURES.items():
            every = [(language, self.shares[language][name]) for language in MAIN_LANGUAGES if language in self.shares]
            known = {language: share.value for language, share in every if share.value is not None}
            if figure.bad and len(known) == len(MAIN_LANGUAGES):
                language = (min if figure.bad == "low" else max)(known, key=known.__getitem__)
                found[name] = (language, self.shares[language][name])
        return found

    def of_part(self, part: Part) -> Figures:
        """Return the figures of one half of what was measured."""
        half = tuple(one for one in self.tried if one.question.part is part)
        return replace(self, shares=shares_by_language(half), part=part, tried=half)

    def tried_in(self, language: Language) -> list[Tried]:
        """Return what was tried in one language."""
        return [one for one in self.tried if one.question.lang == language]

    def times(self, *, longer: bool | None = None) -> Times:
        """Return the times of all messages, or only of those (not) longer than `SHORT` characters."""
        took = [one.took_ms for one in self.tried if longer in (None, len(one.question.text) > SHORT)]
        return Times(len(took), _quantile(took, 0.5), _quantile(took, 0.95))


SHORT = 120
"""Characters of the longest message that counts as short."""


def _quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2) if ordered else 0.0
