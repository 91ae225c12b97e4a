"""What more than one room of tests needs."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from bot.settings import from_environment
from bot.storage.faq_files import Content, ContentFolder
from tests.builders_postgres import Databases, databases

# Timings are noisy on shared machines; a slow example is no fault. Where many are judged by one run, it is the same run.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


# By words alone, unless a test says otherwise: an encoder would be loaded, and learn for half a minute, in every child.
os.environ.setdefault("TILTAS_ENCODER", "none")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let a skipped test fail the run where many rely on it: what was not tried there was tried nowhere."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("Skipped tests are failures here.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the solved index of the repository's content: solved once, whatever worker comes first."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "solved"
    shared.mkdir(exist_ok=True)
    with (shared / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _load(shared)
    return shared


@pytest.fixture(scope="session")
def postgres() -> Iterator[Databases]:
    """Return a maker of PostgreSQL databases; its server is started once in each worker that needs one."""
    with databases() as made:
        yield made


@pytest.fixture(scope="session")
def content(solved: Path) -> Content:
    """Return the repository's content as the program under test has it."""
    return _load(solved)


def _load(cache: Path) -> Content:
    options = from_environment()
    return ContentFolder(options.faq, options.locales, cache).load(datetime.now(UTC).date())
