"""`tiltas helplines`: how each line stands at an instant."""

from __future__ import annotations

from pathlib import Path

from tests.builders_cli import Environment, tiltas


def test_helplines_tells_how_each_published_line_stands_at_an_instant(small: Environment) -> None:
    result = tiltas(small, "helplines", "--at", "2026-11-23T11:00", "--lang", "uk")

    assert result.exit_code == 0, result.output
    assert [line.split() for line in result.stdout.splitlines()[3:]] == [
        ["linija", "112", "open", "always", "lt"],
        ["linija", "+370", "600", "00000", "open", "mon", "2026-11-23", "12:00", "lt"],
    ]


def test_helplines_looks_at_now_and_refuses_what_is_no_instant(small: Environment) -> None:
    now, wrong = tiltas(small, "helplines"), tiltas(small, "helplines", "--at", "tomorrow")

    assert (now.exit_code, wrong.exit_code) == (0, 2)
    assert " in Vilnius" in now.stdout.splitlines()[0]
    assert "'tomorrow'" in wrong.stderr


def test_helplines_says_why_it_cannot_work(small: Environment, faq: Path) -> None:
    (faq / "helplines.yaml").write_text("helplines: [", encoding="utf-8")

    result = tiltas({**small, "TILTAS_FAQ": str(faq)}, "helplines")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "helplines.yaml:" in result.stderr
