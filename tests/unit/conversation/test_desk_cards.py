"""The card of a case: its state, what can be done with it, and the title of its topic."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cases.model import CaseId
from bot.content.model import MAIN_LANGUAGES, Language, TopicId
from bot.content.render import words
from bot.conversation import desk_notices, notices
from bot.conversation.model import OutgoingKind, Purpose, Verb
from bot.conversation.notices import Voice
from tests.builders_dialogue import SCHOOL, case, verbs_of
from tests.unit.conversation.cards import DUE, NUMBER, PUBLISHED, STATES, real_voice, seen

LONGEST_TITLE = 128


# The card -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", STATES)
def test_a_card_has_number_topic_state_family_reason_and_words(v: Voice, state: str) -> None:
    told = desk_notices.card(v, seen(case=STATES[state], holder="Rasa"))

    first, family, *_ = told.lines
    assert first.text.startswith(f"12M · {v.catalogue.topics[TopicId('daily-life')].name[v.language]} · ")
    assert first.bold
    assert "F-7G" in family.text
    assert "Where is it?" in [line.text for line in told.lines]
    assert ("Rasa" in first.text) == (state in {"claimed", "answered"})
    assert (notices.by_when(v, DUE) in told.lines) == (STATES[state].due_at is not None)
    assert (told.kind, told.edits, told.closes_topic) == (OutgoingKind.CASE_CARD, None, None)


def test_every_state_is_told_in_words_of_its_own(v: Voice) -> None:
    told = [desk_notices.card(v, seen(case=one, holder="Rasa")).lines[0].text for one in STATES.values()]
    elsewhere = desk_notices.card(v, seen(elsewhere=SCHOOL)).lines[0].text

    assert len({*told, elsewhere}) == 5
    assert v.catalogue.teams[SCHOOL].name[v.language] in elsewhere


def test_what_can_be_done_with_a_case_depends_on_whether_somebody_has_it(v: Voice) -> None:
    verbs = {state: verbs_of(desk_notices.card(v, seen(case=one))) for state, one in STATES.items()}

    in_hand = [[Verb.RELEASE, Verb.TRANSFER], [Verb.INSERT], [Verb.GUIDE, Verb.CLOSE]]
    assert verbs == {
        "waiting": [[Verb.CLAIM], [Verb.TRANSFER]],
        "claimed": in_hand,
        "answered": in_hand,
        "closed": [],
    }


@pytest.mark.parametrize("state", STATES)
def test_a_case_of_another_team_has_no_buttons_left_here(v: Voice, state: str) -> None:
    told = desk_notices.card(v, seen(case=STATES[state], elsewhere=SCHOOL), edit=True)

    assert verbs_of(told) == []
    assert told.buttons is not None
    assert told.closes_topic is True


@pytest.mark.parametrize("state", STATES)
def test_an_edit_of_a_card_opens_the_topic_of_an_open_case_and_closes_that_of_a_closed_one(
    v: Voice, state: str
) -> None:
    told = desk_notices.card(v, seen(case=STATES[state]), edit=True)

    assert (told.kind, told.edits) == (OutgoingKind.CARD_EDIT, "card")
    assert told.closes_topic is (state == "closed")


def test_the_buttons_of_a_card_know_their_case(v: Voice) -> None:
    told = desk_notices.card(v, seen())

    assert told.buttons is not None
    assert (told.buttons.purpose, told.buttons.case, told.buttons.question) == (Purpose.DESK, CaseId(5), None)


# Titles ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", MAIN_LANGUAGES)
def test_a_title_is_number_and_topic_and_so_has_no_words_of_the_family(language: Language) -> None:
    v = real_voice(language)
    names = {topic: words(one.name, language) for topic, one in PUBLISHED.topics.items()}
    unknown = v.t.gettext("Topic not known")

    for topic in (None, TopicId("gone"), *names):
        told = desk_notices.title(v, case(number=NUMBER, topic=topic))

        assert told == f"{NUMBER} · {names.get(topic, unknown) if topic else unknown}"
        assert len(told) <= LONGEST_TITLE


def test_an_endless_topic_name_is_cut(v: Voice) -> None:
    topic = v.catalogue.topics[TopicId("daily-life")].model_copy(
        update={"name": dict.fromkeys(MAIN_LANGUAGES, "x" * 300)}
    )
    other = v.catalogue.model_copy(update={"topics": {TopicId("daily-life"): topic}})

    assert len(desk_notices.title(replace(v, catalogue=other), case())) == LONGEST_TITLE
