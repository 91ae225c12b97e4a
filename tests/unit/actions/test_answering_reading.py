"""What is understood of a message: in which language, and with which question before it."""

from __future__ import annotations

from datetime import timedelta

from bot.conversation.model import Kind, OutgoingKind, Verb
from bot.storage.tables import case_events
from tests.builders import EN, UK
from tests.builders_chats import BENEFITS, DOG, HOW, SAME_BEFORE, THANKS, YOUNGER, Chats
from tests.builders_dialogue import COURSES, KINDERGARTEN
from tests.builders_store import ANA, BORYS, all_rows


async def test_understanding_is_told_the_language_that_is_known(chats: Chats) -> None:
    await chats.write(THANKS, hint=UK)
    await chats.write(DOG, hint=UK)
    await chats.answer_all()
    await chats.press(await chats.buttons_of(OutgoingKind.NOTICE), Verb.LANGUAGE, 1)
    await chats.write(BENEFITS, hint=UK)
    await chats.answer_all()

    chosen = (await chats.somebody()).language
    assert chosen != EN
    assert chats.matcher.asked == [(THANKS, None, UK), (DOG, None, EN), (BENEFITS, chosen, chosen)]


async def test_what_goes_on_from_an_answer_is_read_with_its_question_within_a_day(chats: Chats) -> None:
    await chats.write(HOW)
    await chats.answer()
    chats.clock.forward(timedelta(hours=23))
    await chats.write(YOUNGER)
    await chats.answer()

    buttons = await chats.buttons_of(OutgoingKind.CLARIFICATION)
    assert buttons is not None
    assert (buttons.entries, buttons.follows) == ((KINDERGARTEN, COURSES), KINDERGARTEN)
    assert [text for text, _, _ in chats.matcher.asked] == [HOW, YOUNGER, f"{SAME_BEFORE} {YOUNGER}"]


async def test_a_day_later_the_same_words_are_read_alone(chats: Chats) -> None:
    await chats.write(HOW)
    await chats.answer()
    chats.clock.forward(timedelta(hours=24))
    await chats.write(YOUNGER)
    await chats.answer()

    assert [text for text, _, _ in chats.matcher.asked] == [HOW, YOUNGER]
    assert (await chats.owed())[-1].kind is OutgoingKind.HAND_OVER


async def test_what_goes_on_from_an_answer_reaches_people_with_the_question_before(chats: Chats) -> None:
    await chats.write(HOW)
    await chats.write("and the sea")
    await chats.answer_all()

    (told,) = [event["payload"]["text"] for event in await all_rows(chats.store, case_events)]
    assert told == f"{HOW}\nand the sea"


async def test_only_written_words_are_looked_up(chats: Chats) -> None:
    await chats.write("", ANA, kind=Kind.PHOTO)
    await chats.write("", BORYS, kind=Kind.BLOCKED)

    assert await chats.answer_all() == [2]
    assert chats.matcher.asked == []
    assert await chats.owed(BORYS) == []
    assert (await chats.somebody(BORYS)).blocked
