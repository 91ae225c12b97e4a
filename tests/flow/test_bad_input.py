"""Messages of any shape: none is lost, none stops those behind it, none leaves a trace that it should not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.conversation import case_notices, notices
from bot.conversation.model import InboxId, Outgoing
from bot.conversation.steps import Reason
from tests.flow.harness import Person, Tiltas
from tests.flow.texts import BANK_ACCOUNT, MINIMUM_WAGE, Texts

pytestmark = pytest.mark.asyncio(loop_scope="module")

Update = dict[str, Any]  # Any: an update's JSON
SOME = InboxId(1)
"""A message; which one does not show in the words of a reply."""


def _no_words(v: notices.Voice) -> Outgoing:
    return notices.no_words(v, SOME)


# Messages of any shape ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("   \n ", id="blank"),
        pytest.param("\u200b\u200d\ufeff", id="invisible"),
        pytest.param("😀👍🏽👨‍👩‍👧", id="emoji"),
        pytest.param("!?…", id="punctuation"),
        pytest.param("\x00\x01\x07\x1b\x7f", id="control"),
        pytest.param(r"\ud83d", id="half-a-pair"),
        pytest.param(r"\udc00\ud83d\ud83d", id="pairs-the-wrong-way-round"),
    ],
)
async def test_a_message_without_words_is_asked_for_words(person: Person, texts: Texts, text: str) -> None:
    reply, *_ = await person.gets(lambda: person.telegram.add_raw_update(_raw(person.chat, text)))

    assert reply.text == texts.notice(_no_words)
    assert person.rows("SELECT state, attempts FROM inbox WHERE conversation_id = :me")[0]["attempts"] == 1


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a" * 4096, id="one-word-of-4096-letters"),
        pytest.param("where " * 682, id="682-words"),
        pytest.param("ї" * 4096, id="4096-letters-of-two-bytes"),
        pytest.param("😀" * 2047 + "a", id="emoji-and-a-letter"),
        pytest.param("\u202eknow I want to what\u202c", id="right-to-left-override"),
        pytest.param("a\u0301\u0302\u0303" * 900, id="marks-upon-marks"),
        pytest.param("١٢٣ ٤٥٦ ٧٨٩", id="digits-of-another-script"),
        pytest.param("{0.__class__} %s %(x)s ${y} {number}", id="placeholders"),
        pytest.param("'; DROP TABLE inbox; --", id="a-statement"),
        pytest.param("/", id="a-slash"),
    ],
)
async def test_any_text_gets_a_reply_at_the_first_try(person: Person, text: str) -> None:
    replies = await person.gets(lambda: person.telegram.add_raw_update(_raw(person.chat, text)))

    (kept,) = person.rows("SELECT state, attempts FROM inbox WHERE conversation_id = :me")
    assert len(replies) in {1, 2}
    assert tuple(kept) == ("done", 1)


async def test_halves_of_characters_beside_words_do_not_hide_the_question(person: Person, texts: Texts) -> None:
    question = texts.question(BANK_ACCOUNT)

    answer, *_ = await person.gets(
        lambda: person.telegram.add_raw_update(_raw(person.chat, r"\ud83d " + question + r" \udc00"))
    )

    assert answer.text.startswith(texts.short(BANK_ACCOUNT))


def _raw(chat: int, text: str) -> str:
    """Return an update as JSON; backslash escapes in `text` stay as they are written."""
    encoded = text if text.startswith(r"\u") else json.dumps(text)[1:-1]
    update = json.dumps({"update_id": 0, "message": _message(chat, text="TEXT")})
    return update.replace('"update_id": 0', '"update_id": {id}').replace("TEXT", encoded)


def _message(chat: int, **content: Any) -> Update:  # Any: fields of a Message
    who = {"id": chat, "is_bot": False, "first_name": "Somebody", "language_code": "en"}
    where = {"id": chat, "type": "private", "first_name": "Somebody"}
    return {"message_id": 9_000_000 + chat, "date": 1_790_000_000, "from": who, "chat": where, **content}


async def test_an_edited_question_is_answered_in_its_new_words(person: Person, texts: Texts) -> None:
    message = await person.telegram.say(person.chat, texts.unanswerable())
    await person.tiltas.settles()

    added, answer = await person.gets(lambda: person.telegram.edit(person.chat, message, texts.question(BANK_ACCOUNT)))

    (case,) = person.cases()
    assert case["number"] in added.text
    assert answer.text.startswith(texts.short(BANK_ACCOUNT))


@pytest.mark.parametrize("kind", ["photo", "voice", "document"])
async def test_pictures_voices_and_files_are_warned_about_and_wait_for_a_press(
    person: Person, texts: Texts, kind: str
) -> None:
    warning, *_ = await person.gets(lambda: getattr(person.telegram, f"send_{kind}")(person.chat))
    none_yet = person.cases()
    await person.presses(texts.says("Send it to a person"))

    assert warning.text == texts.notice(lambda v: case_notices.file_warning(v, SOME))
    assert not none_yet
    assert [case["reason"] for case in person.cases()] == [Reason.ATTACHMENT]


@pytest.mark.parametrize("kind", ["sticker", "location", "contact"])
async def test_what_has_no_words_at_all_is_asked_for_words(person: Person, texts: Texts, kind: str) -> None:
    (reply,) = await person.gets(lambda: getattr(person.telegram, f"send_{kind}")(person.chat))

    assert reply.text == texts.notice(_no_words)


async def test_the_words_below_a_picture_are_a_question(person: Person, texts: Texts) -> None:
    answer, *_ = await person.gets(
        lambda: person.telegram.send_photo(person.chat, caption=texts.question(BANK_ACCOUNT))
    )

    assert answer.text.startswith(texts.short(BANK_ACCOUNT))


async def test_a_file_that_is_not_to_be_sent_opens_no_case(person: Person, texts: Texts) -> None:
    await person.gets(lambda: person.telegram.send_document(person.chat))

    told = await person.presses(texts.says("Do not send"))

    assert told[-1].text == texts.says("It was sent to nobody.")
    assert person.cases() == []


async def test_a_file_of_another_kind_is_refused_and_a_person_offered(person: Person, texts: Texts) -> None:
    told, *_ = await person.gets(
        lambda: person.telegram.send_document(person.chat, name="a.exe", mime_type="application/x-msdownload")
    )

    assert texts.says("I can pass on pictures, PDF files and voice messages, up to 20 megabytes.") in told.text
    assert told.buttons[-1] == texts.says("Talk to a person")


@pytest.mark.parametrize(
    "update",
    [
        pytest.param({"hologram": {"of": "a cat"}}, id="a-kind-from-the-future"),
        pytest.param({"message": {"message_id": 1}}, id="a-message-without-a-chat"),
        pytest.param({"message": "hello"}, id="a-message-that-is-a-text"),
        pytest.param({"message": None}, id="no-message"),
        pytest.param({"message": {"message_id": [], "date": "now", "chat": [1]}}, id="lists-for-numbers"),
        pytest.param({"callback_query": {"id": 7}}, id="a-press-without-a-person"),
        pytest.param({"callback_query": "press"}, id="a-press-that-is-a-text"),
        pytest.param({"my_chat_member": {"chat": {"id": 5, "type": "private"}}}, id="a-member-without-a-status"),
        pytest.param({"edited_message": {"chat": {"id": "x", "type": "private"}}}, id="an-edit-of-nowhere"),
        pytest.param({}, id="nothing"),
    ],
)
async def test_an_update_that_cannot_be_read_does_not_hold_those_around_it(
    person: Person, other: Person, texts: Texts, update: Update
) -> None:
    before = await _polls_that_failed(person.tiltas)

    await person.telegram.say(person.chat, texts.question(BANK_ACCOUNT))
    await person.telegram.add_update(update)
    await other.says(texts.question(MINIMUM_WAGE))

    assert [len(await who.sees()) for who in (person, other)] == [2, 2]
    assert await _polls_that_failed(person.tiltas) == before


async def _polls_that_failed(tiltas: Tiltas) -> int:
    return len(tiltas.logged("telegram.poll_failed"))


async def test_a_readable_text_in_an_unreadable_message_is_still_answered(person: Person, texts: Texts) -> None:
    broken = {"message": {**_message(person.chat, text=texts.question(BANK_ACCOUNT)), "from": [], "date": "yesterday"}}

    answer, *_ = await person.gets(lambda: person.telegram.add_update(broken))

    assert answer.text.startswith(texts.short(BANK_ACCOUNT))


@pytest.mark.parametrize(
    "text",
    [
        "<b>pizza</b> <a href='https://evil.example'>here</a>",
        "*pizza* [here](https://evil.example) `x` ||y||",
        "&lt;i&gt;pizza & <",
    ],
)
async def test_markup_in_a_message_comes_back_nowhere(person: Person, text: str) -> None:
    await person.says(text)
    await person.says("/questions")

    calls = [call for call in await person.telegram.calls() if call.chat_id == person.chat]
    assert {call.code for call in calls} == {200}
    assert not any("pizza" in str(call.params) or "evil" in str(call.params) for call in calls)


async def test_what_is_said_in_groups_is_neither_kept_nor_answered(person: Person, texts: Texts) -> None:
    telegram = person.telegram
    await telegram.group(-1_000_000_000_777, "Parents", members=[person.chat])
    before = person.tiltas.number("SELECT count(*) FROM inbox")

    await telegram.say(-1_000_000_000_777, texts.question(BANK_ACCOUNT), user_id=person.chat)
    await telegram.say(-1_000_000_000_777, texts.red(), user_id=person.chat)
    await person.tiltas.settles()

    assert await telegram.bot_messages(-1_000_000_000_777) == []
    assert person.tiltas.number("SELECT count(*) FROM inbox") == before


async def test_no_telling_number_address_or_name_is_written_anywhere(person: Person) -> None:
    telegram, secrets = (
        person.telegram,
        ("612 34567", "61234567", "olena.k@example.com", "39001011234", "LT121000011101001000"),
    )
    await telegram.person(person.chat, "Olenaqx", last_name="Kovalqx", username="olena_qx", language_code="uk")

    await person.says(
        "My phone is +370 612 34567 or 861234567, mail olena.k@example.com, code 39001011234, "
        "account LT121000011101001000, where do I get a tractor?"
    )
    await person.gets(lambda: telegram.send_contact(person.chat, "+37061234567"))
    await person.gets(lambda: telegram.send_photo(person.chat, caption="my number 861234567 and olena.k@example.com"))
    await person.says("/human call me +370 612 34567")

    written = b"".join(path.read_bytes() for path in person.tiltas.data.rglob("*") if path.is_file())
    found = [secret for secret in (*secrets, "Olenaqx", "Kovalqx", "olena_qx") if secret.encode() in written]
    assert found == []
    assert all("[phone]" in case["words"] for case in person.cases())
