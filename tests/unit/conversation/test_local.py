"""What is told of a town: its offices and paragraphs, and openly what is not known, in every language."""

from __future__ import annotations

import pytest

from bot.content.model import MAIN_LANGUAGES, EntryId, Language, MunicipalityId
from bot.conversation import local
from bot.conversation.model import Outgoing
from tests.builders import EN, LT, RU, UK
from tests.builders_dialogue import BENEFIT, COURSES, KINDERGARTEN, RENT, labels_of, words_of, world
from tests.builders_local import (
    JONAVA,
    KAUNAS,
    KAUNAS_DISTRICT,
    KLAIPEDA,
    NOTHING_MORE,
    VILNIUS,
    local_catalogue,
    office,
    places,
)

# What is told ---------------------------------------------------------------------------------------------------------


def lines_of(town: MunicipalityId, entry: EntryId = BENEFIT, language: Language = EN) -> list[str]:
    return [line.text for line in local.lines(world(local_catalogue()).voice(language), entry, town)]


def test_an_office_is_told_with_all_that_is_known_of_it() -> None:
    head, first, second = lines_of(VILNIUS)

    assert head == "In your town: Vilnius"
    assert first.splitlines() == [
        "Gedimino en",
        "Gedimino g. 1",
        "+370 5 211 1111",
        "https://www.v.lt",
        "Closed now. Opens: Monday, 23 November, 08:00",
        "languages: Lithuanian, Russian",
    ]
    assert second.splitlines() == ["Naujoji en", "Naujoji g. 1", "+370 5 211 1111"]


def test_an_office_that_we_are_not_sure_of_is_named_without_phone_or_address_and_said_to_be_unsure() -> None:
    _, unsure = lines_of(KLAIPEDA)

    assert unsure.splitlines() == ["Liepų en", "We are not sure that this is still so."]


def test_an_office_with_a_helpline_is_told_with_the_number_that_the_helpline_has() -> None:
    lines = local_catalogue().helplines
    key = next(key for key, line in lines.items() if line.number == "116 111")
    whole = local_catalogue().model_copy(update={"services": {"x": office("X", KAUNAS, phone=None, helpline=key)}})

    told = local.lines(world(whole).voice(EN), BENEFIT, KAUNAS)

    assert told[1].text.splitlines() == ["X en", "X g. 1", "116 111"]


def test_no_more_than_four_offices_are_named() -> None:
    many = {f"x{n}": office(f"X{n}", KAUNAS) for n in range(9)}
    whole = local_catalogue().model_copy(update={"services": many})

    told = local.lines(world(whole).voice(EN), BENEFIT, KAUNAS)

    assert [line.text.split()[0] for line in told[1:]] == ["X0", "X1", "X2", "X3"]


def test_what_is_not_known_of_a_town_is_said_openly_with_what_holds_for_the_country() -> None:
    assert lines_of(JONAVA) == ["In your town: Jonava", NOTHING_MORE, "Sodra en\n1883"]
    assert lines_of(JONAVA, KINDERGARTEN) == ["In your town: Jonava", NOTHING_MORE]


def test_a_city_and_the_district_around_it_are_two_places() -> None:
    assert lines_of(KAUNAS, KINDERGARTEN) == ["In your town: Kaunas", "Only in kaunas en."]
    assert lines_of(KAUNAS_DISTRICT, KINDERGARTEN) == ["In your town: Kaunas district", "Only in kaunas-district en."]


def test_values_in_a_paragraph_about_a_town_are_put_in() -> None:
    whole = local_catalogue()
    entry = whole.entries[KINDERGARTEN]
    text = entry.texts[EN].model_copy(update={"towns": {KAUNAS: "The child must be {age}."}})
    facts = entry.facts.model_validate({**entry.facts.model_dump(), "values": {"age": {"number": 3}}})
    changed = entry.model_copy(update={"facts": facts, "texts": {EN: text}})
    whole = whole.model_copy(update={"entries": {KINDERGARTEN: changed}})

    told = local.lines(world(whole).voice(EN), KINDERGARTEN, KAUNAS)

    assert told[1].text == "The child must be 3."


# In every language, for every place -----------------------------------------------------------------------------------


def every_message(language: Language) -> list[Outgoing]:
    v = world(local_catalogue()).voice(language)
    long_names = sorted(places(), key=lambda town: -len(local.name_of(v, town)))[:3]
    offices = {town: office("X", town) for town in long_names}
    longest = world(local_catalogue().model_copy(update={"services": offices})).voice(language)
    return [
        local.ask(v, BENEFIT, None),
        local.ask(longest, BENEFIT, None, (RENT, COURSES)),
        local.write_it(v, BENEFIT, None, ()),
        local.not_found(v, BENEFIT, None, ()),
        *(local.told(v, entry, town) for entry in (BENEFIT, KINDERGARTEN) for town in places()),
    ]


@pytest.mark.parametrize("language", MAIN_LANGUAGES)
def test_everything_about_towns_fits_its_buttons_and_messages(language: Language) -> None:
    every = every_message(language)

    labels = [label for told in every for row in labels_of(told) for label in row]
    assert max(map(len, labels)) <= 28
    assert "" not in labels
    assert max(len(words_of(told)) for told in every) < 1000
    assert all(line.text.strip() and "{" not in line.text for told in every for line in told.lines)
    assert max(len(labels_of(told)) for told in every) <= 4
    assert {len(label) <= 14 for told in every for row in labels_of(told) if len(row) > 1 for label in row} <= {True}
    assert all(
        len({label for row in labels_of(told) for label in row}) == sum(map(len, labels_of(told))) for told in every
    )


@pytest.mark.parametrize("language", [LT, RU, UK])
def test_nothing_about_towns_is_left_in_english(language: Language) -> None:
    foreign = set(MAIN_LANGUAGES) - {language}
    every, english = every_message(language), every_message(EN)

    for told, other in zip(every, english, strict=True):
        assert told.language == language
        assert words_of(told) != words_of(other)
        assert not any(f" {tag}\n" in words_of(told) + "\n" for tag in foreign)
    assert labels_of(every[2]) != labels_of(english[2])
