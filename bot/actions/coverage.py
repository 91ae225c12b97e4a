"""How far the content is: every entry in every language, whether people have read it, and how old its facts are.

Pure: it takes what was read, and the day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from itertools import chain

from bot.content.check.dates import SOON, is_overdue
from bot.content.check.view import in_menu_order
from bot.content.model import (
    ENGLISH,
    MAIN_LANGUAGES,
    ChecklistId,
    Confidence,
    Entry,
    EntryFacts,
    EntryId,
    Language,
    MunicipalityId,
    Topic,
    TopicId,
    is_reviewed,
    newest_source_date,
)
from bot.content.read import (
    ChecklistsFile,
    GuideFile,
    MunicipalitiesFile,
    Reading,
    ServicesFile,
    TextsFile,
    TopicsFile,
    language_of,
    stem,
)


class State(StrEnum):
    """How an entry is in one language, the best first."""

    REVIEWED = "reviewed"
    REVIEWED_ONCE = "reviewed once"
    UNREVIEWED = "unreviewed"
    STALE = "stale"
    MISSING = "missing"
    UNTRANSLATED = "untranslated"


SIGNS: Mapping[State, str] = {
    State.REVIEWED: "●",
    State.REVIEWED_ONCE: "½",
    State.UNREVIEWED: "?",
    State.STALE: "▲",
    State.MISSING: "○",
    State.UNTRANSLATED: "–",
}
MEANINGS: Mapping[State, str] = {
    State.REVIEWED: "reviewed",
    State.REVIEWED_ONCE: "reviewed once, needs a second reader",
    State.UNREVIEWED: "unreviewed",
    State.STALE: "stale, its base has changed",
    State.MISSING: "missing",
    State.UNTRANSLATED: "untranslated, left out on purpose",
}
Tally = Mapping[Language, Mapping[State, int]]
"""How many entries are in each state, by language; states that none is in are there with 0."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One entry in one language."""

    state: State
    phrasings: int


@dataclass(frozen=True, slots=True)
class EntryCoverage:
    """One entry in all languages.

    Days: `overdue` is 0 before the review date and for drafts, `age` is that of the facts. `source_age` counts from the
    first day that the date of the newest source can mean; None where no source has a date of the calendar.
    """

    id: EntryId
    topic: TopicId
    published: bool
    confidence: Confidence
    checked: date
    review_by: date
    overdue: int
    age: int
    source_age: int | None
    cells: Mapping[Language, Cell]

    @property
    def phrasings(self) -> int:
        """How many phrasings there are in all languages."""
        return sum(cell.phrasings for cell in self.cells.values())


@dataclass(frozen=True, slots=True)
class TopicCoverage:
    """The entries of one topic, drafts too; `name` is its English one."""

    id: TopicId
    name: str
    tally: Tally
    entries: tuple[EntryCoverage, ...]

    @property
    def oldest(self) -> int:
        """The age of its oldest facts in days."""
        return max((entry.age for entry in self.entries), default=0)

    @property
    def overdue(self) -> int:
        """How many entries should have been looked at by now."""
        return sum(entry.overdue > 0 for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Municipalities:
    """Which municipalities have services of their own, and which have none."""

    served: tuple[MunicipalityId, ...]
    unserved: tuple[MunicipalityId, ...]


@dataclass(frozen=True, slots=True)
class GuideCards:
    """How many guide cards were reviewed; `cultural` ones still need a reviewer of their community to be suggested."""

    reviewed: int
    unreviewed: int
    cultural: int


@dataclass(frozen=True, slots=True)
class ChecklistCoverage:
    """How many steps of a checklist lead to a published entry."""

    id: ChecklistId
    steps: int
    answered: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts over all entries, drafts too."""

    entries: int
    drafts: int
    phrasings: int
    values: int
    sources: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far the content is on a day, topics in the order of the menu."""

    today: date
    languages: tuple[Language, ...]
    totals: Totals
    tally: Tally
    topics: tuple[TopicCoverage, ...]
    municipalities: Municipalities
    cards: GuideCards
    checklists: tuple[ChecklistCoverage, ...]

    def due(self) -> list[EntryCoverage]:
        """Return the published entries that are past their review date or will be within 30 days, the latest first."""
        entries = chain.from_iterable(topic.entries for topic in self.topics)
        due = (entry for entry in entries if entry.published and entry.review_by <= self.today + SOON)
        return sorted(due, key=lambda entry: entry.review_by)

    def places(self, state: State) -> list[tuple[Language, TopicId, tuple[EntryId, ...]]]:
        """Return where entries are in a state, by language and topic."""
        found = (
            (language, topic.id, tuple(entry.id for entry in topic.entries if entry.cells[language].state is state))
            for language in self.languages
            for topic in self.topics
        )
        return [place for place in found if place[2]]

    def as_json(self) -> dict[str, object]:
        """Return all fields as JSON values."""
        return asdict(self, dict_factory=_as_json)


def _as_json(fields: list[tuple[str, object]]) -> dict[str, object]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in fields}


def languages_of(reading: Reading) -> list[Language]:
    """Return the main languages, and each other one that any entry has a text in."""
    return in_menu_order([*MAIN_LANGUAGES, *map(language_of, reading.of_kind(TextsFile))])


def coverage(reading: Reading, *, today: date, languages: Sequence[Language]) -> Coverage:
    """Return how far the content is in these languages."""
    entries = reading.entries()
    known = {key: topic for file in reading.of_kind(TopicsFile).values() for key, topic in file.topics.items()}
    names = [*known, *sorted({entry.topic for entry in entries} - known.keys())]
    topics = tuple(_topic(name, known.get(name), entries, today, languages) for name in names)
    return Coverage(
        today=today,
        languages=tuple(languages),
        totals=_totals(entries),
        tally=_tally(chain.from_iterable(topic.entries for topic in topics), languages),
        topics=topics,
        municipalities=_municipalities(reading),
        cards=_cards(reading.of_kind(GuideFile).values()),
        checklists=_checklists(reading, {entry.id for entry in entries if entry.facts.status == "published"}),
    )


def _topic(
    name: TopicId, topic: Topic | None, entries: Iterable[Entry], today: date, languages: Sequence[Language]
) -> TopicCoverage:
    sensitive = topic is not None and topic.sensitive
    found = tuple(_entry(x, today, languages, sensitive=sensitive) for x in entries if x.topic == name)
    return TopicCoverage(name, topic.name.get(ENGLISH, name) if topic else name, _tally(found, languages), found)


def _entry(entry: Entry, today: date, languages: Sequence[Language], *, sensitive: bool) -> EntryCoverage:
    facts = entry.facts
    return EntryCoverage(
        id=entry.id,
        topic=entry.topic,
        published=facts.status == "published",
        confidence=facts.confidence,
        checked=facts.checked,
        review_by=facts.review_by,
        overdue=_days(facts.review_by, today) if is_overdue(facts, today) else 0,
        age=_days(facts.checked, today),
        source_age=_source_age(facts, today),
        cells={language: _cell(entry, language, sensitive=sensitive) for language in languages},
    )


def _cell(entry: Entry, language: Language, *, sensitive: bool) -> Cell:
    text = entry.texts.get(language)
    if text is None:
        return Cell(State.UNTRANSLATED if language in entry.facts.untranslated else State.MISSING, 0)
    if language in entry.stale:
        state = State.STALE
    elif is_reviewed(text.review, sensitive=sensitive):
        state = State.REVIEWED
    else:
        state = State.REVIEWED_ONCE if text.review.state == "reviewed" else State.UNREVIEWED
    return Cell(state, len(text.phrasings))


def _days(since: date, today: date) -> int:
    return max((today - since).days, 0)


def _source_age(facts: EntryFacts, today: date) -> int | None:
    newest = newest_source_date(facts)
    if newest is None:
        return None
    try:
        return _days(date.fromisoformat(f"{newest}-01-01"[:10]), today)
    except ValueError:  # the form allows 2026-02-31; `check` reports it
        return None


def _tally(entries: Iterable[EntryCoverage], languages: Sequence[Language]) -> Tally:
    found = list(entries)
    return {
        language: {state: sum(entry.cells[language].state is state for entry in found) for state in State}
        for language in languages
    }


def _totals(entries: Collection[Entry]) -> Totals:
    return Totals(
        entries=len(entries),
        drafts=sum(entry.facts.status == "draft" for entry in entries),
        phrasings=sum(len(text.phrasings) for entry in entries for text in entry.texts.values()),
        values=sum(len(entry.facts.values) for entry in entries),
        sources=sum(len(entry.facts.sources) for entry in entries),
    )


def _municipalities(reading: Reading) -> Municipalities:
    with_services = {stem(path) for path, file in reading.of_kind(ServicesFile).items() if file.services}
    names = sorted(chain.from_iterable(file.municipalities for file in reading.of_kind(MunicipalitiesFile).values()))
    return Municipalities(
        served=tuple(name for name in names if name in with_services),
        unserved=tuple(name for name in names if name not in with_services),
    )


def _cards(cards: Collection[GuideFile]) -> GuideCards:
    reviewed = sum(card.reviewer is not None for card in cards)
    cultural = sum(card.reviewer is None and card.culture is not None for card in cards)
    return GuideCards(reviewed, len(cards) - reviewed - cultural, cultural)


def _checklists(reading: Reading, published: Collection[EntryId]) -> tuple[ChecklistCoverage, ...]:
    return tuple(
        ChecklistCoverage(name, len(checklist.steps), sum(step.entry in published for step in checklist.steps.values()))
        for file in reading.of_kind(ChecklistsFile).values()
        for name, checklist in file.checklists.items()
    )
