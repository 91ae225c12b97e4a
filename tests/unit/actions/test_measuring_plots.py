"""The two pictures: sound SVG that can be read as text, in any colours."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from bot.actions.measuring import Tried
from bot.actions.measuring_plots import SERIES, calibration_plot, coverage_plot, plots
from bot.content.model import MAIN_LANGUAGES
from tests.builders_measuring import figures, tried

SVG = "{http://www.w3.org/2000/svg}"


def in_languages(*languages: str) -> list[Tried]:
    """Return for each language six questions: the surer, the more often right."""
    found = [("a", 0.95), ("a", 0.75), ("a", 0.55), ("b", 0.5), ("a", 0.35), ("b", 0.15)]
    return [
        tried([one], "answer" if one[1] >= 0.45 else "clarify", lang=language)
        for language in languages
        for one in found
    ]


def parsed(picture: str) -> ET.Element:
    return ET.fromstring(picture)  # noqa: S314  our own


def words(picture: str) -> list[str]:
    return [element.text or "" for element in parsed(picture).iter(f"{SVG}text")]


def described(picture: str) -> tuple[str, str]:
    root = parsed(picture)
    return root.findtext(f"{SVG}title") or "", root.findtext(f"{SVG}desc") or ""


@pytest.fixture
def both() -> dict[str, str]:
    return plots(figures(*in_languages(*MAIN_LANGUAGES), encoder="<e>&1"))


def test_both_pictures_are_named(both: dict[str, str]) -> None:
    assert list(both) == ["calibration.svg", "coverage.svg"]


def test_a_picture_is_named_by_its_finding_and_described_with_its_numbers(both: dict[str, str]) -> None:
    for picture in both.values():
        root, (title, about) = parsed(picture), described(picture)

        assert root.get("role") == "img"
        assert (root.get("aria-labelledby") or "").split() == ["title", "desc"]
        assert title == words(picture)[0]
        assert "hybrid: <e>&1" in about


def test_colours_follow_the_reader_and_no_element_has_its_own(both: dict[str, str]) -> None:
    for picture in both.values():
        assert "prefers-color-scheme: dark" in picture
        assert "forced-colors: active" in picture
        assert "style=" not in picture
        assert re.findall(r'(?:fill|stroke)="', picture) == []
        assert "script" not in picture


def test_nothing_is_drawn_outside_of_a_picture(both: dict[str, str]) -> None:
    for picture in both.values():
        root = parsed(picture)
        wide, tall = float(root.get("width") or 0), float(root.get("height") or 0)

        for text in root.iter(f"{SVG}text"):
            assert 0 <= float(text.get("x") or -1) <= wide - 16
            assert 0 <= float(text.get("y") or -1) <= tall


# Calibration ----------------------------------------------------------------------------------------------------------


def test_calibration_draws_a_bar_for_each_bin_with_messages_and_tells_its_numbers() -> None:
    picture = calibration_plot(figures(*in_languages("en")))

    bars = [one for one in parsed(picture).iter(f"{SVG}rect") if one.get("class") == "bar"]
    assert len(bars) == 5
    assert "0.5 to 0.6: called 0.53, right 0.50 of 2 messages" in described(picture)[1]
    assert words(picture).count("-") == 10


@pytest.mark.parametrize(
    ("p", "found", "finding"),
    [
        (0.2, "a", "Probabilities are off by 0.80 on average, mostly too low (2 messages)"),
        (0.9, "b", "Probabilities are off by 0.90 on average, mostly too high (2 messages)"),
    ],
)
def test_calibration_says_by_how_much_and_in_which_direction_probabilities_are_off(
    p: float, found: str, finding: str
) -> None:
    some = [tried([(found, p)]) for _ in range(2)]

    assert described(calibration_plot(figures(*some)))[0] == finding


def test_errors_in_both_directions_have_none() -> None:
    some = [tried([("a", 0.2)]), tried([("b", 0.8)])]

    assert described(calibration_plot(figures(*some)))[0] == "Probabilities are off by 0.80 on average (2 messages)"


# Coverage -------------------------------------------------------------------------------------------------------------


def lines(picture: str) -> list[str]:
    found = (one.get("class") or "" for one in parsed(picture).iter(f"{SVG}path"))
    return [name for name in found if name.startswith("line ")]


def test_coverage_draws_a_line_and_a_mark_for_each_language() -> None:
    picture = coverage_plot(figures(*in_languages("lt", "uk")))

    marks = [one for one in parsed(picture).iter(f"{SVG}path") if (one.get("class") or "").startswith("mark ")]
    assert lines(picture) == ["line s0", "line s1"] * 2  # the lines, then their samples in the table
    assert len(marks) == 4
    assert "0.67 of 6" in words(picture)
    assert "0.75 of 4" in words(picture)
    assert "lt: from 0.5 on 0.67 answered, 0.75 of the answers right" in described(picture)[1]


def test_more_languages_than_a_picture_holds_get_one_below_main_languages_first() -> None:
    picture = coverage_plot(figures(*in_languages("ar", "be", *MAIN_LANGUAGES)))

    assert [one for one in words(picture) if one in {"ar", "be", *MAIN_LANGUAGES}].count("ar") == 2
    assert len(parsed(picture).findall(f"{SVG}g")) == 2
    assert lines(picture).count("line s3") == 2
    assert described(picture)[0].startswith("lt en ru uk: 67 % are answered at once")
    assert SERIES == 4


def test_names_at_the_ends_of_lines_do_not_touch() -> None:
    picture = coverage_plot(figures(*in_languages(*MAIN_LANGUAGES)))

    ends = [float(one.get("y") or 0) for one in parsed(picture).iter(f"{SVG}text") if float(one.get("x") or 0) > 660]
    assert len(ends) == 4
    assert min(below - above for above, below in pairwise(ends)) >= 16


def test_a_language_of_which_nothing_is_answered_has_a_line_but_no_mark() -> None:
    picture = coverage_plot(figures(tried([("a", 0.3)], "clarify")))

    assert described(picture)[0] == "No question is answered"
    assert "- of 0" in words(picture)


def test_no_questions_give_sound_pictures() -> None:
    for picture in plots(figures()).values():
        assert parsed(picture).tag == f"{SVG}svg"
