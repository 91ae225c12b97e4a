from collections.abc import Mapping

import pytest
import yaml

from bot.actions.authoring import stamps
from bot.content.findings import Severity
from bot.content.read import read
from tests.builders_content import Content, assert_one_finding, findings, small_content, written


@pytest.fixture
def content() -> Content:
    """Return content in which every translation is up to date with its base."""
    return stamped(small_content())


def stamped(content: Content) -> Content:
    files: Mapping[str, str] = stamps(read(written(content)))
    return content | {path: yaml.safe_load(text) for path, text in files.items()}


def entry(content: Content, language: str) -> Content:
    found: Content = content[f"{language}/housing.yaml"]["entries"]["deposit"]
    return found


def test_translations_that_are_up_to_date_are_sound(content: Content) -> None:
    assert findings(content) == []


def test_content_that_never_had_stamps_is_sound() -> None:
    assert findings(small_content()) == []


def test_a_stale_translation_is_found_in_each_language_with_the_difference_and_the_way_out(content: Content) -> None:
    entry(content, "lt")["short"] = "Paklauskite savivaldybės."

    found = findings(content)

    assert [(one.file, one.subject, one.severity) for one in found] == [
        (f"{language}/housing.yaml", "deposit", Severity.WARNING) for language in ("en", "ru", "uk")
    ]
    assert found[0].fact == (
        "the Lithuanian text or a value has changed since this was last touched: "
        'new: "Paklauskite savivaldybės."; 1 sentence is gone.'
    )
    assert "Families who read Ukrainian" in found[2].consequence
    assert '"tiltas stamp deposit --lang uk"' in found[2].remedy


def test_a_translation_that_a_value_has_left_behind_is_found(content: Content) -> None:
    for language in ("en", "ru"):
        entry(content, language)["short"] = "?"
    content = stamped(content)
    content["entries/housing.yaml"]["entries"]["deposit"]["values"]["term"]["duration"] = 60
    for language in ("en", "ru"):
        entry(content, language)["short"] = "Once more?"

    found = [one for one in findings(content) if "has changed since" in one.fact]

    assert [one.file for one in found] == ["uk/housing.yaml"]
    assert "term was 30 day, is 60 day" in found[0].fact


def test_a_changed_translation_without_a_new_stamp_is_found(content: Content) -> None:
    entry(content, "uk")["short"] = "Запитайте ще раз."

    place = ("uk/housing.yaml", "deposit:")
    assert_one_finding(content, place, "without a stamp: 1 (deposit).", Severity.WARNING)


def test_a_new_translation_without_a_stamp_is_found(content: Content) -> None:
    content["stamps/ru/education.yaml"]["entries"].clear()

    place = ("ru/education.yaml", "kindergarten:")
    assert_one_finding(content, place, "without a stamp: 1 (kindergarten).", Severity.WARNING)


def test_many_translations_without_stamps_are_one_finding_that_names_three(content: Content) -> None:
    for file in ("entries", "lt", "en", "ru", "uk"):
        entries = content[f"{file}/housing.yaml"]["entries"]
        entries |= {f"deposit-{n}": entries["deposit"] for n in range(4)}

    found = [one for one in findings(content) if "without a stamp" in one.fact]

    assert [one.file for one in found] == ["en/housing.yaml", "ru/housing.yaml", "uk/housing.yaml"]
    assert found[0].fact.endswith("without a stamp: 4 (deposit-0, deposit-1, deposit-2 …).")


def test_an_english_base_is_named_where_lithuanian_is_left_out(content: Content) -> None:
    del content["lt/housing.yaml"]["entries"]["deposit"]
    content["entries/housing.yaml"]["entries"]["deposit"]["untranslated"] = ["lt"]
    content = stamped(content)
    entry(content, "en")["short"] = "Ask the municipality."

    found = [one for one in findings(content) if "has changed since" in one.fact]

    assert {one.file for one in found} == {"ru/housing.yaml", "uk/housing.yaml"}
    assert found[0].fact.startswith("the English text or a value has changed")


def test_an_entry_without_any_base_is_not_asked_for_stamps_that_it_cannot_have(content: Content) -> None:
    for language in ("lt", "en"):
        del content[f"{language}/housing.yaml"]["entries"]["deposit"]
    content["entries/housing.yaml"]["entries"]["deposit"]["untranslated"] = ["lt", "en"]
    content = stamped(content)

    assert [one for one in findings(content) if "stamp" in one.fact] == []
