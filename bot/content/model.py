"""What an entry is, and everything it rests on.

The classes mirror the YAML files under `faq/`, field by field; `read.py` fills them. Texts are stored with their
placeholders (`{child_benefit}`); `render.py` puts the values in.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Literal, NewType, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    HttpUrl,
    Tag,
    TypeAdapter,
    WithJsonSchema,
    model_validator,
)

EntryId = NewType("EntryId", str)
TopicId = NewType("TopicId", str)
HelplineId = NewType("HelplineId", str)
ServiceId = NewType("ServiceId", str)
InstitutionId = NewType("InstitutionId", str)
MunicipalityId = NewType("MunicipalityId", str)
CardId = NewType("CardId", str)
ChecklistId = NewType("ChecklistId", str)
StepId = NewType("StepId", str)
TeamId = NewType("TeamId", str)
Language = NewType("Language", str)
"""A BCP 47 tag: `lt`, `uk`, later `fa-AF`."""

LITHUANIAN, ENGLISH, RUSSIAN, UKRAINIAN = Language("lt"), Language("en"), Language("ru"), Language("uk")
MAIN_LANGUAGES = (LITHUANIAN, ENGLISH, RUSSIAN, UKRAINIAN)
"""Complete at all times, in the order of menus."""


class DangerKind(StrEnum):
    """What a person may be in danger of."""

    VIOLENCE = "violence"
    SUICIDE = "suicide"
    CHILD_DANGER = "child-danger"
    SEXUAL_VIOLENCE = "sexual-violence"
    TRAFFICKING = "trafficking"
    MEDICAL = "medical"


class ServiceKind(StrEnum):
    """What an office or organisation is for; an entry names the kinds that help with it."""

    AUTHORITY = "authority"
    BENEFITS = "benefits"
    COMMUNITY = "community"
    DAY_CENTRE = "day-centre"
    EDUCATION = "education"
    HOUSING = "housing"
    INTEGRATION = "integration"
    KINDERGARTEN = "kindergarten"
    LEGAL_AID = "legal-aid"
    RECEPTION_CENTRE = "reception-centre"
    RESIDENCE_DECLARATION = "residence-declaration"
    SCHOOL = "school"
    SHELTER = "shelter"
    SOCIAL_SERVICES = "social-services"
    SPECIAL_NEEDS = "special-needs"
    VIOLENCE_SUPPORT = "violence-support"


class SmallTalkKind(StrEnum):
    """What people say to a bot that is no question."""

    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    ABOUT_BOT = "about-bot"
    INSULT = "insult"
    TEST = "test"
    OKAY = "okay"


class Command(StrEnum):
    """What a person can ask of the bot by a command, a button or plain words."""

    START = "start"
    LANGUAGE = "language"
    TOPICS = "topics"
    HELP = "help"
    HUMAN = "human"
    QUESTIONS = "questions"
    CHECKLISTS = "checklists"
    PRIVACY = "privacy"
    HIDE = "hide"
    UNHIDE = "unhide"
    HELPED = "helped"
    NOT_THIS = "not_this"
    SOMETHING_ELSE = "something_else"
    SHOW = "show"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


NonEmpty = Annotated[str, Field(min_length=1)]
Words = Mapping[Language, NonEmpty]
"""The same words in several languages."""


_HTTP = TypeAdapter(HttpUrl)


def _as_address(value: object) -> object:
    # Only checked, never rewritten: pydantic would add a slash, and a reader compares addresses with what a page says.
    if isinstance(value, str):
        _HTTP.validate_python(value)
    return value


Address = Annotated[
    str, BeforeValidator(_as_address), WithJsonSchema({"type": "string", "pattern": r"^https?://[^\s/]"})
]
_PARTIAL_DATE = r"^(\d{4}(-\d{2}(-\d{2})?)?|undated)$"
PartialDate = Annotated[
    str,
    BeforeValidator(lambda value: str(value) if isinstance(value, int) else value),  # a bare year reads as a number
    Field(pattern=_PARTIAL_DATE),
    WithJsonSchema({"type": ["string", "integer"], "pattern": _PARTIAL_DATE, "minimum": 1000, "maximum": 9999}),
]
"""A day, month or year, as exact as a page tells it, or `undated`."""


class Source(_Strict):
    """A law, office or page that an answer rests on, and the date it bears."""

    url: Address
    date: PartialDate
    about: PartialDate | None = None


# Values ---------------------------------------------------------------------------------------------------------------


class Amount(_Strict):
    """An amount of money, of the given year where it belongs to one."""

    amount: Decimal
    currency: Literal["EUR"] = "EUR"
    year: int | None = None


class Day(_Strict):
    """A calendar day."""

    date: date


class Duration(_Strict):
    """A length of time in one unit."""

    duration: int
    unit: Literal["minute", "hour", "day", "week", "month", "year"]


class Number(_Strict):
    """An age, a count."""

    number: Decimal


class Percent(_Strict):
    """A share; 40 means 40 %."""

    percent: Decimal


class Term(_Strict):
    """A name with digits in it: `A1`, `2025/2026`."""

    term: NonEmpty


class Link(_Strict):
    """An address, shown in full."""

    link: Address


class HelplineRef(_Strict):
    """A helpline, by id."""

    helpline: HelplineId


class ServiceRef(_Strict):
    """A service, by id."""

    service: ServiceId


_VALUE_KINDS = ("amount", "date", "duration", "number", "percent", "term", "link", "helpline", "service")


def _value_kind(value: object) -> str | None:
    # The one telling key decides, so that a mistake is reported once and not once for each kind of value.
    names = value if isinstance(value, Mapping) else getattr(value, "__dict__", {})
    return next((kind for kind in _VALUE_KINDS if kind in names), None)


Value = Annotated[
    Annotated[Amount, Tag("amount")]
    | Annotated[Day, Tag("date")]
    | Annotated[Duration, Tag("duration")]
    | Annotated[Number, Tag("number")]
    | Annotated[Percent, Tag("percent")]
    | Annotated[Term, Tag("term")]
    | Annotated[Link, Tag("link")]
    | Annotated[HelplineRef, Tag("helpline")]
    | Annotated[ServiceRef, Tag("service")],
    Discriminator(
        _value_kind,
        custom_error_type="no_value",
        custom_error_message=f"a value is told by one of {', '.join(_VALUE_KINDS)}",
    ),
]


# Entries --------------------------------------------------------------------------------------------------------------


class Confidence(StrEnum):
    """How sure we are of an entry's facts; below `medium` its text must say so."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    UNVERIFIED = "unverified"


class EntryFacts(_Strict):
    """What no language changes."""

    status: Literal["draft", "published"]
    owner: NonEmpty
    body: InstitutionId
    checked: date
    review_by: date
    confidence: Confidence
    min_confidence: float | None = Field(default=None, ge=0, le=1)
    aliases: tuple[EntryId, ...] = ()
    siblings: tuple[EntryId, ...] = ()
    untranslated: tuple[Language, ...] = ()
    sources: tuple[Source, ...]
    services: tuple[ServiceKind, ...] = ()
    values: Mapping[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Value] = {}
    note: str = ""


class SecondReview(_Strict):
    """A second pair of eyes: which role, and when."""

    by: NonEmpty
    on: date


class Review(_Strict):
    """Whether people have read one language of an entry: by which role, and when.

    A sensitive topic (law, violence, asylum, custody) needs a `second` reader of another role.
    """

    state: Literal["unreviewed", "reviewed"]
    by: NonEmpty | None = None
    on: date | None = None
    second: SecondReview | None = None

    @model_validator(mode="after")
    def _says_who_and_when(self) -> Self:
        if self.state == "reviewed" and (self.by is None or self.on is None):
            msg = "a reviewed text says by which role and on which day"
            raise ValueError(msg)
        if self.second is not None and self.second.by == self.by:
            msg = "the second reader has another role than the first"
            raise ValueError(msg)
        return self


class EntryText(_Strict):
    """One entry in one language. `towns` holds what is different in a municipality, by its id."""

    question: NonEmpty
    label: NonEmpty
    short: NonEmpty
    details: NonEmpty
    towns: Mapping[MunicipalityId, NonEmpty] = {}
    phrasings: tuple[NonEmpty, ...]
    review: Review


class Entry(_Strict):
    """A question we can answer; one id in all languages. `stale` are translations that their base has left behind."""

    id: EntryId
    topic: TopicId
    facts: EntryFacts
    texts: Mapping[Language, EntryText]
    stale: frozenset[Language] = frozenset()


# What entries refer to ------------------------------------------------------------------------------------------------


class WorkingTime(_Strict):
    """A promised length of working time, in days or in hours."""

    working_days: int | None = Field(default=None, ge=1)
    working_hours: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _has_one_unit(self) -> Self:
        if (self.working_days is None) == (self.working_hours is None):
            msg = "give either working_days or working_hours"
            raise ValueError(msg)
        return self


class Topic(_Strict):
    """Entries that belong together in the menu, and who answers what they do not."""

    name: Words
    sensitive: bool
    approval: bool = False
    team: TeamId
    target: WorkingTime


class Team(_Strict):
    """Specialists for some topics and languages, as a family is told of them."""

    name: Words


class Institution(_Strict):
    """A responsible body."""

    name: Words
    url: Address | None = None


Opening = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Hours = Literal["always", "unknown"] | Mapping[Weekday, tuple[Opening, ...]]
"""Lithuanian local time, only what a source confirms; a weekday that is left out is closed."""
OnHolidays = Literal["same", "closed", "unknown"]
"""What a line does on Lithuanian public holidays."""
PhoneNumber = Annotated[str, Field(pattern=r"^(\+370 [\d ]+|[\d ]{3,7})$")]


class Helpline(_Strict):
    """A line a person can turn to; the only place where its number stands.

    `hours` and `languages` are only what a source confirms.
    """

    name: Words
    purpose: Words = Field(alias="for")
    number: PhoneNumber | None = None
    url: Address | None = None
    audience: Literal["everyone", "adults", "children", "youth", "women"]
    danger: tuple[DangerKind, ...] = ()
    hours: Hours
    holidays: OnHolidays = "unknown"
    languages: tuple[Language, ...]
    cost: Literal["free", "normal", "unknown"]
    checked: date
    confidence: Confidence
    publish: bool
    note: str = ""
    sources: tuple[Source, ...]


class Service(_Strict):
    """An office or organisation of one municipality, or of the whole country.

    `phone` is its own number, `helpline` one that `helplines.yaml` keeps. Numbers and addresses of a service that we are
    not sure of (`confidence` below medium) are kept for editors, and not shown.
    """

    name: Words
    kind: ServiceKind
    serves: Words = {}
    address: NonEmpty | None = None
    phone: PhoneNumber | None = None
    helpline: HelplineId | None = None
    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[a-z]+$")] | None = None
    url: Address | None = None
    hours: Hours = "unknown"
    languages: tuple[Language, ...] = ()
    confidence: Confidence
    checked: date
    note: str = ""
    sources: tuple[Source, ...]

    @property
    def sure(self) -> bool:
        """Whether its contacts may be shown."""
        return self.confidence in {Confidence.HIGH, Confidence.MEDIUM}


class LocalService(Service):
    """A service with its municipality, which follows from the name of its file."""

    municipality: MunicipalityId


NATIONAL = MunicipalityId("national")
"""Stands for the whole country where a municipality is asked for."""


class Municipality(_Strict):
    """One of the sixty."""

    name: NonEmpty
    town: Words
    county: NonEmpty


# Guide cards for specialists ------------------------------------------------------------------------------------------


class CardText(_Strict):
    """One guide card in one language."""

    title: NonEmpty
    audience: NonEmpty
    points: tuple[NonEmpty, ...]
    do: tuple[NonEmpty, ...]
    dont: tuple[NonEmpty, ...]
    phrases: tuple[NonEmpty, ...] = ()


class GuideCard(_Strict):
    """What a specialist may want to know beside a case: intercultural practice, never advice to a family.

    `topics` are those for which it is suggested. A card with a `culture` speaks of people from somewhere: without a
    `reviewer` of that community it is labelled, and never suggested by itself.
    """

    topics: tuple[TopicId, ...]
    culture: NonEmpty | None = None
    reviewer: NonEmpty | None = None
    reviewed: date | None = None
    checked: date
    confidence: Confidence
    sources: tuple[Source, ...]
    note: str = ""
    texts: Mapping[Language, CardText]

    @model_validator(mode="after")
    def _says_when(self) -> Self:
        if (self.reviewer is None) != (self.reviewed is None):
            msg = "a reviewer and the day of the review belong together"
            raise ValueError(msg)
        return self

    @property
    def suggested(self) -> bool:
        """Whether it may be suggested by itself."""
        return bool(self.topics) and (self.culture is None or self.reviewer is not None)


# Life-event checklists ------------------------------------------------------------------------------------------------


class ChecklistStep(_Strict):
    """One thing to do, and the entry that tells how."""

    text: Words
    entry: EntryId


class Checklist(_Strict):
    """What to do at one event of life, in order; a family ticks the steps."""

    name: Words
    steps: Mapping[StepId, ChecklistStep]


# Words that are no entries --------------------------------------------------------------------------------------------


class WordsReview(Review):
    """Whether a person has read all words of one file. `digest` is that of the words they have read."""

    digest: NonEmpty | None = None

    @model_validator(mode="after")
    def _says_of_what(self) -> Self:
        if self.state == "reviewed" and self.digest is None:
            msg = "reviewed words name the digest of what was read (tiltas danger review)"
            raise ValueError(msg)
        return self


class ReviewedWords(_Strict):
    """Words of one language that a native speaker reads as a whole, and signs."""

    review: WordsReview = WordsReview(state="unreviewed")

    @property
    def digest(self) -> str:
        """What stands for all of these words; any change of one gives another digest."""
        told = self.model_dump(mode="json", exclude={"review"})
        return sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]

    @property
    def is_signed(self) -> bool:
        """Whether somebody has read exactly these words."""
        return self.review.state == "reviewed" and self.review.digest == self.digest


class DangerExample(_Strict):
    """A message that must be seen; by a pattern, or by the learned detector where it says so."""

    text: NonEmpty
    level: Literal["red", "amber"]
    by: Literal["pattern", "detector"] = "pattern"


class Prototypes(_Strict):
    """Messages that the learned detector learns one kind of danger from; no pattern has to see them."""

    red: tuple[NonEmpty, ...] = ()
    amber: tuple[NonEmpty, ...] = ()


class DangerList(_Strict):
    """Patterns, examples and prototypes of one kind of danger in one language."""

    red: tuple[NonEmpty, ...] = ()
    amber: tuple[NonEmpty, ...] = ()
    must_match: tuple[DangerExample, ...] = ()
    prototypes: Prototypes = Prototypes()


class DangerWords(ReviewedWords):
    """All danger of one language: `danger.yaml`.

    Beside `must_not_match`, `near_misses` are learned as harmless; they are so near that patterns are not judged by them.
    `ordinary` messages are there for a language without content: without them, the language itself would seem dangerous.
    """

    kinds: Mapping[DangerKind, DangerList]
    must_not_match: tuple[NonEmpty, ...] = ()
    near_misses: tuple[NonEmpty, ...] = ()
    ordinary: tuple[NonEmpty, ...] = ()


class WriterSigns(_Strict):
    """How messages of one kind of writer begin to tell so; patterns are those of danger.

    A detector learns from `must_match`, which patterns have to see too, and from `prototypes`, which they need not.
    """

    patterns: tuple[NonEmpty, ...]
    must_match: tuple[NonEmpty, ...]
    must_not_match: tuple[NonEmpty, ...]
    prototypes: tuple[NonEmpty, ...] = ()

    @property
    def messages(self) -> tuple[str, ...]:
        """Messages of such a writer."""
        return (*self.must_match, *self.prototypes)


class StrainSigns(_Strict):
    """Messages of a family under strain, short of danger, and calm ones in like words; a detector learns from both."""

    prototypes: tuple[NonEmpty, ...]
    near_misses: tuple[NonEmpty, ...]


class Signs(ReviewedWords):
    """What tells in one language that a child writes, a child for a parent, or a family under strain: `signs.yaml`."""

    child: WriterSigns
    interpreting: WriterSigns
    strain: StrainSigns

    @property
    def messages(self) -> tuple[str, ...]:
        """Messages that have a sign; a language without any is told of none."""
        return (*self.child.messages, *self.interpreting.messages, *self.strain.prototypes)


class Talk(_Strict):
    """What people say in one language that is no question about services: `talk.yaml`."""

    human: tuple[NonEmpty, ...]
    small_talk: Mapping[SmallTalkKind, tuple[NonEmpty, ...]]
    commands: Mapping[Command, tuple[NonEmpty, ...]]
    background: Mapping[str, tuple[NonEmpty, ...]]


# Together -------------------------------------------------------------------------------------------------------------


class Catalogue(_Strict):
    """Everything published, swapped as a whole.

    `version` is a hash over all files: the same version has the same texts, phrasings and index.
    `entries` holds published entries only; drafts are in `drafts`.
    """

    version: str
    topics: Mapping[TopicId, Topic]
    teams: Mapping[TeamId, Team]
    default_team: TeamId
    institutions: Mapping[InstitutionId, Institution]
    helplines: Mapping[HelplineId, Helpline]
    services: Mapping[ServiceId, LocalService]
    municipalities: Mapping[MunicipalityId, Municipality]
    guide: Mapping[CardId, GuideCard] = {}
    checklists: Mapping[ChecklistId, Checklist] = {}
    entries: Mapping[EntryId, Entry]
    drafts: Mapping[EntryId, Entry] = {}
    danger: Mapping[Language, DangerWords]
    signs: Mapping[Language, Signs] = {}
    early_help: tuple[EntryId, ...] = ()
    talk: Mapping[Language, Talk]


def emergency_number(catalogue: Catalogue) -> str:
    """Return the number to call in danger; `check` makes sure that it is the first helpline's."""
    return next(line.number for line in catalogue.helplines.values() if line.number)


def is_reviewed(review: Review, *, sensitive: bool) -> bool:
    """Tell whether a text counts as read by people: by one, on law, violence, asylum or custody by two."""
    return review.state == "reviewed" and (review.second is not None or not sensitive)


def newest_source_date(facts: EntryFacts) -> str | None:
    """Return the latest date that any source bears, as exact as known; None if all are undated."""
    dated = [source.date for source in facts.sources if source.date != "undated"]
    return max(dated, default=None)


def working_time(target: WorkingTime) -> timedelta:
    """Return a target as working time; a working day is 8 hours (Labour Code, article 112)."""
    return timedelta(hours=target.working_hours or 8 * (target.working_days or 0))
