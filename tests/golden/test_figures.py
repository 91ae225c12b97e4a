"""What is published is what was measured: the README and the page on languages against `docs/figures.json`."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from bot.actions.measuring import Part, Question, evaluate
from bot.actions.measuring_figures import Figures
from bot.content.model import MAIN_LANGUAGES, EntryId, Language
from bot.conversation.decide import DEFAULT_POLICY
from bot.matching.find import Matcher
from bot.matching.index import solve
from bot.matching.language import KNOWN
from tests.builders import LT, PHRASINGS, UK, catalogue
from tests.golden import figures, runs


@pytest.mark.parametrize("document", figures.DOCUMENTS, ids=lambda path: path.name)
def test_a_document_tells_the_figures_that_were_measured(document: Path) -> None:
    text = document.read_text("utf-8")

    assert text == figures.between_marks(text, figures.DOCUMENTS[document](figures.read())), "run make figures"


def test_the_page_on_languages_tells_of_each_language_that_is_recognised() -> None:
    told = re.findall(r"^\| [^|]+ \| `(\w+)` \|", figures.for_languages(figures.read()), re.MULTILINE)

    assert told == list(KNOWN)
    assert set(told) == set(runs.LANGUAGES)


def test_the_figures_count_each_question_and_each_known_miss() -> None:
    for mode, found in figures.read().items():
        assert found["golden"] == {language: len(runs.questions(language)) for language in runs.LANGUAGES}
        assert found["misses"] == {language: len(runs.known_misses(mode, language)) for language in runs.LANGUAGES}


def test_the_figures_are_of_the_half_that_nothing_was_tuned_on() -> None:
    for found in figures.read().values():
        halves = {language: [one for one in runs.questions(language) if one.part == "checking"] for language in KNOWN}

        assert found["part"] == "checking"
        assert found["questions"] == {language: len(half) for language, half in halves.items() if half}


# How they are written down --------------------------------------------------------------------------------------------


def in_the_checking_half(name: str) -> str:
    """Return an id."""
    ids = (f"{name}-{number}" for number in count())
    return next(one for one in ids if Question(one, Language("en"), "in", "").part is Part.CHECKING)


FOUND, LOST, UNSEEN = (
    {tag: in_the_checking_half(f"{tag}-{what}") for tag in MAIN_LANGUAGES} for what in ("a", "b", "c")
)


@pytest.fixture(scope="module")
def golden() -> Figures:
    """Return what small content makes of three questions in each main language: found, not there, danger that is not seen."""
    whole = catalogue()
    asked = [
        one
        for tag in MAIN_LANGUAGES
        for one in (
            Question(FOUND[tag], tag, "in", PHRASINGS["family-doctor"][tag][0], (EntryId("family-doctor"),), "plain"),
            Question(LOST[tag], tag, "in", PHRASINGS["child-benefit"][tag][0], (EntryId("family-doctor"),), "typo"),
            Question(UNSEEN[tag], tag, "crisis", "xqzw", crisis="violence"),
        )
    ]
    return evaluate(asked, Matcher(whole, solve(whole)), DEFAULT_POLICY, whole)


@pytest.fixture
def lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(runs, "HERE", tmp_path)
    monkeypatch.setattr(runs, "LANGUAGES", list(MAIN_LANGUAGES))
    return tmp_path / "misses" / "lexical"


def test_a_mode_without_lists_gets_them(golden: Figures, lists: Path) -> None:
    counts, refused = figures.listed("lexical", golden, accept=False)

    assert (lists / "uk.txt").read_text("utf-8") == f"{LOST[UK]}\n{UNSEEN[UK]}\n"
    assert counts == dict.fromkeys(MAIN_LANGUAGES, 2)
    assert refused == set()


def test_a_list_shrinks_but_does_not_grow_unless_that_is_accepted(golden: Figures, lists: Path) -> None:
    lists.mkdir(parents=True)
    for language in MAIN_LANGUAGES:
        (lists / f"{language}.txt").write_text(f"{FOUND[LT]}\n{LOST[LT]}\n" if language == LT else "", "utf-8")

    counts, refused = figures.listed("lexical", golden, accept=False)

    assert (lists / "lt.txt").read_text("utf-8") == f"{LOST[LT]}\n"
    assert counts == {"lt": 1, "en": 0, "ru": 0, "uk": 0}
    assert refused == {*LOST.values(), *UNSEEN.values()} - {LOST[LT]}
    assert figures.listed("lexical", golden, accept=True) == (dict.fromkeys(MAIN_LANGUAGES, 2), set())


def test_two_runs_differ_in_nothing_that_lasts(golden: Figures) -> None:
    slower = replace(golden, content="2", tried=tuple(replace(one, took_ms=one.took_ms + 5) for one in golden.tried))

    first, second = (
        figures.measured(runs.Run(golden, {}, golden, golden)),
        figures.measured(runs.Run(slower, {}, golden, golden)),
    )

    assert first["ms"] != second["ms"]
    assert figures.lasting(first) == figures.lasting(second)


def test_a_figure_that_moves_by_one_question_is_another_figure(golden: Figures) -> None:
    fewer = replace(golden, tried=golden.tried[1:])

    assert figures.lasting(figures.measured(runs.Run(golden, {}, golden, golden))) != figures.lasting(
        figures.measured(runs.Run(fewer, {}, golden, golden))
    )


def test_words_go_between_the_marks_and_nowhere_else() -> None:
    text = f"before\n{figures.BEGIN}old\n{figures.END}after\n"

    assert figures.between_marks(text, "new\n") == f"before\n{figures.BEGIN}new\n{figures.END}after\n"


@pytest.mark.parametrize("text", ["", f"{figures.BEGIN}open\n", f"{figures.BEGIN}{figures.END}" * 2])
def test_a_document_without_one_place_for_figures_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no place"):
        figures.between_marks(text, "new\n")


def test_a_mode_that_was_never_measured_is_not_told(golden: Figures) -> None:
    found = {"lexical": figures.measured(runs.Run(replace(golden, encoder=""), {"mixed": golden}, golden, golden))}
    found["lexical"] |= {"misses": dict.fromkeys(MAIN_LANGUAGES, 2)}

    assert "hybrid" not in figures.for_readme(found) + figures.for_languages(found)
    assert "| two languages in one message, lexical | 12 | 0.500 (" in figures.for_readme(found)
    assert "| Ukrainian | `uk` | 3 | 2 | 0.500 / " in figures.for_languages(found)


def test_what_is_written_is_read_again(golden: Figures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "languages.md"
    page.write_text(f"# Page\n{figures.BEGIN}{figures.END}", "utf-8")
    monkeypatch.setattr(figures, "FIGURES", tmp_path / "figures.json")
    monkeypatch.setattr(figures, "DOCUMENTS", {page: figures.for_languages})
    found = {
        "hybrid": figures.measured(runs.Run(replace(golden, encoder="small/1"), {}, golden, golden))
        | {"misses": dict.fromkeys(MAIN_LANGUAGES, 2)}
    }
    found["lexical"] = found["hybrid"]

    figures.write(found)

    assert figures.read() == found
    assert page.read_text("utf-8") == f"# Page\n{figures.BEGIN}{figures.for_languages(found)}{figures.END}"
