"""What specialists are told in their group, besides cards."""

from __future__ import annotations

import pytest

from bot.cases.model import SPECIALISTS_REASONS, CaseId, CloseReason, EventKind, Refusal
from bot.channels.telegram.wire import plain
from bot.content.model import TeamId
from bot.conversation import desk_notices, notices
from bot.conversation.desk_notices import LOCK, RED
from bot.conversation.model import OutgoingKind, Verb
from bot.conversation.notices import Voice
from bot.conversation.numbers import numbered
from tests.builders import EN, LT
from tests.builders_dialogue import KINDERGARTEN, RENT, SCHOOL, SUPPORT, case, labels_of, verbs_of, words_of, world
from tests.unit.conversation.cards import CLAIMED, DUE, TELEGRAMS_LONGEST, seen

LONGEST_TOAST = 200


@pytest.mark.parametrize("refusal", Refusal)
def test_a_refusal_names_the_case_and_who_has_it(v: Voice, refusal: Refusal) -> None:
    told = desk_notices.refused(v, refusal, "12M", "Rasa")

    assert "12M" in told
    assert ("Rasa" in told) == (refusal is Refusal.HAS_ANOTHER)
    assert len(told) <= LONGEST_TOAST


def test_every_refusal_has_words_of_its_own(v: Voice) -> None:
    assert len({desk_notices.refused(v, x, "12M", "Rasa") for x in Refusal}) == len(Refusal)


@pytest.mark.parametrize("text", ["", "x", "x" * 500])
def test_a_toast_is_short_and_answers_its_press(v: Voice, text: str) -> None:
    told = desk_notices.toast(v, "query-1", text)

    assert (told.kind, told.query, told.buttons) == (OutgoingKind.TOAST, "query-1", None)
    assert [line.text for line in told.lines] == ([text[:LONGEST_TOAST]] if text else [])


@pytest.mark.parametrize(("take_over", "verb"), [(True, Verb.TAKE_OVER), (False, Verb.SEND)])
def test_held_words_say_why_and_that_they_were_not_sent(v: Voice, verb: Verb, *, take_over: bool) -> None:
    told = desk_notices.held(v, CaseId(5), "1:2", "Rasa has 12M.", take_over=take_over)

    assert [line.text for line in told.lines] == ["Rasa has 12M.", v.t.gettext("It was not sent to the family.")]
    assert verbs_of(told) == [[verb], [Verb.NOTE], [Verb.CANCEL]]
    assert told.buttons is not None
    assert (told.buttons.case, told.buttons.held) == (CaseId(5), "1:2")


def test_teams_are_chosen_by_name_in_the_order_of_their_buttons(v: Voice) -> None:
    told = desk_notices.teams_to_choose(v, case(), [SCHOOL, SUPPORT])

    assert labels_of(told) == [[v.catalogue.teams[x].name[v.language]] for x in (SCHOOL, SUPPORT)]
    assert told.buttons is not None
    assert (told.buttons.teams, told.buttons.case) == ((SCHOOL, SUPPORT), CaseId(5))
    assert "12M" in words_of(told)


def test_without_another_team_that_has_a_group_nobody_is_asked(v: Voice) -> None:
    assert desk_notices.teams_to_choose(v, case(), []).buttons is None


def test_a_team_that_content_no_longer_has_is_named_by_its_id(v: Voice) -> None:
    assert desk_notices.team_name(v, TeamId("gone")) == "gone"


def test_the_reasons_of_specialists_can_be_chosen_and_no_others(v: Voice) -> None:
    told = desk_notices.reasons_to_choose(v, case())

    assert told.buttons is not None
    assert told.buttons.reasons == SPECIALISTS_REASONS
    assert labels_of(told) == [[desk_notices.reason_in_words(v, one)] for one in SPECIALISTS_REASONS]


def test_every_reason_for_an_end_has_words_of_its_own(v: Voice) -> None:
    assert len({desk_notices.reason_in_words(v, one) for one in CloseReason}) == len(CloseReason)


def test_entries_are_chosen_by_their_label(v: Voice) -> None:
    told = desk_notices.entries_to_choose(v, case(), [KINDERGARTEN, RENT])

    assert labels_of(told) == [[v.label(KINDERGARTEN)], [v.label(RENT)]]
    assert told.buttons is not None
    assert told.buttons.entries == (KINDERGARTEN, RENT)
    assert desk_notices.entries_to_choose(v, case(), []).buttons is None


def test_a_preview_shows_the_text_as_it_will_go(v: Voice) -> None:
    told = desk_notices.preview(v, case(), "Apply here.", "1:p2")

    assert told.lines[1].text == "Apply here."
    assert verbs_of(told) == [[Verb.SEND], [Verb.CANCEL]]
    assert told.buttons is not None
    assert told.buttons.held == "1:p2"


def test_a_note_is_confirmed_without_its_words(v: Voice) -> None:
    told = desk_notices.noted(v, "12M")

    assert told.lines[0].text.startswith(LOCK)
    assert "12M" in words_of(told)


@pytest.mark.parametrize(
    ("n", "said"), [(1, "1 question waits."), (2, "2 questions wait."), (11, "11 questions wait.")]
)
def test_a_digest_counts_and_names_all_and_those_of_danger_apart(n: int, said: str) -> None:
    numbers = [f"{x}A" for x in range(n)]

    first, danger, rest, _ = desk_notices.digest(world().voice(EN), numbers, ["0A"]).lines

    assert first.text == said
    assert danger.text.startswith(RED)
    assert danger.text.endswith("0A")
    assert rest.text == ", ".join(numbers)


def test_a_digest_of_very_many_questions_still_fits(v: Voice) -> None:
    numbers = [f"{n:05}A" for n in range(800)]

    assert len(plain(desk_notices.digest(v, numbers, numbers[:100]).lines)) <= TELEGRAMS_LONGEST


@pytest.mark.parametrize("forum", [True, False])
def test_a_welcome_tells_how_to_switch_topics_on_only_where_they_are_off(v: Voice, *, forum: bool) -> None:
    told = desk_notices.connected(v, SCHOOL, forum=forum)

    off = desk_notices.topics_are_off(v)
    assert v.catalogue.teams[SCHOOL].name[v.language] in told.lines[0].text
    assert verbs_of(told) == [[Verb.WORK_HERE]]
    assert [line.text in off for line in told.lines[2:]] == ([] if forum else [True] * len(off))


def test_help_lists_every_order_that_works_on_a_case(v: Voice) -> None:
    text = words_of(desk_notices.help_text(v))

    for order in ("claim", "release", "transfer", "close", "insert", "note", "name", "language"):
        assert f"/{order} " in text


def test_who_works_here_is_told_the_name_that_families_see(v: Voice) -> None:
    told = desk_notices.joined(v, "Rasa, social worker")

    assert "Rasa, social worker" in told.lines[0].text
    assert "/name" in words_of(told)


def test_a_group_that_chose_no_language_reads_lithuanian() -> None:
    assert desk_notices.help_text(world().voice(LT)).language == LT


@pytest.mark.parametrize("kind", [EventKind.RETURNED, EventKind.POSTPONED])
def test_time_that_ran_out_is_told_with_the_new_promise_and_the_mark_of_danger_where_it_is_one(
    v: Voice, kind: EventKind
) -> None:
    calm, urgent = (desk_notices.overdue(v, kind, case(urgent=x, due_at=DUE)) for x in (False, True))

    assert "12M" in calm.lines[0].text
    assert calm.lines[1].text == notices.by_when(v, DUE).text
    assert urgent.lines[0].text.startswith(RED)
    assert not calm.lines[0].text.startswith(RED)


def test_who_has_not_chosen_a_name_is_numbered_in_the_words_of_each_reader(v: Voice) -> None:
    told = [
        words_of(desk_notices.card(v, seen(case=CLAIMED, holder=numbered(3)))),
        desk_notices.refused(v, Refusal.HAS_ANOTHER, "12M", numbered(3)),
        words_of(desk_notices.joined(v, numbered(3))),
    ]

    assert all(v.t.gettext("specialist {n}").format(n=3) in text for text in told)
    assert not any("#" in text for text in told)
