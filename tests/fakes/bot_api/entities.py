"""Formatted text: a string with entities that count in UTF-16 units, as the Bot API does."""

import re
from dataclasses import dataclass, field

from tests.fakes.bot_api.jsontypes import JsonObject

MAX_ENTITIES = 100
# Found by Telegram in any text, whether the sender marked them or not.
_FOUND_BY_ITSELF = re.compile(
    r"(?P<url>\bhttps?://[^\s<>\"]*[^\s<>\".,;:!?)]|\bwww\.[^\s<>\"]*[^\s<>\".,;:!?)])"
    r"|(?P<email>[\w.+-]+@[\w-]+\.[\w.-]*\w)"
    r"|(?<![\w/])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?)(?![\w/])"
    r"|(?<![\w@])(?P<mention>@[A-Za-z]\w{2,31})"
    r"|(?<!\w)(?P<hashtag>\#\w*[^\W\d]\w*)",
)
_MAY_HOLD_ENTITY = re.compile(r"[/@#]|www\.")


def utf16_length(text: str) -> int:
    """Count the UTF-16 units of `text`: an emoji beyond U+FFFF counts two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


@dataclass(slots=True)
class Entity:
    """A span of formatted text. `start` and `end` are indexes of Python characters; JSON gets UTF-16."""

    kind: str
    start: int
    end: int
    extra: JsonObject = field(default_factory=dict)


@dataclass(slots=True)
class FormattedText:
    """A text as people see it and what is special about parts of it."""

    text: str
    entities: list[Entity] = field(default_factory=list)

    def trimmed(self) -> "FormattedText":
        """Return it without white space at both ends, entities moved along; empty spans vanish."""
        text = self.text.strip()
        lead = len(self.text) - len(self.text.lstrip()) if text else 0
        if not self.entities:
            return self if text == self.text else FormattedText(text)
        moved = [
            Entity(entity.kind, max(0, entity.start - lead), min(len(text), entity.end - lead), entity.extra)
            for entity in self.entities
        ]
        return FormattedText(text, [entity for entity in moved if entity.end > entity.start])

    def with_found_entities(self) -> "FormattedText":
        """Return it with links, commands, mentions and tags marked where the sender marked nothing."""
        if not _MAY_HOLD_ENTITY.search(self.text):
            return self
        found = [
            Entity(str(match.lastgroup), match.start(), match.end())
            for match in _FOUND_BY_ITSELF.finditer(self.text)
            if not any(
                entity.start < match.end() and match.start() < entity.end
                for entity in self.entities
                if entity.kind in {"code", "pre", "text_link", "text_mention"}
            )
        ]
        return FormattedText(self.text, self.entities + found)

    def to_json(self) -> list[JsonObject]:
        """Return the entities as the Bot API spells them, in order, at most 100: Telegram drops the rest."""
        if not self.entities:
            return []
        ordered = sorted(self.entities, key=lambda entity: (entity.start, -entity.end))
        measure = self._measure()
        return [
            {
                "offset": measure(entity.start),
                "length": measure(entity.end) - measure(entity.start),
                "type": entity.kind,
                **entity.extra,
            }
            for entity in ordered[:MAX_ENTITIES]
        ]

    def _measure(self) -> "_Measure":
        return _Measure(self.text)


class _Measure:
    """Turns an index of Python characters into UTF-16 units."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._plain = all(character <= "\uffff" for character in text)

    def __call__(self, index: int) -> int:
        return index if self._plain else utf16_length(self._text[:index])


def from_json(text: str, entities: list[JsonObject]) -> FormattedText:
    """Read entities that came as JSON; spans outside the text or with half an emoji are cut or dropped."""
    units = text.encode("utf-16-le", "surrogatepass")
    result = FormattedText(text)
    for raw in entities:
        start, length = int(raw.get("offset", 0)), int(raw.get("length", 0))
        if start < 0 or length <= 0:
            continue
        before = units[: 2 * start].decode("utf-16-le", "ignore")
        inside = units[2 * start : 2 * (start + length)].decode("utf-16-le", "ignore")
        extra = {key: value for key, value in raw.items() if key not in {"type", "offset", "length"}}
        if inside:
            result.entities.append(Entity(str(raw.get("type", "")), len(before), len(before) + len(inside), extra))
    return result
