import pytest

from bot.content.findings import Severity
from tests.builders_content import Content, assert_one_finding, findings, named, small_content, source

SOUP = "services/place-01.yaml"


@pytest.fixture
def content() -> Content:
    """Return content in which something is known of one place, and of each other place that nothing is."""
    content = small_content() | {f"services/place-{n:02}.yaml": {"services": {}} for n in range(60)}
    content[SOUP] = {"services": {"soup-01": service()}}
    return content


def service(**changes: object) -> Content:
    return {
        "name": named("sriuba"),
        "kind": "community",
        "address": "Laisvės al. 1",
        "confidence": "high",
        "checked": "2026-11-01",
        "sources": [source()],
        **changes,
    }


def tell_of_a_town(content: Content, town: str, *languages: str) -> None:
    for language in languages:
        content[f"{language}/housing.yaml"]["entries"]["deposit"]["towns"] = {town: "Čia kitaip."}


def test_places_with_services_and_places_without_are_sound(content: Content) -> None:
    content["entries/housing.yaml"]["entries"]["deposit"]["services"] = ["community", "housing"]
    tell_of_a_town(content, "place-01", "lt", "en", "ru", "uk")

    assert findings(content) == []


def test_services_of_a_place_that_does_not_exist_are_found(content: Content) -> None:
    content["services/plaice-01.yaml"] = {"services": {}}

    assert_one_finding(content, ("services/plaice-01.yaml",), 'no municipality "plaice-01" (did you mean place-01')


def test_a_place_that_was_forgotten_is_found_and_only_a_warning(content: Content) -> None:
    del content["services/place-07.yaml"]

    place = ("municipalities.yaml", "place-07:")
    assert_one_finding(content, place, "there is no faq/services/place-07.yaml", Severity.WARNING)


def test_as_long_as_no_place_has_a_file_none_is_missed() -> None:
    assert findings(small_content()) == []


@pytest.mark.parametrize("other", ["services/place-02.yaml", "services/place-59.yaml"])
def test_two_services_of_one_id_are_found_where_the_second_stands(content: Content, other: str) -> None:
    content[other] = {"services": {"kitchen": service(), "soup-01": service()}}

    assert_one_finding(content, (other, "soup-01:"), f"the same id stands in faq/{SOUP} too")


def test_a_service_with_the_id_of_a_national_one_is_found(content: Content) -> None:
    content[SOUP]["services"]["office"] = service(helpline="hl-rent", url="https://www.viltis.lt")

    assert_one_finding(content, (SOUP, "office:"), "the same id stands in faq/services/national.yaml too")


def test_a_kind_of_service_that_nobody_has_is_found(content: Content) -> None:
    content["entries/housing.yaml"]["entries"]["deposit"]["services"] = ["community", "shelter"]

    place = ("entries/housing.yaml", "- shelter")
    assert_one_finding(content, place, 'no service of any town is of the kind "shelter"', Severity.WARNING)


def test_without_any_service_no_kind_is_missed() -> None:
    content = small_content()
    content["entries/education.yaml"]["entries"]["kindergarten"]["values"].pop("office")
    content["entries/housing.yaml"]["entries"]["deposit"]["services"] = ["shelter"]
    for language in ("lt", "en", "ru", "uk"):
        text = content[f"{language}/education.yaml"]["entries"]["kindergarten"]
        text["details"] = text["details"].rpartition("\n")[0]
    del content["services/national.yaml"]

    assert findings(content) == []


def test_a_paragraph_about_a_town_that_does_not_exist_is_found_in_each_language(content: Content) -> None:
    tell_of_a_town(content, "place-60", "lt", "en", "ru", "uk")

    found = findings(content)

    assert [(one.file, one.severity) for one in found] == [
        (f"{language}/housing.yaml", Severity.ERROR) for language in ("en", "lt", "ru", "uk")
    ]
    assert all('there is no municipality "place-60" (did you mean place-' in one.fact for one in found)


def test_a_paragraph_about_a_town_that_languages_lack_is_found_once_with_their_names(content: Content) -> None:
    tell_of_a_town(content, "place-01", "lt", "en")

    place = ("ru/housing.yaml", "deposit:")
    assert_one_finding(content, place, 'what is different in "place-01" is not told in Russian, Ukrainian')


def test_a_language_that_lacks_the_whole_entry_lacks_no_paragraph(content: Content) -> None:
    tell_of_a_town(content, "place-01", "lt", "en", "ru")
    del content["uk/housing.yaml"]["entries"]["deposit"]
    content["entries/housing.yaml"]["entries"]["deposit"]["untranslated"] = ["uk"]

    assert [one for one in findings(content) if "place-01" in one.fact] == []


def test_a_figure_in_a_paragraph_about_a_town_is_found_like_anywhere(content: Content) -> None:
    tell_of_a_town(content, "place-01", "lt", "en", "ru", "uk")
    content["en/housing.yaml"]["entries"]["deposit"]["towns"]["place-01"] = "Here it is 250 euros."

    assert any(one.file == "en/housing.yaml" and "250" in one.fact for one in findings(content))


def test_hours_of_a_service_that_cannot_be_are_found(content: Content) -> None:
    content[SOUP]["services"]["soup-01"]["hours"] = {"mon": ["17:00-09:00"]}

    assert_one_finding(content, (SOUP, "mon:"), '"mon" end before they begin')


def test_a_service_that_nothing_supports_or_that_was_checked_tomorrow_is_found(content: Content) -> None:
    content[SOUP]["services"]["soup-01"] |= {"sources": [], "checked": "2026-11-22"}

    assert [one.fact for one in findings(content)] == ['"checked: 2026-11-22" lies in the future.', "it has no source."]


def test_a_service_with_a_helpline_that_must_not_be_shown_is_found(content: Content) -> None:
    lines = content["helplines.yaml"]["helplines"]
    lines["hl-quiet"] = lines["hl-rent"] | {"publish": False}
    content[SOUP]["services"]["soup-01"]["helpline"] = "hl-quiet"

    assert_one_finding(content, (SOUP, "helpline:"), 'the helpline "hl-quiet" has "publish: false"')


@pytest.mark.parametrize("name", ["name", "serves"])
def test_words_of_a_service_without_a_main_language_are_found(content: Content, name: str) -> None:
    content[SOUP]["services"]["soup-01"][name] = {"lt": "a", "en": "b", "ru": "c"}

    assert_one_finding(content, (SOUP, f"{name}:"), f'"{name}" has no words in Ukrainian')
