"""Everything that can be said in a group fits, in every language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.cases.model import CaseId, EventKind, Refusal
from bot.channels.telegram.wire import html, plain, write_press
from bot.content.model import MAIN_LANGUAGES, Language, TeamId
from bot.conversation import desk_notices, notices
from bot.conversation.model import Outgoing, OutgoingKind, Verb
from bot.matching.evidence import Level
from tests.builders import EN
from tests.builders_dialogue import case, world
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

LONGEST_LABEL, LONGEST_BESIDE_ANOTHER, MOST_ROWS = 28, 14, 4
MENUS = {Verb.TEAM, Verb.ENTRY}
"""Lists to choose from have as many rows as there are teams with a group, or entries near the question."""


def every_message(language: Language) -> Iterator[tuple[str, Outgoing]]:
    """Yield everything that can be said in a group, each in its longest form, with a name for the report."""
    v = real_voice(language)
    for state, one in STATES.items():
        whole = replace(one, number=NUMBER, topic=longest_topic(language))
        for edit in (False, True):
            told = desk_notices.card(v, seen(case=whole, family=FAMILY, holder=NAME, danger=Level.RED), edit=edit)
            yield f"card {state} {edit}", told
    yield "card elsewhere", desk_notices.card(v, seen(elsewhere=TeamId("legal")), edit=True)
    for refusal in Refusal:
        why = desk_notices.refused(v, refusal, NUMBER, NAME)
        for take_over in (False, True):
            yield f"held {refusal}", desk_notices.held(v, CaseId(5), "1:2", why, take_over=take_over)
    for entry_id, entry in PUBLISHED.entries.items():
        there = language if language in entry.texts else next(iter(entry.texts))
        near = [x for x in PUBLISHED.entries if x != entry_id][:3]
        text = "\n\n".join(line.text for line in notices.answer(real_voice(there), entry_id, neighbours=near).lines)
        yield f"preview {entry_id}", desk_notices.preview(v, case(language=there), text, "1:p2")
    yield "entries", desk_notices.entries_to_choose(v, case(), tuple(PUBLISHED.entries)[:5])
    yield "all teams", desk_notices.teams_to_choose(v, case(number=NUMBER), tuple(PUBLISHED.teams))
    for team in PUBLISHED.teams:
        for forum in (True, False):
            yield f"connected {team} {forum}", desk_notices.connected(v, team, forum=forum)
        yield f"not here {team}", desk_notices.not_here(v, NUMBER, team)
    yield from {
        "already sent": desk_notices.already_sent(v),
        "anonymous": desk_notices.anonymous(v),
        "code unknown": desk_notices.code_unknown(v),
        "digest": desk_notices.digest(v, [NUMBER] * 40, [NUMBER] * 40),
        "failed": desk_notices.failed(v),
        "family writes": desk_notices.family_writes(v, NUMBER, FAMILY, "x", ())[0],
        "file lost": desk_notices.file_lost(v, NUMBER),
        "help": desk_notices.help_text(v),
        "join first": desk_notices.join_first(v),
        "joined": desk_notices.joined(v, NAME),
        "no entries": desk_notices.entries_to_choose(v, case(), ()),
        "no right to topics": desk_notices.no_right_to_topics(v),
        "no teams": desk_notices.teams_to_choose(v, case(), ()),
        "not delivered": desk_notices.not_delivered(v, NUMBER),
        "noted": desk_notices.noted(v, NUMBER),
        "one waits": desk_notices.digest(v, [NUMBER], []),
        "overdue": desk_notices.overdue(v, EventKind.POSTPONED, case(number=NUMBER)),
        "returned": desk_notices.overdue(v, EventKind.RETURNED, case(number=NUMBER)),
        "reachable": desk_notices.reachable(v, NUMBER, FAMILY),
        "reasons": desk_notices.reasons_to_choose(v, case(number=NUMBER)),
        "uncertain": desk_notices.uncertain(v, NUMBER),
        "unknown order": desk_notices.unknown_order(v),
        "unreachable": desk_notices.unreachable(v, NUMBER, FAMILY),
    }.items()


@pytest.fixture(params=MAIN_LANGUAGES, scope="module")
def every(request: pytest.FixtureRequest) -> list[tuple[str, Outgoing]]:
    return list(every_message(Language(str(request.param))))


def test_every_message_fits_and_has_no_empty_line(every: list[tuple[str, Outgoing]]) -> None:
    assert [name for name, told in every if len(plain(told.lines)) > TELEGRAMS_LONGEST] == []
    assert [name for name, told in every if not told.lines or not all(line.text.strip() for line in told.lines)] == []
    assert [name for name, told in every if not html(told)] == []


def test_no_message_has_a_placeholder_left(every: list[tuple[str, Outgoing]]) -> None:
    assert [name for name, told in every if {"{", "}"} & set(plain(told.lines))] == []


def test_every_label_fits_its_button(every: list[tuple[str, Outgoing]]) -> None:
    rows = [row for _, told in every if told.buttons for row in told.buttons.rows]

    assert {b.label for row in rows for b in row if not 0 < len(b.label) <= LONGEST_LABEL} == set()
    assert {b.label for row in rows if len(row) > 1 for b in row if len(b.label) > LONGEST_BESIDE_ANOTHER} == set()
    assert max(map(len, rows)) == 2


def test_every_label_fits_also_when_it_is_marked(every: list[tuple[str, Outgoing]]) -> None:
    marked = {Verb.SEND, Verb.TAKE_OVER, Verb.NOTE, Verb.CANCEL, Verb.REASON}
    labels = {
        b.label for _, told in every if told.buttons for row in told.buttons.rows for b in row if b.verb in marked
    }

    assert {label for label in labels if len(f"✓ {label}") > LONGEST_LABEL} == set()


def test_no_message_but_a_list_to_choose_from_has_more_than_four_rows(every: list[tuple[str, Outgoing]]) -> None:
    tall = [
        name
        for name, told in every
        if told.buttons
        and len(told.buttons.rows) > MOST_ROWS
        and not {b.verb for row in told.buttons.rows for b in row} <= MENUS
    ]

    assert tall == []


def test_no_two_buttons_of_a_message_say_or_do_the_same(every: list[tuple[str, Outgoing]]) -> None:
    for name, told in every:
        buttons = [button for row in told.buttons.rows for button in row] if told.buttons else []
        assert len({button.label for button in buttons}) == len(buttons), name
        assert len({(button.verb, button.choice) for button in buttons}) == len(buttons), name


def test_every_button_fits_telegram_and_is_one_of_specialists(every: list[tuple[str, Outgoing]]) -> None:
    for name, told in every:
        for row in told.buttons.rows if told.buttons else ():
            assert all(told.buttons and len(write_press(button, told.buttons).encode()) <= 64 for button in row), name
            assert all(button.verb.value.isupper() for button in row), name


def test_every_message_is_in_the_language_of_the_group_and_for_specialists(every: list[tuple[str, Outgoing]]) -> None:
    kinds = {OutgoingKind.CASE_CARD, OutgoingKind.CARD_EDIT, OutgoingKind.DESK}

    assert len({told.language for _, told in every}) == 1
    assert {told.kind for _, told in every} == kinds


@pytest.mark.parametrize("language", [Language("ar"), Language("be")])
def test_a_group_whose_language_we_do_not_speak_reads_english(language: Language) -> None:
    v = world().voice(language)

    assert {told.language for told in (desk_notices.card(v, seen()), desk_notices.help_text(v))} == {EN}
