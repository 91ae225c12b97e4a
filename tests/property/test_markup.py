"""Words into Telegram's markup and back, whatever the words are."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.wire import html, keyboard, plain, read_press, write_press
from bot.conversation.desk import as_alias
from bot.conversation.model import Button, ButtonSet, Line, Outgoing, OutgoingKind, Press, Purpose, Token, Verb
from tests.builders import EN
from tests.fakes.bot_api.markup_html import parse_html

TEXTS = st.text(max_size=80) | st.text(alphabet='<>&;"/ab\n\t #x!-=ą', max_size=60)
LINES = st.lists(st.builds(Line, text=TEXTS, bold=st.booleans(), quote=st.booleans(), theirs=st.booleans()), max_size=8)
BUTTONS = st.builds(Button, label=st.text(max_size=28), verb=st.sampled_from(Verb), choice=st.integers(0, 999))
TOKENS = st.from_regex(r"\A[A-Za-z0-9_-]{8}\Z").map(Token)


class Reader(HTMLParser):
    """Reads markup as an app does: words on one side, tags on the other."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(" ".join([tag, *(name for name, _ in attrs)]))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)


def parsed(markup: str) -> Reader:
    reader = Reader()
    reader.feed(markup)
    reader.close()
    assert reader.open == []
    return reader


@given(LINES)
def test_markup_reads_as_the_words_it_was_made_of(lines: list[Line]) -> None:
    told = Outgoing(OutgoingKind.ANSWER, EN, tuple(lines))

    read = "".join(parsed(html(told)).words)

    # Between the lines an app may put empty ones, around a quote.
    assert "".join(read.split()) == "".join(plain(told.lines).split())
    assert _paragraphs(read) == _paragraphs(plain(told.lines))


def _paragraphs(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip("\n")]


@given(LINES)
def test_no_word_becomes_markup(lines: list[Line]) -> None:
    told = Outgoing(OutgoingKind.ANSWER, EN, tuple(lines))

    tags = parsed(html(told)).tags

    ours = [line for line in lines if line.quote or line.bold]
    tags = [tag for tag in tags if tag != "code"]  # in a family's words; there nothing is in it but them
    assert tags == ["blockquote expandable" if line.quote else "b" for line in ours]


@given(TEXTS)
def test_words_without_marks_have_no_markup(text: str) -> None:
    markup = html(Outgoing(OutgoingKind.TALK, EN, (Line(text),)))

    assert "<" not in markup
    assert ">" not in markup


LINKING = st.sampled_from(
    [
        "https://a.lt/x?y",
        "www.a.lt",
        "a.lt",
        "tg://user?id=1",
        "@name",
        "/release",
        "/close@bot",
        "#tag",
        "$TAG",
        "a@b.lt",
        "(",
    ]
)
TAPPABLE = st.lists(TEXTS | LINKING, max_size=30).flatmap(
    lambda parts: st.sampled_from([" ", "\n", "", "."]).map(lambda x: x.join(parts))
)


@given(TEXTS | TAPPABLE, st.booleans())
def test_nothing_of_a_familys_words_can_be_tapped(text: str, bold: bool) -> None:  # noqa: FBT001  drawn
    markup = html(Outgoing(OutgoingKind.DESK, EN, (Line("F-12N:", bold=True), Line(text, bold=bold, theirs=True))))

    shown = parse_html(markup).cleaned().with_found_entities()

    assert {one.kind for one in shown.entities} <= {"bold", "code"}
    assert "".join(parse_html(markup).text.split()) == "".join(f"F-12N:{text}".split())


@given(TEXTS | TAPPABLE)
def test_nothing_of_a_specialists_name_can_be_tapped(name: str) -> None:
    markup = html(Outgoing(OutgoingKind.REPLY, EN, (Line(f"A person replies: {as_alias(name)}. Question 12N."),)))

    assert parse_html(markup).cleaned().with_found_entities().entities == []


@given(BUTTONS, TOKENS)
def test_a_button_is_read_as_it_was_written(button: Button, token: Token) -> None:
    buttons = ButtonSet(token, Purpose.ANSWER, ((button,),))

    data = write_press(button, buttons)

    assert len(data.encode()) <= 64
    assert read_press(data, "900") == Press(button.verb, token, button.choice, "900")


@given(st.text(max_size=80) | st.from_regex(r"\A1?\.?[a-z]{0,2}\.?[\w-]{0,9}\.?[0-9٣²]{0,5}\Z"), st.text(max_size=20))
def test_no_data_whatever_breaks_the_reading(data: str, message: str) -> None:
    press = read_press(data, message)

    assert press.message == message
    assert 0 <= press.choice <= 999


@given(st.lists(st.lists(BUTTONS, min_size=1, max_size=3), max_size=5), TOKENS)
def test_a_keyboard_has_every_button_in_its_place(rows: list[list[Button]], token: Token) -> None:
    buttons = ButtonSet(token, Purpose.ANSWER, tuple(map(tuple, rows)))

    shown = keyboard(buttons)

    assert shown is not None
    assert [[button.text for button in row] for row in shown.inline_keyboard] == [
        [b.label for b in row] for row in rows
    ]
    assert [[str(button.callback_data) for button in row] for row in shown.inline_keyboard] == [
        [write_press(button, buttons) for button in row] for row in rows
    ]


def test_no_buttons_are_no_keyboard() -> None:
    assert keyboard(None) is None
