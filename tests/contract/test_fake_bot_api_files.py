"""Files in the fake: sent by the bot, sent by people, fetched."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot, InputFile

from tests.fakes.bot_api import FakeTelegram
from tests.fakes.bot_api.asking import ask, plain_client
from tests.fakes.bot_api.attachments import tiny_png


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as telegram:
        await telegram.person(5)
        yield telegram


@pytest.fixture
async def bot(telegram: FakeTelegram) -> AsyncIterator[Bot]:
    async with Bot(telegram.token, base_url=telegram.base_url, base_file_url=telegram.base_file_url) as bot:
        yield bot


async def test_a_document_is_uploaded_and_can_be_fetched_again(telegram: FakeTelegram, bot: Bot) -> None:
    message = await bot.send_document(5, InputFile(b"%PDF-1.7", "form.pdf"), caption="<b>Form</b>", parse_mode="HTML")

    assert message.document is not None
    assert (message.document.file_name, message.document.file_size) == ("form.pdf", 8)
    assert message.caption_html == "<b>Form</b>"
    file = await bot.get_file(message.document.file_id)
    assert bytes(await file.download_as_bytearray()) == b"%PDF-1.7"
    assert await telegram.sent_texts(5) == ["Form"]


async def test_a_photo_has_its_size(bot: Bot) -> None:
    message = await bot.send_photo(5, tiny_png(40, 30))

    assert (message.photo[-1].width, message.photo[-1].height) == (40, 30)


async def test_a_voice_message_has_a_duration(bot: Bot) -> None:
    message = await bot.send_voice(5, b"OggS" * 3000)

    assert message.voice is not None
    assert message.voice.to_dict()["duration"] == 3


async def test_a_file_can_be_sent_again_by_its_id_but_only_as_what_it_is(telegram: FakeTelegram, bot: Bot) -> None:
    first = await bot.send_document(5, b"text")
    assert first.document is not None

    again = await bot.send_document(5, first.document.file_id)
    refused = await ask(telegram, "sendPhoto", chat_id=5, photo=first.document.file_id)

    assert again.document is not None
    assert again.document.file_unique_id == first.document.file_unique_id
    assert refused.description == "Bad Request: can't use file of type Document as Photo"


async def test_the_same_content_has_the_same_unique_id(bot: Bot) -> None:
    first, second = await bot.send_document(5, b"text"), await bot.send_document(5, b"text")

    assert first.document is not None
    assert second.document is not None
    assert first.document.file_unique_id == second.document.file_unique_id
    assert first.document.file_id != second.document.file_id


@pytest.mark.parametrize(
    ("photo", "description"),
    [
        ("nonsense", "wrong remote file identifier specified: Wrong string length"),
        ("https://example.org/cat.png", "failed to get HTTP URL content"),
        ("", "there is no photo in the request"),
    ],
)
async def test_what_is_no_file_is_refused(telegram: FakeTelegram, photo: str, description: str) -> None:
    assert (await ask(telegram, "sendPhoto", chat_id=5, photo=photo)).description == f"Bad Request: {description}"


async def upload(telegram: FakeTelegram, method: str, field: str, content: bytes, **params: str) -> str:
    url = f"{telegram.base_url}{telegram.token}/{method}"
    async with plain_client() as client:
        response = await client.post(url, data={"chat_id": "5", **params}, files={field: ("a.bin", content)})
    return str(response.json().get("description", ""))


async def test_a_picture_that_is_none_an_empty_file_and_a_long_caption_are_refused(telegram: FakeTelegram) -> None:
    picture = await upload(telegram, "sendPhoto", "photo", b"no picture")
    empty = await upload(telegram, "sendDocument", "document", b"")
    caption = await upload(telegram, "sendDocument", "document", b"x", caption="x" * 1025)

    assert picture == "Bad Request: IMAGE_PROCESS_FAILED"
    assert empty == "Bad Request: file must be non-empty"
    assert caption == "Bad Request: message caption is too long"
    assert await telegram.messages(5) == []


async def test_a_file_over_20_megabytes_cannot_be_fetched(telegram: FakeTelegram, bot: Bot) -> None:
    await telegram.send_document(5, b"x" * (20 * 1024 * 1024 + 1))
    message = (await bot.get_updates())[0].message
    assert message is not None
    assert message.document is not None

    reply = await ask(telegram, "getFile", file_id=message.document.file_id)

    assert reply.description == "Bad Request: file is too big"


async def test_files_need_the_token(telegram: FakeTelegram, bot: Bot) -> None:
    await telegram.send_voice(5, b"OggS")
    message = (await bot.get_updates())[0].message
    assert message is not None
    assert message.voice is not None
    path = (await ask(telegram, "getFile", file_id=message.voice.file_id)).result["file_path"]

    async with plain_client() as client:
        right = await client.get(f"{telegram.base_file_url}{telegram.token}/{path}")
        wrong = await client.get(f"{telegram.base_file_url}4242:wrong/{path}")
        missing = await client.get(f"{telegram.base_file_url}{telegram.token}/voices/none.oga")

    assert (right.status_code, right.content) == (200, b"OggS")
    assert (wrong.status_code, missing.status_code) == (401, 404)


async def test_a_caption_can_be_edited_and_a_text_cannot_become_one(telegram: FakeTelegram, bot: Bot) -> None:
    message = await bot.send_document(5, b"text", caption="old")

    await message.edit_caption("new")
    refused = await ask(telegram, "editMessageText", chat_id=5, message_id=message.message_id, text="x")

    assert await telegram.sent_texts(5) == ["new"]
    assert refused.description == "Bad Request: there is no text in the message to edit"


async def test_files_are_copied_with_a_new_caption(telegram: FakeTelegram, bot: Bot) -> None:
    message_id = await telegram.send_photo(5, caption="theirs")

    await bot.copy_message(5, 5, message_id, caption="mine")

    copy = (await telegram.bot_messages(5))[0]
    assert (copy["caption"], len(copy["photo"])) == ("mine", 2)


@pytest.mark.parametrize("size", [1, 8_190, 65_400, 65_536, 131_072, 262_143])
async def test_a_file_of_any_size_arrives_whole_wherever_its_packets_end(telegram: FakeTelegram, size: int) -> None:
    content = bytes(n % 251 for n in range(size - 1)) + b"\n"

    assert await upload(telegram, "sendDocument", "document", content, caption="x\r\n--y") == ""

    (message,) = await telegram.messages(5)
    assert telegram.server is not None
    assert telegram.server.api.world.files[message["document"]["file_id"]].content == content
    assert message["document"]["file_name"] == "a.bin"


@pytest.mark.parametrize(
    "body", [b"", b"nothing", b"--b\r\n\r\nno name\r\n--b--\r\n", b'--b\r\nContent-Disposition: form-data; name="x"']
)
async def test_a_broken_multipart_body_is_refused(telegram: FakeTelegram, body: bytes) -> None:
    url = f"{telegram.base_url}{telegram.token}/sendMessage"
    async with plain_client() as client:
        response = await client.post(url, content=body, headers={"Content-Type": "multipart/form-data; boundary=b"})

    assert response.json()["description"] == "Bad Request: can't parse multipart body"
