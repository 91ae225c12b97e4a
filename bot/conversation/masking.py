"""Personal data out of a message before it is stored anywhere: e-mails, phones, personal codes, accounts, documents.

Masks hide whole numbers, not people: a name in a sentence stays. They would rather hide a harmless long number than keep
a telling one; amounts, dates and the short numbers of helplines stay readable.
"""

from __future__ import annotations

import re
import unicodedata

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){3,7}(?:[ -]?[A-Z0-9]{1,3})?\b", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w@/.])@[A-Za-z]\w{3,31}\b")
_DOCUMENT = re.compile(
    r"(?<![\w-])(?=[A-Za-zА-ЯІЇЄҐа-яіїєґ]{2,3}[ -]?\d)[A-ZА-ЯІЇЄҐ]{2,3}[ -]?\d{6,9}(?!\w)", re.IGNORECASE
)
_NUMBER = re.compile(r"(?<![\w.,])\+?(?:\(\d{1,4}\)[ .-]?)?\d(?:[ ./()-]{0,2}\d){5,18}(?!\w)")
_DATE = re.compile(r"(?:\d{4}[-./ ]\d{1,2}[-./ ]\d{1,2}|\d{1,2}[-./ ]\d{1,2}[-./ ]\d{4})")
_YEARS = re.compile(r"(?:19|20)\d\d[ ./-]{1,3}(?:19|20)\d\d")
_PERSONAL_CODE = re.compile(r"[3-6]\d{10}")
_SHORT = 7
"""Numbers with fewer digits are helplines, amounts, postcodes: 112, 116 111, 250 000."""
_PHONE_WITHOUT_PLUS = re.compile(r"(?:00|0|8|370|380|375|7)\d+")


def keepable(text: str) -> str:
    """Return the words of a message as they may be stored: masked, and without what a database or a page chokes on.

    Broken surrogates become U+FFFD, control characters a space; line breaks stay.
    """
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    plain = "".join(c if c == "\n" or unicodedata.category(c) != "Cc" else " " for c in whole)
    return mask(plain.strip())


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
    if _DATE.fullmatch(written) or _YEARS.fullmatch(written):
        return written
    digits = re.sub(r"\D", "", written)
    if len(digits) < _SHORT:
        return "[phone]" if written.startswith("+") else written
    if _PERSONAL_CODE.fullmatch(digits) and not written.startswith("+"):
        return "[personal code]"
    if written.startswith("+") or _PHONE_WITHOUT_PLUS.fullmatch(digits):
        return "[phone]"
    return "[number]"
