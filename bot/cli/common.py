"""What every command needs: settings, a way to fail, text in UTF-8, a file that is written whole."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

import click

from bot import log
from bot.errors import ChannelRejected, ChannelTaken, ContentBroken, SettingsInvalid, StoreUnavailable
from bot.settings import Settings, from_environment

CANNOT_START = 2


def fail(message: str, code: int = CANNOT_START) -> NoReturn:
    """Say why on standard error and end."""
    click.echo(message, err=True)
    sys.exit(code)


def read_settings(default_level: str) -> Settings:
    """Return the settings, with logs from their level or `default_level` on; end with 2 where they are wrong."""
    try:
        found = from_environment()
    except SettingsInvalid as error:
        fail(str(error))
    log.configure(found.log_level or default_level)
    return found


def run_async(work: Callable[[], Coroutine[Any, Any, None]]) -> None:  # Any: asyncio's own
    """Do the work; end with 2, and say why, where content, database or channel cannot be used."""
    from bot.storage.faq_files import describe  # noqa: PLC0415  only when needed: it loads the matching libraries

    try:
        asyncio.run(work())
    except KeyboardInterrupt:
        sys.exit(130)
    except ContentBroken as broken:
        fail(f"The content cannot be used; nothing was started.\n\n{describe(broken.findings)}")
    except StoreUnavailable as error:
        fail(f"The database cannot be used: {error}")
    except (ChannelRejected, ChannelTaken, SettingsInvalid) as error:
        fail(str(error))


def speak_utf8() -> None:
    """Read and write UTF-8 whatever the locale; a broken byte in a line must not end the conversation."""
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, "replace")):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)


def write_whole(file: Path, text: str) -> None:
    """Write a file, or leave what is there; end with 2 where it cannot be written."""
    try:
        with TemporaryDirectory(dir=file.parent) as folder:
            whole = Path(folder) / "whole"
            whole.write_text(text, encoding="utf-8")
            whole.replace(file)
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}.")
