"""One message as JSON, many as figures."""

from __future__ import annotations

import json

import pytest

from bot.actions.measuring import Figures, LineInvalid, Question, evaluate, match_line, question
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


def test_figures_can_be_read_by_people_and_by_programs(matcher: Matcher, whole: Catalogue) -> None:
    found = figures(matcher, whole, asked("oos", "weather tomorrow"), asked("oos", "koks oras", language="lt"))

    assert "answered oos" in found.as_table()
    assert json.loads(found.as_json())["languages"]["lt"]["answered oos"] == 0


def test_no_questions_give_empty_figures(matcher: Matcher, whole: Catalogue) -> None:
    found = figures(matcher, whole)

    assert found.counts == {}
    assert found.as_table()


def test_a_question_is_read_from_a_line() -> None:
    read = question('{"id": "1", "lang": "uk", "kind": "in", "gold": ["a"], "style": "plain", "text": "що"}')

    assert read == Question("1", Language("uk"), "in", "що", (EntryId("a"),))


def test_a_line_that_is_no_question_is_refused() -> None:
    with pytest.raises(LineInvalid, match="kind"):
        question('{"id": "1", "lang": "uk", "text": "що"}')
