"""How well matching does: one message as JSON for `tiltas match`, many as figures for `tiltas evaluate`."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.content.model import Command, EntryId, Language
from bot.conversation.decide import Policy, decide, minimums
from bot.conversation.steps import Answer, Clarify, Danger, HandOff, SmallTalk
from bot.matching.evidence import Level

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


def outcome(text: str, chosen: Language | None, matcher: Matcher, policy: Policy, catalogue: Catalogue) -> Outcome:
    """Return what the bot would do with a first message of a person who chose a language, or none."""
    evidence = matcher.find(text, chosen=chosen)
    step = decide(evidence, policy, min_confidence=minimums(catalogue))
    return Outcome(evidence, _name(step, evidence), evidence.candidates[:MOST_ENTRIES])


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


@dataclass(frozen=True, slots=True)
class Question:
    """A message whose right outcome is known. `gold` are the entries that a good librarian would accept."""

    id: str | int
    lang: Language
    kind: str
    text: str
    gold: tuple[EntryId, ...] = ()


def question(line: str) -> Question:
    """Read a question from a line of JSON. Raises LineInvalid."""
    message_id, text, lang = _message(line)
    value = _object(line)
    kind, gold = value.get("kind"), value.get("gold", [])
    if lang is None or not isinstance(kind, str) or not isinstance(gold, list):
        msg = 'A question has "id", "lang", "kind", "text" and a list "gold".'
        raise LineInvalid(msg, message_id)
    return Question(message_id, lang, kind, text, tuple(EntryId(str(one)) for one in gold))


@dataclass(frozen=True, slots=True)
class Tried:
    """A question and what the bot made of it."""

    question: Question
    outcome: Outcome
    right: tuple[bool, ...]
    """For each of the entries found: is it one of `gold`, or does it have one as an alias?"""
    both: bool
    """Whether every existing entry of `gold` was found."""


Test = Callable[[Tried], bool]


def _kind(*kinds: str) -> Test:
    return lambda one: one.question.kind in kinds


def _step(*steps: str) -> Test:
    return lambda one: one.outcome.step in steps


def _level(*levels: Level) -> Test:
    return lambda one: one.outcome.evidence.danger in levels


def _first_right(one: Tried) -> bool:
    return bool(one.right) and one.right[0]


def _answered_rightly(one: Tried) -> bool:
    return one.outcome.step == "answer" and one.question.kind == "in" and _first_right(one)


def _share(population: Iterable[Tried], test: Test) -> float | None:
    tested = [test(one) for one in population]
    return sum(tested) / len(tested) if tested else None


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares from 0 to 1 by language, None where no question counts; times in milliseconds over all languages."""

    by_language: Mapping[Language, Mapping[str, float | None]]
    counts: Mapping[Language, int]
    p50_ms: float
    p95_ms: float
    tried: tuple[Tried, ...] = field(repr=False, default=())

    def as_json(self) -> str:
        """Return the figures as a JSON object."""
        shares = {
            language: {name: None if share is None else round(share, 4) for name, share in figures.items()}
            for language, figures in self.by_language.items()
        }
        return json.dumps(
            {"languages": shares, "questions": dict(self.counts), "ms": {"p50": self.p50_ms, "p95": self.p95_ms}},
            indent=1,
        )

    def as_table(self) -> str:
        """Return the figures as text: a row for each figure, a column for each language."""
        names = list(dict.fromkeys(name for figures in self.by_language.values() for name in figures))
        wide = max(map(len, names), default=0)
        head = [" " * wide + "".join(f"{language:>7}" for language in self.by_language)]
        count = [f"{'questions':{wide}}" + "".join(f"{self.counts[language]:7}" for language in self.by_language)]
        rows = [
            f"{name:{wide}}" + "".join(_cell(figures.get(name)) for figures in self.by_language.values())
            for name in names
        ]
        return "\n".join([*head, *count, *rows, f"time p50 {self.p50_ms:.1f} ms, p95 {self.p95_ms:.1f} ms"])


def _cell(share: float | None) -> str:
    return f"{'-':>7}" if share is None else f"{share:7.3f}"


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
) -> Figures:
    """Return the figures for questions, language by language.

    `only_known` drops questions none of whose entries exists yet. `danger_ids` are entries about danger: the card is
    no mistake there. `tell_language` passes the question's language as the one that the person chose.
    """
    owners = _owners(catalogue)
    tried: list[Tried] = []
    times: list[float] = []
    for one in questions:
        if only_known and one.kind in ("in", "multi") and not any(entry in owners for entry in one.gold):
            continue
        start = time.perf_counter()
        found = outcome(one.text, one.lang if tell_language else None, matcher, policy, catalogue)
        times.append((time.perf_counter() - start) * 1000)
        tried.append(_tried(one, found, owners))
    by_language: dict[Language, list[Tried]] = {}
    for result in tried:
        by_language.setdefault(result.question.lang, []).append(result)
    return Figures(
        MappingProxyType({language: _figures(some, danger_ids) for language, some in by_language.items()}),
        MappingProxyType({language: len(some) for language, some in by_language.items()}),
        round(_quantile(times, 0.5), 2),
        round(_quantile(times, 0.95), 2),
        tuple(tried),
    )


def _owners(catalogue: Catalogue) -> dict[EntryId, EntryId]:
    """Return the entry that each id or old id belongs to."""
    owners = {alias: entry.id for entry in catalogue.entries.values() for alias in entry.facts.aliases}
    return owners | {entry_id: entry_id for entry_id in catalogue.entries}


def _tried(one: Question, found: Outcome, owners: Mapping[EntryId, EntryId]) -> Tried:
    wanted = {owners[entry] for entry in one.gold if entry in owners}
    ids = [candidate.entry_id for candidate in found.entries]
    return Tried(one, found, tuple(entry in wanted for entry in ids), bool(wanted) and wanted <= set(ids))


def _quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def _figures(tried: Sequence[Tried], danger_ids: frozenset[EntryId]) -> dict[str, float | None]:
    def about_danger(one: Tried) -> bool:
        return any(entry in danger_ids for entry in one.question.gold)

    def reached(one: Tried) -> bool:
        shown = one.outcome.step == "clarify" or (one.outcome.step == "danger" and about_danger(one))
        return _answered_rightly(one) or (shown and any(one.right))

    def only(*tests: Test) -> list[Tried]:
        return [one for one in tried if all(test(one) for test in tests)]

    inside, outside = only(_kind("in")), only(_kind("oos"))
    answered = only(_step("answer"), _kind("in", "oos", "human", "not-crisis"))
    ordinary = [one for one in only(_kind("in", "oos")) if not about_danger(one)]
    crises = only(_kind("crisis"))
    return {
        "top-1": _share(inside, _first_right),
        "top-3": _share(inside, lambda one: any(one.right)),
        "answered rightly": _share(inside, _answered_rightly),
        "precision": _share(answered, _answered_rightly),
        "reach": _share(inside, reached),
        "clarified in": _share(inside, _step("clarify")),
        "clarified oos": _share(outside, _step("clarify")),
        "answered oos": _share(outside, _step("answer")),
        "person offered": _share(only(_kind("human")), _step("hand_off")),
        "both found": _share(only(_kind("multi")), lambda one: one.both),
        "language right": _share(tried, lambda one: one.outcome.evidence.language == one.question.lang),
        "any recall": _share(crises, _level(Level.RED, Level.AMBER)),
        "red recall": _share(crises, _level(Level.RED)),
        "false red": _share(ordinary, _level(Level.RED)),
        "false amber": _share(ordinary, _level(Level.AMBER)),
        "red on not-crisis": _share(only(_kind("not-crisis")), _level(Level.RED)),
        "red on danger entries": _share([one for one in inside if about_danger(one)], _level(Level.RED)),
    }
