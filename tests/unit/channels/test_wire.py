"""Words and buttons as Telegram gets them; what holds for any words is in tests/property/test_markup.py."""

from __future__ import annotations

import pytest

from bot.channels.telegram.wire import html, keyboard, plain, read_press, write_press
from bot.conversation.model import Button, ButtonSet, Line, Outgoing, OutgoingKind, Press, Purpose, Token, Verb
from tests.builders import EN

TOKEN = Token("tok_en-1")


def shown(*lines: Line) -> str:
    return html(Outgoing(OutgoingKind.ANSWER, EN, lines))


def test_every_word_is_escaped() -> None:
    assert shown(Line("a < b & c > d")) == "a &lt; b &amp; c &gt; d"


def test_quotation_marks_stay_as_they_are() -> None:
    assert shown(Line("\"Tiltas\" 'bridge'")) == "\"Tiltas\" 'bridge'"


def test_markup_that_somebody_wrote_is_words() -> None:
    assert shown(Line("<b>bold</b>", bold=True)) == "<b>&lt;b&gt;bold&lt;/b&gt;</b>"


def test_a_quote_folds_and_stands_apart() -> None:
    markup = shown(Line("Short."), Line("Long & more.", quote=True), Line("Source."))

    assert markup == "Short.\n\n<blockquote expandable>Long &amp; more.</blockquote>\n\nSource."


def test_a_quote_at_the_edge_leaves_no_empty_lines() -> None:
    assert shown(Line("Long.", quote=True)) == "<blockquote expandable>Long.</blockquote>"


@pytest.mark.parametrize(
    "word",
    [
        "https://evil.example/a?b&c", "www.evil.example", "evil.example", "t.me/evil", "tg://resolve?domain=evil", "@evil",
        "/release", "/release@tiltas_bot", "(/release)", "#evil", "$EVIL", "me@evil.example", "почта.рф",
    ],
)  # fmt: skip
def test_what_an_app_would_let_be_tapped_is_code_in_a_familys_words(word: str) -> None:
    assert shown(Line(f"see {word} now", theirs=True)) == f"see <code>{word.replace('&', '&amp;')}</code> now"
    assert shown(Line(f"see {word} now")) == f"see {word.replace('&', '&amp;')} now"


@pytest.mark.parametrize("text", ["24/7", "39.5", "5-12, g. 7", "and/or", "2026.11.22", "a\n b", "<b>", "Yes. No."])
def test_harmless_words_of_a_family_stay_as_they_are(text: str) -> None:
    assert shown(Line(text, theirs=True)) == shown(Line(text))


def test_many_commands_are_code_as_one_because_marks_are_counted() -> None:
    text = "a /release " * 60

    assert shown(Line(text, theirs=True)) == f"<code>{text}</code>"


def test_plain_words_have_no_markup_and_no_escapes() -> None:
    assert plain((Line("a < b", bold=True), Line("c & d", quote=True))) == "a < b\nc & d"


def test_button_data_is_version_verb_token_choice() -> None:
    button = Button("Second", Verb.CHOICE, 1)

    assert write_press(button, ButtonSet(TOKEN, Purpose.CLARIFY, ((button,),))) == "1.c.tok_en-1.1"


@pytest.mark.parametrize("verb", Verb)
def test_every_verb_comes_back_from_the_wire(verb: Verb) -> None:
    button = Button("Label", verb, 999)

    data = write_press(button, ButtonSet(TOKEN, Purpose.ANSWER, ((button,),)))

    assert read_press(data, "900") == Press(verb, TOKEN, 999, "900")


@pytest.mark.parametrize(
    "data",
    [
        "",
        "1",
        "1.c.token",
        "1.c.token.",
        "1.c.token.-1",
        "1.c.token.1000",
        "1.c.token.٣",
        "1.c..1",
        "1.cc.token.1",
        "1.c.token.1.1",
        "1.c.tok en.1",
        "1.c.token.1\n",
        "2.c.token.1",
        "1.c." + "t" * 17 + ".1",
        "\x00",
        "🙂" * 16,
    ],
)
def test_data_that_is_not_ours_names_no_button(data: str) -> None:
    assert read_press(data, "900") == Press("", Token(""), 0, "900")


def test_a_keyboard_shows_labels_as_they_are_row_by_row() -> None:
    rows = ((Button("Yes <&>", Verb.HELPED), Button("No", Verb.NOT_THIS)), (Button("Person", Verb.PERSON),))

    markup = keyboard(ButtonSet(TOKEN, Purpose.ANSWER, rows))

    assert markup is not None
    assert [[button.text for button in row] for row in markup.inline_keyboard] == [["Yes <&>", "No"], ["Person"]]


def test_an_empty_set_takes_the_buttons_away_and_none_leaves_them() -> None:
    empty = keyboard(ButtonSet(TOKEN, Purpose.USED, ()))

    assert empty is not None
    assert empty.inline_keyboard == ()
    assert keyboard(None) is None
