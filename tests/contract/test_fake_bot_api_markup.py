"""Markup in the fake: entities as the real server finds them, and its refusals."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot, MessageEntity

from tests.fakes.bot_api import FakeTelegram
from tests.fakes.bot_api.asking import ask
from tests.fakes.bot_api.entities import FormattedText
from tests.fakes.bot_api.errors import ApiError
from tests.fakes.bot_api.markup_html import parse_html
from tests.fakes.bot_api.markup_markdown import parse_markdown, parse_markdown_v2


def spans(formatted: FormattedText) -> list[tuple[str, int, int]]:
    return [(entity["type"], entity["offset"], entity["length"]) for entity in formatted.to_json()]


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as telegram:
        await telegram.person(5)
        yield telegram


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("<b>bold</b>", "bold", [("bold", 0, 4)]),
        ("<strong>a</strong> <em>b</em>", "a b", [("bold", 0, 1), ("italic", 2, 1)]),
        ("<B>a</b>", "a", [("bold", 0, 1)]),
        ("<u>a</u><ins>b</ins>", "ab", [("underline", 0, 1), ("underline", 1, 1)]),
        (
            "<s>a</s><strike>b</strike><del>c</del>",
            "abc",
            [("strikethrough", 0, 1), ("strikethrough", 1, 1), ("strikethrough", 2, 1)],
        ),
        ('<span class="tg-spoiler">a</span><tg-spoiler>b</tg-spoiler>', "ab", [("spoiler", 0, 1), ("spoiler", 1, 1)]),
        ("<code>&lt;b&gt;</code>", "<b>", [("code", 0, 3)]),
        ("<blockquote>q</blockquote>", "q", [("blockquote", 0, 1)]),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", 0, 1)]),
        ("<b>a <i>b</i></b>", "a b", [("bold", 0, 3), ("italic", 2, 1)]),
        ("😀<b>б😀</b>", "😀б😀", [("bold", 2, 3)]),
        ("<b></b>x", "x", []),
        ("a &amp; b &quot;c&quot; &#1078; &#x416; &nbsp; &unknown; &", 'a & b "c" ж Ж &nbsp; &unknown; &', []),
        ('<a href="javascript:alert(1)">x</a>', "x", []),
        ("<code><b>x</b></code>", "x", [("code", 0, 1)]),
        ("1 > 0", "1 > 0", []),
    ],
)
def test_html_becomes_text_and_entities(source: str, text: str, expected: list[tuple[str, int, int]]) -> None:
    parsed = parse_html(source)

    assert parsed.text == text
    assert spans(parsed) == expected


def test_links_and_languages_keep_their_extras() -> None:
    link = parse_html('<a href="https://lt.lt/?a=1&amp;b=2">x</a>').to_json()[0]
    bare = parse_html("<a>lrv.lt</a>").to_json()[0]
    code = parse_html('<pre><code class="language-python">x</code></pre>').to_json()

    assert link["url"] == "https://lt.lt/?a=1&b=2"
    assert bare["url"] == "http://lrv.lt/"
    assert code == [{"offset": 0, "length": 1, "type": "pre", "language": "python"}]


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("ж</b>", "Unexpected end tag at byte offset 2"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("ж <p>x</p>", 'Unsupported start tag "p" at byte offset 3'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("i <3 you", 'Unsupported start tag "3" at byte offset 2'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
    ],
)
def test_bad_html_is_refused_with_the_place(source: str, problem: str) -> None:
    with pytest.raises(ApiError) as caught:
        parse_html(source)

    assert caught.value.description == f"Bad Request: can't parse entities: {problem}"


def test_markdown_v2_becomes_text_and_entities() -> None:
    parsed = parse_markdown_v2("*b* _i_ __u__ ~s~ ||p|| `c` [l](https://lt.lt/a\\)b) 1\\.\n>quote\n>more\nend")

    assert parsed.text == "b i u s p c l 1.\nquote\nmore\nend"
    assert [kind for kind, _, _ in spans(parsed)] == [
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "code",
        "text_link",
        "blockquote",
    ]


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("5. x", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("a > b", "Character '>' is reserved and must be escaped with the preceding '\\'"),
        ("ж *x", "Can't find end of Bold entity at byte offset 3"),
        ("[a](b", "Can't find end of a URL at byte offset 4"),
    ],
)
def test_bad_markdown_v2_is_refused(source: str, problem: str) -> None:
    with pytest.raises(ApiError) as caught:
        parse_markdown_v2(source)

    assert caught.value.description == f"Bad Request: can't parse entities: {problem}"


def test_old_markdown_is_known_too() -> None:
    assert spans(parse_markdown("*b* _i_ `c`")) == [("bold", 0, 1), ("italic", 2, 1), ("code", 4, 1)]
    with pytest.raises(ApiError, match="Can't find end of the entity starting at byte offset 0"):
        parse_markdown("_x")


def test_a_text_is_cleaned_as_the_server_does() -> None:
    cleaned = FormattedText(" \n a\tb\r\u202bفارسی\u202c \u2067x\u2069 \n").cleaned()

    assert cleaned.text == "a bفارسی \u2067x\u2069", "embeddings vanish, isolates stay"


async def test_the_hundred_and_first_entity_is_dropped(telegram: FakeTelegram) -> None:
    reply = await ask(telegram, "sendMessage", chat_id=5, text="<b>x</b> " * 101, parse_mode="HTML")

    assert len(reply.result["entities"]) == 100


async def test_entities_can_be_given_instead_of_markup(telegram: FakeTelegram) -> None:
    async with Bot(telegram.token, base_url=telegram.base_url) as bot:
        message = await bot.send_message(5, "😀 bold", entities=[MessageEntity(MessageEntity.BOLD, 3, 4)])

    assert message.parse_entities() == {message.entities[0]: "bold"}


async def test_an_entity_that_cuts_an_emoji_is_refused(telegram: FakeTelegram) -> None:
    entities = [{"type": "bold", "offset": 1, "length": 2}]

    reply = await ask(telegram, "sendMessage", chat_id=5, text="😀😀", entities=entities)

    assert reply.status == 400


async def test_commands_links_and_mentions_are_found_in_plain_text(telegram: FakeTelegram) -> None:
    await telegram.say(5, "/start@tiltas_test_bot see https://lt.lt/a, write to a@b.lt or @olena #help 1/2")

    update = (await ask(telegram, "getUpdates")).result[0]

    found = [entity["type"] for entity in update["message"]["entities"]]
    assert found == ["bot_command", "url", "email", "mention", "hashtag"]
