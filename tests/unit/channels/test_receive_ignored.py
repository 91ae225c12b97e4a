"""Updates that are not for us."""

from __future__ import annotations

import pytest

from bot.channels.telegram.receive import read_update
from tests.unit.channels.scripted import Json
from tests.unit.channels.updates import BOT, CHANNEL, CHAT, member, membership, pressed, update, written


@pytest.mark.parametrize(
    "raw",
    [
        update(written(text="hello", chat=CHANNEL)),
        update(written(text="hello", chat=CHANNEL), "edited_message"),
        update(written(text="hello", chat=CHANNEL), "channel_post"),
        pressed(chat=CHANNEL),
        membership("left", CHANNEL),
        membership("member", CHANNEL),
        member("left", chat=CHANNEL),
        member("left", chat=CHAT),
    ],
)
def test_channels_are_ignored(raw: Json) -> None:
    assert read_update(raw, BOT) is None


@pytest.mark.parametrize(
    "what",
    [
        {"pinned_message": written(text="hello")},
        {"write_access_allowed": {}},
        {"chat_background_set": {"type": {"type": "chat_theme", "theme_name": "🙂"}}},
        {},
    ],
)
def test_service_messages_are_ignored(what: Json) -> None:
    assert read_update(update(written(**what)), BOT) is None


@pytest.mark.parametrize("name", ["poll_answer", "business_message", "kind_of_next_year"])
def test_kinds_that_we_did_not_ask_for_are_ignored(name: str) -> None:
    assert read_update({"update_id": 77, name: {"id": "1"}}, BOT) is None
