"""How far the content is, as one page: no script, nothing from elsewhere, fit for print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from babel.numbers import format_decimal

from bot.actions.coverage import MEANINGS, SIGNS, Coverage, EntryCoverage, State, Tally, TopicCoverage
from bot.content.check.view import in_english
from bot.content.model import ENGLISH, Language
from bot.content.render import format_day, locale_of

_STYLE = """
:root {
  color-scheme: light dark;
  --page: #F5F7F6; --card: #FFFFFF; --well: #E9EFED; --ink: #14201F; --ink-2: #465553; --edge: #687876; --line: #C5CFCC;
  --act: #0A5763; --time: #704000; --time-line: #A86500; --time-soft: #FFF0D1; --done: #18613A; --done-soft: #E1F2E7;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #0F1514; --card: #182120; --well: #232F2D; --ink: #E9EFED; --ink-2: #AEBDBA; --edge: #83948F;
    --line: #3B4947; --act: #74CAD6; --time: #F4BE5A; --time-line: #C98F2B; --time-soft: #362709; --done: #86D6A1;
    --done-soft: #12301E;
  }
}
@media (forced-colors: active) {
  :root {
    --page: Canvas; --card: Canvas; --well: Canvas; --ink: CanvasText; --ink-2: CanvasText; --edge: CanvasText;
    --line: CanvasText; --act: LinkText; --time: CanvasText; --time-line: CanvasText; --time-soft: Canvas;
    --done: CanvasText; --done-soft: Canvas;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
}
main { max-inline-size: 68rem; margin-inline: auto; padding: 24px 16px 64px; }
h1, h2, h3, p, ul, dl, dd { margin: 0; }
h1 { font-size: 1.875rem; line-height: 1.2; }
h2 { font-size: 1.5rem; line-height: 1.3; }
h3 { font-size: 1.1875rem; line-height: 1.35; }
h1, h2, h3, th, dt { font-weight: 600; }
a { color: var(--act); }
:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }
section { margin-block-start: 48px; display: grid; gap: 16px; grid-template-columns: minmax(0, 1fr); }
.lead { margin-block: 8px 24px; max-inline-size: 42rem; }
.quiet { color: var(--ink-2); }
.late { color: var(--time); font-weight: 600; }
.figures { display: flex; flex-wrap: wrap; gap: 8px 32px; }
.figures dd { font-size: 1.5rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
.legend { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 8px 24px; font-size: .875rem; }
.legend li, .count { display: flex; align-items: center; gap: 8px; }
.counts { display: grid; grid-template-columns: repeat(2, max-content); gap: 4px 12px; }
.count { gap: 4px; font-variant-numeric: tabular-nums; }
.spoken { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
.list { columns: 24rem; column-gap: 32px; padding-inline-start: 24px; }
figure { margin: 0; }
figcaption, caption { text-align: start; padding-block-end: 8px; }
.wide { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 4px; padding: 12px 16px; }
table { border-collapse: collapse; font-size: .875rem; line-height: 1.45; inline-size: 100%; }
th, td { text-align: start; vertical-align: top; padding-block: 4px; padding-inline: 0 16px; white-space: nowrap; }
thead th { vertical-align: bottom; border-block-end: 2px solid var(--edge); }
tbody th { white-space: normal; min-inline-size: 9rem; }
tbody tr > * { border-block-end: 1px solid var(--line); }
tfoot tr > * { font-weight: 600; }
.number { text-align: end; font-variant-numeric: tabular-nums; }
details > summary { cursor: pointer; color: var(--act); padding-block: 4px; inline-size: fit-content; }
svg { display: block; }
text { font-size: 14px; fill: var(--ink); }
.defs { position: absolute; }
.heads text, .sign { text-anchor: middle; }
.quiet text, text.quiet { fill: var(--ink-2); }
text.late { fill: var(--time); }
.line { stroke: var(--line); }
.bar { fill: var(--act); }
.bar.late { fill: var(--time-line); }
.reviewed { fill: var(--done); }
.reviewed-once { fill: var(--done-soft); stroke: var(--done); }
.unreviewed { fill: var(--well); stroke: var(--edge); }
.stale { fill: var(--time-soft); stroke: var(--time-line); }
.missing { fill: none; stroke: var(--time-line); stroke-width: 2; stroke-dasharray: 3 2; }
.untranslated { fill: none; }
.on-reviewed { fill: var(--card); }
@media print {
  * { print-color-adjust: exact; }
  main { padding: 0; max-inline-size: none; }
  h2, h3, figcaption { break-after: avoid; }
  figure, tr, li { break-inside: avoid; }
  tfoot { display: table-row-group; }
  body, .wide { background: none; }
  .wide { overflow: visible; border: 0; padding: 0; }
  svg[role="img"] { max-inline-size: 100%; block-size: auto; }
  th, td { white-space: normal; }
  summary { display: none; }
}
"""

_ROW, _CELL, _GLYPH = 24, (24, 20), 9
"""Heights, widths and the width of a letter in pixels; a glyph is as wide as in the widest font of the stack."""
_TEXT = 15
"""The base line of a row's text."""
_BAR, _YEAR = 160, 365
"""The longest bar in pixels, and the days that it stands for at least."""


def coverage_page(found: Coverage) -> str:
    """Return the whole page; the same coverage gives the same page."""
    day = format_day(found.today, locale_of(ENGLISH))
    body = [_head(found, day), _legend(), _overview(found), _to_do(found), *_topics(found), _rest(found)]
    return f"""<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Coverage of the content, {day}</title>
<style>{_STYLE}</style>
</head>
<body>
{_signs()}
<main>
{"".join(body)}</main>
</body>
</html>
"""


# Head, overview, what needs a hand ------------------------------------------------------------------------------------


def _head(found: Coverage, day: str) -> str:
    count = found.totals
    figures = {
        "published entries": count.entries - count.drafts,
        "drafts": count.drafts,
        "phrasings": count.phrasings,
        "values": count.values,
        "sources": count.sources,
    }
    shown = "".join(f"<div><dt>{name}</dt><dd>{_number(figure)}</dd></div>" for name, figure in figures.items())
    return f"""<h1>Coverage of the content</h1>
<p class="lead">{day}. {_finding(found.tally)}</p>
<dl class="figures">{shown}</dl>
"""


def _finding(tally: Tally) -> str:
    """Return how the texts are, in a sentence."""
    sums = _sums(tally)
    wanted = sum(sums.values()) - sums[State.UNTRANSLATED]
    others = [f"{_number(n)} {state}" for state, n in sums.items() if n and state is not State.REVIEWED]
    rest = f"; {', '.join(others)}" if others else ""
    return f"{_number(sums[State.REVIEWED])} of {_many(wanted, 'text')} reviewed{rest}."


def _sums(tally: Tally) -> Mapping[State, int]:
    return {state: sum(counts[state] for counts in tally.values()) for state in State}


def _legend() -> str:
    items = "".join(f"<li>{_drawn(state)}{MEANINGS[state]}</li>" for state in State)
    return f"""<section>
<h2>What the signs mean</h2>
<ul class="legend">{items}</ul>
</section>
"""


def _overview(found: Coverage) -> str:
    head = [
        "Topic",
        *(in_english(language) for language in found.languages),
        "Entries",
        "Drafts",
        "Late",
        "Oldest facts",
    ]
    rows = "".join(_overview_row(topic, found.languages) for topic in found.topics)
    totals = "".join(f"<td>{_counts(found.tally[language])}</td>" for language in found.languages)
    table = f"""<table>
<caption>{_many(sum(map(_wants, found.topics)), "topic")} of {len(found.topics)} with something late, stale or missing.</caption>
{_table_head(head, numbers=4)}<tbody>
{rows}</tbody>
<tfoot><tr><th scope="row">All</th>{totals}{_figures(found.topics)}</tr></tfoot>
</table>"""
    return f"""<section>
<h2>All topics</h2>
{_wide("All topics", table)}
</section>
"""


def _wants(topic: TopicCoverage) -> bool:
    sums = _sums(topic.tally)
    return topic.overdue + sums[State.STALE] + sums[State.MISSING] > 0


def _overview_row(topic: TopicCoverage, languages: Sequence[Language]) -> str:
    counts = "".join(f"<td>{_counts(topic.tally[language])}</td>" for language in languages)
    return f'<tr><th scope="row">{_link(topic.id, topic.name)}</th>{counts}{_figures([topic])}</tr>\n'


def _counts(counts: Mapping[State, int]) -> str:
    shown = (
        f'<span class="count">{_drawn(state)}{n}<span class="spoken"> {state}</span></span>'
        for state, n in counts.items()
        if n
    )
    return f'<div class="counts">{" ".join(shown)}</div>'


def _figures(topics: Sequence[TopicCoverage]) -> str:
    entries = [entry for topic in topics for entry in topic.entries]
    late = sum(topic.overdue for topic in topics)
    oldest = _many(max((topic.oldest for topic in topics), default=0), "day")
    return (
        f'<td class="number">{len(entries)}</td>'
        f'<td class="number">{sum(not entry.published for entry in entries)}</td>'
        f'<td class="number{" late" if late else ""}">{late}</td><td class="number">{oldest}</td>'
    )


def _to_do(found: Coverage) -> str:
    due = [f"{_link(x.topic, f'{x.topic}/{x.id}')}: {_when(x, found)}" for x in found.due()]
    return f"""<section>
<h2>What needs a hand</h2>
{_list("Overdue, or due within 30 days", due, len(due))}{_places(found, State.STALE)}{_places(found, State.MISSING)}</section>
"""


def _when(entry: EntryCoverage, found: Coverage) -> str:
    if entry.overdue:
        return f'<span class="late">{_many(entry.overdue, "day")} late</span>'
    return f"in {_many((entry.review_by - found.today).days, 'day')}"


def _places(found: Coverage, state: State) -> str:
    places = found.places(state)
    lines = [
        f"{escape(in_english(language))}, {_link(topic, topic)}: {escape(', '.join(entries))}"
        for language, topic, entries in places
    ]
    return _list(state.capitalize(), lines, sum(len(entries) for _, _, entries in places))


def _list(title: str, lines: Sequence[str], count: int) -> str:
    items = "".join(f"<li>{line}</li>" for line in lines)
    return f"<div><h3>{title}: {count}</h3>\n" + (
        f'<ul class="list">{items}</ul></div>\n' if lines else "<p>Nothing.</p></div>\n"
    )


# A topic --------------------------------------------------------------------------------------------------------------


def _topics(found: Coverage) -> list[str]:
    entries = [entry for topic in found.topics for entry in topic.entries]
    letters = max((len(_label(entry)) for entry in entries), default=0)
    most = max([_YEAR, *(entry.age for entry in entries)])
    return [_topic(topic, found, letters * _GLYPH, most) for topic in found.topics]


def _topic(topic: TopicCoverage, found: Coverage, names: int, most: int) -> str:
    name = escape(topic.name)
    if not topic.entries:
        return f'<section id="{escape(topic.id)}">\n<h2>{name}</h2>\n<p>No entries.</p>\n</section>\n'
    return f"""<section id="{escape(topic.id)}">
<h2>{name}</h2>
<figure>
<figcaption>{_topic_finding(topic)}</figcaption>
{_wide(f"Picture of {topic.name}", _picture(topic, found.languages, names, most))}
</figure>
<details>
<summary>Table of {name}</summary>
{_wide(f"Table of {topic.name}", _table(topic, found))}
</details>
</section>
"""


def _topic_finding(topic: TopicCoverage) -> str:
    late = f" {_many(topic.overdue, 'entry', 'entries')} late." if topic.overdue else ""
    age = f" Facts were checked at most {_many(topic.oldest, 'day')} ago."
    return f"{_many(len(topic.entries), 'entry', 'entries')}. {_finding(topic.tally)}{age}{late}"


def _picture(topic: TopicCoverage, languages: Sequence[Language], names: int, most: int) -> str:
    steps = [max(_CELL[0] + 4, len(language) * _GLYPH + 4) for language in languages]
    starts = [sum(steps[:n]) + 1 for n in range(len(steps))]
    label = sum(steps) + 9
    age = label + names + 8
    width, height = age + _BAR + 28 * _GLYPH, _ROW * (len(topic.entries) + 1)
    heads = "".join(
        f'<text x="{start + _CELL[0] // 2}" y="{_TEXT}">{escape(language)}</text>'
        for start, language in zip(starts, languages, strict=True)
    )
    rows = "".join(_picture_row(x, y + 1, starts, label, age, most) for y, x in enumerate(topic.entries))
    title, told = f"title-{escape(topic.id)}", f"desc-{escape(topic.id)}"
    return f"""<svg role="img" aria-labelledby="{title} {told}" width="{width}" height="{height}" viewBox="0 0 {width} {height}" direction="ltr">
<title id="{title}">{escape(topic.name)}: entries by language, and the age of their facts</title>
<desc id="{told}">{_topic_finding(topic)} The table below says the same of each entry.</desc>
<g class="heads quiet">{heads}</g>
<text class="quiet" x="{label}" y="{_TEXT}">entry</text><text class="quiet" x="{age}" y="{_TEXT}">age of its facts</text>
{rows}</svg>"""


def _picture_row(entry: EntryCoverage, row: int, starts: Sequence[int], label: int, age: int, most: int) -> str:
    cells = "".join(_use(cell.state, start) for start, cell in zip(starts, entry.cells.values(), strict=True))
    bar = max(round(_BAR * entry.age / most), 2)
    late = " late" if entry.overdue else ""
    told = _many(entry.age, "day") + (f", review {_many(entry.overdue, 'day')} late" if late else "")
    return (
        f'<g transform="translate(0 {row * _ROW})">{cells}<text x="{label}" y="{_TEXT}">{escape(_label(entry))}</text>'
        f'<rect class="bar{late}" x="{age}" y="4" width="{bar}" height="12"/>'
        f'<text class="quiet{late}" x="{age + bar + 8}" y="{_TEXT}">{told}</text></g>\n'
    )


def _label(entry: EntryCoverage) -> str:
    return entry.id if entry.published else f"{entry.id} ✎ draft"


def _table(topic: TopicCoverage, found: Coverage) -> str:
    languages = [in_english(language) for language in found.languages]
    head = ["Entry", "Status", *languages, "Confidence", "Review by", "Phrasings", "Facts, days", "Newest source, days"]
    rows = "".join(_table_row(entry) for entry in topic.entries)
    return f"""<table>
<caption>{escape(topic.name)}: {_topic_finding(topic)}</caption>
{_table_head(head, numbers=3)}<tbody>
{rows}</tbody>
</table>"""


def _table_row(entry: EntryCoverage) -> str:
    cells = "".join(f"<td>{_sign(cell.state)} {cell.state}</td>" for cell in entry.cells.values())
    late = f', <span class="late">{_many(entry.overdue, "day")} late</span>' if entry.overdue else ""
    source = "undated" if entry.source_age is None else _number(entry.source_age)
    return (
        f'<tr><th scope="row">{escape(entry.id)}</th><td>{"published" if entry.published else "✎ draft"}</td>{cells}'
        f"<td>{entry.confidence}</td><td>{format_day(entry.review_by, locale_of(ENGLISH))}{late}</td>"
        f'<td class="number">{_number(entry.phrasings)}</td><td class="number">{_number(entry.age)}</td>'
        f'<td class="number">{source}</td></tr>\n'
    )


# What else there is ---------------------------------------------------------------------------------------------------


def _rest(found: Coverage) -> str:
    towns, cards = found.municipalities, found.cards
    without = ", ".join(towns.unserved)
    checklists = [f"{escape(x.id)}: {x.answered} of {_many(x.steps, 'step')}" for x in found.checklists]
    return f"""<section>
<h2>Municipalities, guide cards, checklists</h2>
<div><h3>Municipalities with services of their own: {len(towns.served)}</h3>
<p>{escape(", ".join(towns.served)) or "None."}</p></div>
<div><h3>Municipalities without: {len(towns.unserved)}</h3>
<p>{escape(without) or "None."}</p></div>
<div><h3>Guide cards: {cards.reviewed + cards.unreviewed + cards.cultural}</h3>
<p>{cards.reviewed} reviewed, {cards.unreviewed} unreviewed, {cards.cultural} need a reviewer of their community.</p></div>
{_list("Checklists, and how many steps lead to a published entry", checklists, len(checklists))}</section>
"""


# Pieces ---------------------------------------------------------------------------------------------------------------


def _signs() -> str:
    """Return the six cells, drawn once; every picture shows them by their names."""
    width, height = _CELL
    cells = "".join(
        f'<g id="sign-{_name(state)}"><rect class="{_name(state)}" width="{width}" height="{height}" rx="4"/>'
        f'<text class="sign on-{_name(state)}" x="{width // 2}" y="{_TEXT}">{SIGNS[state]}</text></g>'
        for state in State
    )
    return f'<svg class="defs" width="0" height="0" aria-hidden="true"><defs>{cells}</defs></svg>'


def _use(state: State, x: int = 0) -> str:
    return f'<use href="#sign-{_name(state)}" x="{x}"/>'


def _drawn(state: State) -> str:
    """Return a cell alone, for beside words that say the same."""
    width, height = (side + 2 for side in _CELL)
    size = f'width="{width}" height="{height}" viewBox="-1 -1 {width} {height}"'
    return f'<svg {size} aria-hidden="true">{_use(state)}</svg>'


def _name(state: State) -> str:
    return state.replace(" ", "-")


def _sign(state: State) -> str:
    return f'<span aria-hidden="true">{SIGNS[state]}</span>'


def _link(topic: str, words: str) -> str:
    return f'<a href="#{escape(topic)}">{escape(words)}</a>'


def _wide(name: str, content: str) -> str:
    """Return something that scrolls sideways on a narrow screen, by keyboard too."""
    return f'<div class="wide" role="region" aria-label="{escape(name)}" tabindex="0">\n{content}\n</div>'


def _table_head(names: Sequence[str], *, numbers: int) -> str:
    """Return the head of a table whose last `numbers` columns hold numbers."""
    kinds = [""] * (len(names) - numbers) + [' class="number"'] * numbers
    cells = (f'<th scope="col"{kind}>{escape(name)}</th>' for kind, name in zip(kinds, names, strict=True))
    return f"<thead><tr>{''.join(cells)}</tr></thead>\n"


def _number(number: int) -> str:
    return format_decimal(number, locale=locale_of(ENGLISH))


def _many(number: int, one: str, more: str = "") -> str:
    return f"{_number(number)} {one if number == 1 else more or f'{one}s'}"
