"""The signs of one language as a part of the pages for native speakers: what they make Tiltas do, and every word of them."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from bot.actions.signs_review import ReviewedSigns, Seen, Sign, SignWords
from bot.content.check.view import in_english
from bot.matching.evidence import Writer
from bot.matching.writers import Told
from bot.web.to_mark import figures, state, text_cell, to_mark

_NAMES: dict[Sign, str] = {
    Writer.CHILD: "A child writes",
    Writer.INTERPRETING: "A child writes for a parent",
    "strain": "A family under strain",
}
_WHAT_FOLLOWS: dict[Sign, str] = {
    Writer.CHILD: "Tiltas names the children's line below its answer; for a day a card about danger has the words and lines for a"
    " child, and specialists read that a child seems to write.",
    Writer.INTERPRETING: "Tiltas thanks the child and says that it need not translate what is hard; for a day a card about danger has"
    " the words and lines for a child, and specialists are asked to offer an interpreter.",
    "strain": "Where it shows no card about danger and sees no child, Tiltas offers early help below its answer, once a week at most, and tells nobody.",
}
_FIGURES = {
    "child": "children seen",
    "interpreting": "children who write for a parent, seen",
    "strain": "strain seen",
    "adult taken for a child": "adults taken for a child",
    "calm taken for strain": "calm messages taken for strain",
    "strain with a card about danger": "strain taken for danger, red",
    "strain with the line about danger": "strain taken for danger, amber",
}
_MARKS = ("child", "for a parent", "strain", "none")


def signs_section(one: ReviewedSigns) -> str:
    """Return the part of one language; its element is named `<language>-signs`."""
    return f"""<section id="{one.language}-signs">
<h2>{escape(in_english(one.language))}: who writes, and strain</h2>
<p>{state(one.words)} · faq/{one.language}/signs.yaml · digest <code>{one.words.digest}</code></p>
{figures(one.figures, _FIGURES)}{"".join(_sign(one, words) for words in one.signs)}</section>
"""


def _sign(one: ReviewedSigns, words: SignWords) -> str:
    patterns = to_mark(("number", "pattern"), _patterns(one, words), ("wrong",)) if words.patterns else ""
    messages = to_mark(("message", "seen by"), (_message(one, words, seen) for seen in words.messages), _MARKS)
    others = to_mark(("message without this sign", "seen by"), (_other(one, seen) for seen in words.others), _MARKS)
    return f"""<h3>{_NAMES[words.sign]}: {len(words.messages)} messages, {len(words.patterns)} patterns</h3>
<p class="lead">{_WHAT_FOLLOWS[words.sign]}</p>
{messages}{patterns}
<h4>{_NAMES[words.sign]}, only in like words: {len(words.others)}</h4>
{others}"""


def _patterns(one: ReviewedSigns, words: SignWords) -> Iterator[str]:
    for place, pattern in enumerate(words.patterns):
        number = f'<th scope="row" id="{_anchor(Told(Writer(words.sign), one.language, place))}">{place + 1}</th>'
        yield number + text_cell(pattern, one.language)


def _message(one: ReviewedSigns, words: SignWords, seen: Seen) -> str:
    by_pattern = any(told.writer == words.sign for told in seen.by)
    return _cells(one, seen, () if by_pattern else ("detector",))


def _other(one: ReviewedSigns, seen: Seen) -> str:
    return _cells(one, seen, () if seen.by else ("no pattern",))


def _cells(one: ReviewedSigns, seen: Seen, more: tuple[str, ...]) -> str:
    by = ", ".join([*(_name(one, told) for told in seen.by), *more])
    return f"{text_cell(seen.text, one.language)}<td>{by}</td>"


def _name(one: ReviewedSigns, told: Told) -> str:
    """Return the name of a pattern; only those of the same language stand on the page for sure."""
    name = f"{told.writer}&nbsp;{told.place + 1}"
    if told.language != one.language:
        return f"{name} in {escape(in_english(told.language))}"
    return f'<a href="#{_anchor(told)}">{name}</a>'


def _anchor(told: Told) -> str:
    return f"{told.language}-{told.writer}-{told.place + 1}"
