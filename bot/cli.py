"""The command line: parse, call, print; decide nothing."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import stat
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn

import click

from bot import log
from bot.errors import (
    BackupFailed,
    ChannelRejected,
    ChannelTaken,
    ContentBroken,
    SettingsInvalid,
    StoreUnavailable,
    TeamUnknown,
)
from bot.settings import Settings, from_environment

CANNOT_START = 2


def _fail(message: str, code: int = CANNOT_START) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(code)


def _settings(default_level: str) -> Settings:
    try:
        settings = from_environment()
    except SettingsInvalid as error:
        _fail(str(error))
    log.configure(settings.log_level or default_level)
    return settings


def _run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:  # Any: asyncio's own
    from bot.storage.faq_files import describe  # noqa: PLC0415  only when needed: it loads the matching libraries

    try:
        asyncio.run(work())
    except KeyboardInterrupt:
        sys.exit(130)
    except ContentBroken as broken:
        _fail(f"The content cannot be used; nothing was started.\n\n{describe(broken.findings)}")
    except StoreUnavailable as error:
        _fail(f"The database cannot be used: {error}")
    except (ChannelRejected, ChannelTaken, SettingsInvalid) as error:
        _fail(str(error))


@click.group()
@click.version_option(package_name="tiltas")
def main() -> None:
    """Tiltas answers migrant families' questions about life in Lithuania from published texts.

    Options are set in the environment; docs/how-to/operate.md lists them.
    """


@main.command()
def run() -> None:
    """Answer piped lines, or serve.

    \b
    Standard input is a pipe or a file: each line is a message of one fresh person. Replies are printed; the command
    ends with 0 when everything owed is printed.
    Standard input is a terminal or nothing: serves Telegram when TILTAS_TELEGRAM_TOKEN is set, else chats in this
    terminal; with neither it says what is missing and ends with 2.

    \b
    Reads: faq/, locales/, the database. Returns: 0 when input or a signal ended it.
    Can go wrong (2): broken content, a database that is taken or cannot be written, a token that Telegram refuses,
    another process that receives the same bot's messages.
    """  # noqa: D301  \b is click's mark for "keep these lines"
    settings = _settings("error")
    if _is_piped(sys.stdin):
        _chat(settings)
    elif settings.telegram_token:
        log.configure(settings.log_level or "info")
        from bot.app import serve_telegram  # noqa: PLC0415  only when needed: it loads everything

        _run(lambda: serve_telegram(settings))
    elif sys.stdin is not None and sys.stdin.isatty():
        _chat(settings)
    else:
        _fail("Nothing to serve: set TILTAS_TELEGRAM_TOKEN, or start this in a terminal to chat, or pipe questions in.")


@main.command()
def chat() -> None:
    """Chat in this terminal, or answer the lines of standard input, as one fresh person.

    \b
    Reads: faq/, locales/, the database, standard input. Returns: 0 when input ends and everything owed is printed.
    Can go wrong (2): broken content, a database that is taken or cannot be written.
    """  # noqa: D301  as above
    _chat(_settings("error"))


def _chat(settings: Settings) -> None:
    from bot.app import chat as converse  # noqa: PLC0415  only when needed: it loads everything

    _speak_utf8()
    _run(lambda: converse(settings, sys.stdin, sys.stdout))


def _speak_utf8() -> None:
    """Read and write UTF-8 whatever the locale; a broken byte in a line must not end the conversation."""
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, "replace")):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)


def _is_piped(stream: Any) -> bool:  # Any: None where there is no standard input at all
    """Tell a pipe or a file from a terminal and from nothing (/dev/null, closed)."""
    try:
        mode = os.fstat(stream.fileno()).st_mode
    except (AttributeError, OSError, ValueError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode) or stat.S_ISSOCK(mode)


@main.command()
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
    settings = _settings("error")
    from bot.actions.measuring import match_line  # noqa: PLC0415  loads the matching libraries

    matcher, policy, catalogue = _matching(settings)
    _speak_utf8()
    for line in sys.stdin:
        found = match_line(line, matcher, policy, catalogue)
        sys.stdout.write(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace").decode() + "\n")
    sys.stdout.flush()


def _matching(settings: Settings) -> tuple[Any, Any, Any]:  # Any: typed where they are made; imports wait until used
    from bot.app import content_folder, mind_of  # noqa: PLC0415
    from bot.storage.faq_files import describe  # noqa: PLC0415

    try:
        mind = mind_of(content_folder(settings).load(date.today()))  # noqa: DTZ011  the editor's own calendar day
    except ContentBroken as broken:
        _fail(f"The content cannot be used.\n\n{describe(broken.findings)}")
    gc.freeze()  # the content stays for good; the collector need not look at it again
    return mind.matcher, mind.world.policy, mind.world.catalogue


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("--all", "everything", is_flag=True, help="Count also questions whose entries do not exist yet.")
def evaluate(files: tuple[Path, ...], *, as_json: bool, everything: bool) -> None:
    """Measure matching and danger on questions, per language, with milliseconds.

    \b
    Reads FILES: one JSON object a line with id, lang, kind, gold, style, text and, for danger, crisis.
    Prints the figures per language and their worst. Returns: 0.
    Can go wrong: 1 for a line that is no question (the line is named), 2 for broken content.
    """  # noqa: D301  as above
    settings = _settings("error")
    from bot.actions import measuring  # noqa: PLC0415  loads the matching libraries

    matcher, policy, catalogue = _matching(settings)
    questions = [found for path in files for found in _questions(path)]
    figures = measuring.evaluate(questions, matcher, policy, catalogue, only_known=not everything)
    click.echo(figures.as_json() if as_json else figures.as_table())


def _questions(path: Path) -> Iterator[Any]:  # Any: typed where they are made; the import waits until used
    from bot.actions import measuring  # noqa: PLC0415

    for number, line in enumerate(path.read_text("utf-8", errors="replace").split("\n"), start=1):
        if line.strip():
            try:
                yield measuring.question(line)
            except measuring.LineInvalid as error:
                _fail(f"{path}:{number} is no question: {error}", 1)


@main.command()
def check() -> None:
    """Report everything that is wrong with faq/ and locales/, all at once.

    \b
    Reads: faq/, locales/. Prints each finding with file, line, consequence and remedy, then counts.
    Returns: 0 when there is no error (warnings do not count), 1 when there is one.
    """  # noqa: D301  as above
    settings = _settings("error")
    from bot.actions.checking import check_everything  # noqa: PLC0415  loads the matching libraries
    from bot.app import content_folder  # noqa: PLC0415
    from bot.storage.faq_files import describe  # noqa: PLC0415

    folder = content_folder(settings)
    try:
        folder.messages()
        report = check_everything(folder.files(), today=date.today())  # noqa: DTZ011  the editor's own calendar day
    except ContentBroken as broken:
        _fail(describe(broken.findings), 1)
    if report.findings:
        click.echo(describe(report.findings) + "\n")
    languages = ", ".join(f"{language} {n}" for language, n in report.languages.items())
    click.echo(
        f"{report.entries} entries ({languages}), {report.phrasings} phrasings, {report.values} values, "
        f"{report.sources} sources; {len(report.errors)} errors, {len(report.warnings)} warnings"
    )
    sys.exit(bool(report.errors))


@main.command()
def migrate() -> None:
    """Bring the database to the present schema; `run` does it by itself.

    \b
    Reads and writes: the database. Prints the schema before and after. Returns: 0.
    Can go wrong (2): a database that is taken, cannot be written, or is newer than this program.
    """  # noqa: D301  as above
    settings = _settings("error")
    from bot.storage.migrate import migrate as bring  # noqa: PLC0415  loads the database libraries
    from bot.storage.unit_of_work import SqlStore  # noqa: PLC0415

    async def work() -> None:
        store = SqlStore(settings.database)
        try:
            before, after = await bring(store)
        finally:
            await store.close()
        click.echo(f"Schema {before or 'none'} -> {after}")

    _run(work)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def status(*, as_json: bool) -> None:
    """Tell how the store and the content are, also beside a running Tiltas.

    \b
    Reads: the database, faq/, locales/. Prints counts of waiting messages, of what is owed, uncertain and refused,
    of waiting cases, and the content's version. Returns: 0 when all is well, 1 when something needs a look.
    Can go wrong (2): a database that cannot be read.
    """  # noqa: D301  as above
    settings = _settings("error")
    from bot.app import state_of  # noqa: PLC0415  loads the database libraries

    async def work() -> None:
        state = await state_of(settings)
        click.echo(json.dumps(state.as_json(), indent=2) if as_json else state.as_text())
        if not state.well:
            sys.exit(1)

    _run(work)


@main.group()
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
    settings = _settings("error")
    from bot.app import invite_team  # noqa: PLC0415  loads the database libraries

    async def work() -> None:
        try:
            code = await invite_team(settings, name)
        except TeamUnknown as error:
            _fail(str(error), 1)
        click.echo(f"{code}\nWrite in the group of this team, within seven days: /connect {code}")

    _run(work)


@contextmanager
def _told() -> Iterator[None]:
    """Say why a copy was not made or not put in place, and end with 2."""
    try:
        yield
    except StoreUnavailable as error:
        _fail(f"The database cannot be used: {error}")
    except (BackupFailed, SettingsInvalid) as error:
        _fail(str(error))


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Copy the SQLite database to a new FILE, also beside a running Tiltas.

    \b
    Reads: the database. Writes FILE, readable for its owner only; it gets its name when it is whole and checked.
    Prints its size and how many conversations and cases it holds. Returns: 0.
    Can go wrong (2): FILE is there already or cannot be written, the disk is full, the database is damaged or
    PostgreSQL, which has pg_dump.
    """  # noqa: D301  as above
    settings = _settings("error")
    from bot.storage.backup import back_up, sqlite_file  # noqa: PLC0415  loads the database libraries

    with _told():
        copy = back_up(sqlite_file(settings.database), file)
    click.echo(
        f"{copy.path}: {copy.size / 1e6:.1f} MB, schema {copy.schema}, "
        f"{copy.conversations} conversations, {copy.cases} cases; checked, sound"
    )


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Keep the database that is there under a dated name, and replace it.")
def restore(file: Path, *, replace: bool) -> None:
    """Put a FILE that `tiltas backup` has made in the place of the SQLite database; no Tiltas may run.

    \b
    Reads: FILE, and checks it. Writes: the database. Prints what is in place now, and what happens next. Returns: 0.
    Can go wrong (2): a Tiltas is running, a database is there (--replace), FILE is damaged, no copy of a database of
    Tiltas or of a newer one, the disk is full. The database that is there stays as it is then.
    """  # noqa: D301  as above
    settings = _settings("error")
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
