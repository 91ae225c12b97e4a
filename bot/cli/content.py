"""Commands for those who keep the content."""

from __future__ import annotations

import sys
from datetime import date

import click

from bot.cli.common import fail, read_settings
from bot.errors import ContentBroken, EntryUnknown


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
