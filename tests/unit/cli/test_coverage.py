"""`tiltas coverage`: a table, JSON or a page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.builders_cli import Environment, tiltas, unreadable


def test_coverage_has_a_line_for_each_topic_and_with_entries_one_for_each_entry(small: Environment) -> None:
    plain, each = tiltas(small, "coverage"), tiltas(small, "coverage", "--entries")

    assert (plain.exit_code, each.exit_code) == (0, 0)
    assert plain.stdout.startswith("2 published entries and 0 drafts")
    assert "\nhousing " in plain.stdout
    assert "\n  deposit " not in plain.stdout
    assert "\n  deposit " in each.stdout


def test_coverage_is_json_where_asked(small: Environment) -> None:
    result = tiltas(small, "coverage", "--json")

    assert result.exit_code == 0
    assert json.loads(result.stdout)["totals"]["entries"] == 2


def test_coverage_writes_a_page_over_an_older_one_and_leaves_nothing_beside(small: Environment, tmp_path: Path) -> None:
    page = tmp_path / "coverage.html"
    page.write_text("old", encoding="utf-8")

    result = tiltas(small, "coverage", "--html", str(page))

    assert (result.exit_code, result.stdout) == (0, f"{page}\n")
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert list(tmp_path.iterdir()) == [page]


@pytest.mark.parametrize("place", [".", "no/such/folder/coverage.html"])
def test_a_page_that_cannot_be_written_ends_coverage_with_2(small: Environment, tmp_path: Path, place: str) -> None:
    result = tiltas(small, "coverage", "--html", str(tmp_path / place))

    assert (result.exit_code, result.stdout) == (2, "")
    assert "cannot be written" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_coverage_of_content_that_cannot_be_read_ends_with_2(small: Environment, tmp_path: Path) -> None:
    result = tiltas({**small, "TILTAS_FAQ": str(unreadable(tmp_path))}, "coverage")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "lt/talk.yaml:1" in result.stderr
