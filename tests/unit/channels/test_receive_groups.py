"""What is written in a group of specialists is known by its author and its topic, and by nothing else of them."""

from __future__ import annotations

import pytest

from bot.channels.telegram.receive import read_update
from bot.conversation.model import Incoming, InGroup, Kind, Press, Token
from tests.unit.channels.scripted import Json
from tests.unit.channels.updates import (
    ANONYMOUS,
    BOT,
    CHANNEL,
    FORUM,
    GROUP,
    GROUP_ADDRESS,
    OLENA,
    PERSONAL,
    RASA,
    SENT_AT,
    file,
    in_group,
    in_topic,
    member,
    membership,
    picture,
    pressed,
    received,
    update,
    written,
)


def test_a_message_in_a_topic_is_known_by_its_author_and_its_topic_and_nothing_else() -> None:
    incoming = received(update(in_topic(text="Ask the school.")))

    assert incoming == Incoming(
        "tg:123456:77",
        GROUP_ADDRESS,
        Kind.TEXT,
        text="Ask the school.",
        at=SENT_AT,
        message="5",
        group=InGroup(author="71", thread="12", forum=True),
    )


def test_the_opening_message_of_a_topic_is_not_what_is_replied_to_but_any_other_is() -> None:
    other = in_group(message_id=30, text="earlier", message_thread_id=12, is_topic_message=True)

    assert received(update(in_topic(text="words"))).reply_to == ""
    assert received(update(in_topic(text="words", reply_to_message=other))).reply_to == "30"


def test_a_group_without_topics_has_replies_and_no_threads() -> None:
    plain = GROUP | {"type": "supergroup"}
    card = written(message_id=30, chat=plain, text="card")

    # A supergroup numbers its chains of replies too; they are no topics.
    incoming = received(update(in_group(text="words", chat=plain, message_thread_id=30, reply_to_message=card)))

    assert incoming.group == InGroup(author="71")
    assert incoming.reply_to == "30"


def test_the_general_topic_is_no_topic_of_a_case() -> None:
    assert received(update(in_group(text="hello all"))).group == InGroup(author="71", forum=True)


def test_the_language_of_a_specialists_app_is_no_hint() -> None:
    speaks = RASA | {"language_code": "lt"}

    assert received(update(in_group(text="words", **{"from": speaks}))).hint is None


def test_an_edit_in_a_group_is_told_as_such() -> None:
    incoming = received(update(in_topic(text="Better", edit_date=int(SENT_AT.timestamp()) + 60), "edited_message"))

    assert (incoming.kind, incoming.message, incoming.text) == (Kind.EDITED, "5", "Better")
    assert incoming.group == InGroup(author="71", thread="12", forum=True)


@pytest.mark.parametrize(
    "sender",
    [
        {"from": ANONYMOUS, "sender_chat": FORUM},
        {"from": {"id": 136817688, "is_bot": True, "first_name": "Channel"}, "sender_chat": CHANNEL},
        {"sender_chat": FORUM},
    ],
)
def test_an_administrator_who_hides_is_nobody_known(sender: Json) -> None:
    message = in_topic(text="Ask the school.")
    del message["from"]

    incoming = received(update(message | sender))

    assert incoming.group == InGroup(author="", thread="12", forum=True)
    assert incoming.text == "Ask the school."


def test_other_bots_are_ignored() -> None:
    bot = {"id": 5, "is_bot": True, "first_name": "Helper"}

    assert read_update(update(in_topic(text="I can help!", **{"from": bot})), BOT) is None


@pytest.mark.parametrize(
    "what",
    [
        {"forum_topic_created": {"name": "47K", "icon_color": 1}},
        {"forum_topic_closed": {}},
        {"new_chat_members": [{"id": 72, "is_bot": False, "first_name": "Olena"}]},
        {"new_chat_title": "Support of Koval"},
        {"pinned_message": written(text="hello")},
        {"sticker": file("s", width=9, height=9, is_animated=False, is_video=False, type="regular", emoji="🙂")},
        {"dice": {"emoji": "🎲", "value": 3}},
        {"location": {"latitude": 54.68, "longitude": 25.27}},
    ],
)
def test_what_happens_in_a_group_beside_words_and_files_is_ignored(what: Json) -> None:
    assert read_update(update(in_group(**what)), BOT) is None


def test_a_picture_in_a_topic_is_kept_with_its_words() -> None:
    incoming = received(update(in_topic(photo=[picture("large", 900)], caption="the form")))

    assert (incoming.kind, incoming.text, [one.ref for one in incoming.files]) == (Kind.PHOTO, "the form", ["large"])
    assert incoming.group == InGroup(author="71", thread="12", forum=True)


def test_a_press_in_a_group_is_known_by_who_pressed_and_waits_for_an_answer() -> None:
    incoming = received(pressed("1.C.token.0", chat=FORUM, message_thread_id=12, is_topic_message=True))

    assert incoming == Incoming(
        "tg:123456:77",
        GROUP_ADDRESS,
        Kind.PRESS,
        press=Press("C", Token("token"), 0, "900"),
        group=InGroup(author="1001", forum=True, query="q1"),
    )


@pytest.mark.parametrize(
    "raw",
    [
        update(in_topic(text="hello")),
        update(in_group(left_chat_member=OLENA)),
        update(written(text="hello", chat=GROUP)),
        pressed("1.C.token.0", chat=GROUP),
        membership("administrator", GROUP),
        member("left"),
    ],
)
def test_nothing_personal_leaves_a_group(raw: Json) -> None:
    shown = repr(received(raw))

    assert [word for word in (*PERSONAL, "Rasa", "Support") if word in shown] == []
