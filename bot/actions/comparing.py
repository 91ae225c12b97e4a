"""What a change of the content does to questions whose right outcome is known, and what has changed: `tiltas diff`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from bot.actions.measuring import Question, Tried, evaluate
from bot.content.model import Catalogue, Entry, EntryId, Language
from bot.conversation.decide import DEFAULT_POLICY, Policy

if TYPE_CHECKING:
    from bot.matching.find import Matcher

_ASKED_OF_ENTRIES = ("in", "multi")
_KINDS = (*_ASKED_OF_ENTRIES, "oos", "human", "crisis", "not-crisis")

_OTHER_PARTS = (
    "danger",
    "talk",
    "topics",
    "teams",
    "institutions",
    "helplines",
    "services",
    "municipalities",
    "guide",
    "checklists",
)
"""What a catalogue holds beside entries; danger and talk bear on matching, so they are told first."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two contents, under the name that the editor gave it."""

    name: str
    catalogue: Catalogue
    matcher: Matcher


# Questions ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a question lands in one content: the first entry, where one is answered or offered."""

    step: str
    entry: EntryId | None
    right: bool


@dataclass(frozen=True, slots=True)
class Move:
    """A question that lands elsewhere now."""

    question: Question
    old: Landing
    new: Landing


@dataclass(frozen=True, slots=True)
class Counts:
    """Questions of one language."""

    questions: int
    right_before: int
    right_now: int
    gained: int
    lost: int
    moved: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is different in the new content.

    `gained` are right only in the new one, `lost` only in the old one; `moved` have another step or another first entry
    and are as right or wrong as before. `left_out` counts questions whose entries are in neither.
    """

    old: str
    new: str
    by_language: Mapping[Language, Counts]
    lost: tuple[Move, ...]
    gained: tuple[Move, ...]
    moved: tuple[Move, ...]
    left_out: int
    entries: tuple[EntryChange, ...]
    others: Mapping[str, tuple[str, ...]]
    """What has changed beside entries: part of the content, and the ids in it."""


def compare(questions: Iterable[Question], old: Side, new: Side, policy: Policy = DEFAULT_POLICY) -> Comparison:
    """Ask both contents all questions, and tell what has changed. A question's language counts as chosen."""
    names = _names(old.catalogue) | _names(new.catalogue)
    asked = list(questions)
    known = [one for one in asked if _kind(one) not in _ASKED_OF_ENTRIES or any(entry in names for entry in one.gold)]
    before = evaluate(known, old.matcher, policy, old.catalogue).tried
    now = evaluate(known, new.matcher, policy, new.catalogue).tried
    moves = [
        Move(one, _landing(then, names), _landing(since, names))
        for one, then, since in zip(known, before, now, strict=True)
    ]
    return Comparison(
        old=old.name,
        new=new.name,
        by_language=MappingProxyType(_counts(moves)),
        lost=tuple(filter(_is_lost, moves)),
        gained=tuple(filter(_is_gained, moves)),
        moved=tuple(filter(_is_moved, moves)),
        left_out=len(asked) - len(known),
        entries=tuple(entry_changes(old.catalogue, new.catalogue)),
        others=MappingProxyType(_other_changes(old.catalogue, new.catalogue)),
    )


def _names(catalogue: Catalogue) -> dict[EntryId, EntryId]:
    """Return the present id by each id that an entry has or had."""
    names = {alias: entry.id for entry in catalogue.entries.values() for alias in entry.facts.aliases}
    return names | {entry_id: entry_id for entry_id in catalogue.entries if entry_id not in names}


def _kind(question: Question) -> str:
    if question.kind in _KINDS:
        return question.kind
    return "in" if question.gold else "oos"


def is_right(one: Tried) -> bool:
    """Tell whether a question got what it should.

    `in`: answered, or offered among the choices. `multi`: all its entries found. `oos`: neither an answer nor the card.
    `human`: a person. `crisis`: the card. `not-crisis`: no card. Any other kind counts as `in` if it names entries,
    else as `oos`.
    """
    step = one.outcome.step
    match _kind(one.question):
        case "multi":
            return one.both
        case "human":
            return step == "hand_off"
        case "crisis":
            return step == "danger"
        case "not-crisis":
            return step != "danger"
        case "oos":
            return step not in {"answer", "danger"}
    return any(one.right[:1]) if step == "answer" else step == "clarify" and any(one.right)


def _landing(one: Tried, names: Mapping[EntryId, EntryId]) -> Landing:
    shown = one.outcome.entries if one.outcome.step in {"answer", "clarify"} else ()
    first = shown[0].entry_id if shown else None
    return Landing(one.outcome.step, names.get(first, first) if first else None, is_right(one))


def _is_gained(move: Move) -> bool:
    return move.new.right and not move.old.right


def _is_lost(move: Move) -> bool:
    return move.old.right and not move.new.right


def _is_moved(move: Move) -> bool:
    return move.old != move.new and move.old.right == move.new.right


def _counts(moves: Sequence[Move]) -> dict[Language, Counts]:
    by_language: dict[Language, list[Move]] = {}
    for move in moves:
        by_language.setdefault(move.question.lang, []).append(move)
    return {language: _counted(some) for language, some in by_language.items()}


def _counted(moves: Sequence[Move]) -> Counts:
    return Counts(
        questions=len(moves),
        right_before=sum(move.old.right for move in moves),
        right_now=sum(move.new.right for move in moves),
        gained=sum(map(_is_gained, moves)),
        lost=sum(map(_is_lost, moves)),
        moved=sum(map(_is_moved, moves)),
    )


# Content --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that has changed, by its path (`uk.short`, `values.fee.amount`); empty where it was not, or is not, there.

    Of a list (phrasings, sources) each item that came or went is one change; their order is none.
    """

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class EntryChange:
    """An entry, or draft, that came, went or changed; only a changed one has fields."""

    id: EntryId
    what: Literal["added", "removed", "changed"]
    fields: tuple[FieldChange, ...] = ()


def entry_changes(old: Catalogue, new: Catalogue) -> Iterator[EntryChange]:
    """Yield what has changed in entries and drafts, by id."""
    then, now = {**old.drafts, **old.entries}, {**new.drafts, **new.entries}
    for entry_id in sorted(then.keys() | now.keys()):
        if entry_id not in then:
            yield EntryChange(entry_id, "added")
        elif entry_id not in now:
            yield EntryChange(entry_id, "removed")
        elif fields := tuple(_changes("", _plain(then[entry_id]), _plain(now[entry_id]))):
            yield EntryChange(entry_id, "changed", fields)


def _plain(entry: Entry) -> dict[str, object]:
    texts = {str(language): text.model_dump(mode="json") for language, text in sorted(entry.texts.items())}
    return {"topic": entry.topic, **entry.facts.model_dump(mode="json"), **texts}


def _changes(path: str, old: object, new: object) -> Iterator[FieldChange]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from _changes(f"{path}.{key}".lstrip("."), old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list):
        was, is_now = Counter(map(_words, old)), Counter(map(_words, new))
        yield from (FieldChange(path, item, "") for item in (was - is_now).elements())
        yield from (FieldChange(path, "", item) for item in (is_now - was).elements())
    else:
        yield FieldChange(path, _words(old), _words(new))


def _words(value: object) -> str:
    match value:
        case None:
            return ""
        case dict():
            return " ".join(filter(None, map(_words, value.values())))
        case list():
            return ", ".join(map(_words, value))
    return str(value)


def _other_changes(old: Catalogue, new: Catalogue) -> dict[str, tuple[str, ...]]:
    found = {part: _changed_keys(getattr(old, part), getattr(new, part)) for part in _OTHER_PARTS}
    return {part: keys for part, keys in found.items() if keys}


def _changed_keys(old: Mapping[str, object], new: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(sorted(str(key) for key in old.keys() | new.keys() if old.get(key) != new.get(key)))
