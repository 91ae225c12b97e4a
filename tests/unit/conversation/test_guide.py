"""Guide cards: suggested by topic, never by where a family comes from, and honest about who has read them."""

from __future__ import annotations

import pytest

from bot.content.model import MAIN_LANGUAGES, CardId, Catalogue, GuideCard, Language, TopicId
from bot.conversation import guide
from bot.conversation.model import Button, Outgoing, OutgoingKind, Purpose, Verb
from bot.conversation.notices import Voice
from tests.builders import EN, LT, RU, UK
from tests.builders_content import guide_card
from tests.builders_dialogue import case, labels_of, words_of, world
from tests.builders_local import FAR_AWAY, MEETING, READ, local_catalogue

UNREAD = " · not read by this community"
DAILY_LIFE, EDUCATION, SAFETY = map(TopicId, ("daily-life", "education", "safety"))


def with_cards(**cards: GuideCard) -> Catalogue:
    guide_cards = {CardId(key): one for key, one in cards.items()}
    return local_catalogue().model_copy(update={"guide": guide_cards})


def made(**changes: object) -> GuideCard:
    return GuideCard.model_validate(guide_card(**changes))


def voice(language: Language = EN, catalogue: Catalogue | None = None) -> Voice:
    return world(catalogue or local_catalogue()).voice(language)


def read_card(card: GuideCard, language: Language = EN) -> str:
    return words_of(guide.card(voice(language, with_cards(one=card)), CardId("one")))


# Which are suggested ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("topic", "cards"), [(DAILY_LIFE, [MEETING]), (EDUCATION, [READ]), (SAFETY, []), (TopicId("gone"), []), (None, [])]
)
def test_cards_are_suggested_for_their_topics_only(topic: TopicId | None, cards: list[CardId]) -> None:
    assert guide.suggested(local_catalogue(), topic) == cards


def test_a_card_about_a_culture_is_suggested_only_after_somebody_of_it_has_read_it() -> None:
    unread = made(topics=["daily-life"], culture="people")
    read = made(topics=["daily-life"], culture="people", reviewer="mediator", reviewed="2026-11-02")

    assert guide.suggested(with_cards(one=unread), DAILY_LIFE) == []
    assert guide.suggested(with_cards(one=read), DAILY_LIFE) == ["one"]


def test_a_card_of_no_topic_is_never_suggested() -> None:
    assert guide.suggested(with_cards(one=made(topics=[])), DAILY_LIFE) == []


# The list ---------------------------------------------------------------------------------------------------------------


def test_the_list_names_the_cards_by_number_and_offers_all() -> None:
    told = guide.to_choose(voice(), case(), [MEETING, READ], more=True)

    assert words_of(told) == "Guidance for you, not for the family:\n1. First meeting\n2. First meeting"
    assert labels_of(told) == [["1", "2"], ["All guidance"]]
    assert told.buttons is not None
    assert told.buttons.rows[-1] == (Button("All guidance", Verb.GUIDE, 1),)
    assert (told.buttons.purpose, told.buttons.case, told.buttons.cards) == (Purpose.DESK, case().id, (MEETING, READ))


def test_all_cards_are_listed_without_offering_all_once_more_and_those_that_nobody_read_are_marked() -> None:
    told = guide.to_choose(voice(), case(), list(local_catalogue().guide), more=False)

    assert words_of(told).splitlines()[1:] == ["1. First meeting", f"2. First meeting{UNREAD}", "3. First meeting"]
    assert labels_of(told) == [["1", "2", "3"]]


def test_a_topic_without_guidance_says_so_and_still_offers_all() -> None:
    told = guide.to_choose(voice(), case(), [], more=True)

    assert words_of(told) == "No guidance for this topic yet."
    assert labels_of(told) == [["All guidance"]]


def test_many_cards_have_five_numbers_in_a_row() -> None:
    told = guide.to_choose(voice(), case(), [MEETING] * 12, more=False)

    assert [len(row) for row in labels_of(told)] == [5, 5, 2]
    assert labels_of(told)[-1] == ["11", "12"]


# A card -----------------------------------------------------------------------------------------------------------------


def test_a_card_tells_for_whom_what_to_do_what_not_what_to_say_and_what_it_rests_on() -> None:
    told = guide.card(voice(), MEETING)

    assert told.kind is OutgoingKind.DESK
    assert told.buttons is None
    assert (told.lines[0].text, told.lines[0].bold) == ("First meeting", True)
    assert told.lines[1].text.split("\n\n") == [
        "For: Everyone\n• Trust takes time.",
        "Do:\n• Say your name first.",
        "Do not:\n• Do not hurry.",
        "You can say:\n• Please sit down.",
        "No specialist has read this wording yet.",
        "https://www.e-tar.lt/portal/lt/legalAct/1",
    ]


def test_a_card_without_phrases_has_no_heading_for_them() -> None:
    texts = guide_card()["texts"]
    texts["en"] = {**texts["en"], "phrases": []}

    assert "You can say" not in read_card(made(texts=texts))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "No specialist has read this wording yet."),
        ({"culture": "people"}, "Nobody of this community has read it yet. It tells of habits, not of this family."),
        (
            {"culture": "people", "reviewer": "mediator", "reviewed": "2026-11-02"},
            "Read by: mediator, 2 November 2026.",
        ),
        ({"reviewer": "psychologist", "reviewed": "2026-11-02"}, "Read by: psychologist, 2 November 2026."),
    ],
)
def test_a_card_tells_who_has_read_it(changes: dict[str, str], told: str) -> None:
    assert told in read_card(made(**changes)).split("\n\n")


def test_a_card_about_a_culture_that_nobody_of_it_has_read_can_be_read_with_its_label() -> None:
    told = words_of(guide.card(voice(), FAR_AWAY))

    assert "Nobody of this community has read it yet." in told
    assert "Trust takes time." in told


@pytest.mark.parametrize(
    ("language", "title"), [(LT, "Pirmas susitikimas"), (EN, "First meeting"), (UK, "First meeting")]
)
def test_a_card_is_read_in_the_language_of_the_group_else_in_english(language: Language, title: str) -> None:
    assert guide.card(voice(language), MEETING).lines[0].text == title
    assert title in words_of(guide.to_choose(voice(language), case(), [MEETING], more=False))


def test_a_card_that_is_too_long_for_a_message_is_cut_and_says_so() -> None:
    texts = guide_card()["texts"]
    texts["en"] = {**texts["en"], "points": ["long " * 200] * 10}

    told = read_card(made(texts=texts))

    assert len(told) < 3600
    assert told.endswith(" …")


def every_message(language: Language) -> list[Outgoing]:
    v = voice(language)
    return [
        guide.to_choose(v, case(), list(local_catalogue().guide), more=True),
        guide.to_choose(v, case(), [], more=True),
        *(guide.card(v, card) for card in (MEETING, FAR_AWAY, READ)),
    ]


@pytest.mark.parametrize("language", MAIN_LANGUAGES)
def test_everything_about_guidance_fits_its_buttons_and_messages(language: Language) -> None:
    for told in every_message(language):
        assert all(0 < len(label) <= 28 for row in labels_of(told) for label in row)
        assert len(words_of(told)) <= 3600
        assert all(line.text.strip() and "{" not in line.text for line in told.lines)


@pytest.mark.parametrize("language", [LT, RU, UK])
def test_headings_and_labels_of_guidance_are_in_the_language_of_the_group(language: Language) -> None:
    told = "\n".join(map(words_of, every_message(language)))
    english = (
        "Guidance for you",
        "No guidance",
        "For:",
        "Do:",
        "Do not:",
        "You can say:",
        "Read by:",
        UNREAD,
        "Nobody of",
    )

    assert not [words for words in english if words in told]
