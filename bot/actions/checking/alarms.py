"""Words of danger against their examples: what must be seen is seen, what only sounds alarming is not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from bot.actions.checking.phrases import Phrase
from bot.content.check.helplines import EMERGENCY
from bot.content.check.view import View, in_english
from bot.content.findings import Finding
from bot.content.model import DangerExample, DangerKind, DangerList, DangerWords, HelplineRef, Language
from bot.content.read import DangerFile, TopicsFile, language_of
from bot.content.yaml_lines import Path
from bot.matching.danger import Pattern, Patterns, compile_pattern
from bot.matching.evidence import Level

_WEIGHT = {Level.NONE: 0, Level.AMBER: 1, Level.RED: 2}
_ALARMED = {
    Level.RED: "People who are in no danger get the emergency card, and stop believing it.",
    Level.AMBER: "People who are in no danger are told of 112 beside their answer, and stop believing it.",
}


@dataclass(frozen=True)
class _Written:
    """A pattern where it stands."""

    file: str
    kind: DangerKind
    level: Level
    place: int
    words: str

    @property
    def path(self) -> Path:
        return ("kinds", self.kind, self.level, self.place)

    @cached_property
    def problem(self) -> str:
        try:
            compile_pattern(self.words)
        except ValueError as error:
            return str(error)
        return ""

    @cached_property
    def alone(self) -> Patterns:
        return _compiled([self])


def _compiled(patterns: Sequence[_Written]) -> Patterns:
    words: dict[tuple[DangerKind, Level], list[str]] = defaultdict(list)
    for pattern in patterns:
        words[pattern.kind, pattern.level].append(pattern.words)
    kinds = {
        kind: DangerList(red=tuple(words[kind, Level.RED]), amber=tuple(words[kind, Level.AMBER]), must_match=())
        for kind in DangerKind
    }
    return Patterns({Language("und"): DangerWords(kinds=kinds, must_not_match=())})


def look(view: View, phrases: Sequence[Phrase]) -> Iterator[Finding]:
    """Find what is wrong with the words of danger."""
    files = view.reading.of_kind(DangerFile)
    patterns = [pattern for file, danger in files.items() for pattern in _written(file, danger)]
    try:
        together = _compiled(patterns)
    except ValueError:
        yield from _unreadable(view, patterns)
        patterns = [pattern for pattern in patterns if not pattern.problem]
        together = _compiled(patterns)
    for file, danger in files.items():
        yield from _missed(view, file, danger, patterns, together)
        yield from _false_alarms(view, file, danger, patterns, together)
    yield from _alarming(view, phrases, patterns)


def _written(file: str, danger: DangerFile) -> Iterator[_Written]:
    for kind, words in danger.kinds.items():
        for level, patterns in ((Level.RED, words.red), (Level.AMBER, words.amber)):
            for place, pattern in enumerate(patterns):
                yield _Written(file, kind, level, place, pattern)


def _unreadable(view: View, patterns: Sequence[_Written]) -> Iterator[Finding]:
    for pattern in patterns:
        if pattern.problem:
            yield view.error(
                pattern.file,
                pattern.path,
                pattern.problem,
                "It never fires, and a person in danger may not be shown 112.",
                "Write words in order; * ends a word or stands alone between two words, | separates single words.",
            )


def _missed(
    view: View, file: str, danger: DangerFile, patterns: Sequence[_Written], together: Patterns
) -> Iterator[Finding]:
    own: dict[DangerKind, Patterns] = {}
    for kind, words in danger.kinds.items():
        for place, example in enumerate(words.must_match):
            if example.by == "detector":
                continue
            hit = together.worst(example.text)
            if hit is not None and hit.kind is not kind:
                # Another kind is as grave and stands before it; what its own patterns see must be asked apart.
                if kind not in own:
                    own[kind] = _compiled([x for x in patterns if (x.file, x.kind) == (file, kind)])
                hit = own[kind].worst(example.text)
            level = hit.level if hit else Level.NONE
            if _WEIGHT[level] < _WEIGHT[Level(example.level)]:
                yield _not_seen(view, file, ("kinds", kind, "must_match", place), example, level)


def _not_seen(view: View, file: str, path: Path, example: DangerExample, level: Level) -> Finding:
    report = view.error if example.level == "red" else view.warning
    seen = "no pattern of this kind sees it" if level is Level.NONE else f"only {level} patterns see it"
    return report(
        file,
        path,
        f'"{example.text}" is {example.level}, but {seen}.',
        f"A person who writes this in {in_english(language_of(file))} may not be shown 112.",
        f'Add a pattern under "{example.level}", or "by: detector" to the example.',
    )


def _false_alarms(
    view: View, file: str, danger: DangerFile, patterns: Sequence[_Written], together: Patterns
) -> Iterator[Finding]:
    # Patterns of all languages are tried on every message, so they are tried on the examples of every language.
    for place, text in enumerate(danger.must_not_match):
        if together.worst(text) is not None:
            line = view.reading.line(file, "must_not_match", place)
            for pattern in patterns:
                if pattern.alone.worst(text) is not None:
                    yield view.error(
                        pattern.file,
                        pattern.path,
                        f'the {pattern.level} pattern "{pattern.words}" fires on "{text}" (faq/{file}:{line}).',
                        _ALARMED[pattern.level],
                        "Make the pattern more precise.",
                    )


def _alarming(view: View, phrases: Sequence[Phrase], patterns: Sequence[_Written]) -> Iterator[Finding]:
    # Entries about danger stand in sensitive topics, or name 112: they are asked for in words of danger.
    topics = view.reading.of_kind(TopicsFile).values()
    sensitive = {topic_id for file in topics for topic_id, topic in file.topics.items() if topic.sensitive}
    about_danger = {
        facts.id
        for facts in view.facts
        if facts.topic in sensitive or HelplineRef(helpline=EMERGENCY) in facts.facts.values.values()
    }
    red = _Red([pattern for pattern in patterns if pattern.level is Level.RED])
    for phrase in phrases:
        pattern = red.first(phrase.folded.split())
        if pattern is not None and not (phrase.kind == "entry" and phrase.name in about_danger):
            line = view.reading.line(pattern.file, *pattern.path)
            yield view.warning(
                phrase.file,
                phrase.path,
                f'the red pattern "{pattern.words}" (faq/{pattern.file}:{line}) fires on "{phrase.words}".',
                f"Who says this gets the emergency card, and never what {phrase} would say.",
                "Make the pattern more precise, or remove the phrase if it tells of danger.",
            )


class _Red:
    """Red patterns by their first word, tried on folded phrases.

    Matching reads a message in four ways and is as fast as one message needs; 10 000 phrases need one way that is faster.
    """

    def __init__(self, patterns: Sequence[_Written]) -> None:
        self._by_word: dict[str, list[tuple[Pattern, _Written]]] = defaultdict(list)
        self._by_stem: dict[str, list[tuple[Pattern, _Written]]] = defaultdict(list)
        self._near: dict[str, list[tuple[Pattern, _Written]]] = {}
        for written in patterns:
            for pattern in compile_pattern(written.words):
                for word in pattern.first.words:
                    self._by_word[word].append((pattern, written))
                for stem in pattern.first.stems:
                    self._by_stem[stem].append((pattern, written))
        self._lengths = sorted({len(stem) for stem in self._by_stem})

    def first(self, words: Sequence[str]) -> _Written | None:
        for start, word in enumerate(words):
            near = self._near.get(word)
            if near is None:
                near = self._near[word] = self._beginning_with(word)
            for pattern, written in near:
                if pattern.fits_at(words, start):
                    return written
        return None

    def _beginning_with(self, word: str) -> list[tuple[Pattern, _Written]]:
        stems = (self._by_stem.get(word[:length], ()) for length in self._lengths if length <= len(word))
        return [*self._by_word.get(word, ()), *chain.from_iterable(stems)]
