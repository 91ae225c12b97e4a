"""Words of people that do not reach a family: whoever wrote them is told, and those out of reach find them later."""

from __future__ import annotations

import pytest

from bot.actions.delivering import Lost, Unknown
from bot.cases.model import CaseId
from bot.conversation.model import Kind, OutgoingKind, Verb
from bot.storage.tables import cases
from tests.builders_dialogue import words_of
from tests.builders_store import ANA, all_rows
from tests.builders_teams import GROUP, RASA, Office, for_kind, photo


async def in_topic(desk: Office, case_id: CaseId, after: int) -> list[str]:
    """Return what the group was told about a case since."""
    told = await desk.told(GROUP, after=after, kinds=[OutgoingKind.DESK])
    return [one.words for one in told if one.case == case_id]


async def test_a_reply_that_telegram_will_not_take_is_told_to_whoever_wrote_it(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, "Show the certificate.", mine)
    before = await desk.latest()

    await desk.deliver(for_kind(OutgoingKind.REPLY, Lost("bad_request")))

    (told,) = await in_topic(desk, mine, before)
    assert "could not be delivered" in told
    assert await desk.told(ANA, after=before) == []
    assert [row["reason"] for row in await all_rows(desk.store, cases)] == ["person_asked"]


async def test_a_reply_that_may_have_come_is_asked_about_and_told_to_whoever_wrote_it(
    desk: Office, mine: CaseId
) -> None:
    await desk.says(RASA, "Show the certificate.", mine)
    before = await desk.latest()

    await desk.deliver(for_kind(OutgoingKind.REPLY, Unknown()))

    (told,) = await in_topic(desk, mine, before)
    asked = await desk.told(ANA, after=before)
    assert "do not know whether" in told
    assert [one.kind for one in asked] == [OutgoingKind.UNCERTAIN]


@pytest.mark.parametrize("reason", ["file_gone", "file_not_passed_on", "file_too_large"])
async def test_a_familys_file_that_cannot_be_passed_on_is_told_to_both_sides(
    desk: Office, mine: CaseId, reason: str
) -> None:
    await desk.writes("", **photo())
    await desk.presses(Verb.SEND_FILE)
    before = await desk.latest()

    await desk.deliver(lambda row: Lost(reason) if row.outgoing.file is not None else None)

    (told,) = await in_topic(desk, mine, before)
    (family,) = await desk.told(ANA, after=before)
    number = (await desk.case(mine)).number
    assert number in told
    assert number in family.words


async def test_a_family_out_of_reach_keeps_what_people_wrote_and_loses_what_the_bot_said(desk: Office) -> None:
    case_id = await desk.asks()
    await desk.deliver()
    await desk.says(RASA, "/claim", case_id)
    await desk.writes("what about benefit")
    await desk.says(RASA, "Show the certificate.", case_id)

    await desk.deliver(lambda row: Lost("blocked", gone=True) if row.address == ANA else None)

    kept = [one.kind for one in await desk.told(ANA) if one.state == "new"]
    lost = [one.kind for one in await desk.told(ANA) if one.state in {"dropped", "refused"}]
    assert kept == [OutgoingKind.CASE, OutgoingKind.REPLY]
    assert OutgoingKind.ANSWER in lost


async def test_what_is_kept_for_a_family_that_is_back_leaves_in_its_order(desk: Office, mine: CaseId) -> None:
    for words in ("first", "second", "third"):
        await desk.says(RASA, words, mine)
    await desk.deliver(lambda row: Lost("blocked", gone=True) if row.address == ANA else None)

    await desk.writes("", kind=Kind.UNBLOCKED)
    arrived = [words_of(row.outgoing) for row in await desk.deliver() if row.address == ANA]

    assert [words.rpartition("\n")[2] for words in arrived] == ["first", "second", "third"]
