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

_INT = re.compile(r"[-+]?\d+")
_FLOAT = re.compile(r"[-+]?(\.\d+|\d+\.\d*)([eE][-+]?\d+)?")
_WORDS: dict[str, None | bool] = {"": None, "~": None, "null": None, "true": True, "false": False}


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
    parsed = Parsed()
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        parsed.problems.append((mark.line + 1 if mark else 1, error.problem or "this is not YAML"))
    except (yaml.YAMLError, RecursionError) as error:
        parsed.problems.append((1, str(error).partition("\n")[0] or "this is not YAML"))
    else:
        if node is not None:
            parsed.value = _construct(node, (), parsed)
    return parsed


def _construct(node: yaml.Node, path: Path, parsed: Parsed) -> Plain:
    parsed.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, parsed)
    if isinstance(node, yaml.SequenceNode):
        return [_construct(item, (*path, index), parsed) for index, item in enumerate(node.value)]
    return _scalar(node)


def _mapping(node: yaml.MappingNode, path: Path, parsed: Parsed) -> dict[str, Plain]:
    result: dict[str, Plain] = {}
    for key_node, value_node in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if key in result:
            parsed.problems.append((line, f'"{key}" stands here a second time'))
            continue
        parsed.lines[(*path, key)] = line
        result[key] = _construct(value_node, (*path, key), parsed)
    return result


def _scalar(node: yaml.Node) -> None | bool | int | float | str:
    text = str(node.value)
    if node.style:  # quoted or a block: what stands there is text
        return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
