"""What goes on from an answer keeps its topic and town for a day, and nothing else is ever bent to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cases.model import CaseId, CaseState
from bot.content.model import Command, EntryId, Language, SmallTalkKind, TopicId
from bot.conversation.dialogue import respond
from bot.conversation.followup import REMEMBERED, FollowUp, follow_up, read_with
from bot.conversation.model import Conversation, Effects, OutgoingKind, Purpose, Verb
from bot.conversation.replies import World
from bot.matching.evidence import Evidence
from tests.builders import EN, LT, RU, UK
from tests.builders_dialogue import (
    AMBER,
    BENEFIT,
    COURSES,
    DOCTOR,
    FOSTER_CARE,
    KINDERGARTEN,
    NOW,
    RED,
    RENT,
    conversation,
    open_case,
    seen,
    without_entry,
    words_of,
    world,
    wrote,
)
from tests.builders_local import Talk, local_catalogue, new_words

PL = Language("pl")
WEAK = seen((DOCTOR, 0.04), (RENT, 0.03))
TOGETHER = seen((KINDERGARTEN, 0.9), (COURSES, 0.1))
READ_TOGETHER = "I read this together with your question before."
EDUCATION = TopicId("education")


@pytest.fixture
def talk() -> Talk:
    """Return somebody who has just been answered on kindergartens."""
    talk = Talk()
    talk.writes("how to register for kindergarten in Kaunas", seen((KINDERGARTEN, 0.95)))
    return talk


def entries_of(effects: Effects) -> tuple[EntryId, ...]:
    """Return what the last message offers to choose from."""
    buttons = effects.outgoing[-1].buttons
    return buttons.entries if buttons else ()


def shown_by(effects: Effects) -> EntryId | None:
    told = [one for one in effects.outgoing if one.kind is OutgoingKind.ANSWER and one.buttons]
    return told[0].buttons.shown[-1] if told and told[0].buttons else None


def answered(**changes: object) -> Conversation:
    """Return somebody who was answered on kindergartens just now."""
    person = conversation(language=EN, last_entries=(KINDERGARTEN, COURSES), answered_at=NOW)
    return replace(person, **changes)  # type: ignore[arg-type]  # any of its fields


def found(
    text: str, own: Evidence = WEAK, person: Conversation | None = None, w: World | None = None
) -> FollowUp | None:
    w = w or world(local_catalogue())
    return follow_up(text, own, person or answered(), now=NOW, catalogue=w.catalogue, policy=w.policy)


# Its form -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("and for the younger one?", EN),
        ("What about twins", EN),
        ("how much does it cost?", EN),
        ("o kiek kainuoja?", LT),
        ("Ar ji galės dirbti", LT),
        ("а если мне 17?", RU),
        ("a skolko stoit", RU),
        ("сколько это", RU),
        ("а якщо мені 17?", UK),
        ("й де саме", UK),
        ("a ile kosztuje", PL),
    ],
)
def test_words_that_join_or_point_mark_what_goes_on_from_an_answer(text: str, language: Language) -> None:
    follow = found(text, replace(WEAK, language=language))

    assert follow == FollowUp(KINDERGARTEN, marked=True, only_a_town=False)


def test_the_language_of_the_talk_counts_where_that_of_a_short_message_is_another() -> None:
    assert found("о ні", replace(WEAK, language=RU), answered(language=LT)) is None
    assert found("o kur", replace(WEAK, language=EN), answered(language=LT)) is not None


def test_sounds_of_another_language_mark_nothing() -> None:
    # "no" sounds like the Russian "но" (but).
    assert found("no kindergarten near", WEAK, answered(language=RU)) is None


@pytest.mark.parametrize(
    "text",
    [
        "and can I also register my second son although he is only two years old now",
        "my neighbour's dog",
        "/human and him",
        "2",
        "👍",
        "?",
    ],
)
def test_other_words_go_on_from_nothing(text: str) -> None:
    assert found(text) is None


def test_a_few_words_that_speak_for_an_entry_of_the_same_topic_go_on_too() -> None:
    heard = seen((COURSES, 0.2), (RENT, 0.1))

    assert found("for free", heard) == FollowUp(KINDERGARTEN, marked=False, only_a_town=False)
    assert found("for free, since we have no money now", heard) is None
    assert found("for free", seen((KINDERGARTEN, 0.2), (RENT, 0.1))) is None


@pytest.mark.parametrize("text", ["and in Kaunas?", "Vilnius", "а в Каунасе", "o Kaune", "what about Klaipeda"])
def test_a_town_alone_goes_on_from_an_answer_whatever_its_name_resembles(text: str) -> None:
    likened = seen((RENT, 0.9), language=LT if text == "o Kaune" else RU if text.startswith("а") else EN)

    follow = found(text, likened)

    assert follow is not None
    assert follow.only_a_town


@pytest.mark.parametrize(
    "own",
    [
        seen((RENT, 0.6)),
        seen((RENT, 0.1), exact=True),
        seen(command=Command.HELP),
        seen(wants_human=True),
        seen(small_talk=SmallTalkKind.THANKS),
        seen(**RED),
    ],
)
def test_words_that_say_what_they_are_about_are_not_bent(own: Evidence) -> None:
    assert found("and that is it", own) is None


# When -----------------------------------------------------------------------------------------------------------------


def test_after_a_day_all_is_forgotten() -> None:
    assert found("and for twins?", person=answered(answered_at=NOW - REMEMBERED + timedelta(minutes=1))) is not None
    assert found("and for twins?", person=answered(answered_at=NOW - REMEMBERED)) is None
    assert found("and for twins?", person=answered(answered_at=None)) is None


@pytest.mark.parametrize(
    "person",
    [
        answered(clarified=True),
        answered(last_entries=()),
        answered(awaiting=CaseId(5)),
        answered(talking=CaseId(5), open_cases=(open_case(state=CaseState.CLAIMED),)),
    ],
)
def test_words_for_people_and_after_asking_back_go_on_from_nothing(person: Conversation) -> None:
    assert found("and for twins?", person=person) is None


def test_an_answer_that_was_removed_since_is_gone_on_from_no_more() -> None:
    w = world(without_entry(local_catalogue(), KINDERGARTEN))

    assert found("and for twins?", w=w) is None


# The second reading ---------------------------------------------------------------------------------------------------


def test_it_is_read_behind_the_question_of_the_answer_as_one_sentence() -> None:
    follow = FollowUp(KINDERGARTEN, marked=True, only_a_town=False)
    whole = local_catalogue()

    assert read_with(follow, "and twins?", WEAK, whole) == "how to register my child for kindergarten and twins?"
    assert read_with(follow, "а для двойни?", replace(WEAK, language=RU), whole).startswith("как записать ребёнка")
    foreign = FollowUp(FOSTER_CARE, marked=True, only_a_town=False)
    assert read_with(foreign, "and twins?", WEAK, whole) == "как стать приёмным родителем and twins?"


def test_an_entry_of_the_topic_for_which_both_readings_speak_is_answered_and_says_how_it_was_read(talk: Talk) -> None:
    effects = talk.writes("and the courses?", seen((COURSES, 0.4)), seen((KINDERGARTEN, 0.3), (COURSES, 0.2)))

    (answer,) = new_words(effects)
    assert shown_by(effects) == COURSES
    assert answer.lines[-1].text == READ_TOGETHER
    assert entries_of(effects) == (KINDERGARTEN,)
    assert [one.step for one in effects.counts] == ["answer", "follow_up"]


def test_an_entry_that_its_own_words_hardly_speak_for_is_offered_with_the_one_before(talk: Talk) -> None:
    effects = talk.writes("and the courses?", seen((COURSES, 0.1)), seen((KINDERGARTEN, 0.8), (COURSES, 0.5)))

    assert effects.step == "clarify"
    assert entries_of(effects) == (COURSES, KINDERGARTEN)


def test_the_same_answer_is_not_said_again_but_offered_with_what_is_near(talk: Talk) -> None:
    effects = talk.writes("and for the younger one?", WEAK, TOGETHER)

    assert effects.step == "clarify"
    assert entries_of(effects) == (KINDERGARTEN, COURSES)
    assert effects.conversation.clarified


def test_where_nothing_else_is_near_a_person_gets_both_questions(talk: Talk) -> None:
    effects = talk.writes("and for the younger one?", WEAK, seen((KINDERGARTEN, 0.9)))

    assert effects.case is not None
    assert effects.case.text == "how to register for kindergarten in Kaunas\nand for the younger one?"
    assert (effects.case.topic, effects.case.tried) == (EDUCATION, (KINDERGARTEN,))


def test_words_that_both_readings_know_little_of_go_to_a_person_with_the_question_before(talk: Talk) -> None:
    effects = talk.writes("and football?", seen(), seen((KINDERGARTEN, 0.08), (COURSES, 0.05)))

    assert effects.case is not None
    assert effects.case.text.endswith("\nand football?")


def test_a_few_words_that_are_not_marked_go_to_a_person_as_they_are(talk: Talk) -> None:
    effects = talk.writes("free football", seen((COURSES, 0.05)), seen((KINDERGARTEN, 0.08)))

    assert effects.case is not None
    assert effects.case.text == "free football"
    assert effects.case.tried == ()


def test_words_that_speak_for_another_topic_let_people_choose(talk: Talk) -> None:
    effects = talk.writes("and the contract?", seen((RENT, 0.3)), TOGETHER)

    assert effects.step == "clarify"
    assert entries_of(effects) == (KINDERGARTEN, COURSES, RENT)


def test_words_that_speak_for_another_topic_and_are_not_marked_are_read_alone(talk: Talk) -> None:
    effects = talk.writes("contract for free", seen((RENT, 0.3), (COURSES, 0.06)), TOGETHER)

    assert entries_of(effects) == (RENT, COURSES)


def test_an_entry_with_a_minimum_of_its_own_is_only_offered(talk: Talk) -> None:
    whole = talk.catalogue
    strict = whole.entries[COURSES]
    strict = strict.model_copy(update={"facts": strict.facts.model_copy(update={"min_confidence": 0.9})})
    talk.catalogue = whole.model_copy(update={"entries": {**whole.entries, COURSES: strict}})

    effects = talk.writes("and the courses?", seen((COURSES, 0.4)), seen((KINDERGARTEN, 0.3), (COURSES, 0.4)))

    assert entries_of(effects) == (COURSES, KINDERGARTEN)


def test_only_its_own_words_tell_of_danger(talk: Talk) -> None:
    carded = talk.writes("and he beats me", seen((KINDERGARTEN, 0.1), **RED), TOGETHER)

    assert carded.step == "danger"


def test_danger_seen_in_both_readings_together_is_none_of_its_own(talk: Talk) -> None:
    effects = talk.writes("and the courses?", seen((COURSES, 0.4)), replace(TOGETHER, **RED))

    assert effects.step == "answer"
    assert "112" not in "\n".join(map(words_of, effects.outgoing))


def test_what_may_be_danger_gets_the_number_below_the_answer(talk: Talk) -> None:
    effects = talk.writes("and the courses? I fear him", seen((COURSES, 0.4), **AMBER), TOGETHER)

    assert "112" in effects.outgoing[-1].lines[-1].text


# Its town -------------------------------------------------------------------------------------------------------------


def test_a_town_gives_the_same_entry_with_that_towns_part() -> None:
    talk = Talk()
    talk.writes("child benefit in Kaunas", seen((BENEFIT, 0.95)))

    effects = talk.writes("and in Vilnius?", seen((RENT, 0.6)), seen((BENEFIT, 0.5), (RENT, 0.4)))

    assert shown_by(effects) == BENEFIT
    text = "\n".join(map(words_of, new_words(effects)))
    assert "In your town: Vilnius\nGedimino en" in text
    assert talk.person.town == "vilnius"


def test_a_town_for_which_an_entry_of_its_own_is_sure_gives_that_one(talk: Talk) -> None:
    effects = talk.writes("and in Vilnius?", WEAK, seen((COURSES, 0.8), (KINDERGARTEN, 0.1)))

    assert shown_by(effects) == COURSES


def test_where_the_answer_is_alike_everywhere_a_town_is_told_so() -> None:
    talk = Talk()
    talk.writes("where is a doctor", seen((DOCTOR, 0.95)))

    effects = talk.writes("а в Каунасе?", seen(language=RU), seen((DOCTOR, 0.9)))

    assert shown_by(effects) == DOCTOR
    assert "Действует ответ для всей страны." in "\n".join(map(words_of, effects.outgoing))


def test_a_town_that_we_have_just_asked_for_is_only_the_answer_to_that() -> None:
    talk = Talk()
    asked = talk.writes("child benefit", seen((BENEFIT, 0.95)))
    assert asked.outgoing[-1].buttons is not None
    assert asked.outgoing[-1].buttons.purpose is Purpose.TOWN

    effects = talk.writes("Kaunas", seen(), seen((BENEFIT, 0.9)))

    (told,) = new_words(effects)
    assert words_of(told).startswith("In your town: Kaunas")


def test_the_town_is_kept_for_what_follows(talk: Talk) -> None:
    effects = talk.writes("and the benefit for them?", seen((BENEFIT, 0.6)))

    assert "In your town: Kaunas" in "\n".join(map(words_of, new_words(effects)))


# What comes after -----------------------------------------------------------------------------------------------------


def test_a_chosen_entry_is_what_the_next_words_go_on_from(talk: Talk) -> None:
    talk.writes("and for the younger one?", WEAK, TOGETHER)
    talk.presses(Verb.CHOICE, 1)

    assert talk.person.last_entries[0] == COURSES
    assert talk.person.answered_at == talk.now
    assert shown_by(talk.writes("and in Vilnius?", WEAK, seen((COURSES, 0.9)))) == COURSES


def test_not_this_below_it_takes_the_next_and_then_a_person_who_sees_what_it_went_on_from(talk: Talk) -> None:
    talk.writes("and the courses?", seen((COURSES, 0.4)), seen((COURSES, 0.2), (KINDERGARTEN, 0.2)))

    second = talk.presses(Verb.NOT_THIS)
    last = talk.presses(Verb.NOT_THIS, on=second.outgoing[-1])

    assert shown_by(second) == KINDERGARTEN
    assert last.case is not None
    assert last.case.tried == (COURSES, KINDERGARTEN)


def test_presses_below_it_tell_nothing_of_matching(talk: Talk) -> None:
    first = talk.writes("and the courses?", seen((COURSES, 0.4)), seen((COURSES, 0.2)))
    helped = talk.presses(Verb.HELPED, on=first.outgoing[0])
    asked = talk.writes("and for the younger one?", WEAK, seen((COURSES, 0.3), (KINDERGARTEN, 0.2)))
    chosen = talk.presses(Verb.CHOICE, 0, on=asked.outgoing[0])
    helped_too = talk.presses(Verb.HELPED, on=chosen.outgoing[-1])

    assert [one.verdicts for one in (helped, chosen, helped_too)] == [(), (), ()]


def test_a_reply_to_a_message_about_a_case_goes_on_from_that_and_from_no_answer(talk: Talk) -> None:
    case = open_case(state=CaseState.WAITING)
    person = replace(talk.person, open_cases=(case,))
    follow = FollowUp(KINDERGARTEN, marked=True, only_a_town=False)
    received = wrote("and the courses?", seen((COURSES, 0.4)), person, about=case.id)

    effects = respond(replace(received, follow=follow, together=seen((COURSES, 0.3))), talk.world)

    assert effects.step == "added"
    assert effects.outgoing[-1].kind is not OutgoingKind.ANSWER


def test_in_shadow_mode_a_person_gets_it(talk: Talk) -> None:
    follow = FollowUp(KINDERGARTEN, marked=True, only_a_town=False)
    received = replace(
        wrote("and the courses?", seen((COURSES, 0.4)), talk.person), follow=follow, together=seen((COURSES, 0.3))
    )

    effects = respond(received, replace(talk.world, shadow=True))

    assert [one.kind for one in effects.outgoing] == [OutgoingKind.HAND_OVER]
    assert effects.would_show == COURSES
