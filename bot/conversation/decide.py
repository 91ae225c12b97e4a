"""From evidence to the next step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.content.model import Command, EntryId, Language
from bot.conversation.steps import Answer, Clarify, Danger, HandOff, Reason, SmallTalk
from bot.matching.evidence import Level

if TYPE_CHECKING:
    from bot.content.model import Catalogue
    from bot.conversation.steps import Step
    from bot.matching.evidence import Candidate, Evidence

FEWEST_CHOICES, MOST_CHOICES = 2, 3
_HOPELESS = 0.25
"""A choice with less than this share of the best one's probability only makes the list longer."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probability from which an entry is answered, and that of all choices together from which they are offered."""

    answer: float
    clarify: float


DEFAULT_THRESHOLDS = Thresholds(answer=0.45, clarify=0.2)
"""Chosen on half of our measuring questions, with 199 entries, of which 108 ask for .6: 103 of 106 answers to that half
were right, and from .2 on the right entry was among the choices for .73 to .81 of it, by language. Conservative: a
threshold learned elsewhere fails on real traffic, half of which no entry answers."""


@dataclass(frozen=True, slots=True)
class Policy:
    """When to answer, ask back or hand off, for each language and for entries that ask for more."""

    default: Thresholds = DEFAULT_THRESHOLDS
    by_language: Mapping[Language, Thresholds] = field(default_factory=lambda: MappingProxyType({}))

    def for_language(self, language: Language) -> Thresholds:
        """Return the thresholds of a language."""
        return self.by_language.get(language, self.default)


DEFAULT_POLICY = Policy()
NO_MINIMUM: Mapping[EntryId, float] = MappingProxyType({})


def minimums(catalogue: Catalogue) -> dict[EntryId, float]:
    """Return the entries that are answered only from a probability of their own on."""
    return {
        entry.id: entry.facts.min_confidence
        for entry in catalogue.entries.values()
        if entry.facts.min_confidence is not None
    }


def decide(
    evidence: Evidence,
    policy: Policy = DEFAULT_POLICY,
    *,
    may_clarify: bool = True,
    min_confidence: Mapping[EntryId, float] = NO_MINIMUM,
) -> Step:
    """Return the next step.

    Danger outranks everything, then the wish for a person. `may_clarify` is False right after a clarification: nobody
    is asked back twice running. An entry below its `min_confidence` is at most offered as a choice.
    """
    if evidence.danger is Level.RED:
        return Danger(evidence.danger_kind)
    if evidence.wants_human or evidence.command is Command.HUMAN:
        return HandOff(Reason.PERSON_ASKED)
    if evidence.small_talk is not None:
        return SmallTalk(evidence.small_talk)
    limits = policy.for_language(evidence.language)
    best, *neighbours = evidence.candidates or (None,)
    if best is not None and best.p >= max(limits.answer, min_confidence.get(best.entry_id, 0.0)):
        return Answer(best.entry_id, tuple(x for x in neighbours if x is not None))
    choices = _choices(evidence, limits)
    if choices and may_clarify:
        return Clarify(choices)
    return HandOff(Reason.CLARIFIED_ONCE if choices else Reason.NO_MATCH)


def _choices(evidence: Evidence, limits: Thresholds) -> tuple[Candidate, ...]:
    """Return two or three to choose from, but nothing unless it is likely enough that one of them is meant.

    The third is left out if it is hopeless; the second never, since a single choice is no question.
    """
    top = max((candidate.p for candidate in evidence.candidates), default=0.0)
    if sum(candidate.p for candidate in evidence.candidates[:MOST_CHOICES]) < limits.clarify:
        return ()
    likely = [candidate for candidate in evidence.candidates if candidate.p >= _HOPELESS * top]
    return (tuple(likely) if len(likely) >= FEWEST_CHOICES else evidence.candidates[:FEWEST_CHOICES])[:MOST_CHOICES]
