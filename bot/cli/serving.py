"""Commands that talk with people."""

from __future__ import annotations

import os
import stat
import sys
from typing import Any

import click

from bot import log
from bot.cli.common import fail, read_settings, run_async, speak_utf8
from bot.settings import Settings


@click.command()
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
    another process that receives the same bot's messages. A database that may come back by itself is waited for.
    """  # noqa: D301  \b is click's mark for "keep these lines"
    settings = read_settings("error")
    if _is_piped(sys.stdin):
        _chat(settings)
    elif settings.telegram_token:
        log.configure(settings.log_level or "info")
        from bot.app import serve_telegram  # noqa: PLC0415  only when needed: it loads everything

        run_async(lambda: serve_telegram(settings))
    elif sys.stdin is not None and sys.stdin.isatty():
        _chat(settings)
    else:
        fail("Nothing to serve: set TILTAS_TELEGRAM_TOKEN, or start this in a terminal to chat, or pipe questions in.")


@click.command()
def chat() -> None:
    """Chat in this terminal, or answer the lines of standard input, as one fresh person.

    \b
    Reads: faq/, locales/, the database, standard input. Returns: 0 when input ends and everything owed is printed.
    Can go wrong (2): broken content, a database that is taken or cannot be written.
    """  # noqa: D301  as above
    _chat(read_settings("error"))


def _chat(settings: Settings) -> None:
    from bot.app import chat as converse  # noqa: PLC0415  only when needed: it loads everything

    speak_utf8()
    run_async(lambda: converse(settings, sys.stdin, sys.stdout))


def _is_piped(stream: Any) -> bool:  # Any: None where there is no standard input at all
    """Tell a pipe or a file from a terminal and from nothing (/dev/null, closed)."""
    try:
        mode = os.fstat(stream.fileno()).st_mode
    except (AttributeError, OSError, ValueError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode) or stat.S_ISSOCK(mode)
