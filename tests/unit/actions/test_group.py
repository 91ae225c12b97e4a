"""A message in a group of specialists: what is for the family goes there, and nothing else ever does."""

from __future__ import annotations

import pytest

from bot.cases.model import CaseId, CaseState
from bot.conversation.model import OutgoingKind
from bot.storage.tables import inbox
from tests.builders_store import ANA, BORYS, all_rows
from tests.builders_teams import GROUP, QUESTION, RASA, SECRET, Office, kinds, office, said, to_family


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
