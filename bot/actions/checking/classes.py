"""Phrases that belong to two classes: an entry, a command, a kind of small talk, a background theme."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.actions.checking.likeness import folded
from bot.content.check.view import View
from bot.content.findings import Finding
from bot.content.model import Command
from bot.content.read import TalkFile
from bot.content.yaml_lines import Path


@dataclass(frozen=True)
class Phrase:
    """A phrase, its place, and the class it belongs to: an entry, `command` stop, `small_talk` thanks."""

    kind: str
    name: str
    file: str
    path: Path
    words: str

    def __str__(self) -> str:
        """Name its class as an editor does."""
        called = {"entry": "the entry", "small_talk": "the small talk", "background": "the theme"}
        return f'{called.get(self.kind, "the command")} "{self.name}"'


def phrases(view: View) -> Iterator[Phrase]:
    """Yield all phrasings of entries and all that people say otherwise."""
    for text in view.texts:
        for place, words in enumerate(text.text.phrasings):
            yield Phrase("entry", text.id, text.file, text.path("phrasings", place), words)
    for file, talk in view.reading.of_kind(TalkFile).items():
        # Ways to ask for a person belong to the command of that name.
        for place, words in enumerate(talk.human):
            yield Phrase("command", Command.HUMAN, file, ("human", place), words)
        named: dict[str, Mapping[str, Sequence[str]]] = {
            "commands": {str(command): said for command, said in talk.commands.items()},
            "small_talk": {str(kind): said for kind, said in talk.small_talk.items()},
            "background": talk.background,
        }
        for key, groups in named.items():
            for name, said in groups.items():
                for place, words in enumerate(said):
                    yield Phrase(key.removesuffix("s"), name, file, (key, name, place), words)


def wordless(view: View) -> Iterator[Finding]:
    """Find phrases of which nothing is left when they are folded."""
    for phrase in phrases(view):
        if not folded(phrase.words):
            yield view.warning(
                phrase.file,
                phrase.path,
                f'the phrase "{phrase.words}" has no letters or figures.',
                "It finds nothing.",
                "Write what people type, or remove it.",
            )


def clashes(view: View) -> Iterator[Finding]:
    """Find phrases that two classes claim, in whatever languages; entries among themselves are `likeness`."""
    owners: dict[str, dict[tuple[str, str], Phrase]] = defaultdict(dict)
    for phrase in phrases(view):
        owners[folded(phrase.words)].setdefault((phrase.kind, phrase.name), phrase)
    owners.pop("", None)  # told by `wordless`
    for same in owners.values():
        first, *others = same.values()
        for other in others:
            if (first.kind, other.kind) != ("entry", "entry"):
                yield _clash(view, first, other)


def _clash(view: View, first: Phrase, other: Phrase) -> Finding:
    line = view.reading.line(first.file, *first.path)
    report = view.error if {"entry", "command"} & {first.kind, other.kind} else view.warning
    return report(
        other.file,
        other.path,
        f'"{other.words}" is a phrase of {other}, but also of {first} (faq/{first.file}:{line}).',
        "A person who says this is answered as if they meant the other thing.",
        "Keep it in one of the two places.",
    )
