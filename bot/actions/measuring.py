"""How well matching does: one message as JSON for `tiltas match`, many as figures for `tiltas evaluate`."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.actions.measuring_figures import Figures, shares_by_language
from bot.content.model import Command, EntryId, Language
from bot.conversation.decide import Policy, all_siblings, decide, minimums
from bot.conversation.steps import Answer, Clarify, Danger, HandOff, SmallTalk

if TYPE_CHECKING:
    from bot.content.model import Catalogue
    from bot.conversation.steps import Step
    from bot.matching.evidence import Candidate, Evidence
    from bot.matching.find import Matcher

MOST_ENTRIES = 3
"""Entries that are told of a message: as many as a clarification can offer."""

Line = dict[str, object]


class LineInvalid(ValueError):
    """A line is not what was asked for; `id` is the message's, where it had one."""

    def __init__(self, reason: str, message_id: str | int | None = None) -> None:
        super().__init__(reason)
        self.id = message_id


# One message ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the bot would do with one message."""

    evidence: Evidence
    step: str
    entries: tuple[Candidate, ...]
    choices: tuple[EntryId, ...] = ()
    """What a clarification offers: not every entry is likely enough to be a choice."""


def outcome(text: str, chosen: Language | None, matcher: Matcher, policy: Policy, catalogue: Catalogue) -> Outcome:
    """Return what the bot would do with a first message of a person who chose a language, or none."""
    evidence = matcher.find(text, chosen=chosen)
    step = decide(evidence, policy, min_confidence=minimums(catalogue), siblings=all_siblings(catalogue))
    choices = tuple(candidate.entry_id for candidate in step.choices) if isinstance(step, Clarify) else ()
    return Outcome(evidence, _name(step, evidence), evidence.candidates[:MOST_ENTRIES], choices)


def _name(step: Step, evidence: Evidence) -> str:
    if not isinstance(step, Danger | SmallTalk) and evidence.command not in (None, Command.HUMAN):
        return "small_talk"  # plain-word commands get a menu, which is no answer and no hand-over
    match step:
        case Answer():
            return "answer"
        case Clarify():
            return "clarify"
        case HandOff():
            return "hand_off"
        case Danger():
            return "danger"
        case SmallTalk():
            return "small_talk"


def match_line(line: str, matcher: Matcher, policy: Policy, catalogue: Catalogue) -> Line:
    """Answer one line of `tiltas match --jsonl`.

    The line is an object with `id`, `text` and perhaps `lang`, the language the person chose. The result has `id`,
    `step`, `entries` (at most three, best first, each with its aliases), `language`, `danger` and `danger_kind`; for a
    line of another form `error`, and `id` if it had one.
    """
    try:
        message_id, text, chosen = _message(line)
    except LineInvalid as invalid:
        named: Line = {} if invalid.id is None else {"id": invalid.id}
        return named | {"error": str(invalid)}
    found = outcome(text, chosen, matcher, policy, catalogue)
    return {
        "id": message_id,
        "step": found.step,
        "entries": [_entry(candidate, catalogue) for candidate in found.entries],
        "language": found.evidence.language,
        "danger": found.evidence.danger,
        "danger_kind": found.evidence.danger_kind,
    }


def _entry(candidate: Candidate, catalogue: Catalogue) -> Line:
    aliases = list(catalogue.entries[candidate.entry_id].facts.aliases)
    return {"id": candidate.entry_id, "p": round(candidate.p, 4), "aliases": aliases}


def _message(line: str) -> tuple[str | int, str, Language | None]:
    value = _object(line)
    message_id = value.get("id")
    if not isinstance(message_id, str | int) or isinstance(message_id, bool):
        msg = '"id" must be a text or a whole number.'
        raise LineInvalid(msg)
    text, chosen = value.get("text"), value.get("lang")
    if not isinstance(text, str):
        msg = '"text" must be a text.'
        raise LineInvalid(msg, message_id)
    if chosen is not None and not isinstance(chosen, str):
        msg = '"lang" must be a language tag such as "uk", or left out.'
        raise LineInvalid(msg, message_id)
    return message_id, text, Language(chosen) if chosen else None


def _object(line: str) -> dict[str, object]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        msg = f"Not JSON: {error}"
        raise LineInvalid(msg) from error
    if not isinstance(value, dict):
        msg = "Each line must be a JSON object."
        raise LineInvalid(msg)
    return value


# Many questions -------------------------------------------------------------------------------------------------------


class Part(StrEnum):
    """Which of the questions count. Whatever can be set is chosen on the tuning half, and reported on the other."""

    TUNING = "tuning"
    CHECKING = "checking"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Question:
    """A message whose right outcome is known. `gold` are the entries that a good librarian would accept, best first.

    `style` tells how it is written (typo, long …), `crisis` the kind of danger; both are empty where nobody said so.
    """

    id: str | int
    lang: Language
    kind: str
    text: str
    gold: tuple[EntryId, ...] = ()
    style: str = ""
    crisis: str = ""

    @property
    def part(self) -> Part:
        """The half that this question belongs to: by its id alone, so it stays there whatever else comes and goes."""
        first = hashlib.sha256(str(self.id).encode("utf-8", "surrogatepass")).digest()[0]
        return Part.CHECKING if first & 1 else Part.TUNING


def question(line: str) -> Question:
    """Read a question from a line of JSON. Raises LineInvalid."""
    message_id, text, lang = _message(line)
    value = _object(line)
    kind, gold = value.get("kind"), value.get("gold", [])
    style, crisis = value.get("style") or "", value.get("crisis") or ""
    if lang is None or not isinstance(kind, str) or not isinstance(gold, list):
        msg = 'A question has "id", "lang", "kind", "text" and a list "gold".'
        raise LineInvalid(msg, message_id)
    if not isinstance(style, str) or not isinstance(crisis, str):
        msg = '"style" and "crisis" must be texts, or left out.'
        raise LineInvalid(msg, message_id)
    return Question(message_id, lang, kind, text, tuple(EntryId(str(one)) for one in gold), style, crisis)


@dataclass(frozen=True, slots=True)
class Tried:
    """A question and what the bot made of it."""

    question: Question
    outcome: Outcome
    right: tuple[bool, ...]
    """For each of the entries found: is it one of `gold`, or does it have one as an alias?"""
    both: bool
    """Whether every existing entry of `gold` was found."""
    wanted: tuple[EntryId, ...] = ()
    """The existing entries of `gold`, by their present ids."""
    about_danger: bool = False
    """Whether `gold` names an entry about danger: the card is no mistake there."""
    answerable: bool = False
    """Whether a threshold of 0 would answer: nothing but the probability decides."""
    took_ms: float = 0.0


NO_ENTRIES: frozenset[EntryId] = frozenset()


def evaluate(
    questions: Iterable[Question],
    matcher: Matcher,
    policy: Policy,
    catalogue: Catalogue,
    *,
    only_known: bool = False,
    danger_ids: frozenset[EntryId] = NO_ENTRIES,
    tell_language: bool = True,
    part: Part = Part.ALL,
) -> Figures:
    """Return the figures for questions, language by language.

    `only_known` drops questions none of whose entries exists yet. `danger_ids` are entries about danger: the card is
    no mistake there. `tell_language` passes the question's language as the one that the person chose. `part` drops the
    other half.
    """
    owners = _owners(catalogue)
    tried = []
    for one in questions:
        wanted = tuple(dict.fromkeys(owners[entry] for entry in one.gold if entry in owners))
        if part in (Part.ALL, one.part) and (wanted or one.kind not in _ASK_FOR_ENTRIES or not only_known):
            chosen = one.lang if tell_language else None
            tried.append(_try(one, chosen, wanted, matcher, policy, catalogue, danger_ids))
    return Figures(
        shares_by_language(tried),
        encoder=getattr(matcher, "encoder_id", ""),
        content=catalogue.version,
        policy=policy,
        part=part,
        tried=tuple(tried),
    )


_ASK_FOR_ENTRIES = ("in", "multi")
"""Kinds of questions that cannot be right before their entry exists."""


def _try(
    one: Question,
    chosen: Language | None,
    wanted: tuple[EntryId, ...],
    matcher: Matcher,
    policy: Policy,
    catalogue: Catalogue,
    danger_ids: frozenset[EntryId],
) -> Tried:
    start = time.perf_counter()
    found = outcome(one.text, chosen, matcher, policy, catalogue)
    took = (time.perf_counter() - start) * 1000
    ids = [candidate.entry_id for candidate in found.entries]
    anything = replace(policy, default=replace(policy.default, answer=0.0), by_language={})
    least = decide(found.evidence, anything, min_confidence=minimums(catalogue))
    return Tried(
        one,
        found,
        right=tuple(entry in wanted for entry in ids),
        both=bool(wanted) and set(wanted) <= set(ids),
        wanted=wanted,
        about_danger=not danger_ids.isdisjoint(one.gold),
        answerable=isinstance(least, Answer),
        took_ms=took,
    )


def _owners(catalogue: Catalogue) -> dict[EntryId, EntryId]:
    """Return the entry that each id or old id belongs to."""
    owners = {alias: entry.id for entry in catalogue.entries.values() for alias in entry.facts.aliases}
    return owners | {entry_id: entry_id for entry_id in catalogue.entries}
