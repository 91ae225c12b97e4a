"""Why a message gets what it gets, for editors: `tiltas try`. Tells what matching decided; decides nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from bot.actions.measuring import Line, Outcome, outcome
from bot.content.model import Command, EntryId, Language
from bot.conversation.decide import Policy, Thresholds, decide, minimums
from bot.conversation.steps import Answer, Clarify, Danger, HandOff, Reason, SmallTalk
from bot.matching.corpus import HARMLESS, Role, Text, texts_of
from bot.matching.evidence import Level
from bot.matching.explain import Near, Weight, alarm_score, class_scores, nearest, word_weights
from bot.matching.text import clean, fold, windows

if TYPE_CHECKING:
    from bot.content.model import Catalogue
    from bot.matching.danger import Hit
    from bot.matching.evidence import Candidate, Evidence
    from bot.matching.find import Matcher
    from bot.matching.index import Index

MOST_PHRASINGS, MOST_WORDS, MOST_EXAMPLES = 3, 5, 3
_SMALLEST_WEIGHT = 0.005
"""What a word adds is told with two digits; less than this would be told as nothing."""


@dataclass(frozen=True, slots=True)
class Why:
    """An entry that a message found, and why.

    `answers_from` is the probability from which this entry is answered. `part` is the folded text it was looked up by,
    `score` what the index gives it there (about 1 on an entry's own texts), `words` what makes that score, heaviest
    first. `phrasings` are its own phrasings and titles, of any language, nearest to that part.
    """

    candidate: Candidate
    question: str
    answers_from: float
    part: str
    score: float
    phrasings: tuple[Near, ...]
    words: tuple[Weight, ...]


@dataclass(frozen=True, slots=True)
class Alarm:
    """What was heard of danger: patterns that fired, and what the learned detector made of the message.

    It speaks from `amber` on, and from `red` on surely; `examples` are the messages it learned from that are nearest, and
    are there only when it spoke.
    """

    patterns: tuple[Hit, ...]
    score: float
    amber: float
    red: float
    examples: tuple[Near, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that is known of one message. `other` is the best class that is no entry, with its score."""

    text: str
    chosen: Language | None
    outcome: Outcome
    because: str
    thresholds: Thresholds
    alarm: Alarm
    entries: tuple[Why, ...]
    other: tuple[str, float] | None

    def as_text(self) -> str:
        """Return it as an editor reads it in a terminal."""
        apart = len({why.part for why in self.entries}) > 1
        entries = chain.from_iterable(_entry(why, apart=apart) for why in self.entries)
        return "\n".join([*_head(self), *_danger(self), *entries])

    def as_json(self) -> str:
        """Return it as a JSON object; lone halves of letters are replaced."""
        return json.dumps(_plain(self), ensure_ascii=False, indent=1).encode("utf-8", "replace").decode()


def explain(
    text: str, chosen: Language | None, *, matcher: Matcher, index: Index, policy: Policy, catalogue: Catalogue
) -> Explanation:
    """Return what a first message of a person would get who chose a language, or none, and why."""
    found = outcome(text, chosen, matcher, policy, catalogue)
    limits = policy.for_language(found.evidence.language)
    others = {name: score for name, score in _scores(text, matcher, index).items() if not name.startswith("entry:")}
    return Explanation(
        text=clean(text),
        chosen=chosen,
        outcome=found,
        because=_because(found.evidence, policy, catalogue),
        thresholds=limits,
        alarm=_alarm(text, found.evidence, matcher, index, catalogue),
        entries=_entries(text, found.evidence, limits, matcher=matcher, index=index, catalogue=catalogue),
        other=max(others.items(), key=lambda pair: pair[1], default=None),
    )


def _scores(text: str, matcher: Matcher, index: Index) -> dict[str, float]:
    return class_scores(matcher.looked_up(text)[0], index)


# What decided ---------------------------------------------------------------------------------------------------------


def _because(evidence: Evidence, policy: Policy, catalogue: Catalogue) -> str:
    """Return a sentence: which rule or threshold decided."""
    least = minimums(catalogue)
    step = decide(evidence, policy, min_confidence=least)
    if not isinstance(step, Danger | SmallTalk) and evidence.command not in (None, Command.HUMAN):
        return f"These are words of the command {evidence.command}."
    limits, best = policy.for_language(evidence.language), max((one.p for one in evidence.candidates), default=0.0)
    match step:
        case Danger():
            return "Red danger outranks everything."
        case HandOff(Reason.PERSON_ASKED):
            return "It asks for a person."
        case SmallTalk(kind):
            return f"It is small talk: {kind}."
        case Answer(entry_id):
            first = evidence.candidates[0]
            if evidence.exact:
                return f"It is a phrasing of {entry_id}, but for spelling."
            return f"{first.p:.2f} reaches {_answers_from(entry_id, limits, least):.2f}, from which it is answered."
        case Clarify():
            return _offered(evidence.candidates[0], limits, least)
        case HandOff():
            return f"{best:.2f} is below {limits.clarify:.2f}, from which entries are offered."


def _offered(first: Candidate, limits: Thresholds, least: dict[EntryId, float]) -> str:
    needed = _answers_from(first.entry_id, limits, least)
    own = " (its own min_confidence)" if needed > limits.answer else ""
    return f"{first.p:.2f} is below {needed:.2f}{own}, from which it is answered; entries are offered from {limits.clarify:.2f}."


def _answers_from(entry_id: EntryId, limits: Thresholds, least: dict[EntryId, float]) -> float:
    return max(limits.answer, least.get(entry_id, 0.0))


# Danger ---------------------------------------------------------------------------------------------------------------


def _alarm(text: str, evidence: Evidence, matcher: Matcher, index: Index, catalogue: Catalogue) -> Alarm:
    parts = _heard(text, evidence, matcher)
    scores = {part: alarm_score(part, index) for part in parts}
    loudest = max(scores, key=lambda part: scores[part], default="")
    score, levels = scores.get(loudest, 0.0), matcher.levels_for(evidence.language)
    examples = nearest(loudest, _examples(catalogue), index, most=MOST_EXAMPLES) if score > levels.amber else ()
    return Alarm(matcher.patterns_in(text), score, levels.amber, levels.red, examples)


def _heard(text: str, evidence: Evidence, matcher: Matcher) -> list[str]:
    """Return the folded parts that the learned detector hears: all of them, but no words of a command."""
    later = [fold(part) for part in windows(text)[1:]]
    return later if evidence.command else [matcher.looked_up(text)[0], *later]


def _examples(catalogue: Catalogue) -> list[Text]:
    return [text for text in texts_of(catalogue) if text.label == HARMLESS or text.label.startswith("danger:")]


# Entries --------------------------------------------------------------------------------------------------------------


def _entries(
    text: str, evidence: Evidence, limits: Thresholds, *, matcher: Matcher, index: Index, catalogue: Catalogue
) -> tuple[Why, ...]:
    scores = {part: class_scores(part, index) for part in matcher.looked_up(text)}
    least = minimums(catalogue)
    said = _said({candidate.entry_id for candidate in evidence.candidates}, catalogue)
    found = []
    for candidate in evidence.candidates:
        label = f"entry:{candidate.entry_id}"
        score, part = max((by_class[label], part) for part, by_class in scores.items())
        why = Why(
            candidate,
            _question(candidate.entry_id, evidence.language, catalogue),
            _answers_from(candidate.entry_id, limits, least),
            part,
            score,
            nearest(part, said[label], index, most=MOST_PHRASINGS),
            word_weights(part, label, index),
        )
        found.append(why)
    return tuple(found)


def _said(entries: set[EntryId], catalogue: Catalogue) -> dict[str, tuple[Text, ...]]:
    """Return what people say for these entries in any language, and their titles, by label, each once."""
    said: dict[str, dict[str, Text]] = {f"entry:{entry_id}": {} for entry_id in entries}
    for text in texts_of(catalogue):
        if text.label in said:
            said[text.label].setdefault(fold(text.text), text)
    return {label: tuple(texts.values()) for label, texts in said.items()}


def _question(entry_id: EntryId, language: Language, catalogue: Catalogue) -> str:
    texts = catalogue.entries[entry_id].texts
    return (texts.get(language) or next(iter(texts.values()))).question


# In words -------------------------------------------------------------------------------------------------------------


def _head(one: Explanation) -> Iterator[str]:
    evidence, limits = one.outcome.evidence, one.thresholds
    chosen = f"; chosen: {one.chosen}" if one.chosen else ""
    yield f"step      {one.outcome.step}: {one.because}"
    yield f"language  {evidence.language}, {'sure' if evidence.language_confident else 'not sure'}{chosen}"
    yield f"limits    answered from {limits.answer:.2f}, offered from {limits.clarify:.2f}"
    heard = {
        "small talk": evidence.small_talk,
        "command": evidence.command,
        "person": evidence.wants_human or None,
        "writer": evidence.writer,
        "strain": evidence.strain or None,
    }
    if any(heard.values()):
        yield "talk      " + ", ".join(f"{name} {value}" for name, value in heard.items() if value)
    if one.other:
        yield f"no entry  {one.other[0]} scores {one.other[1]:.2f}"


def _danger(one: Explanation) -> Iterator[str]:
    evidence, alarm = one.outcome.evidence, one.alarm
    kind = f", {evidence.danger_kind}" if evidence.danger is not Level.NONE else ""
    yield f"danger    {evidence.danger}{kind}"
    for hit in alarm.patterns:
        yield f"    {hit.level} pattern of {hit.kind} in faq/{hit.language}/danger.yaml: {hit.pattern}"
    if one.alarm.examples:
        yield f"    detector {alarm.score:.2f}, amber from {alarm.amber:.2f}, red from {alarm.red:.2f}; examples nearest:"
        yield from (f"    {_near(near, near.text.label)}" for near in alarm.examples)


def _entry(why: Why, *, apart: bool) -> Iterator[str]:
    yield ""
    yield f"{why.candidate.p:.2f}  {why.candidate.entry_id}  {why.question}"
    if apart:
        yield f"      found in: {why.part}"
    yield from (f"      {_near(near, _title(near.text))}" for near in why.phrasings)
    words = ", ".join(f"{one.word} {one.weight:+.2f}" for one in _told(why.words))
    yield f"      score {why.score:.2f}" + (f": {words}" if words else "")


def _told(words: Sequence[Weight]) -> list[Weight]:
    """Return the words that add or take most, heaviest first; in a long message those in between are left out."""
    counting = sorted(words, key=lambda one: -abs(one.weight))[:MOST_WORDS]
    return sorted((x for x in counting if abs(x.weight) >= _SMALLEST_WEIGHT), key=lambda one: -one.weight)


def _near(near: Near, note: str) -> str:
    return f"{near.similarity:.2f}  {near.text.language}  {clean(near.text.text)}{f'  ({note})' if note else ''}"


def _title(text: Text) -> str:
    return "title" if text.role is Role.TITLE else ""


# As JSON --------------------------------------------------------------------------------------------------------------


def _plain(one: Explanation) -> Line:
    evidence = one.outcome.evidence
    return {
        "text": one.text,
        "chosen": one.chosen,
        "step": one.outcome.step,
        "because": one.because,
        "language": evidence.language,
        "language_confident": evidence.language_confident,
        "small_talk": evidence.small_talk,
        "writer": evidence.writer,
        "strain": evidence.strain,
        "command": evidence.command,
        "wants_human": evidence.wants_human,
        "exact": evidence.exact,
        "thresholds": {"answer": one.thresholds.answer, "clarify": one.thresholds.clarify},
        "danger": _plain_danger(one),
        "entries": [_plain_entry(why) for why in one.entries],
        "other": one.other and {"class": one.other[0], "score": _round(one.other[1])},
    }


def _plain_danger(one: Explanation) -> Line:
    alarm, evidence = one.alarm, one.outcome.evidence
    return {
        "level": evidence.danger,
        "kind": evidence.danger_kind,
        "patterns": [
            {"level": hit.level, "kind": hit.kind, "language": hit.language, "pattern": hit.pattern}
            for hit in alarm.patterns
        ],
        "detector": {"score": _round(alarm.score), "amber": _round(alarm.amber), "red": _round(alarm.red)},
        "examples": [_plain_near(near) | {"class": near.text.label} for near in alarm.examples],
    }


def _plain_entry(why: Why) -> Line:
    return {
        "id": why.candidate.entry_id,
        "question": why.question,
        "p": _round(why.candidate.p),
        "answers_from": why.answers_from,
        "part": why.part,
        "score": _round(why.score),
        "phrasings": [_plain_near(near) | {"role": near.text.role.value} for near in why.phrasings],
        "words": [{"word": one.word, "weight": _round(one.weight)} for one in why.words],
    }


def _plain_near(near: Near) -> Line:
    return {"text": near.text.text, "language": near.text.language, "similarity": _round(near.similarity)}


def _round(number: float) -> float:
    return round(number, 4)
