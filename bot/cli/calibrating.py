"""Commands for what a deployment learns from its own presses."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from bot.cli.common import fail, read_settings, run_async, speak_utf8

if TYPE_CHECKING:
    from bot.storage.calibration_file import CalibrationFile


@click.command()
@click.option(
    "--apply", "put_to_use", is_flag=True, help="Put the refitted probabilities to use, unless they are worse."
)
@click.option("--reset", is_flag=True, help="Go back to the shipped probabilities; nothing is refitted.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def calibrate(*, put_to_use: bool, reset: bool, as_json: bool) -> None:
    """Refit the probabilities of entries to what this deployment's families pressed, also beside a running Tiltas.

    \b
    Reads: the database, faq/, locales/. Prints precision and coverage before and after, judged on presses that were not
    learned from; fewer than 150 verdicts are only counted.
    Writes: with --apply calibration.json in TILTAS_DATA, which is used from the next start or change of content on; with
    --reset removes it. Returns: 0.
    Can go wrong: 1 with --apply where the refitted probabilities are worse (nothing is written); 2 for broken content, a
    database that cannot be read, a file that cannot be written.
    """  # noqa: D301  as in the other commands
    if reset and put_to_use:
        raise click.UsageError("--apply and --reset do not go together.")
    settings = read_settings("error")
    from bot.actions import calibrating_text  # noqa: PLC0415  loads the matching libraries
    from bot.app import learned_from_presses  # noqa: PLC0415
    from bot.storage.calibration_file import CalibrationFile  # noqa: PLC0415

    file = CalibrationFile(settings.data)
    if reset:
        _reset(file)
        return

    async def work() -> None:
        found = await learned_from_presses(settings)
        click.echo(
            json.dumps(calibrating_text.as_json(found), indent=1) if as_json else calibrating_text.as_text(found)
        )
        if found.refit is None:
            return
        if put_to_use and not found.refit.worse:
            try:
                file.write(replace(found.refit.own, figures=calibrating_text.figures(found.refit)))
            except OSError as error:
                fail(f"{file.path} cannot be written: {error.strerror}.")
            click.echo(f"Written to {file.path}; used from the next start or change of content on.", err=True)
        elif put_to_use:
            fail(f"Not put to use: {found.refit.worse}.", 1)
        else:
            told = (
                f"It would not be put to use: {found.refit.worse}." if found.refit.worse else "--apply puts it to use."
            )
            click.echo(told, err=True)

    run_async(work)


def _reset(file: CalibrationFile) -> None:
    try:
        was_there = file.remove()
    except OSError as error:
        fail(f"{file.path} cannot be removed: {error.strerror}.")
    told = "removed; the shipped calibration is used from the next start or change of content on"
    click.echo(f"{file.path}: {told if was_there else 'not there; the shipped calibration is in use'}.")


@click.command()
def candidates() -> None:
    """Print kept questions whose answer did not help, for golden questions and phrasings, also beside a running Tiltas.

    \b
    Reads: the database. Prints one JSON object a line, newest first: id, lang, text (masked), wrong (the entries that did
    not help, or none of which was meant), right (the entry that a later press told, or null), day. These are people's
    words: reword them before they go into faq/ or tests/. Returns: 0.
    Can go wrong (2): a database that cannot be read.
    """  # noqa: D301  as above
    settings = read_settings("error")
    from bot.app import missed_questions  # noqa: PLC0415  loads the database libraries

    speak_utf8()

    async def work() -> None:
        for one in await missed_questions(settings):
            told = {
                "id": one.question,
                "lang": one.language,
                "text": one.text,
                "wrong": one.wrong,
                "right": one.right,
                "day": one.day.isoformat(),
            }
            sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")

    run_async(work)
