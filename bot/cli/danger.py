"""Commands about the words of danger."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.cli.common import fail, read_settings, speak_utf8, write_whole
from bot.errors import ContentBroken
from bot.settings import ROOT


@click.group()
def danger() -> None:
    """Let native speakers read the words of danger."""


@danger.command("review")
@click.option(
    "--html", "page", type=click.Path(path_type=Path, dir_okay=False), help="Write the pages to read to a file."
)
@click.option("--lang", "only", help="Only this language, such as uk.")
def review(page: Path | None, only: str | None) -> None:
    """Tell which languages' words of danger somebody has read, with the digest to write into a review.

    \b
    Reads: faq/*/danger.yaml, docs/figures.json where it is. Writes: with --html one page that needs nothing else, whole or
    not at all, with all patterns, examples and near misses, and boxes to mark on paper; prints its name instead.
    Returns: 0. Can go wrong: 1 for a language without words of danger; 2 for content that cannot be read, or a page that
    cannot be written.
    """  # noqa: D301  the mark keeps lines as they are
    settings = read_settings("error")
    from bot.actions import danger_review  # noqa: PLC0415  loads the content libraries
    from bot.app import content_folder  # noqa: PLC0415
    from bot.storage.faq_files import describe  # noqa: PLC0415
    from bot.web.danger_page import danger_page  # noqa: PLC0415

    try:
        words = content_folder(settings).reading().catalogue().danger
    except ContentBroken as broken:
        fail(f"The content cannot be read.\n\n{describe(broken.findings)}")
    figures = ROOT / "docs" / "figures.json"
    found = danger_review.review(words, json.loads(figures.read_text("utf-8")) if figures.exists() else {})
    if only is not None:
        found = [one for one in found if one.language == only]
        if not found:
            fail(f"There are no words of danger in {only!r}; there are: {', '.join(sorted(words))}.", code=1)
    speak_utf8()
    if page is not None:
        write_whole(page, danger_page(found))
        click.echo(page)
        return
    for one in found:
        state = (
            "read"
            if one.words.is_signed
            else "changed since it was read"
            if one.words.review.state == "reviewed"
            else "not read"
        )
        click.echo(f"{one.language:<4} {one.words.digest}  {state}")
