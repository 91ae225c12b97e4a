"""What more than one room of tests needs."""

from __future__ import annotations

import fcntl
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.settings import from_environment
from bot.storage.faq_files import Content, ContentFolder


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
def content(solved: Path) -> Content:
    """Return the repository's content as the program under test has it."""
    return _load(solved)


def _load(cache: Path) -> Content:
    settings = from_environment()
    return ContentFolder(settings.faq, settings.locales, cache).load(datetime.now(UTC).date())
