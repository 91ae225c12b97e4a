"""`tiltas check`: how many findings, and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders_cli import Environment, broken, tiltas, unreadable


def test_check_counts_what_is_sound(small: Environment) -> None:
    result = tiltas(small, "check")

    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("2 entries (lt 2, en 2, ru 2, uk 2)")
    assert "0 errors" in result.stdout


def test_check_reports_all_findings_and_returns_1(small: Environment, tmp_path: Path) -> None:
    result = tiltas({**small, "TILTAS_FAQ": str(broken(tmp_path))}, "check")

    assert result.exit_code == 1
    assert "entries/education.yaml:" in result.stdout
    assert "entries/housing.yaml:" in result.stdout
    assert "2 errors" in result.stdout


@pytest.mark.parametrize("option", ["TILTAS_FAQ", "TILTAS_LOCALES"])
def test_check_tells_of_a_folder_that_is_not_there(small: Environment, option: str) -> None:
    result = tiltas({**small, option: "/no/such/folder"}, "check")

    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert result.output


def test_check_tells_of_a_file_that_is_no_text(small: Environment, tmp_path: Path) -> None:
    result = tiltas({**small, "TILTAS_FAQ": str(unreadable(tmp_path))}, "check")

    assert result.exit_code == 1
    assert "lt/talk.yaml:1" in result.stderr
