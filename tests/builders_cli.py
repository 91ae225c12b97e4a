"""What a test of the command line needs: an environment, a way to run a command, and contents that it trips over."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.storage.unit_of_work import SqlStore
from tests.builders_content import small_content, write
from tests.builders_dialogue import ROOT

Environment = Mapping[str, str]
NOTHING_SET = {
    "TILTAS_TELEGRAM_TOKEN": "",
    "TILTAS_TELEGRAM_API": "",
    "TILTAS_LOG_LEVEL": "",
    "TILTAS_DATABASE_URL": "",
}

# The driver's thread may outlive by a moment the loop that could not open a database.
LATE_THREADS = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")


def on(faq: Path) -> Environment:
    """Return an environment with a content."""
    return {**NOTHING_SET, "TILTAS_FAQ": str(faq), "TILTAS_LOCALES": str(ROOT / "locales")}


def tiltas(environment: Environment, *arguments: str, words: str = "") -> Result:
    """Run a command in this process; its standard input is neither a pipe nor a terminal."""
    result = CliRunner().invoke(main, arguments, input=words, env=environment)
    for thread in threading.enumerate():
        if "_connection_worker_thread" in thread.name:
            thread.join(5)
    return result


@contextmanager
def at_work(environment: Environment) -> Iterator[None]:
    """Let a Tiltas be at work on the database meanwhile."""
    held = SqlStore(environment["TILTAS_DATABASE_URL"])
    held.take()
    try:
        yield
    finally:
        assert held._lock is not None
        held._lock.release()


def broken(folder: Path) -> Path:
    """Return content with an error in each of two files."""
    content = small_content()
    content["entries/education.yaml"]["entries"]["kindergarten"]["body"] = "nobody"
    content["entries/housing.yaml"]["entries"]["deposit"]["body"] = "nobody"
    return write(folder / "broken", content)


def unreadable(folder: Path) -> Path:
    """Return content of which one file is no text."""
    faq = write(folder / "faq", small_content())
    (faq / "lt" / "talk.yaml").write_bytes(b"human: [\xff\xfe]")
    return faq


def question(**changes: object) -> str:
    """Return a line of a file of golden questions."""
    one = {
        "id": "q",
        "lang": "en",
        "kind": "direct",
        "gold": ["kindergarten"],
        "style": "plain",
        "text": "kindergarten",
    }
    return json.dumps(one | changes)
