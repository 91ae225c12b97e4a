"""A button works once, and for its own person."""

from __future__ import annotations

from bot.conversation import notices
from bot.conversation.model import OutgoingKind, Verb
from bot.storage.tables import buttons, cases
from tests.builders import EN
from tests.builders_chats import HOW, THANKS, Chats
from tests.builders_store import ANA, BORYS, all_rows
from tests.builders_teams import breaking


async def test_somebody_elses_button_is_an_old_button(chats: Chats) -> None:
    await chats.write(HOW, ANA)
    await chats.write(THANKS, BORYS)
    await chats.answer()
    answer = await chats.buttons_of(OutgoingKind.ANSWER)

    await chats.press(answer, Verb.PERSON, address=BORYS)
    await chats.answer()

    assert (await chats.owed(BORYS))[-1] == notices.old_button(chats.mind.world.voice(EN))
    assert await all_rows(chats.store, cases) == []
    assert [row["used"] for row in await all_rows(chats.store, buttons)] == [[]] * 4

    await chats.press(answer, Verb.PERSON, address=ANA)
    await chats.answer()

    assert [row["conversation_id"] for row in await all_rows(chats.store, cases)] == [(await chats.somebody(ANA)).id]


async def test_a_second_press_does_nothing(chats: Chats) -> None:
    await chats.write(HOW)
    await chats.answer()
    answer = await chats.buttons_of(OutgoingKind.ANSWER)
    await chats.press(answer, Verb.PERSON)
    await chats.answer()
    before = await chats.owed()

    await chats.press(answer, Verb.PERSON)
    await chats.press(answer, Verb.PERSON)

    assert await chats.answer_all() == [1, 1]
    assert await chats.owed() == before
    assert len(await all_rows(chats.store, cases)) == 1
    assert (await chats.happened())["hand_off"] == 1


async def test_each_button_of_a_message_works_once_and_all_marks_are_kept(chats: Chats) -> None:
    await chats.write(HOW)
    await chats.answer()
    answer = await chats.buttons_of(OutgoingKind.ANSWER)
    assert answer is not None

    for verb, choice in ((Verb.HELPED, 0), (Verb.CHOICE, 1), (Verb.CHOICE, 0), (Verb.CHOICE, 1), (Verb.HELPED, 0)):
        await chats.press(answer, verb, choice)
    await chats.answer_all()

    (used,) = [row["used"] for row in await all_rows(chats.store, buttons) if row["token"] == answer.token]
    happened = await chats.happened()
    assert used == ["c.0", "c.1", "h.0"]
    assert (happened["helped"], happened["chosen"]) == (1, 2)


async def test_languages_may_be_chosen_to_and_fro(chats: Chats) -> None:
    await chats.write(THANKS)
    await chats.answer()
    picker = await chats.buttons_of(OutgoingKind.NOTICE)
    assert picker is not None
    chosen = []

    for choice in (0, 1, 0, 1):
        await chats.press(picker, Verb.LANGUAGE, choice)
        await chats.answer()
        chosen.append((await chats.somebody()).language)

    assert chosen == [picker.languages[choice] for choice in (0, 1, 0, 1)]


async def test_the_present_language_pressed_again_does_nothing(chats: Chats) -> None:
    await chats.write(THANKS)
    await chats.answer()
    picker = await chats.buttons_of(OutgoingKind.NOTICE)
    await chats.press(picker, Verb.LANGUAGE, 1)
    await chats.answer()
    before = await chats.owed()

    await chats.press(picker, Verb.LANGUAGE, 1)
    await chats.answer()

    assert await chats.owed() == before


async def test_a_press_that_could_not_be_obeyed_may_be_tried_again(chats: Chats) -> None:
    await chats.write(HOW)
    await chats.answer()
    answer = await chats.buttons_of(OutgoingKind.ANSWER)
    await chats.press(answer, Verb.CHOICE, 0)

    await chats.answer(breaking(chats.mind))
    unused = [row["used"] for row in await all_rows(chats.store, buttons)]
    await chats.answer()

    assert unused == [[], []]
    assert (await chats.owed())[-1].lines[0].text == "Short en: free Lithuanian language courses."
