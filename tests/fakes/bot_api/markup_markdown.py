"""Reads MarkdownV2, and the old Markdown, which knows less and nests nothing."""

import re
from dataclasses import dataclass

from tests.fakes.bot_api.entities import Entity, FormattedText, without_marks_in_code
from tests.fakes.bot_api.errors import ApiError, bad_request
from tests.fakes.bot_api.links import checked_link

RESERVED = frozenset("_*[]()~`>#+-=|{}.!")
# Longer marks first, so that "__" is not read as two "_". The second value is the name in Telegram's refusals.
MARKS = {
    "```": ("pre", "Pre"), "__": ("underline", "Underline"), "||": ("spoiler", "Spoiler"), "*": ("bold", "Bold"),
    "_": ("italic", "Italic"), "~": ("strikethrough", "Strikethrough"), "`": ("code", "Code"),
    "[": ("text_link", "TextUrl"), ">": ("blockquote", "BlockQuote"),
}  # fmt: skip
ENDS = {"[": "]"}
_LANGUAGE = re.compile(r"([^\s`]+)(?=\s)")


@dataclass(slots=True)
class _Open:
    mark: str
    start: int
    at: int
    language: str = ""


class _Reader:
    """What both dialects share: a place in the source and the text so far."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.text: list[str] = []
        self.entities: list[Entity] = []

    def error(self, what: str, at: int | None = None) -> ApiError:
        place = "" if at is None else f" at byte offset {len(self.source[:at].encode())}"
        return bad_request(f"can't parse entities: {what}{place}")

    def read_language(self) -> str:
        """Read the language behind "```" and the line break after it."""
        found = _LANGUAGE.match(self.source, self.at)
        language = found.group() if found else ""
        self.at += len(language)
        for line_break in ("\r\n", "\n\r", "\n", "\r"):
            if self.source.startswith(line_break, self.at):
                self.at += len(line_break)
                break
        return language

    def read_address(self) -> str | None:
        """Read "(address)" if it is there; `at` must be behind the "]"."""
        if not self.source.startswith("(", self.at):
            return None
        begin = self.at + 1
        address: list[str] = []
        at = begin
        while at < len(self.source) and self.source[at] != ")":
            if self.source[at] == "\\" and at + 1 < len(self.source):
                at += 1
            address.append(self.source[at])
            at += 1
        if at == len(self.source):
            raise self.error("Can't find end of a URL", begin)
        self.at = at + 1
        return "".join(address)

    def add_entity(self, kind: str, start: int, **extra: str) -> None:
        if len(self.text) > start:
            self.entities.append(Entity(kind, start, len(self.text), dict(extra)))

    def add_link(self, start: int, address: str | None) -> None:
        link = checked_link(address if address is not None else "".join(self.text[start:]))
        if link:
            self.add_entity("text_link", start, url=link)

    def result(self) -> FormattedText:
        return FormattedText("".join(self.text), without_marks_in_code(self.entities))


class _V2Reader(_Reader):
    def __init__(self, source: str) -> None:
        super().__init__(source)
        self._open: list[_Open] = []

    def read(self) -> FormattedText:
        while self.at < len(self.source):
            self._read_one()
        if self._open and self._open[-1].mark == ">":
            self._close_quote()
        if self._open:
            raise self._unclosed()
        return self.result()

    def _read_one(self) -> None:
        character = self.source[self.at]
        following = self.source[self.at + 1 : self.at + 2]
        in_code = bool(self._open) and self._open[-1].mark in {"`", "```"}
        if character == "\\" and following and following <= "~":
            self._add(following, 2)
        elif character == "\n" and not in_code:
            self._read_line_break()
        elif character not in ({"`"} if in_code else RESERVED):
            self._add(character, 1)
        elif not self._close():
            self._read_start()

    def _add(self, character: str, width: int) -> None:
        self.text.append(character)
        self.at += width

    def _unclosed(self) -> ApiError:
        last = self._open[-1]
        name = "PreCode" if last.language else MARKS[last.mark][1]
        return self.error(f"Can't find end of {name} entity", last.at)

    def _in_quote(self) -> bool:
        return any(opened.mark == ">" for opened in self._open)

    def _read_line_break(self) -> None:
        next_is_quote = self.source.startswith(">", self.at + 1)
        if self._in_quote() and not next_is_quote:
            if self._open[-1].mark != ">":
                raise self._unclosed()
            self._close_quote()
        self._add("\n", 1)
        if next_is_quote:
            if not self._in_quote():
                self._open.append(_Open(">", len(self.text), self.at))
            self.at += 1

    def _close_quote(self) -> None:
        opened = self._open.pop()
        kind = "blockquote"
        if self.source[: self.at].endswith("||"):  # an empty spoiler at the end folds the quote
            kind = "expandable_blockquote"
        self.add_entity(kind, opened.start)

    def _close(self) -> bool:
        """Close the innermost mark if it ends here."""
        if not self._open:
            return False
        opened = self._open[-1]
        end = ENDS.get(opened.mark, opened.mark)
        if opened.mark == ">" or not self.source.startswith(end, self.at):
            return False
        if end == "_" and self.source.startswith("__", self.at):
            return False
        self._open.pop()
        self.at += len(end)
        if opened.mark == "[":
            self.add_link(opened.start, self.read_address())
        elif opened.language:
            self.add_entity("pre", opened.start, language=opened.language)
        else:
            self.add_entity(MARKS[opened.mark][0], opened.start)
        return True

    def _read_start(self) -> None:
        mark = next((mark for mark in MARKS if self.source.startswith(mark, self.at)), None)
        ends_quote = mark == "||" and self._in_quote() and self.source[self.at + 2 : self.at + 3] in ("", "\n")
        if ends_quote:
            self.at += 2
            return
        if mark is None or (mark == ">" and self.at > 0):
            character = self.source[self.at]
            raise self.error(f"Character '{character}' is reserved and must be escaped with the preceding '\\'")
        opened = _Open(mark, len(self.text), self.at)
        self.at += len(mark)
        if mark == "```":
            opened.language = self.read_language()
        self._open.append(opened)


class _V1Reader(_Reader):
    def read(self) -> FormattedText:
        while self.at < len(self.source):
            character = self.source[self.at]
            if character == "\\" and self.source[self.at + 1 : self.at + 2] in ("_", "*", "`", "["):
                self.text.append(self.source[self.at + 1])
                self.at += 2
            elif character in "_*`[":
                self._read_entity()
            else:
                self.text.append(character)
                self.at += 1
        return self.result()

    def _read_entity(self) -> None:
        begin, start = self.at, len(self.text)
        mark = "```" if self.source.startswith("```", begin) else self.source[begin]
        self.at += len(mark)
        language = self.read_language() if mark == "```" else ""
        end = self.source.find(ENDS.get(mark, mark), self.at)
        if end < 0:
            place = len(self.source[:begin].encode())
            raise self.error(f"Can't find end of the entity starting at byte offset {place}")
        self.text.extend(self.source[self.at : end])
        self.at = end + len(mark)
        if mark == "[":
            self.add_link(start, self.read_address())
        elif language:
            self.add_entity("pre", start, language=language)
        else:
            self.add_entity(MARKS[mark][0], start)


def parse_markdown_v2(source: str) -> FormattedText:
    """Turn MarkdownV2 into text and entities.

    Raises ApiError "can't parse entities: …" for reserved characters without a backslash and marks that never end.
    """
    return _V2Reader(source).read()


def parse_markdown(source: str) -> FormattedText:
    """Turn the old Markdown into text and entities; raises ApiError "can't parse entities: …"."""
    return _V1Reader(source).read()
