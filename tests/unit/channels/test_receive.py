"""What people write becomes a message that holds nothing personal beside their words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.channels.telegram.receive import read_update
from bot.conversation.model import Attachment, AttachmentKind, Incoming, Kind
from tests.builders import UK
from tests.unit.channels.scripted import Json
from tests.unit.channels.updates import (
    ADDRESS,
    BOT,
    OLENA,
    PERSONAL,
    SENT_AT,
    file,
    membership,
    picture,
    pressed,
    received,
    update,
    written,
)


def test_a_text_is_kept_with_its_words_its_chat_and_the_language_of_the_app() -> None:
    incoming = received(update(written(text="Як записати дитину?")))

    assert incoming == Incoming(
        "tg:123456:77", ADDRESS, Kind.TEXT, text="Як записати дитину?", hint=UK, at=SENT_AT, message="5"
    )


def test_an_edited_text_is_told_as_such_with_the_time_of_the_edit() -> None:
    later = int(SENT_AT.timestamp()) + 60

    incoming = received(update(written(text="Better words", edit_date=later), "edited_message"))

    assert (incoming.kind, incoming.message, incoming.text) == (Kind.EDITED, "5", "Better words")
    assert incoming.at == datetime.fromtimestamp(later, UTC)


@pytest.mark.parametrize(
    ("what", "kind", "attached"),
    [
        (
            {"photo": [picture("small", 90), picture("large", 900) | {"file_size": 7000}]},
            Kind.PHOTO,
            Attachment("large", AttachmentKind.PHOTO, "image/jpeg", 7000),
        ),
        ({"voice": file("voice", duration=3)}, Kind.VOICE, Attachment("voice", AttachmentKind.VOICE)),
        (
            {"voice": file("voice", duration=3, mime_type="audio/ogg", file_size=900)},
            Kind.VOICE,
            Attachment("voice", AttachmentKind.VOICE, "audio/ogg", 900),
        ),
        (
            {"audio": file("audio", duration=3, title="Koval", mime_type="audio/mpeg")},
            Kind.VOICE,
            Attachment("audio", AttachmentKind.FILE, "audio/mpeg"),
        ),
        ({"video_note": file("note", length=9, duration=3)}, Kind.VOICE, Attachment("note", AttachmentKind.FILE)),
        (
            {"document": file("document", file_name="passport.pdf", mime_type="application/pdf", file_size=12345)},
            Kind.FILE,
            Attachment("document", AttachmentKind.FILE, "application/pdf", 12345),
        ),
        (
            {"video": file("video", width=9, height=9, duration=3, mime_type="video/mp4")},
            Kind.FILE,
            Attachment("video", AttachmentKind.FILE, "video/mp4"),
        ),
    ],
)
def test_what_is_attached_is_kept_by_its_id_kind_and_size_with_the_words_below_it(
    what: Json, kind: Kind, attached: Attachment
) -> None:
    bare = received(update(written(**what)))
    described = received(update(written(**what, caption="Is this right?")))

    assert (bare.kind, bare.files, bare.text) == (kind, (attached,), "")
    assert (described.kind, described.files, described.text) == (kind, (attached,), "Is this right?")


def test_what_a_message_replies_to_is_known_by_its_id() -> None:
    earlier = written(message_id=900, text="Dear Olena")

    assert received(update(written(text="yes", reply_to_message=earlier))).reply_to == "900"
    assert received(update(written(text="yes"))).reply_to == ""


@pytest.mark.parametrize(
    "what",
    [
        {"sticker": file("s", width=9, height=9, is_animated=False, is_video=False, type="regular", emoji="🙂")},
        {"contact": {"phone_number": "+37060012345", "first_name": "Olena", "vcard": "BEGIN:VCARD"}},
        {"location": {"latitude": 54.68, "longitude": 25.27}},
        {
            "venue": {
                "location": {"latitude": 54.68, "longitude": 25.27},
                "title": "Koval",
                "address": "Koval g. 1",
            }
        },
        {"dice": {"emoji": "🎲", "value": 3}},
    ],
)
def test_what_has_no_words_and_no_use_is_kept_as_having_come_and_nothing_of_it(what: Json) -> None:
    incoming = received(update(written(**what)))

    assert (incoming.kind, incoming.text, incoming.files) == (Kind.OTHER, "", ())


def test_a_place_that_moves_is_told_once() -> None:
    place = {"latitude": 54.68, "longitude": 25.27, "live_period": 900}

    assert received(update(written(location=place))).kind is Kind.OTHER
    assert read_update(update(written(location=place, edit_date=1), "edited_message"), BOT) is None


@pytest.mark.parametrize(
    "raw",
    [
        update(written(text="hello")),
        update(written(text="hello", forward_origin={"type": "user", "sender_user": OLENA, "date": 1})),
        update(written(contact={"phone_number": "+37060012345", "first_name": "Olena", "vcard": "BEGIN:VCARD"})),
        update(written(location={"latitude": 54.68, "longitude": 25.27})),
        update(written(document=file("document", file_name="passport.pdf"), caption="this one")),
        update(written(text="hello", reply_to_message=written(text="I am Olena Koval"))),
        pressed(text="Dear Olena"),
        membership("kicked"),
        update(written(text="hello", date="Koval")),
    ],
)
def test_nothing_personal_beside_their_words_leaves(raw: Json) -> None:
    incoming = received(raw)

    shown = repr(incoming)
    assert [word for word in PERSONAL if word in shown] == []


@pytest.mark.parametrize(("code", "hint"), [("uk", "uk"), ("pt-BR", "pt"), ("ZH-hans", "zh"), (None, None), ("", None)])
def test_the_language_of_the_app_is_a_hint_without_its_region(code: str | None, hint: str | None) -> None:
    sender = {name: value for name, value in OLENA.items() if name != "language_code"}
    if code is not None:
        sender["language_code"] = code

    assert received(update(written(text="hello", **{"from": sender}))).hint == hint


@pytest.mark.parametrize("code", ["Olena", "37060012345", "<b>", "e", "олена", " ", "x" * 5000])
def test_what_is_no_language_is_no_hint_because_it_would_stand_in_logs_and_counts(code: str) -> None:
    sender = OLENA | {"language_code": code}

    assert received(update(written(text="hello", **{"from": sender}))).hint is None
