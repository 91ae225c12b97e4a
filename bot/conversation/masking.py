"""Personal data out of a message before it is stored anywhere: e-mails, phones, personal codes, accounts, documents.

Masks hide whole numbers, not people: a name in a sentence stays. They would rather hide a harmless long number than keep
a telling one; amounts, dates and the short numbers of helplines stay readable.
"""

from __future__ import annotations

import re
import unicodedata

_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){3,7}(?:[ -]?[A-Z0-9]{1,3})?\b", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w@/.])@[A-Za-z]\w{3,31}\b")
_GAP = r"(?:[^\S\n]|[./()\u00ad\u200b-\u200f\u2010-\u2015\u202a-\u202e\u2060-\u2069\u2212\ufeff-])"
"""What stands between the digits of one number: spaces and dashes of all kinds, and marks that nobody sees (phones put
them into what is copied from their contacts)."""
_LETTERS = "A-Za-zА-ЯІЇЄҐа-яіїєґ"
# Behind a blank, "до 250000" is an amount and "me 0037060 …" a phone; where digits follow, it is a longer number.
_DOCUMENT = re.compile(rf"(?<![\w-])[{_LETTERS}]{{2,3}}(?:-?| (?!0|\d+000(?!\d)))\d{{6,9}}(?!\w|{_GAP}{{1,3}}\d)")
# Letters and commas may touch a number: "tel.860012345", "860012345,860012346".
_NUMBER = re.compile(rf"(?<!\d)[+(]{{0,2}}\d(?:{_GAP}{{0,3}}\d){{5,}}")
_YEAR, _MONTH_OR_DAY = r"(?:19|20)\d\d", r"(?:0?[1-9]|[12]\d|3[01])"
_DAY = (
    rf"(?:{_YEAR}[-./ ]{{1,2}}{_MONTH_OR_DAY}[-./ ]{{1,2}}{_MONTH_OR_DAY}|(?:{_MONTH_OR_DAY}[-./ ]{{1,2}}){{2}}{_YEAR})"
)
_DATES = re.compile(rf"\(?{_DAY}(?:{_GAP}{{1,3}}{_DAY})?(?: \d{{1,2}}(?:\.\d\d)?)?")
"""A day, two days, or a day with its time: other four and two and two digits may be a phone."""
_YEARS = re.compile(rf"\(?{_YEAR}(?:{_GAP}{{1,3}}{_YEAR})+")
_SPACED_DASH = re.compile(r"[^\S\n][-\u2013\u2014][^\S\n]")
_PERSONAL_CODE = re.compile(r"[3-6]\d{10}")
_REAL_CODE = re.compile(r"(?<![\d+])[3-6]\d\d(?:0\d|1[0-2])(?:[0-2]\d|3[01])\d{4}(?!\d)")
"""With a month and a day in it: 370 600 12345 is a phone."""
_SHORT = 7
"""Numbers with fewer digits are helplines, amounts, postcodes: 112, 116 111, 250 000."""
_LONG = 9
"""Two short numbers with a dash between spaces are a range, 1000 - 1500, unless they have as many digits as a phone."""
_PHONE_WITHOUT_PLUS = re.compile(r"(?:00|0|8|370|380|375|7)\d+")


def keepable(text: str) -> str:
    """Return the words of a message as they may be stored: masked, and without what a database or a page chokes on.

    Broken surrogates become U+FFFD, control characters a space; line breaks stay.
    """
    return mask(_clean(text))


def keepable_of_staff(text: str) -> str:
    """Return a specialist's words as they may be stored and sent: only personal codes are hidden.

    Their replies name offices with phones, addresses and accounts; a family needs those as they are.
    """
    return _NUMBER.sub(_without_personal_code, _clean(text))


def _without_personal_code(match: re.Match[str]) -> str:
    western = _western_digits(match[0])
    if _REAL_CODE.fullmatch(_digits(western)) and "+" not in western:
        return "[personal code]"
    return _REAL_CODE.sub("[personal code]", western) if _REAL_CODE.search(western) else match[0]


def _clean(text: str) -> str:
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    plain = "".join(c if c == "\n" or unicodedata.category(c) != "Cc" else " " for c in whole)
    return plain.strip()


def mask(text: str) -> str:
    """Return `text` with telling numbers and addresses replaced by `[phone]`, `[e-mail]`, `[number]` and the like.

    Digits of all scripts count. Masking twice changes nothing.
    """
    plain = _western_digits(text)
    for pattern, name in ((_MAIL, "[e-mail]"), (_ACCOUNT, "[account]"), (_HANDLE, "[user]"), (_DOCUMENT, "[document]")):
        plain = pattern.sub(name, plain)
    return _NUMBER.sub(_masked, plain)


def _western_digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def _masked(match: re.Match[str]) -> str:
    written = match[0]
    if _DATES.fullmatch(written) or _YEARS.fullmatch(written):
        return written
    digits, international = _digits(written), "+" in written
    if len(digits) < _SHORT:
        return "[phone]" if international else written
    if len(digits) < _LONG and not international and _is_range(written):
        return written
    if _PERSONAL_CODE.fullmatch(digits) and not international:
        return "[personal code]"
    if international or _PHONE_WITHOUT_PLUS.fullmatch(digits):
        return "[phone]"
    return "[number]"


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _is_range(written: str) -> bool:
    return all(len(_digits(part)) < _SHORT for part in _SPACED_DASH.split(written, maxsplit=1))
