"""A message of a group that breaks: tried alone, told of, and without a trace."""

from __future__ import annotations

import pytest

from bot.actions.answering import MAX_ATTEMPTS, answer_ready
from bot.actions.receiving import receive
from bot.cases.model import CaseId, CaseState
from bot.conversation.model import InGroup, OutgoingKind
from bot.errors import StoreUnavailable
from bot.storage.tables import inbox
from tests.builders import LT
from tests.builders_store import BORYS, all_rows, break_off, mend, states
from tests.builders_teams import GROUP, RASA, SECRET, Office, breaking, to_family


async def test_a_message_that_breaks_is_tried_alone_and_in_the_end_told_about(desk: Office, mine: CaseId) -> None:
    desk.may_break, sound = True, desk.mind
    desk.mind = breaking(desk.mind)
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
    desk.mind = breaking(desk.mind)

    await desk.hear(held)

    assert (await states(desk.store, inbox))[held.key] == "failed"
    assert SECRET not in repr(await all_rows(desk.store, inbox))


async def test_nothing_of_a_message_that_breaks_has_happened(desk: Office, mine: CaseId) -> None:
    place = await desk.place(mine)
    reply = desk.message(GROUP, "Show it.", group=InGroup(RASA, place.thread or "", forum=True))
    await break_off(desk.store, "UPDATE OF text ON inbox")

    with pytest.raises(StoreUnavailable):
        await desk.hear(reply)
    meanwhile = (await to_family(desk), (await desk.case(mine)).state)
    await mend(desk.store)
    await desk.settle()

    assert meanwhile == ([], CaseState.CLAIMED)
    assert len(await to_family(desk)) == 1
