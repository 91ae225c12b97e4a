"""Values in texts: every `{name}` can be filled in, and every value is told in every language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from bot.content.check.view import Facts, Text, View, in_english, is_language, near
from bot.content.findings import Finding
from bot.content.model import HelplineRef, Language, MunicipalityId, ServiceRef, Value
from bot.content.render import PLACEHOLDER, REFERENCE, format_value

_PARTS = (None, "number", "year", "name", "url", "phone")


def malformed(view: View) -> Iterator[Finding]:
    """Find braces that are no placeholder."""
    for text in view.texts:
        for field, words in text.seen().items():
            wrong = [match[0] for match in PLACEHOLDER.finditer(words) if REFERENCE.fullmatch(match[1]) is None]
            if wrong or re.search(r"[{}]", PLACEHOLDER.sub("", words)):
                shown = f" {', '.join(wrong)}" if wrong else ""
                yield view.error(
                    text.file,
                    text.path(field),
                    f'"{field}" has braces that are no placeholder{shown}.',
                    "Families would read the braces instead of the fact.",
                    "Write {name} or {name.part}, the name in small Latin letters; use no other braces.",
                )


def cannot_be_filled(view: View) -> Iterator[Finding]:
    """Find placeholders of values, or parts of values, that do not exist."""
    for text in view.texts:
        facts = view.facts_of.get(text.id)
        if facts is None or not is_language(text.language):
            continue
        for field, words in text.seen().items():
            for name, part in _references(words):
                problem = _problem(view, facts, name, part, text.language)
                if problem:
                    yield view.error(
                        text.file,
                        text.path(field),
                        f'"{field}" says {_written(name, part)}, but {problem}.',
                        "The text cannot be put together, so nobody would get this answer.",
                        f'Correct it, or add what is missing under "values" in faq/{facts.file}.',
                    )


@lru_cache(maxsize=16384)
def _references(words: str) -> tuple[tuple[str, str | None], ...]:
    found = (REFERENCE.fullmatch(match[1]) for match in PLACEHOLDER.finditer(words))
    return tuple(dict.fromkeys((reference[1], reference[2]) for reference in found if reference))


def _written(name: str, part: str | None) -> str:
    return f"{{{name}.{part}}}" if part else f"{{{name}}}"


def _problem(view: View, facts: Facts, name: str, part: str | None, language: Language) -> str:
    values = facts.facts.values
    if name not in values:
        return f'there is no value "{name}"{near(name, frozenset(values))}'
    value = values[name]
    if _is_elsewhere(view, value) or _can(view, value, part, language):
        return ""
    if isinstance(value, HelplineRef) and part is None:
        return f'the helpline "{value.helpline}" has no number'
    possible = [_written(name, other) for other in _PARTS if _can(view, value, other, language)]
    return f"this value can only be written as {' or '.join(possible)}"


def _is_elsewhere(view: View, value: Value) -> bool:
    # What is unknown, broken or not to be shown is told once, where the value stands.
    match value:
        case HelplineRef():
            return value.helpline not in view.references.helplines
        case ServiceRef():
            service = view.services.get(value.service)
            line = None if service is None else service.helpline
            return service is None or (line is not None and line not in view.references.helplines)
    return False


def _can(view: View, value: Value, part: str | None, language: Language) -> bool:
    try:
        return bool(format_value(value, part, language, view.references))
    except KeyError:
        return False


def _names(text: Text) -> frozenset[str]:
    return _names_of(text.seen().values())


def _names_of(words: Iterable[str]) -> frozenset[str]:
    return frozenset(name for piece in words for name, _ in _references(piece))


def unused_value(view: View) -> Iterator[Finding]:
    """Find values that stand in no text."""
    for entry_id, texts in view.texts_of.items():
        facts = view.facts_of[entry_id]
        used = frozenset().union(*map(_names, texts))
        for name in sorted(facts.facts.values.keys() - used):
            yield view.warning(
                facts.file,
                facts.path("values", name),
                f'no text uses the value "{name}".',
                "Somebody will keep it up to date for nothing, or the fact was forgotten in the texts.",
                f"Write {{{name}}} in the texts, or remove the value.",
            )


def unlike_other_languages(view: View) -> Iterator[Finding]:
    """Find values that one language tells and another does not.

    What is different in a town is compared with the same paragraph of other languages: it may tell values of its own.
    """
    for entry_id, texts in view.texts_of.items():
        known = view.facts_of[entry_id].facts.values
        for town in dict.fromkeys((None, *(town for text in texts for town in text.text.towns))):
            told = [(text, _names_in(text, town)) for text in texts if town is None or town in text.text.towns]
            for name in sorted(frozenset().union(*(names for _, names in told)) & known.keys()):
                tellers = [text for text, names in told if name in names]
                silent = [text for text, names in told if name not in names]
                if silent:
                    yield _unlike(view, name, town, tellers, silent)


def _names_in(text: Text, town: MunicipalityId | None) -> frozenset[str]:
    if town is not None:
        return _names_of([text.text.towns[town]])
    return _names_of(words for field, words in text.seen().items() if not field.startswith("towns."))


def _unlike(view: View, name: str, town: MunicipalityId | None, tellers: list[Text], silent: list[Text]) -> Finding:
    place = min(tellers, silent, key=len)[0]  # the odd ones are more likely wrong
    telling = ", ".join(in_english(text.language) for text in tellers)
    lacking = ", ".join(in_english(text.language) for text in silent)
    where = "" if town is None else f' of "towns.{town}"'
    return view.warning(
        place.file,
        place.path() if town is None else place.path("towns", town),
        f"{{{name}}} stands in {telling}{where}, but not in {lacking}.",
        "Families are told different facts in different languages.",
        f"Write {{{name}}} in all languages or in none.",
    )
