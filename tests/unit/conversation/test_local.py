"""Where a family lives: asked only where it changes the answer, never in its way, and forgotten after a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cases.model import CaseState
from bot.content.model import MAIN_LANGUAGES, Command, EntryId, Language, MunicipalityId
from bot.conversation import local
from bot.conversation.model import Addition, Effects, Outgoing, OutgoingKind, Purpose, Verb
from bot.conversation.steps import Reason
from bot.matching.evidence import Evidence
from tests.builders import EN, LT, RU, UK
from tests.builders_dialogue import (
    AMBER,
    BENEFIT,
    COURSES,
    DOCTOR,
    FOSTER_CARE,
    KINDERGARTEN,
    RED,
    RENT,
    conversation,
    labels_of,
    open_case,
    seen,
    without_entry,
    words_of,
    world,
)
from tests.builders_local import (
    JONAVA,
    KAUNAS,
    KAUNAS_DISTRICT,
    KLAIPEDA,
    VILNIUS,
    Talk,
    local_catalogue,
    new_words,
    office,
    places,
)

SURE = 0.95
NOTHING_MORE = "Nothing more is known for your town. The answer for the whole country holds."
HERE = "In your town: "


def sure(entry: EntryId, *near: EntryId, language: Language = EN) -> Evidence:
    return seen((entry, SURE), *((one, 0.3) for one in near), language=language)


def nothing(language: Language = EN, *, confident: bool = False) -> Evidence:
    """Return evidence of words that no entry answers."""
    return seen(language=language, confident=confident)


def asked(*near: EntryId, words: str = "how do I get child benefit", language: Language = EN) -> Talk:
    """Return somebody who was answered on benefits and asked for their town."""
    talk = Talk(person=conversation(language=language))
    talk.writes(words, sure(BENEFIT, *near, language=language))
    return talk


def said(effects: Effects) -> str:
    return "\n".join(words_of(told) for told in new_words(effects))


def is_asked_for_a_town(effects: Effects) -> bool:
    return any(told.buttons and told.buttons.purpose is Purpose.TOWN for told in effects.outgoing)


# When it is asked -----------------------------------------------------------------------------------------------------


def test_an_answer_that_is_alike_everywhere_asks_for_no_town() -> None:
    effects = Talk().writes("where is a doctor", sure(DOCTOR))

    assert [told.kind for told in effects.outgoing] == [OutgoingKind.ANSWER]


@pytest.mark.parametrize("entry", [BENEFIT, KINDERGARTEN])
def test_an_answer_that_differs_comes_whole_and_first_and_the_question_for_the_town_below_it(entry: EntryId) -> None:
    same = Talk(local_catalogue().model_copy(update={"services": {}})).writes("words", sure(DOCTOR)).outgoing[0]

    answer, ask = Talk().writes("words", sure(entry)).outgoing

    assert answer.kind is OutgoingKind.ANSWER
    assert len(answer.lines) == len(same.lines)
    assert labels_of(answer) == labels_of(same)
    assert (ask.silent, ask.lines[0].text) == (True, "Some of this differs from town to town. Where do you live?")


def test_the_towns_of_which_most_is_known_are_offered_then_any_other_then_a_way_out() -> None:
    _, ask = Talk().writes("words", sure(BENEFIT)).outgoing

    assert [label for row in labels_of(ask) for label in row] == [
        "Vilnius",
        "Kaunas",
        "Klaipėda",
        "Another town",
        "Skip",
    ]
    assert labels_of(ask)[-1] == ["Skip"]


def test_a_town_whose_office_is_of_another_kind_is_not_offered() -> None:
    assert JONAVA not in local.towns_of(local_catalogue(), BENEFIT, EN)
    assert local.towns_of(local_catalogue(), KINDERGARTEN, EN) == [KAUNAS, KAUNAS_DISTRICT]


def test_offices_for_the_whole_country_alone_are_no_reason_to_ask() -> None:
    only = {key: one for key, one in local_catalogue().services.items() if key == "all"}

    effects = Talk(local_catalogue().model_copy(update={"services": only})).writes("words", sure(BENEFIT))

    assert not is_asked_for_a_town(effects)


def test_an_answer_that_the_language_does_not_have_asks_for_the_language_not_for_the_town() -> None:
    effects = Talk().writes("foster care", sure(FOSTER_CARE))

    assert not is_asked_for_a_town(effects)


def test_words_that_may_be_about_danger_get_no_question_for_the_town_below_the_number() -> None:
    effects = Talk().writes("words", seen((BENEFIT, SURE), **AMBER))

    assert [told.kind for told in effects.outgoing] == [OutgoingKind.ANSWER]
    assert "112" in effects.outgoing[-1].lines[-1].text


def test_the_first_notice_stands_below_the_question_for_the_town_and_does_not_take_its_words() -> None:
    talk = Talk(person=conversation(language=EN, noticed=False))

    effects = talk.writes("words", sure(BENEFIT))

    assert [told.kind for told in effects.outgoing] == [OutgoingKind.ANSWER, OutgoingKind.NOTICE, OutgoingKind.NOTICE]
    assert HERE + "Kaunas" in said(talk.writes("Kaunas", nothing()))


# A town in the question -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "town"),
    [
        ("child benefit in Vilnius", "Vilnius"),
        ("пособие на ребёнка в Каунасе, документы", "Kaunas"),
        ("vaiko pinigai Klaipėdoje", "Klaipėda"),
    ],
)
def test_a_town_in_the_question_is_answered_for_and_nobody_asks(words: str, town: str) -> None:
    effects = Talk().writes(words, sure(BENEFIT))

    (answer,) = effects.outgoing
    assert HERE + town in words_of(answer)
    assert NOTHING_MORE not in words_of(answer)


def test_the_local_part_stands_below_the_details_and_above_the_source() -> None:
    (answer,) = Talk().writes("child benefit in Kaunas", sure(BENEFIT)).outgoing

    texts = [line.text for line in answer.lines]
    details, source = texts.index("Details en: how do I get child benefit."), "Source: https://www.e-tar.lt/best"
    assert texts[details + 1] == "In your town: Kaunas"
    assert texts[details + 2].startswith("Laisvės en\nLaisvės g. 1\n+370 5 211 1111")
    assert texts[details + 3] == source


def test_a_town_in_the_question_of_which_nothing_is_known_is_not_asked_for_again_but_told_so() -> None:
    effects = Talk().writes("child benefit in Jonava", sure(BENEFIT))

    (answer,) = effects.outgoing
    assert HERE + "Jonava" in words_of(answer)
    assert NOTHING_MORE in words_of(answer)
    assert "Sodra en\n1883" in words_of(answer)
    assert "Gedimino" not in words_of(answer)


def test_a_question_with_two_towns_is_asked_for_the_town() -> None:
    effects = Talk().writes("we moved from Kaunas to Vilnius, child benefit", sure(BENEFIT))

    assert is_asked_for_a_town(effects)
    assert HERE not in said(effects)


def test_a_town_in_a_question_whose_answer_is_alike_everywhere_is_not_kept_in_mind() -> None:
    talk = Talk()
    talk.writes("a doctor in Kaunas", sure(DOCTOR))

    assert is_asked_for_a_town(talk.writes("child benefit", sure(BENEFIT)))


def test_a_town_named_later_replaces_the_one_in_mind() -> None:
    talk = Talk()
    talk.writes("child benefit in Kaunas", sure(BENEFIT))

    assert HERE + "Vilnius" in said(talk.writes("and in Vilnius?", sure(BENEFIT)))
    assert HERE + "Vilnius" in said(talk.writes("child benefit", sure(BENEFIT)))


def test_the_town_of_the_first_question_holds_for_what_is_shown_instead() -> None:
    talk = Talk()
    talk.writes("kindergarten in Kaunas", sure(DOCTOR, KINDERGARTEN))

    effects = talk.writes("not this", seen(command=Command.NOT_THIS))

    assert f"{HERE}Kaunas\nOnly in kaunas en." in said(effects)


# A press --------------------------------------------------------------------------------------------------------------


def test_a_pressed_town_is_told_below_and_marked_above() -> None:
    talk = asked()

    effects = talk.presses(Verb.TOWN, 1)

    marked, told = effects.outgoing
    assert (marked.kind, words_of(marked)) == (OutgoingKind.EDIT, "✓ Kaunas")
    assert words_of(told).startswith("In your town: Kaunas\nLaisvės en\nLaisvės g. 1")
    assert labels_of(told) == [["Talk to a person"]]
    assert [one.step for one in effects.counts] == ["town"]


def test_a_known_town_is_used_for_the_next_answer_and_nobody_asks() -> None:
    talk = asked()
    talk.presses(Verb.TOWN, 1)

    effects = talk.writes("and the kindergarten", sure(KINDERGARTEN))

    assert not is_asked_for_a_town(effects)
    assert f"{HERE}Kaunas\nOnly in kaunas en." in said(effects)


def test_a_town_of_which_content_knows_nothing_any_more_is_told_so() -> None:
    talk = asked()
    talk.catalogue = local_catalogue().model_copy(update={"services": {}})

    assert NOTHING_MORE in said(talk.presses(Verb.TOWN, 1))


@pytest.mark.parametrize(("verb", "choice"), [(Verb.TOWN, 0), (Verb.OTHER_TOWN, 0), (Verb.TOWN, 3), (Verb.TOWN, 99)])
def test_a_press_that_leads_nowhere_any_more_is_an_old_button(verb: Verb, choice: int) -> None:
    talk = asked()
    if choice == 0:
        talk.catalogue = without_entry(local_catalogue(), BENEFIT)

    effects = talk.presses(verb, choice)

    assert effects.step == "old_button"
    assert "does not work any more" in said(effects)


def test_a_town_pressed_after_the_language_has_changed_is_told_in_that_language() -> None:
    talk = asked()
    talk.person = replace(talk.person, language=UK, chosen=True)

    (told,) = new_words(talk.presses(Verb.TOWN, 0))

    assert "Gedimino uk" in words_of(told)


# In words -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "town"),
    [
        ("Kaunas", "Kaunas"),
        ("в Каунасе", "Kaunas"),
        ("ми живемо у Вільнюсі", "Vilnius"),
        ("gyvenu Kauno rajone", "Kaunas district"),
        ("Каунасский р-н", "Kaunas district"),
        ("Jonava", "Jonava"),
        ("I live in the city of Klaipeda, Lithuania", "Klaipėda"),
        ("Kaunass", "Kaunas"),
        ("Klapeda please", "Klaipėda"),
        ("klaipdea", "Klaipėda"),
    ],
)
@pytest.mark.parametrize("through_the_button", [True, False])
def test_the_name_of_a_town_is_taken_for_the_answer(words: str, town: str, *, through_the_button: bool) -> None:
    talk = asked()
    if through_the_button:
        assert "Write the name of your town" in said(talk.presses(Verb.OTHER_TOWN))

    effects = talk.writes(words, nothing())

    assert effects.step == "answer"
    assert said(effects).startswith(f"{HERE}{town}\n")
    assert not is_asked_for_a_town(talk.writes("child benefit", sure(BENEFIT)))


def test_the_label_of_a_button_in_words_presses_it() -> None:
    assert said(asked().writes("kaunas", nothing())).startswith("In your town: Kaunas")
    assert "Write the name of your town" in said(asked().writes("another town", nothing()))


@pytest.mark.parametrize("name", ["Jonava", "Каунас", "Kaunas"])
def test_a_town_is_told_in_the_language_of_the_talk_whatever_language_its_name_seems_to_be_in(name: str) -> None:
    talk = asked(language=UK)

    effects = talk.writes(name, nothing(LT, confident=True))

    assert effects.outgoing[0].language == UK
    assert "Sodra uk" in said(effects) or "Laisvės uk" in said(effects)
    assert talk.person.language == UK


def test_a_place_that_is_none_is_told_so_in_the_language_of_the_talk_and_may_be_written_once_more() -> None:
    talk = asked(language=UK)
    talk.presses(Verb.OTHER_TOWN)

    effects = talk.writes("Garliava", nothing(LT, confident=True))

    assert effects.step == "town_unknown"
    assert effects.outgoing[0].language == UK
    assert talk.person.language == UK
    assert "Sodra uk" in said(talk.writes("Jonava", nothing(LT, confident=True)))


def test_after_a_place_that_is_none_other_words_are_a_question_again() -> None:
    talk = asked()
    talk.presses(Verb.OTHER_TOWN)
    talk.writes("Garliava", nothing())

    effects = talk.writes("lost bicycle", nothing())

    assert effects.case is not None
    assert effects.case.text == "lost bicycle"


def test_small_talk_in_between_does_not_forget_that_a_town_was_asked_for() -> None:
    talk = asked()
    talk.presses(Verb.OTHER_TOWN)
    talk.presses(Verb.PERSON)  # the answer of a button that has nothing to do with it
    talk.person = replace(talk.person, open_cases=(), awaiting=None)

    assert said(talk.writes("Kaunas", nothing())).startswith("In your town: Kaunas")


def test_without_a_question_for_it_the_name_of_a_town_is_a_question() -> None:
    effects = Talk().writes("Kaunas", nothing())

    assert effects.case is not None


def test_the_name_of_a_town_goes_to_the_specialist_who_asked_for_it() -> None:
    talk = asked()
    talk.presses(Verb.OTHER_TOWN)
    case = open_case(state=CaseState.ANSWERED)
    talk.person = replace(talk.person, open_cases=(case,), talking=case.id, latest_buttons=None)

    effects = talk.writes("Kaunas", nothing())

    assert effects.moves == (Addition(case.id, "Kaunas"),)
    assert effects.outgoing == ()


# A new question instead ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("through_the_button", [True, False])
@pytest.mark.parametrize(
    "words", ["kindergarten in Kaunas", "Kaunas kindergarten", "register my child for kindergarten"]
)
def test_a_question_instead_of_a_town_is_answered(words: str, *, through_the_button: bool) -> None:
    talk = asked()
    if through_the_button:
        talk.presses(Verb.OTHER_TOWN)

    effects = talk.writes(words, sure(KINDERGARTEN))

    assert effects.outgoing[0].lines[0].text == "Short en: how to register my child for kindergarten."


@pytest.mark.parametrize("through_the_button", [True, False])
def test_a_question_that_is_not_clear_is_asked_back_even_where_it_names_a_town(*, through_the_button: bool) -> None:
    talk = asked()
    if through_the_button:
        talk.presses(Verb.OTHER_TOWN)

    effects = talk.writes("doctor or nursery Kaunas", seen((DOCTOR, 0.3), (KINDERGARTEN, 0.3)))

    assert effects.step == "clarify"


def test_a_question_that_nobody_answers_is_kept_for_a_person_whole() -> None:
    talk = asked()
    talk.presses(Verb.OTHER_TOWN)

    effects = talk.writes("my bicycle was stolen in Kaunas yesterday", nothing())

    assert effects.case is not None
    assert effects.case.text == "my bicycle was stolen in Kaunas yesterday"


def test_below_the_first_question_for_the_town_short_words_are_a_question_and_no_unknown_place() -> None:
    effects = asked().writes("lost bicycle", nothing())

    assert effects.case is not None


@pytest.mark.parametrize("words", ["a person please in Kaunas", "/human"])
def test_the_wish_for_a_person_is_no_town(words: str) -> None:
    talk = asked()
    talk.presses(Verb.OTHER_TOWN)

    effects = talk.writes(words, seen(wants_human=True, command=Command.HUMAN))

    assert effects.case is not None
    assert effects.case.reason is Reason.PERSON_ASKED
    assert effects.case.text == "how do I get child benefit"


def test_danger_is_seen_below_the_question_for_the_town_too() -> None:
    talk = asked()
    talk.presses(Verb.OTHER_TOWN)

    effects = talk.writes("Kaunas", seen(**RED))

    assert effects.outgoing[0].kind is OutgoingKind.CARD


# Skip, and forget ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("in_words", [True, False])
def test_who_skips_is_heard_and_not_asked_for_a_day(*, in_words: bool) -> None:
    talk = asked()

    effects = talk.writes("skip", nothing()) if in_words else talk.presses(Verb.SKIP)

    assert effects.outgoing
    assert [one.step for one in effects.counts] == ["town_skipped"]
    talk.waits(timedelta(hours=23, minutes=59))
    assert not is_asked_for_a_town(talk.writes("child benefit", sure(BENEFIT)))
    talk.waits(timedelta(minutes=1))
    assert is_asked_for_a_town(talk.writes("child benefit", sure(BENEFIT)))


def test_who_skipped_and_names_a_town_later_is_told_of_it() -> None:
    talk = asked()
    talk.presses(Verb.SKIP)

    assert HERE + "Vilnius" in said(talk.writes("child benefit in Vilnius", sure(BENEFIT)))


def test_skip_is_there_after_another_town_too() -> None:
    talk = asked()
    talk.presses(Verb.OTHER_TOWN)

    talk.presses(Verb.SKIP)

    assert talk.person.town_for is None
    assert talk.writes("lost bicycle", nothing()).case is not None


def test_a_town_is_forgotten_after_a_day() -> None:
    talk = asked()
    talk.presses(Verb.TOWN, 1)

    talk.waits(timedelta(hours=23, minutes=59))
    assert HERE in said(talk.writes("child benefit", sure(BENEFIT)))
    talk.waits(timedelta(minutes=1))

    effects = talk.writes("child benefit", sure(BENEFIT))
    assert is_asked_for_a_town(effects)
    assert HERE not in said(effects)


def test_a_town_that_content_no_longer_has_is_forgotten() -> None:
    talk = asked()
    talk.presses(Verb.TOWN, 1)
    left = {key: one for key, one in places().items() if key != KAUNAS}
    talk.catalogue = local_catalogue().model_copy(update={"municipalities": left})

    assert HERE not in said(talk.writes("child benefit", sure(BENEFIT)))


@pytest.mark.parametrize("evidence", [nothing(), seen(**RED)])
def test_people_who_get_a_question_are_told_the_town_for_a_day(evidence: Evidence) -> None:
    talk = asked()
    talk.presses(Verb.TOWN, 1)

    today = talk.writes("my bicycle was stolen there yesterday", evidence)
    talk.person = replace(talk.person, open_cases=(), closed_cases=())
    talk.waits(timedelta(days=1))
    tomorrow = talk.writes("my bicycle was stolen there yesterday", evidence)

    assert today.case is not None
    assert tomorrow.case is not None
    assert (today.case.town, tomorrow.case.town) == (KAUNAS, None)


# Words for the answer above ---------------------------------------------------------------------------------------------


def below(talk: Talk, what: str) -> Talk:
    """Bring somebody from the question for the town to a message further below."""
    if what == "told":
        talk.presses(Verb.TOWN, 1)
    if what in {"another town", "not found"}:
        talk.presses(Verb.OTHER_TOWN)
    if what == "not found":
        talk.writes("Garliava", nothing())
    return talk


PLACES = ["asked", "another town", "not found", "told"]


@pytest.mark.parametrize("what", PLACES)
def test_not_this_in_words_shows_the_next_neighbour(what: str) -> None:
    talk = below(asked(RENT, COURSES), what)

    effects = talk.writes("not this", seen(command=Command.NOT_THIS))

    assert "Short en: do I need a rental contract for a flat." in said(effects)


@pytest.mark.parametrize("what", PLACES)
def test_not_this_in_words_without_neighbours_hands_the_first_words_over(what: str) -> None:
    talk = below(asked(), what)

    effects = talk.writes("not this", seen(command=Command.NOT_THIS))

    assert effects.case is not None
    assert (effects.case.text, effects.case.reason) == ("how do I get child benefit", Reason.NOT_HELPED)
    assert effects.case.tried == (BENEFIT,)


@pytest.mark.parametrize("what", PLACES)
def test_helped_in_words_is_counted_for_the_answer(what: str) -> None:
    talk = below(asked(), what)

    effects = talk.writes("helped", seen(command=Command.HELPED))

    assert [(one.step, one.topic) for one in effects.counts] == [("helped", "daily-life")]
    assert said(effects) == "Good. You can write your next question."


@pytest.mark.parametrize("what", ["another town", "not found", "told"])
def test_a_person_is_in_reach_below_the_question_for_the_town(what: str) -> None:
    talk = below(asked(), what)

    effects = talk.presses(Verb.PERSON)

    assert effects.case is not None
    assert effects.case.text == "how do I get child benefit"


@pytest.mark.parametrize("what", PLACES)
def test_a_number_asks_for_the_neighbour_that_was_listed_under_it(what: str) -> None:
    talk = below(asked(RENT, COURSES), what)

    effects = talk.writes("2", nothing())

    assert "Short en: free Lithuanian language courses." in said(effects)


def test_a_number_picks_a_town_where_no_neighbours_were_listed() -> None:
    assert said(asked().writes("2", nothing())).startswith("In your town: Kaunas")


# What is told -----------------------------------------------------------------------------------------------------------


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


# In every language, for every place ---------------------------------------------------------------------------------------


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
