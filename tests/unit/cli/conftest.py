"""Commands run in this process, on a small content whose index is solved once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders_cli import Environment, on
from tests.builders_content import small_content, write
from tests.builders_logs import logging_as_before


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    with logging_as_before():
        yield


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Return an environment with a small sound content, and a folder whose index is solved once."""
    folder = tmp_path_factory.mktemp("small")
    return {**on(write(folder / "faq", small_content())), "TILTAS_DATA": str(folder / "data")}


@pytest.fixture
def fresh(small: Environment, tmp_path: Path) -> Environment:
    """Return the same with a database of its own."""
    return {**small, "TILTAS_DATABASE_URL": f"sqlite:///{tmp_path / 'tiltas.db'}"}


@pytest.fixture
def faq(tmp_path: Path) -> Path:
    """Return a folder with a small sound content that a test may spoil."""
    return write(tmp_path / "faq", small_content())
