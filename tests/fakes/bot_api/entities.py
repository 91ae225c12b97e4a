"""Formatted text: a string with entities that count in UTF-16 units, as the Bot API does."""

import re
from dataclasses import dataclass, field
from itertools import accumulate

from tests.fakes.bot_api.errors import bad_request
from tests.fakes.bot_api.jsontypes import JsonObject, JsonValue

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
# Telegram removes carriage returns, directional embeddings and overrides (isolates and RLM stay), and three marks that
# draw lines through a text; other control characters become spaces.
_REMOVED = "\r\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u0333\u033f\u030a"
_UNCLEAN = re.compile(f"[\x00-\x09\x0b-\x1f{_REMOVED}]")
_INVISIBLE = re.compile("[\\s\u1680\u180e\u2000-\u200f\u202e\u202f\u205f\u2800\u3000\ufffc]*")
_TRIMMED = " \n"
# Of two entities over the same span the one with the lower number comes first.
_RANK = {
    "blockquote": 0, "expandable_blockquote": 0, "pre": 11, "code": 20, "text_link": 49, "text_mention": 49,
    "bold": 90, "italic": 91, "underline": 92, "strikethrough": 93, "spoiler": 94, "custom_emoji": 99,
}  # fmt: skip
_OWN_SPAN = frozenset({"code", "pre", "text_link", "text_mention"})


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

    @property
    def is_blank(self) -> bool:
        """Tell whether nobody could see anything of it."""
        return _INVISIBLE.fullmatch(self.text) is not None

    def cleaned(self) -> "FormattedText":
        """Return it as Telegram stores it: without the characters it removes and without blanks at the ends."""
        return self._without_unclean()._trimmed()

    def _without_unclean(self) -> "FormattedText":
        if not _UNCLEAN.search(self.text):
            return self
        kept = [character not in _REMOVED for character in self.text]
        text = "".join(
            " " if _UNCLEAN.match(character) else character
            for character, stays in zip(self.text, kept, strict=True)
            if stays
        )
        place = [0, *accumulate(kept)]
        moved = [Entity(one.kind, place[one.start], place[one.end], one.extra) for one in self.entities]
        return FormattedText(text, moved)

    def _trimmed(self) -> "FormattedText":
        # Blanks at the start stay if an entity begins with them, as in the real server.
        first = min((entity.start for entity in self.entities), default=len(self.text))
        lead = min(len(self.text) - len(self.text.lstrip(_TRIMMED)), first)
        text = self.text.rstrip(_TRIMMED)[lead:]
        if len(text) == len(self.text):
            return self
        moved = [
            Entity(entity.kind, entity.start - lead, min(len(text), entity.end - lead), entity.extra)
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
                if entity.kind in _OWN_SPAN
            )
        ]
        return FormattedText(self.text, self.entities + found)

    def to_json(self) -> list[JsonObject]:
        """Return the entities as the Bot API spells them, in order, at most 100: Telegram drops the rest."""
        if not self.entities:
            return []
        ordered = sorted(self.entities, key=lambda one: (one.start, -one.end, _RANK.get(one.kind, 50)))
        plain = all(character <= "\uffff" for character in self.text)
        units = range(len(self.text) + 1) if plain else [0, *accumulate(map(utf16_length, self.text))]
        return [
            {
                "offset": units[entity.start],
                "length": units[entity.end] - units[entity.start],
                "type": entity.kind,
                **entity.extra,
            }
            for entity in ordered[:MAX_ENTITIES]
        ]


def from_json(text: str, entities: JsonValue) -> FormattedText:
    """Read entities that came as JSON. Raises ApiError for spans that split an emoji or end behind the text."""
    result = FormattedText(text)
    if not isinstance(entities, list):
        raise bad_request("message entities must be an Array")
    index_of = {unit: index for index, unit in enumerate([0, *accumulate(map(utf16_length, text))])}
    for raw in entities:
        start, length = int(raw.get("offset", 0)), int(raw.get("length", 0))
        if length == 0:
            continue
        if start not in index_of or start + length not in index_of:
            raise bad_request(
                f"entity beginning at UTF-16 offset {start} ends in a middle of a UTF-16 symbol or behind it"
            )
        extra = {key: value for key, value in raw.items() if key not in {"type", "offset", "length"}}
        result.entities.append(Entity(str(raw.get("type", "")), index_of[start], index_of[start + length], extra))
    return result


def without_marks_in_code(entities: list[Entity]) -> list[Entity]:
    """Apply Telegram's rule for nesting: nothing is marked inside code, and pre around code takes its language."""
    if all(entity.kind not in {"code", "pre"} for entity in entities):
        return entities
    spans = {(entity.start, entity.end): entity for entity in entities if entity.kind == "pre"}
    for entity in entities:
        if entity.kind == "code":
            language = entity.extra.pop("language", None)
            around = spans.get((entity.start, entity.end))
            if language and around is not None:
                around.extra["language"] = language
    pre = [entity for entity in entities if entity.kind == "pre"]
    code = [entity for entity in entities if entity.kind == "code" and not _inside(entity, pre)]
    rest = [entity for entity in entities if entity.kind not in {"code", "pre"} and not _inside(entity, pre + code)]
    return rest + pre + code


def _inside(entity: Entity, others: list[Entity]) -> bool:
    return any(other.start <= entity.start and entity.end <= other.end for other in others)
