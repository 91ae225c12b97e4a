"""`tiltas evaluate`: figures and pictures of golden questions."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.builders_cli import Environment, question, tiltas


def test_evaluate_prints_figures(small: Environment, tmp_path: Path) -> None:
    (tmp_path / "questions.jsonl").write_text(question() + "\n", encoding="utf-8")

    table = tiltas(small, "evaluate", str(tmp_path / "questions.jsonl"))
    figures = tiltas(small, "evaluate", "--json", str(tmp_path / "questions.jsonl"))

    assert (table.exit_code, figures.exit_code) == (0, 0), table.output
    assert table.stdout.startswith(("lexical; ", "hybrid: "))
    assert "en" in table.stdout
    assert json.loads(figures.stdout)["questions"] == {"en": 1}


def asked(tmp_path: Path) -> str:
    """Return a file of questions: one is answered, one finds another entry than the one it says, half each."""
    lines = [
        question(kind="in", id="lt-0", text="How do I register my child for kindergarten?"),
        question(kind="in", id="lt-1", text="When do I get the deposit back?"),
    ]
    (tmp_path / "asked.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return str(tmp_path / "asked.jsonl")


def test_evaluate_looks_closer_where_it_is_told_to(small: Environment, tmp_path: Path) -> None:
    result = tiltas(small, "evaluate", asked(tmp_path), "--intervals", "--styles", "--confusions")

    assert result.exit_code == 0, result.output
    assert "0.500 (0.09-0.91)" in result.stdout
    assert re.search(r"^plain +2 ", result.stdout, re.MULTILINE)
    assert "kindergarten -> deposit\n      en 1; answered 1; lt-1" in result.stdout


def test_evaluate_counts_one_half_of_the_questions(small: Environment, tmp_path: Path) -> None:
    file = asked(tmp_path)

    shares = {
        part: json.loads(tiltas(small, "evaluate", "--json", "--part", part, file).stdout)["languages"]["en"]["top-1"]
        for part in ("tuning", "checking", "all")
    }

    assert shares == {"tuning": 1.0, "checking": 0.0, "all": 0.5}


def test_evaluate_takes_the_card_for_no_mistake_on_entries_about_danger(small: Environment, tmp_path: Path) -> None:
    (tmp_path / "asked.jsonl").write_text(question(kind="in", text="dangeren0 now"), encoding="utf-8")
    (tmp_path / "ids.txt").write_text("deposit\nkindergarten\n", encoding="utf-8")
    command = ("evaluate", "--json", str(tmp_path / "asked.jsonl"))

    plain, told = (
        json.loads(tiltas(small, *command, *more).stdout)["languages"]["en"]["false red"]
        for more in ((), ("--danger-ids", str(tmp_path / "ids.txt")))
    )

    assert (plain, told) == (1.0, None)


def test_evaluate_draws_pictures_and_keeps_its_output_for_programs(small: Environment, tmp_path: Path) -> None:
    result = tiltas(small, "evaluate", "--json", "--plots", str(tmp_path / "new" / "plots"), asked(tmp_path))

    pictures = sorted(path.name for path in (tmp_path / "new" / "plots").iterdir())
    assert pictures == ["calibration.svg", "coverage.svg"]
    assert all(name in result.stderr for name in pictures)
    assert json.loads(result.stdout)


def test_evaluate_says_that_pictures_cannot_be_written(small: Environment, tmp_path: Path) -> None:
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots" / "coverage.svg").mkdir()

    result = tiltas(small, "evaluate", "--plots", str(tmp_path / "plots"), asked(tmp_path))

    assert (result.exit_code, result.stdout) == (2, "")
    assert "The pictures cannot be written" in result.stderr


def test_evaluate_names_a_line_that_is_no_question(small: Environment, tmp_path: Path) -> None:
    (tmp_path / "questions.jsonl").write_text(question() + '\n{"id": "broken"}\n', encoding="utf-8")

    result = tiltas(small, "evaluate", str(tmp_path / "questions.jsonl"))

    assert (result.exit_code, result.stdout) == (1, "")
    assert "questions.jsonl:2 " in result.stderr
