"""The texts a matcher learns from, each with what it stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from bot.content.model import MAIN_LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.content.model import Catalogue, DangerWords, Entry, Language, Signs, Talk

HUMAN = "human"
HARMLESS = "harmless"
"""Messages that sound like danger and are none."""
ORDINARY = "ordinary"
"""Calm messages in languages without content."""
SIGNS = ("sign:strain", "sign:child", "sign:interpreting")
UNSIGNED = "unsigned"
"""Messages with a sign, and those in like words without."""

_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


class Role(Enum):
    """Where a text comes from; only what people would type is used to judge how sure we are."""

    PHRASING = "phrasing"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class Text:
    """One text of the catalogue; `label` names its class.

    Labels: `entry:<id>`, `human`, `talk:<kind>`, `background:<theme>`, `danger:<kind>:<level>`, `harmless`, `ordinary`,
    `sign:<sign>`, `unsigned`.
    """

    text: str
    label: str
    language: Language
    role: Role = Role.PHRASING


def texts_of(catalogue: Catalogue) -> list[Text]:
    """Return all texts, those of one label side by side, danger, what resembles it, and signs last.

    Labels of buttons and short answers are not among them: without both, the right entry was the first as often on the
    half of our questions that we choose by, and the kernel is a quarter smaller.
    """
    entries = [text for entry in catalogue.entries.values() for text in _of_entry(entry)]
    talk = [text for language, words in catalogue.talk.items() for text in _of_talk(language, words)]
    danger = [text for language, words in catalogue.danger.items() for text in _of_danger(language, words)]
    signs = [text for language, told in catalogue.signs.items() for text in _of_signs(language, told)]
    return [*_together(entries), *_together(talk), *_together(danger), *_together(signs)]


def _of_entry(entry: Entry) -> Iterator[Text]:
    label = f"entry:{entry.id}"
    for language, words in entry.texts.items():
        for phrasing in words.phrasings:
            yield Text(phrasing, label, language)
        yield Text(_PLACEHOLDER.sub(" ", words.question), label, language, Role.TITLE)


def _of_talk(language: Language, words: Talk) -> Iterator[Text]:
    for phrase in words.human:
        yield Text(phrase, HUMAN, language)
    for kind, phrases in words.small_talk.items():
        for phrase in phrases:
            yield Text(phrase, f"talk:{kind}", language)
    for theme, phrases in words.background.items():
        for phrase in phrases:
            yield Text(phrase, f"background:{theme}", language)


def _of_danger(language: Language, words: DangerWords) -> Iterator[Text]:
    for kind, danger in words.kinds.items():
        for example in danger.must_match:
            yield Text(example.text, f"danger:{kind}:{example.level}", language)
        for level, texts in (("red", danger.prototypes.red), ("amber", danger.prototypes.amber)):
            for text in texts:
                yield Text(text, f"danger:{kind}:{level}", language)
    for phrase in (*words.must_not_match, *words.near_misses):
        yield Text(phrase, HARMLESS, language)
    for phrase in words.ordinary:
        yield Text(phrase, ORDINARY, language)


def _of_signs(language: Language, signs: Signs) -> Iterator[Text]:
    told = (signs.strain.prototypes, signs.child.messages, signs.interpreting.messages)
    for label, phrases in zip(SIGNS, told, strict=True):
        yield from (Text(phrase, label, language) for phrase in phrases)
    for phrase in (*signs.strain.near_misses, *signs.child.must_not_match, *signs.interpreting.must_not_match):
        yield Text(phrase, UNSIGNED, language)


def _together(texts: Iterable[Text]) -> list[Text]:
    # Sorted, so that the same catalogue gives the same index whatever the order of its files.
    order = {language: place for place, language in enumerate(MAIN_LANGUAGES)}
    return sorted(texts, key=lambda text: (text.label, order.get(text.language, len(order)), text.language))
