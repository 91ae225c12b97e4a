"""What the rules look at: everything that could be read, each with its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cached_property

from babel import Locale, UnknownLocaleError
from pydantic import BaseModel

from bot.content.findings import Finding, Severity
from bot.content.model import (
    MAIN_LANGUAGES,
    Catalogue,
    Entry,
    EntryFacts,
    EntryId,
    EntryText,
    Helpline,
    HelplineId,
    Language,
    LocalService,
    ServiceId,
    TeamId,
    TopicId,
)
from bot.content.read import (
    FactsFile,
    HelplinesFile,
    Reading,
    ServicesFile,
    TextsFile,
    kind_of,
    language_of,
    services_of,
    topic_of,
)
from bot.content.render import render
from bot.content.yaml_lines import Path


@dataclass(frozen=True)
class Facts:
    """The facts of one entry, and their place."""

    file: str
    id: EntryId
    facts: EntryFacts

    @cached_property
    def topic(self) -> TopicId:
        """The topic, by the file."""
        return topic_of(self.file)

    @cached_property
    def entry(self) -> Entry:
        """The entry without its texts."""
        return Entry(id=self.id, topic=self.topic, facts=self.facts, texts={})

    def path(self, *keys: str | int) -> Path:
        """Return the place of a part of it."""
        return ("entries", self.id, *keys)


@dataclass(frozen=True)
class Text:
    """One entry in one language, and its place."""

    file: str
    id: EntryId
    text: EntryText

    @cached_property
    def language(self) -> Language:
        """The language, by the folder."""
        return language_of(self.file)

    def path(self, *keys: str | int) -> Path:
        """Return the place of a part of it; "towns.kaunas" is a place within a place."""
        places: list[str | int] = []
        for key in keys:
            places += key.split(".") if isinstance(key, str) else [key]
        return ("entries", self.id, *places)

    def seen(self) -> Mapping[str, str]:
        """Return what families see, by the name of the field."""
        return self._seen

    @cached_property
    def _seen(self) -> Mapping[str, str]:
        text = self.text
        towns = {f"towns.{town}": words for town, words in text.towns.items()}
        return {"question": text.question, "label": text.label, "short": text.short, "details": text.details} | towns


class View:
    """Everything that could be read; what could not is left out, and never makes another thing look wrong."""

    def __init__(self, reading: Reading, today: date) -> None:
        """Look at what `reading` could read, on the day `today`."""
        self.reading = reading
        self.today = today
        self.facts = [
            Facts(path, entry_id, facts)
            for path, file in reading.of_kind(FactsFile).items()
            for entry_id, facts in file.entries.items()
        ]
        self.texts = [
            Text(path, entry_id, text)
            for path, file in reading.of_kind(TextsFile).items()
            for entry_id, text in file.entries.items()
        ]
        self.facts_of: Mapping[EntryId, Facts] = {facts.id: facts for facts in self.facts}

    def error(self, file: str, path: Path, fact: str, consequence: str, remedy: str) -> Finding:
        """Return an error at a place; its subject is the entry, helpline … that the path leads into."""
        return self._finding(file, path, fact, consequence, remedy, Severity.ERROR)

    def warning(self, file: str, path: Path, fact: str, consequence: str, remedy: str) -> Finding:
        """Return a warning at a place."""
        return self._finding(file, path, fact, consequence, remedy, Severity.WARNING)

    def _finding(self, file: str, path: Path, fact: str, consequence: str, remedy: str, severity: Severity) -> Finding:
        subject = next((part for part in reversed(path[:2]) if isinstance(part, str)), "file")
        return Finding(file, self.reading.line(file, *path), subject, fact, consequence, remedy, severity)

    @cached_property
    def texts_of(self) -> Mapping[EntryId, list[Text]]:
        """The texts of each entry that has facts, the main languages first."""
        order = {language: place for place, language in enumerate(in_menu_order(text.language for text in self.texts))}
        found: dict[EntryId, list[Text]] = defaultdict(list)
        for text in sorted(self.texts, key=lambda text: order[text.language]):
            if text.id in self.facts_of:
                found[text.id].append(text)
        return found

    @cached_property
    def helplines(self) -> Mapping[HelplineId, Helpline]:
        """All helplines, also those that must not be shown."""
        files = self.reading.of_kind(HelplinesFile).values()
        return {key: line for file in files for key, line in file.helplines.items()}

    @cached_property
    def services(self) -> Mapping[ServiceId, LocalService]:
        """The services of all places."""
        files = self.reading.of_kind(ServicesFile).items()
        return {key: service for path, file in files for key, service in services_of(path, file)}

    @cached_property
    def references(self) -> Catalogue:
        """A catalogue of no entries, only of what a value can refer to."""
        return Catalogue(
            version=self.reading.version,
            topics={},
            teams={},
            default_team=TeamId(""),
            institutions={},
            helplines={key: line for key, line in self.helplines.items() if line.publish},
            services=self.services,
            municipalities={},
            entries={},
            danger={},
            talk={},
        )

    def is_draft(self, text: Text) -> bool:
        """Tell whether nobody is shown a text yet."""
        facts = self.facts_of.get(text.id)
        return facts is not None and facts.facts.status == "draft"

    def rendered(self, text: Text, words: str) -> str | None:
        """Return words of a text as families see them; None if they cannot be filled in (a finding of its own)."""
        facts = self.facts_of.get(text.id)
        if facts is None or not is_language(text.language):
            return None
        try:
            return render(words, facts.entry, text.language, self.references)
        except KeyError:
            return None

    def keys(self, file: str, name: str) -> frozenset[str] | None:
        """Return the ids that stand under `name` in a file, broken ones too; None if the file cannot be read at all."""
        parsed = self.reading.parsed.get(file)
        things = parsed.value.get(name) if parsed is not None and isinstance(parsed.value, dict) else None
        return frozenset(things) if isinstance(things, dict) else None

    def files(self, kind: type[BaseModel]) -> Iterator[str]:
        """Yield the paths of all files of a kind, broken ones too."""
        return (path for path in self.reading.parsed if kind_of(path) is kind)

    def known(self, kind: type[BaseModel], name: str) -> frozenset[str] | None:
        """Return all ids that stand under `name` in the files of a kind; None if any of them cannot be read."""
        found = [self.keys(path, name) for path in self.files(kind)]
        sound = [keys for keys in found if keys is not None]
        return frozenset().union(*sound) if found and len(sound) == len(found) else None


def in_menu_order(languages: Iterable[Language]) -> list[Language]:
    """Return each language once: the main ones first, others by tag."""
    found = set(languages)
    return [*(x for x in MAIN_LANGUAGES if x in found), *sorted(found - set(MAIN_LANGUAGES))]


def is_language(tag: str) -> bool:
    """Tell whether dates and numbers can be written in a language."""
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True


def in_english(language: Language) -> str:
    """Return the English name of a language, the tag itself if it has none."""
    name = Locale.parse(language, sep="-").get_display_name("en") if is_language(language) else None
    return name or language


def near(word: str, known: frozenset[str]) -> str:
    """Return a hint at the known words that a misspelt one may mean."""
    close = get_close_matches(word, sorted(known), n=3)
    return f" (did you mean {' or '.join(close)}?)" if close else ""
