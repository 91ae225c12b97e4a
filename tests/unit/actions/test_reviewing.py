"""Messages that may be about danger are read by specialists the same day, also where the bot has answered them."""

from __future__ import annotations

from bot.conversation.limits import AT_ONCE
from bot.conversation.model import OutgoingKind, Verb
from bot.storage.tables import cases
from tests.builders_store import ANA, BORYS, all_rows
from tests.builders_teams import GROUP, PERHAPS_DANGER, RASA, STRANGER, Office, Told, office

ANSWERED = f"which benefit? {PERHAPS_DANGER}"


async def shown(desk: Office) -> list[Told]:
    return [one for one in await desk.told(GROUP) if one.key.startswith("review:")]


async def test_what_may_be_about_danger_and_was_answered_is_shown_to_the_group() -> None:
    async with office(GROUP) as desk:
        told = await desk.writes(ANSWERED)

        (one,) = await shown(desk)
        assert told[0].kind is OutgoingKind.ANSWER
        assert "Perhaps danger, violence. Read it today." in one.words
        assert ANSWERED in one.words
        assert one.outgoing.silent
        assert await all_rows(desk.store, cases) == []


async def test_what_opened_a_case_is_not_shown_a_second_time() -> None:
    async with office(GROUP) as desk:
        await desk.writes(PERHAPS_DANGER)

        assert len(await all_rows(desk.store, cases)) == 1
        assert await shown(desk) == []


async def test_calm_messages_are_nobodys_to_read() -> None:
    async with office(GROUP) as desk:
        await desk.writes("which benefit?")

        assert await shown(desk) == []


async def test_without_a_group_it_is_answered_as_always() -> None:
    async with office() as desk:
        told = await desk.writes(ANSWERED)

        assert told[0].kind is OutgoingKind.ANSWER


async def test_one_press_makes_it_a_case_and_the_family_is_told_once() -> None:
    async with office(GROUP) as desk:
        await desk.writes(ANSWERED)
        (one,) = await shown(desk)
        before = await desk.latest()

        await desk.pushes(RASA, Verb.MAKE_CASE, buttons=one.outgoing.buttons)
        await desk.pushes(RASA, Verb.MAKE_CASE, buttons=one.outgoing.buttons)

        (row,) = await all_rows(desk.store, cases)
        assert (row["reason"], row["danger"], row["danger_kind"]) == ("review", "amber", "violence")
        (told,) = await desk.told(ANA, after=before)
        assert "A person has read what you wrote" in told.words
        assert row["number"] in told.words


async def test_whoever_does_not_work_here_makes_no_case() -> None:
    async with office(GROUP) as desk:
        await desk.writes(ANSWERED)
        (one,) = await shown(desk)

        await desk.pushes(STRANGER, Verb.MAKE_CASE, buttons=one.outgoing.buttons)

        assert await all_rows(desk.store, cases) == []


async def test_a_flood_of_such_words_does_not_fill_the_group() -> None:
    async with office(GROUP) as desk:
        for _ in range(AT_ONCE + 10):
            await desk.writes(ANSWERED, BORYS)

        assert len(await shown(desk)) <= AT_ONCE
