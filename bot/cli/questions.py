"""Commands that tell what messages would get, and how good that is."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click

from bot.cli.common import CANNOT_START, fail, read_settings, speak_utf8
from bot.errors import ContentBroken, ContentNotFound
from bot.settings import ROOT, Settings


@click.command()
@click.option("--jsonl", is_flag=True, required=True, help="One JSON object a line, in and out.")
def match(*, jsonl: bool) -> None:
    """Tell what messages would get; needs no database.

    \b
    Reads objects with "id", "text" and optionally "lang" (the person's chosen language) from standard input.
    Writes one object a line, in order: id, step (answer clarify hand_off danger small_talk), entries (up to three
    of id, p, aliases; best first), language, danger (red amber none), danger_kind (or null). A line that is no such
    object gets an object with "error". Logs go to standard error. Returns: 0.
    Can go wrong (2): broken content.
    """  # noqa: D301  as above
    del jsonl
    settings = read_settings("error")
    from bot.actions.measuring import match_line  # noqa: PLC0415  loads the matching libraries

    matcher, policy, catalogue = _matching(settings)
    speak_utf8()
    for line in sys.stdin:
        found = match_line(line, matcher, policy, catalogue)
        sys.stdout.write(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace").decode() + "\n")
    sys.stdout.flush()


def _matching(settings: Settings) -> tuple[Any, Any, Any]:  # Any: typed where they are made; imports wait until used
    _, mind = _understanding(settings)
    return mind.matcher, mind.world.policy, mind.world.catalogue


def _understanding(settings: Settings) -> tuple[Any, Any]:  # Any: as above
    """Return the solved content and the mind made of it; end with 2 where the content is broken."""
    from bot.app import content_folder, encoder_of, mind_of, with_own_calibration  # noqa: PLC0415
    from bot.storage.faq_files import describe  # noqa: PLC0415

    try:
        content = content_folder(settings, encoder_of(settings)).load(date.today())  # noqa: DTZ011  the editor's own calendar day
        content = with_own_calibration(settings, content)
        mind = mind_of(content)
    except ContentBroken as broken:
        fail(f"The content cannot be used.\n\n{describe(broken.findings)}")
    gc.freeze()  # the content stays for good; the collector need not look at it again
    return content, mind


@click.command("try")
@click.argument("text")
@click.option("--lang", help="The language the person has chosen, such as uk.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def explain(text: str, lang: str | None, *, as_json: bool) -> None:
    """Tell what a message would hit, and why; needs no database.

    \b
    Reads: faq/ (published entries). TEXT is the message; put "--" before one that begins with "-".
    Prints the step and what decided it, language, danger with the patterns or examples that fired, and the five nearest
    entries: probability, the phrasings of any language nearest to the message (similarity 0 to 1), and what each word
    adds to the score. Logs go to standard error. Returns: 0.
    Can go wrong (2): broken content.
    """  # noqa: D301  as above
    settings = read_settings("error")
    from bot.actions import explaining  # noqa: PLC0415  loads the matching libraries
    from bot.content.model import Language  # noqa: PLC0415

    content, mind = _understanding(settings)
    world = mind.world
    found = explaining.explain(
        text,
        Language(lang) if lang else None,
        matcher=mind.matcher,
        index=content.index,
        policy=world.policy,
        catalogue=world.catalogue,
    )
    speak_utf8()
    click.echo(found.as_json() if as_json else found.as_text())


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("--all", "everything", is_flag=True, help="Count also questions whose entries do not exist yet.")
@click.option("--part", type=click.Choice(["tuning", "checking", "all"]), default="all", help="Count only one half.")
@click.option("--intervals", is_flag=True, help="Tell where each share lies, 19 times in 20.")
@click.option("--styles", is_flag=True, help="Add a table by how questions are written.")
@click.option(
    "--confusions",
    type=click.IntRange(min=1),
    is_flag=False,
    flag_value=10,
    metavar="[N]",
    help="Add the N most frequent confusions: which entry steals from which. Without N, 10: then put it behind FILES.",
)
@click.option(
    "--danger-ids",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Ids of entries about danger, one a line: the card is no mistake there.",
)
@click.option(
    "--plots",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write calibration.svg and coverage.svg to this folder.",
)
def evaluate(
    files: tuple[Path, ...],
    *,
    as_json: bool,
    everything: bool,
    part: str,
    intervals: bool,
    styles: bool,
    confusions: int | None,
    danger_ids: Path | None,
    plots: Path | None,
) -> None:
    """Measure matching and danger on questions, per language, with milliseconds.

    \b
    Reads FILES: one JSON object a line with id, lang, kind, gold, style, text and, for danger, crisis.
    Prints the mode, the figures per language, the worst of the four main languages, and times of short and longer
    messages. Writes: with --plots two pictures, and names them on standard error. Returns: 0.
    Can go wrong: 1 for a line that is no question (the line is named), 2 for broken content or pictures that cannot
    be written.
    """  # noqa: D301  as above
    settings = read_settings("error")
    from bot.actions import measuring, measuring_plots, measuring_text  # noqa: PLC0415  loads the matching libraries
    from bot.content.model import EntryId  # noqa: PLC0415

    matcher, policy, catalogue = _matching(settings)
    figures = measuring.evaluate(
        [found for path in files for found in _questions(path)],
        matcher,
        policy,
        catalogue,
        only_known=not everything,
        danger_ids=frozenset(map(EntryId, danger_ids.read_text("utf-8").split() if danger_ids else ())),
        part=measuring.Part(part),
    )
    if plots:
        _write_plots(plots, measuring_plots.plots(figures))
    speak_utf8()
    if as_json:
        click.echo(measuring_text.as_json(figures))
        return
    tables = [measuring_text.as_table(figures, intervals=intervals)]
    if styles:
        tables.append(measuring_text.as_styles(figures, intervals=intervals))
    if confusions:
        tables.append(measuring_text.as_confusions(figures, confusions))
    click.echo("\n\n".join(tables))


def _write_plots(folder: Path, plots: Mapping[str, str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, picture in plots.items():
            (folder / name).write_text(picture, "utf-8")
            click.echo(folder / name, err=True)
    except OSError as error:
        fail(f"The pictures cannot be written: {error}")


def _questions(
    path: Path, code: int = 1
) -> Iterator[Any]:  # Any: typed where they are made; the import waits until used
    from bot.actions import measuring  # noqa: PLC0415

    for number, line in enumerate(path.read_text("utf-8", errors="replace").split("\n"), start=1):
        if line.strip():
            try:
                yield measuring.question(line)
            except measuring.LineInvalid as error:
                fail(f"{path}:{number} is no question: {error}", code)


# Two contents ---------------------------------------------------------------------------------------------------------

GOLDEN = ROOT / "tests" / "golden" / "questions"
_IN_WORDS = {"text": "as_text", "json": "as_json", "markdown": "as_markdown"}


@click.command()
@click.argument("old")
@click.argument("new")
@click.option(
    "--questions",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Questions as `tiltas evaluate` reads them; may be given several times. Default: all .jsonl files below tests/golden/questions.",
)
@click.option("--format", "form", type=click.Choice(list(_IN_WORDS)), default="text", help="How to print it.")
def diff(old: str, new: str, *, files: tuple[Path, ...], form: str) -> None:
    """Tell what questions gain and lose between two contents, and what has changed.

    \b
    Reads OLD and NEW: each a content folder, a checkout that contains faq/, or a revision of the git repository that
    the present folder is in; and questions whose right outcome is known. Needs no database.
    Prints, per language, how many questions are right only in NEW (gained), right only in OLD (lost), or land elsewhere
    as right or wrong as before (moved); which; and what was added, removed and changed in entries and their texts.
    Returns: 0 when no question is lost, 1 when there is one.
    Can go wrong (2): a side that cannot be read (all its findings are told), a line that is no question, no questions.
    """  # noqa: D301  as above
    settings = read_settings("error")
    from bot.actions import comparing, comparing_text  # noqa: PLC0415  loads the matching libraries

    paths = files or tuple(sorted(GOLDEN.rglob("*.jsonl")))
    if not paths:
        raise click.UsageError(f"There are no questions in {GOLDEN}; name a file with --questions.")
    questions = [found for path in paths for found in _questions(path, CANNOT_START)]
    comparison = comparing.compare(questions, *_sides(settings, old, new))
    speak_utf8()
    click.echo(getattr(comparing_text, _IN_WORDS[form])(comparison).rstrip("\n"))
    sys.exit(bool(comparison.lost))


def _sides(settings: Settings, *names: str) -> list[Any]:  # Any: typed where they are made; imports wait until used
    """Return both contents, solved; end with 2 and all findings where one cannot be read."""
    read = [_side(settings, name) for name in names]
    troubles = [side for side in read if isinstance(side, str)]
    if troubles:
        fail("\n\n".join(troubles))
    gc.freeze()  # as above
    return read


def _side(settings: Settings, name: str) -> Any:  # Any: as above; a text says why there is none
    from bot.actions.comparing import Side  # noqa: PLC0415  as above
    from bot.app import content_folder  # noqa: PLC0415
    from bot.matching.find import Matcher  # noqa: PLC0415
    from bot.storage.faq_files import describe  # noqa: PLC0415
    from bot.storage.revisions import content_at, readable  # noqa: PLC0415

    try:
        with content_at(name, Path.cwd()) as faq:
            found = readable(content_folder(replace(settings, faq=faq)), date.today())  # noqa: DTZ011  as above
    except ContentNotFound as missing:
        return str(missing)
    except ContentBroken as broken:
        return f"The content of {name} cannot be read.\n\n{describe(broken.findings)}"
    if found.errors:
        click.echo(f"{name}: `tiltas check` finds {found.errors} errors; Tiltas would not start with it.", err=True)
    return Side(name, found.catalogue, Matcher(found.catalogue, found.index))
