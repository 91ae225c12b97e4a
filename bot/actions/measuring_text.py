"""Figures in words: tables for a terminal, JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from bot.actions.measuring_figures import FIGURES, SHORT
from bot.actions.measuring_views import STYLE_FIGURES, calibration, confusions, coverage, present, styles

if TYPE_CHECKING:
    from bot.actions.measuring import Tried
    from bot.actions.measuring_figures import Figures, Share, Times
    from bot.actions.measuring_views import Bin, Confusion, Point
    from bot.content.model import Language
    from bot.conversation.decide import Thresholds

Line = dict[str, object]

_EXAMPLES = 3
_PLAIN, _WITH_INTERVAL = 7, 20
"""Widths of a column."""


def mode(figures: Figures) -> str:
    """Name what was measured: the mode with the encoder, the content, which questions."""
    how = f"hybrid: {figures.encoder}" if figures.encoder else "lexical"
    return f"{how}; content {figures.content}; {figures.part} questions"


# Tables ---------------------------------------------------------------------------------------------------------------


def as_table(figures: Figures, *, intervals: bool = False) -> str:
    """Return a row for each figure, a column for each language, and one for the worst of the main languages."""
    worst = figures.worst
    counts = [str(figures.counts[language]) for language in figures.shares]
    rows = [["", *figures.shares, *(["worst"] if worst else [])], ["questions", *counts]]
    for name in FIGURES:
        shown = [_cell(of[name], intervals=intervals) for of in figures.shares.values()]
        rows.append([name, *shown, *([_worst(worst.get(name), intervals=intervals)] if worst else [])])
    return "\n".join([mode(figures), *_columns(rows, intervals=intervals), *_times(figures)])


def _worst(found: tuple[Language, Share] | None, *, intervals: bool) -> str:
    return _cell(found[1], intervals=intervals) if found else "-"


def _cell(share: Share, *, intervals: bool) -> str:
    if share.value is None or share.interval is None:
        return "-"
    low, high = share.interval
    return f"{share.value:.3f} ({low:.2f}-{high:.2f})" if intervals else f"{share.value:.3f}"


def _columns(rows: Sequence[Sequence[str]], *, intervals: bool) -> list[str]:
    first = max(len(row[0]) for row in rows)
    wide = _WITH_INTERVAL if intervals else _PLAIN
    return [f"{row[0]:{first}}" + "".join(f"{cell:>{wide}}" for cell in row[1:]) for row in rows]


def _times(figures: Figures) -> list[str]:
    kinds = {f"up to {SHORT} characters": figures.times(longer=False), "longer": figures.times(longer=True)}
    return [
        f"time, {name} ({took.messages}): p50 {took.p50:.1f} ms, p95 {took.p95:.1f} ms" for name, took in kinds.items()
    ]


def as_styles(figures: Figures, *, intervals: bool = False) -> str:
    """Return a row for each style, all languages together."""
    rows = [["style", "asked", *STYLE_FIGURES]]
    for style, found in styles(figures.tried).items():
        shown = [_cell(found[name], intervals=intervals) for name in STYLE_FIGURES]
        rows.append([style, str(found["top-1"].of), *shown])
    wide = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = [f"{row[0]:{wide[0]}}" + "".join(f"  {row[at]:>{wide[at]}}" for at in range(1, len(row))) for row in rows]
    return "\n".join(["How questions that an entry answers are written", *lines])


def as_confusions(figures: Figures, most: int) -> str:
    """Return the `most` frequent confusions, each with how often, in which languages, and some questions."""
    found = confusions(figures.tried)
    head = f"What is found first in the place of the right entry ({min(most, len(found))} of {len(found)} pairs)"
    return "\n".join([head, *(line for one in found[:most] for line in _confusion(one))])


def _confusion(one: Confusion) -> list[str]:
    languages = ", ".join(f"{language} {len(ids)}" for language, ids in one.ids.items())
    ids = [str(message_id) for some in one.ids.values() for message_id in some]
    more = f" and {len(ids) - _EXAMPLES} more" if len(ids) > _EXAMPLES else ""
    return [
        f"{one.times:4}  {one.gold or '(no entry)'} -> {one.found}",
        f"      {languages}; answered {one.answered}; {' '.join(ids[:_EXAMPLES])}{more}",
    ]


# JSON -----------------------------------------------------------------------------------------------------------------


def as_json(figures: Figures) -> str:
    """Return everything as a JSON object."""
    return json.dumps(as_data(figures) | _details(figures), indent=1)


def as_data(figures: Figures) -> Line:
    """Return what was measured of what; shares from 0 to 1, null of nothing, times in milliseconds."""
    return {
        "mode": "hybrid" if figures.encoder else "lexical",
        "encoder": figures.encoder or None,
        "content": figures.content,
        "part": figures.part,
        "thresholds": {language: _thresholds(figures.policy.for_language(language)) for language in figures.shares},
        "questions": figures.counts,
        "languages": {
            language: {name: _round(share.value) for name, share in found.items()}
            for language, found in figures.shares.items()
        },
        "intervals": {language: _intervals(found) for language, found in figures.shares.items()},
        "worst": {
            name: {"language": language, "share": _round(share.value)}
            for name, (language, share) in figures.worst.items()
        },
        "ms": {
            **_took(figures.times()),
            "short": _took(figures.times(longer=False)),
            "longer": _took(figures.times(longer=True)),
        },
    }


def _thresholds(found: Thresholds) -> Line:
    return {"answer": found.answer, "clarify": found.clarify}


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _intervals(found: Mapping[str, Share]) -> dict[str, Line]:
    return {name: as_share(share) for name, share in found.items()}


def as_share(share: Share) -> Line:
    """Return a share with where it lies, 19 times in 20, and of how many it is."""
    low, high = share.interval or (None, None)
    return {"share": _round(share.value), "low": _round(low), "high": _round(high), "of": share.of}


def _took(times: Times) -> Line:
    return {"messages": times.messages, "p50": times.p50, "p95": times.p95}


def _details(figures: Figures) -> Line:
    return {
        "styles": {
            "all": _styles(figures.tried),
            **{str(language): _styles(figures.tried_in(language)) for language in figures.shares},
        },
        "confusions": [_pair(one) for one in confusions(figures.tried)],
        "calibration": [_bin(one) for one in calibration(figures.tried)],
        "coverage": {
            language: {
                "present": _point(present(figures.tried_in(language), figures.policy.for_language(language).answer)),
                "points": [_point(one) for one in coverage(figures.tried_in(language))],
            }
            for language in figures.shares
        },
    }


def _styles(tried: Iterable[Tried]) -> Line:
    return {style: _intervals(found) for style, found in styles(tried).items()}


def _pair(one: Confusion) -> Line:
    return {"gold": one.gold, "found": one.found, "times": one.times, "answered": one.answered, "ids": dict(one.ids)}


def _bin(one: Bin) -> Line:
    return {"from": one.low, "to": one.high, "mean_p": _round(one.mean_p), "right": as_share(one.right)}


def _point(one: Point) -> Line:
    return {
        "threshold": one.threshold,
        "answered": _round(one.answered.value),
        "precision": _round(one.precision.value),
    }
