"""`tiltas migrate` and `tiltas status`: the schema, and whether all is well."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.storage.migrate import NEWEST
from tests.builders_cli import LATE_THREADS, Environment, at_work, broken, tiltas

pytestmark = LATE_THREADS


def test_migrate_tells_before_and_after(fresh: Environment) -> None:
    first, second = tiltas(fresh, "migrate"), tiltas(fresh, "migrate")

    assert (first.exit_code, first.stdout) == (0, f"Schema none -> {NEWEST}\n")
    assert (second.exit_code, second.stdout) == (0, f"Schema {NEWEST} -> {NEWEST}\n")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("mysql://db/tiltas", "sqlite, postgresql"),
        ("nonsense", "TILTAS_DATABASE_URL"),
        ("sqlite:////proc/no/such/tiltas.db", "cannot"),
    ],
)
@pytest.mark.parametrize("command", ["migrate", "status"])
def test_a_database_that_cannot_be_used_ends_with_2(fresh: Environment, command: str, address: str, said: str) -> None:
    result = tiltas({**fresh, "TILTAS_DATABASE_URL": address}, command)

    assert result.exit_code == 2, result.output
    assert said in result.stderr or command == "status"
    assert "Traceback" not in result.stderr


def test_status_is_well_where_all_is_well(fresh: Environment) -> None:
    tiltas(fresh, "migrate")

    text, as_json = tiltas(fresh, "status"), tiltas(fresh, "status", "--json")

    assert (text.exit_code, as_json.exit_code) == (0, 0)
    assert text.stdout.startswith("well\n")
    state = json.loads(as_json.stdout)
    assert (state["well"], state["schema"], state["entries"]) == (True, NEWEST, 2)
    assert state["store"]["unhandled"] == 0


def test_status_returns_1_where_the_content_is_broken(fresh: Environment, tmp_path: Path) -> None:
    tiltas(fresh, "migrate")

    result = tiltas({**fresh, "TILTAS_FAQ": str(broken(tmp_path))}, "status")

    assert result.exit_code == 1
    assert result.stdout.startswith("needs a look\n")


def test_status_of_no_database_ends_with_2_and_makes_none(fresh: Environment) -> None:
    result = tiltas(fresh, "status")

    assert result.exit_code == 2
    assert not Path(fresh["TILTAS_DATABASE_URL"].removeprefix("sqlite:///")).exists()


def test_status_looks_beside_a_tiltas_at_work(fresh: Environment) -> None:
    tiltas(fresh, "migrate")

    with at_work(fresh):
        result = tiltas(fresh, "status")

    assert result.exit_code == 0, result.output
