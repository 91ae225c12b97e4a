"""Names of municipalities in what people write: any alphabet, any ending."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from bot.content.model import Municipality, MunicipalityId
from bot.matching.text import skeleton

_DISTRICT = ("raion", "distrikt", "r")
"""How "rajonas", "district", "район", "r." and "р-н" sound at the beginning of a word, or as all of it."""
_ENDING = 2
"""Letters of a name that its endings replace: Kaunas, Kaune, Kauno."""
_LONGER = 2
"""Letters by which an inflected name may be longer than the name."""

_LONG, _ALIKE = 6, 0.85
"""From how many letters on a name may be mistyped, and how alike it must be: one letter in six or seven."""


def find_town(
    text: str, places: Mapping[MunicipalityId, Municipality], among: Collection[MunicipalityId] | None = None
) -> MunicipalityId | None:
    """Return the municipality that a text names; None if it names none, or two.

    A name that a city shares with the district around it means the city, unless a word for district stands beside it.
    `among` leaves only these to be found.
    """
    said = skeleton(text)
    district = any(_is_district(word) for word in said.split())
    found: dict[tuple[str, ...], list[tuple[bool, MunicipalityId]]] = {}
    for place_id, place in places.items():
        for name in place.town.values():
            words, of_district = _name(name)
            if words and _stands_in(words, said.split()):
                found.setdefault((place_id.split("-")[0],), []).append((of_district, place_id))
    if len(found) != 1:
        return None
    (named,) = found.values()
    best = next((place_id for of_district, place_id in named if of_district == district), named[0][1])
    return best if among is None or best in among else None


def _is_district(word: str) -> bool:
    return word == _DISTRICT[-1] or word.startswith(_DISTRICT[:-1])


@lru_cache(maxsize=1024)
def _name(town: str) -> tuple[tuple[str, ...], bool]:
    words = skeleton(town).split()
    bare = tuple(word for word in words if not _is_district(word))
    return bare, len(bare) < len(words)


def _stands_in(words: Sequence[str], said: Sequence[str]) -> bool:
    return any(
        all(_is(word, one) for word, one in zip(words, said[start:], strict=False))
        for start in range(len(said) - len(words) + 1)
    )


def _is(word: str, said: str) -> bool:
    stem = word[: max(len(word) - _ENDING, 3)]
    if said.startswith(stem) and len(said) <= len(word) + _LONGER:
        return True
    return len(word) >= _LONG and SequenceMatcher(None, word, said).ratio() >= _ALIKE
