"""Commands about the words of danger and the signs of who writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.common import fail, read_settings, speak_utf8, write_whole
from bot.errors import ContentBroken
from bot.settings import ROOT

if TYPE_CHECKING:
    from bot.content.model import ReviewedWords


@click.group()
def danger() -> None:
    """Let native speakers read the words of danger, and the signs of who writes and of strain."""


@danger.command("review")
@click.option(
    "--html", "page", type=click.Path(path_type=Path, dir_okay=False), help="Write the pages to read to a file."
)
@click.option("--lang", "only", help="Only this language, such as uk.")
def review(page: Path | None, only: str | None) -> None:
    """Tell which languages' words of danger and signs somebody has read, with the digests to write into a review.

    \b
    Reads: faq/*/danger.yaml, faq/*/signs.yaml, docs/figures.json where it is. Writes: with --html one page that needs
    nothing else, whole or not at all, with all patterns, examples and near misses, and boxes to mark on paper; prints its
    name instead. Returns: 0. Can go wrong: 1 for a language that has neither; 2 for content that cannot be read, or a page
    that cannot be written.
    """  # noqa: D301  the mark keeps lines as they are
    settings = read_settings("error")
    from bot.actions import danger_review, signs_review  # noqa: PLC0415  loads the content libraries
    from bot.app import content_folder  # noqa: PLC0415
    from bot.storage.faq_files import describe  # noqa: PLC0415
    from bot.web.danger_page import danger_page  # noqa: PLC0415

    try:
        catalogue = content_folder(settings).reading().catalogue()
    except ContentBroken as broken:
        fail(f"The content cannot be read.\n\n{describe(broken.findings)}")
    kept = ROOT / "docs" / "figures.json"
    measured = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    try:
        signs = [x for x in signs_review.review(catalogue.signs, measured) if only in {None, x.language}]
    except ValueError as wrong:
        fail(f"A sign cannot be read: {wrong} Run tiltas check.")
    danger = [x for x in danger_review.review(catalogue.danger, measured) if only in {None, x.language}]
    if only is not None and not danger and not signs:
        there = sorted(catalogue.danger.keys() | catalogue.signs.keys())
        fail(f"There are no words of danger in {only!r}; there are: {', '.join(there)}.", code=1)
    speak_utf8()
    if page is not None:
        write_whole(page, danger_page(danger, signs))
        click.echo(page)
        return
    for name, found in (("danger", danger), ("signs", signs)):
        for one in found:
            click.echo(f"{one.language:<4} {name:<6} {one.words.digest}  {_state(one.words)}")


def _state(words: ReviewedWords) -> str:
    if words.is_signed:
        return "read"
    return "changed since it was read" if words.review.state == "reviewed" else "not read"
