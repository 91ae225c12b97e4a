"""`tiltas try`: what a message hits, and why."""

from __future__ import annotations

import json
from pathlib import Path

from tests.builders_cli import Environment, broken, tiltas


def test_try_tells_what_a_message_hits_and_why(small: Environment) -> None:
    text = tiltas(small, "try", "registr my child for kindergarten please", "--lang", "en")
    as_json = tiltas(small, "try", "registr my child for kindergarten please", "--lang", "en", "--json")

    found = json.loads(as_json.stdout)
    assert (text.exit_code, as_json.exit_code) == (0, 0), text.output
    assert text.stdout.startswith(f"step      {found['step']}: ")
    assert found["chosen"] == "en"
    assert found["entries"][0]["id"] == "kindergarten"
    assert found["entries"][0]["phrasings"][0]["text"] in text.stdout


def test_try_takes_a_message_that_looks_like_an_option_after_two_dashes(small: Environment) -> None:
    result = tiltas(small, "try", "--", "--help me")

    assert result.exit_code == 0, result.output
    assert "Usage" not in result.stdout


def test_try_says_why_it_cannot_work(small: Environment, tmp_path: Path) -> None:
    result = tiltas({**small, "TILTAS_FAQ": str(broken(tmp_path))}, "try", "hello")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "entries/housing.yaml" in result.stderr
