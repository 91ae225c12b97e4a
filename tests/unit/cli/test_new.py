"""The commands that begin entries, languages and municipalities, and write the schemas."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from bot.content.schemas import schemas
from tests.builders_cli import on, tiltas


def contents(folder: Path) -> Mapping[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_new_entry_is_written_and_passes_the_check(faq: Path) -> None:
    before = contents(faq)

    result = tiltas(on(faq), "new-entry", "housing", "balcony")

    after = contents(faq)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[:2] == ["faq/entries/housing.yaml", "faq/lt/housing.yaml"]
    assert "✎" in result.stdout
    assert after.keys() == before.keys()
    assert all(after[name].startswith(before[name]) for name in before)
    assert sum(after[name] != before[name] for name in before) == 5
    assert "0 errors" in tiltas(on(faq), "check").stdout


def test_line_ends_of_another_system_stay(faq: Path) -> None:
    path = faq / "uk" / "housing.yaml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    before = path.read_bytes()

    tiltas(on(faq), "new-entry", "housing", "balcony")

    assert path.read_bytes().startswith(before)
    assert path.read_bytes().count(b"\n") == path.read_bytes().count(b"\r\n") > before.count(b"\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("new-entry", "housng", "balcony"), "did you mean housing?"),
        (("new-entry", "housing", "deposit"), "already"),
        (("new-entry", "housing", "Balcony"), "is no id"),
        (("new-language", "xx"), "is no language tag"),
        (("new-municipality", "place-7"), "no municipality"),
    ],
)
def test_what_is_refused_ends_with_1_and_changes_nothing(faq: Path, arguments: tuple[str, ...], said: str) -> None:
    before = contents(faq)

    result = tiltas(on(faq), *arguments)

    assert (result.exit_code, result.stdout) == (1, "")
    assert said in result.stderr
    assert contents(faq) == before


@pytest.mark.parametrize("arguments", [("new-entry", "housing", "balcony"), ("new-language", "be")])
def test_broken_content_is_told_and_left_alone(faq: Path, arguments: tuple[str, ...]) -> None:
    (faq / "uk" / "housing.yaml").write_text("entries: [", encoding="utf-8")
    before = contents(faq)

    result = tiltas(on(faq), *arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "uk/housing.yaml:" in result.stderr
    assert contents(faq) == before


def test_a_file_that_cannot_be_written_leaves_all_as_they_were(faq: Path) -> None:
    before = contents(faq)
    (faq / "ru" / "housing.new").mkdir()

    result = tiltas(on(faq), "new-entry", "housing", "balcony")

    assert result.exit_code == 2
    assert "cannot be written" in result.stderr
    assert contents(faq) == before


def test_a_new_language_is_written_and_passes_the_check(faq: Path) -> None:
    result = tiltas(on(faq), "new-language", "be")

    assert result.exit_code == 0, result.output
    assert "faq/be/danger.yaml" in result.stdout
    assert "faq/be/signs.yaml" in result.stdout
    assert "locales/be/LC_MESSAGES/tiltas.po" in result.stdout
    assert "0 errors" in tiltas(on(faq), "check").stdout


def test_a_new_municipality_is_written_once(faq: Path) -> None:
    first, second = (tiltas(on(faq), "new-municipality", "place-07") for _ in range(2))

    assert (first.exit_code, first.stdout) == (0, "faq/services/place-07.yaml\n")
    assert (second.exit_code, second.stdout) == (0, "It is there already; nothing was written.\n")
    assert yaml.safe_load((faq / "services/place-07.yaml").read_text("utf-8")) == {"services": {}}


def test_schemas_are_written_to_a_folder(faq: Path, tmp_path: Path) -> None:
    result = tiltas(on(faq), "schemas", str(tmp_path / "new" / "schemas"))

    assert result.exit_code == 0, result.output
    assert {name: text.decode() for name, text in contents(tmp_path / "new" / "schemas").items()} == schemas()


def test_a_folder_for_schemas_that_cannot_be_made_is_told(faq: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    result = tiltas(on(faq), "schemas", str(tmp_path / "file" / "schemas"))

    assert result.exit_code == 2
    assert "cannot be written" in result.stderr
    assert "Traceback" not in result.output
