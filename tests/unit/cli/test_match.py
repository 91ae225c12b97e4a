"""`tiltas match`: lines in, lines out."""

from __future__ import annotations

import json
from pathlib import Path

from tests.builders_cli import Environment, broken, tiltas


def test_match_answers_each_line_in_order(small: Environment) -> None:
    lines = [
        json.dumps({"id": "a", "text": "How do I register my child for kindergarten?"}),
        "no json",
        json.dumps({"id": 3, "text": "Kada grąžinamas užstatas?", "lang": "lt"}),
        json.dumps({"id": "d", "text": "dangeren0 now"}),
        json.dumps({"id": "e"}),
    ]

    result = tiltas(small, "match", "--jsonl", words="\n".join(lines))

    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [one.get("id") for one in found] == ["a", None, 3, "d", "e"]
    assert [one.get("step") for one in found] == ["answer", None, "answer", "danger", None]
    assert ["error" in one for one in found] == [False, True, False, False, True]
    assert found[0]["entries"][0]["id"] == "kindergarten"
    assert found[3]["danger"] == "red"


def test_match_says_why_it_cannot_work(small: Environment, tmp_path: Path) -> None:
    result = tiltas({**small, "TILTAS_FAQ": str(broken(tmp_path))}, "match", "--jsonl", words="{}")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "entries/housing.yaml" in result.stderr
