"""An update that cannot be understood stops nothing, and no words are lost where there are any."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from bot.channels.telegram.receive import read_update
from bot.conversation.model import Kind
from tests.builders_logs import named
from tests.unit.channels.scripted import Json
from tests.unit.channels.updates import ADDRESS, BOT, CHAT, GROUP, file, in_group, received, update, written


@pytest.mark.parametrize("spoilt", [{"date": "noon"}, {"from": "Olena"}, {"photo": 5}, {"entities": [{"type": 1}]}])
def test_the_words_of_a_private_message_that_cannot_be_parsed_are_kept(spoilt: Json) -> None:
    with capture_logs() as logs:
        incoming = received(update(written(text="Help, please") | spoilt))

    assert (incoming.key, incoming.address, incoming.kind) == ("tg:123456:77", ADDRESS, Kind.OTHER)
    assert (incoming.text, incoming.hint) == ("Help, please", None)
    (told,) = named(logs, "telegram.update_not_understood")
    assert "Help" not in repr(told)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"message_id": "5"},
        {"message_id": []},
        {"reply_to_message": {"message_id": None, "date": 1, "chat": CHAT}},
        {"voice": file("voice-1", duration=3, file_size="9")},
        {"document": file("file-1", mime_type=["application/pdf"])},
        {"document": file("file-1", file_size="large")},
    ],
)
def test_a_message_is_kept_with_its_words_where_a_field_is_of_another_type(spoilt: Json) -> None:
    # The library hands it on as it is; in the database it would hold up whatever comes behind it.
    incoming = received(update(written(caption="Help, please") | spoilt))

    assert (incoming.kind, incoming.text, incoming.files) == (Kind.OTHER, "Help, please", ())


@pytest.mark.parametrize("number", [True, "1001", 5.0, None, [1001]])
def test_a_chat_whose_number_is_none_is_no_address(number: object) -> None:
    assert read_update(update(written(text="hello", chat=CHAT | {"id": number})), BOT) is None


@pytest.mark.parametrize("text", [5, None, ["a"], {"a": 1}])
def test_words_that_are_no_text_are_no_words(text: object) -> None:
    incoming = received(update(written(text=text, sticker="broken")))

    assert (incoming.kind, incoming.text) == (Kind.OTHER, "")


def test_a_text_of_another_type_is_no_text() -> None:
    incoming = received(update(written(text=5)))

    assert (incoming.kind, incoming.text) == (Kind.OTHER, "")


@pytest.mark.parametrize(
    "raw",
    [
        update(written(date="noon", chat=GROUP)),
        update(in_group(text="hello", message_thread_id="12", is_topic_message=True)),
        update(written(date="noon", chat="Koval")),
        update(written(date="noon", chat={"id": "Koval", "type": "private"})),
        {"update_id": 77, "message": "hello"},
        {"update_id": 77, "message": None},
        {"update_id": 77, "callback_query": "hello"},
        {"update_id": 77, "my_chat_member": {"chat": CHAT}},
        {"update_id": 77},
    ],
)
def test_whatever_else_cannot_be_parsed_stops_nothing(raw: Json) -> None:
    assert read_update(raw, BOT) is None
