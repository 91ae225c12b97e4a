"""Values into texts: `{child_benefit}` becomes "129.50 euros", "129,50 euro" or "129,50 евро".

Formatting is Babel's (CLDR), so that no grammar of numbers is written by hand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_currency, format_decimal, format_percent
from babel.units import format_unit

from bot.content.model import (
    Amount,
    Catalogue,
    Day,
    Duration,
    Entry,
    Helpline,
    HelplineId,
    HelplineRef,
    Language,
    Link,
    Number,
    Percent,
    Service,
    ServiceRef,
    Term,
    Value,
    Words,
)

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
REFERENCE = re.compile(r"([a-z][a-z0-9_]*)(?:\.(number|year|name|url|phone))?")


@lru_cache
def locale_of(language: Language) -> Locale:
    """Return Babel's locale of a language tag."""
    return Locale.parse(language, sep="-")


def direction(language: Language) -> Literal["ltr", "rtl"]:
    """Return the direction in which a language is written."""
    return "rtl" if locale_of(language).text_direction == "rtl" else "ltr"


def own_name(language: Language) -> str:
    """Return a language's name in itself, as its speakers write it: "Lietuvių", "Українська"."""
    name = locale_of(language).get_language_name(language) or language
    return name[:1].upper() + name[1:]


def isolated(text: str, language: Language) -> str:
    """Return a number or an address so that it keeps its order inside right-to-left words."""
    return f"\u2066{text}\u2069" if direction(language) == "rtl" else text


def words(by_language: Words, language: Language) -> str:
    """Return the words in `language`, else in English, else in Lithuanian."""
    return next(by_language[x] for x in (language, Language("en"), Language("lt"), *by_language) if x in by_language)


def render(text: str, entry: Entry, language: Language, catalogue: Catalogue) -> str:
    """Put an entry's values into one of its texts.

    Raises KeyError for an unknown value, id or part; `check` finds these before anything is published.
    """

    def put(match: re.Match[str]) -> str:
        reference = REFERENCE.fullmatch(match[1])
        if reference is None:
            raise KeyError(match[1])
        value = entry.facts.values[reference[1]]
        text = format_value(value, reference[2], language, catalogue)
        return isolated(text, language) if isinstance(value, Link | HelplineRef | ServiceRef) else text

    return PLACEHOLDER.sub(put, text)


def format_value(value: Value, part: str | None, language: Language, catalogue: Catalogue) -> str:
    """Return a value, or one part of it, as words of a language. Raises KeyError if it has no such part."""
    match value:
        case HelplineRef():
            return _helpline(catalogue.helplines[value.helpline], part, language)
        case ServiceRef():
            return _service(catalogue.services[value.service], part, language, catalogue.helplines)
    texts = _plain_parts(value, locale_of(language))
    if part not in texts:
        raise KeyError(part)
    return texts[part]


@lru_cache(maxsize=4096)
def _plain_parts(value: Value, locale: Locale) -> dict[str | None, str]:
    match value:
        case Amount(amount=amount, currency=currency, year=year):
            number = format_decimal(amount, format=_money_pattern(amount), locale=locale)
            parts = {None: format_money(amount, currency, locale), "number": number}
            return parts if year is None else {**parts, "year": str(year)}
        case Day(date=day):
            return {None: format_day(day, locale), "year": str(day.year)}
        case Duration(duration=length, unit=unit):
            text = format_unit(length, f"duration-{unit}", "long", locale=locale)
            return {None: text, "number": _decimal(Decimal(length), locale)}
        case Number(number=number):
            return {None: _decimal(number, locale), "number": _decimal(number, locale)}
        case Percent(percent=percent):
            return {
                None: format_percent(percent / 100, locale=locale, decimal_quantization=False),
                "number": _decimal(percent, locale),
            }
        case Term(term=term):
            return {None: term}
        case Link(link=link):
            return {None: link, "url": link}
    return {}


def format_day(day: date, locale: Locale) -> str:
    """Return a date in full words: "21 November 2026", "2026 m. lapkričio 21 d."."""
    # CLDR's "long" is American for plain "en"; readers here are Europeans.
    return format_date(day, "d MMMM y" if locale.language == "en" else "long", locale=locale)


def format_instant(instant: datetime, language: Language) -> str:
    """Return weekday, date and hour: "Tuesday, 24 November, 12:00"."""
    locale = locale_of(language)
    weekday = format_date(instant.date(), "EEEE", locale=locale)
    if locale.language == "en":  # as above
        day = format_date(instant.date(), "d MMMM", locale=locale)
    else:
        day = format_skeleton("MMMMd", instant.date(), locale=locale)
    return f"{weekday}, {day}, {isolated(instant.strftime('%H:%M'), language)}"


def format_partial_date(text: str, language: Language) -> str:
    """Return a date that may know only its month or year, as words of a language."""
    locale = locale_of(language)
    match text.split("-"):
        case [_, _, _]:
            return format_day(date.fromisoformat(text), locale)
        case [year, month]:
            pattern = "y 'm'. LLLL" if locale.language == "lt" else "LLLL y"
            return format_date(date(int(year), int(month), 1), pattern, locale=locale)
    return text


def format_money(amount: Decimal, currency: str, locale: Locale) -> str:
    """Return an amount with the currency as a word; cents only where there are some."""
    return format_currency(
        amount,
        currency,
        format=_money_pattern(amount),
        format_type="name",
        currency_digits=False,
        locale=locale,
    )


def _money_pattern(amount: Decimal) -> str:
    return "#,##0" if amount == amount.to_integral_value() else "#,##0.00"


def _decimal(number: Decimal, locale: Locale) -> str:
    return format_decimal(number, locale=locale)


def _helpline(line: Helpline, part: str | None, language: Language) -> str:
    found = {None: line.number, "name": words(line.name, language), "url": line.url}
    return _present(found, part)


def _service(service: Service, part: str | None, language: Language, lines: Mapping[HelplineId, Helpline]) -> str:
    name = words(service.name, language)
    return _present({None: name, "name": name, "url": service.url, "phone": phone_of(service, lines)}, part)


def phone_of(service: Service, lines: Mapping[HelplineId, Helpline]) -> str | None:
    """Return the number to show for a service: its helpline's, else its own; None where we are not sure of it."""
    if service.helpline is not None:
        return lines[service.helpline].number
    return service.phone if service.sure else None


def _present(found: Mapping[str | None, str | None], part: str | None) -> str:
    text = found.get(part)
    if text is None:
        raise KeyError(part)
    return text
