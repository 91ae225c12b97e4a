"""Why a text scores as it does: what words add, which texts are near, what fired."""

from __future__ import annotations

import pytest

from bot.content.model import MAIN_LANGUAGES, Catalogue, DangerKind
from bot.matching.corpus import Role, texts_of
from bot.matching.evidence import Level
from bot.matching.explain import alarm_score, class_scores, nearest, word_weights
from bot.matching.find import Matcher
from bot.matching.index import Index, solve
from bot.matching.text import fold, skeleton
from tests.builders import catalogue

LT, EN, RU, UK = MAIN_LANGUAGES


@pytest.fixture(scope="module")
def whole() -> Catalogue:
    return catalogue()


@pytest.fixture(scope="module")
def index(whole: Catalogue) -> Index:
    return solve(whole)


@pytest.fixture(scope="module")
def matcher(whole: Catalogue, index: Index) -> Matcher:
    return Matcher(whole, index)


@pytest.mark.parametrize(
    "text",
    ["очередь в садик, очередь!", "zapysaty dytynu v sadochok", "what what is this kindergarten", "新幼儿园", ""],
)
def test_what_the_words_add_is_the_score_of_the_index(index: Index, text: str) -> None:
    folded = fold(text)
    score = index.scores(index.vocabulary.row(skeleton(folded)))[index.columns.index("entry:kindergarten")]

    weights = word_weights(folded, "entry:kindergarten", index)

    assert sum(one.weight for one in weights) == pytest.approx(score, abs=1e-4)
    assert class_scores(folded, index)["entry:kindergarten"] == pytest.approx(score, abs=1e-6)
    assert [one.weight for one in weights] == sorted((one.weight for one in weights), reverse=True)
    assert {one.word for one in weights} == set(folded.split())


def test_the_word_that_names_the_entry_weighs_most(index: Index) -> None:
    assert word_weights("please a kindergarten near us", "entry:kindergarten", index)[0].word == "kindergarten"


def test_only_classes_that_compete_have_a_score(index: Index) -> None:
    families = {column.partition(":")[0] for column in class_scores("kindergarten", index)}

    assert families == {"entry", "human", "talk", "background"}


def test_the_nearest_texts_come_first_in_any_alphabet(whole: Catalogue, index: Index) -> None:
    found = nearest("ochered v sadik", texts_of(whole), index, most=2)

    assert len(found) == 2
    assert found[0].text.text == "очередь в государственный садик"
    assert 1 > found[0].similarity >= found[1].similarity > 0


def test_a_text_is_wholly_like_itself_and_unlike_what_shares_no_letters(whole: Catalogue, index: Index) -> None:
    (itself,) = (text for text in texts_of(whole) if text.text == "weather tomorrow" and text.role is Role.PHRASING)

    assert nearest("weather tomorrow", [itself], index, most=3)[0].similarity == pytest.approx(1, abs=1e-4)
    assert nearest("2", [itself], index, most=3) == ()


def test_the_detector_hears_more_danger_in_danger(index: Index) -> None:
    assert alarm_score("my husband beats me", index) > alarm_score("child benefit", index)


def test_each_pattern_that_fired_is_told_once_gravest_first(matcher: Matcher) -> None:
    hits = matcher.patterns_in("I am afraid of my husband. He beats me, " + "and so on " * 60 + " he beats me")

    assert [(hit.level, hit.kind, hit.language, hit.pattern) for hit in hits] == [
        (Level.RED, DangerKind.VIOLENCE, EN, "beat*|hit*|hurt* me"),
        (Level.AMBER, DangerKind.VIOLENCE, EN, "afraid of * husband"),
    ]
    assert matcher.gravest_pattern("I am afraid of my husband. He beats me") == hits[0]
    assert matcher.gravest_pattern("child benefit") is None


def test_a_question_is_looked_up_without_its_greeting(matcher: Matcher) -> None:
    assert matcher.looked_up("Hello! How do I get child benefit?") == ("how do i get child benefit",)


def test_clauses_are_looked_up_apart_where_they_have_different_entries(matcher: Matcher) -> None:
    text = "How do I get child benefit? Landlord does not return the deposit."

    assert matcher.looked_up(text)[1:] == ("how do i get child benefit", "landlord does not return the deposit")
