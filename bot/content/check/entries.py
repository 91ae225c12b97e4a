"""Entries as wholes: each stands in one topic, and in every main language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from bot.content.check.view import View, in_english, is_language, near
from bot.content.findings import Finding
from bot.content.model import MAIN_LANGUAGES, Language
from bot.content.read import DangerFile, FactsFile, TalkFile, TextsFile, TopicsFile, language_of, topic_of
from bot.content.yaml_lines import Path

UNFINISHED = "✎"
"""Marks what an editor must replace before an entry is published."""


def entry_in_two_topics(view: View) -> Iterator[Finding]:
    """Find ids whose facts stand in more than one file."""
    for entry_id, (first, *others) in _facts_files(view).items():
        for file in others:
            yield view.error(
                file,
                ("entries", entry_id),
                f"the same entry stands in faq/{first} too.",
                "Only one of the two is kept, and families may get the wrong one.",
                "Keep it in one topic and remove the other, or give one of them another id.",
            )


def text_apart_from_its_facts(view: View) -> Iterator[Finding]:
    """Find texts whose facts are missing or stand in another topic."""
    known, files = view.known(FactsFile, "entries"), _facts_files(view)
    for file in view.files(TextsFile):
        for entry_id in sorted(view.keys(file, "entries") or ()):
            home = f"entries/{topic_of(file)}.yaml"
            if entry_id not in files and known is not None:
                yield view.error(
                    file,
                    ("entries", entry_id),
                    f"it has words, but no facts in faq/{home}{near(entry_id, known)}.",
                    "Nobody ever sees this text.",
                    f"Add {entry_id} with its sources and dates to faq/{home}, or remove it here.",
                )
            elif entry_id in files and home not in files[entry_id]:
                yield view.error(
                    file,
                    ("entries", entry_id),
                    f"its facts stand in faq/{files[entry_id][0]}, another topic.",
                    "People who edit one of the two files do not find the other.",
                    f"Move this text to faq/{language_of(file)}/{topic_of(files[entry_id][0])}.yaml.",
                )


def text_missing(view: View) -> Iterator[Finding]:
    """Find published entries that lack a main language and do not say that they are meant to."""
    with_text: dict[Language, set[str]] = defaultdict(set)
    for file in view.files(TextsFile):
        with_text[language_of(file)] |= view.keys(file, "entries") or set()
    missing: dict[str, list[str]] = defaultdict(list)
    for facts in view.facts:
        for language in MAIN_LANGUAGES:
            file = f"{language}/{facts.topic}.yaml"
            expected = facts.facts.status == "published" and language not in facts.facts.untranslated
            if expected and facts.id not in with_text[language]:
                missing[file].append(facts.id)
    for file, ids in missing.items():
        if file not in view.reading.parsed:
            yield _missing_file(view, file, ids)
        elif view.keys(file, "entries") is not None:
            yield from (_missing_text(view, file, entry_id) for entry_id in ids)


def _missing_file(view: View, file: str, ids: list[str]) -> Finding:
    language = language_of(file)
    return view.error(
        file,
        (),
        f"this file is missing; there is no text in {in_english(language)} of {', '.join(ids)}.",
        f"People who ask this in {in_english(language)} are handed to a specialist.",
        f'Write faq/{file}, or list "{language}" under "untranslated" for these in faq/entries/{topic_of(file)}.yaml.',
    )


def _missing_text(view: View, file: str, entry_id: str) -> Finding:
    language = language_of(file)
    home = f"entries/{topic_of(file)}.yaml"
    return view.error(
        home,
        ("entries", entry_id),
        f"no text in {in_english(language)}.",
        f"People who ask this in {in_english(language)} are handed to a specialist.",
        f'Add {entry_id} to faq/{file}, or list "{language}" under "untranslated" here.',
    )


def unfinished(view: View) -> Iterator[Finding]:
    """Find published entries in which a placeholder of `tiltas new-entry` was left."""
    published = {facts.id: facts for facts in view.facts if facts.facts.status == "published"}
    for facts in published.values():
        if any(UNFINISHED in part for part in (facts.facts.owner, *(source.url for source in facts.facts.sources))):
            yield _unfinished(view, facts.file, facts.path())
    for text in view.texts:
        if text.id in published and any(UNFINISHED in part for part in (*text.seen().values(), *text.text.phrasings)):
            yield _unfinished(view, text.file, text.path())


def _unfinished(view: View, file: str, path: Path) -> Finding:
    return view.error(
        file,
        path,
        f'it is published, but "{UNFINISHED}" still stands in it.',
        "Families would read words that were written for editors.",
        f'Replace each line with "{UNFINISHED}", or set "status: draft".',
    )


def unknown_topic(view: View) -> Iterator[Finding]:
    """Find files that are named after no topic."""
    topics = view.known(TopicsFile, "topics")
    for file in (*view.files(FactsFile), *view.files(TextsFile)):
        topic = topic_of(file)
        if topics is not None and topic not in topics:
            yield view.error(
                file,
                (),
                f'there is no topic "{topic}"{near(topic, topics)}.',
                "Its entries stand in no menu, and no team gets what they leave open.",
                "Name the file after a topic of faq/topics.yaml, or add the topic there.",
            )


def topic_without_entries(view: View) -> Iterator[Finding]:
    """Find buttons of the menu that lead nowhere."""
    for topic in sorted(view.known(TopicsFile, "topics") or ()):
        file = f"entries/{topic}.yaml"
        unread = file in view.reading.parsed and view.keys(file, "entries") is None
        if not unread and not view.keys(file, "entries"):
            yield view.warning(
                "topics.yaml",
                ("topics", topic),
                "the topic has no entries.",
                "A family that presses its button finds nothing and can only ask a person.",
                f"Write entries in faq/{file}, or remove the topic.",
            )


def taken_alias(view: View) -> Iterator[Finding]:
    """Find old ids that belong to two entries or are in use as ids."""
    ids = _facts_files(view)
    owners: dict[str, str] = {}
    for facts in view.facts:
        for place, alias in enumerate(facts.facts.aliases):
            other = alias if alias in ids else owners.get(alias)
            if other is not None:
                yield view.error(
                    facts.file,
                    facts.path("aliases", place),
                    f'the alias "{alias}" is taken by the entry {other}.',
                    "Old links and old cases would open the wrong answer.",
                    "Remove the alias here or there.",
                )
            owners.setdefault(alias, facts.id)


def sibling_of_nobody(view: View) -> Iterator[Finding]:
    """Find siblings that are no entries, or the entry itself."""
    known = view.known(FactsFile, "entries")
    for facts in view.facts:
        for place, sibling in enumerate(facts.facts.siblings):
            if sibling == facts.id or (known is not None and sibling not in known):
                fact = "it is its own sibling" if sibling == facts.id else f'there is no entry "{sibling}"'
                yield view.error(
                    facts.file,
                    facts.path("siblings", place),
                    f"{fact}{near(sibling, (known or frozenset()) - {facts.id})}.",
                    "People are asked to choose between two lines that they cannot tell apart.",
                    "Write the id of the other entry, or remove it.",
                )


def needless_untranslated(view: View) -> Iterator[Finding]:
    """Find languages said to be left out although the text is there."""
    written = {(text.id, text.language) for text in view.texts}
    for facts in view.facts:
        for place, language in enumerate(facts.facts.untranslated):
            if (facts.id, language) in written:
                yield view.warning(
                    facts.file,
                    facts.path("untranslated", place),
                    f'"{language}" is listed as left out, but there is a text in {in_english(language)}.',
                    "If that text is lost one day, nobody is told.",
                    f'Remove "{language}" from the list, or the text from faq/{language}/{facts.topic}.yaml.',
                )
            elif not is_language(language):
                yield view.error(
                    facts.file,
                    facts.path("untranslated", place),
                    f'"{language}" is no language tag.',
                    "The language that is meant counts as missing.",
                    f"Write one of {', '.join(MAIN_LANGUAGES)}.",
                )


def unknown_language(view: View) -> Iterator[Finding]:
    """Find folders named after no language."""
    for file in (*view.files(TextsFile), *view.files(DangerFile), *view.files(TalkFile)):
        language = language_of(file)
        if not is_language(language):
            yield view.error(
                file,
                (),
                f'the folder "{language}" is named after no language.',
                "Dates and amounts cannot be written in it, so nobody sees these texts.",
                f"Rename the folder to a language tag such as {', '.join(MAIN_LANGUAGES)}.",
            )


def _facts_files(view: View) -> dict[str, list[str]]:
    files: dict[str, list[str]] = defaultdict(list)
    for file in sorted(view.files(FactsFile)):
        for entry_id in view.keys(file, "entries") or ():
            files[entry_id].append(file)
    return files
