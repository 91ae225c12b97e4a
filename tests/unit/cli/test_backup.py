"""`tiltas backup` and `tiltas restore`: a copy is made and put in place."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.storage.migrate import NEWEST
from tests.builders_cli import LATE_THREADS, Environment, at_work, tiltas

pytestmark = LATE_THREADS


def test_a_copy_is_made_beside_a_tiltas_at_work_and_told(fresh: Environment, tmp_path: Path) -> None:
    tiltas(fresh, "migrate")

    with at_work(fresh):
        result = tiltas(fresh, "backup", str(tmp_path / "copy.db"))

    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(f"{tmp_path / 'copy.db'}: 0.")
    assert f"MB, schema {NEWEST}, 0 conversations, 0 cases" in result.stdout


def test_a_copy_is_put_in_place_and_what_happens_next_is_told(fresh: Environment, tmp_path: Path) -> None:
    tiltas(fresh, "migrate")
    tiltas(fresh, "backup", str(tmp_path / "copy.db"))

    unasked = tiltas(fresh, "restore", str(tmp_path / "copy.db"))
    asked = tiltas(fresh, "restore", str(tmp_path / "copy.db"), "--replace")

    assert (unasked.exit_code, unasked.stdout) == (2, "")
    assert "--replace" in unasked.stderr
    assert asked.exit_code == 0, asked.output
    assert "kept as" in asked.stdout
    assert "may be sent twice" in asked.stdout
    assert tiltas(fresh, "status").exit_code == 0


def test_a_copy_is_not_put_in_place_beside_a_tiltas_at_work(fresh: Environment, tmp_path: Path) -> None:
    tiltas(fresh, "migrate")
    tiltas(fresh, "backup", str(tmp_path / "copy.db"))

    with at_work(fresh):
        result = tiltas(fresh, "restore", str(tmp_path / "copy.db"), "--replace")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "another Tiltas" in result.stderr


@pytest.mark.parametrize("command", ["backup", "restore"])
@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgresql://a:secret@db/tiltas", "pg_dump"),
        ("nonsense", "TILTAS_DATABASE_URL"),
        ("sqlite:////no/db", "There is no"),
    ],
)
def test_what_cannot_be_copied_or_restored_is_told_in_one_line(
    fresh: Environment, tmp_path: Path, command: str, address: str, said: str
) -> None:
    result = tiltas({**fresh, "TILTAS_DATABASE_URL": address}, command, str(tmp_path / "copy.db"))

    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert "secret" not in result.stderr
    assert result.stderr.count("\n") == 1
