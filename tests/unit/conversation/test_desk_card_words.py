"""The words on a card: danger first, then why, what was shown and what was said, so that it fits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.wire import plain
from bot.content.model import MAIN_LANGUAGES, DangerKind, EntryId, Language
from bot.conversation import desk_notices
from bot.conversation.desk_notices import RED
from bot.conversation.notices import Voice
from bot.conversation.steps import Reason
from bot.matching.evidence import Level
from tests.builders import EN
from tests.builders_dialogue import COURSES, KINDERGARTEN, RENT, case, words_of
from tests.fakes.bot_api.entities import utf16_length
from tests.unit.conversation.cards import (
    FAMILY,
    NAME,
    NUMBER,
    PUBLISHED,
    STATES,
    TELEGRAMS_LONGEST,
    longest_topic,
    real_voice,
    seen,
)

SECRET = "Olena from the third floor"
"""Words that were not sent."""


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_told_in_words(v: Voice, reason: Reason) -> None:
    told = {x: words_of(desk_notices.card(v, seen(reason=x))) for x in Reason}

    assert len(set(told.values())) == len(Reason)
    assert f"_{reason}" not in told[reason]
    assert "_" not in told[reason]


@pytest.mark.parametrize("kind", [None, *DangerKind])
def test_danger_stands_first_and_is_told_in_words(v: Voice, kind: DangerKind | None) -> None:
    told = desk_notices.card(v, seen(danger=Level.RED, danger_kind=kind))

    first = told.lines[0]
    assert first.bold
    assert first.text.startswith(RED)
    assert v.language == EN or kind is None or str(kind) not in first.text


def test_what_may_be_danger_stands_first_too_without_the_mark_of_danger(v: Voice) -> None:
    amber, none = (
        desk_notices.card(v, seen(danger=level, danger_kind=DangerKind.VIOLENCE)) for level in (Level.AMBER, Level.NONE)
    )

    assert amber.lines[1:] == none.lines
    assert amber.lines[0].bold
    assert RED.strip() not in words_of(amber)


def test_a_card_tells_entries_shown_entries_near_earlier_case_and_attachments(v: Voice) -> None:
    near = ((KINDERGARTEN, 0.413), (COURSES, 0.3), (RENT, 0.2), (EntryId("gone"), 0.1))

    text = words_of(desk_notices.card(v, seen(tried=(RENT, EntryId("gone")), nearest=near, follows="9J", files=3)))

    assert f"{v.label(KINDERGARTEN)} 0.41, {v.label(COURSES)} 0.30, {v.label(RENT)} 0.20" in text
    assert "9J" in text
    assert "3" in text
    assert "gone" not in text


def test_a_card_without_these_has_no_line_for_them(v: Voice) -> None:
    bare, full = (
        desk_notices.card(v, x) for x in (seen(), seen(tried=(RENT,), nearest=((COURSES, 0.3),), follows="9J", files=1))
    )

    assert len(full.lines) == len(bare.lines) + 4


def test_a_card_tells_what_was_said_since_and_by_whom_and_nothing_that_was_held(v: Voice) -> None:
    said = (("opened", "x"), ("written", "He is four."), ("held", SECRET), ("replied", "Yes, he can."), ("claimed", ""))

    text = words_of(desk_notices.card(v, seen(said=said)))

    assert "F-7G: He is four." in text
    assert ": Yes, he can." in text
    assert SECRET not in text


@pytest.mark.parametrize("asked", ["", "x"])
def test_a_card_without_words_says_so(v: Voice, asked: str) -> None:
    assert (v.t.gettext("No words yet.") in words_of(desk_notices.card(v, seen(asked=asked)))) == (not asked)


def test_words_from_right_to_left_stay_in_their_order_on_a_card_in_another_language(v: Voice) -> None:
    told = desk_notices.card(v, seen(case=case(language=Language("ar")), asked="أين المدرسة؟ 12"))

    assert "\u2066أين المدرسة؟ 12\u2069" in [line.text for line in told.lines]


def test_a_card_tells_what_goes_to_the_family_and_what_does_not(v: Voice) -> None:
    assert "/note" in desk_notices.card(v, seen()).lines[-1].text


@given(
    asked=st.text(max_size=20) | st.integers(0, 6000).map(lambda n: "ж" * n),
    said=st.lists(
        st.tuples(st.sampled_from(["written", "replied", "reopened"]), st.integers(0, 6000).map(lambda n: "ш" * n)),
        max_size=6,
    ),
    language=st.sampled_from(MAIN_LANGUAGES),
    state=st.sampled_from(sorted(STATES)),
    edit=st.booleans(),
)
def test_a_card_fits_whatever_the_family_wrote(
    asked: str, said: list[tuple[str, str]], language: Language, state: str, *, edit: bool
) -> None:
    longest = sorted(PUBLISHED.entries, key=lambda x: len(real_voice(language).label(x)))[-6:]
    whole = seen(
        case=replace(STATES[state], number=NUMBER, topic=longest_topic(language), language=Language("be")),
        family=FAMILY,
        asked=asked,
        said=tuple(said),
        danger=Level.RED,
        danger_kind=DangerKind.TRAFFICKING,
        reason=Reason.CLARIFIED_ONCE,
        tried=tuple(longest),
        nearest=tuple((x, 0.1234) for x in longest),
        follows=NUMBER,
        files=100,
        holder=NAME,
    )

    assert len(plain(desk_notices.card(real_voice(language), whole, edit=edit).lines)) <= TELEGRAMS_LONGEST


def test_a_card_full_of_emoji_fits(v: Voice) -> None:
    whole = seen(asked="😀" * 2048, said=(("written", "😀" * 2048),) * 6)

    assert utf16_length(plain(desk_notices.card(v, whole).lines)) <= TELEGRAMS_LONGEST


def test_the_beginning_of_long_words_is_on_the_card_and_it_shows_that_there_is_more(v: Voice) -> None:
    text = words_of(desk_notices.card(v, seen(asked="a" * 4096, said=(("written", "b" * 4096),))))

    assert "a" * 1000 in text
    assert "b" * 200 in text
    assert text.count(" …") == 2
