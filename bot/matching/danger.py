"""Words of danger: reviewed patterns for what can be said in few ways, and a learned score for the rest.

Patterns of all languages are tried on every message, before anybody knows its language. They look words up instead
of running hundreds of regular expressions: only patterns whose first word occurs are followed further.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import product
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

from bot.content.model import DangerKind
from bot.matching.evidence import Level
from bot.matching.text import fold, skeleton

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from bot.content.model import DangerWords, Language

T = TypeVar("T")

GAP = 3
"""Most words that a `*` standing alone may stand for."""

_STEM_KEY = 3
"""Letters of a stem by which it is looked up; shorter stems are looked up whole."""

_SHORTEST_ROMANISED = 9
"""Letters a pattern needs to be tried on romanised text too: short stems met the wrong words there (`besplatno`)."""


@dataclass(frozen=True, slots=True)
class Word:
    """One place of a pattern: any of these words, or any word that begins with one of these stems."""

    words: frozenset[str]
    stems: tuple[str, ...]

    def fits(self, word: str) -> bool:
        """Tell whether a folded word may stand here."""
        return word in self.words or (bool(self.stems) and word.startswith(self.stems))


Place = Word | Literal["*", "$"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Words in order; see `compile_pattern`."""

    first: Word
    rest: tuple[Place, ...]
    at_start: bool = False

    def fits_at(self, words: Sequence[str], start: int) -> bool:
        """Tell whether the words from `start` on begin with this pattern."""
        if self.at_start and start:
            return False
        return self.first.fits(words[start]) and _follows(self.rest, words, start + 1)


def _follows(places: tuple[Place, ...], words: Sequence[str], at: int) -> bool:
    for number, place in enumerate(places):
        if place == "$":
            return at >= len(words)
        if isinstance(place, str):
            rest, last = places[number + 1 :], min(at + GAP, len(words) - 1)
            return any(map(partial(_follows, rest, words), range(at, last + 1)))
        if at >= len(words) or not place.fits(words[at]):
            return False
        at += 1
    return True


@lru_cache(maxsize=16384)
def compile_pattern(pattern: str) -> tuple[Pattern, ...]:
    """Read a pattern of `danger.yaml`: words in order on folded text.

    `beat*|hit* me`: `*` ends a stem, `|` separates alternatives, `*` alone stands for up to three words of any kind,
    `^` for the beginning of the message, `$` for its end.
    An alternative that folds to several words (`39.5`) makes a pattern of its own, hence the tuple.
    Raises ValueError, with the pattern, for one that is empty or begins or ends with `*`.
    """
    return tuple(_compile(pattern, fold))


def compile_romanised(pattern: str) -> tuple[Pattern, ...]:
    """Return a pattern as it is tried on text in Latin letters; nothing for one in Latin letters, or too short for that."""
    folded = fold(pattern)
    long_enough = not folded.isascii() and len(folded) >= _SHORTEST_ROMANISED
    return tuple(_compile(pattern, skeleton)) if long_enough else ()


def _compile(pattern: str, spell: Callable[[str], str]) -> Iterator[Pattern]:
    at_start, whole = pattern.startswith("^ "), pattern.removeprefix("^ ")
    readings = [found for place in whole.split() if (found := _readings(place, spell))]
    for places in product(*readings):
        first, *rest = [place for words in places for place in words] or ["*"]
        if isinstance(first, str) or (rest and rest[-1] == "*"):
            msg = f"Pattern {pattern!r} must begin and end with a word."
            raise ValueError(msg)
        yield Pattern(first, tuple(rest), at_start)


def _readings(place: str, spell: Callable[[str], str]) -> list[tuple[Place, ...]]:
    """Return the ways to read one place: all single words together, each alternative of several words apart."""
    if place == "*":
        return [("*",)]
    if place == "$":
        return [("$",)]
    words, stems, several = set(), [], []
    for part in place.split("|"):
        *before, last = _spelled(part.removesuffix("*"), spell) or ("",)
        is_stem = part.endswith("*")
        if before:
            end = Word(frozenset(), (last,)) if is_stem else _one(last)
            several.append((*map(_one, before), end))
        elif last and is_stem:
            stems.append(last)
        elif last:
            words.add(last)
    readings: list[tuple[Place, ...]] = list(several)
    if words or stems:
        readings.append((Word(frozenset(words), tuple(stems)),))
    return readings


@lru_cache(maxsize=16384)
def _spelled(part: str, spell: Callable[[str], str]) -> tuple[str, ...]:
    # Thousands of patterns share a few hundred words; folding each once halves the time to compile them.
    return tuple(spell(part).split())


def _one(word: str) -> Word:
    return Word(frozenset([word]), ())


@dataclass(frozen=True, slots=True)
class Hit:
    """A pattern that fired, as `danger.yaml` of a language has it. Two hits are alike whatever words they came from."""

    level: Level
    kind: DangerKind
    pattern: str = field(default="", compare=False)
    language: Language | None = field(default=None, compare=False)


_ORDER = {Level.RED: 0, Level.AMBER: 1, Level.NONE: 2}
_KINDS = {kind: place for place, kind in enumerate(DangerKind)}


def _gravity(hit: Hit) -> tuple[int, int]:
    return _ORDER[hit.level], _KINDS[hit.kind]


class Lookup(Generic[T]):
    """Patterns by the beginning of their first word, each with what it stands for."""

    def __init__(self) -> None:
        self._by_word: dict[str, list[tuple[Pattern, T]]] = defaultdict(list)
        self._by_stem: dict[str, list[tuple[Pattern, T]]] = defaultdict(list)

    def add(self, pattern: Pattern, hit: T) -> None:
        """Add a pattern."""
        for word in pattern.first.words:
            self._by_word[word].append((pattern, hit))
        for stem in pattern.first.stems:
            self._by_stem[stem[:_STEM_KEY]].append((pattern, hit))

    def hits(self, words: Sequence[str]) -> Iterator[T]:
        """Yield what the patterns stand for that fit anywhere among folded words."""
        for start, word in enumerate(words):
            near = [self._by_word.get(word, ())]
            near += [self._by_stem.get(word[:length], ()) for length in range(1, _STEM_KEY + 1)]
            for patterns in near:
                yield from (hit for pattern, hit in patterns if pattern.fits_at(words, start))


class Patterns:
    """The patterns of all languages, compiled once."""

    def __init__(self, danger: Mapping[Language, DangerWords]) -> None:
        self._folded: Lookup[Hit] = Lookup()
        self._romanised: Lookup[Hit] = Lookup()
        for language, words in danger.items():
            for kind, kinds in words.kinds.items():
                self._add(Hit(Level.RED, kind, pattern, language) for pattern in kinds.red)
                self._add(Hit(Level.AMBER, kind, pattern, language) for pattern in kinds.amber)

    def _add(self, hits: Iterable[Hit]) -> None:
        for hit in hits:
            pattern = hit.pattern
            for one in compile_pattern(pattern):
                self._folded.add(one, hit)
            for one in compile_romanised(pattern):
                self._romanised.add(one, hit)

    def worst(self, text: str) -> Hit | None:
        """Return the gravest hit in a message of any language, or None."""
        return min(self._hits(text), key=_gravity, default=None)

    def fired(self, text: str) -> tuple[Hit, ...]:
        """Return every pattern that fires, once, gravest first: for telling why. `worst` is the kind that counts."""
        found = {(hit.pattern, hit.language, hit.level, hit.kind): hit for hit in self._hits(text)}
        return tuple(sorted(found.values(), key=lambda hit: (*_gravity(hit), hit.language or "", hit.pattern)))

    def _hits(self, text: str) -> list[Hit]:
        readings = {fold(text), fold(text.replace("'", " "))}
        hits = [hit for reading in readings for hit in self._folded.hits(reading.split())]
        if fold(text).isascii():
            hits += self._romanised.hits(skeleton(text).split())
        return hits
