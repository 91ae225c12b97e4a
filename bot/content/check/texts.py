"""What families read: no fact typed by hand, and short enough for a button, a message and a tired reader."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.content.check.view import Text, View, in_english
from bot.content.findings import Finding
from bot.content.model import LITHUANIAN
from bot.content.render import PLACEHOLDER

LONGEST = {"label": 28, "question": 90}
"""Characters: a button of a phone, a line above an answer."""
LONGEST_ANSWER = 1_000
"""Characters of short answer and details together: one message without scrolling twice."""
MOST_SENTENCES = 2
MOST_WORDS = 25
MOST_WORDS_ON_AVERAGE, MOST_WORDS_ON_AVERAGE_LITHUANIAN = 14, 11
"""Words of a sentence. Measured: of 796 texts none has more, so who comes near writes unlike all others."""
MOST_LINES = 10

PHONE = re.compile(r"\+\d[\d ()-]{5,}\d|(?<![\d.,])\d{3}(?!\d|[.,]\d|\s*(?:€|eur|евро|євро))|\d(?:[ ()-]?\d){4,}")
"""What looks like a phone number: +370 …, the three figures of 112 (but no amount), five figures and more."""

_FIGURE = re.compile(r"\d(?:[\d .,:/-]*\d)?")
_LINK = re.compile(
    r"(?:https?://|www\.)\S+|\S+@\S+\.\w+"
    r"|(?<![\w.])[\w-]+(?:\.[\w-]+)*\.(?:lt|eu|com|org|net|info|gov|ua|ru|by|pl|lv|ee|me|app)(?![\w-])",
    re.IGNORECASE,
)
# What is quickly seen to be absent is not looked for: nine texts in ten have none of these.
_DIGIT = re.compile(r"\d")
_LIKE_A_LINK = re.compile(r"[.@:](?:\w|//)")
_CURRENCY = re.compile("[ecеєц](?:ur|ent(?!r)|вро|ент(?!р))", re.IGNORECASE)
_NUMBER_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[a-z]+teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty"
    "|hundred|thousand"
    r"|vien\w*|du|dvi|trys|tris|keturi\w*|penki\w*|šeši\w*|septyni\w*|aštuoni\w*|devyni\w*|dešimt\w*|\w+dešimt"
    r"|\w+iolika|šimt\w*|tūkstan\w*"
    r"|один|одного|два|две|дві|три|четыре|чотири|пять|п['’ʼ]ять|шесть|шість|семь|сім|восемь|вісім|девять|дев['’ʼ]ять"
    r"|десять|двадцать|двадцять|тридцать|тридцять|сорок|\w+десят|\w+сот|сто|тысяч\w*|тисяч\w*"
)
_MONEY = re.compile(
    rf"(?<!\w)(?:{_NUMBER_WORDS})\s+(?:eur\w*|cent\w*|евро|євро|цент\w*)(?!\w)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"»”’)]*\s+")
_NEW_LINE = re.compile(r"\n\s*(?=- )|(?<=[.!?…:;])\s*\n\s*")
_WORD = re.compile(r"[^\W_]+(?:['’ʼ-][^\W_]+)*")


def figures(view: View) -> Iterator[Finding]:
    """Find figures typed into a text."""
    for text in view.texts:
        for field, words in text.seen().items():
            plain = PLACEHOLDER.sub("{}", words) if _DIGIT.search(words) else ""
            if PHONE.search(plain):
                yield _phone(view, text, field, _quoted(PHONE.findall(plain)))
            elif _FIGURE.search(plain):
                yield view.error(
                    text.file,
                    text.path(field),
                    f'"{field}" has the figure {_quoted(_FIGURE.findall(plain))} in it.',
                    "When the fact changes, this language keeps the old figure and families are told something wrong.",
                    f'Put it under "values" in faq/entries/{text.file.rpartition("/")[2]} and write {{name}} here;'
                    " a name such as A1 is a term.",
                )


def _phone(view: View, text: Text, field: str, shown: str) -> Finding:
    return view.error(
        text.file,
        text.path(field),
        f'"{field}" has a phone number in it: {shown}.',
        "When the number changes, a family in need calls nobody, or a stranger.",
        "Put the number in faq/helplines.yaml, its id under the values of the entry, and write {name} here.",
    )


def links(view: View) -> Iterator[Finding]:
    """Find addresses typed into a text."""
    for text in view.texts:
        for field, words in text.seen().items():
            found = _LINK.findall(PLACEHOLDER.sub("{}", words)) if _LIKE_A_LINK.search(words) else []
            if found:
                yield view.error(
                    text.file,
                    text.path(field),
                    f'"{field}" has an address in it: {_quoted(found)}.',
                    "When the page moves, families of this language are sent to nothing.",
                    'Put it under "values" as {link: …} in the facts of the entry, and write {name} here.',
                )


def money_in_words(view: View) -> Iterator[Finding]:
    """Find amounts written out in words."""
    for text in view.texts:
        for field, words in text.seen().items():
            found = _MONEY.findall(words) if _CURRENCY.search(words) else []
            if found:
                yield view.warning(
                    text.file,
                    text.path(field),
                    f'"{field}" has an amount in words: {_quoted(found)}.',
                    "When the amount changes, this language keeps the old one.",
                    'Put it under "values" as {amount: …} in the facts of the entry, and write {name} here.',
                )


def too_long(view: View) -> Iterator[Finding]:
    """Find texts that a button or a message cannot hold."""
    for text in view.texts:
        for field, most in LONGEST.items():
            shown = view.rendered(text, text.seen()[field])
            if shown is not None and len(shown) > most:
                yield view.error(
                    text.file,
                    text.path(field),
                    f'"{field}" has {len(shown)} characters, {len(shown) - most} too many.',
                    "Phones cut it off, and families cannot read what they choose.",
                    f"Shorten it to at most {most} characters.",
                )
        short, details = (view.rendered(text, words) for words in (text.text.short, text.text.details))
        if short is not None and details is not None and len(short) + len(details) > LONGEST_ANSWER:
            yield view.error(
                text.file,
                text.path("details"),
                f"short answer and details have {len(short) + len(details)} characters once the values are filled in.",
                "The answer is longer than a screen; families stop reading before they know what to do.",
                f"Shorten it to at most {LONGEST_ANSWER} characters, or make two entries of it.",
            )


def hard_to_read(view: View) -> Iterator[Finding]:
    """Find too many sentences, long ones, and too many lines."""
    for text in view.texts:
        short = sentences(text.text.short)
        count = len(short)
        if count > MOST_SENTENCES:
            yield view.warning(
                text.file,
                text.path("short"),
                f"the short answer has {count} sentences.",
                "Many read only the beginning; what to do first must stand there.",
                f"Keep at most {MOST_SENTENCES} sentences, and move the others to the details.",
            )
        lines = [line for line in text.text.details.splitlines() if line.strip()]
        if len(lines) > MOST_LINES:
            yield view.warning(
                text.file,
                text.path("details"),
                f"the details have {len(lines)} lines.",
                "So many steps are lost on a small screen.",
                f"Keep at most {MOST_LINES} lines, or make two entries of it.",
            )
        by_field = {"short": short, "details": sentences(text.text.details)}
        lengths = {field: [(_count(sentence), sentence) for sentence in found] for field, found in by_field.items()}
        for field, measured in lengths.items():
            yield from _long_sentences(view, text, field, measured)
        yield from _long_on_average(view, text, [count for measured in lengths.values() for count, _ in measured])


def _long_sentences(view: View, text: Text, field: str, measured: Sequence[tuple[int, str]]) -> Iterator[Finding]:
    aim = 15 if text.language == LITHUANIAN else 20
    for words, sentence in measured:
        if words > MOST_WORDS:
            yield view.warning(
                text.file,
                text.path(field),
                f'a sentence of "{field}" has {words} words: "{sentence[:40]}…".',
                f"People who are learning {in_english(text.language)} lose the thread.",
                f"Make two sentences of it, of at most {aim} words each.",
            )


def _long_on_average(view: View, text: Text, lengths: Sequence[int]) -> Iterator[Finding]:
    most = MOST_WORDS_ON_AVERAGE_LITHUANIAN if text.language == LITHUANIAN else MOST_WORDS_ON_AVERAGE
    average = sum(lengths) / (len(lengths) or 1)
    if average > most and max(lengths) <= MOST_WORDS:
        yield view.warning(
            text.file,
            text.path("details"),
            f"its sentences have {average:.1f} words on average.",
            f"No sentence is hard, but all together tire people who are learning {in_english(text.language)}.",
            f"Make more sentences of them: one idea each, at most {most} words on average.",
        )


def _count(sentence: str) -> int:
    return len(_WORD.findall(PLACEHOLDER.sub("value", sentence)))


def sentences(words: str) -> list[str]:
    """Return the sentences and bullets of a text; a line that is only wrapped does not end one."""
    lines = (" ".join(line.split()) for line in _NEW_LINE.split(words))
    pieces = (piece.removeprefix("- ").strip() for line in lines for piece in _SENTENCE_END.split(line))
    return [piece for piece in pieces if piece]


def _quoted(found: list[str]) -> str:
    return ", ".join(f'"{piece}"' for piece in dict.fromkeys(found))
