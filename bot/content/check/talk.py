"""Words of danger, signs and small talk: every main language has all of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from pydantic import BaseModel

from bot.content.check.view import View, in_english
from bot.content.findings import Finding
from bot.content.model import MAIN_LANGUAGES, Command, DangerKind, Signs, SmallTalkKind, Talk
from bot.content.read import DangerFile, SignsFile, TalkFile, TopicsFile, language_of

_FILES: tuple[tuple[str, type[BaseModel], str], ...] = (
    ("danger.yaml", DangerFile, "Danger told in {language} is not seen by its words."),
    ("signs.yaml", SignsFile, "A child who writes in {language} is spoken to like an adult."),
    ("talk.yaml", TalkFile, "Greetings, thanks and the wish for a person are not understood in {language}."),
)
FEWEST_DANGERS, FEWEST_HARMLESS = 8, 15
FEWEST_SIGNS = 8
"""Messages with a sign, and as many without it."""
FEWEST_HUMAN, FEWEST_BACKGROUND = 25, 6
FEWEST_SMALL_TALK = {
    SmallTalkKind.GREETING: 12,
    SmallTalkKind.THANKS: 8,
    SmallTalkKind.GOODBYE: 6,
    SmallTalkKind.ABOUT_BOT: 10,
    SmallTalkKind.INSULT: 8,
    SmallTalkKind.TEST: 6,
    SmallTalkKind.OKAY: 6,
}


def missing_file(view: View) -> Iterator[Finding]:
    """Find main languages without words of danger, signs or small talk."""
    for name, kind, consequence in _FILES:
        present = {language_of(path) for path in view.files(kind)}
        for language in MAIN_LANGUAGES:
            if language not in present:
                yield view.error(
                    f"{language}/{name}",
                    (),
                    f"this file is missing for {in_english(language)}.",
                    consequence.format(language=in_english(language)),
                    f"Write faq/{language}/{name}.",
                )


def nothing_written(view: View) -> Iterator[Finding]:
    """Find files of other languages in which nothing is written yet: the same as none, so no error.

    One word, and the file must be whole: half of it would look as if the language were cared for.
    """
    for name, kind, consequence in _FILES:
        for file, words in view.reading.of_kind(kind).items():
            if _is_empty(file, words):
                language = in_english(language_of(file))
                yield view.warning(
                    file,
                    (),
                    f"nothing is written in it yet for {language}.",
                    consequence.format(language=language),
                    f"Fill in faq/{language_of(file)}/{name}, all of it at once.",
                )


def _is_empty(file: str, words: BaseModel) -> bool:
    return language_of(file) not in MAIN_LANGUAGES and not any(_texts(words.model_dump(exclude={"review"})))


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            yield from (text for part in value.values() for text in _texts(part))
        case list() | tuple():
            yield from (text for part in value for text in _texts(part))


def missing_danger(view: View) -> Iterator[Finding]:
    """Find kinds of danger without patterns, or with too few examples."""
    for file, words in view.reading.of_kind(DangerFile).items():
        if _is_empty(file, words):
            continue
        language = in_english(language_of(file))
        blind = f"A person who tells of it in {language} may not be shown 112."
        for kind in DangerKind:
            found = words.kinds.get(kind)
            if found is None:
                yield view.error(file, ("kinds",), f'the kind "{kind}" is missing.', blind, f'Add "{kind}:".')
            elif not found.red and not found.amber and not found.prototypes.red:
                yield view.error(file, ("kinds", kind), "it has no patterns.", blind, 'Add patterns under "red".')
            elif len(found.must_match) + len(found.prototypes.red) < FEWEST_DANGERS:
                yield view.warning(
                    file,
                    ("kinds", kind, "must_match"),
                    f"only {len(found.must_match) + len(found.prototypes.red)} examples that must be seen.",
                    blind,
                    f"Add more, in different and indirect words, until there are {FEWEST_DANGERS}.",
                )
        harmless = len(words.must_not_match) + len(words.near_misses)
        if harmless < FEWEST_HARMLESS:
            yield view.warning(
                file,
                ("must_not_match",),
                f"only {harmless} examples that only sound alarming.",
                f"Harmless questions in {language} may be answered with the emergency card.",
                f"Add {FEWEST_HARMLESS - harmless} more.",
            )


def few_signs(view: View) -> Iterator[Finding]:
    """Find signs with few messages that have them, or with few that only look like it."""
    for file, signs in view.reading.of_kind(SignsFile).items():
        if _is_empty(file, signs):
            continue
        for path, said in _messages(signs):
            if len(said) < FEWEST_SIGNS:
                yield view.warning(
                    file,
                    path,
                    f"only {len(said)} messages.",
                    f"In {in_english(language_of(file))} children are missed, and adults are spoken to like children.",
                    f"Add {FEWEST_SIGNS - len(said)} more, in different words.",
                )


def _messages(signs: Signs) -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
    for writer, told in (("child", signs.child), ("interpreting", signs.interpreting)):
        yield (writer, "must_match"), told.must_match
        yield (writer, "must_not_match"), told.must_not_match
    yield ("strain", "prototypes"), signs.strain.prototypes
    yield ("strain", "near_misses"), signs.strain.near_misses


def unsigned_words(view: View) -> Iterator[Finding]:
    """Find words of danger and signs that were changed after somebody had read them."""
    reading = view.reading
    for file, words in chain(reading.of_kind(DangerFile).items(), reading.of_kind(SignsFile).items()):
        if words.review.state == "reviewed" and not words.is_signed:
            yield view.warning(
                file,
                ("review",),
                "words were changed since they were read.",
                f"Nobody who knows {in_english(language_of(file))} has agreed to them.",
                "Let them be read again (tiltas danger review --html), or take the review away.",
            )


def unknown_early_help(view: View) -> Iterator[Finding]:
    """Find entries offered to families under strain that nobody would be shown."""
    published = {facts.id for facts in view.facts if facts.facts.status == "published"}
    for file, topics in view.reading.of_kind(TopicsFile).items():
        for place, entry_id in enumerate(topics.early_help):
            if entry_id not in published:
                yield view.error(
                    file,
                    ("early_help", place),
                    f'there is no published entry "{entry_id}".',
                    "A family under strain is not offered what it could be offered.",
                    "Correct the id, or publish the entry.",
                )


def missing_talk(view: View) -> Iterator[Finding]:
    """Find commands and kinds of small talk without words, or with few."""
    for file, talk in view.reading.of_kind(TalkFile).items():
        if _is_empty(file, talk):
            continue
        language = in_english(language_of(file))
        for command in Command:
            if not talk.commands.get(command):
                yield view.error(
                    file,
                    ("commands", command),
                    f'the command "{command}" has no words.',
                    f"People who cannot find the button cannot say it in {language} either.",
                    f'Add "{command}:" with the words that people would say.',
                )
        for kind in SmallTalkKind:
            if not talk.small_talk.get(kind):
                yield view.error(
                    file,
                    ("small_talk", kind),
                    f'the small talk "{kind}" has no words.',
                    f"People who say it in {language} are handed to a specialist for nothing.",
                    f'Add "{kind}:" with what people say.',
                )
        for path, count, fewest in _few(talk):
            yield view.warning(
                file,
                path,
                f"only {count} phrases.",
                f"People who say it in other words in {language} are misunderstood.",
                f"Add {fewest - count} more, truly different ones.",
            )


def _few(talk: Talk) -> Iterator[tuple[tuple[str, ...], int, int]]:
    counts: dict[tuple[str, ...], tuple[int, int]] = {("human",): (len(talk.human), FEWEST_HUMAN)}
    counts |= {("small_talk", k): (len(said), FEWEST_SMALL_TALK[k]) for k, said in talk.small_talk.items()}
    counts |= {("background", theme): (len(said), FEWEST_BACKGROUND) for theme, said in talk.background.items()}
    for path, (count, fewest) in counts.items():
        if count < fewest and (count or path[0] != "small_talk"):
            yield path, count, fewest


def background_themes(view: View) -> Iterator[Finding]:
    """Find themes that one language has and another lacks."""
    talks = {path: talk for path, talk in view.reading.of_kind(TalkFile).items() if language_of(path) in MAIN_LANGUAGES}
    themes = {theme for talk in talks.values() for theme in talk.background}
    for file, talk in talks.items():
        for theme in sorted(themes - talk.background.keys()):
            yield view.error(
                file,
                ("background",),
                f'the theme "{theme}" is missing; other languages have it.',
                f"In {in_english(language_of(file))}, such messages may be answered with an entry about something else.",
                f'Add "{theme}:" with at least {FEWEST_BACKGROUND} messages.',
            )
