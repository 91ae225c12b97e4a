"""Who writes: signs that a child does, for themself or for a parent. Patterns alone: what tells it is said in few ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.matching.danger import Lookup, compile_pattern, compile_romanised
from bot.matching.evidence import Writer
from bot.matching.text import fold, skeleton

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.content.model import Language, Signs


@dataclass(frozen=True, slots=True)
class Told:
    """A pattern that fired: whom it tells of, and where it stands in `signs.yaml` of its language, from 0."""

    writer: Writer
    language: Language
    place: int


class Writers:
    """The signs of all languages, compiled once."""

    def __init__(self, signs: Mapping[Language, Signs]) -> None:
        self._folded: Lookup[Told] = Lookup()
        self._romanised: Lookup[Told] = Lookup()
        for language, of_language in signs.items():
            for writer, told in ((Writer.CHILD, of_language.child), (Writer.INTERPRETING, of_language.interpreting)):
                for place, pattern in enumerate(told.patterns):
                    self._add(pattern, Told(writer, language, place))

    def _add(self, pattern: str, told: Told) -> None:
        for one in compile_pattern(pattern):
            self._folded.add(one, told)
        for one in compile_romanised(pattern):
            self._romanised.add(one, told)

    def who(self, text: str) -> Writer | None:
        """Return who seems to write; None for an adult, and for all messages that do not tell."""
        found = {told.writer for told in self._hits(text)}
        if Writer.INTERPRETING in found:
            return Writer.INTERPRETING
        return Writer.CHILD if found else None

    def fired(self, text: str) -> tuple[Told, ...]:
        """Return every pattern that fires, once: for telling why. `who` says what counts."""
        return tuple(sorted(set(self._hits(text)), key=lambda told: (told.language, told.writer, told.place)))

    def _hits(self, text: str) -> Iterator[Told]:
        folded = fold(text)
        yield from self._folded.hits(folded.split())
        if folded.isascii():
            yield from self._romanised.hits(skeleton(text).split())
