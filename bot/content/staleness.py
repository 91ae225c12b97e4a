"""Translations that their base has left behind.

The base of an entry is its Lithuanian text (its English one where Lithuanian is left out on purpose). For each
translation the content folder keeps what its base said when it was last touched: a mark of every sentence, and the values.
When the base says something else and the translation is still the same, the translation is stale. No history of versions
is needed for this, so it works for a folder that came in a letter.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bot.content.model import ENGLISH, LITHUANIAN, EntryFacts, EntryText, Language, Value

Mark = Annotated[str, Field(pattern=r"^[0-9a-f]{8}$")]
_MOST_TOLD = 3
"""New sentences that are told whole."""
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n")


class Stamp(BaseModel):
    """What a translation looked like when it was last touched, and what its base said then."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    own: Mark
    base: tuple[Mark, ...]
    values: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Difference:
    """What has changed in the base since: sentences that are new, how many are gone, and values as (name, then, now)."""

    new: tuple[str, ...]
    gone: int
    values: tuple[tuple[str, str, str], ...]

    def __str__(self) -> str:
        parts = [f'new: "{sentence}"' for sentence in self.new[:_MOST_TOLD]]
        if self.new[_MOST_TOLD:]:
            parts.append(f"{len(self.new) - _MOST_TOLD} more are new")
        if self.gone:
            parts.append(f"{self.gone} {'sentence is' if self.gone == 1 else 'sentences are'} gone")
        parts += [f"{name} was {then or 'not there'}, is {now or 'gone'}" for name, then, now in self.values]
        return "; ".join(parts)


def base_of(texts: Mapping[Language, EntryText]) -> Language | None:
    """Return the language that the other texts of an entry follow; None where neither is there."""
    return next((language for language in (LITHUANIAN, ENGLISH) if language in texts), None)


def stamp(facts: EntryFacts, base: EntryText, own: EntryText) -> Stamp:
    """Return the stamp of a translation that is up to date with its base."""
    values = {name: _in_short(value) for name, value in sorted(facts.values.items())}
    return Stamp(own=_mark(" ".join(_sentences(own))), base=tuple(map(_mark, _sentences(base))), values=values)


def touched(stamped: Stamp, own: EntryText) -> bool:
    """Tell whether a translation was changed after its stamp."""
    return stamped.own != _mark(" ".join(_sentences(own)))


def difference(stamped: Stamp, facts: EntryFacts, base: EntryText, own: EntryText) -> Difference | None:
    """Return what a translation has not followed; None if there is nothing, or it was touched since."""
    now = stamp(facts, base, own)
    if stamped.own != now.own or (stamped.base, stamped.values) == (now.base, now.values):
        return None
    new = tuple(sentence for sentence in _sentences(base) if _mark(sentence) not in stamped.base)
    names = sorted(stamped.values.keys() | now.values.keys())
    pairs = ((name, stamped.values.get(name, ""), now.values.get(name, "")) for name in names)
    changed = tuple((name, then, is_now) for name, then, is_now in pairs if then != is_now)
    found = Difference(new, len(set(stamped.base) - set(now.base)), changed)
    return found if found.new or found.gone or found.values else None  # sentences that only changed places are the same


def _sentences(text: EntryText) -> list[str]:
    parts = (text.question, text.short, text.details, *(words for _, words in sorted(text.towns.items())))
    pieces = (" ".join(piece.split()) for part in parts for piece in _SENTENCE.split(part))
    return [piece for piece in pieces if piece]


def _mark(words: str) -> str:
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _in_short(value: Value) -> str:
    return " ".join(str(part) for part in value.model_dump(mode="json").values() if part is not None)
