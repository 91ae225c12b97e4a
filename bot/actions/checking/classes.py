"""Phrases that belong to two classes: an entry, a command, a kind of small talk, a background theme."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from bot.actions.checking.likeness import folded
from bot.content.check.view import View
from bot.content.findings import Finding
from bot.content.model import Command
from bot.content.read import TalkFile
from bot.content.yaml_lines import Path


@dataclass(frozen=True)
class _Phrase:
    kind: str
    name: str
    file: str
    path: Path
    words: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def _phrases(view: View) -> Iterator[_Phrase]:
    for text in view.texts:
        for place, words in enumerate(text.text.phrasings):
            yield _Phrase("entry", text.id, text.file, text.path("phrasings", place), words)
    for file, talk in view.reading.of_kind(TalkFile).items():
        # Ways to ask for a person belong to the command of that name.
        for place, words in enumerate(talk.human):
            yield _Phrase("command", Command.HUMAN, file, ("human", place), words)
        for kind, named in (
            ("command", talk.commands),
            ("small_talk", talk.small_talk),
            ("background", talk.background),
        ):
            key = "commands" if kind == "command" else kind
            for name, said in named.items():
                for place, words in enumerate(said):
                    yield _Phrase(kind, name, file, (key, name, place), words)


def clashes(view: View) -> Iterator[Finding]:
    """Find phrases that two classes claim, in whatever languages; entries among themselves are `likeness`."""
    owners: dict[str, dict[tuple[str, str], _Phrase]] = defaultdict(dict)
    for phrase in _phrases(view):
        owners[folded(phrase.words)].setdefault((phrase.kind, phrase.name), phrase)
    for same in owners.values():
        first, *others = same.values()
        for other in others:
            if (first.kind, other.kind) != ("entry", "entry"):
                yield _clash(view, first, other)


def _clash(view: View, first: _Phrase, other: _Phrase) -> Finding:
    line = view.reading.line(first.file, *first.path)
    report = view.error if {"entry", "command"} & {first.kind, other.kind} else view.warning
    return report(
        other.file,
        other.path,
        f'"{other.words}" is a phrase of {_said(other)}, but also of {_said(first)} (faq/{first.file}:{line}).',
        "A person who says this is answered as if they meant the other thing.",
        "Keep it in one of the two places.",
    )


def _said(phrase: _Phrase) -> str:
    names = {"entry": "the entry", "command": "the command", "small_talk": "the small talk", "background": "the theme"}
    return f'{names[phrase.kind]} "{phrase.name}"'
