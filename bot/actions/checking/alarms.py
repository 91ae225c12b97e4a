"""Words of danger against their examples: what must be seen is seen, what only sounds alarming is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.actions.checking.classes import phrases
from bot.content.check.helplines import EMERGENCY
from bot.content.check.view import View, in_english
from bot.content.findings import Finding
from bot.content.model import DangerKind, DangerList, DangerWords, HelplineRef, Language
from bot.content.read import DangerFile, TopicsFile, language_of
from bot.content.yaml_lines import Path
from bot.matching.danger import Patterns, compile_pattern
from bot.matching.evidence import Level

_ANY = Language("und")


@dataclass(frozen=True)
class _Pattern:
    file: str
    kind: DangerKind
    level: Level
    place: int
    words: str

    @property
    def path(self) -> Path:
        return ("kinds", self.kind, self.level, self.place)

    def fires(self, text: str) -> bool:
        return _alone(self.words).worst(text) is not None


@lru_cache(maxsize=4096)
def _problem(pattern: str) -> str:
    try:
        compile_pattern(pattern)
    except ValueError as error:
        return str(error)
    return ""


@lru_cache(maxsize=4096)
def _alone(pattern: str) -> Patterns:
    only = {DangerKind.VIOLENCE: DangerList(red=(pattern,), must_match=())}
    return Patterns({_ANY: DangerWords(kinds=only, must_not_match=())})


def _patterns(view: View) -> Iterator[_Pattern]:
    for file, danger in view.reading.of_kind(DangerFile).items():
        for kind, words in danger.kinds.items():
            for level, patterns in ((Level.RED, words.red), (Level.AMBER, words.amber)):
                for place, pattern in enumerate(patterns):
                    yield _Pattern(file, kind, level, place, pattern)


def _sound(view: View) -> tuple[_Pattern, ...]:
    return tuple(pattern for pattern in _patterns(view) if not _problem(pattern.words))


@lru_cache(maxsize=2)
def _compiled(patterns: tuple[_Pattern, ...]) -> Patterns:
    red = {kind: tuple(x.words for x in patterns if (x.kind, x.level) == (kind, Level.RED)) for kind in DangerKind}
    amber = {kind: tuple(x.words for x in patterns if (x.kind, x.level) == (kind, Level.AMBER)) for kind in DangerKind}
    kinds = {kind: DangerList(red=red[kind], amber=amber[kind], must_match=()) for kind in DangerKind}
    return Patterns({_ANY: DangerWords(kinds=kinds, must_not_match=())})


def unreadable_patterns(view: View) -> Iterator[Finding]:
    """Find patterns that are no patterns."""
    for pattern in _patterns(view):
        problem = _problem(pattern.words)
        if problem:
            yield view.error(
                pattern.file,
                pattern.path,
                problem,
                "It never fires, and a person in danger may not be shown 112.",
                "Write words in order; * ends a word or stands alone between two words, | separates single words.",
            )


_WEIGHT = {Level.NONE: 0, Level.AMBER: 1, Level.RED: 2}


def missed_examples(view: View) -> Iterator[Finding]:
    """Find examples that no pattern of their own kind and language sees as gravely as they are."""
    sound = _sound(view)
    for file, danger in view.reading.of_kind(DangerFile).items():
        for kind, words in danger.kinds.items():
            patterns = _compiled(tuple(x for x in sound if (x.file, x.kind) == (file, kind)))
            for place, example in enumerate(words.must_match):
                hit = patterns.worst(example.text)
                level = hit.level if hit else Level.NONE
                report = view.error if example.level == "red" else view.warning
                if example.by == "pattern" and _WEIGHT[level] < _WEIGHT[Level(example.level)]:
                    yield report(
                        file,
                        ("kinds", kind, "must_match", place),
                        f'"{example.text}" is {example.level}, but ' + _seen(level),
                        f"A person who writes this in {in_english(language_of(file))} may not be shown 112.",
                        f'Add a pattern under "{example.level}", or "by: detector" to the example.',
                    )


def _seen(level: Level) -> str:
    return "no pattern sees it." if level is Level.NONE else f"only {level} patterns see it."


_CRIED = {
    Level.RED: "People who are in no danger get the emergency card, and stop believing it.",
    Level.AMBER: "People who are in no danger are told of 112 beside their answer, and stop believing it.",
}


def false_alarms(view: View) -> Iterator[Finding]:
    """Find patterns of any language that fire on what only sounds alarming in any language."""
    sound = _sound(view)
    together = _compiled(sound)
    for file, danger in view.reading.of_kind(DangerFile).items():
        for place, text in enumerate(danger.must_not_match):
            if together.worst(text) is None:
                continue
            line = view.reading.line(file, "must_not_match", place)
            for pattern in sound:
                if pattern.fires(text):
                    yield view.error(
                        pattern.file,
                        pattern.path,
                        f'the {pattern.level} pattern "{pattern.words}" fires on "{text}" (faq/{file}:{line}).',
                        _CRIED[pattern.level],
                        "Make the pattern more precise.",
                    )


def alarming_phrases(view: View) -> Iterator[Finding]:
    """Find phrases of no danger that fire a red pattern; entries about danger name 112 or stand in sensitive topics."""
    sound = _sound(view)
    together = _compiled(sound)
    files = view.reading.of_kind(TopicsFile).values()
    sensitive = {topic_id for file in files for topic_id, topic in file.topics.items() if topic.sensitive}
    about_danger = {
        facts.id
        for facts in view.facts
        if facts.topic in sensitive or HelplineRef(helpline=EMERGENCY) in facts.facts.values.values()
    }
    for phrase in phrases(view):
        if phrase.kind == "entry" and phrase.name in about_danger:
            continue
        hit = together.worst(phrase.words)
        if hit is not None and hit.level is Level.RED:
            pattern = next(x for x in sound if x.level is Level.RED and x.fires(phrase.words))
            line = view.reading.line(pattern.file, *pattern.path)
            yield view.warning(
                phrase.file,
                phrase.path,
                f'the red pattern "{pattern.words}" (faq/{pattern.file}:{line}) fires on "{phrase.words}".',
                f"Who says this gets the emergency card, never what {phrase} would say.",
                "Make the pattern more precise, or remove the phrase if it tells of danger.",
            )
