"""The words of danger of one language as a native speaker reads them, with what was measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.content.model import DangerKind, DangerWords, Language

Share = Mapping[str, Any]
"""A share as `docs/figures.json` has it: share, low, high, of."""


@dataclass(frozen=True, slots=True)
class Example:
    """A message, and the level that it has today."""

    text: str
    level: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One language as it is read: its words, and figures by mode (none where nothing was measured)."""

    language: Language
    words: DangerWords
    figures: Mapping[str, Mapping[str, Share]]

    def examples(self, kind: DangerKind) -> list[Example]:
        """Return the messages of one kind, red first."""
        return sorted(_examples(self.words, kind), key=lambda one: one.level != "red")

    @property
    def harmless(self) -> tuple[str, ...]:
        """What only sounds alarming."""
        return (*self.words.must_not_match, *self.words.near_misses)


def _examples(words: DangerWords, kind: DangerKind) -> Iterator[Example]:
    found = words.kinds.get(kind)
    if found is None:
        return
    for one in found.must_match:
        yield Example(one.text, one.level)
    for text in found.prototypes.red:
        yield Example(text, "red")
    for text in found.prototypes.amber:
        yield Example(text, "amber")


def review(danger: Mapping[Language, DangerWords], measured: Mapping[str, Any]) -> list[Reviewed]:  # Any: JSON
    """Return all languages that have words of danger; `measured` is what `docs/figures.json` holds, or nothing."""
    return [
        Reviewed(language, words, by_mode(measured, "danger", "languages", language))
        for language, words in danger.items()
    ]


def by_mode(measured: Mapping[str, Any], *path: str) -> dict[str, Mapping[str, Share]]:  # Any: JSON
    """Return by mode what `docs/figures.json` holds at a place; nothing for a mode that has nothing there."""
    found = {mode: reduce(lambda within, key: within.get(key, {}), path, one) for mode, one in measured.items()}
    return {mode: shares for mode, shares in found.items() if shares}
