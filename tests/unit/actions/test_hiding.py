"""A chat is hidden: what is deleted when, and what specialists learn of it."""

from __future__ import annotations

from datetime import timedelta

from bot.actions.hiding import AT_ONCE
from bot.cases.model import CaseId
from bot.conversation.hiding import DELETABLE, NOTICE_STAYS
from bot.conversation.model import OutgoingKind, Verb
from tests.builders_store import ANA, BORYS
from tests.builders_teams import DANGER, GROUP, QUESTION, RASA, Office, office, words


async def arrived(desk: Office) -> list[str]:
    return [row.message for row in await desk.told(ANA) if row.message and row.words]


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

        assert set(await desk.deleted()) == {"501", "502", *new}
        assert old


async def test_the_words_about_hiding_go_after_two_minutes_also_after_a_restart() -> None:
    async with office() as desk:
        await desk.writes("/hide", message="502")
        await desk.deliver()
        (notice,) = await arrived(desk)
        assert any("cannot delete" in row.words for row in await desk.told(ANA))
        assert notice not in await desk.deleted()

        desk.clock.forward(NOTICE_STAYS)
        await desk.ring()
        await desk.ring()

        assert (await desk.deleted()).count(notice) == 1


async def test_what_is_asked_after_hiding_is_not_deleted_with_the_words_about_it() -> None:
    async with office() as desk:
        await desk.writes("/hide", message="502")
        desk.clock.forward(timedelta(minutes=1))
        await desk.writes(QUESTION, message="503")
        await desk.deliver()

        desk.clock.forward(NOTICE_STAYS)
        await desk.ring()

        assert "503" not in await desk.deleted()


async def test_many_messages_are_deleted_a_hundred_at_a_time() -> None:
    async with office() as desk:
        await desk.hear(*(desk.message(ANA, f"line {n}", message=str(1000 + n)) for n in range(AT_ONCE + 5)))
        await desk.settle()

        await desk.writes("/hide", message="9")

        rows = await desk.told(ANA, kinds=[OutgoingKind.DELETION])
        assert [len(row.outgoing.deletes) for row in rows] == [AT_ONCE, 6]


async def test_a_danger_card_that_has_not_left_yet_leaves_as_it_is_and_stays(desk: Office) -> None:
    await desk.writes(DANGER)

    await desk.writes("/hide")

    (card,) = await desk.told(ANA, kinds=[OutgoingKind.CARD])
    assert (card.state, card.outgoing.lines[0].text) == ("new", "112")
    await desk.deliver()
    desk.clock.forward(NOTICE_STAYS)
    await desk.ring()
    (card,) = await desk.told(ANA, kinds=[OutgoingKind.CARD])
    assert card.message not in await desk.deleted()


async def test_hiding_many_times_owes_the_words_about_it_once_and_tells_specialists_once(
    desk: Office, case_id: CaseId
) -> None:
    before = await desk.latest()

    for _ in range(5):
        await desk.writes("/hide")

    owed = await desk.told(ANA, after=before)
    assert [one.words[:5] for one in owed if one.words and one.state == "new"] == ["Done."]
    assert len(owed) == 10  # the words and a deletion each time
    told = words(await desk.told(GROUP, after=before))
    assert len([one for one in told if "hides this chat" in one]) == 1
    assert (await desk.events(case_id)).count("hidden") == 1


async def test_no_notice_comes_to_a_hidden_chat_until_it_is_shown_again(desk: Office) -> None:
    case = await desk.asks()
    await desk.writes("/hide")
    before = await desk.latest()

    await desk.pushes(RASA, Verb.CLAIM, case)
    quiet = await desk.told(ANA, after=before)
    await desk.writes("/unhide")
    await desk.pushes(RASA, Verb.RELEASE, case)

    assert quiet == []
    assert [one.kind for one in await desk.told(ANA, after=before, kinds=[OutgoingKind.CASE])]
