"""A comparison of two contents in words: for a terminal, as JSON, and as Markdown below a pull request.

In Markdown every text that somebody else wrote stands between code marks of HTML, each sign that could mean something
as a number: it can neither break a table nor link, mention or embed anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from bot.matching.text import clean

if TYPE_CHECKING:
    from bot.actions.comparing import Comparison, EntryChange, FieldChange, Landing, Move
    from bot.content.model import Language

MOST_CHARACTERS = 60_000
"""Of Markdown; code hosts refuse comments of more than 65 536."""

_MOST_LANGUAGES = 30
_LONGEST_TEXT, _LONGEST_NAME, _LONGEST_LIST = 160, 80, 12
_BEFORE_THE_CHANGE = 30
"""Characters shown before the first one that is different in two long texts."""

_COLUMNS = ("questions", "right before", "right now", "gained", "lost", "moved")
_KINDS = ("lost", "gained", "moved")


def _line(text: object, longest: int = _LONGEST_TEXT) -> str:
    """Return a text on one line, without control signs, cut off at `longest` characters."""
    one = " ".join(clean(str(text)).split())
    return one if len(one) <= longest else f"{one[: longest - 1]}…"


def _figures(comparison: Comparison) -> Iterator[tuple[Language, list[int]]]:
    for language, counts in comparison.by_language.items():
        yield language, list(asdict(counts).values())


def _of(comparison: Comparison, kind: str) -> tuple[Move, ...]:
    return {"lost": comparison.lost, "gained": comparison.gained, "moved": comparison.moved}[kind]


def _place(landing: Landing) -> str:
    return f"{landing.step} {landing.entry}" if landing.entry else landing.step


def _both(change: FieldChange) -> tuple[str, str]:
    """Return what a field was and is, from shortly before the first difference on."""
    old, new = " ".join(change.old.split()), " ".join(change.new.split())
    pairs = enumerate(zip(old, new, strict=False))
    first = next((at for at, (one, other) in pairs if one != other), min(len(old), len(new)))
    start = max(0, first - _BEFORE_THE_CHANGE)
    if not old or not new or max(len(old), len(new)) <= _LONGEST_TEXT or not start:
        return old, new
    return f"…{old[start:]}", f"…{new[start:]}"


def _numbers(comparison: Comparison) -> str:
    return ", ".join(f"{len(_of(comparison, kind))} {kind}" for kind in _KINDS)


def _kinds_of_change(comparison: Comparison) -> str:
    whats = [change.what for change in comparison.entries]
    return ", ".join(f"{whats.count(what)} {what}" for what in ("added", "removed", "changed"))


def _others(comparison: Comparison) -> str:
    return "; ".join(f"{part}: {_listed(keys)}" for part, keys in comparison.others.items())


def _listed(keys: Sequence[str]) -> str:
    more = f" and {len(keys) - _LONGEST_LIST} more" if len(keys) > _LONGEST_LIST else ""
    return ", ".join(keys[:_LONGEST_LIST]) + more


# For a terminal -------------------------------------------------------------------------------------------------------


def as_text(comparison: Comparison) -> str:
    """Return all of it as lines."""
    lines = [f"{_line(comparison.old)} -> {_line(comparison.new)}: {_numbers(comparison)}", *_table(comparison)]
    for kind in _KINDS:
        moves = _of(comparison, kind)
        lines += ["", f"{kind} ({len(moves)})"] if moves else []
        for move in moves:
            one = move.question
            lines.append(f"  {_line(one.lang)}  {_line(one.id)}  {_line(one.text)}")
            lines.append(f"      {_line(_place(move.old))} -> {_line(_place(move.new))}")
    return "\n".join([*lines, *_content(comparison)])


def _table(comparison: Comparison) -> Iterator[str]:
    yield " " * 8 + "".join(f"{name:>14}" for name in _COLUMNS)
    for language, figures in _figures(comparison):
        yield f"{_line(language):8}" + "".join(f"{figure:14}" for figure in figures)
    if comparison.left_out:
        yield f"Left out: {comparison.left_out} questions whose entries are in neither."


def _content(comparison: Comparison) -> Iterator[str]:
    yield ""
    yield f"entries: {_kinds_of_change(comparison)}"
    for change in comparison.entries:
        yield f"  {change.what:7}  {_line(change.id)}"
        for one in change.fields:
            old, new = map(_line, _both(one))
            yield f"      {_line(one.field)}: {old or '(none)'} -> {new or '(none)'}"
    if comparison.others:
        yield f"also changed: {_line(_others(comparison), 10 * _LONGEST_TEXT)}"


# As JSON --------------------------------------------------------------------------------------------------------------


def as_json(comparison: Comparison) -> str:
    """Return all of it as a JSON object; lone halves of letters are replaced."""
    plain = {
        "old": comparison.old,
        "new": comparison.new,
        "languages": {language: asdict(counts) for language, counts in comparison.by_language.items()},
        "left_out": comparison.left_out,
        **{kind: [_plain(move) for move in _of(comparison, kind)] for kind in _KINDS},
        "entries": [asdict(change) for change in comparison.entries],
        "others": {part: list(keys) for part, keys in comparison.others.items()},
    }
    return json.dumps(plain, ensure_ascii=False, indent=1).encode("utf-8", "replace").decode()


def _plain(move: Move) -> Mapping[str, object]:
    one = move.question
    return {
        "id": one.id,
        "lang": one.lang,
        "kind": one.kind,
        "gold": list(one.gold),
        "text": one.text,
        "old": asdict(move.old),
        "new": asdict(move.new),
    }


# As Markdown ----------------------------------------------------------------------------------------------------------

_SIGN = re.compile(r"[!-/:-@\[-`{-~]")
_REFERS = re.compile(r"(?<=[@#])")
_NOTHING_WIDE = "\u200b"
"""Stands after signs that begin a mention, so that no name follows them, also where numbers are read as signs."""


@dataclass(slots=True)
class _Fold:
    """A list that is folded away; what does not fit is counted. Its lines are made only while there is room."""

    title: str
    size: int
    lines: Iterator[str]
    shown: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        if not self.size:
            return ""
        left = self.size - len(self.shown)
        more = [f"<li>… and {left} more</li>"] if left else []
        inside = "\n".join([*self.shown, *more])
        # No empty line inside: there HTML would end and Markdown begin.
        return f"<details><summary>{self.title}: {self.size}</summary>\n<ul>\n{inside}\n</ul>\n</details>\n\n"


def as_markdown(comparison: Comparison) -> str:
    """Return a comment for a pull request: a table for each language, lists folded, at most `MOST_CHARACTERS`.

    Lists that are too long are cut off, those of questions lost last.
    """
    languages = list(comparison.by_language)[:_MOST_LANGUAGES]
    folds = {(language, kind): _fold(comparison, language, kind) for language in languages for kind in _KINDS}
    entries = _Fold("Entries changed", len(comparison.entries), map(_entry, comparison.entries))
    head, tail = _head(comparison), _tail(comparison)
    tables = {language: _own_table(comparison, language) for language in languages}
    most_important_first = [folds[language, kind] for kind in _KINDS[:2] for language in languages]
    least = [folds[language, "moved"] for language in languages]
    _fit([*most_important_first, entries, *least], len(head) + len(tail) + sum(map(len, tables.values())))
    parts = (tables[x] + "".join(str(folds[x, kind]) for kind in _KINDS) for x in languages)
    return (head + "".join(parts) + str(entries) + tail).rstrip() + "\n"


def _fit(folds: Sequence[_Fold], taken: int) -> None:
    """Let each list show as many lines as there is room for, the first lists first."""
    room = MOST_CHARACTERS - taken - sum(len(str(fold)) for fold in folds)
    for fold in folds:
        for line in fold.lines:
            if len(line) >= room:
                break
            room -= len(line) + 1
            fold.shown.append(line)


def _head(comparison: Comparison) -> str:
    between = f"From {_code(comparison.old, _LONGEST_NAME)} to {_code(comparison.new, _LONGEST_NAME)}."
    left_out = f" {comparison.left_out} questions ask for entries that are in neither." if comparison.left_out else ""
    return f"## Content: {_numbers(comparison)}\n\n{between}{left_out}\n\n"


def _tail(comparison: Comparison) -> str:
    hidden = len(comparison.by_language) - _MOST_LANGUAGES
    more = f"… and {hidden} more languages.\n\n" if hidden > 0 else ""
    others = f"Also changed: {_code(_others(comparison), 10 * _LONGEST_TEXT)}.\n" if comparison.others else ""
    return f"{more}Entries: {_kinds_of_change(comparison)}.\n\n{others}"


def _own_table(comparison: Comparison, language: Language) -> str:
    figures = asdict(comparison.by_language[language]).values()
    rows = (_COLUMNS, ["---:"] * len(_COLUMNS), map(str, figures))
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"### {_code(language, _LONGEST_NAME)}\n\n{table}\n\n"


def _fold(comparison: Comparison, language: Language, kind: str) -> _Fold:
    moves = [move for move in _of(comparison, kind) if move.question.lang == language]
    return _Fold(kind.capitalize(), len(moves), map(_item, moves))


def _item(move: Move) -> str:
    one = move.question
    said = f"{_code(one.id, _LONGEST_NAME)} {_code(one.text)}"
    return f"<li>{said}<br>{_code(_place(move.old))} → {_code(_place(move.new))}</li>"


def _entry(change: EntryChange) -> str:
    fields = "".join(f"<br>{_field(one)}" for one in change.fields[:_LONGEST_LIST])
    more = len(change.fields) - _LONGEST_LIST
    rest = f"<br>… and {more} more" if more > 0 else ""
    return f"<li>{change.what} {_code(change.id)}{fields}{rest}</li>"


def _field(change: FieldChange) -> str:
    old, new = _both(change)
    return f"{_code(change.field)}: {_code(old) if old else 'none'} → {_code(new) if new else 'none'}"


def _code(text: object, longest: int = _LONGEST_TEXT) -> str:
    return f"<code>{_safe(text, longest)}</code>"


def _safe(text: object, longest: int = _LONGEST_TEXT) -> str:
    apart = _REFERS.sub(_NOTHING_WIDE, _line(text, longest))
    return _SIGN.sub(lambda sign: f"&#{ord(sign[0])};", apart)
