"""A hidden chat: what is deleted when, what waits behind a curtain, what specialists learn of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

import pytest

from bot.actions import delivering, timekeeping
from bot.actions.delivering import RETRY_AFTER, Again, Lost, Outcome, Sent, Unknown
from bot.actions.hiding import AT_ONCE
from bot.conversation.hiding import DELETABLE, NOTICE_STAYS
from bot.conversation.model import Kind, OutgoingKind, Verb
from tests.builders_dialogue import words_of
from tests.builders_store import ANA, BORYS, TELEGRAM
from tests.builders_teams import DANGER, GROUP, QUESTION, RASA, Knowing, Office, Told, office, photo

SHOWN = "A new message for you."


async def deleted(desk: Office) -> list[str]:
    rows = await desk.told(ANA, kinds=[OutgoingKind.DELETION])
    return [message for row in rows for message in row.outgoing.deletes]


async def arrived(desk: Office) -> list[str]:
    return [row.message for row in await desk.told(ANA) if row.message and row.words]


async def ring(desk: Office) -> None:
    await timekeeping.ring(desk.world, store=desk.store, clock=desk.clock)


@asynccontextmanager
async def on_its_way(desk: Office, outcome: Outcome) -> AsyncIterator[None]:
    """Let something happen while what is owed to Ana is being sent; then that ends as told."""
    lease = await delivering.take_lease("sender", RETRY_AFTER[-1], store=desk.store, clock=desk.clock)
    assert lease is not None
    turn = partial(delivering.turn, channels=TELEGRAM, store=desk.store, clock=desk.clock)
    rows = await turn([], lease, lambda due: [row for row in due if row.address == ANA], world=desk.world)
    assert rows
    yield
    await turn([(row, outcome) for row in rows], lease, lambda _: [], world=desk.world)


def words(told: list[Told]) -> list[str]:
    return [one.words for one in told if one.words]


async def test_everything_younger_than_two_days_is_deleted_and_nothing_of_others() -> None:
    async with office() as desk:
        await desk.writes(QUESTION)
        await desk.deliver()
        old = await arrived(desk)
        desk.clock.forward(DELETABLE + timedelta(minutes=1))
        await desk.writes("my second question", message="501")
        await desk.writes("theirs", BORYS, message="777")
        await desk.deliver()
        new = [one for one in await arrived(desk) if one not in old]

        await desk.writes("/hide", message="502")

        assert set(await deleted(desk)) == {"501", "502", *new}
        assert old


async def test_the_words_about_hiding_go_after_two_minutes_also_after_a_restart() -> None:
    async with office() as desk:
        await desk.writes("/hide", message="502")
        await desk.deliver()
        (notice,) = await arrived(desk)
        assert any("cannot delete" in row.words for row in await desk.told(ANA))
        assert notice not in await deleted(desk)

        desk.clock.forward(NOTICE_STAYS)
        await ring(desk)
        await ring(desk)

        assert (await deleted(desk)).count(notice) == 1


async def test_what_is_asked_after_hiding_is_not_deleted_with_the_words_about_it() -> None:
    async with office() as desk:
        await desk.writes("/hide", message="502")
        desk.clock.forward(timedelta(minutes=1))
        await desk.writes(QUESTION, message="503")
        await desk.deliver()

        desk.clock.forward(NOTICE_STAYS)
        await ring(desk)

        assert "503" not in await deleted(desk)


async def test_many_messages_are_deleted_a_hundred_at_a_time() -> None:
    async with office() as desk:
        await desk.hear(*(desk.message(ANA, f"line {n}", message=str(1000 + n)) for n in range(AT_ONCE + 5)))
        await desk.settle()

        await desk.writes("/hide", message="9")

        rows = await desk.told(ANA, kinds=[OutgoingKind.DELETION])
        assert [len(row.outgoing.deletes) for row in rows] == [AT_ONCE, 6]


async def test_a_reply_waits_behind_a_curtain_and_is_read_on_demand() -> None:
    async with office(GROUP) as desk:
        case = await desk.asks()
        await desk.deliver()
        await desk.writes("/hide")
        await desk.deliver()
        await desk.pushes(RASA, Verb.CLAIM, case)
        before = await desk.latest()

        await desk.says(RASA, "Come on Monday.", case)

        told = words(await desk.told(ANA, after=before))
        assert told == [SHOWN]
        shown = await desk.presses(Verb.SHOW)
        assert "Come on Monday." in shown[-1].words


async def test_a_picture_that_was_folded_away_can_be_shown_again() -> None:
    async with office(GROUP) as desk:
        case = await desk.asks()
        await desk.deliver()
        await desk.writes("/hide")
        await desk.deliver()
        await desk.pushes(RASA, Verb.CLAIM, case)
        await desk.says(RASA, "See this.", case, **photo())
        await desk.pushes(RASA, Verb.SEND)
        curtain = await desk.buttons(ANA, Verb.SHOW)
        shown = await desk.presses(Verb.SHOW, buttons=curtain)
        await desk.presses(Verb.FOLD, buttons=shown[-1].outgoing.buttons)

        again = await desk.presses(Verb.SHOW, buttons=curtain)

        assert again[-1].outgoing.file == shown[-1].outgoing.file is not None


async def test_what_was_still_on_its_way_waits_behind_a_curtain_too() -> None:
    async with office(GROUP) as desk:
        case = await desk.asks()
        await desk.deliver()
        await desk.pushes(RASA, Verb.CLAIM, case)
        await desk.says(RASA, "Come on Monday.", case)

        await desk.writes("/hide")

        waiting = [one for one in await desk.told(ANA) if one.state == "new" and one.kind is OutgoingKind.REPLY]
        assert words(waiting) == [SHOWN]


async def test_what_waits_behind_its_curtain_stays_when_the_words_about_hiding_go() -> None:
    async with office(GROUP) as desk:
        case = await desk.asks()
        await desk.deliver()
        await desk.pushes(RASA, Verb.CLAIM, case)
        await desk.says(RASA, "Come on Monday.", case)
        await desk.writes("/hide")
        await desk.deliver()

        desk.clock.forward(NOTICE_STAYS)
        await ring(desk)

        (reply,) = [one for one in await desk.told(ANA, kinds=[OutgoingKind.REPLY]) if one.state == "sent"]
        assert reply.message not in await deleted(desk)


async def test_what_was_being_sent_when_a_chat_was_hidden_goes_with_the_words_about_it() -> None:
    async with office(GROUP) as desk:
        case = await desk.asks()
        await desk.deliver()
        await desk.pushes(RASA, Verb.CLAIM, case)
        await desk.deliver()
        await desk.says(RASA, "Come on Monday.", case)

        async with on_its_way(desk, Sent("9999")):
            await desk.writes("/hide")

        assert "9999" not in await deleted(desk)
        desk.clock.forward(NOTICE_STAYS)
        await ring(desk)
        assert "9999" in await deleted(desk)


@pytest.mark.parametrize("outcome", [Again(timedelta(minutes=3)), Lost("blocked", gone=True)])
async def test_what_was_being_sent_when_a_chat_was_hidden_and_did_not_leave_waits_behind_a_curtain(
    outcome: Outcome,
) -> None:
    async with office(GROUP) as desk:
        case = await desk.asks()
        await desk.deliver()
        await desk.pushes(RASA, Verb.CLAIM, case)
        await desk.deliver()
        await desk.says(RASA, "Come on Monday.", case)
        async with on_its_way(desk, outcome):
            desk.clock.forward(timedelta(seconds=1))
            await desk.writes("/hide")
        await desk.writes("", kind=Kind.UNBLOCKED)

        desk.clock.forward(timedelta(minutes=4))
        await desk.deliver()

        replies = await desk.told(ANA, kinds=[OutgoingKind.REPLY])
        assert [one.words for one in replies if one.state == "sent"] == [SHOWN]
        assert "Come on Monday." in (await desk.presses(Verb.SHOW))[-1].words


async def test_what_is_told_after_hiding_is_not_taken_back_with_what_was_owed_before() -> None:
    async with office(GROUP) as desk:
        case = await desk.asks()
        await desk.deliver()
        await desk.pushes(RASA, Verb.CLAIM, case)
        await desk.deliver()
        await desk.says(RASA, "Come on Monday.", case)
        async with on_its_way(desk, Again(timedelta(seconds=1))):
            desk.clock.forward(timedelta(seconds=1))
            await desk.writes("/hide")

        desk.clock.forward(timedelta(seconds=2))
        arrived_now = [row.outgoing for row in await desk.deliver() if row.address == ANA]

        assert [words_of(one)[:5] for one in arrived_now if one.lines] == ["Done.", SHOWN[:5]]


async def test_a_danger_card_that_has_not_left_yet_leaves_as_it_is_and_stays() -> None:
    async with office(GROUP) as desk:
        await desk.writes(DANGER)

        await desk.writes("/hide")

        (card,) = await desk.told(ANA, kinds=[OutgoingKind.CARD])
        assert (card.state, card.outgoing.lines[0].text) == ("new", "112")
        await desk.deliver()
        desk.clock.forward(NOTICE_STAYS)
        await ring(desk)
        (card,) = await desk.told(ANA, kinds=[OutgoingKind.CARD])
        assert card.message not in await deleted(desk)


async def test_a_message_that_waits_while_a_chat_is_hidden_twice_has_one_curtain_before_it() -> None:
    async with office(GROUP) as desk:
        case = await desk.asks()
        await desk.deliver()
        await desk.pushes(RASA, Verb.CLAIM, case)
        await desk.says(RASA, "Come on Monday.", case)

        await desk.writes("/hide")
        await desk.writes("/hide")

        await desk.deliver()
        (reply,) = [one for one in await desk.told(ANA, kinds=[OutgoingKind.REPLY]) if one.state == "sent"]
        shown = await desk.presses(Verb.SHOW, buttons=reply.outgoing.buttons)
        assert reply.words == SHOWN
        assert "Come on Monday." in shown[-1].words


async def test_what_was_just_shown_is_folded_away_when_the_chat_is_hidden_again() -> None:
    async with office(GROUP) as desk:
        case = await desk.asks()
        await desk.deliver()
        await desk.writes("/hide")
        await desk.pushes(RASA, Verb.CLAIM, case)
        await desk.says(RASA, "Come on Monday.", case)
        await desk.deliver()
        await desk.presses(Verb.SHOW)

        await desk.writes("/hide")

        waiting = [one for one in await desk.told(ANA, kinds=[OutgoingKind.EDIT]) if one.state == "new"]
        assert words(waiting) == [SHOWN]


async def test_hiding_many_times_owes_the_words_about_it_once_and_tells_specialists_once() -> None:
    async with office(GROUP) as desk:
        await desk.asks()
        await desk.deliver()
        before = await desk.latest()

        for _ in range(5):
            await desk.writes("/hide")

        owed = await desk.told(ANA, after=before)
        assert [one.words[:5] for one in owed if one.words and one.state == "new"] == ["Done."]
        assert len(owed) == 10  # the words and a deletion each time
        told = words(await desk.told(GROUP, after=before))
        assert len([one for one in told if "hides this chat" in one]) == 1


async def test_specialists_learn_that_the_family_hides_its_chat() -> None:
    async with office(GROUP) as desk:
        case = await desk.asks()
        before = await desk.latest()

        await desk.writes("/hide")

        assert any("hides this chat" in one for one in words(await desk.told(GROUP, after=before)))
        assert "hidden" in await desk.events(case)


async def test_no_notice_comes_to_a_hidden_chat_until_it_is_shown_again() -> None:
    async with office(GROUP) as desk:
        case = await desk.asks()
        await desk.writes("/hide")
        before = await desk.latest()

        await desk.pushes(RASA, Verb.CLAIM, case)
        quiet = await desk.told(ANA, after=before)
        await desk.writes("/unhide")
        await desk.pushes(RASA, Verb.RELEASE, case)

        assert quiet == []
        assert [one.kind for one in await desk.told(ANA, after=before, kinds=[OutgoingKind.CASE])]


async def test_whether_a_message_has_come_is_asked_behind_a_curtain() -> None:
    async with office(GROUP) as desk:
        case = await desk.asks()
        await desk.deliver()
        await desk.writes("/hide")
        await desk.pushes(RASA, Verb.CLAIM, case)
        await desk.says(RASA, "Come on Monday.", case)
        before = await desk.latest()

        await desk.deliver(lambda row: Unknown() if row.outgoing.kind is OutgoingKind.REPLY else None)

        (asked,) = await desk.told(ANA, after=before)
        assert (asked.words, asked.outgoing.silent) == (SHOWN, True)
        shown = await desk.presses(Verb.SHOW, buttons=asked.outgoing.buttons)
        assert "Did you get my last message?" in shown[-1].words
        again = await desk.presses(Verb.SHOW, buttons=shown[-1].outgoing.buttons)
        assert words(again)[-1] == SHOWN


async def test_what_was_being_sent_when_a_chat_was_hidden_is_shown_again_behind_a_curtain() -> None:
    async with office(GROUP) as desk:
        case = await desk.asks()
        await desk.deliver()
        await desk.pushes(RASA, Verb.CLAIM, case)
        await desk.deliver()
        await desk.says(RASA, "Come on Monday.", case)
        async with on_its_way(desk, Unknown()):
            await desk.writes("/hide")
        await desk.deliver()
        shown = await desk.presses(Verb.SHOW)

        again = await desk.presses(Verb.SHOW, buttons=shown[-1].outgoing.buttons)

        assert words(again)[-1] == SHOWN
        assert "Come on Monday." in (await desk.presses(Verb.SHOW))[-1].words


async def test_an_answer_that_the_channel_refuses_tells_so_behind_a_curtain() -> None:
    async with office(GROUP) as desk:
        await desk.writes("/hide")
        await desk.writes("benefit")
        before = await desk.latest()

        await desk.deliver(lambda row: Lost("bad_request") if row.outgoing.kind is OutgoingKind.ANSWER else None)

        (failed,) = await desk.told(ANA, after=before)
        assert (failed.words, failed.outgoing.silent) == (SHOWN, True)
        assert "Something went wrong" in (await desk.presses(Verb.SHOW))[-1].words


async def test_a_message_that_no_program_could_handle_is_told_of_behind_a_curtain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with office(GROUP) as desk:
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
