"""The same bot in a terminal."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

from bot.channels.console import ConsoleChannel, as_text
from bot.conversation.model import (
    Address,
    Button,
    ButtonSet,
    Channel,
    Line,
    Outgoing,
    OutgoingKind,
    Purpose,
    Token,
    Verb,
)
from tests.builders import EN
from tests.builders_dialogue import told


def buttons(*rows: tuple[Button, ...]) -> ButtonSet:
    return ButtonSet(Token("token"), Purpose.ANSWER, rows)


def test_a_message_is_shown_with_its_speaker_and_its_lines_below_each_other() -> None:
    outgoing = Outgoing(OutgoingKind.ANSWER, EN, (Line("Short.", bold=True), Line("One.\nTwo.", quote=True)))

    assert as_text(outgoing) == "Tiltas: Short.\n        One.\n        Two."


def test_buttons_are_words_in_brackets_row_by_row() -> None:
    outgoing = told(
        "Hello.",
        buttons=buttons(
            (Button("Helped", Verb.HELPED), Button("Not this", Verb.NOT_THIS)), (Button("Person", Verb.PERSON),)
        ),
    )

    assert as_text(outgoing) == "Tiltas: Hello.\n        [Helped] [Not this]\n        [Person]"


def test_a_used_button_is_not_offered() -> None:
    outgoing = told("Hello.", buttons=buttons((Button("✓ Helped", Verb.DONE),), (Button("Person", Verb.PERSON),)))

    assert as_text(outgoing) == "Tiltas: Hello.\n        [Person]"


def test_words_are_shown_as_they_are() -> None:
    assert as_text(told("a < b & c")) == "Tiltas: a < b & c"


async def test_a_message_of_this_session_is_printed_at_once() -> None:
    out = StringIO()
    console = ConsoleChannel("s1", out)

    message = await console.send(Address(Channel.CONSOLE, "s1"), told("Hello."))

    assert message is None
    assert out.getvalue() == "Tiltas: Hello.\n\n"
    assert console.channel is Channel.CONSOLE


async def test_messages_of_a_session_that_ended_are_printed_nowhere() -> None:
    out = StringIO()

    await ConsoleChannel("s2", out).send(Address(Channel.CONSOLE, "s1"), told("Hello."))

    assert out.getvalue() == ""


async def test_a_change_of_what_was_printed_is_not_printed() -> None:
    out = StringIO()
    console = ConsoleChannel("s1", out)

    await console.send(console.address, replace(told("New words"), kind=OutgoingKind.EDIT, edits="900"))

    assert out.getvalue() == ""
