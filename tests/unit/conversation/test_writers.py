"""A child writes, or a family under strain: other words, an offer, no guilt and no report."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.content.model import DangerKind, Helpline, HelplineId, TopicId
from bot.conversation import danger_notices
from bot.conversation.dialogue import respond
from bot.conversation.early_help import OFFERED_EVERY
from bot.conversation.model import Conversation, Verb
from bot.conversation.replies import World
from bot.conversation.writers import REMEMBERED
from bot.matching.evidence import Writer
from tests.builders import EN
from tests.builders_dialogue import (
    AMBER,
    KINDERGARTEN,
    NOW,
    RED,
    RENT,
    conversation,
    helpline,
    labels_of,
    pressed,
    seen,
    words_of,
    world,
    wrote,
)

CHILD, INTERPRETING = Writer.CHILD, Writer.INTERPRETING


@pytest.fixture
def w() -> World:
    return with_lines(world())


def with_lines(of: World) -> World:
    """Return a world with a line of children, one of adults, and early help."""
    lines: dict[HelplineId, Helpline] = {
        **of.catalogue.helplines,
        HelplineId("child"): helpline("116 111", (DangerKind.CHILD_DANGER,)).model_copy(
            update={"audience": "children"}
        ),
        HelplineId("adults"): helpline("116 123", (DangerKind.SUICIDE, DangerKind.CHILD_DANGER)).model_copy(
            update={"audience": "adults"}
        ),
    }
    return world(of.catalogue.model_copy(update={"helplines": lines, "early_help": (RENT, KINDERGARTEN)}))


def knows(writer: Writer, ago: timedelta = timedelta()) -> Conversation:
    return conversation(writer=writer, writer_at=NOW - ago)


def card_for(writer: Writer | None, w: World, kind: DangerKind = DangerKind.CHILD_DANGER) -> str:
    return words_of(danger_notices.danger_card(w.voice(EN), kind, "47K", None, wrote("").id, writer=writer))


# A child --------------------------------------------------------------------------------------------------------------


def test_a_child_in_danger_gets_its_own_line_first_and_no_line_of_adults(w: World) -> None:
    for kind in DangerKind:
        lines = card_for(CHILD, w, kind).splitlines()
        numbers = [line for line in lines if line.startswith("116")]
        assert numbers[0] == "116 111"
        assert "116 123" not in numbers


def test_a_child_in_danger_is_told_that_it_is_not_its_fault(w: World) -> None:
    assert "not your fault" in card_for(CHILD, w)
    assert "not your fault" not in card_for(None, w)


def test_an_adult_in_danger_of_their_own_gets_no_line_of_children(w: World) -> None:
    assert "116 111" not in card_for(None, w, DangerKind.SUICIDE)


def test_an_adult_who_fears_for_a_child_gets_its_line_too(w: World) -> None:
    assert {"116 111", "116 123"} <= set(card_for(None, w, DangerKind.CHILD_DANGER).splitlines())


def test_every_card_says_what_to_do_where_nobody_can_talk(w: World) -> None:
    assert "If you cannot talk" in card_for(None, w)
    assert "If you cannot talk" in card_for(CHILD, w)


def test_a_case_of_a_child_in_danger_goes_to_those_who_know_childrens_rights(w: World) -> None:
    safety = w.catalogue.topics[TopicId("safety")]
    topics = {**w.catalogue.topics, TopicId("child-rights"): safety}
    other = world(w.catalogue.model_copy(update={"topics": topics}))

    case = respond(wrote("i hide in my room", seen(**RED, writer=CHILD)), other).case
    grown = respond(wrote("i hide in my room", seen(**RED)), other).case

    assert case is not None
    assert grown is not None
    assert (case.topic, case.writer) == ("child-rights", CHILD)
    assert (grown.topic, grown.writer) == ("safety", None)


def test_somebody_who_said_their_age_is_still_a_child_in_the_next_message(w: World) -> None:
    first = respond(wrote("i am 13", seen(writer=CHILD)), w)

    card = respond(wrote("i am afraid to go home", seen(**RED), first.conversation), w).outgoing[0]

    assert "not your fault" in words_of(card)


def test_after_a_day_nobody_is_taken_for_a_child_without_a_new_sign(w: World) -> None:
    card = respond(wrote("i am afraid to go home", seen(**RED), knows(CHILD, REMEMBERED)), w).outgoing[0]

    assert "not your fault" not in words_of(card)


def test_a_calm_child_is_answered_and_told_of_its_line_once(w: World) -> None:
    first = respond(wrote("i am 13, kindergarten?", seen((KINDERGARTEN, 0.95), writer=CHILD)), w)
    again = respond(wrote("im 13, and rent?", seen((RENT, 0.95), writer=CHILD), first.conversation), w)

    assert first.outgoing[0].buttons is not None
    assert first.outgoing[0].buttons.shown == (KINDERGARTEN,)
    assert "116 111" in words_of(first.outgoing[-1])
    assert all("116 111" not in words_of(one) for one in again.outgoing)


def test_a_child_that_writes_for_a_parent_is_thanked_and_offered_an_interpreter(w: World) -> None:
    effects = respond(wrote("mum asks, i translate", seen((KINDERGARTEN, 0.95), writer=INTERPRETING)), w)

    assert "Thank you for helping" in words_of(effects.outgoing[-1])
    assert "interpreter" in words_of(effects.outgoing[-1])
    assert labels_of(effects.outgoing[-1]) == [["Talk to a person"]]


def test_what_a_child_asks_a_person_comes_with_the_sign(w: World) -> None:
    case = respond(wrote("/human i am 13 and nobody listens", seen(writer=CHILD)), w).case

    assert case is not None
    assert case.writer is CHILD


def test_a_child_that_cannot_call_is_told_how_in_its_own_words(w: World) -> None:
    card = respond(wrote("i am 13", seen(**RED, writer=CHILD)), w)

    told = respond(pressed(card.outgoing[0].buttons, Verb.CANNOT_CALL, person=card.conversation), w).outgoing[0]

    assert "an adult you trust" in words_of(told)


# Early help -----------------------------------------------------------------------------------------------------------


def test_a_family_under_strain_is_offered_help_below_its_answer(w: World) -> None:
    effects = respond(wrote("no strength left", seen((KINDERGARTEN, 0.95), strain=True)), w)

    answer, offer = effects.outgoing
    assert answer.buttons is not None
    assert answer.buttons.shown == (KINDERGARTEN,)
    assert "I tell nobody" in words_of(offer)
    assert labels_of(offer)[-1] == ["Talk to a person"]
    assert len(labels_of(offer)) == 2  # what it has just read is not offered again
    assert effects.case is None


def test_a_press_on_the_offer_shows_the_entry_and_teaches_nothing(w: World) -> None:
    offer = respond(wrote("no strength left", seen((KINDERGARTEN, 0.95), strain=True)), w).outgoing[-1]

    effects = respond(pressed(offer.buttons, Verb.CHOICE, 0), w)

    assert effects.outgoing[0].buttons is not None
    assert effects.outgoing[0].buttons.shown == (RENT,)
    assert effects.verdicts == ()


@pytest.mark.parametrize(("ago", "offers"), [(timedelta(days=1), 0), (OFFERED_EVERY, 1)])
def test_help_is_offered_once_a_week(w: World, ago: timedelta, offers: int) -> None:
    person = conversation(early_help_at=NOW - ago)

    effects = respond(wrote("no strength left", seen((KINDERGARTEN, 0.95), strain=True), person), w)

    assert len(effects.outgoing) == 1 + offers


@pytest.mark.parametrize(("danger", "offers"), [(RED, 0), (AMBER, 1)])
def test_early_help_is_offered_below_the_line_about_danger_and_never_below_a_card(
    w: World,
    danger: dict[str, Any],
    offers: int,  # Any: fields of evidence
) -> None:
    evidence = seen((KINDERGARTEN, 0.95), strain=True, **danger)

    effects = respond(wrote("no strength left", evidence), w)

    assert sum("I tell nobody" in words_of(one) for one in effects.outgoing) == offers


def test_a_child_under_strain_is_told_of_its_line_instead(w: World) -> None:
    effects = respond(wrote("no strength left", seen((KINDERGARTEN, 0.95), strain=True, writer=CHILD)), w)

    assert all("I tell nobody" not in words_of(one) for one in effects.outgoing)
    assert "116 111" in words_of(effects.outgoing[-1])
