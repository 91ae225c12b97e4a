"""What an editor is told of one message."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.actions.explaining import Explanation, explain
from bot.content.model import Catalogue, Language
from bot.conversation.decide import Policy, Thresholds
from bot.matching.find import Matcher
from bot.matching.index import Index, solve
from tests.builders import PHRASINGS, catalogue, entry

POLICY = Policy(Thresholds(answer=0.5, clarify=0.1))


@pytest.fixture(scope="module")
def whole() -> Catalogue:
    return catalogue(
        *(
            entry(entry_id, said, min_confidence=0.98 if entry_id == "child-benefit" else None)
            for entry_id, said in PHRASINGS.items()
        )
    )


@pytest.fixture(scope="module")
def index(whole: Catalogue) -> Index:
    return solve(whole)


@pytest.fixture(scope="module")
def matcher(whole: Catalogue, index: Index) -> Matcher:
    return Matcher(whole, index)


@pytest.fixture
def tell(whole: Catalogue, index: Index, matcher: Matcher) -> Any:  # Any: a function with an optional argument
    def told(text: str, chosen: Language | None = None, policy: Policy = POLICY) -> Explanation:
        return explain(text, chosen, matcher=matcher, index=index, policy=policy, catalogue=whole)

    return told


def test_an_entry_comes_with_the_phrasings_that_pulled_it_in_any_language(tell: Any) -> None:
    found = tell("ochered v gosudarstvennyj sadik dlya dochki")

    first = found.entries[0]
    assert first.candidate.entry_id == "kindergarten"
    assert first.phrasings[0].text.text == "очередь в государственный садик"
    assert first.phrasings[0].text.language == "ru"
    assert 0 < first.phrasings[0].similarity < 1
    assert len(found.entries) <= 5


def test_an_entry_comes_with_what_each_word_adds_to_its_score(tell: Any) -> None:
    first = tell("free courses of something").entries[0]

    assert first.candidate.entry_id == "lithuanian-courses"
    assert {one.word for one in first.words} == {"free", "courses", "of", "something"}
    assert first.words[0].word == "courses"
    assert sum(one.weight for one in first.words) == pytest.approx(first.score, abs=1e-3)


def test_a_phrasing_that_is_also_a_title_is_told_once(tell: Any) -> None:
    texts = [near.text.text for near in tell("how to register my child for kindergarten").entries[0].phrasings]

    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(
    ("text", "step", "because"),
    [
        ("how to register my child for kindergarten", "answer", "phrasing of kindergarten"),
        ("we need a place in kindergarten", "answer", "reaches 0.50"),
        ("is there money for a child", "clarify", "below 0.98 (its own min_confidence)"),
        ("xqzw", "hand_off", "below 0.10"),
        ("", "hand_off", "0.00 is below 0.10"),
        ("thank you so much", "small_talk", "small talk: thanks"),
        ("topics", "small_talk", "command topics"),
        ("I want to talk to a human", "hand_off", "asks for a person"),
        ("he wants to kill me", "danger", "outranks everything"),
    ],
)
def test_what_decided_is_told(tell: Any, text: str, step: str, because: str) -> None:
    found = tell(text, Language("en"))

    assert found.outcome.step == step
    assert because in found.because
    assert found.because in found.as_text()


def test_the_threshold_of_each_entry_is_told(tell: Any) -> None:
    found = {why.candidate.entry_id: why.answers_from for why in tell("money for a child in kindergarten").entries}

    assert found["kindergarten"] == 0.5
    assert found["child-benefit"] == 0.98


def test_danger_is_told_with_its_kind_its_pattern_and_where_that_stands(tell: Any) -> None:
    found = tell("he wants to kill me")

    assert "danger    red, violence" in found.as_text()
    assert "red pattern of violence in faq/en/danger.yaml: wants to kill me" in found.as_text()


def test_danger_that_only_the_detector_hears_is_told_with_the_examples_nearest(tell: Any) -> None:
    found = tell("husband beat up my friend with a knife")

    assert found.alarm.patterns == ()
    assert found.alarm.score > found.alarm.amber
    assert found.alarm.examples[0].text.label == "danger:violence:red"
    assert found.alarm.examples[0].text.text in found.as_text()


def test_words_of_a_command_are_not_heard_by_the_detector(tell: Any) -> None:
    found = tell("topics", Language("en"))

    assert found.alarm.score == 0
    assert found.alarm.examples == ()


def test_sentences_about_different_things_are_told_apart(tell: Any) -> None:
    found = tell("How to register my child for kindergarten? Landlord does not return the deposit.")

    assert {why.candidate.entry_id: why.part for why in found.entries[:2]} == {
        "kindergarten": "how to register my child for kindergarten",
        "rental-contract": "landlord does not return the deposit",
    }
    assert "found in: landlord does not return the deposit" in found.as_text()


def test_the_language_chosen_counts_and_is_told(tell: Any) -> None:
    assert "language  uk, " in tell("ок", Language("uk")).as_text()
    assert "; chosen: uk" in tell("ок", Language("uk")).as_text()
    assert "chosen" not in tell("ок").as_text()


def test_the_best_class_that_is_no_entry_is_told(tell: Any) -> None:
    assert tell("will it rain").other[0] == "background:weather"


@pytest.mark.parametrize(
    "text", ["садик", "", "\ud83d\x1b[31m red", "新幼儿园", "he wants to kill me", "x" * 3000, "👍"]
)
def test_anything_can_be_told_as_text_and_as_json(tell: Any, text: str) -> None:
    found = tell(text)

    told = json.loads(found.as_json())
    assert told["step"] == found.outcome.step
    assert len(told["entries"]) == len(found.entries)
    assert "\x1b" not in found.as_text()


def test_json_holds_what_text_tells(tell: Any) -> None:
    told = json.loads(tell("he wants to kill me and what about kindergarten", Language("en")).as_json())

    assert (told["danger"]["level"], told["danger"]["kind"]) == ("red", "violence")
    assert told["danger"]["patterns"] == [
        {"level": "red", "kind": "violence", "language": "en", "pattern": "wants to kill me"}
    ]
    assert told["thresholds"] == {"answer": 0.5, "clarify": 0.1}
    first = told["entries"][0]
    assert set(first) == {"id", "question", "p", "answers_from", "part", "score", "phrasings", "words"}
    assert set(first["phrasings"][0]) == {"text", "language", "similarity", "role"}
