"""Commands for those who operate Tiltas: the database, the teams' groups, copies."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.cli.common import fail, read_settings, run_async
from bot.errors import BackupFailed, SettingsInvalid, StoreUnavailable, TeamUnknown


@click.command()
def migrate() -> None:
    """Bring the database to the present schema; `run` does it by itself.

    \b
    Reads and writes: the database. Prints the schema before and after. Returns: 0.
    Can go wrong (2): a database that is taken, cannot be written, or is newer than this program.
    """  # noqa: D301  as above
    settings = read_settings("error")
    from bot.storage.migrate import migrate as bring  # noqa: PLC0415  loads the database libraries
    from bot.storage.unit_of_work import SqlStore  # noqa: PLC0415

    async def work() -> None:
        store = SqlStore(settings.database)
        try:
            before, after = await bring(store)
        finally:
            await store.close()
        click.echo(f"Schema {before or 'none'} -> {after}")

    run_async(work)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def status(*, as_json: bool) -> None:
    """Tell how the store and the content are, also beside a running Tiltas.

    \b
    Reads: the database, faq/, locales/. Prints counts of waiting messages, of what is owed, uncertain and refused,
    of waiting cases, and the content's version. Returns: 0 when all is well, 1 when something needs a look.
    Can go wrong (2): a database that cannot be read.
    """  # noqa: D301  as above
    settings = read_settings("error")
    from bot.app import state_of  # noqa: PLC0415  loads the database libraries

    async def work() -> None:
        state = await state_of(settings)
        click.echo(json.dumps(state.as_json(), indent=2) if as_json else state.as_text())
        if not state.well:
            sys.exit(1)

    run_async(work)


@click.group()
def team() -> None:
    """Let specialists' groups answer for the teams of faq/routing.yaml."""


@team.command("invite")
@click.argument("name")
def team_invite(name: str) -> None:
    """Print a code that connects a Telegram group to the team NAME, also beside a running Tiltas.

    \b
    Reads: faq/, the database. Writes the code's hash. Prints the code: it works once, within seven days.
    Returns: 0. Can go wrong: 1 for a team that is not there (the teams are named), 2 for broken content or a database
    that cannot be written.
    """  # noqa: D301  as above
    settings = read_settings("error")
    from bot.app import invite_team  # noqa: PLC0415  loads the database libraries

    async def work() -> None:
        try:
            code = await invite_team(settings, name)
        except TeamUnknown as error:
            fail(str(error), 1)
        click.echo(f"{code}\nWrite in the group of this team, within seven days: /connect {code}")

    run_async(work)


@contextmanager
def _told() -> Iterator[None]:
    """Say why a copy was not made or not put in place, and end with 2."""
    try:
        yield
    except StoreUnavailable as error:
        fail(f"The database cannot be used: {error}")
    except (BackupFailed, SettingsInvalid) as error:
        fail(str(error))


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Copy the SQLite database to a new FILE, also beside a running Tiltas.

    \b
    Reads: the database. Writes FILE, readable for its owner only; it gets its name when it is whole and checked.
    Prints its size and how many conversations and cases it holds. Returns: 0.
    Can go wrong (2): FILE is there already or cannot be written, the disk is full, the database is damaged or
    PostgreSQL, which has pg_dump.
    """  # noqa: D301  as above
    settings = read_settings("error")
    from bot.storage.backup import back_up, sqlite_file  # noqa: PLC0415  loads the database libraries

    with _told():
        copy = back_up(sqlite_file(settings.database), file)
    click.echo(
        f"{copy.path}: {copy.size / 1e6:.1f} MB, schema {copy.schema}, "
        f"{copy.conversations} conversations, {copy.cases} cases; checked, sound"
    )


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Keep the database that is there under a dated name, and replace it.")
def restore(file: Path, *, replace: bool) -> None:
    """Put a FILE that `tiltas backup` has made in the place of the SQLite database; no Tiltas may run.

    \b
    Reads: FILE, and checks it. Writes: the database. Prints what is in place now, and what happens next. Returns: 0.
    Can go wrong (2): a Tiltas is running, a database is there (--replace), FILE is damaged, no copy of a database of
    Tiltas or of a newer one, the disk is full. The database that is there stays as it is then.
    """  # noqa: D301  as above
    settings = read_settings("error")
    from bot.storage import backup as copies  # noqa: PLC0415  loads the database libraries

    with _told():
        database = copies.sqlite_file(settings.database)
        restored = copies.restore(file, database, replace=replace, at=datetime.now(UTC))
    if restored.kept is not None:
        click.echo(f"The database that was there is kept as {restored.kept}. Delete it when you no longer need it.")
    click.echo(
        f"{restored.copy.path} now holds {restored.copy.conversations} conversations and {restored.copy.cases} cases.\n"
        "Next: start Tiltas. What was written since the copy was made is not in it. Messages that Telegram still has\n"
        "(up to 24 hours) come again by themselves. Replies sent since then may be sent twice. What people had deleted\n"
        "since then is there again: delete it anew."
    )
