"""From evidence to the next step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.content.model import MAIN_LANGUAGES, Command, EntryId, Language
from bot.conversation.steps import Answer, Clarify, Danger, HandOff, Reason, SmallTalk
from bot.matching.evidence import Level
from bot.matching.language import KNOWN

if TYPE_CHECKING:
    from bot.content.model import Catalogue
    from bot.conversation.steps import Step
    from bot.matching.evidence import Candidate, Evidence

FEWEST_CHOICES, MOST_CHOICES = 2, 3
MOST_ANSWERS = 2
"""Answers to one message; a third need is only offered. Three in a row are read by nobody."""
_HOPELESS = 0.25
"""A choice with less than this share of the best one's probability only makes the list longer."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probability from which an entry is answered, and that of all choices together from which they are offered."""

    answer: float
    clarify: float


DEFAULT_THRESHOLDS = Thresholds(answer=0.5, clarify=0.15)
WITHOUT_CONTENT = Thresholds(answer=0.35, clarify=0.12)
"""Chosen on half of our measuring questions, with 199 entries, of which 108 ask for .5; docs/figures.json has what became
of the other half. Conservative: a threshold learned elsewhere fails on real traffic, half of which no entry answers.

A language without content is sure of less, and a mistake in it costs less: an entry is named there and offered in another
language, not told."""


@dataclass(frozen=True, slots=True)
class Policy:
    """When to answer, ask back or hand off, for each language and for entries that ask for more.

    Below `floor` nothing is answered in any language; what would have been is offered as a choice.
    """

    default: Thresholds = DEFAULT_THRESHOLDS
    by_language: Mapping[Language, Thresholds] = field(
        default_factory=lambda: MappingProxyType(
            {language: WITHOUT_CONTENT for language in KNOWN if language not in MAIN_LANGUAGES}
        )
    )
    floor: float = 0.0

    def for_language(self, language: Language) -> Thresholds:
        """Return the thresholds of a language."""
        return self.by_language.get(language, self.default)


DEFAULT_POLICY = Policy()
CAUTIOUS_POLICY = replace(DEFAULT_POLICY, floor=0.8)
"""For a deployment whose families may ask for other things than ours did, until its own presses tell."""
ENOUGH_VERDICTS = 150
"""Verdicts from which a deployment's presses say something of its own public: a precision of .85 to about six hundredths."""
NO_MINIMUM: Mapping[EntryId, float] = MappingProxyType({})
NO_SIBLINGS: Mapping[EntryId, frozenset[EntryId]] = MappingProxyType({})


def minimums(catalogue: Catalogue) -> dict[EntryId, float]:
    """Return the entries that are answered only from a probability of their own on."""
    return {
        entry.id: entry.facts.min_confidence
        for entry in catalogue.entries.values()
        if entry.facts.min_confidence is not None
    }


def all_siblings(catalogue: Catalogue) -> dict[EntryId, frozenset[EntryId]]:
    """Return the entries that nobody could tell from others, with these; it is written at one of two and holds for both."""
    found: dict[EntryId, set[EntryId]] = {}
    for entry in catalogue.entries.values():
        for other in entry.facts.siblings:
            if other in catalogue.entries:
                found.setdefault(entry.id, set()).add(other)
                found.setdefault(other, set()).add(entry.id)
    return {entry_id: frozenset(others) for entry_id, others in found.items()}


def decide(
    evidence: Evidence,
    policy: Policy = DEFAULT_POLICY,
    *,
    may_clarify: bool = True,
    min_confidence: Mapping[EntryId, float] = NO_MINIMUM,
    siblings: Mapping[EntryId, frozenset[EntryId]] = NO_SIBLINGS,
) -> Step:
    """Return the next step.

    Danger outranks everything, then the wish for a person. `may_clarify` is False right after a clarification: nobody
    is asked back twice running. An entry below its `min_confidence` is at most offered as a choice. Of `siblings` a
    clarification names the likelier one only, as long as there is something else to choose.
    """
    if evidence.danger is Level.RED:
        return Danger(evidence.danger_kind)
    if evidence.wants_human or evidence.command is Command.HUMAN:
        return HandOff(Reason.PERSON_ASKED)
    if evidence.small_talk is not None:
        return SmallTalk(evidence.small_talk)
    limits = policy.for_language(evidence.language)
    if evidence.candidates and is_sure(evidence.candidates[0], limits, policy, min_confidence):
        return _answer(evidence, limits, policy, min_confidence)
    choices = choices_of(evidence.candidates, limits, siblings)
    if choices and may_clarify:
        return Clarify(choices)
    return HandOff(Reason.CLARIFIED_ONCE if choices else Reason.NO_MATCH)


def is_sure(one: Candidate, limits: Thresholds, policy: Policy, min_confidence: Mapping[EntryId, float]) -> bool:
    """Tell whether a candidate may be answered."""
    return one.p >= max(limits.answer, policy.floor, min_confidence.get(one.entry_id, 0.0))


def _answer(evidence: Evidence, limits: Thresholds, policy: Policy, min_confidence: Mapping[EntryId, float]) -> Answer:
    """Answer the best candidate, and with it the other need of the message; what is not sure of these is offered."""
    best, *others = evidence.candidates
    sure = [one for one in evidence.needs if is_sure(one, limits, policy, min_confidence)][:MOST_ANSWERS]
    if best.entry_id not in {one.entry_id for one in sure}:
        return Answer(best.entry_id, tuple(others))
    first, *also = sure
    asked = tuple(one for one in evidence.needs if one not in sure)
    named = {one.entry_id for one in evidence.needs}
    rest = tuple(one for one in others if one.entry_id not in named)
    return Answer(first.entry_id, rest, tuple(also), asked)


def choices_of(
    candidates: Sequence[Candidate], limits: Thresholds, siblings: Mapping[EntryId, frozenset[EntryId]] = NO_SIBLINGS
) -> tuple[Candidate, ...]:
    """Return two or three to choose from, but nothing unless it is likely enough that one of them is meant.

    The third is left out if it is hopeless; the second never, since a single choice is no question.
    """
    top = max((candidate.p for candidate in candidates), default=0.0)
    if sum(candidate.p for candidate in candidates[:MOST_CHOICES]) < limits.clarify:
        return ()
    likely = [candidate for candidate in candidates if candidate.p >= _HOPELESS * top]
    likely = likely if len(likely) >= FEWEST_CHOICES else list(candidates[:FEWEST_CHOICES])
    apart = _without_siblings(likely, siblings)
    return tuple(apart if len(apart) >= FEWEST_CHOICES else likely)[:MOST_CHOICES]


def _without_siblings(likely: Sequence[Candidate], siblings: Mapping[EntryId, frozenset[EntryId]]) -> list[Candidate]:
    """Leave out whatever has a sibling before it: whoever chooses that one finds it first among its neighbours."""
    kept: list[Candidate] = []
    for one in likely:
        if not siblings.get(one.entry_id, frozenset()) & {other.entry_id for other in kept}:
            kept.append(one)
    return kept
