"""The latest buttons: those that words and numbers press."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.model import OutgoingKind, Purpose, Verb
from tests.builders_chats import BENEFITS, HOW, Chats


async def test_the_language_picker_does_not_hide_the_buttons_of_the_answer(chats: Chats) -> None:
    await chats.write(HOW)
    await chats.answer()
    answer, notice = await chats.owed()
    assert notice.buttons is not None
    assert notice.buttons.purpose is Purpose.LANGUAGES
    assert (await chats.somebody()).latest_buttons == answer.buttons

    await chats.write("1")
    await chats.answer()

    assert (await chats.owed())[-1].lines[0].text == "Short en: free Lithuanian language courses."


async def test_a_language_picker_alone_can_be_pressed_in_words(chats: Chats) -> None:
    await chats.write(HOW)
    await chats.answer()
    await chats.write("/language")
    await chats.answer()
    picker = (await chats.owed())[-1].buttons
    assert (await chats.somebody()).latest_buttons == picker

    await chats.write("1")
    await chats.answer()

    assert picker is not None
    assert ((await chats.somebody()).language, (await chats.somebody()).chosen) == (picker.languages[0], True)


async def test_a_reply_without_buttons_leaves_the_latest_ones(chats: Chats) -> None:
    await chats.write(HOW)
    await chats.answer()
    latest = (await chats.somebody()).latest_buttons

    await chats.write("/questions")
    await chats.answer()

    assert (await chats.owed())[-1].buttons is None
    assert latest is not None
    assert (await chats.somebody()).latest_buttons == latest


async def test_a_used_button_is_marked_in_the_kept_set_too(chats: Chats) -> None:
    await chats.write(HOW)
    await chats.answer()
    answer = await chats.buttons_of(OutgoingKind.ANSWER)

    await chats.press(answer, Verb.HELPED)
    await chats.answer()

    edit = (await chats.owed())[-1]
    latest = (await chats.somebody()).latest_buttons
    assert (edit.kind, edit.edits) == (OutgoingKind.EDIT, "900")
    assert edit.buttons is not None
    assert answer is not None
    assert latest == edit.buttons == replace(answer, rows=edit.buttons.rows)


async def test_a_press_on_an_older_message_does_not_make_its_buttons_the_latest(chats: Chats) -> None:
    await chats.write(HOW)
    await chats.answer()
    older = await chats.buttons_of(OutgoingKind.ANSWER)
    await chats.write(BENEFITS)
    await chats.answer()
    newer = await chats.buttons_of(OutgoingKind.ANSWER)

    await chats.press(older, Verb.HELPED)
    await chats.answer()

    assert newer is not None
    assert (await chats.somebody()).latest_buttons == newer
