"""The signs of one language as a native speaker reads them: what each pattern sees, with what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from bot.actions.danger_review import Share, by_mode
from bot.matching.evidence import Writer
from bot.matching.writers import Told, Writers

if TYPE_CHECKING:
    from bot.content.model import Language, Signs, WriterSigns

Sign = Writer | Literal["strain"]


@dataclass(frozen=True, slots=True)
class Seen:
    """A message, and the patterns of all languages that fire at it."""

    text: str
    by: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class SignWords:
    """One sign: its patterns, messages that have it, and messages in like words that have not. Strain has no patterns."""

    sign: Sign
    patterns: tuple[str, ...]
    messages: tuple[Seen, ...]
    others: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class ReviewedSigns:
    """One language as it is read: its words sign by sign, and figures by mode (none where nothing was measured)."""

    language: Language
    words: Signs
    signs: tuple[SignWords, ...]
    figures: Mapping[str, Mapping[str, Share]]


def review(signs: Mapping[Language, Signs], measured: Mapping[str, Any]) -> list[ReviewedSigns]:  # Any: JSON
    """Return all languages that have signs; `measured` is what `docs/figures.json` holds, or nothing.

    Raises ValueError, with the pattern, for one that cannot be read.
    """
    writers = Writers(signs)
    return [
        ReviewedSigns(language, words, tuple(_signs(words, writers)), by_mode(measured, "signs", language))
        for language, words in signs.items()
    ]


def _signs(words: Signs, writers: Writers) -> Iterable[SignWords]:
    def seen(texts: Iterable[str]) -> tuple[Seen, ...]:
        return tuple(Seen(text, writers.fired(text)) for text in texts)

    def of(writer: Writer, told: WriterSigns) -> SignWords:
        return SignWords(writer, told.patterns, seen(told.messages), seen(told.must_not_match))

    yield of(Writer.CHILD, words.child)
    yield of(Writer.INTERPRETING, words.interpreting)
    yield SignWords("strain", (), seen(words.strain.prototypes), seen(words.strain.near_misses))
