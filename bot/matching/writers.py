"""Who writes: signs that a child does, for themself or for a parent. Patterns alone: what tells it is said in few ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.matching.danger import Lookup, compile_pattern, compile_romanised
from bot.matching.evidence import Writer
from bot.matching.text import fold, skeleton

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.content.model import Language, Signs


class Writers:
    """The signs of all languages, compiled once."""

    def __init__(self, signs: Mapping[Language, Signs]) -> None:
        self._folded: Lookup[Writer] = Lookup()
        self._romanised: Lookup[Writer] = Lookup()
        for of_language in signs.values():
            for writer, told in ((Writer.CHILD, of_language.child), (Writer.INTERPRETING, of_language.interpreting)):
                for pattern in told.patterns:
                    for one in compile_pattern(pattern):
                        self._folded.add(one, writer)
                    for one in compile_romanised(pattern):
                        self._romanised.add(one, writer)

    def who(self, text: str) -> Writer | None:
        """Return who seems to write; None for an adult, and for all messages that do not tell."""
        folded = fold(text)
        found = set(self._folded.hits(folded.split()))
        if folded.isascii():
            found |= set(self._romanised.hits(skeleton(text).split()))
        if Writer.INTERPRETING in found:
            return Writer.INTERPRETING
        return Writer.CHILD if found else None
