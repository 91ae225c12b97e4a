"""The command line: parse, call, print; decide nothing."""

from __future__ import annotations

import click

from bot.cli import calibrating, content, danger, questions, serving, store, vectors


@click.group()
@click.version_option(package_name="tiltas")
def main() -> None:
    """Tiltas answers migrant families' questions about life in Lithuania from published texts.

    Options are set in the environment; docs/how-to/operate.md lists them.
    """


for command in (
    serving.run,
    serving.chat,
    questions.match,
    questions.evaluate,
    questions.explain,
    questions.diff,
    content.check,
    content.stamp,
    content.new_entry,
    content.new_language,
    content.new_municipality,
    content.schemas,
    content.coverage,
    content.helplines,
    danger.danger,
    vectors.vectors,
    calibrating.calibrate,
    calibrating.candidates,
    store.migrate,
    store.status,
    store.team,
    store.backup,
    store.restore,
):
    main.add_command(command)
