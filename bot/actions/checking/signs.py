"""Signs of who writes against their examples: a child is seen, and no adult is taken for one."""

from __future__ import annotations

from collections.abc import Iterator

from bot.content.check.view import View, in_english
from bot.content.findings import Finding
from bot.content.model import Signs, WriterSigns
from bot.content.read import SignsFile, language_of
from bot.matching.danger import compile_pattern
from bot.matching.evidence import Writer
from bot.matching.writers import Writers


def look(view: View) -> Iterator[Finding]:
    """Find patterns that cannot be read, children who are not seen, and adults who are taken for children."""
    files = view.reading.of_kind(SignsFile)
    unreadable = [finding for file, signs in files.items() for finding in _unreadable(view, file, signs)]
    if unreadable:
        yield from unreadable
        return
    writers = Writers({language_of(file): signs for file, signs in files.items()})
    for file, signs in files.items():
        for writer, told in _kinds(signs):
            yield from _missed(view, file, writer, told, writers)
            yield from _mistaken(view, file, writer, told, writers)


def _kinds(signs: Signs) -> tuple[tuple[Writer, WriterSigns], ...]:
    return ((Writer.CHILD, signs.child), (Writer.INTERPRETING, signs.interpreting))


def _unreadable(view: View, file: str, signs: Signs) -> Iterator[Finding]:
    for writer, told in _kinds(signs):
        for place, pattern in enumerate(told.patterns):
            try:
                compile_pattern(pattern)
            except ValueError as error:
                yield view.error(
                    file,
                    (writer, "patterns", place),
                    str(error),
                    "It never fires, and a child may be spoken to like an adult.",
                    "Write words in order; * ends a word or stands alone between two words, | separates single words.",
                )


def _missed(view: View, file: str, writer: Writer, told: WriterSigns, writers: Writers) -> Iterator[Finding]:
    for place, text in enumerate(told.must_match):
        seen = writers.who(text)
        if seen is None or (writer is Writer.INTERPRETING and seen is not writer):
            yield view.error(
                file,
                (writer, "must_match", place),
                f'"{text}" is of a child ({writer}), but no pattern sees it.',
                f"A child who writes this in {in_english(language_of(file))} is spoken to like an adult.",
                "Add a pattern, or remove the example.",
            )


def _mistaken(view: View, file: str, writer: Writer, told: WriterSigns, writers: Writers) -> Iterator[Finding]:
    # Patterns of all languages are tried on every message, so they are tried on the examples of every language.
    for place, text in enumerate(told.must_not_match):
        seen = writers.who(text)
        if seen is writer:
            yield view.error(
                file,
                (writer, "must_not_match", place),
                f'"{text}" is of no such writer, but a pattern takes it for one ({seen}).',
                "An adult is spoken to like a child.",
                "Make the pattern more precise.",
            )
