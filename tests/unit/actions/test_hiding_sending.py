"""What was being sent when a chat was hidden."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.actions.delivering import Again, Lost, Outcome, Sent, Unknown
from bot.cases.model import CaseId
from bot.conversation.hiding import NOTICE_STAYS
from bot.conversation.model import Kind, OutgoingKind, Verb
from tests.builders_dialogue import words_of
from tests.builders_post import Post, nothing
from tests.builders_store import ANA
from tests.builders_teams import RASA, SHOWN, Office, words


@asynccontextmanager
async def on_its_way(desk: Office, outcome: Outcome) -> AsyncIterator[None]:
    """Let something happen while what is owed to Ana is being sent; then that ends as told."""
    post = Post(desk.store, desk.clock, desk.world)
    lease = await post.held("sender")
    rows = await post.turn(lease, choose=lambda due: [row for row in due if row.address == ANA])
    assert rows
    yield
    await post.turn(lease, *((row, outcome) for row in rows), choose=nothing)


async def test_what_was_being_sent_when_a_chat_was_hidden_goes_with_the_words_about_it(
    desk: Office, mine: CaseId
) -> None:
    await desk.says(RASA, "Come on Monday.", mine)

    async with on_its_way(desk, Sent("9999")):
        await desk.writes("/hide")

    assert "9999" not in await desk.deleted()
    desk.clock.forward(NOTICE_STAYS)
    await desk.ring()
    assert "9999" in await desk.deleted()


@pytest.mark.parametrize("outcome", [Again(timedelta(minutes=3)), Lost("blocked", gone=True)])
async def test_what_was_being_sent_when_a_chat_was_hidden_and_did_not_leave_waits_behind_a_curtain(
    desk: Office, mine: CaseId, outcome: Outcome
) -> None:
    await desk.says(RASA, "Come on Monday.", mine)
    async with on_its_way(desk, outcome):
        desk.clock.forward(timedelta(seconds=1))
        await desk.writes("/hide")
    await desk.writes("", kind=Kind.UNBLOCKED)

    desk.clock.forward(timedelta(minutes=4))
    await desk.deliver()

    replies = await desk.told(ANA, kinds=[OutgoingKind.REPLY])
    assert [one.words for one in replies if one.state == "sent"] == [SHOWN]
    assert "Come on Monday." in (await desk.presses(Verb.SHOW))[-1].words


async def test_what_is_told_after_hiding_is_not_taken_back_with_what_was_owed_before(
    desk: Office, mine: CaseId
) -> None:
    await desk.says(RASA, "Come on Monday.", mine)
    async with on_its_way(desk, Again(timedelta(seconds=1))):
        desk.clock.forward(timedelta(seconds=1))
        await desk.writes("/hide")

    desk.clock.forward(timedelta(seconds=2))
    arrived_now = [row.outgoing for row in await desk.deliver() if row.address == ANA]

    assert [words_of(one)[:5] for one in arrived_now if one.lines] == ["Done.", SHOWN[:5]]


async def test_what_was_being_sent_when_a_chat_was_hidden_is_shown_again_behind_a_curtain(
    desk: Office, mine: CaseId
) -> None:
    await desk.says(RASA, "Come on Monday.", mine)
    async with on_its_way(desk, Unknown()):
        await desk.writes("/hide")
    await desk.deliver()
    shown = await desk.presses(Verb.SHOW)

    again = await desk.presses(Verb.SHOW, buttons=shown[-1].outgoing.buttons)

    assert words(again)[-1] == SHOWN
    assert "Come on Monday." in (await desk.presses(Verb.SHOW))[-1].words
