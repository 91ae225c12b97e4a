"""`tiltas stamp`: translations that are up to date get their stamps."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders_cli import Environment, tiltas


def test_stamp_writes_what_is_new_once_and_names_the_files(small: Environment, faq: Path) -> None:
    content = {**small, "TILTAS_FAQ": str(faq)}

    first, second = tiltas(content, "stamp"), tiltas(content, "stamp")

    assert (first.exit_code, second.exit_code) == (0, 0), first.output
    assert first.stdout.splitlines()[0] == "faq/stamps/en/education.yaml"
    assert first.stdout.splitlines()[-1] == "6 files written."
    assert second.stdout == "All translations have their stamps.\n"
    assert tiltas(content, "check").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no-such"], "There is no translation of no-such."),
        (["deposit", "--lang", "lt"], "There is no translation of deposit in lt."),
        (["--lang", "xx"], "There is no translation of anything in xx."),
    ],
)
def test_stamp_refuses_what_is_no_translation_and_writes_nothing(
    small: Environment, faq: Path, arguments: list[str], said: str
) -> None:
    result = tiltas({**small, "TILTAS_FAQ": str(faq)}, "stamp", *arguments)

    assert (result.exit_code, result.stdout) == (1, "")
    assert said in result.stderr
    assert not (faq / "stamps").exists()
