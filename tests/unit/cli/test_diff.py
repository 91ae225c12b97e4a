"""`tiltas diff`: which golden questions a change of the content loses and gains."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.builders_cli import Environment, broken, question, tiltas
from tests.builders_content import small_content, write


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    """Return questions, one of which small content answers."""
    lines = [
        question(kind="in", id="k", text="How do I register my child for kindergarten?"),
        question(kind="oos", text="en pets 1"),
    ]
    (tmp_path / "golden.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path / "golden.jsonl"


def without_kindergarten(folder: Path) -> Path:
    content = small_content()
    content["entries/education.yaml"]["entries"]["kindergarten"]["status"] = "draft"
    del content["checklists.yaml"]["checklists"]["first-week"]["steps"]["place"]
    return write(folder / "without" / "faq", content).parent


def test_diff_returns_1_where_a_question_is_lost_and_0_where_one_is_gained(
    small: Environment, tmp_path: Path, golden: Path
) -> None:
    with_it, without = small["TILTAS_FAQ"], str(without_kindergarten(tmp_path))

    lost = tiltas(small, "diff", with_it, without, "--questions", str(golden))
    gained = tiltas(small, "diff", without, with_it, "--questions", str(golden), "--format", "json")

    assert (lost.exit_code, gained.exit_code) == (1, 0), lost.output + gained.output
    assert "lost (1)\n  en  k  How do I register my child" in lost.stdout
    assert "status: published -> draft" in lost.stdout
    assert [one["id"] for one in json.loads(gained.stdout)["gained"]] == ["k"]


def test_diff_writes_a_comment_for_a_pull_request(small: Environment, golden: Path) -> None:
    faq = small["TILTAS_FAQ"]

    result = tiltas(small, "diff", faq, faq, "--questions", str(golden), "--format", "markdown")

    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("## Content: 0 lost, 0 gained, 0 moved\n")


def test_diff_tells_the_findings_of_all_sides_that_cannot_be_read(
    small: Environment, tmp_path: Path, golden: Path
) -> None:
    content = small_content()
    del content["topics.yaml"]
    faq = write(tmp_path / "spoilt", content)

    result = tiltas(small, "diff", str(faq), "--questions", str(golden), "--", "-no-revision")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "topics.yaml:1" in result.stderr
    assert "'-no-revision' is no folder" in result.stderr


def test_diff_tells_of_content_that_tiltas_would_refuse_and_compares_it(
    small: Environment, tmp_path: Path, golden: Path
) -> None:
    result = tiltas(small, "diff", small["TILTAS_FAQ"], str(broken(tmp_path)), "--questions", str(golden))

    assert result.exit_code == 0, result.output
    assert "finds 2 errors" in result.stderr
    assert "body: smsm -> nobody" in result.stdout


def test_diff_takes_the_golden_questions_of_the_project(
    small: Environment, golden: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faq = small["TILTAS_FAQ"]
    monkeypatch.setattr("bot.cli.questions.GOLDEN", golden.parent)
    found = tiltas(small, "diff", faq, faq, "--format", "json")
    monkeypatch.setattr("bot.cli.questions.GOLDEN", golden.parent / "nowhere")
    missing = tiltas(small, "diff", faq, faq)

    assert json.loads(found.stdout)["languages"]["en"]["questions"] == 2
    assert missing.exit_code == 2
    assert "--questions" in missing.stderr


def test_diff_ends_with_2_at_a_line_that_is_no_question(small: Environment, tmp_path: Path) -> None:
    (tmp_path / "golden.jsonl").write_text("no json\n", encoding="utf-8")
    faq = small["TILTAS_FAQ"]

    result = tiltas(small, "diff", faq, faq, "--questions", str(tmp_path / "golden.jsonl"))

    assert (result.exit_code, result.stdout) == (2, "")
    assert "golden.jsonl:1 " in result.stderr
