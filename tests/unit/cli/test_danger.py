"""`tiltas danger review`: the words of danger and the signs, listed and as pages to read."""

from __future__ import annotations

import re
from pathlib import Path

from tests.builders_cli import on, tiltas


def test_the_words_of_danger_and_the_signs_are_listed_with_their_digests_and_written_as_pages(
    faq: Path, tmp_path: Path
) -> None:
    listed = tiltas(on(faq), "danger", "review")
    page = tmp_path / "pages.html"
    written = tiltas(on(faq), "danger", "review", "--lang", "uk", "--html", str(page))
    unknown = tiltas(on(faq), "danger", "review", "--lang", "xx")

    assert listed.exit_code == written.exit_code == 0
    for name in ("danger", "signs "):
        assert re.search(rf"^uk   {name} [0-9a-f]{{16}}  not read$", listed.output, re.MULTILINE)
    assert re.findall(r'<section id="([^"]+)"', page.read_text("utf-8")) == ["uk", "uk-signs"]
    assert (unknown.exit_code, "there are: " in unknown.output) == (1, True)


def test_a_pattern_of_a_sign_that_cannot_be_read_is_named(faq: Path) -> None:
    file = faq / "uk" / "signs.yaml"
    file.write_text(file.read_text("utf-8").replace("childuk here", '"* here"', 1), encoding="utf-8")

    result = tiltas(on(faq), "danger", "review")

    assert result.exit_code == 2
    assert "'* here'" in result.stderr
    assert "Traceback" not in result.output
