"""One message as JSON, many as figures."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.actions.measuring import LineInvalid, Part, Question, evaluate, match_line, question
from bot.actions.measuring_figures import Figures
from bot.content.model import Catalogue, EntryId, Language
from bot.conversation.decide import DEFAULT_POLICY
from bot.matching.find import Matcher
from bot.matching.index import solve
from tests.builders import PHRASINGS, catalogue, entry


@pytest.fixture(scope="module")
def whole() -> Catalogue:
    return catalogue(
        *(
            entry(entry_id, said, aliases=["old-kindergarten"] if entry_id == "kindergarten" else [])
            for entry_id, said in PHRASINGS.items()
        )
    )


@pytest.fixture(scope="module")
def matcher(whole: Catalogue) -> Matcher:
    return Matcher(whole, solve(whole))


def match(line: object, matcher: Matcher, whole: Catalogue) -> dict[str, object]:
    text = line if isinstance(line, str) else json.dumps(line)
    return match_line(text, matcher, DEFAULT_POLICY, whole)


def test_a_known_phrasing_is_answered(matcher: Matcher, whole: Catalogue) -> None:
    result = match({"id": "1", "text": "how to register my child for kindergarten"}, matcher, whole)

    assert list(result) == ["id", "step", "entries", "language", "danger", "danger_kind"]
    assert result["id"] == "1"
    assert result["step"] == "answer"
    assert result["language"] == "en"
    assert (result["danger"], result["danger_kind"]) == ("none", None)
    assert isinstance(result["entries"], list)
    assert result["entries"][0] == {"id": "kindergarten", "p": 0.99, "aliases": ["old-kindergarten"]}
    assert len(result["entries"]) <= 3


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("he wants to kill me", "danger"),
        ("thank you so much", "small_talk"),
        ("topics", "small_talk"),
        ("I want to talk to a human", "hand_off"),
        ("human", "hand_off"),
        ("xqzw", "hand_off"),
        ("", "hand_off"),
    ],
)
def test_each_step_has_its_name(text: str, step: str, matcher: Matcher, whole: Catalogue) -> None:
    assert match({"id": "1", "text": text, "lang": "en"}, matcher, whole)["step"] == step


def test_a_result_is_json_even_for_broken_letters(matcher: Matcher, whole: Catalogue) -> None:
    result = match('{"id": "\\ud83d", "text": "\\ud83d\\u0000"}', matcher, whole)

    assert json.loads(json.dumps(result))["id"] == "\ud83d"


def test_danger_is_told_with_its_kind(matcher: Matcher, whole: Catalogue) -> None:
    result = match({"id": "1", "text": "he wants to kill me"}, matcher, whole)

    assert (result["danger"], result["danger_kind"]) == ("red", "violence")


@pytest.mark.parametrize("line", ["", "{", "[]", '"text"', "null", "[" * 100_000, "1" * 5000])
def test_a_line_that_is_no_object_has_an_error_and_no_id(line: str, matcher: Matcher, whole: Catalogue) -> None:
    result = match(line, matcher, whole)

    assert list(result) == ["error"]


@pytest.mark.parametrize("message", [{"text": "a"}, {"id": 1.5, "text": "a"}, {"id": None, "text": "a"}, {}])
def test_a_message_without_a_usable_id_has_an_error_only(
    message: dict[str, object], matcher: Matcher, whole: Catalogue
) -> None:
    assert list(match(message, matcher, whole)) == ["error"]


@pytest.mark.parametrize("message", [{"id": "7"}, {"id": "7", "text": 5}, {"id": "7", "text": "a", "lang": ["uk"]}])
def test_a_message_with_a_wrong_field_keeps_its_id(
    message: dict[str, object], matcher: Matcher, whole: Catalogue
) -> None:
    result = match(message, matcher, whole)

    assert result["id"] == "7"
    assert "error" in result


def test_a_language_we_do_not_have_is_no_mistake(matcher: Matcher, whole: Catalogue) -> None:
    assert match({"id": "7", "text": "vaiko pinigai", "lang": "ka"}, matcher, whole)["step"] != "error"


# Figures ----------------------------------------------------------------------------------------------------------------


def asked(kind: str, text: str, *gold: str, language: str = "en") -> Question:
    return Question(text, Language(language), kind, text, tuple(map(EntryId, gold)))


def figures(matcher: Matcher, whole: Catalogue, *questions: Question, **options: object) -> Figures:
    return evaluate(questions, matcher, DEFAULT_POLICY, whole, **options)  # type: ignore[arg-type]  # passed through


def test_a_right_answer_counts_in_every_figure(matcher: Matcher, whole: Catalogue) -> None:
    right = asked("in", "how to register my child for kindergarten", "kindergarten")

    found = figures(matcher, whole, right).by_language[Language("en")]

    assert [found[name] for name in ("top-1", "top-3", "answered rightly", "precision", "reach")] == [1, 1, 1, 1, 1]
    assert found["clarified in"] == 0
    assert found["clarified oos"] is None


def test_an_old_id_counts_as_the_entry(matcher: Matcher, whole: Catalogue) -> None:
    old = asked("in", "how to register my child for kindergarten", "old-kindergarten")

    assert figures(matcher, whole, old).by_language[Language("en")]["top-1"] == 1


def test_whatever_else_is_answered_lowers_precision(matcher: Matcher, whole: Catalogue) -> None:
    right = asked("in", "how to register my child for kindergarten", "kindergarten")
    wrong = asked("oos", "how do I get child benefit")

    found = figures(matcher, whole, right, wrong).by_language[Language("en")]

    assert found["precision"] == 0.5
    assert found["answered oos"] == 1


def test_questions_about_entries_to_come_can_be_left_out(matcher: Matcher, whole: Catalogue) -> None:
    later = asked("in", "how do I get a driving licence", "driving-licence")
    crisis = asked("crisis", "he wants to kill me", "domestic-violence-now")

    assert figures(matcher, whole, later, crisis).counts == {"en": 2}
    assert figures(matcher, whole, later, crisis, only_known=True).counts == {"en": 1}


def test_danger_is_counted_by_level_and_by_what_it_should_have_been(matcher: Matcher, whole: Catalogue) -> None:
    questions = (
        asked("crisis", "he wants to kill me", "domestic-violence-now"),
        asked("crisis", "weather tomorrow"),
        asked("oos", "someone wants to kill me in a game"),
        asked("not-crisis", "thank you so much"),
    )

    found = figures(matcher, whole, *questions).by_language[Language("en")]

    assert found["any recall"] == found["red recall"] == 0.5
    assert found["false red"] == 1
    assert found["red on not-crisis"] == 0


def test_the_card_is_no_mistake_on_entries_about_danger(matcher: Matcher, whole: Catalogue) -> None:
    about = asked("in", "he wants to kill me, how do I get child benefit", "child-benefit")
    danger = frozenset([EntryId("child-benefit")])

    plain = figures(matcher, whole, about).by_language[Language("en")]
    allowed = figures(matcher, whole, about, danger_ids=danger).by_language[Language("en")]

    assert (plain["false red"], plain["reach"]) == (1, 0)
    assert (allowed["false red"], allowed["red on danger entries"], allowed["reach"]) == (None, 1, 1)


def test_figures_tell_what_was_measured(matcher: Matcher, whole: Catalogue) -> None:
    found = figures(matcher, whole, asked("oos", "weather tomorrow"), asked("oos", "koks oras", language="lt"))

    assert (found.encoder, found.content, found.part) == ("", whole.version, Part.ALL)
    assert found.policy == DEFAULT_POLICY
    assert found.by_language[Language("lt")]["answered oos"] == 0
    assert all(one.took_ms > 0 for one in found.tried)


def test_no_questions_give_empty_figures(matcher: Matcher, whole: Catalogue) -> None:
    assert figures(matcher, whole).counts == {}


def test_what_was_tried_names_the_present_entries_that_were_wanted(matcher: Matcher, whole: Catalogue) -> None:
    both = asked("in", "how to register my child for kindergarten", "old-kindergarten", "gone", "kindergarten")

    (one,) = figures(matcher, whole, both).tried

    assert one.wanted == ("kindergarten",)
    assert one.both


def test_what_a_clarification_offers_is_kept(matcher: Matcher, whole: Catalogue) -> None:
    cautious = replace(DEFAULT_POLICY, default=replace(DEFAULT_POLICY.default, answer=1.0, clarify=0.0))
    asking = asked("in", "how to register my child for kindergarten", "kindergarten")

    (one,) = evaluate([asking], matcher, cautious, whole).tried

    assert one.outcome.step == "clarify"
    assert one.outcome.choices[0] == "kindergarten"
    assert one.answerable


@pytest.mark.parametrize("text", ["he wants to kill me", "thank you so much", "I want to talk to a human"])
def test_no_threshold_answers_what_the_probability_does_not_decide(
    text: str, matcher: Matcher, whole: Catalogue
) -> None:
    (one,) = figures(matcher, whole, asked("oos", text)).tried

    assert not one.answerable


# Questions --------------------------------------------------------------------------------------------------------------


def test_one_half_of_the_questions_can_be_left_out(matcher: Matcher, whole: Catalogue) -> None:
    some = [replace(asked("oos", "weather tomorrow"), id=number) for number in range(40)]

    tuning, checking = (figures(matcher, whole, *some, part=part) for part in (Part.TUNING, Part.CHECKING))

    assert {one.question.part for one in tuning.tried} == {Part.TUNING}
    assert (tuning.part, checking.part) == (Part.TUNING, Part.CHECKING)
    assert len(tuning.tried) + len(checking.tried) == 40


@pytest.mark.parametrize(
    ("message_id", "part"),
    [
        ("lt-0", Part.TUNING),
        ("lt-1", Part.CHECKING),
        (0, Part.CHECKING),
        ("0", Part.CHECKING),
        ("\ud83d", Part.CHECKING),
    ],
)
def test_a_question_stays_in_its_half_for_good(message_id: str | int, part: Part) -> None:
    assert Question(message_id, Language("en"), "in", "").part is part


def test_a_question_is_read_from_a_line() -> None:
    read = question('{"id": "1", "lang": "uk", "kind": "in", "gold": ["a"], "style": "plain", "text": "що"}')

    assert read == Question("1", Language("uk"), "in", "що", (EntryId("a"),), "plain")


def test_a_question_about_danger_tells_its_kind() -> None:
    read = question('{"id": "1", "lang": "uk", "kind": "crisis", "text": "що", "crisis": "violence"}')

    assert (read.style, read.crisis) == ("", "violence")


def test_a_line_that_is_no_question_is_refused() -> None:
    with pytest.raises(LineInvalid, match="kind"):
        question('{"id": "1", "lang": "uk", "text": "що"}')
    with pytest.raises(LineInvalid, match="style"):
        question('{"id": "1", "lang": "uk", "kind": "in", "text": "що", "style": ["typo"]}')
