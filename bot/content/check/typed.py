"""Values typed by hand: what stands under `values` and is written out in a text all the same.

Figures and addresses are found by `texts.py`, whatever they mean. Here is what looks like any other word, so it is compared
with the values of the entry: a name with no figure in it, a host, the name of a helpline or service, a number in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from urllib.parse import urlsplit

from bot.content.check.view import Text, View, in_english, is_language
from bot.content.findings import Finding
from bot.content.model import (
    ENGLISH,
    LITHUANIAN,
    RUSSIAN,
    UKRAINIAN,
    Duration,
    HelplineRef,
    Language,
    Link,
    Number,
    Percent,
    ServiceRef,
    Term,
    Value,
)
from bot.content.render import PLACEHOLDER, format_value

_LT = "os|us|ų|ems|oms|ais|omis|uose|ose|as|"
_LT_TEEN = "a|os|ai|ą"
_NUMBERS: Mapping[Language, Mapping[int, str]] = {
    ENGLISH: {
        1: "one",
        2: "two",
        3: "three",
        4: "four",
        5: "five",
        6: "six",
        7: "seven",
        8: "eight",
        9: "nine",
        10: "ten",
        11: "eleven",
        12: "twelve",
        13: "thirteen",
        14: "fourteen",
        15: "fifteen",
        16: "sixteen",
        17: "seventeen",
        18: "eighteen",
        19: "nineteen",
        20: "twenty",
        30: "thirty",
        40: "forty",
        50: "fifty",
        60: "sixty",
        70: "seventy",
        80: "eighty",
        90: "ninety",
        100: "hundred",
    },
    LITHUANIAN: {
        1: "vien(?:as|o|am|ą|u|ame|a|os|ai|oje|eri|erių|erius|eriems|eriais)",
        2: "du|dvi|dviejų|dviem|dviejuose|dviejose|dvej(?:i|us|ų|iems|ais)",
        3: "trys|tris|trijų|trims|trimis|trijuose|trijose|trej(?:i|us|ų|iems|ais)",
        4: f"keturi(?:{_LT})|ketver(?:i|ius|ių|iems|iais)",
        5: f"penki(?:{_LT})|penker(?:i|ius|ių|iems|iais)",
        6: f"šeši(?:{_LT})|šešer(?:i|ius|ių|iems|iais)",
        7: f"septyni(?:{_LT})|septyner(?:i|ius|ių|iems|iais)",
        8: f"aštuoni(?:{_LT})|aštuoner(?:i|ius|ių|iems|iais)",
        9: f"devyni(?:{_LT})|devyner(?:i|ius|ių|iems|iais)",
        10: "dešimt(?:is|ies|į|ys|)",
        11: f"vienuolik(?:{_LT_TEEN})",
        12: f"dvylik(?:{_LT_TEEN})",
        13: f"trylik(?:{_LT_TEEN})",
        14: f"keturiolik(?:{_LT_TEEN})",
        15: f"penkiolik(?:{_LT_TEEN})",
        16: f"šešiolik(?:{_LT_TEEN})",
        17: f"septyniolik(?:{_LT_TEEN})",
        18: f"aštuoniolik(?:{_LT_TEEN})",
        19: f"devyniolik(?:{_LT_TEEN})",
        20: "dvidešimt(?:ies|į|)",
        30: "trisdešimt(?:ies|į|)",
        40: "keturiasdešimt(?:ies|į|)",
        50: "penkiasdešimt(?:ies|į|)",
        60: "šešiasdešimt(?:ies|į|)",
        70: "septyniasdešimt(?:ies|į|)",
        80: "aštuoniasdešimt(?:ies|į|)",
        90: "devyniasdešimt(?:ies|į|)",
        100: "šimt(?:as|o|ą|ai|us|ų)",
    },
    RUSSIAN: {
        1: "один|одна|одно|одного|одной|одну|одному|одним|одном",
        2: "два|две|двух|двум|двумя|двое|двоих",
        3: "три|тр[её]х|тр[её]м|тремя|трое|троих",
        4: "четыре|четыр[её]х|четыр[её]м|четырьмя|четверо|четверых",
        5: "пять|пяти|пятью|пятеро",
        6: "шесть|шести|шестью",
        7: "семь|семи",  # the third form is the same word as "family"
        8: "восемь|восьми|восемью",
        9: "девять|девяти|девятью",
        10: "десять|десяти|десятью",
        11: "одиннадцат(?:ь|и|ью)",
        12: "двенадцат(?:ь|и|ью)",
        13: "тринадцат(?:ь|и|ью)",
        14: "четырнадцат(?:ь|и|ью)",
        15: "пятнадцат(?:ь|и|ью)",
        16: "шестнадцат(?:ь|и|ью)",
        17: "семнадцат(?:ь|и|ью)",
        18: "восемнадцат(?:ь|и|ью)",
        19: "девятнадцат(?:ь|и|ью)",
        20: "двадцат(?:ь|и|ью)",
        30: "тридцат(?:ь|и|ью)",
        40: "сорока?",
        50: "пят(?:ь|и)десяти?",
        60: "шест(?:ь|и)десяти?",
        70: "сем(?:ь|и)десяти?",
        80: "вос(?:емь|ьми)десяти?",
        90: "девяност[оа]",
        100: "сто|ста",
    },
    UKRAINIAN: {
        1: "один|одна|одне|одного|одної|одну|одному|одній|одним|однією",
        2: "два|дві|двох|двом|двома|двоє",
        3: "три|трьох|трьом|трьома|троє",
        4: "чотири|чотирьох|чотирьом|чотирма|четверо",
        5: "п['’ʼ]ят(?:ь|и|ьох|ьом|ьома)",
        6: "шість|шести|шістьох|шістьом|шістьома",
        7: "сім|семи|сімох|сімома",
        8: "вісім|восьми|вісьмох|вісьмома",
        9: "дев['’ʼ]ят(?:ь|и|ьох|ьома)",
        10: "десят(?:ь|и|ьох|ьома)",
        11: "одинадцят(?:ь|и|ьох)",
        12: "дванадцят(?:ь|и|ьох)",
        13: "тринадцят(?:ь|и|ьох)",
        14: "чотирнадцят(?:ь|и|ьох)",
        15: "п['’ʼ]ятнадцят(?:ь|и|ьох)",
        16: "шістнадцят(?:ь|и|ьох)",
        17: "сімнадцят(?:ь|и|ьох)",
        18: "вісімнадцят(?:ь|и|ьох)",
        19: "дев['’ʼ]ятнадцят(?:ь|и|ьох)",
        20: "двадцят(?:ь|и|ьох)",
        30: "тридцят(?:ь|и|ьох)",
        40: "сорока?",
        50: "п['’ʼ]ятдесяти?",
        60: "шістдесяти?",
        70: "сімдесяти?",
        80: "вісімдесяти?",
        90: "дев['’ʼ]яност[оа]",
        100: "сто|ста",
    },
}
"""Numbers as they are written out, in all cases; larger ones and those between tens are not looked for."""

_UNITS: Mapping[Language, Mapping[str, str]] = {
    ENGLISH: {
        "minute": "minutes?",
        "hour": "hours?",
        "day": r"(?:(?:working|calendar)\s+)?days?",
        "week": "weeks?",
        "month": "months?",
        "year": "years?",
        "percent": r"per\s?cent",
    },
    LITHUANIAN: {
        "minute": r"minu\w+",
        "hour": r"valand\w+",
        "day": r"(?:(?:darbo|kalendorin\w+)\s+)?dien\w+",
        "week": r"savai\w+",
        "month": r"mėnes\w+|mėnuo",
        "year": r"met(?:ai|ų|us|ams|ais|uose)",
        "percent": r"procent\w*",
    },
    RUSSIAN: {
        "minute": r"минут\w*",
        "hour": r"час(?:а|ов|ам|ах|у|ом)?",
        "day": r"(?:(?:рабоч|календарн)\w+\s+)?(?:день|дн\w+)",
        "week": r"недел\w+",
        "month": r"месяц\w*",
        "year": r"год(?:а|у|ом|ов|ам|ами|ах)?|лет",
        "percent": r"процент\w*",
    },
    UKRAINIAN: {
        "minute": r"хвилин\w*",
        "hour": r"годин\w*",
        "day": r"(?:(?:робоч|календарн)\w+\s+)?(?:день|дн\w+)",
        "week": r"тиж\w+",
        "month": r"місяц\w*",
        "year": r"рік|рок(?:у|и|ів|ам|ами|ах|ом)|літ",
        "percent": r"відсот\w*|процент\w*",
    },
}
_NEAR = 3
"""Words after a number among which the thing counted is looked for: `{children} or more children`."""
_SHORTEST = 4
"""Letters of a word that can be the thing counted; its first four make the stem: `vaikai`, `vaikų`."""

_WORD = re.compile(r"[^\W\d_]+")


def typed_by_hand(view: View) -> Iterator[Finding]:
    """Find values of an entry that a text writes out where it should say `{name}`."""
    for text in view.texts:
        facts = view.facts_of.get(text.id)
        if facts is None or not is_language(text.language):
            continue
        for name, value in facts.facts.values.items():
            for field, typed, remedy in _typed(view, text, name, value):
                yield view.warning(
                    text.file,
                    text.path(field),
                    f'"{field}" says "{typed}" in so many words, but that is the value "{name}".',
                    f"When the value changes, {in_english(text.language)} keeps the old one.",
                    remedy,
                )


def _typed(view: View, text: Text, name: str, value: Value) -> Iterator[tuple[str, str, str]]:
    match value:
        case Term(term=term):
            yield from _words(text, term, f"Write {{{name}}} there.")
        case Link(link=link):
            yield from _words(text, urlsplit(link).netloc.removeprefix("www."), f"Write {{{name}}} there.")
        case HelplineRef() | ServiceRef():
            yield from _called(view, text, name, value)
        case Number(number=number):
            yield from _in_words(text, name, number, None)
        case Percent(percent=percent):
            yield from _in_words(text, name, percent, "percent")
        case Duration(duration=length, unit=unit):
            yield from _in_words(text, name, Decimal(length), unit)


def _words(text: Text, typed: str, remedy: str) -> Iterator[tuple[str, str, str]]:
    # What has figures is an error already, for whatever reason they stand there.
    if typed and not any(map(str.isdigit, typed)):
        for field, words in text.seen().items():
            if typed in words and re.search(rf"(?<!\w){re.escape(typed)}(?!\w)", PLACEHOLDER.sub("{}", words)):
                yield field, typed, remedy


def _called(view: View, text: Text, name: str, value: HelplineRef | ServiceRef) -> Iterator[tuple[str, str, str]]:
    """Find the name of a line or office without any way to reach it in the same field.

    Beside its own placeholder a name may be typed: it follows the grammar of the sentence, as no value can.
    Question and label only name the thing.
    """
    try:
        called = format_value(value, "name", text.language, view.references)
    except KeyError:
        return
    for field in ("short", "details", *(f"towns.{town}" for town in text.text.towns)):
        words = " ".join(text.seen()[field].split())
        if called in words and not _says(name, words):
            yield field, called, f"Write {{{name}.name}} there, or {{{name}}} beside it."


def _says(name: str, words: str) -> bool:
    """Tell whether words have a placeholder of a value."""
    return f"{{{name}}}" in words or f"{{{name}." in words


def _in_words(text: Text, name: str, number: Decimal, unit: str | None) -> Iterator[tuple[str, str, str]]:
    """Find a number in words of a thing that the same text counts by the placeholder.

    "three months" is `{apply_within}` if that is 3 months; "three or more children" is `{many_children}` if the text
    says "{many_children} or more children" elsewhere. A three that counts something else is nobody's value.
    """
    written = _pattern(text.language, number)
    seen = text.seen()
    # A one of anything is mostly no number: "one of the parents".
    if written is None or (unit is None and number < 2) or not _says(name, " ".join(seen.values())):  # noqa: PLR2004
        return
    counted = _counted(text, name) if unit is None else set()
    for field, words in seen.items():
        for match in written.finditer(words):
            rest = words[match.end() :].lstrip()
            said = _unit(text.language, unit).match(rest) if unit else None
            if said or counted & _stems(rest):
                typed = f"{match[0]} {said[0]}" if said else match[0]
                yield (
                    field,
                    " ".join(typed.split()),
                    f"Write {{{name}}} there, or {{{name}.number}} with a word after it.",
                )


@lru_cache(maxsize=512)
def _pattern(language: Language, number: Decimal) -> re.Pattern[str] | None:
    words = _NUMBERS.get(language, {}).get(int(number)) if number == int(number) else None
    return re.compile(rf"(?<![\w{{])(?:{words})(?![\w}}])", re.IGNORECASE) if words else None


@lru_cache(maxsize=64)
def _unit(language: Language, unit: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{_UNITS[language][unit]})(?!\w)", re.IGNORECASE)


def _counted(text: Text, name: str) -> set[str]:
    """Return the stems of what the text counts by a placeholder."""
    found: set[str] = set()
    for words in text.seen().values():
        for match in re.finditer(rf"\{{{name}(?:\.number)?\}}", words):
            found |= _stems(words[match.end() :])
    return found


def _stems(rest: str) -> set[str]:
    # Up to the end of the sentence: what is counted stands before it.
    sentence = re.split(r"[.!?:;\n{]", rest, maxsplit=1)[0]
    words = _WORD.findall(sentence)[:_NEAR]
    return {word[:_SHORTEST].casefold() for word in words if len(word) >= _SHORTEST}
