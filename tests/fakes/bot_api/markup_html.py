"""Reads the HTML that the Bot API understands, and is as unforgiving about it."""

import re
from dataclasses import dataclass, field

from tests.fakes.bot_api.entities import Entity, FormattedText, without_marks_in_code
from tests.fakes.bot_api.errors import ApiError, bad_request
from tests.fakes.bot_api.links import checked_link

KIND_OF_TAG = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre",
    "a": "text_link", "tg-spoiler": "spoiler", "span": "spoiler", "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}  # fmt: skip
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_CHARACTER = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-z]+));?")
_NEXT_SPECIAL = re.compile(r"[<&]")
_ATTRIBUTE = re.compile(r"([^\s=>]+)(\s*=\s*)?(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))?")


@dataclass(slots=True)
class _Open:
    tag: str
    start: int
    at_byte: int
    attributes: dict[str, str] = field(default_factory=dict)


def parse_html(source: str) -> FormattedText:
    """Turn markup into text and entities.

    Raises ApiError "can't parse entities: …" with the byte offset in `source` for unknown tags, tags that are not
    closed or closed in the wrong order, and a bare "<".
    """
    return _HtmlReader(source).read()


class _HtmlReader:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._text: list[str] = []
        self._length = 0
        self._open: list[_Open] = []
        self._entities: list[Entity] = []

    def read(self) -> FormattedText:
        source = self._source
        while (special := _NEXT_SPECIAL.search(source, self._at)) is not None:
            self._add(source[self._at : special.start()])
            self._at = special.start()
            if special.group() == "&":
                self._read_character()
            elif source.startswith("</", self._at):
                self._read_end_tag()
            else:
                self._read_start_tag()
        self._add(source[self._at :])
        if self._open:
            raise self._error(f'Can\'t find end tag corresponding to start tag "{self._open[-1].tag}"')
        return FormattedText("".join(self._text), without_marks_in_code(self._entities))

    def _add(self, text: str) -> None:
        if text:
            self._text.append(text)
            self._length += len(text)

    def _byte(self, index: int) -> int:
        return len(self._source[:index].encode())

    def _error(self, what: str, index: int | None = None) -> ApiError:
        place = "" if index is None else f" at byte offset {self._byte(index)}"
        return bad_request(f"can't parse entities: {what}{place}")

    def _read_character(self) -> None:
        match = _CHARACTER.match(self._source, self._at)
        meaning = None if match is None else _character(match)
        if match is None or meaning is None:  # Telegram leaves an unknown "&thing;" as it is
            self._add("&")
            self._at += 1
            return
        self._add(meaning)
        self._at = match.end()

    def _read_start_tag(self) -> None:
        begin = self._at
        end = begin + 1
        while end < len(self._source) and not self._source[end].isspace() and self._source[end] != ">":
            end += 1
        if end == len(self._source):
            raise self._error("Unclosed start tag", begin)
        tag = self._source[begin + 1 : end].lower()
        if tag not in KIND_OF_TAG:
            raise self._error(f'Unsupported start tag "{tag}"', begin)
        self._at = end
        opened = _Open(tag, self._length, self._byte(begin), self._read_attributes(tag, begin))
        if tag == "span" and opened.attributes.get("class") != "tg-spoiler":
            raise self._error('Tag "span" must have class "tg-spoiler"', begin)
        self._open.append(opened)

    def _read_attributes(self, tag: str, begin: int) -> dict[str, str]:
        source = self._source
        attributes: dict[str, str] = {}
        while True:
            while self._at < len(source) and source[self._at].isspace():
                self._at += 1
            if self._at >= len(source):
                raise self._error(f'Unclosed start tag "{tag}"', begin)
            if source[self._at] == ">":
                self._at += 1
                return attributes
            match = _ATTRIBUTE.match(source, self._at)
            if match is None:
                raise self._error(f'Empty attribute name in the tag "{tag}"', begin)
            name, equals, *values = match.groups()
            value = next((value for value in values if value is not None), None)
            if equals and value is None:
                raise self._error("Unclosed start tag", begin)
            attributes[name.lower()] = _CHARACTER.sub(lambda found: _character(found) or found.group(), value or "")
            self._at = match.end()

    def _read_end_tag(self) -> None:
        begin = self._at
        if not self._open:
            raise self._error("Unexpected end tag", begin)
        end = self._source.find(">", begin)
        if end < 0:
            raise self._error("Unclosed end tag", begin)
        tag = self._source[begin + 2 : end].rstrip().lower()
        opened = self._open.pop()
        if tag not in ("", opened.tag):
            raise self._error(
                f'Unmatched end tag at byte offset {self._byte(begin)}, expected "</{opened.tag}>", found "</{tag}>"'
            )
        self._at = end + 1
        self._close(opened)

    def _close(self, opened: _Open) -> None:
        if self._length == opened.start:
            return
        kind, extra = KIND_OF_TAG[opened.tag], {}
        if opened.tag == "a":
            link = checked_link(opened.attributes.get("href") or "".join(self._text)[opened.start :])
            if not link:
                return  # an address that is none leaves plain text
            extra["url"] = link
        elif opened.tag == "blockquote" and "expandable" in opened.attributes:
            kind = "expandable_blockquote"
        elif opened.tag == "tg-emoji":
            extra["custom_emoji_id"] = opened.attributes.get("emoji-id", "")
        elif opened.tag == "code" and opened.attributes.get("class", "").startswith("language-"):
            extra["language"] = opened.attributes["class"].removeprefix("language-")
        self._entities.append(Entity(kind, opened.start, self._length, extra))


def _character(match: re.Match[str]) -> str | None:
    hexadecimal, decimal, name = match.groups()
    if name:
        return _NAMED.get(name)
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    is_character = 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return chr(code) if is_character else None
