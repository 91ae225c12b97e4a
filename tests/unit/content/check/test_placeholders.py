import pytest

from bot.content.findings import Severity
from bot.content.model import MAIN_LANGUAGES
from tests.builders_content import Content, assert_one_finding, findings, small_content


@pytest.fixture
def content() -> Content:
    return small_content()


def add_to_details(content: Content, words: str, *languages: str) -> None:
    for language in languages:
        content[f"{language}/housing.yaml"]["entries"]["deposit"]["details"] += f"\n- {words}"


@pytest.mark.parametrize("words", ["{term", "term}", "{Term}", "{}", "{term number}", "{{term}}"])
def test_braces_that_are_no_placeholder_are_found(content: Content, words: str) -> None:
    add_to_details(content, words, "uk")

    assert_one_finding(content, ("uk/housing.yaml", "details:"), '"details" has braces')


def test_an_unknown_value_is_found_and_guessed(content: Content) -> None:
    add_to_details(content, "{terms}", "uk")

    assert_one_finding(content, ("uk/housing.yaml", "details:"), 'no value "terms" (did you mean term?)')


def test_a_part_that_a_value_does_not_have_is_found(content: Content) -> None:
    add_to_details(content, "{term.year}", "uk")

    assert_one_finding(content, ("uk/housing.yaml", "details:"), "can only be written as {term} or {term.number}")


def test_a_helpline_without_number_used_as_a_number_is_found(content: Content) -> None:
    content["helplines.yaml"]["helplines"]["hl-form"] = content["helplines.yaml"]["helplines"]["hl-rent"] | {
        "number": None,
        "url": "https://pagalbasau.lt",
    }
    content["entries/housing.yaml"]["entries"]["deposit"]["values"]["form"] = {"helpline": "hl-form"}
    add_to_details(content, "{form.url}", *MAIN_LANGUAGES)
    add_to_details(content, "{form}", "en")

    assert_one_finding(content, ("en/housing.yaml", "details:"), 'the helpline "hl-form" has no number')


def test_a_value_in_no_text_is_a_warning(content: Content) -> None:
    content["entries/housing.yaml"]["entries"]["deposit"]["values"]["limit"] = {"number": 3}

    assert_one_finding(content, ("entries/housing.yaml", "limit:"), 'value "limit"', Severity.WARNING)


def test_a_value_that_one_language_leaves_out_is_a_warning_there(content: Content) -> None:
    content["entries/housing.yaml"]["entries"]["deposit"]["values"]["limit"] = {"number": 3}
    add_to_details(content, "{limit}", "lt", "en", "ru")

    assert_one_finding(
        content,
        ("uk/housing.yaml", "deposit:"),
        "{limit} stands in Lithuanian, English, Russian, but not in Ukrainian.",
        Severity.WARNING,
    )


def test_a_value_that_only_one_language_tells_is_a_warning_there(content: Content) -> None:
    content["entries/housing.yaml"]["entries"]["deposit"]["values"]["limit"] = {"number": 3}
    add_to_details(content, "{limit}", "uk")

    assert_one_finding(content, ("uk/housing.yaml", "deposit:"), "stands in Ukrainian, but not in", Severity.WARNING)


def test_languages_may_use_different_parts_of_a_value(content: Content) -> None:
    entry = content["lt/housing.yaml"]["entries"]["deposit"]
    entry["details"] = entry["details"].replace("{term}", "{term.number} dienų")

    assert findings(content) == []


def add_towns(content: Content, words: str, *languages: str) -> None:
    for language in languages:
        content[f"{language}/housing.yaml"]["entries"]["deposit"].setdefault("towns", {})["place-01"] = words


def test_what_is_said_of_a_town_may_tell_values_of_its_own(content: Content) -> None:
    content["entries/housing.yaml"]["entries"]["deposit"]["values"]["limit"] = {"number": 3}
    add_towns(content, "{limit}, {term}.", *MAIN_LANGUAGES)

    assert findings(content) == []


def test_a_value_that_one_language_does_not_tell_of_a_town_is_a_warning_there(content: Content) -> None:
    content["entries/housing.yaml"]["entries"]["deposit"]["values"]["limit"] = {"number": 3}
    add_towns(content, "{limit}.", "lt", "en", "ru")
    add_towns(content, "Так само.", "uk")

    assert_one_finding(
        content,
        ("uk/housing.yaml", "place-01:"),
        '{limit} stands in Lithuanian, English, Russian of "towns.place-01", but not in Ukrainian.',
        Severity.WARNING,
    )


def test_a_value_told_of_a_town_is_not_told_of_all(content: Content) -> None:
    content["entries/housing.yaml"]["entries"]["deposit"]["values"]["limit"] = {"number": 3}
    add_to_details(content, "{limit}", "lt", "en", "ru")
    add_towns(content, "{limit}.", *MAIN_LANGUAGES)

    assert_one_finding(content, ("uk/housing.yaml", "deposit:"), "but not in Ukrainian.", Severity.WARNING)


@pytest.mark.parametrize("words", ["{limits}", "{limit", "{limit.year}"])
def test_what_is_said_of_a_town_must_be_possible_to_put_together(content: Content, words: str) -> None:
    content["entries/housing.yaml"]["entries"]["deposit"]["values"]["limit"] = {"number": 3}
    add_towns(content, "{limit}", *MAIN_LANGUAGES)
    add_towns(content, f"{{limit}} {words}", "uk")

    assert_one_finding(content, ("uk/housing.yaml", "place-01:"), '"towns.place-01"')
