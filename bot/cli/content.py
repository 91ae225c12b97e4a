"""Commands for those who keep the content."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.common import fail, read_settings, speak_utf8, write_whole
from bot.errors import ContentBroken, EntryUnknown, StubRefused
from bot.settings import ROOT

if TYPE_CHECKING:
    from bot.content.read import Reading
    from bot.storage.faq_files import ContentFolder


@click.command()
def check() -> None:
    """Report everything that is wrong with faq/ and locales/, all at once.

    \b
    Reads: faq/, locales/. Prints each finding with file, line, consequence and remedy, then counts.
    Returns: 0 when there is no error (warnings do not count), 1 when there is one.
    """  # noqa: D301  as above
    settings = read_settings("error")
    from bot.actions.checking import check_everything  # noqa: PLC0415  loads the matching libraries
    from bot.app import content_folder  # noqa: PLC0415
    from bot.storage.faq_files import describe  # noqa: PLC0415

    folder = content_folder(settings)
    try:
        folder.messages()
        report = check_everything(folder.files(), today=date.today())  # noqa: DTZ011  the editor's own calendar day
    except ContentBroken as broken:
        fail(describe(broken.findings), 1)
    if report.findings:
        click.echo(describe(report.findings) + "\n")
    languages = ", ".join(f"{language} {n}" for language, n in report.languages.items())
    click.echo(
        f"{report.entries} entries ({languages}), {report.phrasings} phrasings, {report.values} values, "
        f"{report.sources} sources; {len(report.errors)} errors, {len(report.warnings)} warnings"
    )
    sys.exit(bool(report.errors))


@click.command()
@click.argument("entry", required=False)
@click.option("--lang", help="Only this language.")
def stamp(entry: str | None, lang: str | None) -> None:
    """Write down which translations are up to date with their base.

    \b
    Without ENTRY: translations that are new or were changed. With ENTRY: this one still fits, although its base changed.
    Reads: faq/. Writes: faq/stamps/. Prints the files written. Returns: 0.
    Can go wrong: 1 for an unknown entry or language, 2 for content that cannot be read or a folder not to be written.
    """  # noqa: D301  as above
    settings = read_settings("error")
    from bot.actions.authoring import stamps  # noqa: PLC0415  loads the matching libraries
    from bot.app import content_folder  # noqa: PLC0415
    from bot.content.model import EntryId, Language  # noqa: PLC0415
    from bot.storage.faq_files import describe  # noqa: PLC0415

    folder = content_folder(settings)
    try:
        written = stamps(folder.reading(), EntryId(entry) if entry else None, Language(lang) if lang else None)
        folder.write(written)
    except ContentBroken as broken:
        fail(f"The content cannot be read.\n\n{describe(broken.findings)}")
    except EntryUnknown as unknown:
        fail(f"There is no translation of {unknown}{f' in {lang}' if lang else ''}.", 1)
    except OSError as error:
        fail(f"faq/stamps cannot be written: {error.strerror}.")
    for file in sorted(written):
        click.echo(f"faq/{file}")
    click.echo(f"{len(written)} files written." if written else "All translations have their stamps.")


@click.command()
@click.option("--entries", is_flag=True, help="One more line for each entry.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.option("--html", "page", type=click.Path(path_type=Path), help="Write a page with a picture of each topic here.")
def coverage(*, entries: bool, as_json: bool, page: Path | None) -> None:
    """Tell how far the content is: every entry by language, status and age.

    \b
    Reads: faq/. Prints a line for each topic, then what is overdue, stale or missing; drafts are counted too.
    Writes: with --html one page that needs nothing else, whole or not at all, and prints its name instead.
    Returns: 0. Can go wrong (2): content that cannot be read, a page that cannot be written.
    """  # noqa: D301  as above
    settings = read_settings("error")
    from bot.actions import coverage as covering  # noqa: PLC0415  loads the content libraries
    from bot.actions.coverage_text import as_text  # noqa: PLC0415
    from bot.app import content_folder  # noqa: PLC0415
    from bot.storage.faq_files import describe  # noqa: PLC0415
    from bot.web.coverage_page import coverage_page  # noqa: PLC0415

    try:
        reading = content_folder(settings).reading()
    except ContentBroken as broken:
        fail(f"The content cannot be read.\n\n{describe(broken.findings)}")
    today = date.today()  # noqa: DTZ011  the editor's own calendar day
    found = covering.coverage(reading, today=today, languages=covering.languages_of(reading))
    speak_utf8()
    if page is not None:
        write_whole(page, coverage_page(found))
    if as_json:
        click.echo(json.dumps(found.as_json(), indent=2))
    else:
        click.echo(as_text(found, entries=entries) if page is None else page)


@click.command()
@click.option("--at", type=click.DateTime(["%Y-%m-%dT%H:%M"]), help="By the clock of Vilnius; now if it is left out.")
@click.option("--lang", default="en", show_default=True, help="In this language, and first who answers in it.")
def helplines(at: datetime | None, lang: str) -> None:
    """Tell which helplines answer at an instant, in the order in which a family in danger sees them.

    \b
    Reads: faq/helplines.yaml. Prints a line for each that is published: number, open or closed or not known, until
    when or from when, languages. Returns: 0. Can go wrong (2): content that cannot be read.
    """  # noqa: D301  as above
    settings = read_settings("error")
    from bot.app import content_folder  # noqa: PLC0415  loads the content libraries
    from bot.content.model import Language  # noqa: PLC0415
    from bot.content.opening import VILNIUS, as_table  # noqa: PLC0415
    from bot.storage.faq_files import describe  # noqa: PLC0415

    try:
        catalogue = content_folder(settings).reading().catalogue()
    except ContentBroken as broken:
        fail(f"The content cannot be read.\n\n{describe(broken.findings)}")
    instant = at.replace(tzinfo=VILNIUS) if at else datetime.now(UTC)
    speak_utf8()
    click.echo(as_table(list(catalogue.helplines.values()), Language(lang), instant))


# Beginnings of files --------------------------------------------------------------------------------------------------


@click.command()
@click.argument("topic")
@click.argument("entry_id", metavar="ID")
def new_entry(topic: str, entry_id: str) -> None:
    """Begin an entry: a draft at the end of the files of TOPIC, in the four main languages.

    \b
    ID is new: small Latin letters and figures, with hyphens between words.
    Reads: faq/. Writes: faq/entries/TOPIC.yaml and faq/LANGUAGE/TOPIC.yaml, each whole or not at all; what stood there
    stays as it was. What an editor must replace is marked with ✎. Prints the files written. Returns: 0.
    Can go wrong: 1 for an unknown topic, or an id that is taken or has another form; 2 for content that cannot be read
    or a folder not to be written.
    """  # noqa: D301  as above
    from bot.actions import stubs  # noqa: PLC0415  loads the content libraries

    def made(folder: ContentFolder, reading: Reading) -> dict[str, str]:
        present = folder.exactly(stubs.files_of_entry(topic))
        return stubs.new_entry(reading, present, topic, entry_id, today=date.today())  # noqa: DTZ011  as above

    _begin(made)
    click.echo('Replace each line with ✎, write phrasings, run "tiltas check", and set "status: published".')


@click.command()
@click.argument("tag")
def new_language(tag: str) -> None:
    """Begin a language: files that say what is to be written, and hold no word yet.

    \b
    TAG is a language tag as in BCP 47: be, pl, fa-AF.
    Reads: faq/. Writes: faq/TAG/danger.yaml, signs.yaml and talk.yaml where they are missing. Prints the files written.
    locales/TAG is left alone: a catalogue that is not translated whole keeps Tiltas from starting. Returns: 0.
    Can go wrong: 1 for no language tag; 2 for content that cannot be read or a folder not to be written.
    """  # noqa: D301  as above
    from bot.actions import stubs  # noqa: PLC0415  loads the content libraries

    _begin(lambda _, reading: stubs.new_language(reading, tag))
    click.echo(
        "Until words stand in them, they are the same as no files.\n"
        f"The bot's own texts: copy locales/messages.pot, translate all of it, then put it at "
        f"locales/{tag}/LC_MESSAGES/tiltas.po; one that is not whole keeps Tiltas from starting."
    )


@click.command()
@click.argument("place", metavar="ID")
def new_municipality(place: str) -> None:
    """Begin the services of a municipality: a file that says that nothing is known yet, and how to write what is.

    \b
    ID is one of faq/municipalities.yaml.
    Reads: faq/. Writes: faq/services/ID.yaml unless it is there. Prints the file written. Returns: 0.
    Can go wrong: 1 for an unknown municipality; 2 for content that cannot be read or a folder not to be written.
    """  # noqa: D301  as above
    from bot.actions import stubs  # noqa: PLC0415  loads the content libraries

    _begin(lambda _, reading: stubs.new_municipality(reading, place, today=date.today()))  # noqa: DTZ011  as above


def _begin(make: Callable[[ContentFolder, Reading], dict[str, str]]) -> None:
    """Write the files that `make` returns and print their names; end with a code and say why where that is not possible."""
    settings = read_settings("error")
    from bot.app import content_folder  # noqa: PLC0415  loads the matching libraries
    from bot.storage.faq_files import describe  # noqa: PLC0415

    folder = content_folder(settings)
    speak_utf8()
    try:
        made = make(folder, folder.reading())
        folder.write(made)
    except ContentBroken as broken:
        fail(f"The content cannot be read.\n\n{describe(broken.findings)}")
    except StubRefused as refused:
        fail(str(refused), 1)
    except OSError as error:
        fail(f"{settings.faq} cannot be written: {error.strerror}.")
    for file in made:
        click.echo(f"faq/{file}")
    if not made:
        click.echo("It is there already; nothing was written.")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=ROOT / "schemas")
def schemas(folder: Path) -> None:
    """Write the JSON Schemas by which an editor's program completes and checks the files of faq/.

    \b
    Reads nothing: the schemas follow from the program. Writes: FOLDER, by default schemas/ of the project, one file for
    each kind of content file. Prints the files written. Returns: 0.
    Can go wrong: 2 for a folder not to be written.
    """  # noqa: D301  as above
    from bot.content.schemas import schemas as made  # noqa: PLC0415  loads the content libraries

    for name, text in made().items():
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            fail(f"{folder} cannot be written: {error.strerror}.")
        write_whole(folder / name, text)
        click.echo(folder / name)
