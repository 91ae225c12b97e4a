"""Figures as tables and as JSON."""

from __future__ import annotations

import json

import pytest

from bot.actions.measuring import Part, Tried
from bot.actions.measuring_text import as_confusions, as_json, as_styles, as_table
from bot.content.model import MAIN_LANGUAGES
from tests.builders_measuring import figures, tried

A, B = ("a", 0.9), ("b", 0.8)


def in_all_languages() -> list[Tried]:
    return [
        tried([A] if language != "en" else [B, A], lang=language, style="plain", message_id=f"{language}-1")
        for language in MAIN_LANGUAGES
    ]


def row(table: str, name: str) -> list[str]:
    (line,) = [line for line in table.splitlines() if line.startswith(f"{name} ")]
    return line.removeprefix(name).split()


@pytest.mark.parametrize(
    ("encoder", "head"),
    [("", "lexical; content content-1; all questions"), ("e/1", "hybrid: e/1; content content-1; all questions")],
)
def test_the_first_line_says_what_was_measured(encoder: str, head: str) -> None:
    assert as_table(figures(tried([A]), encoder=encoder)).splitlines()[0] == head


def test_the_worst_main_language_is_the_last_column() -> None:
    table = as_table(figures(*in_all_languages()))

    assert table.splitlines()[1].split() == ["lt", "en", "ru", "uk", "worst"]
    assert row(table, "questions") == ["1", "1", "1", "1"]
    assert row(table, "top-1") == ["1.000", "0.000", "1.000", "1.000", "0.000"]
    assert row(table, "clarified oos") == ["-", "-", "-", "-", "-"]


def test_without_one_of_them_there_is_no_such_column() -> None:
    assert as_table(figures(tried([A]))).splitlines()[1].split() == ["en"]


def test_intervals_stand_behind_the_shares() -> None:
    table = as_table(figures(*in_all_languages()), intervals=True)

    assert row(table, "top-1")[:2] == ["1.000", "(0.21-1.00)"]
    assert len({len(line) for line in table.splitlines()[3:-2]}) == 1


def test_times_of_short_and_longer_messages_are_told_apart() -> None:
    table = as_table(figures(tried([A], text="a" * 120, took_ms=2), tried([A], text="a" * 121, took_ms=8)))

    assert table.splitlines()[-2:] == [
        "time, up to 120 characters (1): p50 2.0 ms, p95 2.0 ms",
        "time, longer (1): p50 8.0 ms, p95 8.0 ms",
    ]


def test_styles_are_told_with_their_counts() -> None:
    assert row(as_styles(figures(*in_all_languages())), "plain") == ["4", "0.750", "1.000", "0.750", "0.750"]


def test_styles_can_have_intervals_too() -> None:
    assert "0.750 (0.30-0.95)" in as_styles(figures(*in_all_languages()), intervals=True)


def test_confusions_tell_the_pair_the_languages_and_some_questions() -> None:
    some = [tried([B], "answer", lang="lt" if number < 2 else "uk", message_id=number + 1) for number in range(5)]

    text = as_confusions(
        figures(*some, tried([A], gold=("c",), message_id="x"), tried([A], kind="oos", gold=(), message_id="y")), 2
    )

    assert text.splitlines() == [
        "What is found first in the place of the right entry (2 of 3 pairs)",
        "   5  a -> b",
        "      lt 2, uk 3; answered 5; 1 2 3 and 2 more",
        "   1  (no entry) -> a",
        "      en 1; answered 1; y",
    ]


def test_machines_get_everything() -> None:
    found = json.loads(as_json(figures(*in_all_languages(), part=Part.CHECKING, encoder="e/1")))

    assert (found["mode"], found["encoder"], found["content"], found["part"]) == (
        "hybrid",
        "e/1",
        "content-1",
        "checking",
    )
    assert found["thresholds"]["lt"].keys() == {"answer", "clarify"}
    assert found["questions"] == dict.fromkeys(MAIN_LANGUAGES, 1)
    assert found["languages"]["en"]["top-1"] == 0
    assert found["languages"]["en"]["clarified oos"] is None
    assert found["intervals"]["en"]["top-1"] == {"share": 0.0, "low": 0.0, "high": 0.7935, "of": 1}
    assert found["worst"]["top-1"] == {"language": "en", "share": 0.0}
    assert found["styles"]["all"]["plain"]["top-1"]["of"] == 4
    assert found["styles"]["en"]["plain"]["top-1"]["of"] == 1
    assert found["confusions"] == [{"gold": "a", "found": "b", "times": 1, "answered": 1, "ids": {"en": ["en-1"]}}]
    assert len(found["calibration"]) == 10
    assert found["coverage"]["en"]["present"] == {"threshold": 0.5, "answered": 1.0, "precision": 0.0}
    assert found["ms"] == {
        "messages": 4,
        "p50": 1.0,
        "p95": 1.0,
        "short": {"messages": 4, "p50": 1.0, "p95": 1.0},
        "longer": {"messages": 0, "p50": 0.0, "p95": 0.0},
    }


def test_lexical_figures_name_no_encoder() -> None:
    found = json.loads(as_json(figures(tried([A]))))

    assert (found["mode"], found["encoder"]) == ("lexical", None)


def test_no_questions_give_an_empty_table_and_empty_json() -> None:
    assert as_table(figures())
    assert as_styles(figures())
    assert as_confusions(figures(), 10).endswith("(0 of 0 pairs)")
    assert json.loads(as_json(figures()))["languages"] == {}
