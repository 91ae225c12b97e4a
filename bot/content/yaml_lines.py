"""YAML to plain values, with the line of every key and item kept.

Plain scalars follow the YAML 1.2 core schema (`no` is a word, not False; dates stay text). Anchors are read, merges
and tags are not: files stay simple enough to be edited by people who never saw YAML before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeAlias

import yaml

Plain: TypeAlias = "None | bool | int | float | str | list[Plain] | dict[str, Plain]"
Path: TypeAlias = tuple[str | int, ...]

# Longer figures stay text: no content needs them, and Python refuses to read very long ones.
_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?[0-9]{1,18}\.[0-9]{0,18}")
_NOTHING = ("", "~", "null", "Null", "NULL")
_WORDS: dict[str, None | bool] = dict.fromkeys(_NOTHING) | {
    spelling: word == "true" for word in ("true", "false") for spelling in (word, word.title(), word.upper())
}
_LONGEST_LINE = 4_000
_MOST_BRACKETS = 4_000
_MOST_PLACES = 100_000


@dataclass
class Parsed:
    """A file's value, the line (from 1) of each path in it, and what was wrong with its form."""

    value: Plain = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[tuple[int, str]] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """Return the line of `path`, or of its nearest known ancestor."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def parse(text: str) -> Parsed:
    """Parse one file; a syntax error or a key given twice becomes a problem, never an exception."""
    parsed = Parsed(problems=_unreadable(text))
    if parsed.problems:
        return parsed
    try:
        node = yaml.compose(text, Loader=_Loader)
        if node is not None:
            parsed.value = _construct(node, (), parsed)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        parsed.problems.append((mark.line + 1 if mark else 1, error.problem or "this is not YAML"))
    except (yaml.YAMLError, UnicodeError) as error:
        parsed.problems.append((1, str(error).partition("\n")[0] or "this is not YAML"))
    except (RecursionError, _TooMuch):
        parsed.problems.append((1, "lists stand in lists too deeply, or a part repeats itself without end"))
    return parsed


class _Loader(yaml.CSafeLoader):
    """Reads what stands there; what it means is decided here, so no tag is looked for."""

    def resolve(self, *_: object) -> str:
        return ""


class _TooMuch(Exception):
    """A few lines of anchors can unfold to more than memory holds."""


def _unreadable(text: str) -> list[tuple[int, str]]:
    # The parser is C and descends once for each nesting; so deep that the stack ends, it takes the process with it.
    # Depth is bounded by the longest line (indentation) and by the brackets.
    for number, line in enumerate(text.splitlines(), start=1):
        if len(line) > _LONGEST_LINE:
            return [(number, f"this line has more than {_LONGEST_LINE} characters")]
    if text.count("[") + text.count("{") > _MOST_BRACKETS:
        return [(1, f"there are more than {_MOST_BRACKETS} opening brackets")]
    return []


def _construct(node: yaml.Node, path: Path, parsed: Parsed) -> Plain:
    parsed.lines.setdefault(path, node.start_mark.line + 1)
    if len(parsed.lines) > _MOST_PLACES:
        raise _TooMuch
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, parsed)
    if isinstance(node, yaml.SequenceNode):
        return [_construct(item, (*path, index), parsed) for index, item in enumerate(node.value)]
    return _scalar(node)


def _mapping(node: yaml.MappingNode, path: Path, parsed: Parsed) -> dict[str, Plain]:
    result: dict[str, Plain] = {}
    for key_node, value_node in node.value:
        key, line = key_node.value, key_node.start_mark.line + 1
        if not isinstance(key, str):
            parsed.problems.append((line, "only a word can stand before a colon"))
            continue
        if key in result:
            parsed.problems.append((line, f'"{key}" stands here a second time'))
            continue
        parsed.lines[(*path, key)] = line
        result[key] = _construct(value_node, (*path, key), parsed)
    return result


def _scalar(node: yaml.Node) -> None | bool | int | float | str:
    text = str(node.value)
    if isinstance(node, yaml.ScalarNode) and node.style:  # quoted or a block: what stands there is text
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
