"""Everything that people say, by the class it belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.content.check.view import View
from bot.content.model import Command
from bot.content.read import TalkFile
from bot.content.yaml_lines import Path
from bot.matching.text import fold

Kind = Literal["entry", "command", "small_talk", "background"]


@dataclass(frozen=True)
class Phrase:
    """A phrase as written and folded, its place, and its class: an entry, the command `start`, the theme `pets`."""

    kind: Kind
    name: str
    file: str
    path: Path
    words: str
    folded: str

    def __str__(self) -> str:
        called = {"entry": "the entry", "command": "the command", "small_talk": "the small talk"}
        return f'{called.get(self.kind, "the theme")} "{self.name}"'


def phrases(view: View) -> Iterator[Phrase]:
    """Yield all phrasings of entries, and all that people say otherwise."""
    for text in view.texts:
        yield from _phrases("entry", text.id, text.file, text.path("phrasings"), text.text.phrasings)
    for file, talk in view.reading.of_kind(TalkFile).items():
        # Ways to ask for a person belong to the command of that name.
        yield from _phrases("command", Command.HUMAN, file, ("human",), talk.human)
        yield from _groups("command", "commands", file, {str(key): said for key, said in talk.commands.items()})
        yield from _groups("small_talk", "small_talk", file, {str(key): said for key, said in talk.small_talk.items()})
        yield from _groups("background", "background", file, talk.background)


def _groups(kind: Kind, heading: str, file: str, groups: Mapping[str, Sequence[str]]) -> Iterator[Phrase]:
    for name, said in groups.items():
        yield from _phrases(kind, name, file, (heading, name), said)


def _phrases(kind: Kind, name: str, file: str, path: Path, said: Sequence[str]) -> Iterator[Phrase]:
    for place, words in enumerate(said):
        yield Phrase(kind, name, file, (*path, place), words, fold(words))
