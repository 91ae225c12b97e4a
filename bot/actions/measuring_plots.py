"""Two pictures of figures, as SVG: how true the probabilities are, and what each threshold would give.

Colours are tokens, so dark mode and forced colours follow. Series differ by dash and by shape too, each number stands
in the table below its picture, and the description holds all of them as text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape

from bot.actions.measuring_figures import Figures, Share
from bot.actions.measuring_text import mode
from bot.actions.measuring_views import BINS, Bin, Point, calibration, calibration_error, coverage, present
from bot.content.model import MAIN_LANGUAGES, Language

_STYLE = """
:root {
  --card: #FFFFFF; --ink: #14201F; --ink-2: #465553; --edge: #687876; --line: #C5CFCC; --act: #0A5763; --act-soft: #DCEEF0;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --card: #182120; --ink: #E9EFED; --ink-2: #AEBDBA; --edge: #83948F; --line: #3B4947; --act: #74CAD6;
    --act-soft: #12393F;
  }
}
@media (forced-colors: active) {
  :root {
    --card: Canvas; --ink: CanvasText; --ink-2: CanvasText; --edge: CanvasText; --line: GrayText; --act: LinkText;
    --act-soft: Canvas;
  }
}
text {
  font: 14px system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; fill: var(--ink);
  font-variant-numeric: tabular-nums;
}
.card { fill: var(--card); }
.finding { font-size: 16px; font-weight: 600; }
.quiet { fill: var(--ink-2); }
.middle { text-anchor: middle; }
.end { text-anchor: end; }
.grid { stroke: var(--line); }
.axis { stroke: var(--edge); }
.wanted { stroke: var(--edge); stroke-width: 2; stroke-dasharray: 6 4; fill: none; }
.bar { fill: var(--act-soft); stroke: var(--act); stroke-width: 2; }
.whisker { stroke: var(--ink); stroke-width: 2; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.mark { stroke: var(--card); stroke-width: 2; }
.s0, .s2 { stroke: var(--act); }
.s1, .s3 { stroke: var(--ink); }
.s1 { stroke-dasharray: 10 4; }
.s2 { stroke-dasharray: 2 3; }
.s3 { stroke-dasharray: 10 3 2 3; }
.leader { stroke: var(--edge); }
.m0, .m2 { fill: var(--act); }
.m1, .m3 { fill: var(--ink); }
"""

_WIDTH, _LEFT, _RIGHT = 720, 112, 656
"""The picture, and what is drawn in it, from side to side."""
_TOP, _BOTTOM = 88, 376
_ROW, _GAP = 22, 20
_QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)
_WANTED = 0.95
"""The precision that answers should have."""

_FLOOR = 0.4
"""Where the scale of precision begins, unless a line goes below it."""

SERIES = 4
"""Lines of one picture; more languages go below, in pictures of their own."""


def plots(figures: Figures) -> dict[str, str]:
    """Return both pictures by the name of their file."""
    return {"calibration.svg": calibration_plot(figures), "coverage.svg": coverage_plot(figures)}


# Calibration ----------------------------------------------------------------------------------------------------------


def calibration_plot(figures: Figures) -> str:
    """Draw how many messages were right in each tenth of the probability of their first candidate."""
    bins = calibration(figures.tried)
    words = "; ".join(_bin_in_words(one) for one in bins if one.right.of)
    body = [
        *_axes(0.0),
        *(_bar(one) for one in bins if one.right.of),
        f'<path class="wanted" d="M{_LEFT},{_BOTTOM} L{_RIGHT},{_TOP}"/>',
        _text(_LEFT, _TOP - 10, "right"),
        *_probabilities(),
        *_bin_table(bins),
    ]
    note = "Dashed: as right as it was called probable. Thin lines: where the share lies, 19 times in 20."
    return _picture(_error(bins), [note, mode(figures)], words, body, _BOTTOM + 6 * _ROW)


def _error(bins: Sequence[Bin]) -> str:
    """Say by how much probabilities are off, and in which direction if most of it goes the same way."""
    messages = sum(one.right.of for one in bins)
    if not messages:
        return "No message has a candidate"
    error, more = calibration_error(bins), sum(one.right.count - one.mean_p * one.right.of for one in bins) / messages
    mostly = "" if abs(more) < error / 2 else ", mostly too low" if more > 0 else ", mostly too high"
    return f"Probabilities are off by {_number(error)} on average{mostly} ({messages} messages)"


def _bar(one: Bin) -> str:
    x, wide = _x(one.low) + 4, _x(one.high) - _x(one.low) - 8
    y, (low, high) = _y(one.right.value or 0.0), one.right.interval or (0.0, 1.0)
    middle = x + wide / 2
    return (
        f'<rect class="bar" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{_BOTTOM - y:.1f}"/>'
        f'<path class="whisker" d="M{middle:.1f},{_y(low):.1f} V{_y(high):.1f}"/>'
    )


def _probabilities() -> Iterable[str]:
    for at in range(BINS + 1):
        yield _text(_x(at / BINS), _BOTTOM + 18, f"{at / BINS:.1f}", "middle")
    yield _text(_LEFT - _GAP, _BOTTOM + 18, "probability", "end")


def _bin_table(bins: Sequence[Bin]) -> Iterable[str]:
    rows: dict[str, Callable[[Bin], str]] = {
        "called": lambda one: _number(one.mean_p) if one.right.of else "-",
        "right": lambda one: _number(one.right.value),
        "messages": lambda one: str(one.right.of),
    }
    for number, (name, cell) in enumerate(rows.items(), start=2):
        y = _BOTTOM + number * _ROW + 2
        yield _text(_LEFT - _GAP, y, name, "quiet end")
        for one in bins:
            yield _text((_x(one.low) + _x(one.high)) / 2, y, cell(one), "middle")


def _bin_in_words(one: Bin) -> str:
    return (
        f"{one.low:.1f} to {one.high:.1f}: called {_number(one.mean_p)}, right {_number(one.right.value)} "
        f"of {one.right.of} messages"
    )


# Coverage -------------------------------------------------------------------------------------------------------------


def coverage_plot(figures: Figures) -> str:
    """Draw, for each language, how many answers are right over the share of questions that are answered."""
    languages = dict.fromkeys(tag for tag in (*MAIN_LANGUAGES, *figures.shares) if tag in figures.shares)
    lines = [line for line in (_Line(figures, language) for language in languages) if line.points]
    body, down = [], 0
    for at in range(0, len(lines), SERIES):
        panel = lines[at : at + SERIES]
        body += [f'<g transform="translate(0 {down})">', *_panel(panel), "</g>"]
        down += _BOTTOM - _TOP + (len(panel) + 6) * _ROW
    note = "A line: all thresholds. Its mark: the threshold in use. Dashed across: 95 of 100 answers right."
    words = "; ".join(line.in_words for line in lines)
    return _picture(_finding(lines), [note, mode(figures)], words, body, _TOP + down)


class _Line:
    """A language's line: its points, and where the threshold in use is."""

    def __init__(self, figures: Figures, language: Language) -> None:
        tried = figures.tried_in(language)
        self.language = language
        self.points = [point for point in coverage(tried) if point.answered.of]
        self.present = present(tried, figures.policy.for_language(language).answer)

    @property
    def in_words(self) -> str:
        return (
            f"{self.language}: from {self.present.threshold:g} on {_number(self.present.answered.value)} answered, "
            f"{_number(self.present.precision.value)} of the answers right"
        )


def _finding(lines: Sequence[_Line]) -> str:
    """Say what the thresholds in use give, for the main languages where any was measured."""
    told = [line for line in lines if line.language in MAIN_LANGUAGES] or lines
    answered = [line.present.answered.value or 0.0 for line in told]
    right = [line.present.precision.value for line in told if line.present.precision.value is not None]
    if not right:
        return "No question is answered"
    names = " ".join(line.language for line in told)
    return f"{names}: {_range(answered)} are answered at once, {_range(right)} of that rightly"


def _range(shares: Sequence[float]) -> str:
    low, high = round(100 * min(shares)), round(100 * max(shares))
    return f"{low} %" if low == high else f"{low} to {high} %"


def _panel(lines: Sequence[_Line]) -> Iterable[str]:
    lowest = min((point.precision.value or 0.0 for line in lines for point in line.points), default=0.0)
    floor = _FLOOR if lowest >= _FLOOR else 0.0
    yield from _axes(floor)
    yield f'<path class="wanted" d="M{_LEFT},{_y(_WANTED, floor):.1f} H{_RIGHT}"/>'
    yield _text(_LEFT, _TOP - 10, "answers that are right")
    for share in _QUARTERS:
        yield _text(_x(share), _BOTTOM + 18, f"{share:.2f}", "middle")
    yield _text(_RIGHT, _BOTTOM + 18 + _ROW, "questions that are answered", "end")
    for at, line in enumerate(lines):
        path = " L".join(f"{x:.1f},{y:.1f}" for x, y in _places(line.points, floor))
        yield f'<path class="line s{at}" d="M{path}"/>'
    yield from _ends(lines, floor)
    for at, line in enumerate(lines):
        if line.present.precision.of:
            ((x, y),) = _places([line.present], floor)
            yield _mark(at, x, y)
    yield from _legend(lines)


def _places(points: Iterable[Point], floor: float) -> list[tuple[float, float]]:
    return [(_x(point.answered.value or 0.0), _y(point.precision.value or 0.0, floor)) for point in points]


def _ends(lines: Sequence[_Line], floor: float) -> Iterable[str]:
    """Name each line at its end, where it answers most; names that would touch are pushed apart."""
    ends = sorted((_places(line.points[:1], floor)[0][::-1], line.language) for line in lines)
    below = 0.0
    for (y, x), language in ends:
        below = max(y, below + 16)
        yield f'<path class="leader" d="M{x + 2:.1f},{y:.1f} L{_RIGHT + 12},{below:.1f}"/>'
        yield _text(_RIGHT + 16, below + 5, language)


def _mark(at: int, x: float, y: float) -> str:
    shapes = (
        "m-7,0 a7,7 0 1,0 14,0 a7,7 0 1,0 -14,0z",
        "m-6,-6 h12 v12 h-12z",
        "m0,-8 l8,14 h-16z",
        "m0,-9 l9,9 l-9,9 l-9,-9z",
    )
    return f'<path class="mark m{at}" d="M{x:.1f},{y:.1f} {shapes[at]}"/>'


def _legend(lines: Sequence[_Line]) -> Iterable[str]:
    columns = (_LEFT + 132, _LEFT + 292, _LEFT + 452)
    y = _BOTTOM + 3 * _ROW + 6
    for x, words in zip(columns, ("threshold", "answered", "right"), strict=True):
        yield _text(x, y, words, "quiet end")
    for at, line in enumerate(lines):
        y += _ROW
        yield f'<path class="line s{at}" d="M{_LEFT},{y - 5} h44"/>{_mark(at, _LEFT + 22, y - 5)}'
        yield _text(_LEFT - _GAP, y, line.language, "end")
        cells = (f"{line.present.threshold:.2f}", _of(line.present.answered), _of(line.present.precision))
        for x, words in zip(columns, cells, strict=True):
            yield _text(x, y, words, "end")


# What both are made of ------------------------------------------------------------------------------------------------


def _picture(finding: str, notes: Sequence[str], words: str, body: Iterable[str], height: int) -> str:
    told = [
        _text(16, 28, finding, "finding"),
        *(_text(16, height + at * 20, note, "quiet") for at, note in enumerate(notes)),
    ]
    tall = height + 20 * len(notes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{tall}" viewBox="0 0 {_WIDTH} {tall}" '
        'role="img" aria-labelledby="title desc" direction="ltr" xml:lang="en">\n'
        f'<title id="title">{escape(finding)}</title>\n<desc id="desc">{escape(f"{words}. {notes[-1]}.")}</desc>\n'
        f'<style>{_STYLE}</style>\n<rect class="card" width="{_WIDTH}" height="{tall}"/>\n'
        + "\n".join([*told, *body])
        + "\n</svg>\n"
    )


def _axes(floor: float) -> Iterable[str]:
    for share in (floor, 0.6, 0.8, 1.0) if floor else _QUARTERS:
        y = _y(share, floor)
        yield f'<path class="{"grid" if share > floor else "axis"}" d="M{_LEFT},{y:.1f} H{_RIGHT}"/>'
        yield _text(_LEFT - _GAP, y + 5, f"{share:g}", "quiet end")


def _x(share: float) -> float:
    return _LEFT + share * (_RIGHT - _LEFT)


def _y(share: float, floor: float = 0.0) -> float:
    return _BOTTOM - (share - floor) / (1 - floor) * (_BOTTOM - _TOP)


def _text(x: float, y: float, words: str, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>'


def _number(share: float | None) -> str:
    return "-" if share is None else f"{share:.2f}"


def _of(share: Share) -> str:
    return f"{_number(share.value)} of {share.of}"
