"""A pressed button is read with the message it hangs on."""

from __future__ import annotations

import pytest

from bot.channels.telegram.receive import read_update
from bot.conversation.model import Kind, Press, Token
from tests.builders import UK
from tests.unit.channels.updates import ADDRESS, BOT, pressed, received


def test_a_pressed_button_is_read_with_the_message_it_hangs_on() -> None:
    incoming = received(pressed("1.c.tok_en-1.2"))

    assert incoming.kind is Kind.PRESS
    assert incoming.press == Press("c", Token("tok_en-1"), 2, "900")
    assert (incoming.address, incoming.hint, incoming.text) == (ADDRESS, UK, "")


@pytest.mark.parametrize(
    "data", ["", None, "2.c.token.2", "1.c.token", "1.c.token.2222", "{}", "1.ß.token.1", "1.cc.token.1", "🙂" * 16]
)
def test_button_data_that_is_not_ours_names_no_button(data: str | None) -> None:
    assert received(pressed(data)).press == Press("", Token(""), 0, "900")


def test_a_specialists_button_has_a_capital_letter() -> None:
    assert received(pressed("1.C.token.0")).press == Press("C", Token("token"), 0, "900")


def test_a_button_on_a_message_too_old_to_be_shown_still_counts() -> None:
    incoming = received(pressed("1.h.token.0", date=0))

    assert incoming.press == Press("h", Token("token"), 0, "900")


def test_a_press_without_a_message_is_nobodys() -> None:
    raw = pressed()
    del raw["callback_query"]["message"]

    assert read_update(raw, BOT) is None
