"""Real messages find the right entry, language by language, in each mode that works here.

The lists of known misses may only shrink: a new miss fails here, and so does a listed one that passes. The figures that
are published are those that a run gives. `make figures` writes both.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.app import mind_of
from bot.matching.corpus import texts_of
from bot.matching.text import fold
from bot.storage.faq_files import Content
from tests.golden import figures, runs

# Encoding some 1 800 messages takes a minute on an idle core, learning half of one.
pytestmark = pytest.mark.timeout(600)


@dataclass(frozen=True)
class Run:
    mode: str
    found: runs.Run


@pytest.fixture(scope="module", params=runs.MODES)
def run(request: pytest.FixtureRequest, content: Content, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return what the repository's content makes of all questions."""
    mode = request.param
    by = mind_of(content) if mode == "lexical" else runs.mind(mode, tmp_path_factory.mktemp(mode))
    if by is None:
        pytest.skip("no encoder works here")
    return Run(mode, runs.run(by))


@pytest.mark.parametrize("language", runs.LANGUAGES)
def test_no_question_is_missed_but_the_known_ones(language: str, run: Run) -> None:
    missed = runs.missed(run.found.golden.tried, language)
    known = runs.known_misses(run.mode, language)

    assert missed - known == set(), "missed, and not known: mend the content or the matching"
    assert known - missed == set(), "found by now: take these out of the list, or run make figures"


def test_the_published_figures_are_those_of_a_run(run: Run) -> None:
    published = figures.read()[run.mode]

    assert figures.lasting(figures.measured(run.found)) == figures.lasting(published), "run make figures"


@pytest.mark.parametrize("language", runs.LANGUAGES)
@pytest.mark.parametrize("mode", figures.read())
def test_each_known_miss_is_a_question(language: str, mode: str) -> None:
    assert runs.known_misses(mode, language) <= {str(one.id) for one in runs.questions(language)}


def test_what_danger_and_signs_are_judged_by_stands_in_no_list_that_they_are_learned_from(content: Content) -> None:
    learned = {fold(text.text) for text in texts_of(content.catalogue)}
    asked = [one for language in runs.DANGER_LANGUAGES for one in runs.danger_questions(language)]
    signs = [one for language in runs.SIGN_LANGUAGES for one in runs.sign_messages(language)]

    assert [one.id for one in (*asked, *signs) if fold(one.text) in learned] == []
    assert {one.kind for one in asked} == {"crisis", "not-crisis", "plain"}
