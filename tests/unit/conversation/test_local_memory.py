"""A town is kept in mind for a day, and so is the wish not to tell it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.conversation.model import Verb
from bot.matching.evidence import Evidence
from tests.builders_dialogue import BENEFIT, RED, seen
from tests.builders_local import HERE, KAUNAS, asked, is_asked_for_a_town, local_catalogue, nothing, places, said, sure


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
