"""Names of municipalities in what people write: any alphabet, any ending.

Only forms that a name can have are found, by their sound. A looser reading was measured: it took "вільні місця" for
Vilnius, "принять" for Prienai, and one question in eighty for a town.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from bot.content.model import Municipality, MunicipalityId
from bot.matching.text import clean, fold, skeleton

_LITHUANIAN = {
    "ius": "ius iaus iui iu iumi iuje",
    "us": "us aus ui u umi uje",
    "as": "as o ui a u e",
    "is": "is io iui i iu yje",
    "ys": "ys io iui i iu yje ių ims imis yse",
    "iai": "iai ių iams ius iais iuose",
    "ai": "ai ų ams us ais uose",
    "os": "os ų oms as omis ose",
    "a": "a os ai oje oj",
    "ė": "ė ės ei ėje ėj",
}
"""The endings of a name, by its own; accents make no difference."""
_CYRILLIC = {
    "ский": "ский ского скому ским ском ская ской скую ские ских",
    "ький": "ький ького ькому ьким ькім ька ької ькій ьку ьке ькі ьких",
    "ия": "ия ии ию ией",
    "ія": "ія ії ію ією",
    "ай": "ай ая ае аем аї ає аєм ах айский айского айском айской айську айський айського айському айській",
    "яй": "яй яя яе яем яї яє яєм ях яйский яйского яйском яйской яйську яйський яйського яйському яйській",
    "га": "га ги ге гі гу гой гою зі гский гского гском гской",
    "а": "а ы и е у ой ою і ский ского ском ской ський ського ському ській",
    "е": "е ский ского ском ской ський ського ському ській",
    "ис": "ис иса ису исом исе исі ский ского ском ской",
    "іс": "іс іса ісу ісом ісі ський ського ському ській",
    "ос": "ос оса осе ах ский ского ском ской ський ського ському ській",
    "": " а у ом е і ові ский ского ском ской ький ького ькому ькій",
}
"""Russian and Ukrainian endings, and those of "the … district", "the … school"."""

_DISTRICT_BEGINS = ("rajon", "район", "distri")
_DISTRICT_IN_SHORT = ("raj", "r", "р")
"""Words for district; "р-н" is read as two words, of which the first is enough."""
_BEFORE = ("улица", "улице", "ул", "вулиця", "вулиці", "вул")
_BEHIND = ("g", "gatvė", "gatvės", "gatvėje", "str", "street", "bankas", "banke", "bank", "банк", "банке", "банку")
"""Beside the name of a town these mean no town: every one has a street of Vilnius."""
_AROUND = (
    "aš", "mes", "esu", "esame", "gyvenu", "gyvename", "gyvenam", "iš", "į", "miestas", "mieste", "miesto",
    "savivaldybė", "savivaldybėje", "sav", "lietuva", "lietuvoje",
    "i", "we", "am", "are", "live", "living", "in", "from", "of", "the", "city", "town", "municipality", "lithuania",
    "please",
    "я", "мы", "мне", "живу", "живем", "живём", "в", "во", "из", "город", "городе", "города", "г", "литва", "литве",
    "самоуправление",
    "ми", "мешкаю", "живемо", "у", "з", "із", "зі", "місто", "місті", "міста", "м", "литві", "самоврядування", "н",
)  # fmt: skip
"""Words around the name of a town that add nothing to it."""
_NO_TOWNS = ("lazdynai", "лаздинай", "лаздінай", "skundas")
"""Not a town mistyped, but a part of Vilnius; a complaint."""
_LONG = 7
"""From how many letters on a name may have one letter wrong."""
_PAUSE = re.compile(r"[,;:!?()\n]")


def find_town(
    text: str, places: Mapping[MunicipalityId, Municipality], *, mistyped: bool = False
) -> MunicipalityId | None:
    """Return the municipality that a text names; None if it names none, or two.

    A name that a city shares with the district around it means the city, unless a word for district stands beside it.
    With `mistyped` one letter of a long name may be wrong: for an answer to "where do you live?", not for any text.
    """
    names = _names(places)
    found = {one.of: one.district for one in _mentions(text, names, mistyped=mistyped)}
    if len(found) != 1:
        return None
    ((of, district),) = found.items()
    city, around = names.homes[of]
    return (around or city) if district else (city or around)


def is_only_a_town(text: str, places: Mapping[MunicipalityId, Municipality]) -> bool:
    """Tell whether a text names a town and says nothing else, so that it cannot be a question."""
    names = _names(places)
    said = [word for piece in _pieces(text) for word in piece]
    named = {n for one in _mentions(text, names, mistyped=False) for n in range(one.start, one.start + one.length)}
    rest = [word for n, word in enumerate(said) if n not in named]
    return bool(named) and all(word.sound in _sounds(_AROUND) or _is_district(word.sound) for word in rest)


@dataclass(frozen=True, slots=True)
class _Word:
    sound: str
    cyrillic: bool


@dataclass(frozen=True, slots=True)
class _Mention:
    of: str
    district: bool
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class _Names:
    """All forms of all names by their sound, each with the id that a city and its district share; `homes` are the ids of both."""

    latin: Mapping[str, str]
    cyrillic: Mapping[str, str]
    homes: Mapping[str, tuple[MunicipalityId | None, MunicipalityId | None]]


def _mentions(text: str, names: _Names, *, mistyped: bool) -> Iterator[_Mention]:
    begin = 0
    for words in _pieces(text):
        taken = 0
        for start in range(len(words)):
            length, of = _named(words[start : start + 2], names, mistyped=mistyped)
            if of and start >= taken:
                taken = start + length
                before, behind = words[max(start - 2, 0) : start], words[taken : taken + 1]
                if not (_is_among(before[-1:], _BEFORE) or _is_among(behind, _BEHIND)):
                    yield _Mention(of, _is_district_beside(before, behind), begin + start, length)
        begin += len(words)


def _pieces(text: str) -> list[list[_Word]]:
    return [
        [_Word(_sound(word), _is_cyrillic(word)) for word in fold(piece).split()] for piece in _PAUSE.split(clean(text))
    ]


def _named(words: list[_Word], names: _Names, *, mistyped: bool) -> tuple[int, str]:
    forms = names.cyrillic if words[0].cyrillic else names.latin
    for length in range(len(words), 0, -1):
        of = forms.get(" ".join(word.sound for word in words[:length]))
        if of:
            return length, of
    return 1, _nearly(words[0].sound, forms) if mistyped else ""


def _nearly(said: str, forms: Mapping[str, str]) -> str:
    if len(said) < _LONG or said in _sounds(_NO_TOWNS):
        return ""
    near = {of for form, of in forms.items() if form[0] == said[0] and OSA.distance(said, form, score_cutoff=1) <= 1}
    return near.pop() if len(near) == 1 else ""


def _is_among(words: list[_Word], known: tuple[str, ...]) -> bool:
    return any(word.sound in _sounds(known) for word in words)


def _is_district_beside(before: list[_Word], behind: list[_Word]) -> bool:
    # "Kauno rajonas", "Каунасский р-н"; "район Каунаса", "р-н Каунаса", "district of Kaunas".
    near = [*before[-1:], *behind]
    if before and before[-1].sound in {_sound("of"), _sound("н")}:
        near.append(before[0])
    return any(_is_district(word.sound) for word in near)


def _is_district(sound: str) -> bool:
    return sound in _sounds(_DISTRICT_IN_SHORT) or sound.startswith(tuple(_sounds(_DISTRICT_BEGINS)))


# Sounds ---------------------------------------------------------------------------------------------------------------


def _sound(word: str) -> str:
    # As the skeleton, but with each e kept apart from i: "kilmė" (where one comes from) is not Kelmė. And with an i that
    # only makes a consonant soft left out: Vilnus, Шауляй, Тельшай.
    return re.sub("i(?=[aou])", "", skeleton(re.sub("[eеэ]", "3", fold(word))))


def _is_cyrillic(word: str) -> bool:
    # One Latin letter among Cyrillic ones is a slip of the keyboard, and either may be the slip.
    return re.search("[\u0400-\u04ff]", word) is not None and re.search("[a-z]", word) is None


@lru_cache
def _sounds(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(_sound, words))


# Forms ----------------------------------------------------------------------------------------------------------------


def _names(places: Mapping[MunicipalityId, Municipality]) -> _Names:
    return _all_forms(tuple((place_id, tuple(place.town.values())) for place_id, place in places.items()))


@lru_cache(maxsize=4)
def _all_forms(places: tuple[tuple[MunicipalityId, tuple[str, ...]], ...]) -> _Names:
    latin: dict[str, str] = {}
    cyrillic: dict[str, str] = {}
    homes: dict[str, tuple[MunicipalityId | None, MunicipalityId | None]] = {}
    for place_id, towns in places:
        of = place_id.removesuffix("-district")
        city, around = homes.get(of, (None, None))
        homes[of] = (city, place_id) if of != place_id else (place_id, around)
        for town in towns:
            for form in _forms(town):
                latin[form] = of  # also what is said in Cyrillic can be typed in Latin letters
                if _is_cyrillic(town.lower()):
                    cyrillic[form] = of
    return _Names(latin, cyrillic, homes)


def _forms(town: str) -> Iterator[str]:
    words = [word for word in town.lower().replace("-", " ").split() if not _is_district(_sound(word))]
    *first, last = words
    endings = _CYRILLIC if _is_cyrillic(last) else _LITHUANIAN
    own = next((ending for ending in sorted(endings, key=len, reverse=True) if last.endswith(ending)), None)
    inflected = [last] if own is None else [last.removesuffix(own) + x for x in endings[own].split(" ")]
    for form in (last, *inflected):
        yield " ".join(map(_sound, (*first, form)))
