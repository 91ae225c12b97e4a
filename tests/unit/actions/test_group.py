"""A message in a group of specialists: what is for the family goes there, and nothing else ever does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from bot.actions.answering import MAX_ATTEMPTS, Mind, answer_ready
from bot.actions.delivering import Lost, Sent
from bot.actions.invitations import VALID, invite
from bot.actions.receiving import receive
from bot.cases.model import CaseId, CaseState, CloseReason
from bot.content.model import TeamId
from bot.conversation.model import (
    Address,
    Attachment,
    AttachmentKind,
    Channel,
    InGroup,
    Kind,
    OutgoingKind,
    Press,
    Token,
    Verb,
)
from bot.errors import StoreUnavailable
from bot.storage.tables import case_events, cases, groups, inbox, notes, outbox, specialists
from tests.builders import LT, UK
from tests.builders_dialogue import KINDERGARTEN, SCHOOL, SUPPORT, without_entry, words_of
from tests.builders_store import ANA, BORYS, all_rows, states
from tests.builders_teams import (
    ADMINISTRATOR,
    GROUP,
    IEVA,
    OF_SCHOOL,
    OTHER_GROUP,
    QUESTION,
    RASA,
    STRANGER,
    TOMAS,
    Office,
    Told,
    kinds,
    office,
    photo,
    toasts,
)

SECRET = "heron meadow lantern"
ANONYMOUS = ""
NEW_GROUP = Address(Channel.TELEGRAM, "-100501")
PAPER: dict[str, Any] = {  # Any: fields of a message
    "kind": Kind.FILE,
    "files": (Attachment("paper", AttachmentKind.FILE, "application/pdf", 1000),),
}


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Office]:
    async with office(GROUP, OTHER_GROUP) as desk:
        yield desk


@pytest_asyncio.fixture
async def case_id(desk: Office) -> CaseId:
    """Return a case that waits in the first group's topic."""
    case_id = await desk.asks()
    await desk.deliver()
    return case_id


@pytest_asyncio.fixture
async def mine(desk: Office, case_id: CaseId) -> CaseId:
    """Return that case after Rasa has claimed it."""
    await desk.says(RASA, "/claim", case_id)
    await desk.deliver()
    return case_id


async def to_family(desk: Office, address: Address = ANA) -> list[str]:
    """Return the words of specialists that the family was sent, oldest first."""
    return [one.words for one in await desk.told(address, kinds=[OutgoingKind.REPLY])]


async def connected(desk: Office) -> frozenset[TeamId]:
    async with desk.store.begin() as tx:
        return await tx.teams.connected()


def said(told: Collection[Told]) -> str:
    """Return what the group was told besides cards."""
    return "\n".join(one.words for one in told if one.kind in {OutgoingKind.DESK, OutgoingKind.TOAST})


# The code that connects -----------------------------------------------------------------------------------------------


async def test_a_code_connects_a_group_and_shows_it_the_questions_that_wait() -> None:
    async with office() as desk:
        first, second = await desk.asks(), await desk.asks(address=BORYS)

        await desk.connects(GROUP)

        group, told = await desk.group(), await desk.told(GROUP)
        assert (group.team, group.forum, group.topics) == (SUPPORT, True, True)
        assert [(one.kind, one.case) for one in told] == [
            (OutgoingKind.DESK, None),
            (OutgoingKind.CASE_CARD, first),
            (OutgoingKind.CASE_CARD, second),
        ]


@pytest.mark.parametrize(("forum", "lines"), [(True, 2), (False, 5)])
async def test_a_group_without_topics_is_told_how_to_switch_them_on(*, forum: bool, lines: int) -> None:
    async with office() as desk:
        await desk.connects(GROUP, forum=forum)

        (told,) = await desk.told(GROUP)
        assert len(told.outgoing.lines) == lines


@pytest.mark.parametrize("words", ["/connect", "/connect WRONGCODE2", "/connect  "])
async def test_a_code_that_nobody_made_connects_nothing(words: str) -> None:
    async with office() as desk:
        told = await desk.says(ADMINISTRATOR, words)

        assert kinds(told) == [OutgoingKind.DESK]
        assert await connected(desk) == frozenset()


async def test_a_code_connects_one_group_only_and_no_other_later() -> None:
    async with office() as desk:
        code = await invite(SUPPORT, store=desk.store, clock=desk.clock)
        for group in (GROUP, OTHER_GROUP):
            await desk.says(ADMINISTRATOR, f"/connect {code}", at=group)

        assert await connected(desk) == {SUPPORT}
        assert (await desk.group(GROUP)).team == SUPPORT
        assert len(await all_rows(desk.store, groups)) == 1


@pytest.mark.parametrize(("late", "team"), [(VALID - timedelta(seconds=1), {SUPPORT}), (VALID, set())])
async def test_a_code_works_for_seven_days(late: timedelta, team: set[TeamId]) -> None:
    async with office() as desk:
        code = await invite(SUPPORT, store=desk.store, clock=desk.clock)
        desk.clock.forward(late)

        await desk.says(ADMINISTRATOR, f"/connect {code}")

        assert await connected(desk) == team


async def test_a_code_may_be_written_as_it_was_read_out() -> None:
    async with office() as desk:
        code = await invite(SUPPORT, store=desk.store, clock=desk.clock)

        await desk.says(ADMINISTRATOR, f"/connect@tiltas_bot  {code[:5].lower()} {code[5:]} ")

        assert await connected(desk) == {SUPPORT}


async def test_a_team_that_moves_to_another_group_takes_its_questions_along(desk: Office, case_id: CaseId) -> None:
    await desk.connects(NEW_GROUP, team=SUPPORT)
    await desk.joins(TOMAS, NEW_GROUP)
    await desk.deliver()

    old = await desk.says(RASA, "/claim", case_id)
    new = await desk.says(TOMAS, "/claim", case_id, at=NEW_GROUP)

    assert old == []  # a group that nobody has connected
    assert (await desk.case(case_id)).claimed_by == (await desk.specialist(TOMAS, NEW_GROUP)).id
    assert OutgoingKind.CARD_EDIT in kinds(new)


# Who works here -------------------------------------------------------------------------------------------------------


async def test_whoever_presses_works_here_and_is_told_their_name(desk: Office) -> None:
    told = await desk.pushes(STRANGER, Verb.WORK_HERE)

    assert kinds(told) == [OutgoingKind.TOAST, OutgoingKind.DESK]
    assert "specialist 3" in said(told)
    assert (await desk.specialist(STRANGER)).alias == "#3"


@pytest.mark.parametrize("how", ["press", "order"])
async def test_whoever_says_it_twice_is_one_person_with_one_name(desk: Office, how: str) -> None:
    before = await desk.specialist(RASA)

    told = await desk.pushes(RASA, Verb.WORK_HERE) if how == "press" else await desk.says(RASA, "/work")

    assert await desk.specialist(RASA) == before
    assert len(await all_rows(desk.store, specialists)) == 3
    assert "specialist 1" in said(told)


async def test_a_name_is_what_families_see_from_then_on(desk: Office, case_id: CaseId) -> None:
    told = await desk.says(RASA, "/name  Rasa,   social worker")

    await desk.says(RASA, "/claim", case_id)

    assert "Rasa, social worker" in said(told)
    assert [one.words for one in await desk.told(ANA, kinds=[OutgoingKind.CASE]) if "Rasa, social worker" in one.words]


@pytest.mark.parametrize(("words", "alias"), [("/name", "#1"), ("/name " + 90 * "a", 40 * "a")])
async def test_a_name_is_neither_empty_nor_endless(desk: Office, words: str, alias: str) -> None:
    await desk.says(RASA, words)

    assert (await desk.specialist(RASA)).alias == alias


@pytest.mark.parametrize(
    ("chosen", "alias"),
    [
        ("@durov", "durov"),
        ("/human Ona", "human Ona"),
        ("Ona https://evil.example/x", "Ona https evil example x"),
        ("#2", "2"),
        ("Dr. Ona, A. B.", "Dr. Ona, A. B."),
        ("Ona\u202e anO", "Ona anO"),
        ("\u200b", "#1"),
    ],
)
async def test_an_app_makes_no_link_and_no_command_of_a_name(desk: Office, chosen: str, alias: str) -> None:
    await desk.says(RASA, f"/name {chosen}")

    assert (await desk.specialist(RASA)).alias == alias


async def test_a_group_may_choose_its_language(desk: Office, case_id: CaseId) -> None:
    await desk.says(RASA, "/language LT")
    lithuanian = await desk.says(RASA, "/help", case_id)
    unknown = await desk.says(RASA, "/language Klingon")

    assert [one.outgoing.language for one in lithuanian] == [LT]
    assert "/language en" in said(unknown)


async def test_whoever_leaves_gives_their_questions_back(desk: Office, mine: CaseId) -> None:
    await desk.tells(Kind.LEFT, author=RASA)

    assert (await desk.case(mine)).state is CaseState.WAITING
    assert len([one for one in await desk.told(ANA, kinds=[OutgoingKind.CASE]) if one.case == mine]) == 2
    told = await desk.says(RASA, "my words", mine)
    assert kinds(told) == [OutgoingKind.DESK]
    assert await to_family(desk) == []


async def test_that_somebody_left_who_did_not_work_here_changes_nothing(desk: Office, mine: CaseId) -> None:
    assert await desk.tells(Kind.LEFT, author=STRANGER) == []

    assert (await desk.case(mine)).state is CaseState.CLAIMED


# Strangers ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("author", [STRANGER, ANONYMOUS, IEVA])
@pytest.mark.parametrize("words", ["Show the certificate.", "/claim", f"/note {SECRET}", "/close helped", "/nonsense"])
async def test_words_of_somebody_unknown_are_refused_and_they_are_told(
    desk: Office, case_id: CaseId, author: str, words: str
) -> None:
    before = await all_rows(desk.store, case_events)

    told = await desk.says(author, words, case_id)

    assert [(one.kind, one.case) for one in told] == [(OutgoingKind.DESK, case_id)]
    assert (told[0].outgoing.buttons is None) == (author == ANONYMOUS)
    assert await all_rows(desk.store, case_events) == before
    assert await all_rows(desk.store, notes) == []
    assert await to_family(desk) == []


async def test_an_edit_of_somebody_unknown_is_refused_too(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, "Show the certificate.", mine, message="30")

    await desk.says(STRANGER, "Show nothing.", mine, kind=Kind.EDITED, message="30")

    assert len(await to_family(desk)) == 1


@pytest.mark.parametrize("verb", [Verb.CLAIM, Verb.TRANSFER])
async def test_a_press_of_somebody_unknown_is_refused_and_they_are_told(
    desk: Office, case_id: CaseId, verb: Verb
) -> None:
    told = await desk.pushes(STRANGER, verb, case_id)

    assert kinds(told) == [OutgoingKind.TOAST]
    assert "I work here" in said(told)
    assert (await desk.case(case_id)).state is CaseState.WAITING


async def test_the_buttons_of_another_group_are_no_buttons_here(desk: Office, case_id: CaseId) -> None:
    card = await desk.buttons(GROUP, Verb.CLAIM, case_id)

    told = await desk.pushes(IEVA, Verb.CLAIM, at=OTHER_GROUP, buttons=card)

    assert kinds(told) == [OutgoingKind.TOAST]
    assert (await desk.case(case_id)).state is CaseState.WAITING


async def test_a_button_that_nobody_made_is_answered(desk: Office) -> None:
    unknown = Press("C", Token("unknown"), 0, "901")

    told = await desk.says(RASA, kind=Kind.PRESS, press=unknown, group=InGroup(RASA, forum=True, query="q"))

    assert [(one.kind, one.outgoing.query) for one in told] == [(OutgoingKind.TOAST, "q")]


# Claims ---------------------------------------------------------------------------------------------------------------


async def test_of_two_who_claim_one_wins_and_the_other_is_told_who(desk: Office, case_id: CaseId) -> None:
    await desk.says(RASA, "/name Rasa, lawyer")
    card = await desk.buttons(GROUP, Verb.CLAIM, case_id)

    won = await desk.pushes(RASA, Verb.CLAIM, buttons=card)
    lost = await desk.pushes(TOMAS, Verb.CLAIM, buttons=card)

    number = (await desk.case(case_id)).number
    assert (await desk.case(case_id)).claimed_by == (await desk.specialist(RASA)).id
    assert toasts(won) == [f"{number} is yours now."]
    assert toasts(lost) == [f"Rasa, lawyer has {number}."]
    assert len(await desk.told(ANA, kinds=[OutgoingKind.CASE])) == 1


async def test_two_who_claim_before_either_is_answered_do_not_both_win(desk: Office, case_id: CaseId) -> None:
    card = await desk.buttons(GROUP, Verb.CLAIM, case_id)
    presses = [
        desk.message(
            GROUP,
            kind=Kind.PRESS,
            press=Press("C", card.token, 0, "901"),
            message="",
            group=InGroup(author, forum=True, query=author),
        )
        for author in (TOMAS, RASA)
    ]
    before = await desk.latest()

    await desk.hear(*presses)

    first, second = [one for one in await desk.told(GROUP, after=before) if one.kind is OutgoingKind.TOAST]
    assert (first.outgoing.query, second.outgoing.query) == (TOMAS, RASA)
    assert "yours now" in first.words
    assert "specialist 2" in second.words
    assert (await desk.events(case_id)).count("claimed") == 1


async def test_whoever_has_a_question_already_is_told_so(desk: Office, mine: CaseId) -> None:
    told = await desk.says(RASA, "/claim", mine)

    assert "You have" in said(told)
    assert (await desk.events(mine)).count("claimed") == 1


async def test_only_whoever_has_a_question_gives_it_back(desk: Office, mine: CaseId) -> None:
    refused = await desk.pushes(TOMAS, Verb.RELEASE, mine)
    still = (await desk.case(mine)).state
    await desk.pushes(RASA, Verb.RELEASE, mine)

    assert "specialist 1" in toasts(refused)[0]
    assert (still, (await desk.case(mine)).state) == (CaseState.CLAIMED, CaseState.WAITING)


# Words for the family -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("forum", [True, False])
async def test_the_words_of_whoever_has_a_question_go_to_the_family_once(*, forum: bool) -> None:
    async with office(GROUP, forum=forum) as desk:
        case_id = await desk.asks()
        await desk.deliver()
        await desk.says(RASA, "/claim", case_id)

        told = await desk.says(RASA, "Show the <certificate>.", case_id)

        (reply,) = await to_family(desk)
        assert reply.endswith("Show the <certificate>.")
        assert kinds(told) == [OutgoingKind.CARD_EDIT]
        assert (await desk.case(case_id)).state is CaseState.ANSWERED


@pytest.mark.usefixtures("mine")
async def test_a_reply_to_any_of_our_messages_about_a_question_is_about_it(desk: Office) -> None:
    await desk.writes("it is in Kaunas")
    await desk.deliver()
    (shown,) = [one for one in await desk.told(GROUP) if "Kaunas" in one.words and one.kind is OutgoingKind.DESK]

    await desk.says(RASA, "Ask there.", reply_to=shown.message)

    assert len(await to_family(desk)) == 1


async def test_two_questions_of_two_families_are_never_mixed_up(desk: Office, mine: CaseId) -> None:
    other = await desk.asks(address=BORYS)
    await desk.deliver()
    await desk.says(RASA, "/claim", other)

    await desk.says(RASA, "for Ana", mine)
    await desk.says(RASA, "for Borys", other)

    assert ["for Ana" in words for words in await to_family(desk, ANA)] == [True]
    assert ["for Borys" in words for words in await to_family(desk, BORYS)] == [True]


async def test_what_a_team_says_to_each_other_goes_nowhere(desk: Office, mine: CaseId) -> None:
    assert await desk.says(RASA, "coffee?") == []
    assert await desk.says(RASA, "coffee?", reply_to="31") == []

    assert await to_family(desk) == []
    assert (await desk.events(mine))[-1] == "claimed"


@pytest.mark.parametrize("words", ["/nonsense", "/ claims", "/", "\\close it", "\u200b/notthis", "／close", "/help"])
async def test_what_begins_with_a_slash_never_goes_to_the_family(desk: Office, mine: CaseId, words: str) -> None:
    told = await desk.says(RASA, words, mine)

    assert await to_family(desk) == []
    assert len(told) == 1


async def test_words_in_a_question_that_ended_are_not_sent_and_that_is_told(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, "/close helped", mine)

    told = await desk.says(RASA, "one more thing", mine)

    assert "closed" in said(told)
    assert await to_family(desk) == []


async def test_words_in_a_question_that_went_elsewhere_are_not_sent_and_that_is_told(
    desk: Office, mine: CaseId
) -> None:
    await desk.says(RASA, "/transfer school", mine)
    await desk.deliver()

    for words in ("one more thing", "/claim"):
        assert "school team" in said(await desk.says(RASA, words, mine))

    assert await to_family(desk) == []
    assert (await desk.case(mine)).state is CaseState.WAITING


# Held -----------------------------------------------------------------------------------------------------------------


async def test_words_of_somebody_else_are_held_and_who_has_the_question_is_named(desk: Office, mine: CaseId) -> None:
    told = await desk.says(TOMAS, "Show nothing.", mine)

    assert "specialist 1" in said(told)
    assert await to_family(desk) == []
    assert (await desk.case(mine)).claimed_by == (await desk.specialist(RASA)).id


@pytest.mark.parametrize("verb", [Verb.TAKE_OVER, Verb.NOTE, Verb.CANCEL])
async def test_only_their_writer_decides_about_held_words(desk: Office, mine: CaseId, verb: Verb) -> None:
    await desk.says(TOMAS, "Show nothing.", mine)

    told = await desk.pushes(RASA, verb, mine)

    assert kinds(told) == [OutgoingKind.TOAST]
    assert "Only whoever wrote it" in said(told)
    assert await to_family(desk) == []
    assert [row["held"] for row in await all_rows(desk.store, notes)] == [True]
    # The writer still can.
    await desk.pushes(TOMAS, verb, mine)
    assert len(await to_family(desk)) == (verb is Verb.TAKE_OVER)


async def test_whoever_takes_over_sends_the_words_and_family_and_former_holder_are_told_once(
    desk: Office, mine: CaseId
) -> None:
    await desk.says(TOMAS, "/name Tomas, lawyer")
    await desk.says(TOMAS, "I know better.", mine)
    before = len(await desk.told(ANA))

    told = await desk.pushes(TOMAS, Verb.TAKE_OVER, mine)

    news = (await desk.told(ANA))[before:]
    number = (await desk.case(mine)).number
    assert kinds(news) == [OutgoingKind.CASE, OutgoingKind.REPLY]
    assert "Tomas, lawyer" in news[0].words
    assert [one.words for one in told if one.kind is OutgoingKind.DESK] == [f"Tomas, lawyer has {number} now."]
    assert toasts(told) == ["Sent to the family."]
    assert (await desk.case(mine)).claimed_by == (await desk.specialist(TOMAS)).id


async def test_words_in_a_question_that_nobody_has_are_held_and_taking_it_sends_them(
    desk: Office, case_id: CaseId
) -> None:
    held = await desk.says(RASA, "Show the certificate.", case_id)
    before = await to_family(desk)

    told = await desk.pushes(RASA, Verb.TAKE_OVER, case_id)

    assert "Nobody has" in said(held)
    assert before == []
    assert len(await to_family(desk)) == 1
    assert [one for one in told if one.kind is OutgoingKind.DESK] == []  # there was nobody before


@pytest.mark.parametrize("words", ["Note: she lies", "pastaba šeima meluoja", "Заметка, она врёт", "NOTE"])
async def test_words_that_may_be_a_note_are_held_also_from_whoever_has_the_question(
    desk: Office, mine: CaseId, words: str
) -> None:
    held = await desk.says(RASA, words, mine)
    before = await to_family(desk)

    await desk.pushes(RASA, Verb.SEND, mine)

    assert "note" in said(held)
    assert before == []
    assert [one.endswith(words) for one in await to_family(desk)] == [True]


async def test_held_words_that_become_a_note_never_leave(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, f"Note: {SECRET}", mine)

    await desk.pushes(RASA, Verb.NOTE, mine)

    assert [(row["text"], row["held"]) for row in await all_rows(desk.store, notes)] == [(f"Note: {SECRET}", False)]
    assert SECRET not in await desk.everything()
    assert SECRET not in repr(await all_rows(desk.store, case_events))


async def test_held_words_that_are_not_sent_are_forgotten(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, f"Note: {SECRET}", mine)

    await desk.pushes(RASA, Verb.CANCEL, mine)

    assert await all_rows(desk.store, notes) == []
    assert SECRET not in repr([await all_rows(desk.store, table) for table in (inbox, outbox, case_events)])


@pytest.mark.parametrize("first", [Verb.SEND, Verb.NOTE, Verb.CANCEL])
@pytest.mark.parametrize("second", [Verb.SEND, Verb.NOTE, Verb.CANCEL])
async def test_what_was_decided_is_decided(desk: Office, mine: CaseId, first: Verb, second: Verb) -> None:
    await desk.says(RASA, "Note: it rains", mine)
    buttons = await desk.buttons(GROUP, Verb.SEND, mine)
    await desk.pushes(RASA, first, buttons=buttons)
    before = (await to_family(desk), await all_rows(desk.store, notes))

    told = await desk.pushes(RASA, second, buttons=buttons)

    assert toasts(told) == ["This was decided already."]
    assert (await to_family(desk), await all_rows(desk.store, notes)) == before


async def test_what_was_decided_loses_its_buttons(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, "Note: it rains", mine)

    told = await desk.pushes(RASA, Verb.CANCEL, mine)

    (edit,) = [one.outgoing for one in told if one.kind is OutgoingKind.EDIT]
    assert edit.edits == "901"
    assert edit.buttons is not None
    assert {button.verb for row in edit.buttons.rows for button in row} == {Verb.DONE}


async def test_held_words_of_a_question_that_ended_meanwhile_are_not_sent(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, "Note: it rains", mine)
    await desk.writes("", kind=Kind.TEXT)
    await desk.presses(Verb.WITHDRAW)

    told = await desk.pushes(RASA, Verb.SEND, mine)

    assert "closed" in toasts(told)[0]
    assert await to_family(desk) == []


async def test_held_words_of_a_question_that_went_elsewhere_meanwhile_are_not_sent(desk: Office, mine: CaseId) -> None:
    await desk.says(TOMAS, "Show nothing.", mine)
    await desk.says(RASA, "/transfer school", mine)

    await desk.pushes(TOMAS, Verb.TAKE_OVER, mine)

    assert await to_family(desk) == []
    assert (await desk.case(mine)).team == SCHOOL
    assert (await desk.case(mine)).claimed_by is None


# Pictures, files, voice -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("files", [photo(), PAPER])
async def test_a_file_is_held_until_its_sender_has_looked_at_it_again(
    desk: Office, mine: CaseId, files: dict[str, Any]
) -> None:
    held = await desk.says(RASA, "the form", mine, **files)
    before = await to_family(desk)

    await desk.pushes(RASA, Verb.SEND, mine)

    assert "other people" in said(held)
    assert before == []
    (reply,) = await desk.told(ANA, kinds=[OutgoingKind.REPLY])
    assert reply.outgoing.file == files["files"][0]
    assert reply.words.endswith("the form")


@pytest.mark.parametrize(
    "file",
    [
        Attachment("page", AttachmentKind.FILE, "text/html", 10),
        Attachment("film", AttachmentKind.FILE, "video/mp4", 10),
        Attachment("huge", AttachmentKind.PHOTO, "image/jpeg", 21 * 1024 * 1024),
    ],
)
async def test_a_file_that_may_not_go_on_is_refused_and_told(desk: Office, mine: CaseId, file: Attachment) -> None:
    told = await desk.says(RASA, "the form", mine, kind=Kind.FILE, files=(file,))

    assert kinds(told) == [OutgoingKind.DESK]
    assert told[0].outgoing.buttons is None
    assert await to_family(desk) == []


# Notes ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        f"/note {SECRET}",
        f"/NOTE {SECRET}",
        f"/note@tiltas_bot {SECRET}",
        f"/notes {SECRET}",
        f"/note{SECRET}",
        f"/ note {SECRET}",
        f"\\note {SECRET}",
        f"／note {SECRET}",
        f"\u200b/note {SECRET}",
        f"  /note\n{SECRET}",
    ],
)
async def test_a_note_is_kept_for_staff_and_reaches_nothing_else(desk: Office, mine: CaseId, words: str) -> None:
    told = await desk.says(RASA, words, mine)
    await desk.deliver()

    assert [SECRET in row["text"] for row in await all_rows(desk.store, notes)] == [True]
    assert kinds(told) == [OutgoingKind.DESK]
    assert SECRET not in await desk.everything()
    for table in (inbox, case_events, cases, outbox):
        assert SECRET not in repr(await all_rows(desk.store, table)), table.name


async def test_the_file_of_a_note_stays_with_it(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, f"/note {SECRET}", mine, **photo("secret-photo"))

    (note,) = await all_rows(desk.store, notes)
    assert [file["ref"] for file in note["files"]] == ["secret-photo"]
    for table in (inbox, case_events, outbox):
        assert "secret-photo" not in repr(await all_rows(desk.store, table)), table.name


async def test_a_note_gives_whoever_has_the_question_more_time_and_nobody_else(desk: Office, mine: CaseId) -> None:
    before = (await desk.case(mine)).return_at
    desk.clock.forward(timedelta(hours=1))

    await desk.says(TOMAS, "/note I know them", mine)
    after_tomas = (await desk.case(mine)).return_at
    await desk.says(RASA, "/note I work on it", mine)
    after_rasa = (await desk.case(mine)).return_at

    assert before is not None
    assert after_rasa is not None
    assert after_tomas == before
    assert after_rasa > before


async def test_a_note_outside_of_any_question_is_no_note(desk: Office) -> None:
    told = await desk.says(RASA, f"/note {SECRET}")

    assert kinds(told) == [OutgoingKind.DESK]
    assert await all_rows(desk.store, notes) == []
    assert SECRET not in repr([await all_rows(desk.store, inbox), await desk.everything()])


# Edits ----------------------------------------------------------------------------------------------------------------


async def test_an_edited_reply_is_corrected_and_what_was_read_stays(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, "Open on Monday.", mine, message="30")
    (first,) = await desk.told(ANA, kinds=[OutgoingKind.REPLY])

    await desk.says(RASA, "Open on Tuesday.", mine, kind=Kind.EDITED, message="30")
    desk.clock.forward(timedelta(seconds=9))
    await desk.says(RASA, "Open on Wednesday.", mine, kind=Kind.EDITED, message="30")

    before, tuesday, wednesday = await desk.told(ANA, kinds=[OutgoingKind.REPLY])
    assert before == first
    assert "corrects" in tuesday.words
    assert (tuesday.words.endswith("Tuesday."), wednesday.words.endswith("Wednesday.")) == (True, True)
    assert (await desk.events(mine))[-2:] == ["corrected", "corrected"]


async def test_a_reply_is_corrected_also_after_its_question_has_ended(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, "Open on Monday.", mine, message="30")
    await desk.says(RASA, "/close helped", mine)

    await desk.says(RASA, "Open on Tuesday.", mine, kind=Kind.EDITED, message="30")

    assert len(await to_family(desk)) == 2


async def test_an_edit_that_changes_no_words_is_told_to_nobody(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, "Open on Monday.", mine, message="30")

    assert await desk.says(RASA, "Open on Monday. ", mine, kind=Kind.EDITED, message="30") == []
    assert len(await to_family(desk)) == 1


@pytest.mark.parametrize("words", [f"/note {SECRET}", f"Note: {SECRET}", "/close", f"\\note {SECRET}", "/"])
async def test_an_edit_that_turns_a_reply_into_a_note_changes_nothing_for_the_family(
    desk: Office, mine: CaseId, words: str
) -> None:
    await desk.says(RASA, "Open on Monday.", mine, message="30")

    told = await desk.says(RASA, words, mine, kind=Kind.EDITED, message="30")

    assert "has this reply already" in said(told)
    assert len(await to_family(desk)) == 1
    assert SECRET not in await desk.everything()
    assert (await desk.case(mine)).state is CaseState.ANSWERED


async def test_an_edited_note_never_reaches_the_family(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, f"/note {SECRET}", mine, message="30")

    for words in (SECRET, f"{SECRET} and more", f"/note {SECRET}", "/claim"):
        await desk.says(RASA, words, mine, kind=Kind.EDITED, message="30")

    assert await to_family(desk) == []
    assert SECRET not in await desk.everything()


async def test_an_edit_of_held_words_changes_what_may_be_sent_and_sends_nothing(desk: Office, mine: CaseId) -> None:
    await desk.says(TOMAS, "Show nothing.", mine, message="30")

    await desk.says(TOMAS, "Show the certificate.", mine, kind=Kind.EDITED, message="30")
    before = await to_family(desk)
    await desk.pushes(TOMAS, Verb.TAKE_OVER, mine)

    assert before == []
    assert [words.endswith("Show the certificate.") for words in await to_family(desk)] == [True]


async def test_an_edit_of_held_words_into_a_note_does_not_change_what_is_held(desk: Office, mine: CaseId) -> None:
    await desk.says(TOMAS, "Show nothing.", mine, message="30")

    await desk.says(TOMAS, f"/note {SECRET}", mine, kind=Kind.EDITED, message="30")
    await desk.pushes(TOMAS, Verb.TAKE_OVER, mine)

    assert SECRET not in await desk.everything()


async def test_an_edit_after_held_words_were_sent_is_a_correction(desk: Office, mine: CaseId) -> None:
    await desk.says(TOMAS, "Open on Monday.", mine, message="30")
    await desk.pushes(TOMAS, Verb.TAKE_OVER, mine)

    await desk.says(TOMAS, "Open on Tuesday.", mine, kind=Kind.EDITED, message="30")

    assert [words.endswith("Tuesday.") for words in await to_family(desk)] == [False, True]


async def test_new_words_below_a_picture_that_was_sent_are_sent_or_said_not_to_be(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, "page one", mine, message="30", **photo())
    await desk.pushes(RASA, Verb.SEND, mine)

    await desk.says(RASA, "page two", mine, message="30", **photo())  # how an edited caption comes in
    told = await desk.pushes(RASA, Verb.SEND, mine)

    sent = ["page two" in words for words in await to_family(desk)]
    assert sent[-1] or toasts(told) != ["Sent to the family."]


async def test_an_edit_after_words_were_not_sent_sends_nothing(desk: Office, mine: CaseId) -> None:
    await desk.says(TOMAS, "Show nothing.", mine, message="30")
    await desk.pushes(TOMAS, Verb.CANCEL, mine)

    await desk.says(TOMAS, "Show the certificate.", mine, kind=Kind.EDITED, message="30")

    assert await to_family(desk) == []


# Transfer -------------------------------------------------------------------------------------------------------------


async def test_a_question_goes_to_another_team_by_a_press(desk: Office, mine: CaseId) -> None:
    asked = await desk.pushes(RASA, Verb.TRANSFER, mine)
    (question,) = [one.outgoing for one in asked if one.kind is OutgoingKind.DESK]

    await desk.pushes(RASA, Verb.TEAM, mine)
    await desk.deliver()

    case = await desk.case(mine)
    assert question.buttons is not None
    assert question.buttons.teams == (SCHOOL,)
    assert (case.team, case.state, case.claimed_by) == (SCHOOL, CaseState.WAITING, None)
    assert (await desk.place(mine, OTHER_GROUP)).thread is not None
    old = [one.outgoing for one in await desk.told(GROUP, kinds=[OutgoingKind.CARD_EDIT])][-1]
    assert old.closes_topic is True
    assert "school team" in words_of(old)


async def test_a_question_goes_to_another_team_by_a_typed_order_with_its_reason(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, "/transfer School they know the rules", mine)

    told = await desk.told(OTHER_GROUP, kinds=[OutgoingKind.DESK])
    assert (await desk.case(mine)).team == SCHOOL
    assert told[-1].case == mine
    assert "they know the rules" in told[-1].words
    (family,) = [one for one in await desk.told(ANA, kinds=[OutgoingKind.CASE]) if "another team" in one.words]
    assert "school team" in family.words
    assert "they know" not in family.words


async def test_the_card_comes_before_the_reason_in_the_new_group(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, "/transfer school they know the rules", mine)

    arrived = [row.outgoing.kind for row in await desk.deliver() if row.address == OTHER_GROUP]

    assert arrived == [OutgoingKind.CASE_CARD, OutgoingKind.DESK]


async def test_a_question_that_waits_may_be_sent_on_by_anybody_who_works_here(desk: Office, case_id: CaseId) -> None:
    await desk.says(TOMAS, "/transfer school", case_id)

    assert (await desk.case(case_id)).team == SCHOOL


async def test_a_question_of_somebody_else_is_not_sent_on(desk: Office, mine: CaseId) -> None:
    told = await desk.says(TOMAS, "/transfer school", mine)

    assert "specialist 1" in said(told)
    assert (await desk.case(mine)).team == SUPPORT


@pytest.mark.parametrize("words", ["/transfer", "/transfer nobody", "/transfer support", "/transfer school-team x"])
async def test_a_team_that_is_not_there_or_the_same_is_asked_about(desk: Office, mine: CaseId, words: str) -> None:
    (asked,) = await desk.says(RASA, words, mine)

    assert asked.outgoing.buttons is not None
    assert asked.outgoing.buttons.teams == (SCHOOL,)
    assert (await desk.case(mine)).team == SUPPORT


async def test_without_another_group_there_is_nowhere_to_send_a_question() -> None:
    async with office(GROUP) as desk:
        case_id = await desk.asks()
        await desk.deliver()

        (asked,) = await desk.says(RASA, "/transfer school", case_id)

        assert asked.outgoing.buttons is None
        assert (await desk.case(case_id)).team == SUPPORT


async def test_a_question_that_comes_back_is_seen_where_it_was(desk: Office, mine: CaseId) -> None:
    place = await desk.place(mine)
    await desk.says(RASA, "/transfer school", mine)
    await desk.deliver()
    await desk.says(IEVA, "/transfer support", mine, at=OTHER_GROUP)

    await desk.deliver()

    assert await desk.place(mine) == place
    last = [one.outgoing for one in await desk.told(GROUP, kinds=[OutgoingKind.CARD_EDIT])][-1]
    assert last.closes_topic is False
    assert await desk.says(RASA, "/claim", mine) != []
    assert (await desk.case(mine)).claimed_by == (await desk.specialist(RASA)).id


# Close ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("choice", range(4))
async def test_a_question_ends_for_each_reason_by_a_press(desk: Office, mine: CaseId, choice: int) -> None:
    await desk.pushes(RASA, Verb.CLOSE, mine)
    reasons = (await desk.buttons(GROUP, Verb.REASON, mine)).reasons

    await desk.pushes(RASA, Verb.REASON, mine, choice=choice)

    case = await desk.case(mine)
    assert (case.state, case.close_reason) == (CaseState.CLOSED, reasons[choice])
    (told,) = [one for one in await desk.told(ANA, kinds=[OutgoingKind.CASE]) if "Did this help?" in one.words]
    assert told.outgoing.buttons is not None


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("helped", CloseReason.HELPED),
        ("REFERRED", CloseReason.REFERRED),
        ("no_reply", CloseReason.NO_REPLY),
        ("duplicate", CloseReason.DUPLICATE),
        ("Answered", CloseReason.HELPED),
        ("another office helps", CloseReason.REFERRED),
        ("The family is silent", CloseReason.NO_REPLY),
        ("asked twice", CloseReason.DUPLICATE),
    ],
)
async def test_a_question_ends_for_each_reason_by_a_typed_order(
    desk: Office, mine: CaseId, words: str, reason: CloseReason
) -> None:
    await desk.says(RASA, f"/close {words}", mine)

    assert ((await desk.case(mine)).state, (await desk.case(mine)).close_reason) == (CaseState.CLOSED, reason)


@pytest.mark.parametrize("words", ["", "because", "solved", "withdrawn", "taken back"])
async def test_without_a_reason_of_a_specialists_nothing_ends(desk: Office, mine: CaseId, words: str) -> None:
    (asked,) = await desk.says(RASA, f"/close {words}", mine)

    assert asked.outgoing.buttons is not None
    assert len(asked.outgoing.buttons.reasons) == 4
    assert (await desk.case(mine)).state is CaseState.CLAIMED


async def test_nobody_ends_the_question_of_somebody_else(desk: Office, mine: CaseId) -> None:
    for told in (await desk.says(TOMAS, "/close helped", mine), await desk.pushes(TOMAS, Verb.CLOSE, mine)):
        assert "specialist 1" in said(told)
    assert (await desk.case(mine)).state is CaseState.CLAIMED


# Insert an entry's text -----------------------------------------------------------------------------------------------


@pytest_asyncio.fixture
async def schools(desk: Office) -> CaseId:
    """Return a question about school, in Ukrainian, that Ieva has."""
    case_id = await desk.asks(f"{OF_SCHOOL}, будь ласка")
    await desk.deliver()
    await desk.says(IEVA, "/claim", case_id, at=OTHER_GROUP)
    return case_id


async def test_an_entry_is_shown_in_the_familys_language_before_it_goes(desk: Office, schools: CaseId) -> None:
    await desk.pushes(IEVA, Verb.INSERT, schools, at=OTHER_GROUP)
    offered = (await desk.buttons(OTHER_GROUP, Verb.ENTRY, schools)).entries

    told = await desk.pushes(IEVA, Verb.ENTRY, schools, at=OTHER_GROUP)

    preview = next(one for one in told if one.kind is OutgoingKind.DESK)
    assert offered[0] == KINDERGARTEN
    assert "Short uk" in preview.words
    assert await to_family(desk) == []


async def test_an_entry_goes_to_the_family_by_the_press_of_whoever_asked_for_it(desk: Office, schools: CaseId) -> None:
    await desk.joins(STRANGER, OTHER_GROUP)
    await desk.says(IEVA, "/insert", schools, at=OTHER_GROUP)
    await desk.pushes(IEVA, Verb.ENTRY, schools, at=OTHER_GROUP)

    others = await desk.pushes(STRANGER, Verb.SEND, schools, at=OTHER_GROUP)
    before = await to_family(desk)
    await desk.pushes(IEVA, Verb.SEND, schools, at=OTHER_GROUP)

    assert "Only whoever wrote it" in said(others)
    assert before == []
    (reply,) = await desk.told(ANA, kinds=[OutgoingKind.REPLY])
    assert "Short uk" in reply.words
    assert reply.outgoing.language == UK


async def test_an_entry_that_is_not_sent_is_not_sent(desk: Office, schools: CaseId) -> None:
    await desk.says(IEVA, "/insert", schools, at=OTHER_GROUP)
    await desk.pushes(IEVA, Verb.ENTRY, schools, at=OTHER_GROUP)

    await desk.pushes(IEVA, Verb.CANCEL, schools, at=OTHER_GROUP)

    assert await to_family(desk) == []
    assert await all_rows(desk.store, notes) == []


async def test_an_entry_that_is_gone_by_now_is_told(desk: Office, schools: CaseId) -> None:
    await desk.says(IEVA, "/insert", schools, at=OTHER_GROUP)
    less = without_entry(desk.mind.world.catalogue, KINDERGARTEN)
    desk.mind = replace(desk.mind, world=replace(desk.mind.world, catalogue=less))

    told = await desk.pushes(IEVA, Verb.ENTRY, schools, at=OTHER_GROUP)

    assert toasts(told) == ["This button does not work any more."]


async def test_somebody_who_does_not_have_the_question_cannot_send_an_entry_into_it(
    desk: Office, schools: CaseId
) -> None:
    await desk.joins(STRANGER, OTHER_GROUP)
    await desk.says(STRANGER, "/insert", schools, at=OTHER_GROUP)
    await desk.pushes(STRANGER, Verb.ENTRY, schools, at=OTHER_GROUP)

    told = await desk.pushes(STRANGER, Verb.SEND, schools, at=OTHER_GROUP)

    assert "specialist 1" in said(told)
    assert await to_family(desk) == []


# The group itself -----------------------------------------------------------------------------------------------------


async def test_topics_that_are_switched_on_are_used_for_every_open_question() -> None:
    async with office(GROUP, forum=False) as desk:
        case_id = await desk.asks()
        await desk.deliver()
        card = (await desk.place(case_id)).card

        desk.forums[GROUP.chat] = True
        await desk.says(RASA, "/help")
        await desk.deliver()

        place = await desk.place(case_id)
        assert place.thread is not None
        assert place.card not in {card, None}
        await desk.says(RASA, "/claim", case_id)
        assert (await desk.case(case_id)).state is CaseState.CLAIMED


async def test_topics_that_are_switched_off_leave_cards_to_reply_to(desk: Office, mine: CaseId) -> None:
    before = await desk.place(mine)
    desk.forums[GROUP.chat] = False

    told = await desk.says(RASA, "/help")
    await desk.deliver()

    place = await desk.place(mine)
    assert OutgoingKind.CASE_CARD not in kinds(told)  # what people have begun to write in is not made anew
    assert (place.card, place.uses_topics) == (before.card, False)
    await desk.says(RASA, "Show the certificate.", mine)
    assert len(await to_family(desk)) == 1


async def test_topics_switched_on_are_noticed_once() -> None:
    async with office(GROUP, forum=False) as desk:
        await desk.asks()
        await desk.deliver()
        desk.forums[GROUP.chat] = True

        first = await desk.says(RASA, "/help")
        second = await desk.says(RASA, "/help")

        assert kinds(first).count(OutgoingKind.CASE_CARD) == 1
        assert kinds(second).count(OutgoingKind.CASE_CARD) == 0


async def test_a_right_that_is_lost_is_told_and_a_right_regained_is_used(desk: Office, mine: CaseId) -> None:
    topic = (await desk.place(mine)).thread
    lost = await desk.tells(Kind.RIGHTS, topics=False)
    other = await desk.asks(address=BORYS)
    await desk.deliver()
    without = await desk.place(other)

    regained = await desk.tells(Kind.RIGHTS, topics=True)
    await desk.deliver()

    assert "may not make topics" in said(lost)
    assert (without.thread, without.uses_topics) == (None, False)
    assert without.card is not None
    assert [one.case for one in regained if one.case] == [other]
    assert (await desk.place(other)).thread is not None
    assert (await desk.place(mine)).thread == topic


@pytest.mark.usefixtures("mine")
async def test_rights_that_did_not_change_change_nothing(desk: Office) -> None:
    assert await desk.tells(Kind.RIGHTS, topics=True) == []


async def test_a_group_that_puts_the_bot_out_gets_everything_when_it_is_back(desk: Office, mine: CaseId) -> None:
    await desk.tells(Kind.BLOCKED)
    await desk.writes("it is in Kaunas")
    while_out = await desk.deliver()

    await desk.tells(Kind.RIGHTS, topics=True)
    back = await desk.deliver()

    assert [row for row in while_out if row.address == GROUP] == []
    assert ["Kaunas" in words_of(row.outgoing) for row in back if row.case == mine] == [True]


async def test_a_group_with_a_new_address_keeps_its_team_its_people_and_its_questions(
    desk: Office, mine: CaseId
) -> None:
    rasa, before = await desk.specialist(RASA), await desk.id_of(GROUP)
    desk.forums[NEW_GROUP.chat] = True
    await desk.tells(Kind.MIGRATED, moved_to=NEW_GROUP.chat)
    await desk.deliver()

    assert await desk.id_of(NEW_GROUP) == before
    assert (await desk.group(NEW_GROUP)).team == SUPPORT
    assert await desk.specialist(RASA, NEW_GROUP) == rasa
    assert (await desk.place(mine, NEW_GROUP)).thread is not None
    await desk.says(RASA, "Show the certificate.", mine, at=NEW_GROUP)
    assert len(await to_family(desk)) == 1


async def test_a_group_is_followed_once_whoever_learns_of_its_new_address_first(desk: Office, mine: CaseId) -> None:
    await desk.writes("it is in Kaunas")
    moved = Lost("migrated", moved_to=NEW_GROUP.chat)
    arrived = await desk.deliver(lambda row: moved if row.address == GROUP else None)

    again = await desk.tells(Kind.MIGRATED, at=NEW_GROUP, moved_to=NEW_GROUP.chat)

    cards = [row for row in arrived if row.address == NEW_GROUP and row.outgoing.kind is OutgoingKind.CASE_CARD]
    assert [row.case for row in cards] == [mine]
    assert again == []


async def test_a_group_that_nobody_connected_may_move_without_us() -> None:
    async with office() as desk:
        assert await desk.tells(Kind.MIGRATED, moved_to=NEW_GROUP.chat) == []


async def test_at_a_new_address_the_numbers_of_messages_begin_anew_and_no_reply_is_lost(desk: Office) -> None:
    desk.forums[GROUP.chat] = desk.forums[NEW_GROUP.chat] = False
    await desk.says(RASA, "/help")
    case_id = await desk.asks()
    await desk.deliver()
    await desk.says(RASA, "/claim", case_id)
    await desk.says(RASA, "first", case_id, message="30")
    await desk.tells(Kind.MIGRATED, moved_to=NEW_GROUP.chat)
    await desk.deliver()

    await desk.says(RASA, "second", case_id, at=NEW_GROUP, message="30")

    assert [words.rsplit("\n", 1)[1] for words in await to_family(desk)] == ["first", "second"]


async def test_at_a_new_address_no_old_number_leads_to_another_familys_question(desk: Office) -> None:
    desk.forums[GROUP.chat] = desk.forums[NEW_GROUP.chat] = False
    await desk.says(RASA, "/help")
    anas = await desk.asks()
    await desk.deliver()
    await desk.says(RASA, "/claim", anas)
    await desk.writes("old words of Ana")
    await desk.deliver()
    (old,) = [one for one in await desk.told(GROUP) if "old words" in one.words and one.kind is OutgoingKind.DESK]
    await desk.tells(Kind.MIGRATED, moved_to=NEW_GROUP.chat)
    borys = await desk.asks(address=BORYS)
    await desk.deliver()
    await desk.says(RASA, "/claim", borys, at=NEW_GROUP)
    await desk.writes("new words of Borys", BORYS)
    # In the new group our message gets a number that one in the old group had.
    await desk.deliver(lambda row: Sent(old.message) if "new words" in words_of(row.outgoing) else None)

    await desk.says(RASA, "for Borys", at=NEW_GROUP, reply_to=old.message)

    assert await to_family(desk, ANA) == []
    assert len(await to_family(desk, BORYS)) == 1


async def test_at_a_new_address_no_old_card_is_edited(desk: Office) -> None:
    desk.forums[GROUP.chat] = desk.forums[NEW_GROUP.chat] = False
    await desk.says(RASA, "/help")
    case_id = await desk.asks()
    await desk.deliver()
    await desk.says(RASA, "/claim", case_id)
    await desk.says(RASA, "/close helped", case_id)
    await desk.deliver()
    old = (await desk.place(case_id)).card
    await desk.tells(Kind.MIGRATED, moved_to=NEW_GROUP.chat)

    await desk.presses(Verb.NO)
    arrived = [row for row in await desk.deliver() if row.address == NEW_GROUP and row.case == case_id]

    assert old not in {row.place.card for row in arrived if row.place and row.outgoing.kind is OutgoingKind.CARD_EDIT}
    assert OutgoingKind.CASE_CARD in [row.outgoing.kind for row in arrived]


# What breaks ----------------------------------------------------------------------------------------------------------


def breaking(desk: Office) -> Mind:
    """Return a mind that breaks whenever a message has buttons."""

    def no_token() -> Token:
        msg = "no more randomness"
        raise RuntimeError(msg)

    return replace(desk.mind, world=replace(desk.mind.world, new_token=no_token))


async def test_a_message_that_breaks_is_tried_alone_and_in_the_end_told_about(desk: Office, mine: CaseId) -> None:
    desk.may_break, sound = True, desk.mind
    desk.mind = breaking(desk)
    messages = [
        desk.message(GROUP, "/transfer", group=InGroup(RASA, (await desk.place(mine)).thread or "", forum=True)),
        desk.message(GROUP, "/language lt", group=InGroup(RASA, forum=True)),
        desk.message(BORYS, "/questions"),
    ]
    before = await desk.latest()

    await receive(messages, store=desk.store, clock=desk.clock)
    first = await answer_ready(store=desk.store, mind=desk.mind, clock=desk.clock)
    borys = await desk.told(BORYS)
    rounds = await desk.settle()
    desk.mind = sound

    news = await desk.told(GROUP, after=before)
    assert first == 2
    assert len(borys) > 0  # nobody else waited for it
    assert rounds == MAX_ATTEMPTS + 1  # four tries more, the end, and what came behind it
    assert [(one.kind, one.case) for one in news][:1] == [(OutgoingKind.DESK, mine)]
    assert news[1].outgoing.language == LT
    assert [event["event"] for event in desk.logged].count("message.given_up") == 1
    assert (await states(desk.store, inbox))[messages[0].key] == "failed"


async def test_a_note_that_breaks_leaves_no_words_behind(desk: Office, mine: CaseId) -> None:
    desk.may_break = True
    place = await desk.place(mine)
    held = desk.message(GROUP, f"note {SECRET}", group=InGroup(RASA, place.thread or "", forum=True))
    desk.mind = breaking(desk)

    await desk.hear(held)

    assert (await states(desk.store, inbox))[held.key] == "failed"
    assert SECRET not in repr(await all_rows(desk.store, inbox))


async def test_nothing_of_a_message_that_breaks_has_happened(desk: Office, mine: CaseId) -> None:
    place = await desk.place(mine)
    reply = desk.message(GROUP, "Show it.", group=InGroup(RASA, place.thread or "", forum=True))
    async with desk.store.engine.begin() as connection:
        await connection.execute(
            text("CREATE TRIGGER broken BEFORE UPDATE OF text ON inbox BEGIN SELECT RAISE(ABORT, 'full'); END")
        )

    with pytest.raises(StoreUnavailable):
        await desk.hear(reply)
    meanwhile = (await to_family(desk), (await desk.case(mine)).state)
    async with desk.store.engine.begin() as connection:
        await connection.execute(text("DROP TRIGGER broken"))
    await desk.settle()

    assert meanwhile == ([], CaseState.CLAIMED)
    assert len(await to_family(desk)) == 1


async def test_what_was_handled_in_a_group_leaves_no_words_in_the_inbox(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, "Show the certificate.", mine)
    await desk.says(RASA, "/help", mine)

    rows = [row for row in await all_rows(desk.store, inbox) if row["conversation_id"] == await desk.id_of(GROUP)]
    assert {(row["text"], row["state"]) for row in rows} == {("", "done")}
    assert {str(row["payload"]) for row in rows} == {"{}"}


async def test_the_log_tells_of_each_message_of_a_group_and_never_its_words(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, f"/note {SECRET}", mine)

    told = [event for event in desk.logged if event["event"] == "group.handled"]
    assert told[-1] == {"event": "group.handled", "log_level": "info", "kind": "text", "step": "noted"}
    assert not any(word in str(desk.logged) for word in (SECRET, RASA, GROUP.chat, QUESTION))
