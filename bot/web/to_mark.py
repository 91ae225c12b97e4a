"""Tables to be marked on paper, for pages that native speakers read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from bot.actions.danger_review import Share
from bot.content.model import Language, ReviewedWords
from bot.content.render import direction


def state(words: ReviewedWords) -> str:
    """Return whether somebody has read a file of words."""
    if words.is_signed:
        return f'<span class="signed">read by {escape(words.review.by or "")}, {words.review.on}</span>'
    changed = words.review.state == "reviewed"
    return f'<span class="quiet">{"changed since it was read" if changed else "not read yet"}</span>'


def text_cell(text: str, language: Language) -> str:
    """Return words of a language in its own direction. A long pattern may go on in the next line behind each `|`."""
    words = escape(text).replace("|", "|<wbr>")
    return f'<td lang="{language}" dir="{direction(language)}">{words}</td>'


def to_mark(heads: Sequence[str], rows: Iterable[str], marks: Sequence[str]) -> str:
    """Return a table whose rows, cells without their row, end with boxes: one for "right" and one for each of `marks`."""
    boxes = f'<td class="boxes">{" ".join(f"☐ {mark}" for mark in ("right", *marks))}</td>'
    head = "".join(f'<th scope="col">{name}</th>' for name in (*heads, "your mark"))
    body = "".join(f"<tr>{row}{boxes}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def figures(by_mode: Mapping[str, Mapping[str, Share]], labels: Mapping[str, str]) -> str:
    """Return what was measured, a column for each mode, a row for each of `labels`."""
    if not by_mode:
        return '<p class="quiet">Nothing was measured.</p>'
    heads = "".join(f'<th scope="col" class="number">{escape(mode)}</th>' for mode in by_mode)
    rows = "".join(
        f'<tr><th scope="row">{label}</th>'
        + "".join(f'<td class="number">{_share(shares[name])}</td>' for shares in by_mode.values())
        + "</tr>"
        for name, label in labels.items()
    )
    head = f'<thead><tr><th scope="col">on messages by other hands</th>{heads}</tr></thead>'
    return f'<div class="wide"><table>{head}<tbody>{rows}</tbody></table></div>'


def _share(share: Share) -> str:
    if share["share"] is None:
        return "-"
    return f"{share['share']:.2f} ({share['low']:.2f}–{share['high']:.2f}) of {share['of']}"
