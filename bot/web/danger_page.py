"""The words of danger and the signs as pages for a native speaker who works with families: to read, mark on paper, and sign."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from bot.actions.danger_review import Example, Reviewed
from bot.actions.signs_review import ReviewedSigns
from bot.content.check.view import in_english
from bot.content.model import DangerKind
from bot.web.signs_section import signs_section
from bot.web.to_mark import figures, state, text_cell, to_mark

_STYLE = """
:root {
  color-scheme: light dark;
  --page: #F5F7F6; --card: #FFFFFF; --ink: #14201F; --ink-2: #465553; --edge: #687876; --line: #C5CFCC; --act: #0A5763;
  --danger: #A8121C; --time: #704000; --done: #18613A;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #0F1514; --card: #182120; --ink: #E9EFED; --ink-2: #AEBDBA; --edge: #83948F; --line: #3B4947; --act: #74CAD6;
    --danger: #FF9A91; --time: #F4BE5A; --done: #86D6A1;
  }
}
@media (forced-colors: active) {
  :root {
    --page: Canvas; --card: Canvas; --ink: CanvasText; --ink-2: CanvasText; --edge: CanvasText; --line: CanvasText;
    --act: LinkText; --danger: CanvasText; --time: CanvasText; --done: CanvasText;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", "Noto Sans Arabic", "Noto Sans Georgian",
    "Noto Sans Devanagari", "Noto Sans SC", "DejaVu Sans", sans-serif;
}
main { max-inline-size: 60rem; margin-inline: auto; padding: 24px 16px 64px; }
h1, h2, h3, h4, p { margin: 0; }
h1 { font-size: 1.875rem; line-height: 1.2; }
h2 { font-size: 1.5rem; line-height: 1.3; }
h3 { font-size: 1.1875rem; line-height: 1.35; margin-block-start: 24px; }
h4 { font-size: 1rem; margin-block-start: 12px; }
h1, h2, h3, h4, th { font-weight: 600; }
a { color: var(--act); }
:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }
section { margin-block-start: 48px; display: grid; gap: 12px; grid-template-columns: minmax(0, 1fr); }
.lead { max-inline-size: 42rem; margin-block: 8px; }
.quiet { color: var(--ink-2); font-size: .875rem; }
.languages { display: flex; flex-wrap: wrap; gap: 8px 24px; list-style: none; padding: 0; margin: 16px 0 0; }
.wide { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 4px; padding: 8px 16px; }
table { border-collapse: collapse; inline-size: 100%; }
th, td { text-align: start; vertical-align: top; padding-block: 6px; padding-inline: 8px; }
thead th { border-block-end: 2px solid var(--edge); font-size: .875rem; }
tbody tr > * { border-block-end: 1px solid var(--line); }
.red { color: var(--danger); font-weight: 600; }
.amber { color: var(--time); font-weight: 600; }
.signed { color: var(--done); font-weight: 600; }
.boxes { white-space: nowrap; font-size: .875rem; }
.number { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; }
code { font-size: .875rem; }
@media print {
  main { padding: 0; max-inline-size: none; }
  section { break-before: page; margin: 0; }
  tr { break-inside: avoid; }
  body, .wide { background: none; }
  .wide { overflow: visible; border: 0; padding: 0; }
}
"""
_KINDS = {
    DangerKind.VIOLENCE: "Violence",
    DangerKind.SUICIDE: "Suicide and self-harm",
    DangerKind.CHILD_DANGER: "A child in danger",
    DangerKind.SEXUAL_VIOLENCE: "Sexual violence",
    DangerKind.TRAFFICKING: "Trafficking and forced work",
    DangerKind.MEDICAL: "Medical emergency",
}
_FIGURES = {
    "any recall": "danger seen, red or amber",
    "red recall": "danger seen, red",
    "false amber": "amber on calm messages",
    "false red": "red on calm messages",
    "red on not-crisis": "red on what only sounds alarming",
}


_MARKS = ("red", "amber", "none")


def danger_page(found: Sequence[Reviewed], signs: Sequence[ReviewedSigns] = ()) -> str:
    """Return the whole page, each language with its words of danger and then its signs; the same words give the same page."""
    parts: list[Reviewed | ReviewedSigns] = [*found, *signs]
    by_language = sorted(parts, key=lambda one: one.language)
    links = "".join(f"<li>{_link(one)}</li>" for one in by_language)
    body = "".join(signs_section(one) if isinstance(one, ReviewedSigns) else _language(one) for one in by_language)
    return f"""<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Words to read</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>Words of danger and signs, to be read by native speakers</h1>
<p class="lead">For people who know the language from home and families from their work. Tick what is right. Write beside a message what its
level should be: red, the emergency number is shown at once; amber, one line is added to the answer; or no danger. Strike out what nobody
would write, and add what people do write. Patterns are words in order: * ends a word, or stands for up to three words; | separates
alternatives; ^ is the beginning of a message, $ its end.</p>
<p class="lead">Signs tell that a child writes, that a child writes for a parent, or that a family is under strain. Beside each message stands
the pattern that sees it, by its number; "detector" where none does, and a detector that learned from it should.</p>
<p class="lead">When you agree, an editor writes your role, the day and the digest under <code>review</code> in the file. Any later
change of a word gives another digest, and the file counts as unread again.</p>
<ul class="languages">{links}</ul>
{body}</main>
</body>
</html>
"""


def _link(one: Reviewed | ReviewedSigns) -> str:
    name = escape(in_english(one.language))
    if isinstance(one, ReviewedSigns):
        return f'<a href="#{one.language}-signs">{name}, signs</a> {state(one.words)}'
    return f'<a href="#{one.language}">{name}</a> {state(one.words)}'


def _language(one: Reviewed) -> str:
    kinds = "".join(_kind(one, kind) for kind in DangerKind if kind in one.words.kinds)
    harmless = to_mark(
        ("message", "only sounds alarming"), (_row(one, Example(text, "none")) for text in one.harmless), _MARKS
    )
    return f"""<section id="{one.language}">
<h2>{escape(in_english(one.language))}</h2>
<p>{state(one.words)} · faq/{one.language}/danger.yaml · digest <code>{one.words.digest}</code></p>
{figures(one.figures, _FIGURES)}{kinds}
<h3>Only sounds alarming: {len(one.harmless)}</h3>
{harmless}</section>
"""


def _kind(one: Reviewed, kind: DangerKind) -> str:
    words, examples = one.words.kinds[kind], one.examples(kind)
    patterns = [*((p, "red") for p in words.red), *((p, "amber") for p in words.amber)]
    rows = (_row(one, Example(text, level)) for text, level in patterns)
    listed = to_mark(("pattern", "level"), rows, _MARKS) if patterns else ""
    said = to_mark(("message", "level"), (_row(one, example) for example in examples), _MARKS)
    return f"""<h3>{_KINDS[kind]}: {len(examples)} messages, {len(patterns)} patterns</h3>
{said}{listed}"""


def _row(one: Reviewed, example: Example) -> str:
    return f'{text_cell(example.text, one.language)}<td class="{example.level}">{example.level}</td>'
