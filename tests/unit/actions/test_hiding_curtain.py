"""What waits behind a curtain in a hidden chat, and is read on demand."""

from __future__ import annotations

import pytest

from bot.actions.delivering import Lost, Unknown
from bot.cases.model import CaseId
from bot.conversation.hiding import NOTICE_STAYS
from bot.conversation.model import OutgoingKind, Verb
from tests.builders_store import ANA
from tests.builders_teams import RASA, SHOWN, Knowing, Office, photo, words


async def test_a_reply_waits_behind_a_curtain_and_is_read_on_demand(desk: Office, mine: CaseId) -> None:
    await desk.writes("/hide")
    await desk.deliver()
    before = await desk.latest()

    await desk.says(RASA, "Come on Monday.", mine)

    told = words(await desk.told(ANA, after=before))
    assert told == [SHOWN]
    shown = await desk.presses(Verb.SHOW)
    assert "Come on Monday." in shown[-1].words


async def test_a_picture_that_was_folded_away_can_be_shown_again(desk: Office, mine: CaseId) -> None:
    await desk.writes("/hide")
    await desk.deliver()
    await desk.says(RASA, "See this.", mine, **photo())
    await desk.pushes(RASA, Verb.SEND)
    curtain = await desk.buttons(ANA, Verb.SHOW)
    shown = await desk.presses(Verb.SHOW, buttons=curtain)
    await desk.presses(Verb.FOLD, buttons=shown[-1].outgoing.buttons)

    again = await desk.presses(Verb.SHOW, buttons=curtain)

    assert again[-1].outgoing.file == shown[-1].outgoing.file is not None


@pytest.mark.parametrize("times", [1, 2])
async def test_what_waits_while_a_chat_is_hidden_once_or_twice_has_one_curtain_before_it(
    desk: Office, mine: CaseId, times: int
) -> None:
    await desk.says(RASA, "Come on Monday.", mine)

    for _ in range(times):
        await desk.writes("/hide")

    await desk.deliver()
    (reply,) = [one for one in await desk.told(ANA, kinds=[OutgoingKind.REPLY]) if one.state == "sent"]
    shown = await desk.presses(Verb.SHOW, buttons=reply.outgoing.buttons)
    assert reply.words == SHOWN
    assert "Come on Monday." in shown[-1].words


async def test_what_waits_behind_its_curtain_stays_when_the_words_about_hiding_go(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, "Come on Monday.", mine)
    await desk.writes("/hide")
    await desk.deliver()

    desk.clock.forward(NOTICE_STAYS)
    await desk.ring()

    (reply,) = [one for one in await desk.told(ANA, kinds=[OutgoingKind.REPLY]) if one.state == "sent"]
    assert reply.message not in await desk.deleted()


async def test_what_was_just_shown_is_folded_away_when_the_chat_is_hidden_again(desk: Office, mine: CaseId) -> None:
    await desk.writes("/hide")
    await desk.says(RASA, "Come on Monday.", mine)
    await desk.deliver()
    await desk.presses(Verb.SHOW)

    await desk.writes("/hide")

    waiting = [one for one in await desk.told(ANA, kinds=[OutgoingKind.EDIT]) if one.state == "new"]
    assert words(waiting) == [SHOWN]


async def test_whether_a_message_has_come_is_asked_behind_a_curtain(desk: Office, mine: CaseId) -> None:
    await desk.writes("/hide")
    await desk.says(RASA, "Come on Monday.", mine)
    before = await desk.latest()

    await desk.deliver(lambda row: Unknown() if row.outgoing.kind is OutgoingKind.REPLY else None)

    (asked,) = await desk.told(ANA, after=before)
    assert (asked.words, asked.outgoing.silent) == (SHOWN, True)
    shown = await desk.presses(Verb.SHOW, buttons=asked.outgoing.buttons)
    assert "Did you get my last message?" in shown[-1].words
    again = await desk.presses(Verb.SHOW, buttons=shown[-1].outgoing.buttons)
    assert words(again)[-1] == SHOWN


async def test_an_answer_that_the_channel_refuses_tells_so_behind_a_curtain(desk: Office) -> None:
    await desk.writes("/hide")
    await desk.writes("benefit")
    before = await desk.latest()

    await desk.deliver(lambda row: Lost("bad_request") if row.outgoing.kind is OutgoingKind.ANSWER else None)

    (failed,) = await desk.told(ANA, after=before)
    assert (failed.words, failed.outgoing.silent) == (SHOWN, True)
    assert "Something went wrong" in (await desk.presses(Verb.SHOW))[-1].words


async def test_a_message_that_no_program_could_handle_is_told_of_behind_a_curtain(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.may_break = True
    await desk.writes("benefit")
    await desk.writes("/hide")
    before = await desk.latest()
    with monkeypatch.context() as broken:
        broken.setattr(Knowing, "find", lambda *_, **__: 1 / 0)
        await desk.writes("what now")

    (failed,) = await desk.told(ANA, after=before)
    assert (failed.words, failed.outgoing.silent) == (SHOWN, True)
    assert "Something went wrong" in (await desk.presses(Verb.SHOW))[-1].words
