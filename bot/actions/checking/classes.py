"""Phrases that find nothing, or belong to two classes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from bot.actions.checking.phrases import Phrase
from bot.content.check.view import View
from bot.content.findings import Finding


def look(view: View, phrases: Sequence[Phrase]) -> Iterator[Finding]:
    """Find what is wrong with the classes of phrases."""
    yield from _wordless(view, phrases)
    yield from _clashes(view, phrases)


def _wordless(view: View, phrases: Sequence[Phrase]) -> Iterator[Finding]:
    for phrase in phrases:
        if not phrase.folded:
            yield view.warning(
                phrase.file,
                phrase.path,
                f'the phrase "{phrase.words}" has no letters or figures.',
                "It finds nothing.",
                "Write what people type, or remove it.",
            )


def _clashes(view: View, phrases: Sequence[Phrase]) -> Iterator[Finding]:
    # In whatever languages: messages are matched before anybody knows their language.
    owners: dict[str, dict[tuple[str, str], Phrase]] = defaultdict(dict)
    for phrase in phrases:
        if phrase.folded:
            owners[phrase.folded].setdefault((phrase.kind, phrase.name), phrase)
    for same in owners.values():
        first, *others = same.values()
        for other in others:
            if (first.kind, other.kind) != ("entry", "entry"):  # those are told by `likeness`
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
