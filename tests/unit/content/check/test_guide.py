import pytest

from bot.content.read import read
from tests.builders_content import Content, assert_one_finding, findings, guide_card, named, small_content, written

CARD = "guide/first-meeting.yaml"


@pytest.fixture
def content() -> Content:
    return small_content() | {CARD: guide_card()}


def steps(content: Content) -> Content:
    found: Content = content["checklists.yaml"]["checklists"]["first-week"]["steps"]
    return found


def test_a_card_with_or_without_a_culture_and_its_reviewer_is_sound(content: Content) -> None:
    content["guide/far-away.yaml"] = guide_card(culture="people from far away", topics=[])
    content["guide/read.yaml"] = guide_card(culture="people", reviewer="mediator", reviewed="2026-11-21")

    assert findings(content) == []


@pytest.mark.parametrize(("tag", "name"), [("lt", "Lithuanian"), ("en", "English")])
def test_a_card_that_lacks_a_language_of_the_specialists_is_found(content: Content, tag: str, name: str) -> None:
    del content[CARD]["texts"][tag]

    assert_one_finding(content, (CARD, "texts:"), f"there is no text in {name}.")


def test_a_card_without_both_languages_is_found_once(content: Content) -> None:
    content[CARD]["texts"] = {"uk": content[CARD]["texts"]["en"]}

    assert_one_finding(content, (CARD, "texts:"), "there is no text in English and Lithuanian.")


def test_a_card_for_a_topic_that_does_not_exist_is_found(content: Content) -> None:
    content[CARD]["topics"] = ["education", "hosing"]

    assert_one_finding(content, (CARD, "- hosing"), 'there is no topic "hosing" (did you mean housing?)')


def test_a_card_that_was_reviewed_tomorrow_is_found(content: Content) -> None:
    content[CARD] |= {"culture": "people", "reviewer": "mediator", "reviewed": "2026-11-22"}

    assert_one_finding(content, (CARD, "reviewed:"), "it was reviewed on 2026-11-22, which lies in the future")


def test_a_card_without_source_is_found(content: Content) -> None:
    content[CARD]["sources"] = []

    assert_one_finding(content, (CARD, "sources:"), "it has no source")


def test_a_card_that_was_checked_tomorrow_is_found(content: Content) -> None:
    content[CARD]["checked"] = "2026-11-22"

    assert_one_finding(content, (CARD, "checked:"), '"checked: 2026-11-22" lies in the future')


@pytest.mark.parametrize("alone", [{"reviewer": "mediator"}, {"reviewed": "2026-11-01"}])
def test_a_reviewer_without_a_day_and_a_day_without_a_reviewer_are_no_card(content: Content, alone: Content) -> None:
    content[CARD] |= alone

    (found,) = read(written(content)).findings

    assert found.file == CARD
    assert "a reviewer and the day of the review belong together" in found.fact


def test_a_step_whose_entry_does_not_exist_is_found(content: Content) -> None:
    steps(content)["rent"]["entry"] = "deposits"

    place = ("checklists.yaml", "rent:", "entry:")
    assert_one_finding(content, place, 'the entry "deposits" does not exist (did you mean deposit?)')


def test_a_step_whose_entry_is_a_draft_is_found(content: Content) -> None:
    content["entries/housing.yaml"]["entries"]["deposit"]["status"] = "draft"

    place = ("checklists.yaml", "rent:", "entry:")
    assert_one_finding(content, place, 'the entry "deposit" is a draft.')


def test_a_step_whose_entry_is_broken_is_not_called_missing(content: Content) -> None:
    content["entries/housing.yaml"]["entries"]["deposit"]["confidence"] = "rather"

    reading = read(written(content))

    assert [one.file for one in reading.findings] == ["entries/housing.yaml"]


def test_a_checklist_whose_name_is_too_long_for_a_button_is_found(content: Content) -> None:
    content["checklists.yaml"]["checklists"]["first-week"]["name"]["uk"] = "ж" * 29

    place = ("checklists.yaml", "name:", "uk:")
    assert_one_finding(content, place, "the Ukrainian name has 29 characters")


def test_a_step_may_be_longer_than_a_button(content: Content) -> None:
    steps(content)["rent"]["text"] = named("Paklauskite nuomotojo, kada grąžinamas užstatas")

    assert findings(content) == []


@pytest.mark.parametrize(
    ("thing", "place"),
    [
        (lambda content: content["checklists.yaml"]["checklists"]["first-week"]["name"], ("name:",)),
        (lambda content: steps(content)["rent"]["text"], ("rent:", "text:")),
    ],
)
def test_words_of_a_checklist_without_a_main_language_are_found(
    content: Content, thing: object, place: tuple[str, ...]
) -> None:
    assert callable(thing)
    del thing(content)["ru"]

    assert_one_finding(content, ("checklists.yaml", *place), "has no words in Russian")


def test_a_phone_number_in_a_step_is_found(content: Content) -> None:
    steps(content)["rent"]["text"]["en"] = "Call +370 5 219 1225"

    assert_one_finding(content, ("checklists.yaml", "rent:", "en:"), 'a phone number in them: "+370 5 219 1225"')
